"""What is printed in some countries and trades only: charges with a quantity, taxes by the day, names of their own."""

from __future__ import annotations

import pytest

from tests.support.bills import amounts, failed, items, letter, till, value

# Charges among goods


@pytest.mark.parametrize("charge", ["Transport", "Dostawa", "Cegła"])
def test_freight_with_quantity_price_and_tax_is_an_item_and_no_charge_on_top(charge: str) -> None:
    bill = letter(f"""
        PRZYKLAD SP. Z O.O.
        Faktura VAT nr 7/2026
        Nazwa            Ilość  Cena netto  Wartość netto  VAT  Kwota VAT    Brutto
        Cement            1000        2,50       2 500,00  23%     575,00  3 075,00
        {charge}             1      300,00         300,00  23%      69,00    369,00
        Razem                                    2 800,00          644,00  3 444,00
        Do zapłaty: 3 444,00 PLN
        Zapłacono: 1 000,00 PLN
        Pozostało: 2 444,00 PLN
    """)
    assert amounts(bill, "subtotal", "tax", "total", "amount_due") == (2800, 644, 3444, 2444)
    assert items(bill) == [("Cement", 2500), (charge, 300)] and failed(bill) == []


@pytest.mark.parametrize("task", ["Report", "Service", "Delivery"])
def test_work_that_is_called_like_a_sum_has_its_own_amount(task: str) -> None:
    bill = letter(f"""
        EXAMPLE CONSULTING
        Invoice # 118      Date 04/05/2026
        Task             Hours   Rate     Amount
        Workshop           6.0   150.00    900.00
        {task:<16}  4.5   150.00    675.00
        Calls              1.5   150.00    225.00
        Total                          $1,800.00
    """)
    assert items(bill) == [("Workshop", 900), (task, 675), ("Calls", 225)] and failed(bill) == []


def test_quantity_and_price_above_an_item_are_none_themselves() -> None:
    bill = till("""
        BAR ESEMPIO
        P.IVA 01234567890
        DOCUMENTO COMMERCIALE
        2 X 1,20
        CAFFE                         2,40
        PIZZA                         8,00
        3 X 2,50
        BIRRA                         7,50
        TOTALE COMPLESSIVO           17,90
    """)
    assert items(bill) == [("CAFFE", 2.4), ("PIZZA", 8), ("BIRRA", 7.5)] and failed(bill) == []


def test_quantity_and_price_of_a_cover_charge_below_heads_are_no_item() -> None:
    bill = till("""
        TRATTORIA ESEMPIO
        P.IVA 01234567890
        DESCRIZIONE         IVA     Prezzo(€)
        2 X 2,50
        COPERTO             10%       5,00
        BISTECCA            10%      38,00
        SUBTOTALE                    43,00
        TOTALE COMPLESSIVO           43,00
    """)
    assert ("BISTECCA", 38) in items(bill) and 2.5 not in [amount for _, amount in items(bill)]
    assert failed(bill) == []


@pytest.mark.parametrize("price", ["PRICE/GAL", "Price per litre", "PREIS/LITER", "PREZZO AL LITRO"])
def test_the_price_of_a_unit_of_fuel_is_no_item(price: str) -> None:
    bill = till(f"""
        EXAMPLE FUELS
        UNLEADED                     $48.21
        {price}                      $4.199
        TOTAL                        $48.21
    """)
    assert items(bill) == [("UNLEADED", 48.21)] and failed(bill) == []


# Taxes and levies


@pytest.mark.parametrize("tax", ["I.V.A. 19%", "IVA 19%", "I.G.V. 19%", "IMPOCONSUMO 19%"])
def test_taxes_with_stops_between_their_letters_are_taxes(tax: str) -> None:
    bill = letter(f"""
        FERRETERIA EJEMPLO SPA
        FACTURA ELECTRONICA N° 45123
        Cemento 25kg     10    4.190     41.900
        Fierro 8mm       20    3.450     69.000
        MONTO NETO                     110.900
        {tax:<30} 21.071
        TOTAL                          131.971
    """)
    assert amounts(bill, "subtotal", "tax", "total") == (110900, 21071, 131971)
    assert items(bill) == [("Cemento 25kg", 41900), ("Fierro 8mm", 69000)] and failed(bill) == []


