"""A PDF's own text is what can be seen on its pages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from config import Settings
from services.document.model import Page, TextSource
from services.ocr import signatures
from services.ocr.engine import ReadOptions
from services.ocr.engines import null
from services.ocr.pipeline import Pipeline
from services.ocr.raster import Limits
from services.ocr.source import PDF, Mode, open_source
from tests.support import samples
from tests.support.layers import LINES

FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
SEEN = "A line that everybody can read"
UNSEEN = "Secret words here"


def own(tmp_path: Path, data: bytes, mode: Mode = Mode.AUTO, **options: Any) -> Page:
    """The first page, by an engine that reads nothing: all text is the file's."""
    path = tmp_path / "upload.pdf"
    path.write_bytes(data)
    pipeline = Pipeline(null.build(Settings()), Limits.of(Settings()))
    with pipeline.open(path, PDF, pages=None, password=None, dpi=150) as source:
        return pipeline.read(source, 1, ReadOptions(**options), mode)


def text_at(words: str, x: float, y: float, size: float = 12) -> bytes:
    return b"BT /F %f Tf %f %f Td (%s) Tj ET\n" % (size, x, y, words.encode("latin-1"))


def printed(content: bytes, resources: bytes = b"", objects: tuple[bytes, ...] = (), page: bytes = b"") -> bytes:
    """A page with a line that is seen and then `content`; more objects begin with number 6."""
    resources = b"/Resources<</Font<</F 5 0 R>>%s>>%s" % (resources, page)
    return samples.page_pdf(text_at(SEEN, 72, 770) + content, page=resources, objects=[FONT, *objects])


SECRET = text_at(UNSEEN, 72, 700)
STREAKS = samples.stream(
    b"/Type/XObject/Subtype/Image/Width 8/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8", bytes(range(0, 240, 30))
)
HIDDEN = {
    "not drawn": printed(b"3 Tr " + SECRET),
    "white on white": printed(b"1 g " + SECRET),
    "nearly white": printed(b"0.97 g " + SECRET),
    "black on black": printed(b"60 690 300 30 re f " + SECRET),
    "transparent": printed(b"/G gs " + SECRET, b"/ExtGState<</G<</ca 0>>>>"),
    "blacked out": printed(SECRET + b"60 690 300 30 re f"),
    "painted over": printed(SECRET + b"1 g 60 690 300 30 re f"),
    "under a picture": printed(SECRET + b"q 300 0 0 30 60 690 cm /I Do Q", b"/XObject<</I 6 0 R>>", (STREAKS,)),
    "too small": printed(text_at(UNSEEN, 72, 700, 0.7)),
    "upright and white": printed(b"1 g BT /F 12 Tf 0 1 -1 0 300 300 Tm (%s) Tj ET" % UNSEEN.encode()),
}


@pytest.mark.parametrize("mode", [Mode.AUTO, Mode.TEXT])
@pytest.mark.parametrize("kind", HIDDEN)
def test_text_that_nobody_sees_is_not_given_and_told(tmp_path: Path, kind: str, mode: Mode) -> None:
    found = own(tmp_path, HIDDEN[kind], mode)
    assert (found.source, found.text, found.hidden_text) == (TextSource.PDF, SEEN, True)
    assert "Secret" not in own(tmp_path, HIDDEN[kind], mode, words=True).text


LAYER = b"<</Type/Catalog/Pages 2 0 R/OCProperties<</OCGs[6 0 R]/D<</OFF[6 0 R]>>>>>>"
GONE = {
    "clipped away": printed(b"q 0 0 10 10 re W n " + SECRET + b"Q"),
    "outside the crop box": printed(text_at(UNSEEN, 72, 100), page=b"/CropBox[0 400 595 842]"),
    "in a layer that is off": printed(
        b"/OC /L BDC " + SECRET + b"EMC", b"/Properties<</L 6 0 R>>", (b"<</Type/OCG/Name(off)>>",)
    ).replace(b"<</Type/Catalog/Pages 2 0 R>>", LAYER),
}


@pytest.mark.parametrize("kind", GONE)
def test_text_that_is_not_on_the_page_is_not_given(tmp_path: Path, kind: str) -> None:
    found = own(tmp_path, GONE[kind])
    assert found.text == SEEN and found.hidden_text is (kind != "in a layer that is off")
    assert own(tmp_path, GONE[kind], Mode.TEXT, words=True).text == SEEN


GRADIENT = (
    b"<</ShadingType 2/ColorSpace/DeviceRGB/Coords[72 0 300 0]"
    b"/Function<</FunctionType 2/Domain[0 1]/C0[1 0 0]/C1[0 0 1]/N 1>>>>"
)
SHOWN = {
    "white on black": printed(b"60 690 300 30 re f 1 g " + SECRET),
    "red on green": printed(b"0 .5 0 rg 60 690 300 30 re f 1 0 0 rg " + SECRET),
    "outlined": printed(b"1 Tr " + SECRET),
    "light grey": printed(b"0.85 g " + SECRET),
    "half transparent": printed(b"/G gs " + SECRET, b"/ExtGState<</G<</ca .4>>>>"),
    "over a picture": printed(
        b"q 300 0 0 30 60 690 cm /I Do Q 1 0 0 rg " + SECRET, b"/XObject<</I 6 0 R>>", (STREAKS,)
    ),
    "under a marker": printed(SECRET + b"/G gs 1 1 0 rg 60 690 300 30 re f", b"/ExtGState<</G<</ca .4/BM/Multiply>>>>"),
    "of a gradient": printed(
        b"/Pattern cs /P scn " + SECRET, b"/Pattern<</P<</PatternType 2/Shading 6 0 R>>>>", (GRADIENT,)
    ),
    "a hole in front of colour": printed(
        b"q BT 7 Tr /F 12 Tf 72 700 Td (%s) Tj ET 1 0 0 rg 0 0 595 842 re f Q" % UNSEEN.encode()
    ),
    "small": printed(text_at(UNSEEN, 72, 700, 4)),
}


