"""The wire format, one module per family of routes. A guard test holds the answers against it."""

from __future__ import annotations

from typing import Any

from marshmallow import RAISE, Schema


class StrictSchema(Schema):
    """Names an unknown field, and those that are allowed."""

    class Meta:
        unknown = RAISE

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        allowed = ", ".join(sorted(field.data_key or name for name, field in self.fields.items()))
        self.error_messages = {**self.error_messages, "unknown": f"Unknown option. Allowed: {allowed or 'none'}."}


class EmptySchema(StrictSchema):
    """Takes nothing."""
