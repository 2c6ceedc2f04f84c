"""What has to be true of rendered manifests beyond their schemas. Each function gives the faults that it finds."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

import jsonschema
import kubernetes_validate

from deploy.verify.support.commands import ROOT
from deploy.verify.support.manifests import WORKLOADS, Object, containers, of_kind, templates, title
from deploy.verify.support.schemas import OWN
from deploy.verify.support.wiring import ported, resolved, selecting

VERSIONS = ("1.30", "1.35")
"""Of Kubernetes, whose schemas the manifests have to satisfy: an old one that is still about, and a recent one."""

SETTINGS = frozenset(re.findall(r"^([A-Z][A-Z0-9_]*)=", (ROOT / "env.example").read_text(), re.MULTILINE))
SECRETS_OF_SERVERS = {"REDIS_PASSWORD", "SPOOL_PASSWORD"}

ORDINARY: Object = {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}
LOCKED: Object = {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}}
"""What the securityContext of a pod has to have at the least, and that of a container altogether."""


def valid(objects: Sequence[Object]) -> Iterator[str]:
    """Strictly by the schema of its kind: no unknown field, nothing of another type."""
    for manifest in objects:
        try:
            if manifest["kind"] in OWN:
                jsonschema.validate(manifest, OWN[manifest["kind"]])
                continue
            for version in VERSIONS:
                kubernetes_validate.validate(manifest, version, strict=True)
        except (jsonschema.ValidationError, kubernetes_validate.ValidationError) as error:
            yield f"{title(manifest)}: {error.message} at {'/'.join(map(str, error.path))}"
        except kubernetes_validate.SchemaNotFoundError:
            yield f"{title(manifest)}: there is no such kind in {manifest['apiVersion']}"


def restricted(objects: Sequence[Object]) -> Iterator[str]:
    """The Pod Security Standard of that name, a read-only root and no token besides, in every pod."""
    for name, template in templates(objects):
        spec = template["spec"]
        pod = spec.get("securityContext", {})
        yield from (f"{name}: a pod without {key}" for key, value in ORDINARY.items() if pod.get(key) != value)
        if not pod.get("runAsUser"):
            yield f"{name}: it runs as the user {pod.get('runAsUser')}"
        for key, value in (("automountServiceAccountToken", False), ("enableServiceLinks", False)):
            if spec.get(key) is not value:
                yield f"{name}: {key} is {spec.get(key)}"
        if {"hostNetwork", "hostPID", "hostIPC"} & {*spec}:
            yield f"{name}: it shares the node's namespaces"
        volumes = {next(iter({*volume} - {"name"})) for volume in spec.get("volumes", ())}
        yield from (f"{name}: a volume of the kind {kind}" for kind in volumes - {"emptyDir", "persistentVolumeClaim"})
        for container in containers(template):
            yield from (f"{name}/{container['name']}: {fault}" for fault in _unlocked(container))


def _unlocked(container: Object) -> Iterator[str]:
    """What else a container's securityContext says would undo what the pod's says."""
    context = container.get("securityContext", {})
    for key in sorted({*context, *LOCKED}):
        if context.get(key) != LOCKED.get(key):
            yield f"{key} is {context.get(key)}"
    if any("hostPort" in port for port in container.get("ports", ())):
        yield "it has a port of the node"
    for kind in ("requests", "limits"):
        if {*container.get("resources", {}).get(kind, ())} != {"cpu", "memory"}:
            yield f"no {kind} of processor and memory"
    if not {"readinessProbe", "livenessProbe"} <= {*container}:
        yield "it lacks a probe"


def configured(objects: Sequence[Object]) -> Iterator[str]:
    """Maps and secrets have settings of the service alone, and no workload says how many of it there are."""
    for manifest in of_kind(objects, "ConfigMap", "Secret"):
        unknown = (
            {*manifest.get("data", ())} - SETTINGS - (SECRETS_OF_SERVERS if manifest["kind"] == "Secret" else set())
        )
        yield from (f"{title(manifest)}: the service has no setting {name}" for name in sorted(unknown))
    for manifest in of_kind(objects, *WORKLOADS):
        if "replicas" in manifest["spec"]:
            yield f"{title(manifest)}: `replicas` would undo what an autoscaler did at every change"


def measured(objects: Sequence[Object]) -> Iterator[str]:
    """Scaling asks a Service for metrics that there are, and calculates with triggers of its own.

    Whether alerts ask for such metrics, tests/stack/test_monitoring.py says.
    """
    source = (ROOT / "services" / "operations" / "metrics.py").read_text()
    services = {manifest["metadata"]["name"] for manifest in of_kind(objects, "Service")}
    for manifest in of_kind(objects, "ScaledObject"):
        text, triggers = str(manifest["spec"]), {trigger.get("name") for trigger in manifest["spec"]["triggers"]}
        for name in sorted(set(re.findall(r"\bocr_[a-z_]+", text))):
            if f'"{name}"' not in source:
                yield f"{title(manifest)}: the service has no metric {name}"
        for name in set(re.findall(r"//([^./]+)\.[^./]+\.svc\b", text)) - services:
            yield f"{title(manifest)}: there is no Service {name}"
        formula = manifest["spec"].get("advanced", {}).get("scalingModifiers", {}).get("formula", "")
        for name in set(re.findall(r"[a-z_]\w*", formula)) - triggers:
            yield f"{title(manifest)}: there is no trigger {name}"


RULES: tuple[Callable[[Sequence[Object]], Iterator[str]], ...] = (
    valid,
    restricted,
    resolved,
    selecting,
    ported,
    configured,
    measured,
)
"""All of them."""

ALONE = tuple(rule for rule in RULES if rule is not resolved)
"""Those for a component on the base, to which no overlay has given the secret."""
