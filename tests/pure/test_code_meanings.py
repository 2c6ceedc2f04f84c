"""What codes mean: samples of every scheme, all of invented people and firms, and contents that are of none."""

from __future__ import annotations

import gzip
import hashlib
import json
import struct
from base64 import b64encode, urlsafe_b64encode
from binascii import crc_hqx
from collections.abc import Mapping
from dataclasses import fields
from datetime import date, datetime
from decimal import Decimal
from time import process_time
from typing import Any

import numpy as np
import pytest
import zxingcpp
from hypothesis import example, given
from hypothesis import strategies as st

from config import ROOT
from services.document.model import Quad
from services.extractors.barcodes.codes import barcode
from services.extractors.barcodes.gs1.dates import day
from services.extractors.barcodes.gs1.dictionary import entries
from services.extractors.barcodes.gs1.elements import elements
from services.extractors.barcodes.model import Barcode
from services.extractors.barcodes.schemes import LONGEST_CHARACTERS, meaning, names, rules
from services.extractors.barcodes.schemes._values import parsed
from services.extractors.barcodes.schemes.aamva import read as aamva
from services.extractors.barcodes.schemes.bcbp import _day as flown
from services.extractors.barcodes.schemes.model import Content
from services.extractors.barcodes.symbols import symbol

NOWHERE = Quad((0, 0), (1, 0), (1, 1), (0, 1))


def tlv(*values: str) -> str:
    parts = [bytes([tag, len(text.encode())]) + text.encode() for tag, text in enumerate(values, 1)]
    return b64encode(b"".join(parts)).decode()


def token(invoice: Mapping[str, object]) -> str:
    claims = {"iss": "NIC", "data": json.dumps(invoice)}
    parts = [json.dumps(part).encode() for part in ({"alg": "RS256", "kid": "1", "typ": "JWT"}, claims)]
    return ".".join(urlsafe_b64encode(part).decode().rstrip("=") for part in (*parts, bytes(range(256))))


def emv(**objects: str) -> str:
    text = "000201" + "".join(f"{tag[1:]}{len(value):02}{value}" for tag, value in objects.items()) + "6304"
    return text + format(crc_hqx(text.encode(), 0xFFFF), "04X")


def serbian(total: int, buyer: bytes = b"10:123456789") -> str:
    time = int(datetime.fromisoformat("2026-11-30T10:11:00+01:00").timestamp() * 1000)
    data = struct.pack("<B8s8sIIQ", 3, b"ABCDEFGH", b"JKLMNPQR", 171, 90, total) + time.to_bytes(8)
    data += bytes([0, 0, len(buyer)]) + buyer + bytes(512)
    signed = b64encode(data + hashlib.md5(data).digest()).decode()
    return "https://suf.purs.gov.rs/v/?vl=" + signed.replace("+", "%2B").replace("/", "%2F").replace("=", "%3D")


def secure_aadhaar(prefix: bytes = b"", mobile: bytes = b"", photo: bytes = b"") -> str:
    texts = ["2", "734520261130101100123", "Asha Specimen", "05-04-1988", "F", "D/O Ravi Specimen", "Pune", "", "12"]
    texts += ["Kothrud", "411038", "Kothrud", "Maharashtra", "Test Road", "Haveli", "Pune City"]
    data = prefix + b"\xff".join(text.encode() for text in texts) + b"\xff" + mobile
    noise = np.random.default_rng(1).integers(0, 256, 1000, dtype=np.uint8).tobytes()
    return str(int.from_bytes(gzip.compress(data + noise + photo, mtime=0)))


def nfce(letters: str = "12345678000195") -> str:
    key = f"352611{letters}65001000000017112345678"
    total = sum((ord(character) - 48) * (2 + place % 8) for place, character in enumerate(reversed(key)))
    return key + str(0 if total % 11 < 2 else 11 - total % 11)


