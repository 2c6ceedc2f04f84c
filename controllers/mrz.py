"""Passports: a picture in, the fields of its machine-readable zone out, nothing kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any, BinaryIO

from controllers import Reply
from controllers.options import OptionRules
from services.document import values
from services.errors import BrokerUnavailable, CapabilityUnavailable, Failure, NoWorker
from services.extractors import mrz, quality
from services.extractors.mrz.layouts import FieldName
from services.extractors.mrz.model import Mrz
from services.extractors.quality import PageQuality
from services.jobs.caller import Caller
from services.jobs.jobs import Jobs
from services.jobs.legibility import QUALITY
from services.jobs.model import Job, Options

MEDIA_TYPES = ("image/jpeg", "image/png")
MOST_SECONDS = 8.0
"""How long a client waits at most; those with a reader of their own turn to it after 10 seconds."""

NOTHING = "No MRZ detected in image"
LIMITED = "Rate limit exceeded. Please try again later."
UNAVAILABLE = 503

NAMES: Mapping[str, FieldName] = {
    "passportNumber": "documentNumber",
    "surname": "surname",
    "givenName": "givenName",
    "nationality": "nationality",
    "dateOfBirth": "dateOfBirth",
    "sex": "sex",
    "dateOfExpiry": "dateOfExpiry",
    "issuingCountry": "issuingCountry",
    "personalNumber": "optionalData",
    "documentType": "documentType",
}
"""This family's names of a zone's fields."""

SECOND_OPTIONAL: FieldName = "optionalData2"
"""Of cards, in their second line. Where nothing stands in the first one, the personal number does here."""


@dataclass(frozen=True, slots=True)
class MrzApi:
    """What the routes call. `is_served` asks whether a worker is there; it raises BrokerUnavailable."""

    jobs: Jobs
    rules: OptionRules
    is_served: Callable[[], bool]

    def scan(self, stream: BinaryIO, caller: Caller) -> Reply:
        """200 with the zone, 422 without one.

        Raises what the job ended with, NoWorker where none takes it, and Failure where the extractor failed: that a
        picture has no zone is said only of one that was looked at.
        """
        began = perf_counter()
        options = self._options()
        if not self.is_served():
            raise NoWorker()
        job = self._ended(self.jobs.submit_in_memory(stream, MEDIA_TYPES, options, caller), caller)
        fields = self.jobs.result(job).fields
        zones = fields.of(mrz.FOUND)
        if zones is None:
            raise Failure()
        if not zones:
            measured = fields.of(quality.FOUND) or ()
            return Reply(_nothing(measured, caller.request_id), 422)
        return Reply(zone_view(zones[0]) | {"processingTime": round(perf_counter() - began, 3)})

    def _options(self) -> Options:
        """Without the extractor of zones it is as without a worker: no client can mend that."""
        try:
            return self.rules.options({"extract": (mrz.FOUND.name, *self.rules.on(QUALITY)), "text": False})
        except CapabilityUnavailable as error:
            raise NoWorker() from error

    def _ended(self, job: Job, caller: Caller) -> Job:
        try:
            ended = self.jobs.wait(job.id, caller.owner, MOST_SECONDS)
        except BrokerUnavailable:
            self.jobs.give_up(job)
            raise
        if not ended.ended:
            self.jobs.give_up(job)
            raise NoWorker()
        return ended


def zone_view(zone: Mrz) -> dict[str, Any]:
    """A zone as this family shows it."""
    printed = {name: zone.fields[source].value if source in zone.fields else None for name, source in NAMES.items()}
    if printed["personalNumber"] is None and SECOND_OPTIONAL in zone.fields:
        printed["personalNumber"] = zone.fields[SECOND_OPTIONAL].value
    return {
        "success": True,
        **values.dump(printed),
        "confidence": values.dump(zone.confidence),
        "validCheckDigits": zone.valid,
        "mrzText": "\n".join(zone.lines),
        "mrzType": zone.mrz_type,
        "checkDigits": values.dump(zone.check_digits),
        "corrections": values.dump(zone.corrections),
        "warnings": values.dump(zone.warnings),
    }


def _nothing(measured: Sequence[PageQuality], request_id: str) -> dict[str, Any]:
    """With what is wrong with the picture, where that is known."""
    flawed = measured[0] if measured and measured[0].flaw else None
    said = {"reason": flawed.reason, "suggestion": flawed.suggestion} if flawed else {}
    known = {"code": "no_mrz", "request_id": request_id}
    return {"success": False, "error": NOTHING, "confidence": 0.0, **known, **said}


def mrz_error(problem: Mapping[str, object]) -> dict[str, object]:
    """This family's body of an error. A client that gets `fallbackToClientSide` had better read the zone itself."""
    status, detail = problem["status"], problem["detail"]
    body = {"success": False, "error": LIMITED if problem["code"] == "rate_limited" else detail, "confidence": 0.0}
    extra = {"fallbackToClientSide": True} if status == UNAVAILABLE else {}
    return {**body, "code": problem["code"], "request_id": problem["request_id"], **extra}
