"""Electronic invoices for tests, written after the public standards: CII D16B and D22B, ZUGFeRD 1, UBL 2.1, Order-X.

One `Bill` says what is billed, and each syntax puts it in its own words. Amounts follow from the lines, so that an
invoice adds up unless a test says otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import pymupdf

MINIMUM = "urn:factur-x.eu:1p0:minimum"
BASIC_WL = "urn:factur-x.eu:1p0:basicwl"
BASIC = "urn:cen.eu:en16931:2017#compliant#urn:factur-x.eu:1p0:basic"
EN16931 = "urn:cen.eu:en16931:2017"
EXTENDED = "urn:cen.eu:en16931:2017#conformant#urn:factur-x.eu:1p0:extended"
XRECHNUNG = "urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0"
PEPPOL = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"
ZUGFERD_1 = "urn:ferd:CrossIndustryDocument:invoice:1p0:comfort"
ORDER = "urn:order-x.eu:1p0:comfort"

DECLARED = '<?xml version="1.0" encoding="UTF-8"?>\n'
CENT = Decimal("0.01")
_mupdf: Any = pymupdf


@dataclass(frozen=True)
class Line:
    """One thing billed, its price and the rate of its tax in percent."""

    name: str
    quantity: Decimal
    price: Decimal
    rate: Decimal = Decimal(19)

    @property
    def amount(self) -> Decimal:
        return (self.quantity * self.price).quantize(CENT)


@dataclass(frozen=True)
class Bill:
    """An invoice. `allowance` and `charge` are on the whole of it, at the first line's rate. `said` replaces totals.

    Names of totals are those of CII: LineTotalAmount, TaxBasisTotalAmount, GrandTotalAmount, DuePayableAmount ...
    """

    number: str = "RE-2026-0042"
    kind: str = "380"
    issued: str = "2026-11-28"
    due: str = "2026-12-28"
    terms: str = ""
    currency: str = "EUR"
    seller: str = "Beispiel Handels GmbH"
    buyer: str = "Kundin Muster AG"
    seller_tax: str = "DE123456788"
    buyer_tax: str = "DE987654321"
    iban: str = "DE02120300000000202051"
    means: str = "58"
    references: str = ""
    lines: Sequence[Line] = (
        Line("Stuhl", Decimal(2), Decimal("149.50")),
        Line("Buch", Decimal(3), Decimal(10), Decimal(7)),
    )
    allowance: Decimal = Decimal(0)
    charge: Decimal = Decimal(0)
    prepaid: Decimal = Decimal(0)
    rounding: Decimal = Decimal(0)
    said: Mapping[str, str] = field(default_factory=dict)

    @property
    def bases(self) -> dict[Decimal, Decimal]:
        """What is taxed, by rate."""
        found: dict[Decimal, Decimal] = {}
        for line in self.lines:
            found[line.rate] = found.get(line.rate, Decimal(0)) + line.amount
        first = next(iter(found))
        found[first] += self.charge - self.allowance
        return found

    @property
    def taxes(self) -> dict[Decimal, Decimal]:
        return {rate: (base * rate / 100).quantize(CENT) for rate, base in self.bases.items()}

    @property
    def totals(self) -> dict[str, str]:
        lines, basis, tax = sum(one.amount for one in self.lines), sum(self.bases.values()), sum(self.taxes.values())
        found = {
            "LineTotalAmount": lines,
            "ChargeTotalAmount": self.charge,
            "AllowanceTotalAmount": self.allowance,
            "TaxBasisTotalAmount": basis,
            "TaxTotalAmount": tax,
            "RoundingAmount": self.rounding,
            "GrandTotalAmount": basis + tax,
            "TotalPrepaidAmount": self.prepaid,
            "DuePayableAmount": basis + tax - self.prepaid + self.rounding,
        }
        return {name: str(value) for name, value in found.items()} | dict(self.said)


def _tag(name: str, content: str, **attributes: str) -> str:
    written = "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items())
    return f"<{name}{written}>{content}</{name}>" if content else ""


def _text(name: str, value: object, **attributes: str) -> str:
    return _tag(name, escape(str(value)), **attributes)


def _day(iso: str) -> str:
    return _tag("udt:DateTimeString", iso.replace("-", ""), format="102") if iso else ""


_CII = (
    'xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100" '
    'xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100" '
    'xmlns:udt="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100"'
)


def cii(bill: Bill | None = None, guideline: str = EN16931) -> bytes:
    """In UN/CEFACT's syntax."""
    bill = bill or Bill()
    lines = (
        "" if guideline in (MINIMUM, BASIC_WL) else "".join(_cii_line(n, one) for n, one in enumerate(bill.lines, 1))
    )
    context = _tag(
        "rsm:ExchangedDocumentContext",
        _tag("ram:GuidelineSpecifiedDocumentContextParameter", _text("ram:ID", guideline)),
    )
    head = (
        _text("ram:ID", bill.number) + _text("ram:TypeCode", bill.kind) + _tag("ram:IssueDateTime", _day(bill.issued))
    )
    trade = lines + _cii_agreement(bill) + "<ram:ApplicableHeaderTradeDelivery/>" + _cii_settlement(bill, guideline)
    body = context + _tag("rsm:ExchangedDocument", head) + _tag("rsm:SupplyChainTradeTransaction", trade)
    return f"{DECLARED}<rsm:CrossIndustryInvoice {_CII}>{body}</rsm:CrossIndustryInvoice>".encode()