LICENCE = (
    "@\n\x1e\rANSI 636000{version}02DL00410278ZV03190008DL{elements}\rZVZVA01\r",
    {
        "DAQ": "T64235789", "DCS": "SAMPLE", "DDE": "N", "DAC": "MICHAEL", "DDF": "N", "DAD": "NONE", "DCA": "D",
        "DBD": "06062019", "DBB": "06061986", "DBA": "12102027", "DBC": "1", "DAU": "068 in", "DAG": "12 TEST STREET",
        "DAI": "ANYTOWN", "DAJ": "VA", "DAK": "232690000  ", "DCF": "2424244747474786102204", "DCG": "USA",
    },
)  # fmt: skip


def licence(version: str = "10", without: str = "", **changed: str) -> str:
    shown = {tag: value for tag, value in (LICENCE[1] | changed).items() if tag not in without.split()}
    return LICENCE[0].format(version=version, elements="\n".join(tag + value for tag, value in shown.items()))


BILL = "SPC 0200 1 CH4431999123000889012 S Muster_AG Bahnhofstrasse 12a 8001 Zürich CH"
BILL_ROWS = [one.replace("_", " ") for one in BILL.split()] + [""] * 7 + ["1234.50", "CHF"]
BILL_ROWS += [
    "K",
    "Testa Specimen",
    "Rue du Lac 7",
    "1003 Lausanne",
    "",
    "",
    "CH",
    "QRR",
    "210000000003139471430009017",
]
BILL_ROWS += [
    "Rechnung 2026-17",
    "EPD",
    r"//S1/10/2026\/17/11/261130/20/A-3/30/106017086/31/261130/32/8.1:1142/40/0:30",
]

SIGNATURE = "NvuUs8ttQk+BPKqls0j0kwuJO/4zj2Wupalp0nCDFXKvQNtIUut0t086w2KIEhXjHtMsqz1W1VgHr8YFNVjO8A=="
TSE = f"2026-11-30T10:10:50.000Z;2026-11-30T10:11:00.000Z;ecdsa-plain-SHA256;unixTime;{SIGNATURE};BA=="
DAY = date(2026, 11, 30)

