"""The command line."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from ocr_client.command import environment, show
from ocr_client.command.outputs import FORMATS, JOINED
from ocr_client.command.scan import scan
from ocr_client.version import VERSION

CODES = """\
exit codes:
  0  all done            3  the service is not reached
  1  some files failed   4  refused: API key or rate limit
  2  wrong call        130  interrupted; the same call again goes on

OCR_SERVER, OCR_API_KEY and OCR_PASSWORD are read from the environment."""

EXAMPLES = """\
examples:
  ocr scan letter.pdf --out searchable.pdf
  ocr scan -r scans -f text -f json --out results/
  ocr scan receipt.jpg -f json --extract receipt --out -

"""

Run = Callable[[argparse.Namespace], int]


def parser() -> argparse.ArgumentParser:
    found = argparse.ArgumentParser(
        "ocr", description="Text out of images and PDFs.", epilog=CODES, formatter_class=argparse.RawTextHelpFormatter
    )
    found.add_argument("--version", action="version", version=f"ocr {VERSION}")
    commands = found.add_subparsers(required=True, metavar="COMMAND")
    _scan(commands)
    file = _command(commands, "mrz", show.mrz, "read the machine-readable zone of a passport or card; nothing is kept")
    file.add_argument("file", metavar="FILE", help="JPEG or PNG, - for stdin")
    jobs = _command(commands, "jobs", show.jobs, "list your jobs, newest first")
    jobs.add_argument("--status", help="queued, processing, completed, failed or cancelled")
    jobs.add_argument("--limit", type=_positive, default=20, metavar="N", help="at most so many (20)")
    job = _command(commands, "job", show.job, "show, cancel or delete a job")
    job.add_argument("id", metavar="ID")
    what = job.add_mutually_exclusive_group()
    what.add_argument("--cancel", action="store_true", help="stop it")
    what.add_argument("--delete", action="store_true", help="remove it with its upload and result")
    _command(commands, "options", show.options, "what this service can be asked for")
    _command(commands, "health", show.health, "how the service is")
    return found


def _command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], name: str, run: Run, text: str
) -> argparse.ArgumentParser:
    """A subcommand with what all have."""
    found = commands.add_parser(
        name, help=text, description=text, epilog=CODES, formatter_class=argparse.RawTextHelpFormatter
    )
    found.set_defaults(run=run)
    found.add_argument("--server", default=environment.server(), metavar="URL", help="default: %(default)s")
    found.add_argument("--api-key-file", metavar="FILE", help="a file with the API key")
    found.add_argument("--json", action="store_true", help="JSON on stdout, for scripts")
    return found


def _scan(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    found = _command(commands, "scan", scan, "read files and write what they say")
    found.epilog = EXAMPLES + CODES
    found.add_argument("inputs", nargs="+", metavar="FILE", help="images, PDFs, folders (with -r), - for stdin")
    _reading(found.add_argument_group("how to read"))
    _writing(found.add_argument_group("what to write, and where"))
    _working(found.add_argument_group("how to work"))


def _reading(group: argparse._ArgumentGroup) -> None:
    """Options of the service, which says itself what is wrong with them; see `ocr options`."""
    group.add_argument("--lang", metavar="LANG", help="as in en or hi,en")
    group.add_argument("--tier", help="fast, balanced or accurate")
    group.add_argument("--pages", help="as in 1-3,7")
    group.add_argument("--dpi", type=_positive, help="how PDF pages are rendered")
    group.add_argument(
        "--mode", help="a PDF's own text: ocr (never used), auto (where it is sound) or text (nothing else)"
    )
    group.add_argument("--words", action="store_true", default=None, help="boxes of words too, in json")
    group.add_argument("--extract", metavar="NAMES", help="as in receipt,barcodes; comes in json")
    secret = group.add_mutually_exclusive_group()
    secret.add_argument("--password-file", metavar="FILE", help="a file with the password of encrypted PDFs")
    secret.add_argument("--ask-password", action="store_true", help="ask for it")


def _writing(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "-f", "--format", action="append", choices=FORMATS, metavar="FORMAT", help=f"{', '.join(FORMATS)}; repeatable"
    )
    group.add_argument(
        "-o",
        "--out",
        help="a folder (ends with /, or exists), - for stdout, or a file: several inputs become one,\n"
        f"in the order given, as {', '.join(JOINED)}; default: beside the input",
    )
    group.add_argument("--layout", action="store_true", help="text as it stands on the page, columns kept by spaces")
    group.add_argument("--force", action="store_true", help="overwrite; otherwise what is there counts as done")
    group.add_argument(
        "--skip-failed",
        action="store_true",
        help="write one file of several inputs without those that failed; otherwise it is not written",
    )


def _working(group: argparse._ArgumentGroup) -> None:
    group.add_argument("-r", "--recursive", action="store_true", help="go into folders")
    group.add_argument("-j", "--parallel", type=_positive, default=4, metavar="N", help="files at a time (4)")
    group.add_argument("--timeout", type=float, default=3600.0, metavar="S", help="seconds for a file (3600)")
    group.add_argument("--cancel-on-interrupt", action="store_true", help="Ctrl-C stops the jobs at the service too")
    group.add_argument("--delete-after", action="store_true", help="remove each job from the service once written")
    group.add_argument("-q", "--quiet", action="store_true", help="say nothing but errors")


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above 0")
    return int(text)
