"""When a bill was issued and is due, in the order, the calendar and the language of where it is from."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from services.extractors import invoice, product, receipt
from services.extractors._commerce.reading.dates import readings
from tests.support.bills import value
from tests.support.typed import typed


def issued(head: str, printed: str, total: str) -> Any:
    return value(
        receipt.extract(typed(f"SHOP OF THINGS\n{head}\n{printed}\n\nThing        {total}\nTotal        {total}")).date
    )


@pytest.mark.parametrize(
    ("head", "printed", "total", "meant"),
    [
        ("", "03/09/2026 8:14 AM", "$8.87", "2026-03-09"),
        ("", "03/09/2026", "$8.87", "2026-03-09"),
        ("Tacoma WA", "03/09/2026", "8.87", "2026-03-09"),
        ("Makati, Philippines", "03/09/2026", "8.87", "2026-03-09"),
        ("ABN 51 824 753 556", "03/09/2026", "$8.87", "2026-09-03"),
        ("Toronto", "2026/09/03", "$8.87", "2026-09-03"),
        ("Singapore", "03/09/2026 8:14 PM", "$8.87", "2026-09-03"),
        ("RFC ABC010101AB1", "03/09/2026", "$8.87", "2026-09-03"),
        ("", "03/09/2026", "£8.87", "2026-09-03"),
        ("", "03/09/2026", "8,87 €", "2026-09-03"),
        ("Stockholm", "26-09-03", "8,87 kr", "2026-09-03"),
        ("Budapest", "2026.09.03.", "887 Ft", "2026-09-03"),
        ("", "09/13/2026", "€8.87", "2026-09-13"),
    ],
)
def test_the_country_decides_whether_the_day_or_the_month_comes_first(
    head: str, printed: str, total: str, meant: str
) -> None:
    assert str(issued(head, printed, total)) == meant


@pytest.mark.parametrize(
    ("head", "printed", "meant"),
    [
        ("Bangkok, Thailand", "30 Nov 69", "2026-11-30"),
        ("Bangkok, Thailand", "30/11/2569", "2026-11-30"),
        ("ร้านกาแฟ กรุงเทพ", "30 พ.ย. 2569", "2026-11-30"),
        ("Bangkok, Thailand", "30 Nov 25", "2025-11-30"),
        ("東京都千代田区", "令和8年11月30日", "2026-11-30"),
        ("東京都千代田区", "令和元年11月30日", "2019-11-30"),
        ("東京都千代田区", "R8.11.30", "2026-11-30"),
        ("東京都千代田区", "26年11月30日", "2026-11-30"),
        ("台北市 統一編號 12345678", "115年11月30日", "2026-11-30"),
        ("台北市 統一編號 12345678", "民國115年11月30日", "2026-11-30"),
        ("", "2026-W49-1", "2026-11-30"),
        ("", "30. listopada 2026", "2026-11-30"),
        ("", "30. listopadu 2026", "2026-11-30"),
        ("Hà Nội", "Ngày 30 tháng 11 năm 2026", "2026-11-30"),
        ("Москва", "30 ноября 2026", "2026-11-30"),
        ("Budapest", "2026. november 30.", "2026-11-30"),
        ("Helsinki", "30. marraskuuta 2026", "2026-11-30"),
    ],
)
def test_years_and_months_of_other_calendars_and_languages(head: str, printed: str, meant: str) -> None:
    assert str(issued(head, printed, "120")) == (meant if "listopada" not in printed else "2026-11-30")


def test_a_year_of_two_digits_is_never_far_ahead() -> None:
    ahead = date.today().year % 100 + 40
    assert readings(f"30 Nov {ahead}") == ()
    assert [reading.sure for reading in readings("30 Nov 24")]


LANGUAGES = {
    "pl": ("FAKTURA VAT nr FV/17/2026", "Data wystawienia: 30.11.2026", "Termin płatności: 14.12.2026", "Do zapłaty"),
    "cs": ("FAKTURA č. FV/17/2026", "Datum vystavení: 30.11.2026", "Datum splatnosti: 14.12.2026", "Celkem k úhradě"),
    "hu": ("SZÁMLA sorszáma: FV/17/2026", "Kiállítás dátuma: 2026.11.30", "Fizetési határidő: 2026.12.14", "Fizetendő"),
    "ro": ("FACTURA nr. FV/17/2026", "Data emiterii: 30.11.2026", "Data scadenței: 14.12.2026", "Total de plată"),
    "tr": ("Fatura No: FV/17/2026", "Fatura Tarihi: 30.11.2026", "Vade Tarihi: 14.12.2026", "Ödenecek Tutar"),
    "da": ("Fakturanummer: FV/17/2026", "Fakturadato: 30.11.2026", "Forfaldsdato: 14.12.2026", "At betale"),
    "nb": ("Fakturanr: FV/17/2026", "Fakturadato: 30.11.2026", "Forfallsdato: 14.12.2026", "Å betale"),
    "fi": ("Laskun numero: FV/17/2026", "Laskun päiväys: 30.11.2026", "Eräpäivä: 14.12.2026", "Maksettavaa yhteensä"),
    "id": ("No. Faktur: FV/17/2026", "Tanggal Faktur: 30/11/2026", "Jatuh Tempo: 14/12/2026", "Total Tagihan"),
    "vi": ("Số hóa đơn: FV/17/2026", "Ngày lập: 30/11/2026", "Hạn thanh toán: 14/12/2026", "Tổng thanh toán"),
    "ru": ("Счет № FV/17/2026", "Дата счета: 30.11.2026", "Срок оплаты: 14.12.2026", "Всего к оплате"),
    "uk": ("Рахунок № FV/17/2026", "Дата виписки: 30.11.2026", "Термін оплати: 14.12.2026", "До сплати"),
    "bg": ("Фактура № FV/17/2026", "Дата на издаване: 30.11.2026", "Падеж: 14.12.2026", "Сума за плащане"),
    "el": ("Αριθμός τιμολογίου: FV/17/2026", "Ημερομηνία έκδοσης: 30/11/2026", "Πληρωμή έως: 14/12/2026", "Πληρωτέο"),
    "hr": ("Račun br. FV/17/2026", "Datum računa: 30.11.2026", "Datum dospijeća: 14.12.2026", "Za platiti"),
    "sl": ("Račun št. FV/17/2026", "Datum izdaje: 30.11.2026", "Rok plačila: 14.12.2026", "Za plačilo"),
    "lt": ("Sąskaitos Nr. FV/17/2026", "Išrašymo data: 2026-11-30", "Apmokėti iki: 2026-12-14", "Iš viso mokėti"),
    "lv": ("Rēķina nr. FV/17/2026", "Rēķina datums: 30.11.2026", "Apmaksas termiņš: 14.12.2026", "Kopā apmaksai"),
    "et": ("Arve nr FV/17/2026", "Arve kuupäev: 30.11.2026", "Maksetähtaeg: 14.12.2026", "Kokku tasuda"),
    "th": ("เลขที่เอกสาร FV/17/2026", "วันที่ออก: 30/11/2569", "ครบกำหนด: 14/12/2569", "ยอดชำระ"),
    "sv": ("Fakturanummer: FV/17/2026", "Fakturadatum: 2026-11-30", "Förfallodatum: 2026-12-14", "Att betala"),
    "nl": ("Factuurnummer: FV/17/2026", "Factuurdatum: 30-11-2026", "Vervaldatum: 14-12-2026", "Te betalen"),
    "pt": ("Fatura n.º FV/17/2026", "Data de emissão: 30/11/2026", "Data de vencimento: 14/12/2026", "Total a pagar"),
}


@pytest.mark.parametrize("words", LANGUAGES.values(), ids=LANGUAGES)
def test_date_due_date_number_and_total_in_many_languages(words: tuple[str, str, str, str]) -> None:
    number, day, due, total = words
    bill = invoice.extract(
        typed(f"""
        EXAMPLE COMPANY
        {number}
        {day}
        {due}

        Work                      1 000,00
        {total}                   1 000,00
    """)
    )
    assert (value(bill.date), value(bill.due_date)) == (date(2026, 11, 30), date(2026, 12, 14))
    assert value(bill.invoice_number) == "FV/17/2026" and float(value(bill.total)) == 1000


def test_of_dates_with_unknown_labels_none_is_given() -> None:
    bill = invoice.extract(
        typed("""
        EXAMPLE COMPANY
        Zyxwab: 30.11.2026
        Qwpolk ytrew: 14.12.2026

        Work                      1 000,00
        Total                     1 000,00
    """)
    )
    assert bill.date is None and bill.due_date is None


@pytest.mark.parametrize("printed", ["06 2027", "06/2027", "2027 06", "06.2027", "JUN 2027"])
def test_month_and_year_of_an_expiry_may_be_apart(printed: str) -> None:
    label = product.extract(typed(f"Peppermint tea\nBest before: {printed}\nNet weight 40 g"))
    assert value(label.expiry_date) == "2027-06"


def test_years_come_first_where_only_that_brings_two_dates_together() -> None:
    found = invoice.extract(
        typed("""
            Bageri Prov
            Fakturadatum: 26-03-19
            Förfallodatum: 26-04-18
            Totalt             3 662,99 kr
        """)
    )
    assert (str(value(found.date)), str(value(found.due_date))) == ("2026-03-19", "2026-04-18")


def test_days_come_first_where_both_orders_bring_two_dates_together() -> None:
    found = invoice.extract(
        typed("""
            INVOICE
            Invoice date: 12-11-12
            Due date: 13-11-12
            Total              £36.99
        """)
    )
    assert (str(value(found.date)), str(value(found.due_date))) == ("2012-11-12", "2012-11-13")
