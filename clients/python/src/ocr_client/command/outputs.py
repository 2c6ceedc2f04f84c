"""Which files are read, and what is written where."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from ocr_client.command.codes import UsageError, printable

FORMATS = {
    "text": ".txt",
    "json": ".json",
    "markdown": ".md",
    "hocr": ".hocr",
    "alto": ".alto.xml",
    "tsv": ".tsv",
    "tables": ".tables.csv",
    "pdf": ".ocr.pdf",
    "annotated": ".annotated.jpg",
}
"""The end of each format's files, after the input's name without its own."""

ENDINGS = {".pdf": "pdf", ".xml": "alto", ".csv": "tables", ".jpg": "annotated", ".jpeg": "annotated"}
"""Formats by the end of `--out`, beside those of FORMATS."""

BINARY = frozenset({"pdf", "annotated"})

JOINED = ("pdf", "text", "markdown", "json")
"""Formats in which several files can be one."""

READ_IN_FOLDERS = frozenset(
    (
        *(".pdf", ".png", ".jpg", ".jpeg", ".tif", ".tiff", ".webp", ".heic", ".heif", ".avif", ".jp2", ".j2k", ".jxl"),
        *(".bmp", ".gif", ".pnm", ".pbm", ".pgm", ".ppm", ".pcx", ".tga"),
    )
)
OWN = re.compile(r"(.+)(?:\.ocr\.pdf|\.annotated(?:-\d+)?\.jpg)")
"""Names of what earlier runs wrote and this one could read."""

STDIN = "-"


@dataclass(frozen=True)
class Item:
    """One file to read. `outputs` are the files still to be written, by format; empty where all goes to stdout."""

    source: str
    relative: Path
    outputs: Mapping[str, Path] = field(default_factory=dict)
    present: bool = False

    @property
    def name(self) -> str:
        return "stdin" if self.source == STDIN else printable(self.source)


@dataclass(frozen=True)
class Plan:
    """`joined` is the one file that the outputs of all items go into; `layout` asks for text with its layout kept."""

    items: Sequence[Item]
    formats: Sequence[str]
    to_stdout: bool
    layout: bool = False
    joined: Path | None = None


def plan(inputs: Sequence[str], formats: Sequence[str], out: str | None, *, recursive: bool, force: bool) -> Plan:
    """Raises UsageError where two files would be written to one place, or an input would be overwritten."""
    chosen = list(dict.fromkeys(formats)) or [_implied(out)]
    found = _without_own_outputs(_unique(_found(inputs, recursive)))
    if out == STDIN or (out is None and all(item.source == STDIN for item in found)):
        return Plan(_for_stdout(found, chosen), chosen, True)
    if out is not None and _is_file(out) and len(found) > 1:
        return Plan(found, chosen, False, joined=_joined(found, chosen, Path(out), force))
    items = _placed(found, chosen, out)
    _check_places(items)
    return Plan([_missing(item, force, _is_file(out)) for item in items], chosen, False)


def _implied(out: str | None) -> str:
    """The format that the name of the output says; text if it says none."""
    if out is None or out == STDIN or not _is_file(out):
        return "text"
    ends = {end: kind for kind, end in FORMATS.items()} | ENDINGS
    kind = next((kind for end, kind in ends.items() if out.lower().endswith(end)), None)
    if kind is None:
        raise UsageError(f"{out} does not say its format: name it with --format, or end {out} with / for a folder.")
    return kind


def _is_file(out: str | None) -> bool:
    return bool(out) and out != STDIN and not str(out).endswith(os.sep) and not Path(str(out)).is_dir()


def _found(inputs: Sequence[str], recursive: bool) -> Iterator[Item]:
    for text in inputs:
        path = Path(text)
        if text == STDIN:
            yield Item(STDIN, Path("stdin"))
        elif not path.is_dir():
            yield Item(text, Path(path.name))
        elif recursive:
            yield from _inside(path)
        else:
            raise UsageError(f"{text} is a folder: add -r to read what is in it.")


def _inside(folder: Path) -> Iterator[Item]:
    """All images and PDFs below a folder by name, without hidden ones and what earlier runs wrote."""
    paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in READ_IN_FOLDERS and path.is_file())
    shown = [path for path in paths if not OWN.fullmatch(path.name) and not _is_hidden(path.relative_to(folder))]
    if not shown:
        raise UsageError(
            f"In {folder} is nothing to read. Files that end with {' '.join(sorted(READ_IN_FOLDERS))} are."
        )
    return (Item(str(path), path.relative_to(folder)) for path in shown)


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def _unique(items: Iterator[Item]) -> list[Item]:
    return list({Path(item.source).absolute(): item for item in items}.values())


def _without_own_outputs(items: list[Item]) -> list[Item]:
    """What an earlier run wrote beside an input that is named too, as `*.pdf` does, is no input."""
    read = {name for item in items for name in (Path(item.source), Path(item.source).with_suffix(""))}
    return [item for item in items if not (own := OWN.fullmatch(item.relative.name)) or _of(item, own) not in read]


def _of(item: Item, own: re.Match[str]) -> Path:
    return Path(item.source).with_name(own[1])


def _for_stdout(items: Sequence[Item], formats: Sequence[str]) -> Sequence[Item]:
    if len(formats) > 1:
        raise UsageError("One format goes to stdout. Name a folder with --out to have several.")
    if len(items) > 1 and formats[0] in BINARY:
        raise UsageError(f"Of {formats[0]}, one file goes to stdout. Name a folder with --out.")
    return items


def _joined(items: Sequence[Item], formats: Sequence[str], out: Path, force: bool) -> Path:
    """Raises UsageError where the files cannot be one in this format, or in this place."""
    _check_single(formats, out)
    if formats[0] not in JOINED:
        raise UsageError(
            f"Several files can be one in {', '.join(JOINED)}, and not in {formats[0]}. "
            f"End {printable(out)} with / for a file each in a folder: --out {printable(out)}/"
        )
    if out.resolve() in {Path(item.source).resolve() for item in items}:
        raise UsageError(
            f"{printable(out)} is itself among the files to read. Give another --out; "
            "or, if it is what an earlier run wrote, remove it first."
        )
    if not force:
        _check_absent([out])
    return out


def _check_single(formats: Sequence[str], out: Path) -> None:
    if len(formats) > 1:
        raise UsageError(
            f"{printable(out)} would be written more than once. End it with / for a folder: --out {printable(out)}/"
        )


def _placed(items: Sequence[Item], formats: Sequence[str], out: str | None) -> list[Item]:
    if out is not None and _is_file(out):
        _check_single(formats, Path(out))
        return [replace(items[0], outputs={formats[0]: Path(out)})]
    places = [
        Path(item.source).with_name(item.relative.name) if out is None else Path(out) / item.relative for item in items
    ]
    alike = Counter(place.with_suffix("") for place in places)
    return [
        replace(item, outputs=_beside(place, formats, whole=alike[place.with_suffix("")] > 1))
        for item, place in zip(items, places, strict=True)
    ]


def _beside(place: Path, formats: Sequence[str], *, whole: bool) -> dict[str, Path]:
    """`scan.txt` for `scan.png`; `scan.png.txt` where there is a `scan.pdf` too, which `whole` says."""
    name = place.name if whole else place.stem
    return {kind: place.with_name(name + FORMATS[kind]) for kind in formats}


def _check_places(items: Sequence[Item]) -> None:
    taken = {Path(item.source).resolve(): item.name for item in items}
    for item in items:
        for path in item.outputs.values():
            place = path.resolve()
            if place in taken:
                raise UsageError(
                    f"{printable(path)}, written for {item.name}, is also that of {taken[place]}. "
                    "Read them apart, with another --out for each."
                )
            taken[place] = item.name


def _missing(item: Item, force: bool, named: bool) -> Item:
    """What is there already is not written again; a file that the user named must not be, unless told so."""
    if force:
        return item
    there = [path for path in item.outputs.values() if path.exists()]
    if named:
        _check_absent(there)
    outputs = {kind: path for kind, path in item.outputs.items() if path not in there}
    return replace(item, outputs=outputs, present=not outputs)


def _check_absent(paths: Sequence[Path]) -> None:
    for path in paths:
        if path.exists():
            raise UsageError(f"{printable(path)} exists already: add --force to overwrite it.")
