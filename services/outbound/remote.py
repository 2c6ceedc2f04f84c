"""Documents that a client names by a URL rather than send them."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from email.message import Message
from pathlib import Path, PurePosixPath
from typing import BinaryIO
from urllib.parse import unquote, urlsplit

from config import Settings
from services.errors import UploadTooLarge, UrlRefused, UrlUnreachable
from services.outbound import Answer, Outbound, Refused, TooLarge, Unreachable
from utils.names import shown

Fetched = Callable[[str], AbstractContextManager[tuple[BinaryIO, str]]]
"""See `RemoteFiles.fetched`."""


def build(settings: Settings, outbound: Outbound) -> Fetched | None:
    """None where that is off."""
    most, seconds = settings.max_content_length, settings.url_timeout
    return RemoteFiles(outbound, settings.incoming, most, seconds).fetched if settings.url_input else None


@dataclass(frozen=True, slots=True)
class RemoteFiles:
    """In `folder` they lie while a request lasts; one has at most so many bytes, and so many seconds to come."""

    outbound: Outbound
    folder: Path
    most: int
    seconds: float

    @contextmanager
    def fetched(self, url: str) -> Iterator[tuple[BinaryIO, str]]:
        """The bytes in a nameless file, and its client's name. Raises UrlRefused, UrlUnreachable, UploadTooLarge."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=self.folder) as file:
            yield file, _name(self._fetch(url, file))

    def _fetch(self, url: str, file: BinaryIO) -> Answer:
        try:
            return self.outbound.fetch(url, file, self.most, self.seconds)
        except Refused:
            raise UrlRefused() from None
        except TooLarge:
            raise UploadTooLarge(f"The file is larger than {self.most} bytes. Send a smaller one.") from None
        except Unreachable as error:
            raise UrlUnreachable(f"url: the file could not be fetched ({error}). Check the address.") from error


def _name(answer: Answer) -> str:
    """What its server calls it (RFC 6266), else the last part of its path; for display only."""
    header = Message()
    header["Content-Disposition"] = re.sub(r"[\r\n]", " ", answer.headers.get("content-disposition", ""))
    given = ""
    with suppress(ValueError):  # it is in an encoding that Python has and that refuses it
        given = header.get_filename() or ""
    return shown(given or unquote(PurePosixPath(urlsplit(answer.url.path).path).name))