@pytest.mark.parametrize("kind", SHOWN)
def test_text_that_is_seen_is_given(tmp_path: Path, kind: str) -> None:
    found = own(tmp_path, SHOWN[kind], words=True)
    assert (found.source, found.text, found.hidden_text) == (TextSource.PDF, f"{SEEN}\n{UNSEEN}", False)


def test_only_what_is_blacked_out_in_a_line_is_left_out(tmp_path: Path) -> None:
    data = printed(text_at("Account 4471 8820 1193 of J. Example", 72, 700) + b"119 695 91 16 re f")
    found = own(tmp_path, data)
    assert found.text == f"{SEEN}\nAccount of J. Example" and found.hidden_text


@pytest.mark.parametrize("label", ["REDACTED", "Secret"])
def test_what_lies_under_a_bar_with_a_label_on_it_is_left_out(tmp_path: Path, label: str) -> None:
    data = printed(SECRET + b"60 690 300 30 re f 1 g " + text_at(label, 76, 700))
    found = own(tmp_path, data)
    assert found.text == f"{SEEN}\n{label}" and found.hidden_text


def test_the_layer_of_a_scan_is_no_secret_and_what_is_hidden_beside_it_is(tmp_path: Path) -> None:
    found = own(tmp_path, samples.searchable_scan(LINES, LINES), Mode.TEXT)
    assert "quick brown fox" in found.text and "not meant to be seen" in found.warning and not found.hidden_text
    assert own(tmp_path, samples.searchable_scan(LINES, LINES)).source is TextSource.OCR
    born = printed(b"3 Tr " + SECRET + b"0 Tr " + text_at("and more to read", 72, 740))
    assert UNSEEN not in own(tmp_path, born, Mode.TEXT).text


def form(*fields: bytes) -> bytes:
    """A PDF whose form has these fields, the first of which is object 6."""
    kids = b" ".join(b"%d 0 R" % (6 + at) for at in range(len(fields)))
    catalog = b"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[%s]>>>>" % kids
    return printed(b"", objects=fields).replace(b"<</Type/Catalog/Pages 2 0 R>>", catalog)


SIGNATURE = b"<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/adbe.pkcs7.detached/Contents<00>/ByteRange[0 0 0 0]>>"
FORMS = {
    "signed": (form(b"<</FT/Sig/T(one)/V %s>>" % SIGNATURE), True),
    "signed in a group": (form(b"<</FT/Sig/T(all)/Kids[7 0 R]>>", b"<</T(one)/Parent 6 0 R/V %s>>" % SIGNATURE), True),
    "to be signed": (form(b"<</FT/Sig/T(one)>>"), False),
    "filled in": (form(b"<</FT/Tx/T(name)/V(Erika)>>"), False),
    "in circles": (form(b"<</FT/Sig/T(all)/Kids[6 0 R]>>"), False),
    "without a form": (printed(b""), False),
}


@pytest.mark.parametrize("kind", FORMS)
def test_a_signed_file_is_told(tmp_path: Path, kind: str) -> None:
    data, signed = FORMS[kind]
    path = tmp_path / "upload.pdf"
    path.write_bytes(data)
    with open_source(path, PDF, limits=Limits.of(Settings())) as source:
        assert any(warning.startswith("SIGNED: ") for warning in source.warnings) is signed


@pytest.mark.parametrize("kind,count", [("to be signed", 1), ("filled in", 1), ("without a form", 0)])
def test_a_file_is_asked_for_the_fields_that_it_has(
    tmp_path: Path, kind: str, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[Any] = []
    monkeypatch.setattr(signatures, "_is_signature", looked.append)
    path = tmp_path / "upload.pdf"
    path.write_bytes(FORMS[kind][0])
    open_source(path, PDF, limits=Limits.of(Settings())).close()
    assert len(looked) == count


@pytest.mark.parametrize("inherited", [False, True])
def test_a_page_is_cropped_still_after_its_text_was_looked_for(tmp_path: Path, inherited: bool) -> None:
    data = GONE["outside the crop box"]
    if inherited:
        data = data.replace(b"/CropBox[0 400 595 842]", b"").replace(
            b"/Type/Pages", b"/Type/Pages/CropBox[0 400 595 842]"
        )
    path = tmp_path / "upload.pdf"
    path.write_bytes(data)
    with open_source(path, PDF, dpi=72, limits=Limits.of(Settings())) as source:
        layer = source.text_layer(1, words=False)
        assert layer and layer.hidden and (layer.width, layer.height) == (595, 442)
        assert source.render(1).pixels.shape[:2] == (442, 595)
        again = source.text_layer(1, words=False)
        assert again and (again.height, again.lines) == (442, layer.lines)
