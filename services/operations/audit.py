"""`python -m services.operations.audit`: whether the audit is whole and as it was written."""

from __future__ import annotations

import sys

from config import BadSetting, Settings
from services.access.audit import Fault, verify


def main() -> int:
    """1, with what is wrong and where, if it is not; the last line is `ok: N entries` if it is."""
    try:
        count, last = verify(Settings.from_env().audits)
    except (BadSetting, Fault) as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"The audit cannot be read: {error.strerror}", file=sys.stderr)
        return 1
    print(f"last: {last}\nok: {count} entries")
    return 0


if __name__ == "__main__":
    sys.exit(main())
