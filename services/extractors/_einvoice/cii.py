"""UN/CEFACT's Cross Industry Invoice, D16B and later, and what ZUGFeRD 1 and Order-X made of it.

Paths are those of the binding in EN 16931-3-3.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from services.document.markup import Element
from services.extractors._einvoice.model import Adjustment, Bill, Line, Party, Tax, Totals
from services.extractors._einvoice.values import Values, every, first, joined, plain

RENAMED = {
    "SpecifiedExchangedDocumentContext": "ExchangedDocumentContext",
    "HeaderExchangedDocument": "ExchangedDocument",
    "SpecifiedSupplyChainTradeTransaction": "SupplyChainTradeTransaction",
    "ApplicableSupplyChainTradeAgreement": "ApplicableHeaderTradeAgreement",
    "ApplicableSupplyChainTradeDelivery": "ApplicableHeaderTradeDelivery",
    "ApplicableSupplyChainTradeSettlement": "ApplicableHeaderTradeSettlement",
    "SpecifiedSupplyChainTradeAgreement": "SpecifiedLineTradeAgreement",
    "SpecifiedSupplyChainTradeDelivery": "SpecifiedLineTradeDelivery",
    "SpecifiedSupplyChainTradeSettlement": "SpecifiedLineTradeSettlement",
    "ApplicablePercent": "RateApplicablePercent",
}
"""What ZUGFeRD 1 calls elements, and what they are called since."""

SUMMATION = "SpecifiedTradeSettlementMonetarySummation"
HEADER, LINE = "SpecifiedTradeSettlementHeaderMonetarySummation", "SpecifiedTradeSettlementLineMonetarySummation"

MEANS = "SpecifiedTradeSettlementPaymentMeans"

REGISTERED = {"VA": "number for VAT", "FC": "tax number"}
"""Schemes of registrations, and what they are called where one is told twice."""

NOT_COUNTED = frozenset({"GROUP", "INFORMATION"})
"""Of Factur-X EXTENDED: lines whose amounts are in other lines, or are none."""


def modernised(root: Element) -> Element:
    """The tree of ZUGFeRD 1 under today's names."""
    for element in root.walk():
        element.name = RENAMED.get(element.name, element.name)
        for child in element.children:
            if child.name == SUMMATION:
                child.name = HEADER if element.name == "ApplicableHeaderTradeSettlement" else LINE
    return root


def read(root: Element, turn: int = 0) -> Bill:
    """What an invoice or an order says; `turn` says which of repeated elements counts, as for `Values`."""
    values = Values(turn)
    head, trade = values.one(root, "ExchangedDocument"), values.one(root, "SupplyChainTradeTransaction")
    agreement = values.one(trade, "ApplicableHeaderTradeAgreement")
    settled = values.one(trade, "ApplicableHeaderTradeSettlement")
    currency = values.text(settled, "InvoiceCurrencyCode") or values.text(settled, "OrderCurrencyCode")
    return Bill(
        kind=values.text(head, "TypeCode"),
        number=values.text(head, "ID"),
        issued=values.day(head, "IssueDateTime/DateTimeString"),
        due_date=_due_date(values, settled),
        terms=joined(plain(element) for element in every(settled, "SpecifiedTradePaymentTerms/Description")),
        currency=currency,
        references=tuple(plain(element) for element in every(settled, "InvoiceReferencedDocument/IssuerAssignedID")),
        seller=_party(values, values.one(agreement, "SellerTradeParty")),
        buyer=_party(values, values.one(agreement, "BuyerTradeParty")),
        means=plain(first(settled, f"{MEANS}/TypeCode")),
        ibans=tuple(plain(element) for element in every(settled, f"{MEANS}/PayeePartyCreditorFinancialAccount/IBANID")),
        taxes=tuple(_tax(values, element) for element in every(settled, "ApplicableTradeTax")),
        adjustments=tuple(_adjustments(values, settled)),
        lines=tuple(_line(values, element) for element in every(trade, "IncludedSupplyChainTradeLineItem")),
        totals=_totals(values, values.one(settled, HEADER), currency),
        guideline=values.text(root, "ExchangedDocumentContext/GuidelineSpecifiedDocumentContextParameter/ID"),
        flaws=tuple(values.flaws),
        repeated=values.most,
    )


def _due_date(values: Values, settled: Element | None) -> date | None:
    """Of several terms, as with a payment by instalments, there is no one date."""
    terms = [element for element in every(settled, "SpecifiedTradePaymentTerms") if first(element, "DueDateDateTime")]
    days = {values.day(term, "DueDateDateTime/DateTimeString") for term in terms}
    return days.pop() if len(days) == 1 else None


