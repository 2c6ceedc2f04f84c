"""What has to be true of rendered manifests beyond their schemas. Each function gives the faults that it finds."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import jsonschema
import kubernetes_validate

from deploy.verify.commands import ROOT
from deploy.verify.manifests import WORKLOADS, Object, containers, of_kind, selected, templates, title
from deploy.verify.schemas import OWN

VERSIONS = ("1.30", "1.35")
"""Of Kubernetes, whose schemas the manifests have to satisfy: an old one that is still about, and a recent one."""

SETTINGS = frozenset(re.findall(r"^([A-Z][A-Z0-9_]*)=", (ROOT / "env.example").read_text(), re.MULTILINE))
SECRETS_OF_SERVERS = {"REDIS_PASSWORD", "SPOOL_PASSWORD"}


def valid(objects: Sequence[Object]) -> Iterator[str]:
    """Strictly by the schema of its kind: no unknown field, nothing of another type."""
    for one in objects:
        try:
            if one["kind"] in OWN:
                jsonschema.validate(one, OWN[one["kind"]])
                continue
            for version in VERSIONS:
                kubernetes_validate.validate(one, version, strict=True)
        except (jsonschema.ValidationError, kubernetes_validate.ValidationError) as error:
            yield f"{title(one)}: {error.message} at {'/'.join(map(str, error.path))}"
        except kubernetes_validate.SchemaNotFoundError:
            yield f"{title(one)}: there is no such kind in {one['apiVersion']}"


def restricted(objects: Sequence[Object]) -> Iterator[str]:
    """The Pod Security Standard of that name, a read-only root and no token besides, in every pod."""
    for name, template in templates(objects):
        spec = template["spec"]
        pod, demanded = (
            spec.get("securityContext", {}),
            {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
        )
        yield from (f"{name}: a pod without {key}" for key, value in demanded.items() if pod.get(key) != value)
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
    context = container.get("securityContext", {})
    locked = {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}}
    yield from (f"{key} is {context.get(key)}" for key, value in locked.items() if context.get(key) != value)
    if context.get("privileged") or any("hostPort" in port for port in container.get("ports", ())):
        yield "it is privileged or has a port of the node"
    for kind in ("requests", "limits"):
        if {*container.get("resources", {}).get(kind, ())} != {"cpu", "memory"}:
            yield f"no {kind} of processor and memory"
    if not {"readinessProbe", "livenessProbe"} <= {*container}:
        yield "it lacks a probe"


def resolved(objects: Sequence[Object]) -> Iterator[str]:
    """Whatever an object names is there: maps, secrets, claims, accounts, services, workloads."""
    there = {title(one) for one in objects}
    for one in objects:
        for wanted in _named(one):
            if wanted not in there:
                yield f"{title(one)} names {wanted}, which is not there"


def _named(thing: Any, kinds: tuple[str, ...] = ()) -> Iterator[str]:
    """The titles of what is named anywhere below."""
    if isinstance(thing, list):
        for one in thing:
            yield from _named(one)
    if not isinstance(thing, dict):
        return
    for key, value in thing.items():
        if kind := REFERENCES.get(key):
            yield f"{kind}/{value['name'] if isinstance(value, dict) else value}"
        elif key == "scaleTargetRef":
            yield f"{value.get('kind', 'Deployment')}/{value['name']}"
        yield from _named(value)


REFERENCES = {
    "configMapRef": "ConfigMap",
    "secretRef": "Secret",
    "secretKeyRef": "Secret",
    "claimName": "PersistentVolumeClaim",
    "serviceAccountName": "ServiceAccount",
    "serviceName": "Service",
    "service": "Service",
}
"""The kind that a field names."""


def selecting(objects: Sequence[Object]) -> Iterator[str]:
    """Every selector finds a pod, or in a ServiceMonitor a Service; `matchExpressions` are not looked at."""
    pods = [template["metadata"]["labels"] for _, template in templates(objects)]
    services = [one["metadata"]["labels"] for one in of_kind(objects, "Service")]
    for one in objects:
        spec = one.get("spec", {})
        selector = spec.get("podSelector") or spec.get("selector") or {}
        wanted = selector if one["kind"] == "Service" else selector.get("matchLabels", {})
        among = services if one["kind"] == "ServiceMonitor" else pods
        if wanted and not any(selected(labels, wanted) for labels in among):
            yield f"{title(one)} selects nothing"


def configured(objects: Sequence[Object]) -> Iterator[str]:
    """Maps and secrets have settings of the service alone, and no workload says how many of it there are."""
    for one in of_kind(objects, "ConfigMap", "Secret"):
        unknown = {*one.get("data", ())} - SETTINGS - (SECRETS_OF_SERVERS if one["kind"] == "Secret" else set())
        yield from (f"{title(one)}: the service has no setting {name}" for name in sorted(unknown))
    for one in of_kind(objects, *WORKLOADS):
        if "replicas" in one["spec"]:
            yield f"{title(one)}: `replicas` would undo what an autoscaler did at every change"


def measured(objects: Sequence[Object]) -> Iterator[str]:
    """Scaling asks for metrics that the service has; whether alerts do, the service itself is asked elsewhere."""
    source = (ROOT / "services" / "metrics.py").read_text()
    for one in of_kind(objects, "ScaledObject"):
        for name in sorted(set(re.findall(r"\bocr_[a-z_]+", str(one["spec"])))):
            if f'"{name}"' not in source:
                yield f"{title(one)}: the service has no metric {name}"


RULES: tuple[Callable[[Sequence[Object]], Iterator[str]], ...] = (
    valid,
    restricted,
    resolved,
    selecting,
    configured,
    measured,
)
"""All of them."""

ALONE = tuple(rule for rule in RULES if rule is not resolved)
"""Those for a component on the base, to which no overlay has given the secret."""
