"""UBL 2: Invoice and CreditNote. Paths are those of the binding in EN 16931-3-2."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from services.document.markup import Element
from services.extractors._einvoice.model import Adjustment, Bill, Line, Party, Tax, Totals
from services.extractors._einvoice.values import Values, every, first, joined, plain

CREDIT_NOTE = "CreditNote"


def read(root: Element, turn: int = 0) -> Bill:
    """What an invoice or a credit note says; `turn` says which of repeated elements counts, as for `Values`."""
    values = Values(turn)
    currency = values.text(root, "DocumentCurrencyCode")
    taxes = _own_taxes(values, root, currency)
    return Bill(
        kind=values.text(root, f"{root.name}TypeCode") or ("381" if root.name == CREDIT_NOTE else ""),
        number=values.text(root, "ID"),
        issued=values.day(root, "IssueDate"),
        due_date=values.day(root, "DueDate") or _due_date(values, root),
        terms=joined(plain(element) for element in every(root, "PaymentTerms/Note")),
        currency=currency,
        references=tuple(plain(element) for element in every(root, "BillingReference/InvoiceDocumentReference/ID")),
        seller=_party(values, values.one(root, "AccountingSupplierParty/Party")),
        buyer=_party(values, values.one(root, "AccountingCustomerParty/Party")),
        means=plain(first(root, "PaymentMeans/PaymentMeansCode")),
        ibans=tuple(plain(element) for element in every(root, "PaymentMeans/PayeeFinancialAccount/ID")),
        taxes=tuple(_tax(values, element) for element in every(taxes, "TaxSubtotal")),
        adjustments=tuple(_adjustment(values, element) for element in every(root, "AllowanceCharge")),
        lines=tuple(_line(values, element) for element in every(root, f"{root.name}Line")),
        totals=_totals(values, root, taxes),
        guideline=values.text(root, "CustomizationID"),
        flaws=tuple(values.flaws),
        repeated=values.most,
    )


def _due_date(values: Values, root: Element) -> date | None:
    """Of a credit note it stands with the means of payment."""
    days = {values.day(element, "PaymentDueDate") for element in every(root, "PaymentMeans")} - {None}
    return days.pop() if len(days) == 1 else None


def _own_taxes(values: Values, root: Element, currency: str) -> Element | None:
    """The taxes in the currency of the invoice; there may be their sum in another one."""
    totals = list(every(root, "TaxTotal"))
    own = [total for total in totals if _currency(total, currency) == currency]
    return values.chosen(own, f"TaxTotal in {currency}") or next(iter(totals), None)


def _currency(total: Element, usual: str) -> str:
    amount = first(total, "TaxAmount")
    return amount.attributes.get("currencyID", usual) if amount else usual


def _party(values: Values, party: Element | None) -> Party:
    schemes = list(every(party, "PartyTaxScheme"))
    numbers = [(plain(first(scheme, "TaxScheme/ID")), first(scheme, "CompanyID")) for scheme in schemes]
    vat = values.chosen([number for kind, number in numbers if kind == "VAT" and number], "number for VAT")
    others_taxed = (plain(number) for kind, number in numbers if kind != "VAT")
    names = ("PartyLegalEntity/RegistrationName", "PartyName/Name")
    others = ("PartyIdentification/ID", "PartyLegalEntity/CompanyID")
    return Party(
        name=next(filter(None, (plain(first(party, path)) for path in names)), ""),
        address=_address(first(party, "PostalAddress")),
        country=plain(first(party, "PostalAddress/Country/IdentificationCode")),
        vat_id=plain(vat),
        tax_id=next(others_taxed, ""),
        identified=any(plain(first(party, path)) for path in others),
    )


def _address(place: Element | None) -> str:
    streets = [plain(first(place, path)) for path in ("StreetName", "AdditionalStreetName", "AddressLine/Line")]
    town = " ".join(filter(None, (plain(first(place, "PostalZone")), plain(first(place, "CityName")))))
    return joined([*streets, town, plain(first(place, "Country/IdentificationCode"))])


def _tax(values: Values, tax: Element) -> Tax:
    return Tax(
        basis=values.amount(tax, "TaxableAmount"),
        amount=values.amount(tax, "TaxAmount"),
        category=values.text(tax, "TaxCategory/ID"),
        rate=values.amount(tax, "TaxCategory/Percent"),
    )


def _adjustment(values: Values, one: Element) -> Adjustment:
    return Adjustment(
        charge=_is_charge(one),
        amount=values.amount(one, "Amount"),
        category=values.text(one, "TaxCategory/ID"),
        rate=values.amount(one, "TaxCategory/Percent"),
        reason=plain(first(one, "AllowanceChargeReason") or first(one, "AllowanceChargeReasonCode")),
    )


def _is_charge(one: Element) -> bool:
    return plain(first(one, "ChargeIndicator")) in ("true", "1")


def _line(values: Values, line: Element) -> Line:
    quantity = values.one(line, "InvoicedQuantity") or values.one(line, "CreditedQuantity")
    category = values.one(line, "Item/ClassifiedTaxCategory")
    return Line(
        id=values.text(line, "ID"),
        name=values.text(line, "Item/Name") or plain(first(line, "Item/Description")),
        quantity=values.number(quantity),
        unit=quantity.attributes.get("unitCode", "") if quantity else "",
        price=values.amount(line, "Price/PriceAmount"),
        base=values.amount(line, "Price/BaseQuantity"),
        amount=values.amount(line, "LineExtensionAmount"),
        category=values.text(category, "ID"),
        rate=values.amount(category, "Percent"),
        adjusted=_adjusted(values, line),
    )


def _adjusted(values: Values, line: Element) -> Decimal:
    total = Decimal(0)
    for element in every(line, "AllowanceCharge"):
        amount = values.amount(element, "Amount") or Decimal(0)
        total += amount if _is_charge(element) else -amount
    return total


def _totals(values: Values, root: Element, own: Element | None) -> Totals:
    summed = values.one(root, "LegalMonetaryTotal")
    values.paid_in(summed, plain(first(root, "DocumentCurrencyCode")))
    withheld = [values.amount(element, "TaxAmount") for element in every(root, "WithholdingTaxTotal")]
    paid = every(root, "PrepaidPayment")
    known = [amount for amount in withheld if amount is not None]
    return Totals(
        lines=values.amount(summed, "LineExtensionAmount"),
        charges=values.amount(summed, "ChargeTotalAmount"),
        allowances=values.amount(summed, "AllowanceTotalAmount"),
        basis=values.amount(summed, "TaxExclusiveAmount"),
        tax=values.amount(own, "TaxAmount"),
        rounding=values.amount(summed, "PayableRoundingAmount"),
        grand=values.amount(summed, "TaxInclusiveAmount"),
        prepaid=values.amount(summed, "PrepaidAmount"),
        due=values.amount(summed, "PayableAmount"),
        withheld=sum(known, Decimal(0)) if known else None,
        collected=sum((values.amount(element, "PaidAmount") or Decimal(0) for element in paid), Decimal(0)),
    )
