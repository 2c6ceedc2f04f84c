"""Pages of running text: columns of all kinds, and what stands beside or between them."""

from __future__ import annotations

from benchmarks.harness.structure.prose import phrases, prose, sentences
from benchmarks.harness.structure.sheet import BOLD, ITALIC, SERIF, Sheet, wrapped


def one_column(sheet: Sheet) -> None:
    """A report with a title and two sections."""
    y = sheet.heading(70, 90, "Report of the year", 1)
    for title in ("The first half", "What comes next"):
        y = sheet.heading(70, y + 16, title)
        for _ in range(2):
            y = sheet.prose(70, y, 450, prose(sheet.dice, 4))


def two_columns(sheet: Sheet) -> None:
    """Under a title over both."""
    sheet.heading(60, 80, "Observations of the coast", 1)
    for x in (60, 310):
        y = 130.0
        for _ in range(3):
            y = sheet.prose(x, y, 225, prose(sheet.dice, 4), 10, SERIF)


def three_columns(sheet: Sheet) -> None:
    """Narrow ones, close together."""
    for x in (45, 217, 389):
        y = 80.0
        for _ in range(3):
            y = sheet.prose(x, y, 158, prose(sheet.dice, 3), 9, SERIF)


def ragged_narrow(sheet: Sheet) -> None:
    """Two ragged columns of few words a line, level with each other."""
    sheet.prose(60, 80, 470, prose(sheet.dice, 3))
    for x in (60, 230, 400):
        y = 160.0
        for _ in range(2):
            y = sheet.prose(x, y, 115, prose(sheet.dice, 2))


def sidebar_left(sheet: Sheet) -> None:
    """A life's facts beside its story."""
    y = 120.0
    for title, facts in (("CONTACT", 3), ("SKILLS", 4), ("LANGUAGES", 2)):
        sheet.put(50, y, title, 10, BOLD)
        for text in phrases(sheet.dice, facts):
            y = sheet.flow(50, y + 15, 120, " ".join(text.split()[:3])) - 13
        y += 30
    sheet.chain()
    y = sheet.heading(200, 90, "Profile")
    y = sheet.prose(200, y, 340, prose(sheet.dice, 3))
    y = sheet.heading(200, y + 14, "Experience")
    for _ in range(3):
        y = sheet.prose(200, y, 340, prose(sheet.dice, 3))


def sidebar_right(sheet: Sheet) -> None:
    """A tinted box with short text beside an article."""
    y = sheet.heading(55, 80, "The mill that would not stop", 1)
    top = y
    for _ in range(4):
        y = sheet.prose(55, y, 320, prose(sheet.dice, 4))
    sheet.chain()
    sheet.page.draw_rect((400, top - 15, 550, top + 190), fill=(0.92, 0.95, 1), color=None)
    y = sheet.heading(410, top + 5, "In short")
    for text in sentences(sheet.dice, 3):
        y = sheet.prose(410, y, 130, text, 9)


def pull_quote(sheet: Sheet) -> None:
    """Two columns with a large quotation across the gutter, in the middle of a sentence of theirs."""
    for x in (60, 310):
        rows = wrapped(prose(sheet.dice, 12), 225, 10, SERIF)
        breaks = (place for place in range(10, 16) if not rows[place - 1].endswith("."))
        middle = next(breaks)
        for number, text in enumerate(rows):
            top = 90 if number < middle else 375 - 13 * middle
            sheet.put(x, top + 13 * number, text, 10, SERIF)
        sheet.chain()
    sheet.flow(130, 315, 340, "Nobody asked the river what it thought of the bridge", 17, ITALIC)


def quote_in_column(sheet: Sheet) -> None:
    """A large quotation within one of two columns."""
    y = 90.0
    for _ in range(3):
        y = sheet.prose(60, y, 225, prose(sheet.dice, 5))
    y = sheet.prose(310, 90, 225, prose(sheet.dice, 4))
    y = sheet.flow(325, y + 20, 190, "We counted the bells twice and lost one each time", 15, ITALIC)
    sheet.prose(310, y + 15, 225, prose(sheet.dice, 5))