# scheme, content, and some of what it says
SAMPLES: list[tuple[str, str, dict[str, Any]]] = [
    (
        "gs1-digital-link",
        "HTTPS://Example.COM/shop/01/09506000134352/10/A%2FB-1/21/S1?17=270200&3103=001250&lang=de&linkType=gs1:pip",
        {"gtin": "09506000134352", "batch": "A/B-1", "serial": "S1", "expiry_date": date(2027, 2, 28),
         "weight_kg": Decimal("1.250")},
    ),
    (
        "gs1-digital-link",
        "https://id.gs1.org/01/9506000134352?3922=1299;15=261231#top",
        {"gtin": "09506000134352", "price": Decimal("12.99"), "best_before": date(2026, 12, 31)},
    ),
    ("gs1-digital-link", "http://example.org/414/9506000134352/254/7", {"seller_id": "9506000134352", "gtin": None}),
    (
        "aamva",
        licence(),
        {"number": "T64235789", "name": "MICHAEL SAMPLE", "birth_date": date(1986, 6, 6),
         "expiry_date": date(2027, 12, 10), "date": date(2019, 6, 6), "address": "12 TEST STREET, ANYTOWN, VA 23269"},
    ),
    (
        "aamva",
        licence("08", DCG="CAN", DBB="19860607", DBA="20271210", DBD="20190606", DAJ="ON", DAK="K1A 0B1  "),
        {"birth_date": date(1986, 6, 7), "expiry_date": date(2027, 12, 10),
         "address": "12 TEST STREET, ANYTOWN, ON K1A 0B1"},
    ),
    (
        "bcbp",
        "M1SPECIMEN/ANNA       EABC123 ZRHLHRXX 0834 326J001A0025 100",
        {"name": "SPECIMEN/ANNA", "reference": "ABC123", "date": None},
    ),
    (
        "epc",
        "BCD\n002\n1\nSCT\n\nMuster Handels GmbH\nDE89370400440532013000\nEUR119.00\n\n\nRechnung R-2026-17\n",
        {"total": Decimal("119.00"), "currency": "EUR", "seller": "Muster Handels GmbH",
         "iban": "DE89370400440532013000", "reference": "Rechnung R-2026-17"},
    ),
    (
        "epc",
        "BCD\r\n001\r\n1\r\nSCT\r\nBPOTBEB1\r\nTest ASBL\r\nBE72000000001616\r\nEUR1\r\nCHAR\r\nRF18539007547034",
        {"total": Decimal(1), "reference": "RF18539007547034", "iban": "BE72000000001616"},
    ),
    (
        "swiss-qr-bill",
        "\r\n".join(BILL_ROWS),
        {"total": Decimal("1234.50"), "currency": "CHF", "seller": "Muster AG", "iban": "CH4431999123000889012",
         "number": "2026/17", "date": DAY, "seller_id": "CHE-106.017.086", "reference": "210000000003139471430009017",
         "address": "Bahnhofstrasse 12a, 8001 Zürich, CH", "name": "Testa Specimen"},
    ),
    (
        "upi",
        "upi://pay?pa=specimen@okexample&pn=Specimen%20Stores&tr=T17&am=1180.00&cu=INR&gstIn=27ABCPE1234F1Z0"
        "&invoiceNo=INV17&invoiceDate=2026-11-30T13:21:50+05:30&gstBrkUp=CGST:90.00|SGST:90.00",
        {"total": Decimal("1180.00"), "tax": Decimal("180.00"), "currency": "INR", "seller": "Specimen Stores",
         "seller_id": "27ABCPE1234F1Z0", "number": "INV17", "reference": "T17", "date": DAY},
    ),
    (
        "emvco",
        emv(_01="12", _26="0014br.gov.bcb.pix0111123e4567-e1", _52="5411", _53="986", _54="123.45", _58="BR",
            _59="LOJA TESTE", _60="SAO PAULO", _62="0103INV0505TX123"),
        {"total": Decimal("123.45"), "currency": "BRL", "seller": "LOJA TESTE", "number": "INV", "reference": "TX123",
         "address": "SAO PAULO, BR"},
    ),
    (
        "zatca",
        tlv("شركة مثال التجارية", "310122393500003", "2026-11-30T10:11:00Z", "115.00", "15.00", "hash", "signature"),
        {"total": Decimal("115.00"), "tax": Decimal("15.00"), "currency": "SAR", "seller": "شركة مثال التجارية",
         "seller_id": "310122393500003", "date": DAY},
    ),
    (
        "pt-at",
        "A:123456789*B:999999990*C:PT*D:FS*E:N*F:20261130*G:FS 2026A/17*H:CSDF7T5H-17*I1:PT*I7:10.00*I8:2.30*N:2.30"
        "*O:12.30*Q:AbCd*R:9999",
        {"total": Decimal("12.30"), "tax": Decimal("2.30"), "seller_id": "123456789", "buyer_id": None,
         "number": "FS 2026A/17", "reference": "CSDF7T5H-17", "date": DAY},
    ),
    (
        "at-rksv",
        "_R1-AT1_KASSE-7_1042_2026-11-30T10:11:00_12,00_5,50_0,00_0,00_-1,50_4r9sKg==_7a3c_Kf7cP2pQ7sY=_tJ1w==",
        {"total": Decimal("16.00"), "currency": "EUR", "number": "1042", "date": DAY},
    ),
    (
        "de-kassensichv",
        f"V0;KASSE-01;Kassenbeleg-V1;Beleg^11.90_5.35_0.00_0.00_0.00^7.25:Bar_10.00:Unbar;17;38;{TSE}",
        {"total": Decimal("17.25"), "currency": "EUR", "number": "17", "date": DAY, "seller_id": None},
    ),
    (
        "es-verifactu",
        "https://www2.agenciatributaria.gob.es/wlpl/TIKE-CONT/ValidarQR?nif=89890001K&numserie=12345678%26G33"
        "&fecha=30-11-2026&importe=241.4",
        {"total": Decimal("241.4"), "seller_id": "89890001K", "number": "12345678&G33", "date": DAY},
    ),
    (
        "es-ticketbai",
        "https://batuz.eus/QRTBAI/?id=TBAI-00000006Y-251019-btFpwP8dcLGAF-237&s=T&nf=27174&i=4.70&cr=007",
        {"total": Decimal("4.70"), "seller_id": "00000006Y", "number": "T27174", "date": date(2019, 10, 25)},
    ),
    (
        "hr-fiscal",
        "https://porezna.gov.hr/rn?jir=ab1ce7d1-0c1d-4d2b-9a1e-1b2c3d4e5f60&datv=20261130_1011&izn=10050",
        {"total": Decimal("100.50"), "currency": "EUR", "date": DAY},
    ),
    (
        "hr-fiscal",
        "https://porezna.gov.hr/rn/?zki=e68d136bfe5c7fa4eb33eedce585bf7d&datv=20211103_1121&izn=100,00",
        {"total": Decimal("100.00"), "currency": "HRK", "reference": "e68d136bfe5c7fa4eb33eedce585bf7d"},
    ),
    (
        "rs-suf",
        serbian(65930000),
        {"total": Decimal("6593"), "currency": "RSD", "number": "ABCDEFGH-JKLMNPQR-171", "buyer_id": "10:123456789",
         "date": DAY},
    ),
    (
        "ru-fns",
        "t=20261130T1011&s=110.00&fn=9960440300123456&i=12345&fp=1234567890&n=1",
        {"total": Decimal("110.00"), "currency": "RUB", "number": "12345", "date": DAY},
    ),
    (
        "mx-cfdi",
        "https://verificacfdi.facturaelectronica.sat.gob.mx/default.aspx?id=5803EB8D-81CD-4557-8719-26632D2FA434"
        "&re=XOJI740919U48&rr=CARR861127SB0&tt=0000014300.000000&fe=rT8DkQ==",
        {"total": Decimal(14300), "seller_id": "XOJI740919U48", "buyer_id": "CARR861127SB0", "currency": None},
    ),
    ("mx-cfdi", "?re=XOJI740919U48&rr=XAXX010101000&tt=0000000116.00&id=58", {"total": Decimal(116), "url": None}),
    (
        "ar-afip",
        "https://www.afip.gob.ar/fe/qr/?p="
        + b64encode(
            b'{"ver":1,"fecha":"2026-11-30","cuit":30000000007,"ptoVta":10,"tipoCmp":1,"nroCmp":94,"importe":12100.5,'
            b'"moneda":"DOL","ctz":65,"tipoDocRec":80,"nroDocRec":20000000001,"tipoCodAut":"E","codAut":704170543674}'
        ).decode(),
        {"total": Decimal("12100.5"), "currency": "USD", "seller_id": "30000000007", "buyer_id": "20000000001",
         "number": "00010-00000094", "date": DAY},
    ),
    (
        "br-nfce",
        f"https://www.fazenda.sp.gov.br/nfce/qrcode?p={nfce()}|2|1|30|60.90|797a4759|1|5CBAB5",
        {"total": Decimal("60.90"), "seller_id": "12345678000195", "number": "17", "date": DAY, "currency": "BRL"},
    ),
    (
        "br-nfce",
        f"http://www.fazenda.mg.gov.br/nfce/qrcode?p={nfce('12ABC34501DE35')}|3|1",
        {"total": None, "date": None, "seller_id": "12ABC34501DE35"},
    ),
    (
        "br-nfce",
        f"http://www.fazenda.rj.gov.br/nfce/qrcode?chNFe={nfce()}&nVersao=100&tpAmb=1&dhEmi="
        + b"2026-11-30T10:11:00-03:00".hex() + "&vNF=60.90&vICMS=12.75&digVal=79&cIdToken=000001&cHashQRCode=5C",
        {"total": Decimal("60.90"), "tax": Decimal("12.75"), "date": DAY},
    ),
    (
        "bg-fiscal",
        "02362410*0000123*2026-11-30*13:45:00*12.34",
        {"total": Decimal("12.34"), "currency": "EUR", "number": "0000123", "date": DAY},
    ),
    ("bg-fiscal", "02362410*0000123*2025-12-31*13:45:00*12.34", {"currency": "BGN"}),
    (
        "it-pagopa",
        "PAGOPA|002|302000000123456789|12345678901|12050",
        {"total": Decimal("120.50"), "currency": "EUR", "seller_id": "12345678901", "reference": "302000000123456789"},
    ),
    (
        "in-einvoice",
        token({"SellerGstin": "27ABCPE1234F1Z0", "BuyerGstin": "29AAACB1234C1ZB", "DocNo": "INV/17", "DocTyp": "INV",
               "DocDt": "30/11/2026", "TotInvVal": 1180.0, "ItemCnt": 2, "MainHsnCode": "8471", "Irn": "a5c1"}),
        {"total": Decimal(1180), "seller_id": "27ABCPE1234F1Z0", "buyer_id": "29AAACB1234C1ZB", "number": "INV/17",
         "date": DAY},
    ),
    (
        "in-aadhaar",
        secure_aadhaar(),
        {"number": "7345", "name": "Asha Specimen", "birth_date": date(1988, 4, 5),
         "address": "D/O Ravi Specimen, 12, Test Road, Kothrud, Pune City, Kothrud, Haveli, Pune, Maharashtra, 411038"},
    ),
    ("in-aadhaar", secure_aadhaar(b"V2\xff", b"9876\xff"), {"number": "7345", "name": "Asha Specimen"}),
    (
        "in-aadhaar",
        '<?xml version="1.0" encoding="UTF-8"?> <PrintLetterBarcodeData uid="999902677357" name="Asha &amp; Specimen"'
        ' gender="F" yob="1988" co="D/O Ravi" house="12" vtc="Pune City" dist="Pune" state="Maharashtra" pc="411038"'
        ' dob="05/04/1988"/>',
        {"number": "999902677357", "name": "Asha & Specimen", "birth_date": date(1988, 4, 5),
         "address": "D/O Ravi, 12, Pune City, Pune, Maharashtra, 411038"},
    ),
]  # fmt: skip