def test_what_is_sold_without_tax_in_peru_is_no_item() -> None:
    bill = till("""
        BODEGA EJEMPLO
        RUC: 20123456786
        LECHE          6 x 4.20      25.20
        PAN MOLDE                     8.90
        OP. GRAVADA                  28.90
        OP. EXONERADA                 0.00
        I.G.V. 18%                    5.20
        IMPORTE TOTAL        S/      34.10
    """)
    assert items(bill) == [("LECHE", 25.2), ("PAN MOLDE", 8.9)]
    assert amounts(bill, "tax", "total", "amount_due") == (5.2, 34.1, None) and failed(bill) == []


def test_the_same_tax_of_several_days_counts_each_day() -> None:
    bill = letter("""
        EXAMPLE INN
        400 Shore Dr, Madison, WI 53703
        03/02/2026  Room charge            129.00
        03/02/2026  State tax 5.5%           7.10
        03/02/2026  City room tax 10%       12.90
        03/03/2026  Room charge            129.00
        03/03/2026  State tax 5.5%           7.10
        03/03/2026  City room tax 10%       12.90
        Total charges                      298.00
    """)
    assert amounts(bill, "tax", "total") == (40, 298)


def test_a_levy_on_catering_is_neither_item_nor_rate_of_tax() -> None:
    bill = till("""
        EXAMPLE HOUSE
        Kimathi Street, Nairobi
        Coffee                350.00
        Pie                   480.00
        Subtotal              830.00
        Catering Levy 2%       14.31
        VAT 16%               114.48
        Total Incl.           830.00
    """)
    assert items(bill) == [("Coffee", 350), ("Pie", 480)] and amounts(bill, "tax", "total") == (114.48, 830)
    assert [float(value(rate)) for rate in bill.tax_rates] == [16] and failed(bill) == []


def test_tax_that_seniors_do_not_pay_is_no_discount() -> None:
    bill = till("""
        EXAMPLE RESTAURANT
        Quezon City  TIN 001-234-567-000
        Fried Chicken        560.00
        Kare Kare            448.00
        Total              1,008.00
        Less: VAT            108.00
        Less: SC Disc 20%    180.00
        Amount Due           720.00
    """)
    assert amounts(bill, "discount", "amount_due") == (180, 720) and failed(bill) == []


def test_a_surcharge_of_a_holiday_is_a_charge() -> None:
    bill = till("""
        EXAMPLE CAFE
        Cuba St, Wellington NZ
        Flat White x2               11.00
        Eggs                        22.50
        Public Holiday Surcharge 15%   5.03
        Total                       38.53
    """)
    assert items(bill) == [("Flat White x2", 11), ("Eggs", 22.5)] and failed(bill) == []
    assert bill.tax_rates == ()


# What is due


@pytest.mark.parametrize("name", ["Applied balance", "Account balance", "Credit applied"])
def test_a_balance_that_is_taken_off_is_a_payment(name: str) -> None:
    bill = letter(f"""
        EXAMPLE SOFTWARE INC
        San Jose, CA 95113
        Pro plan                           $217.50
        Subtotal                           $217.50
        Sales tax (8.875%)                  $19.30
        Total                              $236.80
        {name:<30}    -$36.80
        Amount due                         $200.00
    """)
    assert amounts(bill, "subtotal", "tax", "total", "amount_paid", "amount_due") == (217.5, 19.3, 236.8, 36.8, 200)
    assert failed(bill) == []


def test_this_bill_is_the_total_where_another_is_overdue() -> None:
    bill = letter("""
        EXAMPLE WATER BOARD
        Invoice No. W-88123   Date 5 March 2026
        Previous balance              £84.20
        Payments received               0.00
        Overdue balance               £84.20
        Water this period             £61.15
        Sewerage                      £40.10
        This bill                    £101.25
        Total to pay                 £185.45
    """)
    assert amounts(bill, "total", "previous_balance", "amount_due") == (101.25, 84.2, 185.45) and failed(bill) == []


