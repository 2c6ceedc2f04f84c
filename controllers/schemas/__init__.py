"""The wire format, one module per family of routes. A guard test holds the answers against it."""

from __future__ import annotations

from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, pre_load

from utils.json_text import parsed


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
        known = self.named(data)
        return _spread(known) if OPTIONS in self.fields and OPTIONS in known else known

    def named(self, data: Any) -> Any:
        """What was sent, under the names of the fields here."""
        return data


OPTIONS = "options"
"""A field of this name has options as a JSON object, beside those that have fields of their own."""

NO_OBJECT = 'Send a JSON object of options, as in {"tier": "fast"}.'


class JsonOptions(fields.String):
    """Options as a JSON object. A field of its own wins over the same name in here."""

    def __init__(self) -> None:
        text = f"Options in one field. {NO_OBJECT} A field of its own wins."
        super().__init__(metadata={"description": text, "contentMediaType": "application/json"})


def _spread(data: Any) -> dict[str, Any]:
    fields_of_their_own = {name: data[name] for name in data if name != OPTIONS}
    try:
        given = parsed(data[OPTIONS])
    except (TypeError, ValueError):
        given = None
    if not isinstance(given, dict) or OPTIONS in given:
        raise ValidationError({OPTIONS: [NO_OBJECT]})
    return {**given, **fields_of_their_own}


class EmptySchema(StrictSchema):
    """Takes nothing."""