def _cii_line(number: int, line: Line) -> str:
    tax = _text("ram:TypeCode", "VAT") + _text("ram:CategoryCode", "S") + _text("ram:RateApplicablePercent", line.rate)
    total = _tag("ram:SpecifiedTradeSettlementLineMonetarySummation", _text("ram:LineTotalAmount", line.amount))
    return _tag(
        "ram:IncludedSupplyChainTradeLineItem",
        _tag("ram:AssociatedDocumentLineDocument", _text("ram:LineID", number))
        + _tag("ram:SpecifiedTradeProduct", _text("ram:Name", line.name))
        + _tag(
            "ram:SpecifiedLineTradeAgreement",
            _tag("ram:NetPriceProductTradePrice", _text("ram:ChargeAmount", line.price)),
        )
        + _tag("ram:SpecifiedLineTradeDelivery", _text("ram:BilledQuantity", line.quantity, unitCode="C62"))
        + _tag("ram:SpecifiedLineTradeSettlement", _tag("ram:ApplicableTradeTax", tax) + total),
    )


def _cii_party(name: str, tax: str) -> str:
    address = _text("ram:PostcodeCode", "10115") + _text("ram:LineOne", "Testweg 1") + _text("ram:CityName", "Berlin")
    return (
        _text("ram:Name", name)
        + _tag("ram:PostalTradeAddress", address + _text("ram:CountryID", "DE"))
        + _tag("ram:SpecifiedTaxRegistration", _text("ram:ID", tax, schemeID="VA"))
    )


def _cii_agreement(bill: Bill) -> str:
    seller = _tag("ram:SellerTradeParty", _cii_party(bill.seller, bill.seller_tax))
    buyer = _tag("ram:BuyerTradeParty", _cii_party(bill.buyer, bill.buyer_tax))
    return _tag("ram:ApplicableHeaderTradeAgreement", seller + buyer)