def said(text: str, *, gs1: bool = False) -> dict[str, Any]:
    """What the code says; empty where it is of no scheme."""
    found = meaning(Content(text, text.encode(), gs1))
    return {member.name: getattr(found, member.name) for member in fields(found)} if found else {}


def scanned(text: str) -> Barcode:
    """What comes back from a symbol that zxing-cpp drew."""
    kind = "PDF417" if text.startswith("@") else "QRCode"
    format_ = zxingcpp.barcode_format_from_str(kind)
    code = zxingcpp.create_barcode(text, format_)
    picture = np.pad(np.array(zxingcpp.write_barcode_to_image(code, scale=3)), 20, constant_values=255)
    (found,) = zxingcpp.read_barcodes(
        picture, formats=zxingcpp.BarcodeFormats(format_), text_mode=zxingcpp.TextMode.Plain
    )
    return barcode(symbol(found), NOWHERE, 1, 1.0)


@pytest.mark.parametrize(("scheme", "text", "wanted"), SAMPLES, ids=[sample[0] for sample in SAMPLES])
def test_a_code_says_what_its_scheme_lets_it_say_and_is_of_no_other(
    scheme: str, text: str, wanted: dict[str, Any]
) -> None:
    found = said(text)
    assert {name: found.get(name) for name in wanted} == wanted
    assert found["scheme"] == scheme and found["verified"] is None
    assert len([read for read in rules() if read(Content(text, text.encode()))]) == 1


