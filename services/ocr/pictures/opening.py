"""Picture files, opened: how many pages they have, how large each is by its header, and each of them for decoding.

The decoders' exceptions come out as they are; `services.ocr.image` knows them all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager
from io import BufferedReader, BytesIO
from pathlib import Path
from typing import BinaryIO, NamedTuple, Protocol

from PIL import Image, UnidentifiedImageError

from services.errors import UnreadableFile, UnsupportedPacking
from services.ocr.pictures import animation, jpeg, jxl, samples, tiff
from services.ocr.pictures.kinds import ANIMATED_SHARE, KINDS, Kind
from services.ocr.pictures.tiff import Entries, Tag

TIFF = "image/tiff"

ANIMATIONS: Mapping[str, Callable[[BinaryIO, int], int]] = {
    "image/gif": animation.gif_frames,
    "image/png": animation.png_frames,
    "image/webp": animation.webp_frames,
    "image/avif": animation.avif_frames,
}
"""How many pictures there are, at most a bound, by the types that may have several in time."""

Size = tuple[int, int]

_ORIENTATION = 274
_OLD_JPEG = 6
_REFUSED = 1 << 28
"""Pixels beyond which the decoders of HEIC and AVIF call a file damaged."""

_BYTES = 4
"""Of a pixel's samples, as which the pixel limit counts one."""


class Measure(NamedTuple):
    """Width and height of a page in pixels, and the share of the pixel limit that holds for it."""

    width: int
    height: int
    share: float


class PictureFile(Protocol):
    """An open file, its pages counted from 1. `warnings` say what of it is not read."""

    count: int

    @property
    def warnings(self) -> tuple[str, ...]: ...

    def measure(self, number: int) -> Measure:
        """Of a page, by its header alone."""
        ...

    def frame(self, number: int) -> AbstractContextManager[Image.Image]:
        """A page, not yet decoded where its decoder can wait."""
        ...

    def close(self) -> None:
        """Let go of the file. May be called twice."""
        ...


def frames(media_type: str, file: BinaryIO, bound: int) -> int:
    """How many pages or pictures there are, at most `bound`; nothing is decoded, and no library asked."""
    if media_type == TIFF:
        return len(tiff.pages(file, bound))
    return ANIMATIONS[media_type](file, bound) if media_type in ANIMATIONS else 1


def opened(path: Path, media_type: str, most: int) -> PictureFile:
    """The file, of whose animation `most` pictures are pages. Raises UnsupportedPacking, and UnreadableFile."""
    kind = KINDS[media_type]
    if media_type == TIFF:
        return Tiff(path)
    with path.open("rb") as file:
        count = frames(media_type, file, most + 1)
        if count < 1:
            raise UnreadableFile()
        least = _announced(media_type, file, most + 1)
        return Animation(path, kind, count, most, least) if count > 1 else Still(path, kind, least)


def _announced(media_type: str, file: BinaryIO, bound: int) -> Size:
    """The size that the file's structure tells, (0, 0) where the decoder tells all without decoding anything.

    A GIF grows with pictures outside its canvas; what a HEIF announces matters where its decoder would not look at it.
    """
    if media_type == "image/gif":
        shape = animation.gif_shape(file, bound)
        return shape.width, shape.height
    if media_type == "image/jxl":
        return _size_of_jxl(file)
    if media_type in ("image/heic", "image/avif"):
        return animation.largest_item(file)
    if media_type == "image/jpeg":
        jpeg.check_coding(file)
    return 0, 0


def _size_of_jxl(file: BinaryIO) -> Size:
    header = jxl.header(file)
    if header is None:
        raise UnreadableFile()
    if header.animated:
        raise UnsupportedPacking("This JPEG XL is an animation, which is not read here. Send a picture of it.")
    return header.width, header.height


def _measured(path: Path, kind: Kind, least: Size, share: float) -> Measure:
    """By the decoder's reading of the header; that of JPEG XL is not asked, as it decodes all at once."""
    if kind.decoder == "JXL":
        return Measure(*least, share)
    if least[0] * least[1] > _REFUSED:
        return Measure(*least, share)
    with closing(_open(path, kind.decoder)) as header:
        enlarged = least if kind.decoder == "GIF" else (0, 0)
        return Measure(max(header.width, enlarged[0]), max(header.height, enlarged[1]), share)