def margin_notes(sheet: Sheet) -> None:
    """Small notes to the left of a letter's text."""
    y = 100.0
    marks = []
    for _ in range(4):
        marks.append(y)
        y = sheet.prose(170, y, 370, prose(sheet.dice, 4))
    for mark, text in zip(marks, phrases(sheet.dice, 4), strict=True):
        sheet.chain()
        sheet.flow(50, mark, 90, text, 8, ITALIC)


def newspaper(sheet: Sheet) -> None:
    """A head over four columns, a second article below over two of them."""
    sheet.heading(50, 70, "Storm takes the old pier", 1)
    sheet.put(50, 95, "By our correspondent at the coast", 9, ITALIC)
    for x in (50, 176, 302, 428):
        sheet.prose(x, 125, 115, prose(sheet.dice, 7), 9, SERIF)
    sheet.rule(50, 470, 545)
    sheet.heading(50, 505, "Market days moved to spring")
    for x in (50, 302):
        sheet.prose(x, 530, 240, prose(sheet.dice, 6), 9, SERIF)


def footnotes(sheet: Sheet) -> None:
    """Two columns over notes in small type."""
    for x in (60, 310):
        y = 90.0
        for _ in range(3):
            y = sheet.prose(x, y, 225, prose(sheet.dice, 5), 10, SERIF)
    sheet.rule(60, 700, 180)
    y = 715.0
    for number, text in enumerate(sentences(sheet.dice, 3), 1):
        y = sheet.flow(60, y, 470, f"{number} {text}", 8, SERIF)


def running_heads(sheet: Sheet) -> None:
    """A running head and a page number around two columns."""
    sheet.put(60, 40, "Annals of the harbour", 8, ITALIC)
    sheet.ends(535, 40, "Chapter 7", 8, ITALIC)
    sheet.chain()
    for x in (60, 310):
        y = 90.0
        for _ in range(4):
            y = sheet.prose(x, y, 225, prose(sheet.dice, 5), 10, SERIF)
    sheet.chain()
    sheet.put(290, 815, "142", 9)


def captions(sheet: Sheet) -> None:
    """A figure in each column with its caption below it."""
    for number, x in enumerate((60, 310), 1):
        y = sheet.prose(x, 90, 225, prose(sheet.dice, 4 + number))
        sheet.figure(x, y, x + 225, y + 120)
        sheet.flow(x, y + 135, 225, f"Figure {number}: {phrases(sheet.dice, 1)[0]} seen from the east", 8)
        sheet.prose(x, y + 180, 225, prose(sheet.dice, 5))


def figure_across(sheet: Sheet) -> None:
    """Two columns above and two below a figure as wide as both."""
    for top in (80, 450):
        for x in (60, 310):
            sheet.prose(x, top, 225, prose(sheet.dice, 5))
        if top == 80:
            sheet.figure(60, 250, 535, 390)
            sheet.put(60, 405, "Figure 3: The whole harbour at low water", 8)


def bilingual(sheet: Sheet) -> None:
    """The same contract in two languages, clause beside clause."""
    german = [
        "Der Vermieter übergibt die Räume in gutem Zustand und nennt alle bekannten Mängel.",
        "Der Mieter zahlt die Miete bis zum dritten Werktag eines Monats auf das genannte Konto.",
        "Reparaturen bis zu einer Höhe von hundert Euro trägt der Mieter selbst, alle anderen der Vermieter.",
    ]
    english = [
        "The landlord hands over the rooms in good condition and names all known defects.",
        "The tenant pays the rent to the named account by the third working day of each month.",
        "Repairs up to an amount of one hundred euros are borne by the tenant, all others by the landlord.",
    ]
    sheet.heading(60, 80, "Mietvertrag / Lease", 1)
    for x, clauses in ((60, german), (310, english)):
        for number, clause in enumerate(clauses):
            sheet.flow(x, 130 + 90 * number, 215, f"§ {number + 1} {' '.join(clause.split())}")
        sheet.chain()