@pytest.mark.parametrize(("scheme", "text", "wanted"), SAMPLES, ids=[sample[0] for sample in SAMPLES])
def test_it_says_so_from_a_printed_symbol(scheme: str, text: str, wanted: dict[str, Any]) -> None:
    found = scanned(text)
    assert found.value == text and found.meaning
    assert {name: getattr(found.meaning, name) for name in wanted} == wanted


def test_every_scheme_has_a_sample() -> None:
    assert {name.replace("_", "-") for name in names()} == {scheme for scheme, _, _ in SAMPLES} | {"gs1"}


def test_every_scheme_is_in_the_docs() -> None:
    docs = (ROOT / "docs" / "barcodes.md").read_text(encoding="utf-8")
    assert [name for name in names() if f"`{name.replace('_', '-')}`" not in docs] == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "https://example.com/",
        "https://example.com/01/09506000134353",  # a wrong check digit
        "https://example.com/10/ABC123",  # a qualifier without its key
        "https://example.com/01/09506000134352/21/S/10/B",  # qualifiers in the wrong order
        "https://example.com/01/09506000134352?9999=1",  # no such AI
        "https://example.com/01/09506000134352?17=271332",  # no such day
        "https://example.com/2026/01/12345678901234",
        "https://porezna.gov.hr.example.com/rn?jir=a&datv=20261130_1011&izn=10050",
        "https://example.com/ValidarQR?nif=1&numserie=2&fecha=30-11-2026&importe=1",
        emv(_53="986", _54="1.00")[:-1] + "X",
        nfce()[:-1] + str((int(nfce()[-1]) + 1) % 10),
        "https://batuz.eus/QRTBAI/?id=TBAI-00000006Y-251019-btFpwP8dcLGAF-238&s=T&nf=27174&i=4.70",
        "BCD\n002\n9\nSCT\n\nX\nDE89370400440532013000\nEUR1",
        "upi://pay?pn=Nobody",
        "V0;a;b;c",
        "A:123*B:4",
        "eyJhbGciOiJSUzI1NiJ9.e30." + "A" * 40,
        "0109506000134352",
        "https://[broken/01/09506000134352",
    ],
)
def test_what_breaks_the_rules_of_a_scheme_means_nothing(text: str) -> None:
    assert said(text) == {}


