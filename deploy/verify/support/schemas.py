"""JSON Schemas of the custom resources of k8s/, strict: of their definitions what is used here, and nothing else.

Read off the definitions of KEDA 2.15 (keda.sh/v1alpha1) and of the Prometheus operator 0.82 (monitoring.coreos.com/v1).
"""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]

TEXT: Schema = {"type": "string", "minLength": 1}
WHOLE: Schema = {"type": "integer", "minimum": 0}
SECONDS: Schema = {"type": "string", "pattern": r"^(\d+m)?(\d+s)?$", "minLength": 2}
LABELS: Schema = {"type": "object", "additionalProperties": {"type": "string"}}


def _strict(required: dict[str, Schema], **optional: Schema) -> Schema:
    properties = {**required, **optional}
    return {"type": "object", "properties": properties, "required": [*required], "additionalProperties": False}


def _several(one: Schema) -> Schema:
    return {"type": "array", "items": one, "minItems": 1}


def _resource(version: str, kind: str, spec: Schema) -> Schema:
    metadata = _strict({"name": TEXT}, namespace=TEXT, labels=LABELS, annotations=LABELS)
    return _strict({"apiVersion": {"const": version}, "kind": {"const": kind}, "metadata": metadata, "spec": spec})


def _scaled_object() -> Schema:
    policy = _strict({"type": {"enum": ["Percent", "Pods"]}, "value": WHOLE, "periodSeconds": WHOLE})
    rules = _strict({}, stabilizationWindowSeconds=WHOLE, policies=_several(policy), selectPolicy=TEXT)
    types = {"enum": ["AverageValue", "Value", "Utilization"]}
    trigger = _strict({"type": TEXT, "metadata": LABELS}, name=TEXT, metricType=types, authenticationRef=LABELS)
    modifiers = _strict({"formula": TEXT, "target": TEXT}, activationTarget=TEXT, metricType=types)
    behaviour = _strict({}, behavior=_strict({}, scaleUp=rules, scaleDown=rules), name=TEXT)
    return _strict(
        {"scaleTargetRef": _strict({"name": TEXT}, kind=TEXT, apiVersion=TEXT), "triggers": _several(trigger)},
        pollingInterval=WHOLE,
        cooldownPeriod=WHOLE,
        minReplicaCount=WHOLE,
        maxReplicaCount=WHOLE,
        fallback=_strict({"failureThreshold": WHOLE, "replicas": WHOLE}),
        advanced=_strict({}, scalingModifiers=modifiers, horizontalPodAutoscalerConfig=behaviour),
    )


def _service_monitor() -> Schema:
    endpoint = _strict({"port": TEXT}, path=TEXT, interval=SECONDS, scrapeTimeout=SECONDS, scheme=TEXT)
    return _strict({"selector": _strict({"matchLabels": LABELS}), "endpoints": _several(endpoint)}, jobLabel=TEXT)


def _rules() -> Schema:
    alert = {"alert": TEXT, "expr": TEXT, "labels": LABELS, "annotations": LABELS}
    rule = _strict(alert, **{"for": SECONDS, "keep_firing_for": SECONDS})
    return _strict({"groups": _several(_strict({"name": TEXT, "rules": _several(rule)}, interval=SECONDS))})


OWN: dict[str, Schema] = {
    "ScaledObject": _resource("keda.sh/v1alpha1", "ScaledObject", _scaled_object()),
    "ServiceMonitor": _resource("monitoring.coreos.com/v1", "ServiceMonitor", _service_monitor()),
    "PrometheusRule": _resource("monitoring.coreos.com/v1", "PrometheusRule", _rules()),
}
"""By kind."""
