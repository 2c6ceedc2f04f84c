"""The wire format, one module per family of routes. A guard test holds the answers against it."""

from __future__ import annotations

from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, pre_load


class StrictSchema(Schema):
    """Names an unknown field, and those that are allowed; and one given twice that is no list, rather than drop one."""

    class Meta:
        unknown = RAISE

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        allowed = ", ".join(sorted(field.data_key or name for name, field in self.fields.items()))
        self.error_messages = {**self.error_messages, "unknown": f"Unknown option. Allowed: {allowed or 'none'}."}

    @pre_load
    def _once(self, data: Any, **_: Any) -> Any:
        """A form or query has several values of a name; what else is loaded here has one."""
        if hasattr(data, "getlist"):
            singles = [
                member.data_key or name for name, member in self.fields.items() if not isinstance(member, fields.List)
            ]
            if twice := [name for name in singles if len(data.getlist(name)) > 1]:
                raise ValidationError({name: ["Given more than once. Send it once."] for name in twice})
        return data


class EmptySchema(StrictSchema):
    """Takes nothing."""
