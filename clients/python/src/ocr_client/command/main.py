"""The entry of the command `ocr`."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from ocr_client.command import codes
from ocr_client.command.arguments import parser
from ocr_client.errors import OcrError


def main(argv: Sequence[str] | None = None) -> int:
    """The exit code; what went wrong is one line on stderr."""
    args = parser().parse_args(argv)
    try:
        return int(args.run(args))
    except codes.UsageError as error:
        return _said(str(error), codes.USAGE)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nobody reads any more: say nothing at exit
        return codes.FAILED
    except (OcrError, OSError) as error:
        return _said(codes.told(error), codes.of(error))
    except ValueError as error:
        return _said(codes.printable(error), codes.USAGE)
    except KeyboardInterrupt:
        return codes.INTERRUPTED


def _said(text: str, code: int) -> int:
    print(f"ocr: {text}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
