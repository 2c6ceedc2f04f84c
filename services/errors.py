"""Everything that can go wrong and that a caller may be told about.

ServiceError
├── BadInput                     the caller can mend it
│   ├── EmptyUpload
│   ├── UnsupportedType
│   ├── UnsupportedPacking
│   ├── UnreadableFile
│   │   └── NoPages
│   ├── TooManyPixels
│   ├── TooManyPages
│   ├── PageOutOfRange
│   ├── TableNotFound
│   ├── PasswordRequired
│   ├── SeveralPages
│   ├── IdempotencyMismatch
│   ├── IdempotencyInProgress
│   ├── NothingRead
│   │   └── LowQuality
│   ├── UploadTooLarge
│   ├── CallbackRefused
│   ├── UrlRefused
│   └── CapabilityUnavailable
├── Unauthorized
├── InsufficientScope
├── UnknownKey
├── TooManyWrongKeys
├── QuotaExceeded
├── UnknownJob
├── JobExpired
├── JobCancelled
├── TooManyStreams
├── ForeignOrigin
├── NoUpgrade
├── Failure                      the service's to mend
│   ├── EngineFailed
│   ├── WorkerLost
│   ├── ProcessingTimeout
│   ├── StillRunning
│   ├── NoWorker
│   ├── NoStreamFree
│   ├── UploadLost
│   ├── SpoolUnavailable
│   ├── QueueFull
│   ├── UrlUnreachable
│   ├── BrokerUnavailable
│   ├── IssuerUnavailable
│   └── StorageFull

`code` is API: it never changes once released; nor does the status that `middleware.errors` gives it. `advice` is the
sentence a client is shown when the raise site says nothing better; the message of the exception itself is written for
the client too, so it names no path, no library and no content of the upload. What only the log may know travels as
`__cause__`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType


class ServiceError(Exception):
    """Base of the public errors. `retryable` says whether the same request may pass later."""

    code = "service_error"
    advice = "The request could not be served."
    retryable = False
    errors: tuple[dict[str, object], ...] = ()
    """One entry per wrong field, page or file, where there is more to say."""

    members: Mapping[str, object] = MappingProxyType({})
    """What a program needs to go on, such as the id of a job."""

    retry_after = 5
    """Seconds after which to try again, where the status is 503, or 409 and retryable."""

    def __str__(self) -> str:
        return super().__str__() or self.advice


class BadInput(ServiceError):
    """The request was understood, but its content cannot be processed."""

    code = "bad_input"
    advice = "The upload cannot be processed."


class EmptyUpload(BadInput):
    """The upload has no bytes."""

    code = "empty_upload"
    advice = "The file is empty. Send a file with content."


class UnsupportedType(BadInput):
    """The bytes are of no type that is read here."""

    code = "unsupported_type"
    advice = (
        "This file type is not read here. Send a PDF, an invoice in XML, or a JPEG, PNG, TIFF, WebP, HEIC, AVIF, "
        "JPEG 2000, JPEG XL, BMP, GIF, PNM, PCX or TGA file."
    )


class UnsupportedPacking(BadInput):
    """The file's type is read here, and it may be fine, but not its way of packing what it holds."""

    code = "unsupported_packing"
    advice = "This file packs its picture in a way that is not read here. Save it as PNG or as an ordinary JPEG."


class UnreadableFile(BadInput):
    """The file has a known type but is damaged beyond reading."""

    code = "unreadable_file"
    advice = "The file is damaged and cannot be opened. Export or scan it again."


class NoPages(UnreadableFile):
    """The document opens, but holds no page."""

    code = "no_pages"
    advice = "The document has no pages."


class TooManyPixels(BadInput):
    """An image is larger than MAX_IMAGE_PIXELS, judged from its header."""

    code = "too_many_pixels"
    advice = "The image is too large. Send it at a lower resolution."


class TooManyPages(BadInput):
    """More pages were asked for than MAX_PDF_PAGES."""

    code = "too_many_pages"
    advice = "The document has too many pages. Ask for some of them with `pages`."


class PageOutOfRange(BadInput):
    """`pages` names a page that the document does not have."""

    code = "page_out_of_range"
    advice = "The document does not have that page."