def test_the_date_of_an_order_is_not_that_of_its_invoice() -> None:
    head = "EXAMPLE SHEDS\nLeeds LS1 1AA\nOrder date: 01/03/2026\n{}\nShed    £499.00\nTotal    £499.00"
    assert str(value(letter(head.format("Invoice date: 05/03/2026")).date)) == "2026-03-05"
    assert str(value(letter(head.format("Thank you")).date)) == "2026-03-01"


def test_icelandic_receipts_are_understood() -> None:
    bill = till("""
        DÆMI EHF
        Kt. 450199-3389  Reykjavík
        05.03.2026 17:10
        Mjólk              219
        Brauð              489
        Ostur            1.890
        Samtals          2.598
        Kort             2.598
        VSK 11%            257
    """)
    assert amounts(bill, "total", "tax", "amount_paid") == (2598, 257, 2598)
    assert items(bill) == [("Mjólk", 219), ("Brauð", 489), ("Ostur", 1890)] and failed(bill) == []


# Found by what adds up


def test_total_sales_with_tax_and_withheld_tax_below_are_no_total() -> None:
    bill = letter("""
        EXAMPLE TRADING
        Alexandria, Egypt
        Cables      100    45.00    4,500.00
        Total Sales                 4,500.00
        VAT 14%                       630.00
        WHT 1%                        -45.00
        Total Amount EGP            5,085.00
    """)
    assert amounts(bill, "total", "tax", "withheld") == (5085, 630, 45) and failed(bill) == []


def test_a_deposit_of_tax_is_withheld_and_leaves_the_total() -> None:
    bill = letter("""
        SERVICIOS EJEMPLO SAC
        RUC 20123456786 Lima
        Mantenimiento                 1,000.00
        Op. Gravada                   1,000.00
        IGV 18%                         180.00
        Importe Total S/              1,180.00
        Detracción 12%                  141.60
        Monto neto pendiente de pago  1,038.40
    """)
    assert amounts(bill, "total", "tax", "withheld", "amount_due") == (1180, 180, 141.6, 1038.4)


def test_two_kinds_of_withheld_tax_count_together() -> None:
    bill = letter("""
        EXAMPLE CONSULT LTD
        Nairobi
        Consulting                  200,000.00
        Sub Total                   200,000.00
        VAT 16%                      32,000.00
        Total KES                   232,000.00
        Less WHT 5%                 (10,000.00)
        Less WHVAT 2%                (4,000.00)
        Net Payable KES             218,000.00
    """)
    assert amounts(bill, "tax", "withheld", "amount_due", "discount") == (32000, 14000, 218000, None)
    assert failed(bill) == []


def test_halves_of_a_tax_of_several_days_count_each_day() -> None:
    bill = letter("""
        EXAMPLE PALACE
        Jaipur  GSTIN 08ABCDE1234F1Z5
        03/03/2026  Room Tariff     4,000.00
        03/03/2026  CGST 6%           240.00
        03/03/2026  SGST 6%           240.00
        04/03/2026  Room Tariff     4,000.00
        04/03/2026  CGST 6%           240.00
        04/03/2026  SGST 6%           240.00
        Grand Total                 8,960.00
    """)
    assert amounts(bill, "tax", "total") == (960, 8960)


def test_goods_whose_names_are_close_to_payments_are_bought() -> None:
    bill = letter("""
        EXAMPLE LAW OFFICE
        Madison, WI 53703
        Fees for services                  $2,400.00
        Costs advanced                       $118.50
        Total this invoice                 $2,518.50
    """)
    assert items(bill) == [("Fees for services", 2400), ("Costs advanced", 118.5)]
    assert amounts(bill, "total", "amount_paid") == (2518.5, None) and failed(bill) == []