def magazine_box(sheet: Sheet) -> None:
    """Two columns with a framed box within the right one."""
    y = sheet.heading(60, 80, "How to keep bees in town", 1)
    for _ in range(4):
        y = sheet.prose(60, y, 225, prose(sheet.dice, 4))
    y = sheet.prose(310, 120, 225, prose(sheet.dice, 4))
    sheet.chain()
    sheet.page.draw_rect((310, y, 535, y + 150), color=(0, 0, 0))
    below = y + 175
    y = sheet.heading(320, y + 24, "What it takes")
    for text in phrases(sheet.dice, 5):
        y = sheet.item(320, y, 205, "•", text)
    sheet.chain()
    sheet.prose(310, below, 225, prose(sheet.dice, 4))


def uneven_columns(sheet: Sheet) -> None:
    """A wide column in large type beside a narrow one in small type."""
    y = 90.0
    for _ in range(3):
        y = sheet.prose(55, y, 310, prose(sheet.dice, 4), 12, SERIF)
    y = 90.0
    for _ in range(3):
        y = sheet.prose(390, y, 150, prose(sheet.dice, 4), 8)


def classified(sheet: Sheet) -> None:
    """Short notices in four narrow columns."""
    for x in (40, 172, 304, 436):
        y = 80.0
        for text in sentences(sheet.dice, 6):
            for row in wrapped(text, 118, 9, SERIF):
                sheet.put(x, y, row, 9, SERIF)
                y += 11.5
            sheet.put(x, y, f"Tel. {sheet.dice.randint(20000, 99999)}", 9, BOLD)
            sheet.chain()
            y += 22


def hyphenated(sheet: Sheet) -> None:
    """A column with words parted at the ends of its lines, and words that keep their hyphen."""
    y = 90.0
    for one, other, keeps in (
        ("We were surprised by the extraor-", "dinary silence of the market hall.", False),
        ("They praised her for being well-", "known in all of the villages around.", True),
        ("Nobody there had much under-", "standing for the new timetable of June.", False),
        ("He asked for a long-", "term contract with the wool merchants.", True),
        ("It was a remarkable invest-", "ment for such a little railway company.", False),
    ):
        begin, end = one.split()[-1], other.split()[0]
        sheet.truth.hyphens.append(begin + end if keeps else begin[:-1] + end)
        for text in (one, other):
            sheet.put(80, y, text)
            y += 13
        y += 8


def right_to_left(sheet: Sheet) -> None:
    """Two columns of Hebrew: the right one first."""
    sheet.truth.scanned = False
    rows = """הנמל הישן היה סגור כל החורף|בגלל הסערות שבאו מן הים|ומפני שלא היה כסף לתקן אותו|והדייגים חיכו עד האביב
    כדי לצאת שוב לעבודה|המועצה החליטה לבנות מזח חדש|אבל התושבים לא הסכימו לכך|כי הם אהבו את המזח הישן
    ולכן כתבו מכתב לראש העיר|וביקשו ממנו לחשוב שוב""".replace("\n", "|").split("|")
    for right, some in ((530, rows[:5]), (280, rows[5:])):
        for number, text in enumerate(some):
            sheet.leftwards(right, 100 + 20 * number, text.strip())


def downward_japanese(sheet: Sheet) -> None:
    """Columns that run downwards, from right to left."""
    rows = "港の古い灯台は冬の間閉じている", "春になると漁師たちは海へ出る"
    more = "町の人々は新しい橋を待っている", "子供たちは浜辺で貝を拾っていた"
    for number, text in enumerate((*rows, *more)):
        sheet.downwards(480 - 32 * number, 120, text)


def upward_margin(sheet: Sheet) -> None:
    """A note that runs upwards beside the text."""
    y = 100.0
    for _ in range(4):
        y = sheet.prose(110, y, 430, prose(sheet.dice, 4))
    sheet.chain()
    sheet.put(60, 400, "Provisional copy, not for sale", 11, SERIF, 90)