class TableNotFound(BadInput):
    """No table, or none of that number, is on the pages that were asked for."""

    code = "table_not_found"
    advice = "No table was found there."


class PasswordRequired(BadInput):
    """The PDF is encrypted and no password, or a wrong one, was given."""

    code = "password_required"
    advice = "The PDF is encrypted. Send its password in the field `password`."


class SeveralPages(BadInput):
    """A document of pages was sent to where one picture is taken."""

    code = "several_pages"
    advice = "One picture is taken here. Send each page as an image, or the document to /ocr/pdf."


class IdempotencyMismatch(BadInput):
    """An Idempotency-Key was used again for something else."""

    code = "idempotency_mismatch"
    advice = "This Idempotency-Key belongs to another upload or other options. Use a new key for a new request."


class IdempotencyInProgress(BadInput):
    """The first request with an Idempotency-Key has not been answered yet."""

    code = "idempotency_in_progress"
    advice = "A request with this Idempotency-Key is still being accepted. Send it again in a second."
    retryable = True
    retry_after = 1


class NothingRead(BadInput):
    """A picture in which there is nothing of what was asked for."""

    code = "nothing_read"
    advice = "Nothing can be read in this picture. Send one that shows the document, upright and filling the frame."


class LowQuality(NothingRead):
    """A picture in which hardly anything can be read, and whose measures say why."""

    code = "low_quality"
    advice = "The picture is too poor to be read. Take it again, sharp, evenly lit and filling the frame."


class UploadTooLarge(BadInput):
    """A file fetched for a client has more bytes than MAX_CONTENT_LENGTH."""

    code = "upload_too_large"
    advice = "The upload is too large. Send a smaller file."


class CallbackRefused(BadInput):
    """The service does not call `callback_url`: no public host, or an odd spelling of one.

    Which of the two it was, and whether there is such a host inside, is not told.
    """

    code = "callback_refused"
    advice = (
        "callback_url: this address is not called from here. Name a public https address without user or password, "
        "on port 443, 80 or one above 1023, or ask the operator for OUTBOUND_ALLOW."
    )


class UrlRefused(BadInput):
    """The service does not call `url`, or where it redirected to; see CallbackRefused."""

    code = "url_refused"
    advice = (
        "url: this address, or one that it redirects to, is not called from here. Name a public http or https address "
        "without user or password, on port 443, 80 or one above 1023, or send the file itself."
    )


class CapabilityUnavailable(BadInput):
    """A known option that this deployment cannot serve."""

    code = "capability_unavailable"
    advice = "This deployment cannot do that."


class Unauthorized(ServiceError):
    """No key or token was sent, or one that is not valid."""

    code = "unauthorized"
    advice = "Send an API key or a token: `Authorization: Bearer <key or token>`, or `X-API-Key: <key>`."


class InsufficientScope(ServiceError):
    """The caller is known, and may not do this."""

    code = "insufficient_scope"
    advice = "This key or token may not do that."


class TooManyWrongKeys(ServiceError):
    """An address has sent too many wrong keys or tokens lately."""

    code = "too_many_wrong_keys"
    advice = "Too many wrong keys or tokens came from this address. Correct yours, and wait."
    retryable = True


class UnknownModel(ServiceError):
    """The wire that was spoken has no such model here."""

    code = "unknown_model"
    advice = "There is no such model here."


class UnknownKey(ServiceError):
    """No API key has this id."""

    code = "unknown_key"
    advice = "There is no API key with this id (any more)."


class QuotaExceeded(ServiceError):
    """The tenant has used up its pages of the day."""

    code = "quota_exceeded"
    advice = "The pages of this day are used up."
    retryable = True


class UnknownJob(ServiceError):
    """No job of this caller has this id."""

    code = "unknown_job"
    advice = "No such job. Check the id; jobs of other callers are not shown."


class JobExpired(ServiceError):
    """The job existed, but its time to live is over and its files are gone."""

    code = "job_expired"
    advice = "This job's files have expired. Submit the document again."


class JobSettling(ServiceError):
    """A failed job cannot be run again while others who wait for its result are still told of its end."""

    code = "job_settling"
    advice = "Others who wait for this job's result are still told of its end. Try again in a few seconds."
    retryable = True
    retry_after = 2