def _cii_settlement(bill: Bill, guideline: str) -> str:
    rich = guideline != MINIMUM
    account = _tag("ram:PayeePartyCreditorFinancialAccount", _text("ram:IBANID", bill.iban))
    means = _tag("ram:SpecifiedTradeSettlementPaymentMeans", _text("ram:TypeCode", bill.means) + account)
    terms = _text("ram:Description", bill.terms) + _tag("ram:DueDateDateTime", _day(bill.due))
    earlier = _tag("ram:InvoiceReferencedDocument", _text("ram:IssuerAssignedID", bill.references))
    parts = means + _cii_taxes(bill) + _cii_charges(bill) + _tag("ram:SpecifiedTradePaymentTerms", terms)
    return _tag(
        "ram:ApplicableHeaderTradeSettlement",
        _text("ram:InvoiceCurrencyCode", bill.currency)
        + (parts if rich else "")
        + _cii_totals(bill, rich)
        + (earlier if bill.references else ""),
    )


def _cii_taxes(bill: Bill) -> str:
    return "".join(
        _tag(
            "ram:ApplicableTradeTax",
            _text("ram:CalculatedAmount", bill.taxes[rate])
            + _text("ram:TypeCode", "VAT")
            + _text("ram:BasisAmount", base)
            + _text("ram:CategoryCode", "S")
            + _text("ram:RateApplicablePercent", rate),
        )
        for rate, base in bill.bases.items()
    )


def _cii_charges(bill: Bill) -> str:
    found = ""
    for indicator, amount, reason in (("false", bill.allowance, "Treue"), ("true", bill.charge, "Versand")):
        tax = (
            _text("ram:TypeCode", "VAT")
            + _text("ram:CategoryCode", "S")
            + _text("ram:RateApplicablePercent", bill.lines[0].rate)
        )
        if amount:
            found += _tag(
                "ram:SpecifiedTradeAllowanceCharge",
                _tag("ram:ChargeIndicator", _text("udt:Indicator", indicator))
                + _text("ram:ActualAmount", amount)
                + _text("ram:Reason", reason)
                + _tag("ram:CategoryTradeTax", tax),
            )
    return found


def _cii_totals(bill: Bill, rich: bool) -> str:
    wanted = (
        bill.totals
        if rich
        else {
            k: v
            for k, v in bill.totals.items()
            if k in ("TaxBasisTotalAmount", "TaxTotalAmount", "GrandTotalAmount", "DuePayableAmount")
        }
    )
    written = "".join(
        _text(f"ram:{name}", value, **({"currencyID": bill.currency} if name == "TaxTotalAmount" else {}))
        for name, value in wanted.items()
        if value not in ("", "0")
    )
    return _tag("ram:SpecifiedTradeSettlementHeaderMonetarySummation", written)


OLD_NAMES = {
    "ExchangedDocumentContext": "SpecifiedExchangedDocumentContext",
    "ExchangedDocument": "HeaderExchangedDocument",
    "SupplyChainTradeTransaction": "SpecifiedSupplyChainTradeTransaction",
    "ApplicableHeaderTradeAgreement": "ApplicableSupplyChainTradeAgreement",
    "ApplicableHeaderTradeDelivery": "ApplicableSupplyChainTradeDelivery",
    "ApplicableHeaderTradeSettlement": "ApplicableSupplyChainTradeSettlement",
    "SpecifiedLineTradeAgreement": "SpecifiedSupplyChainTradeAgreement",
    "SpecifiedLineTradeDelivery": "SpecifiedSupplyChainTradeDelivery",
    "SpecifiedLineTradeSettlement": "SpecifiedSupplyChainTradeSettlement",
    "SpecifiedTradeSettlementHeaderMonetarySummation": "SpecifiedTradeSettlementMonetarySummation",
    "SpecifiedTradeSettlementLineMonetarySummation": "SpecifiedTradeSettlementMonetarySummation",
    "RateApplicablePercent": "ApplicablePercent",
    "CrossIndustryInvoice": "CrossIndustryDocument",
}
"""What ZUGFeRD 1 called the elements of CII."""


