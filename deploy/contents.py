"""Writes what an image is made of: `python deploy/contents.py FOLDER`, run inside it.

FOLDER/sbom.cdx.json is a CycloneDX 1.5 bill of materials (https://cyclonedx.org/docs/1.5/json/) of the Python packages,
the Debian packages and the models. FOLDER/licences.txt lists the same for people, with where each licence's text lies.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Any
from urllib.parse import quote

ROOT = Path(__file__).parents[1]
MANIFEST = ROOT / "services" / "ocr" / "manifest.toml"
COPYRIGHT = "/usr/share/doc/{}/copyright"
LONGEST_CHARACTERS = 80
"""Characters; what is longer in a `License` field is the licence itself and not its name."""


@dataclass(frozen=True, slots=True)
class Part:
    """One thing in the image. `expression` tells that `licence` is one of SPDX; `text` is where the licence lies."""

    kind: str
    name: str
    version: str
    licence: str
    text: str
    purl: str = ""
    sha256: str = ""
    expression: bool = False


def packages() -> Iterator[Part]:
    """The distributions that this interpreter sees."""
    for found in distributions():
        name, version = found.metadata["Name"], found.version
        licence, expression = _licence(found)
        purl = f"pkg:pypi/{re.sub('[-_.]+', '-', name).lower()}@{quote(version)}"
        yield Part("library", name, version, licence, str(found.locate_file("")), purl, expression=expression)


def _licence(found: Distribution) -> tuple[str, bool]:
    """What the metadata says by PEP 639, else by the older fields."""
    told = found.metadata.json
    if expression := told.get("license_expression"):
        return str(expression), True
    classifiers = [line.split(" :: ")[-1] for line in told.get("classifier", []) if line.startswith("License ::")]
    named = str(told.get("license", "")).strip()
    short = named if "\n" not in named and len(named) <= LONGEST_CHARACTERS else ""
    return " AND ".join(classifiers) or short or "see its files", False


def system() -> Iterator[Part]:
    """Debian's packages, by dpkg."""
    wanted = "${Package}\t${Version}\t${Architecture}\n"
    listed = subprocess.run(
        ["dpkg-query", "--show", f"--showformat={wanted}"], check=True, capture_output=True, text=True
    )
    for line in listed.stdout.splitlines():
        name, version, architecture = line.split("\t")
        purl = f"pkg:deb/debian/{quote(name)}@{quote(version)}?arch={architecture}"
        text = COPYRIGHT.format(name)
        yield Part("library", name, version, _debian_licence(Path(text)), text, purl)


def _debian_licence(path: Path) -> str:
    """The names in a copyright file of Debian's machine-readable form."""
    content = path.read_text(errors="replace") if path.exists() else ""
    names = dict.fromkeys(re.findall(r"^License: *(\S.*)$", content, re.MULTILINE))
    return "; ".join(names) or "see its text"


def weights() -> Iterator[Part]:
    """The models of the manifest that are here."""
    for name, model in tomllib.loads(MANIFEST.read_text(encoding="utf-8"))["models"].items():
        if not (ROOT / "models" / name).is_dir():
            continue
        sha256 = next(file["sha256"] for file in model["files"] if file["name"] == model["weights"])
        yield Part("machine-learning-model", name, sha256[:8], model["licence"], str(MANIFEST), sha256=sha256)


def bill(parts: list[Part], version: str) -> dict[str, Any]:
    """The CycloneDX document."""
    own = {"type": "application", "name": "ocr-service", "version": version}
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": {**own, "licenses": [{"expression": "AGPL-3.0-or-later"}]}},
        "components": [_component(part) for part in parts],
    }


def _component(part: Part) -> dict[str, Any]:
    licence = {"expression": part.licence} if part.expression else {"license": {"name": part.licence}}
    component: dict[str, Any] = {"type": part.kind, "name": part.name, "version": part.version, "licenses": [licence]}
    if part.purl:
        component |= {"purl": part.purl, "bom-ref": part.purl}
    if part.sha256:
        component["hashes"] = [{"alg": "SHA-256", "content": part.sha256}]
    return component


def main(folder: Path) -> None:
    """Write both files. The order is that of the names, so that two images can be compared."""
    kinds = (packages(), system(), weights())
    parts = [part for kind in kinds for part in sorted(kind, key=lambda part: part.name.lower())]
    version = (ROOT / "VERSION").read_text(encoding="utf-8").strip()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "sbom.cdx.json").write_text(json.dumps(bill(parts, version), indent=1) + "\n", encoding="utf-8")
    lines = [f"{part.name} {part.version}: {part.licence} ({part.text})" for part in parts]
    (folder / "licences.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