class Still:
    """A file of one picture."""

    count = 1

    def __init__(self, path: Path, kind: Kind, least: Size) -> None:
        self._path, self._kind, self._least = path, kind, least

    @property
    def warnings(self) -> tuple[str, ...]:
        """Of a HEIC every reader shows the main picture first, and most that alone."""
        if self._kind.decoder != "HEIF" or (count := self._alternatives()) < 2:
            return ()
        return (f"Only the main one of {count} pictures was read.",)

    def _alternatives(self) -> int:
        """How many pictures a HEIC has, but for other forms of the main one (ISO 14496-12, 8.18.3, `altr`)."""
        with self.frame(1) as header:
            groups = [group["images"] for group in header.info.get("entity_groups", ()) if group["type"] == "altr"]
            same = next((group for group in groups if header.tell() in group), [header.tell()])
            return int(getattr(header, "n_frames", 1)) - len([one for one in same if one is not None]) + 1

    def measure(self, number: int) -> Measure:
        return _measured(self._path, self._kind, self._least, self._kind.share)

    @contextmanager
    def frame(self, number: int) -> Iterator[Image.Image]:
        with closing(_open(self._path, self._kind.decoder)) as image:
            yield image

    def close(self) -> None:
        """Nothing stays open."""


class Animation:
    """A file of several pictures in time, which stays open, as they build upon each other."""

    def __init__(self, path: Path, kind: Kind, count: int, most: int, least: Size) -> None:
        self._path, self._kind, self._least = path, kind, least
        self._image: Image.Image | None = None
        self.count = min(count, most)
        self.warnings: tuple[str, ...] = ()
        if count > most:
            self.warnings = (f"Only the first {most} pictures of this animation were read.",)

    def measure(self, number: int) -> Measure:
        return _measured(self._path, self._kind, self._least, min(ANIMATED_SHARE, self._kind.share))

    @contextmanager
    def frame(self, number: int) -> Iterator[Image.Image]:
        self._image = self._image or _open(self._path, self._kind.decoder)
        self._image.seek(number - 1)
        yield self._image

    def close(self) -> None:
        if self._image is not None:
            self._image.close()
            self._image = None


class Tiff:
    """A TIFF, of which every directory is opened as if it were the only one: no other can spoil it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.warnings: tuple[str, ...] = ()
        with path.open("rb") as file:
            self._order = tiff.order_of(file)
            self._directories = tiff.pages(file)
        self.count = len(self._directories)

    def measure(self, number: int) -> Measure:
        """Samples of more bytes than usual count as more pixels."""
        layout = self._layout(self._entries(number))
        share = 1.0 if layout.is_common else min(1.0, _BYTES / layout.bytes_a_pixel)
        return Measure(layout.width, layout.height, share)

    @contextmanager
    def frame(self, number: int) -> Iterator[Image.Image]:
        entries = self._entries(number)
        samples.check_packing(entries)
        image = self._grey_old_jpeg(entries) or self._plain(number, entries) or self._deep(entries)
        with closing(image):
            yield image

    def close(self) -> None:
        """Nothing stays open."""

    def _entries(self, number: int) -> Entries:
        with self._path.open("rb") as file:
            return tiff.entries_at(file, self._directories[number - 1])

    def _layout(self, entries: Entries) -> samples.Layout:
        return samples.Layout.of(entries, self._order)

    def _plain(self, number: int, entries: Entries) -> Image.Image | None:
        """By the decoder of pictures; None for samples that it does not know, or not rightly."""
        if not self._layout(entries).is_common:
            return None
        file = BufferedReader(tiff.Pointed(self._path, self._directories[number - 1]))
        try:
            return Image.open(file, formats=["TIFF"])
        except UnidentifiedImageError:
            file.close()
            return None

    def _deep(self, entries: Entries) -> Image.Image:
        return _dressed(samples.picture(self._path.read_bytes(), entries, self._layout(entries)), entries)

    def _grey_old_jpeg(self, entries: Entries) -> Image.Image | None:
        """JPEG of TIFF 6.0 (section 22) in grey, which Pillow takes for colours: it is a JPEG of its own."""
        if entries.get(Tag.COMPRESSION) != (_OLD_JPEG,) or entries.get(Tag.SAMPLES, (3,)) != (1,):
            return None
        start = next(iter(entries.get(Tag.JPEG, ())), 0)
        size = next(iter(entries.get(Tag.JPEG_SIZE, ())), -1)
        with self._path.open("rb") as file:
            file.seek(start)
            return _dressed(Image.open(BytesIO(file.read(size)), formats=["JPEG"]), entries)


def _open(path: Path, decoder: str) -> Image.Image:
    if decoder == "HEIF":
        import pillow_heif

        pillow_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False, decode_threads=1)
    elif decoder == "JXL":
        import pillow_jxl  # noqa: F401 - it registers itself
    return Image.open(path, formats=[decoder])


def _dressed(image: Image.Image, entries: Entries) -> Image.Image:
    """With what the directory says of orientation and resolution, where Pillow's own TIFFs have it."""
    image.getexif()[_ORIENTATION] = next(iter(entries.get(Tag.ORIENTATION, ())), 1)
    for name in ("dpi", "jfif_density"):
        image.info.pop(name, None)
    if told := tiff.resolution(entries):
        across, down, unit = told
        inches = {2: 1.0, 3: 2.54}.get(unit)
        image.info["dpi" if inches else "resolution"] = across * (inches or 1), down * (inches or 1)
    return image