def zugferd_1(bill: Bill | None = None, guideline: str = ZUGFERD_1) -> bytes:
    """In the syntax of ZUGFeRD 1, which came before CII D16B. Its sums of charges and allowances are never left out."""
    bill = bill or Bill()
    text = cii(bill, guideline).decode()
    for new, old in OLD_NAMES.items():
        for sign in ("<rsm:", "</rsm:", "<ram:", "</ram:"):
            text = text.replace(f"{sign}{new}>", f"{sign}{old}>").replace(f"{sign}{new} ", f"{sign}{old} ")
            text = text.replace(f"{sign}{new}/>", f"{sign}{old}/>")
    text = text.replace(
        "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100", "urn:ferd:CrossIndustryDocument:invoice:1p0"
    )
    text = text.replace(
        ":ReusableAggregateBusinessInformationEntity:100", ":ReusableAggregateBusinessInformationEntity:12"
    )
    return text.replace(":UnqualifiedDataType:100", ":UnqualifiedDataType:15").encode()


def order_x(bill: Bill | None = None, guideline: str = ORDER) -> bytes:
    """The same things ordered."""
    bill = bill or Bill(number="PO-7", kind="220")
    text = cii(bill, guideline).decode().replace("CrossIndustryInvoice", "SCRDMCCBDACIOMessageStructure")
    text = text.replace("data:standard:SCRDMCC", "data:SCRDMCC").replace("BilledQuantity", "RequestedQuantity")
    return text.replace("InvoiceCurrencyCode", "OrderCurrencyCode").encode()


_UBL = (
    'xmlns="urn:oasis:names:specification:ubl:schema:xsd:{0}-2" '
    'xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2" '
    'xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"'
)


def ubl(bill: Bill | None = None, guideline: str = XRECHNUNG) -> bytes:
    """In UBL, as a CreditNote where it is one."""
    bill = bill or Bill()
    root = "CreditNote" if bill.kind == "381" else "Invoice"
    due = _text("cbc:DueDate", bill.due) if root == "Invoice" else ""
    earlier = _tag("cac:BillingReference", _tag("cac:InvoiceDocumentReference", _text("cbc:ID", bill.references)))
    body = (
        _text("cbc:CustomizationID", guideline)
        + _text("cbc:ID", bill.number)
        + _text("cbc:IssueDate", bill.issued)
        + due
        + _text(f"cbc:{root}TypeCode", bill.kind)
        + _text("cbc:DocumentCurrencyCode", bill.currency)
        + (earlier if bill.references else "")
        + _tag("cac:AccountingSupplierParty", _ubl_party(bill.seller, bill.seller_tax))
        + _tag("cac:AccountingCustomerParty", _ubl_party(bill.buyer, bill.buyer_tax))
        + _ubl_payment(bill, root)
        + _ubl_charges(bill)
        + _ubl_taxes(bill)
        + _ubl_totals(bill)
        + "".join(_ubl_line(number, line, bill, root) for number, line in enumerate(bill.lines, 1))
    )
    return f"{DECLARED}<{root} {_UBL.format(root)}>{body}</{root}>".encode()


def _ubl_party(name: str, tax: str) -> str:
    place = _text("cbc:StreetName", "Testweg 1") + _text("cbc:CityName", "Berlin") + _text("cbc:PostalZone", "10115")
    scheme = _tag("cac:TaxScheme", _text("cbc:ID", "VAT"))
    return _tag(
        "cac:Party",
        _tag("cac:PostalAddress", place + _tag("cac:Country", _text("cbc:IdentificationCode", "DE")))
        + _tag("cac:PartyTaxScheme", _text("cbc:CompanyID", tax) + scheme)
        + _tag("cac:PartyLegalEntity", _text("cbc:RegistrationName", name)),
    )


def _ubl_payment(bill: Bill, root: str) -> str:
    due = _text("cbc:PaymentDueDate", bill.due) if root == "CreditNote" and bill.due else ""
    account = _tag("cac:PayeeFinancialAccount", _text("cbc:ID", bill.iban))
    means = _tag("cac:PaymentMeans", _text("cbc:PaymentMeansCode", bill.means) + due + account)
    return means + _tag("cac:PaymentTerms", _text("cbc:Note", bill.terms))