def test_an_element_string_is_read_only_where_the_symbol_says_that_it_is_one() -> None:
    text = "10LOT7\x1d21XY9\x1d010950600013435217270200310300125039228781299"
    assert said(text) == {}
    found = said(text, gs1=True)
    assert (found["gtin"], found["batch"], found["serial"]) == ("09506000134352", "LOT7", "XY9")
    assert (found["expiry_date"], found["weight_kg"]) == (date(2027, 2, 28), Decimal("1.250"))
    assert found["details"]["3922"] == "8781299"


def test_prices_and_amounts_have_the_decimals_and_the_currency_of_their_identifier() -> None:
    assert said("3932978" + "1299", gs1=True) | {"price": Decimal("12.99"), "currency": "EUR"} == said(
        "39329781299", gs1=True
    )
    assert said("39301234", gs1=True)["price"] is None or said("3920500", gs1=True)["price"] == Decimal(500)
    assert said("3912392" + "500", gs1=True)["currency"] == "JPY"
    assert said("3901" + "1234", gs1=True)["total"] == Decimal("123.4")


def test_elements_up_to_the_one_that_breaks_a_rule_count() -> None:
    found, complete = elements("0109506000134352" + "17271332")
    assert [part.ai for part in found] == ["01"] and not complete
    assert elements("0109506000134353").found == ()
    assert elements("010950600013435210A\x1d\x1d21B").found[-1].data == "A"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("270200", date(2027, 2, 28)),
        ("280200", date(2028, 2, 29)),
        ("771231", date(1977, 12, 31)),
        ("761231", date(2076, 12, 31)),
        ("270230", None),
        ("271301", None),
        ("27010", None),
        ("٢٧٠١٠١", None),
    ],
)
def test_days_of_two_digit_years(text: str, wanted: date | None) -> None:
    assert day(text, date(2026, 11, 30)) == wanted


def test_the_dictionary_is_read_whole() -> None:
    known = entries()
    assert len(known) > 500 and known["01"].key and not known["10"].key
    assert known["3105"].title == "NET WEIGHT (kg)" and "3106" not in known
    assert not [ai for ai in known for other in known if ai != other and other.startswith(ai)]


@pytest.mark.parametrize("version", [f"{number:02}" for number in range(1, 12)])
def test_licences_of_all_versions_are_read(version: str) -> None:
    found = aamva(Content(licence(version), b""))
    assert found and found.number == "T64235789" and found.birth_date == date(1986, 6, 6)


def test_the_first_version_has_its_name_in_one_and_its_dates_from_the_year_on() -> None:
    text = licence("01", "DCS DAC DAD", DAA="SAMPLE,MICHAEL,JOHN", DBB="19860606", DBA="20271210").replace(
        "ANSI ", "AAMVA"
    )
    found = said(text)
    assert (found["name"], found["birth_date"]) == ("MICHAEL JOHN SAMPLE", date(1986, 6, 6))
    assert found["expiry_date"] == date(2027, 12, 10)


