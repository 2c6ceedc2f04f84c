"""What manifests say of each other: names, labels and ports. Each function gives the faults that it finds.

A policy that names a label or a port that no pod has is valid, and lets nothing through.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import product
from typing import Any

from deploy.verify.support.manifests import Object, containers, of_kind, selected, templates, title

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

SELECTORS = ("selector", "podSelector", "labelSelector")


def resolved(objects: Sequence[Object]) -> Iterator[str]:
    """Whatever an object names is there: maps, secrets, claims, accounts, services, workloads."""
    there = {title(manifest) for manifest in objects}
    for manifest in objects:
        for wanted in _named(manifest):
            if wanted not in there:
                yield f"{title(manifest)} names {wanted}, which is not there"


def selecting(objects: Sequence[Object]) -> Iterator[str]:
    """Every selector finds a pod, or in a ServiceMonitor a Service; so does each of the values that it would take."""
    pods = [template["metadata"]["labels"] for _, template in templates(objects)]
    services = [manifest["metadata"]["labels"] for manifest in of_kind(objects, "Service")]
    for manifest in objects:
        among = services if manifest["kind"] == "ServiceMonitor" else pods
        for wanted in (labels for selector in _selectors(manifest) for labels in _alternatives(selector)):
            if not any(selected(labels, wanted) for labels in among):
                yield f"{title(manifest)}: nothing has the labels {wanted}"


def ported(objects: Sequence[Object]) -> Iterator[str]:
    """A port that is called by its name has that name where it leads."""
    for manifest in objects:
        if calls := PORTS.get(manifest["kind"]):
            for name, there in calls(objects, manifest["spec"]):
                if isinstance(name, str) and name not in there:
                    yield f"{title(manifest)}: there is no port {name}"


Ports = Iterator[tuple[Any, set[str]]]
"""As an object calls them, each with the names that there are."""


def _of_service(objects: Sequence[Object], spec: Object) -> Ports:
    for port in spec["ports"]:
        yield port["targetPort"], _in_pods(objects, spec["selector"])


def _of_policy(objects: Sequence[Object], spec: Object) -> Ports:
    for rule in spec.get("ingress", ()):
        for port in rule.get("ports", ()):
            yield port["port"], _in_pods(objects, spec["podSelector"])
    for rule in spec.get("egress", ()):
        for port, peer in product(rule.get("ports", ()), rule.get("to", ())):
            yield port["port"], _in_pods(objects, peer.get("podSelector", {}))


def _of_ingress(objects: Sequence[Object], spec: Object) -> Ports:
    for service in (part["service"] for part in _parts(spec) if "service" in part):
        named = (
            manifest for manifest in of_kind(objects, "Service") if manifest["metadata"]["name"] == service["name"]
        )
        yield service["port"].get("name"), {port["name"] for manifest in named for port in manifest["spec"]["ports"]}


def _of_monitor(objects: Sequence[Object], spec: Object) -> Ports:
    found = [
        manifest for manifest in of_kind(objects, "Service") if _finds(spec["selector"], manifest["metadata"]["labels"])
    ]
    for endpoint in spec["endpoints"]:
        yield endpoint["port"], {port["name"] for manifest in found for port in manifest["spec"]["ports"]}


PORTS: dict[str, Callable[[Sequence[Object], Object], Ports]] = {
    "Service": _of_service,
    "NetworkPolicy": _of_policy,
    "Ingress": _of_ingress,
    "ServiceMonitor": _of_monitor,
}
"""By kind, of objects and the specification of one."""


def _in_pods(objects: Sequence[Object], selector: Object) -> set[str]:
    found = (template for _, template in templates(objects) if _finds(selector, template["metadata"]["labels"]))
    ports = (port for template in found for container in containers(template) for port in container.get("ports", ()))
    return {port["name"] for port in ports}


def _finds(selector: Object, labels: Object) -> bool:
    return any(selected(labels, wanted) for wanted in _alternatives(selector))


def _alternatives(selector: Object) -> Iterator[Object]:
    """The labels that a selector asks for: one set of them, or with `matchExpressions` (only `In`) one a value."""
    expressions = selector.get("matchExpressions", ())
    plain = selector.get("matchLabels", {} if expressions else selector)
    several = [[(expression["key"], value) for value in expression["values"]] for expression in expressions]
    return ({**plain, **dict(chosen)} for chosen in product(*several))


def _selectors(one: Object) -> Iterator[Object]:
    """All of an object, but those of other namespaces."""
    for part in _parts(one):
        if "namespaceSelector" not in part:
            yield from (part[key] for key in SELECTORS if key in part)


def _named(one: Object) -> Iterator[str]:
    """The titles of what an object names."""
    for part in _parts(one):
        for key, value in part.items():
            if kind := REFERENCES.get(key):
                yield f"{kind}/{value['name'] if isinstance(value, dict) else value}"
            elif key == "scaleTargetRef":
                yield f"{value.get('kind', 'Deployment')}/{value['name']}"


def _parts(thing: Any) -> Iterator[Object]:
    """Every mapping in it, itself too."""
    if isinstance(thing, dict):
        yield thing
        thing = [*thing.values()]
    if isinstance(thing, list):
        for inner in thing:
            yield from _parts(inner)