def _ubl_category(name: str, rate: Decimal) -> str:
    scheme = _tag("cac:TaxScheme", _text("cbc:ID", "VAT"))
    return _tag(name, _text("cbc:ID", "S") + _text("cbc:Percent", rate) + scheme)


def _ubl_charges(bill: Bill) -> str:
    return "".join(
        _tag(
            "cac:AllowanceCharge",
            _text("cbc:ChargeIndicator", indicator)
            + _text("cbc:AllowanceChargeReason", "Treue")
            + _text("cbc:Amount", amount, currencyID=bill.currency)
            + _ubl_category("cac:TaxCategory", bill.lines[0].rate),
        )
        for indicator, amount in (("false", bill.allowance), ("true", bill.charge))
        if amount
    )


def _ubl_taxes(bill: Bill) -> str:
    parts = "".join(
        _tag(
            "cac:TaxSubtotal",
            _text("cbc:TaxableAmount", base, currencyID=bill.currency)
            + _text("cbc:TaxAmount", bill.taxes[rate], currencyID=bill.currency)
            + _ubl_category("cac:TaxCategory", rate),
        )
        for rate, base in bill.bases.items()
    )
    return _tag("cac:TaxTotal", _text("cbc:TaxAmount", bill.totals["TaxTotalAmount"], currencyID=bill.currency) + parts)


UBL_TOTALS = {
    "LineTotalAmount": "LineExtensionAmount",
    "TaxBasisTotalAmount": "TaxExclusiveAmount",
    "GrandTotalAmount": "TaxInclusiveAmount",
    "AllowanceTotalAmount": "AllowanceTotalAmount",
    "ChargeTotalAmount": "ChargeTotalAmount",
    "TotalPrepaidAmount": "PrepaidAmount",
    "RoundingAmount": "PayableRoundingAmount",
    "DuePayableAmount": "PayableAmount",
}


def _ubl_totals(bill: Bill) -> str:
    written = "".join(
        _text(f"cbc:{theirs}", bill.totals[ours], currencyID=bill.currency)
        for ours, theirs in UBL_TOTALS.items()
        if bill.totals[ours] not in ("", "0")
    )
    return _tag("cac:LegalMonetaryTotal", written)


def _ubl_line(number: int, line: Line, bill: Bill, root: str) -> str:
    quantity = "CreditedQuantity" if root == "CreditNote" else "InvoicedQuantity"
    return _tag(
        f"cac:{root}Line",
        _text("cbc:ID", number)
        + _text(f"cbc:{quantity}", line.quantity, unitCode="C62")
        + _text("cbc:LineExtensionAmount", line.amount, currencyID=bill.currency)
        + _tag("cac:Item", _text("cbc:Name", line.name) + _ubl_category("cac:ClassifiedTaxCategory", line.rate))
        + _tag("cac:Price", _text("cbc:PriceAmount", line.price, currencyID=bill.currency)),
    )


def xmp(file: str, level: str = "EN 16931", version: str = "1.0", kind: str = "INVOICE") -> bytes:
    """The metadata that a hybrid invoice has."""
    return f"""<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:fx="urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#">
<fx:DocumentType>{kind}</fx:DocumentType><fx:DocumentFileName>{escape(file)}</fx:DocumentFileName>
<fx:Version>{version}</fx:Version><fx:ConformanceLevel>{level}</fx:ConformanceLevel>
</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>""".encode()


def with_files(pdf: bytes, files: Mapping[str, bytes], metadata: bytes = b"") -> bytes:
    """A PDF that carries these files, in this order."""
    document = _mupdf.open(stream=pdf)
    for name, content in files.items():
        document.embfile_add(name, content, filename=name, ufilename=name)
    if metadata:
        document.set_xml_metadata(metadata.decode())
    return bytes(document.tobytes())