def test_the_second_version_has_its_given_names_in_one() -> None:
    assert said(licence("02", "DAC DAD", DCT="MICHAEL,JOHN"))["name"] == "MICHAEL JOHN SAMPLE"


@pytest.mark.parametrize(
    ("leg", "issued", "wanted"),
    [("226", "6225", date(2026, 8, 14)), ("003", "6360", date(2027, 1, 3)), ("326", "", None), ("366", "6001", None)],
)
def test_the_day_of_a_flight_is_known_where_the_day_of_issue_is(leg: str, issued: str, wanted: date | None) -> None:
    assert flown(leg, issued, date(2026, 11, 30)) == wanted


def test_text_is_read_in_the_character_set_that_its_rows_name() -> None:
    rows = "BCD\n002\n2\nSCT\n\nMüller & Söhne\nDE89370400440532013000\nEUR1.00"
    found = meaning(Content(rows, rows.encode("latin-1")))
    assert found and found.seller == "Müller & Söhne"


def test_a_trial_receipt_has_no_total() -> None:
    text = f"V0;KASSE-01;Kassenbeleg-V1;AVTraining^11.90_0.00_0.00_0.00_0.00^11.90:Bar;17;38;{TSE}"
    assert said(text)["total"] is None and said(text)["details"]["kind"] == "AVTraining"


def test_what_is_said_is_in_no_representation() -> None:
    for _, text, wanted in SAMPLES:
        shown = repr(meaning(Content(text, text.encode()))) + repr(Content(text, text.encode()))
        assert not [value for value in wanted.values() if isinstance(value, str) and len(value) > 3 and value in shown]


NOISE = st.text(max_size=300)
BROKEN = st.sampled_from([text for _, text, _ in SAMPLES]).flatmap(
    lambda text: st.tuples(st.integers(0, len(text)), NOISE).map(lambda cut: text[: cut[0]] + cut[1])
)


@given(st.one_of(NOISE, BROKEN), st.booleans())
@example("upi://pay?" + "a=1&" * 1000, False)
@example("https://x.y/" + "01/" * 4000, False)
def test_no_content_breaks_the_rules(text: str, gs1: bool) -> None:
    meaning(Content(text, text.encode("utf-8", "surrogatepass"), gs1))


@pytest.mark.parametrize(
    "text",
    [
        "9" * 4300,
        "9" * 7089,
        "[" * 4000,
        "eyJ" + "A" * 2000 + "." + "A" * 2000 + "." + "A" * 2000,
        "https://a.b/" + "01/" * 15_000,
        "https://www.afip.gob.ar/fe/qr/?p=" + b64encode(b'{"a":' + b"[" * 2000).decode(),
        "<PrintLetterBarcodeData " + 'a="' * 1500,
        "A:123456789*B:*C:*D:" + "*" * 40_000,
        "DL" * 20_000,
        "@\n\x1e\rANSI 636000100102" + "\nDAQ" * 9000,
        "A" * (LONGEST_CHARACTERS + 1),
    ],
    ids=lambda text: text[:12],
)
def test_absurd_contents_end_soon(text: str) -> None:
    """A generous bound: what grows with the square of such a length takes minutes."""
    before = process_time()
    meaning(Content(text, text.encode()))
    assert process_time() - before < 2


def test_what_unpacks_to_much_more_than_a_card_holds_is_cut() -> None:
    assert said(secure_aadhaar(photo=bytes(400_000)))["name"] == "Asha Specimen"
    assert said(str(int.from_bytes(gzip.compress(bytes(400_000))))) == {}


@pytest.mark.parametrize("account", ["DE88370400440532013000", "DE00370400440532013000", "DE8937040044053201300"])
def test_a_transfer_to_no_account_means_nothing(account: str) -> None:
    rows = ["BCD", "002", "1", "SCT", "", "Muster GmbH", account, "EUR119.00", "", "", "R-1", ""]
    assert said("\n".join(rows)) == {}


def test_halves_of_characters_in_json_are_no_text() -> None:
    """Stored as UTF-8 they would fail the whole job."""
    assert parsed(b'{"DocNo": "INV\\ud800"}') == {} and parsed(b'{"DocNo": "INV\\ud83d\\ude00"}')
