"""The options of a job: what a client may ask for, with this deployment's defaults."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from config import MIN_DPI
from services.errors import BadInput, CapabilityUnavailable
from services.jobs.caller import Caller
from services.jobs.model import Options
from services.ocr import pages
from services.ocr.engine import EngineInfo
from services.ocr.source import Mode

TIERS = ("fast", "balanced", "accurate")
MOST_SECONDS = 30.0
"""How long a request may wait for the end of its job."""


@dataclass(frozen=True, slots=True)
class OptionRules:
    """What applies where the client says nothing, and what this deployment can do."""

    lang: str
    tier: str
    dpi: int
    max_dpi: int
    engine: EngineInfo
    extractors: tuple[str, ...] = ()
    callback: Callable[[str], str] | None = None
    """Checks the address of a webhook and gives it back as it is called; None where none are sent."""
    signs: Callable[[str], bool] = lambda tenant: True
    """Whether there is anything that this tenant's webhooks can be signed with. May raise BrokerUnavailable."""

    def options(self, given: Mapping[str, Any]) -> Options:
        """Raises BadInput for a value out of bounds, CapabilityUnavailable for one that nothing here can serve."""
        options = Options(
            lang=tuple(given.get("lang") or (self.lang,)),
            tier=given.get("tier") or self.tier,
            dpi=given.get("dpi") or self.dpi,
            pages=given.get("pages") or None,
            words=given.get("words", False),
            mode=Mode(given.get("mode") or Mode.OCR),
            password=given.get("password"),
            extract=tuple(sorted(set(given.get("extract") or ()))),
            text=given.get("text", True),
            structure=given.get("structure", False),
        )
        self._check(options)
        self._check_extraction(options)
        return options

    def told(self, caller: Caller, given: Mapping[str, Any]) -> Caller:
        """The caller with the address that hears of the end of the job.

        Raises CapabilityUnavailable where nobody is told, CallbackRefused.
        """
        if (url := given.get("callback_url")) is None:
            return caller
        if self.callback is None or not self.signs(caller.owner):
            raise CapabilityUnavailable(
                "callback_url: this deployment sends no webhooks. Ask for the job instead, or its operator to set "
                "WEBHOOK_SECRET."
            )
        return replace(caller, callback_url=self.callback(url))

    def on(self, *names: str) -> tuple[str, ...]:
        """Those of these extractors that this deployment has on."""
        return tuple(name for name in names if name in self.extractors)

    def _check(self, options: Options) -> None:
        if not MIN_DPI <= options.dpi <= self.max_dpi:
            raise BadInput(f"dpi: use a whole number from {MIN_DPI} to {self.max_dpi}.")
        if options.pages:
            pages.parse(options.pages)
        _offered("tier", options.tier, self.engine.tiers)
        for lang in options.lang:
            self._check_language(lang)
        if not self.engine.models(options.lang, options.tier):
            groups = "; or ".join(", ".join(group) for group in self.engine.together(options.tier))
            raise CapabilityUnavailable(f"lang: nothing here reads {_listed(options.lang)}. Together: any of {groups}.")
        if options.words and not self.engine.words:
            raise CapabilityUnavailable("words: the engine of this deployment gives no word boxes.")

    def _check_extraction(self, options: Options) -> None:
        for name in options.extract:
            _offered("extract", name, self.extractors)
        if not options.text and not options.extract:
            raise BadInput("text: without the text there is nothing to do. Name what to look for in `extract`.")

    def _check_language(self, lang: str) -> None:
        if lang in self.engine.installable:
            raise CapabilityUnavailable(f"lang: {lang!r} cannot be read here yet: {self.engine.installable[lang]}.")
        _offered("lang", lang, self.engine.languages)

    def json_schema(self) -> dict[str, Any]:
        """Every option as JSON Schema 2020-12, narrowed to what is on."""
        return {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "lang": self._languages(),
                "tier": {"enum": list(self.engine.tiers), "default": self.tier},
                "pages": {"type": "string", "examples": ["1-3,7"]},
                "password": {"type": "string", "writeOnly": True},
                "dpi": {"type": "integer", "minimum": MIN_DPI, "maximum": self.max_dpi, "default": self.dpi},
                "mode": {"enum": [mode.value for mode in Mode], "default": Mode.OCR.value},
                "words": {"type": "boolean", "default": False} if self.engine.words else {"const": False},
                "extract": {"type": "array", "items": {"enum": list(self.extractors)}, "default": []},
                "text": {"type": "boolean", "default": True},
                "structure": {"type": "boolean", "default": False},
                "callback_url": {"type": "string", "format": "uri"} if self.callback else {"not": {}},
            },
        }

    def _languages(self) -> dict[str, Any]:
        """`anyOf` are the lists that one request may have; `x-installable` says what would add which language."""
        lists = dict.fromkeys(group for tier in self.engine.tiers for group in self.engine.together(tier))
        return {
            "type": "array",
            "items": {"enum": list(self.engine.languages)},
            "anyOf": [{"items": {"enum": list(group)}} for group in lists],
            "default": [self.lang],
            "x-installable": dict(self.engine.installable),
        }


def _listed(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]} together"


def _offered(option: str, value: str, offered: tuple[str, ...]) -> None:
    if value not in offered:
        known = ", ".join(offered) or "none"
        raise CapabilityUnavailable(f"{option}: {value!r} is not available here. Available: {known}.")