def test_sales_of_taiwan_are_a_subtotal() -> None:
    bill = letter("""
        台灣示例股份有限公司
        統一編號 12345675
        螺絲      100   12    1,200
        銷售額合計          1,200
        營業稅 5%              60
        總計                1,260
    """)
    assert amounts(bill, "subtotal", "tax", "total") == (1200, 60, 1260) and failed(bill) == []


@pytest.mark.parametrize("label", ["فاتورة ضريبية رقم", "Số:", "Invoice No."])
def test_letters_before_a_number_are_a_part_of_it(label: str) -> None:
    bill = letter(f"EXAMPLE SHOP\n{label} INV-118\nThing      5.00\nTotal      5.00")
    assert value(bill.invoice_number) == "INV-118"


@pytest.mark.parametrize("name", ["Total", "Totals", "Sum"])
def test_the_last_row_of_a_table_of_net_tax_and_gross_adds_it_up(name: str) -> None:
    bill = letter(f"""
        EXAMPLE PRINT LTD
        Leeds LS1 1AA
        Item          Net      VAT     Gross
        Flyers       120.00    24.00   144.00
        Books         80.00     0.00    80.00
        Delivery      10.00     2.00    12.00
        {name:<10}   210.00    26.00   236.00
    """)
    assert amounts(bill, "subtotal", "tax", "total") == (210, 26, 236) and failed(bill) == []


# Goods that came back, and numbers of others


def test_what_was_brought_back_is_no_change() -> None:
    bill = till("""
        MAGASIN EXEMPLE
        69003 Lyon
        CAFE            4,50
        PAIN            1,20
        RETOUR LAIT    -1,10
        TOTAL           4,60 EUR
        CB              4,60
    """)
    assert items(bill) == [("CAFE", 4.5), ("PAIN", 1.2), ("RETOUR LAIT", -1.1)] and failed(bill) == []


def test_an_amount_below_its_quantity_and_price_is_that_of_the_item() -> None:
    bill = till("""
        KEBAPÇI ÖRNEK
        Kadıköy İSTANBUL
        ADANA PORS   2 X 320,00
                         %10  *640,00
        AYRAN        %10       *60,00
        TOPLAM                *700,00
    """)
    assert items(bill) == [("ADANA PORS", 640), ("AYRAN", 60)] and failed(bill) == []


def test_levies_of_ghana_are_no_items() -> None:
    bill = till("""
        EXAMPLE STORES
        Accra, Ghana
        Kettle            200.00
        Subtotal          200.00
        NHIL 2.5%           5.00
        GETFund 2.5%        5.00
        COVID Levy 1%       2.00
        VAT 15%            31.80
        Total GHS         243.80
    """)
    assert items(bill) == [("Kettle", 200)] and amounts(bill, "tax", "total") == (31.8, 243.8)


def test_a_gross_sum_is_no_item() -> None:
    bill = till("""
        EXAMPLE MEDICALS
        Syrup                        61.82
        Tablets                     119.50
        Gross                       181.32
        Discount 10%                 18.13
        Net Payable                 163.19
    """)
    assert items(bill) == [("Syrup", 61.82), ("Tablets", 119.5)] and amounts(bill, "discount") == (18.13,)
    assert failed(bill) == []


def test_of_several_taxes_without_a_total_none_is_the_tax() -> None:
    bill = letter("""
        EXAMPLE SUITES
        Tampa, FL 33601
        04/05/26  ROOM              119.00
        04/05/26  OCCUPANCY TAX       7.14
        04/05/26  STATE TAX           8.33
        BALANCE                       0.00
    """)
    assert amounts(bill, "tax", "total") == (None, None)


def test_the_number_of_a_bill_that_is_corrected_is_not_the_notes() -> None:
    bill = letter("""
        EXAMPLE SUPPLIES PTY LTD
        ABN 51 824 753 556
        ADJUSTMENT NOTE CR-118
        Original invoice INV-0042
        Returned goods        -100.00
        GST                    -10.00
        Total                 -110.00
    """)
    assert value(bill.invoice_number) == "CR-118" and value(bill.referenced_number) == "INV-0042"