class JobCancelled(ServiceError):
    """The job was cancelled, so it has no result and never will have one."""

    code = "job_cancelled"
    advice = "This job was cancelled and has no result. Submit the document again if you want it read after all."


class TooManyStreams(ServiceError):
    """A client holds MAX_STREAMS_PER_CLIENT streams open."""

    code = "too_many_streams"
    advice = "You follow too many jobs at once. Close some of the streams, or ask with GET /ocr/job/{id}?wait=30."
    retryable = True


class ForeignOrigin(ServiceError):
    """A web page of another origin opened a WebSocket; CORS_ORIGINS does not name it."""

    code = "foreign_origin"
    advice = "Pages of this origin may not open WebSockets here. Ask the operator to add it to CORS_ORIGINS."


class NoUpgrade(ServiceError):
    """An ordinary request came to an address for WebSockets."""

    code = "upgrade_required"
    advice = "Open this address as a WebSocket. The same events come as Server-Sent Events at the job's `events`."


class Failure(ServiceError):
    """Ours to mend."""

    code = "internal_error"
    advice = "The service failed. Try again; if it persists, tell the operator the request id."
    retryable = True


class EngineFailed(Failure):
    """The engine raised while it read a page."""

    code = "engine_failed"
    advice = "The OCR engine failed on this document. Try again later."


class WorkerLost(Failure):
    """Workers died while they ran this job, too often to try again."""

    code = "worker_lost"
    advice = "The job was given up because it ended its worker several times. The document may be harmful or too large."
    retryable = False


class ProcessingTimeout(Failure):
    """The job ran longer than REQUEST_TIMEOUT."""

    code = "processing_timeout"
    advice = "Processing took too long. Send fewer pages or a smaller image."


class StillRunning(Failure):
    """A caller waited for a job as long as anybody may; `members` say where its result will be."""

    code = "still_running"
    advice = "The job still runs. Ask for it again later under the address in `status_url`."


class NoWorker(Failure):
    """Nobody is there to do it at once, for a caller who cannot wait."""

    code = "no_worker"
    advice = "No worker can take this at the moment. Try again in a few seconds."


class NoStreamFree(Failure):
    """A web process holds MAX_STREAMS streams open."""

    code = "no_stream_free"
    advice = "Too many clients follow their jobs at this moment. Ask with GET /ocr/job/{id}?wait=30, or try again."


class UploadLost(Failure):
    """The worker that had taken an upload out of memory ended, and nothing of it was kept."""

    code = "upload_lost"
    advice = "The upload was lost before it was read; nothing of it is kept. Send it again."


class SpoolUnavailable(Failure):
    """The Redis without persistence is away, full, or persists after all."""

    code = "spool_unavailable"
    advice = "What must not touch a disk cannot be taken in at the moment. Try again later, or tell the operator."


class QueueFull(Failure):
    """MAX_QUEUED_JOBS wait already."""

    code = "queue_full"
    advice = "Too many jobs wait already, and this one was not accepted. Send it again after `Retry-After` seconds."


class UrlUnreachable(Failure):
    """Nothing came from `url`, not all of it came in time, or an error came instead."""

    code = "url_unreachable"
    advice = "url: the file could not be fetched. Check the address, or send the file itself."


class BrokerUnavailable(Failure):
    """Redis/Valkey cannot be reached."""

    code = "broker_unavailable"
    advice = "The job queue cannot be reached. Try again in a few seconds; what was accepted before is kept."


class IssuerUnavailable(Failure):
    """The keys that tokens are checked with were never had from their issuer."""

    code = "issuer_unavailable"
    advice = "Tokens cannot be checked at the moment, as their issuer does not answer. Try again in a few seconds."


class StorageFull(Failure):
    """The blob store has no space left."""

    code = "storage_full"
    advice = "There is no space for the upload. Nothing was accepted; try again later."


def public_errors(root: type[ServiceError] = ServiceError) -> dict[str, type[ServiceError]]:
    """Every error class by its code."""
    found = {root.code: root}
    for subclass in root.__subclasses__():
        found |= public_errors(subclass)
    return found


def from_code(code: str, message: str, errors: tuple[dict[str, object], ...] = ()) -> ServiceError:
    """The error that a stored code stands for; a code of another version becomes a Failure."""
    error = public_errors().get(code, Failure)(message)
    error.errors = errors
    return error
