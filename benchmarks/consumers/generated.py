"""Calls the service by a client that openapi-python-client has made: run as a script by the interpreter that has it.

generated.py FOLDER URL PICTURE prints the names of all operations, which it imports, and what it read.
"""

from __future__ import annotations

import json
import sys
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from typing import Any

PACKAGE = "made_client"
"""What the package in FOLDER is called."""


def operations() -> dict[str, Any]:
    """The modules by the names of their operations. Raises whatever importing one raises."""
    api = import_module(f"{PACKAGE}.api")
    modules = [found for found in walk_packages(api.__path__, f"{api.__name__}.") if not found.ispkg]
    return {found.name.rpartition(".")[2]: import_module(found.name) for found in modules}


def read(operation: Any, url: str, picture: Path) -> str:
    """The text of a picture that is sent with a client of the package."""
    package, types = import_module(PACKAGE), import_module(f"{PACKAGE}.types")
    file = types.File(picture.open("rb"), picture.name, "image/png")
    upload = import_module(f"{PACKAGE}.models").Upload(file=file)
    client = package.AuthenticatedClient(base_url=url, token="none")  # noqa: S106 - the service asks for none
    answer = operation.sync(client=client, body=upload, prefer="wait=30")
    return str(answer.text)


if __name__ == "__main__":
    sys.path.insert(0, sys.argv[1])
    known = operations()
    text = read(known["post_ocr_image"], sys.argv[2], Path(sys.argv[3]))
    print(json.dumps({"operations": sorted(known), "text": text}))
