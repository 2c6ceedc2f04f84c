"""`/openapi.json`: the description of the API, OpenAPI 3.1, with errors as problem+json."""

from __future__ import annotations

from typing import Any

from apiflask import APIFlask

from controllers.schemas.answers import ProblemSchema
from middleware import prefix
from middleware.callers import ANYBODY, asks_for
from routes import JSON_BODY, RouteLimits, pos

PROBLEM = "application/problem+json"
ERROR_SCHEMAS = {pos.PREFIX: "PosError"}
"""The schemas of families whose every error has a shape of its own, by the beginning of their paths."""


SCHEMES = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "An API key, or a token of the deployment's issuer."},
    "key": {"type": "apiKey", "in": "header", "name": "X-API-Key", "description": "The same in a header of its own."},
}
SECURITY: list[dict[str, list[str]]] = [{}, {"bearer": []}, {"key": []}]
"""Nothing is asked for where AUTH=off."""


def describe(app: APIFlask, limits: RouteLimits) -> None:
    """Have `app` serve it, when all blueprints are there."""
    app.schema_name_resolver = _schema_name
    app.config["AUTO_SERVERS"] = False  # the first request's address, for ever
    app.config["SPEC_DECORATORS"] = [limits.none, prefix.documented]
    asks_for(ANYBODY)(app.view_functions["openapi.spec"])
    app.tags = ["OCR", "Passports", "Predict", "Point of sale", "Access", "Operations"]
    app.config["SECURITY_SCHEMES"] = SCHEMES
    app.config["OPENAPI_VERSION"] = "3.1.0"
    app.config["HTTP_ERROR_SCHEMA"] = app.config["VALIDATION_ERROR_SCHEMA"] = ProblemSchema
    app.config["VALIDATION_ERROR_DESCRIPTION"] = "An option or the upload is invalid; `errors` names which."
    app.config["LICENSE"] = {"name": "AGPL-3.0-or-later", "identifier": "AGPL-3.0-or-later"}
    app.config["DESCRIPTION"] = "Turns images and PDFs into text."

    @app.spec_processor
    def problems(spec: Any) -> Any:
        for path, operations in spec["paths"].items():
            for operation in operations.values():
                own = next((name for below, name in ERROR_SCHEMAS.items() if path.startswith(f"{below}/")), None)
                _error_types(operation["responses"], own)
                if "401" in operation["responses"]:
                    operation["security"] = SECURITY
                if in_json := operation.pop(JSON_BODY, None):
                    operation["requestBody"]["content"]["application/json"] = {"schema": in_json}
        return spec


def _schema_name(schema: Any) -> str:
    """`Job` for JobSchema or an instance of it."""
    name: str = (schema if isinstance(schema, type) else type(schema)).__name__
    return name.removesuffix("Schema")


def _error_types(responses: dict[str, Any], own: str | None) -> None:
    """Problems are of a type of their own, unless the family has another shape: the schema called `own`."""
    for status, answer in responses.items():
        schema = answer.get("content", {}).get("application/json", {}).get("schema", {})
        if int(status) >= 400 and schema.get("$ref", "").endswith("/Problem"):
            ref = {"$ref": f"#/components/schemas/{own}"}
            answer["content"] = {"application/json": {"schema": ref}} if own else {PROBLEM: {"schema": schema}}
