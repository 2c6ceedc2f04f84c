"""What the command takes from around it: variables, secrets, the place of its notes."""

from __future__ import annotations

import os
from argparse import Namespace
from getpass import getpass
from pathlib import Path

from ocr_client.command.codes import UsageError
from ocr_client.connection import DEFAULT_URL


def server() -> str:
    return os.environ.get("OCR_SERVER") or DEFAULT_URL


def api_key(args: Namespace) -> str | None:
    """Never an argument: those are seen by all users of a machine."""
    return _content(args.api_key_file) if args.api_key_file else os.environ.get("OCR_API_KEY") or None


def password(args: Namespace) -> str | None:
    """From a file, the terminal or OCR_PASSWORD."""
    if args.password_file:
        return _content(args.password_file)
    if args.ask_password:
        return getpass("Password of the PDFs: ")
    return os.environ.get("OCR_PASSWORD") or None


def notes_folder() -> Path:
    """Where the state of programs belongs (XDG Base Directory Specification 0.8)."""
    base = os.environ.get("XDG_STATE_HOME", "")
    return (Path(base) if base.startswith("/") else Path.home() / ".local" / "state") / "ocr-client"


def _content(path: str) -> str:
    try:
        return Path(path).read_text().rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"{path} cannot be read as text: {getattr(error, 'strerror', None) or 'it is not UTF-8'}."
        ) from error