def _party(values: Values, party: Element | None) -> Party:
    registered = list(every(party, "SpecifiedTaxRegistration/ID"))
    numbers = {
        scheme: plain(values.chosen([one for one in registered if one.attributes.get("schemeID") == scheme], called))
        for scheme, called in REGISTERED.items()
    }
    others = ("ID", "GlobalID", "SpecifiedLegalOrganization/ID")
    place = values.one(party, "PostalTradeAddress")
    return Party(
        name=values.text(party, "Name") or values.text(party, "SpecifiedLegalOrganization/TradingBusinessName"),
        address=_address(place),
        country=plain(first(place, "CountryID")),
        vat_id=numbers["VA"],
        tax_id=numbers["FC"],
        identified=any(plain(first(party, path)) for path in others),
    )


def _address(place: Element | None) -> str:
    streets = [plain(first(place, name)) for name in ("LineOne", "LineTwo", "LineThree")]
    town = " ".join(filter(None, (plain(first(place, "PostcodeCode")), plain(first(place, "CityName")))))
    return joined([*streets, town, plain(first(place, "CountryID"))])


def _tax(values: Values, tax: Element) -> Tax:
    return Tax(
        basis=values.amount(tax, "BasisAmount"),
        amount=values.amount(tax, "CalculatedAmount"),
        category=values.text(tax, "CategoryCode"),
        rate=values.amount(tax, "RateApplicablePercent"),
    )


def _adjustments(values: Values, settled: Element | None) -> Iterator[Adjustment]:
    for element in every(settled, "SpecifiedTradeAllowanceCharge"):
        yield Adjustment(
            charge=_is_charge(element),
            amount=values.amount(element, "ActualAmount"),
            category=values.text(element, "CategoryTradeTax/CategoryCode"),
            rate=values.amount(element, "CategoryTradeTax/RateApplicablePercent"),
            reason=values.text(element, "Reason") or values.text(element, "ReasonCode"),
        )
    for element in every(settled, "SpecifiedLogisticsServiceCharge"):
        yield Adjustment(
            charge=True,
            amount=values.amount(element, "AppliedAmount"),
            category=values.text(element, "AppliedTradeTax/CategoryCode"),
            rate=values.amount(element, "AppliedTradeTax/RateApplicablePercent"),
            reason=values.text(element, "Description"),
        )


def _is_charge(one: Element) -> bool:
    return plain(first(one, "ChargeIndicator/Indicator") or first(one, "ChargeIndicator")) in ("true", "1")


def _line(values: Values, line: Element) -> Line:
    settled = values.one(line, "SpecifiedLineTradeSettlement")
    price = values.one(line, "SpecifiedLineTradeAgreement/NetPriceProductTradePrice")
    delivered = values.one(line, "SpecifiedLineTradeDelivery")
    quantity = values.one(delivered, "BilledQuantity") or values.one(delivered, "RequestedQuantity")
    about = values.one(line, "AssociatedDocumentLineDocument")
    tax = first(settled, "ApplicableTradeTax")
    return Line(
        id=values.text(about, "LineID"),
        name=values.text(line, "SpecifiedTradeProduct/Name"),
        quantity=values.number(quantity),
        unit=quantity.attributes.get("unitCode", "") if quantity else "",
        price=values.amount(price, "ChargeAmount"),
        base=values.amount(price, "BasisQuantity"),
        amount=values.amount(settled, f"{LINE}/LineTotalAmount"),
        category=values.text(tax, "CategoryCode"),
        rate=values.amount(tax, "RateApplicablePercent"),
        adjusted=_adjusted(values, settled),
        counted=values.text(about, "LineStatusReasonCode") not in NOT_COUNTED,
    )


def _adjusted(values: Values, settled: Element | None) -> Decimal:
    total = Decimal(0)
    for element in every(settled, "SpecifiedTradeAllowanceCharge"):
        amount = values.amount(element, "ActualAmount") or Decimal(0)
        total += amount if _is_charge(element) else -amount
    return total


def _totals(values: Values, summed: Element | None, currency: str) -> Totals:
    values.paid_in(summed, currency, "TaxTotalAmount")
    taxes = list(every(summed, "TaxTotalAmount"))
    own = [tax for tax in taxes if tax.attributes.get("currencyID", currency) == currency]
    return Totals(
        lines=values.amount(summed, "LineTotalAmount"),
        charges=values.amount(summed, "ChargeTotalAmount"),
        allowances=values.amount(summed, "AllowanceTotalAmount"),
        basis=values.amount(summed, "TaxBasisTotalAmount"),
        tax=values.number(values.chosen(own, f"TaxTotalAmount in {currency}")),
        rounding=values.amount(summed, "RoundingAmount"),
        grand=values.amount(summed, "GrandTotalAmount"),
        prepaid=values.amount(summed, "TotalPrepaidAmount"),
        due=values.amount(summed, "DuePayableAmount"),
    )
