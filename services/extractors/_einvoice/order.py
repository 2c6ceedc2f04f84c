"""In which order elements stand: the sequences of the schemas, of CII D16B and UBL 2.1, as far as invoices have them.

What a list does not name may stand anywhere, so that extensions and later versions pass.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from services.document.markup import Element
from services.extractors._einvoice.values import every

_TOTALS_CII = (
    "LineTotalAmount ChargeTotalAmount AllowanceTotalAmount TaxBasisTotalAmount TaxTotalAmount RoundingAmount "
    "GrandTotalAmount TotalPrepaidAmount DuePayableAmount"
)
_SETTLEMENT_CII = (
    "CreditorReferenceID PaymentReference TaxCurrencyCode InvoiceCurrencyCode PayeeTradeParty "
    "SpecifiedTradeSettlementPaymentMeans ApplicableTradeTax BillingSpecifiedPeriod SpecifiedTradeAllowanceCharge "
    "SpecifiedLogisticsServiceCharge SpecifiedTradePaymentTerms SpecifiedTradeSettlementHeaderMonetarySummation "
    "InvoiceReferencedDocument ReceivableSpecifiedTradeAccountingAccount"
)
_LINE_CII = (
    "AssociatedDocumentLineDocument SpecifiedTradeProduct SpecifiedLineTradeAgreement SpecifiedLineTradeDelivery "
    "SpecifiedLineTradeSettlement"
)
_TRADE_CII = (
    "IncludedSupplyChainTradeLineItem ApplicableHeaderTradeAgreement ApplicableHeaderTradeDelivery "
    "ApplicableHeaderTradeSettlement"
)
_SETTLEMENT = "SupplyChainTradeTransaction/ApplicableHeaderTradeSettlement"
CII: Mapping[str, Sequence[str]] = {
    "": ("ExchangedDocumentContext", "ExchangedDocument", "SupplyChainTradeTransaction"),
    "ExchangedDocument": ("ID", "Name", "TypeCode", "IssueDateTime", "IncludedNote"),
    "SupplyChainTradeTransaction": _TRADE_CII.split(),
    "SupplyChainTradeTransaction/IncludedSupplyChainTradeLineItem": _LINE_CII.split(),
    _SETTLEMENT: _SETTLEMENT_CII.split(),
    f"{_SETTLEMENT}/SpecifiedTradeSettlementHeaderMonetarySummation": _TOTALS_CII.split(),
}
"""Names in their order, by the path of their parent from the root."""

_TOTALS_UBL = (
    "LineExtensionAmount TaxExclusiveAmount TaxInclusiveAmount AllowanceTotalAmount ChargeTotalAmount PrepaidAmount "
    "PayableRoundingAmount PayableAmount"
)
_DOCUMENT_UBL = (
    "CustomizationID ProfileID ID IssueDate DueDate InvoiceTypeCode CreditNoteTypeCode DocumentCurrencyCode "
    "TaxCurrencyCode BillingReference AccountingSupplierParty AccountingCustomerParty PayeeParty "
    "TaxRepresentativeParty Delivery PaymentMeans PaymentTerms AllowanceCharge TaxTotal WithholdingTaxTotal "
    "LegalMonetaryTotal InvoiceLine CreditNoteLine"
)
UBL: Mapping[str, Sequence[str]] = {"": _DOCUMENT_UBL.split(), "LegalMonetaryTotal": _TOTALS_UBL.split()}


def disorder(root: Element, sequences: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """One sentence for each kind of element whose children stand in another order."""
    for path, names in sequences.items():
        for parent in every(root, path) if path else [root]:
            if wrong := _late(parent, names):
                yield f"schema: {wrong} stands too late in {parent.name}"
                break


def _late(parent: Element, names: Sequence[str]) -> str | None:
    """The first child that should stand before one that came already."""
    last = 0
    for child in parent.children:
        if child.name in names:
            if (place := names.index(child.name)) < last:
                return child.name
            last = place
    return None
