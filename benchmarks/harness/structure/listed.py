"""Pages of entries: lists, forms, tables beside text, letters, bills of fare."""

from __future__ import annotations

from benchmarks.harness.structure.prose import phrases, prose, sentences
from benchmarks.harness.structure.sheet import BOLD, ITALIC, SERIF, TYPEWRITER, Sheet

NAMES = [
    "Ada Brook",
    "Cyn Dale",
    "Eli Ford",
    "Gus Hart",
    "Ida Jones",
    "Kit Lowe",
    "Mia North",
    "Otto Pine",
    "Quin Reed",
    "Sam Thorn",
]
STREETS = [
    "Quay Lane",
    "Mill Road",
    "Chapel Street",
    "Orchard Row",
    "Station Square",
    "Weir Close",
    "Castle Hill",
    "Ferry Walk",
]
TOWNS = ["Falmouth", "Durham", "Whitby", "Stirling", "Ludlow", "Kendal", "Exeter", "Lincoln"]
GOODS = [
    "rope",
    "lamp oil",
    "sailcloth",
    "tar",
    "brass hooks",
    "candles",
    "paint",
    "timber",
    "nails",
    "canvas",
    "twine",
    "anchors",
]


def table_beside_prose(sheet: Sheet) -> None:
    """A small table at the right of the middle of a text."""
    y = sheet.heading(60, 80, "Depths of the channel", 1)
    for _ in range(4):
        y = sheet.prose(60, y, 270, prose(sheet.dice, 4))
    sheet.chain()
    rows = [[name.split()[1], _number(sheet), _number(sheet)] for name in NAMES[:7]]
    sheet.rows((370, 450, 505), 131, [["Buoy", "May", "June"], *rows])


def table_in_column(sheet: Sheet) -> None:
    """Two columns, and a table within the left one."""
    y = sheet.prose(60, 90, 225, prose(sheet.dice, 5))
    y = sheet.rows((60, 150, 230), y + 12, [[good.title(), _number(sheet), _number(sheet)] for good in GOODS[:6]])
    sheet.prose(60, y + 15, 225, prose(sheet.dice, 5))
    y = 90.0
    for _ in range(3):
        y = sheet.prose(310, y, 225, prose(sheet.dice, 5))


def index_three(sheet: Sheet) -> None:
    """An index in three columns, sorted."""
    words = [
        "almanac",
        "anchor",
        "ballast",
        "barge",
        "beacon",
        "berth",
        "bilge",
        "buoy",
        "cable",
        "canal",
        "capstan",
        "channel",
        "chart",
        "coal",
        "compass",
        "crane",
        "current",
        "deck",
        "derrick",
        "dock",
        "dredger",
        "ebb",
        "eddy",
        "ferry",
        "fender",
        "fog",
        "foghorn",
        "freight",
        "galley",
        "gale",
        "gangway",
        "hatch",
        "haven",
        "hawser",
        "helm",
        "hold",
        "hull",
        "jetty",
        "keel",
        "knot",
        "ladder",
        "landing",
        "lantern",
        "league",
        "lighter",
        "lock",
        "mast",
        "mooring",
    ]
    for x, some in ((60, words[:16]), (235, words[16:32]), (410, words[32:48])):
        for number, word in enumerate(some):
            pages = ", ".join(str(sheet.dice.randint(2, 300)) for _ in range(sheet.dice.randint(1, 3)))
            sheet.put(x, 100 + 16 * number, f"{word} {pages}", 10, SERIF)


def three_facts(sheet: Sheet) -> None:
    """Three short texts side by side under a text."""
    sheet.prose(60, 90, 470, prose(sheet.dice, 4))
    for x, title, text in zip((60, 225, 390), ("Open", "Closed", "Moved"), sentences(sheet.dice, 3), strict=True):
        sheet.chain()
        sheet.put(x, 190, title, 12, BOLD)
        sheet.flow(x, 208, 140, text)
    sheet.chain()
    sheet.prose(60, 320, 470, prose(sheet.dice, 4))


def addresses_beside(sheet: Sheet) -> None:
    """Sender and receiver side by side, the letter below."""
    for x, who in ((60, 0), (330, 5)):
        for number, text in enumerate(_address(sheet, who)):
            sheet.put(x, 90 + 14 * number, text)
        sheet.chain()
    y = 200.0
    for _ in range(3):
        y = sheet.prose(60, y, 470, prose(sheet.dice, 4))


def letter(sheet: Sheet) -> None:
    """A receiver at the left, reference and date at the right, a greeting, text and a signature."""
    for number, text in enumerate(_address(sheet, 3)):
        sheet.put(70, 120 + 14 * number, text)
    sheet.chain()
    for number, text in enumerate(("Our ref: HB 2291", "Telephone: 01326 5512", "12 October 2024")):
        sheet.put(400, 125 + 14 * number, text)
    sheet.chain()
    sheet.put(70, 240, "Dear Mr Pine,")
    y = 262.0
    for _ in range(3):
        y = sheet.prose(70, y, 450, prose(sheet.dice, 3))
    sheet.put(70, y + 10, "Yours sincerely")
    sheet.put(70, y + 50, "Mia North")


def tables_beside(sheet: Sheet) -> None:
    """Two small tables, each with a head of its own."""
    for left, title, names in ((60, "Home matches", NAMES[:7]), (330, "Away matches", NAMES[3:])):
        sheet.chain()
        sheet.put(left, 100, title, 12, BOLD)
        rows = [[name.split()[0], str(sheet.dice.randint(10, 99)), _number(sheet)] for name in names]
        sheet.rows((left, left + 90, left + 150), 125, [["Player", "Goals", "Mean"], *rows], 17)


def form(sheet: Sheet) -> None:
    """Labels and what is filled in beside them."""
    sheet.heading(60, 80, "Application for a berth", 1)
    labels = ("Surname", "Given name", "Street", "Town", "Telephone", "Name of the boat", "Length in metres", "Date")
    values = ("Thorn", "Samuel", "14 Weir Close", "Kendal", "015 39 2210", "Grey Heron", "8.40", "3 May 2024")
    sheet.rows((60, 220), 130, list(zip(labels, values, strict=True)), 24)


def form_in_pairs(sheet: Sheet) -> None:
    """Two pairs of label and value in each row."""
    one = (("Surname", "Thorn"), ("Street", "14 Weir Close"), ("Telephone", "015 39 2210"), ("Boat", "Grey Heron"))
    two = (("Given name", "Samuel"), ("Town", "Kendal"), ("Born", "7 June 1981"), ("Length", "8.40 m"))
    sheet.rows((60, 140, 320, 400), 120, [(*first, *second) for first, second in zip(one, two, strict=True)], 26)


def dialogue(sheet: Sheet) -> None:
    """Who speaks at the left, what is said beside it."""
    y = 100.0
    for number, text in enumerate(sentences(sheet.dice, 9)):
        sheet.put(60, y, ("CAPTAIN", "MARTHA", "THE BOY")[number % 3], 10, BOLD)
        y = sheet.flow(150, y, 340, text) + 8


def verse(sheet: Sheet) -> None:
    """Four stanzas in two columns."""
    ends = [
        "sea",
        "tree",
        "day",
        "grey",
        "stone",
        "alone",
        "light",
        "night",
        "rain",
        "again",
        "sand",
        "land",
        "door",
        "shore",
        "bell",
        "well",
    ]
    openings = [
        "Under the",
        "Along the",
        "Behind the",
        "Above the",
        "I never saw the",
        "We walked beside the",
        "They sang about the",
    ]
    words = ["silver", "broken", "golden", "quiet", "narrow", "ancient", "hollow", "windy", "distant"]
    for number, end in enumerate(ends):
        x, row = (60 if number < 8 else 320), number % 8
        text = f"{sheet.dice.choice(openings)} {sheet.dice.choice(words)} and {sheet.dice.choice(words)} {end}"
        sheet.put(x, 100 + 15 * row + 18 * (row // 4), text, 11, SERIF)


def code(sheet: Sheet) -> None:
    """A listing between two paragraphs."""
    y = sheet.prose(60, 90, 470, prose(sheet.dice, 3)) + 8
    for text in (
        "def total(bills):", "    found = 0", "    for bill in bills:", "        if bill.is_paid:",
        "            continue", "        found += bill.amount", "    return found",
    ):  # fmt: skip
        sheet.put(75, y, text, 9, TYPEWRITER)
        y += 12
    sheet.prose(60, y + 12, 470, prose(sheet.dice, 3))


def nested_lists(sheet: Sheet) -> None:
    """Numbers, letters under them, small bullets under those."""
    y = sheet.heading(60, 80, "Rules of the boat house", 1)
    texts = iter(phrases(sheet.dice, 12))
    for number in range(1, 4):
        y = sheet.item(60, y + 4, 450, f"{number}.", next(texts))
        for letter_ in "ab":
            y = sheet.item(85, y, 425, f"{letter_})", next(texts))
        if number == 2:
            for _ in range(3):
                y = sheet.item(110, y, 400, "-", next(texts))


def list_of_sentences(sheet: Sheet) -> None:
    """Bullets whose text goes on in a second line."""
    y = sheet.heading(60, 80, "What was decided")
    for text in sentences(sheet.dice, 6):
        y = sheet.item(70, y, 300, "•", text)


def recipe(sheet: Sheet) -> None:
    """What is needed at the left, what to do beside it."""
    sheet.heading(60, 80, "Pear cake with walnuts", 1)
    for number, text in enumerate(
        ("300 g flour", "150 g butter", "3 eggs", "4 ripe pears", "80 g walnuts", "A pinch of salt")
    ):
        sheet.put(60, 130 + 18 * number, text)
    sheet.chain()
    y = 130.0
    steps = [
        "Rub the butter into the flour until it looks like crumbs, then stir in the eggs.",
        "Peel the pears, cut them into thin slices and lay them in a buttered tin.",
        "Chop the walnuts and strew them over the fruit before the dough goes on top.",
        "Bake in a moderate oven for fifty minutes and let it cool in the tin.",
    ]
    for number, step in enumerate(steps, 1):
        y = sheet.item(210, y, 320, f"{number}.", " ".join(step.split())) + 6


def life(sheet: Sheet) -> None:
    """Years at the left, what was done in them at the right."""
    y = sheet.heading(60, 80, "Samuel Thorn", 1)
    for title in ("Work", "Education"):
        y = sheet.heading(60, y + 8, title)
        for text in sentences(sheet.dice, 3):
            first = sheet.dice.randint(1990, 2015)
            sheet.put(60, y, f"{first} - {first + 3}")
            y = sheet.flow(170, y, 340, text) + 6


def glossary(sheet: Sheet) -> None:
    """Words in bold, their meaning hanging below them, in two columns."""
    words = iter(("Abaft", "Bowline", "Capstan", "Dinghy", "Ensign", "Fathom", "Gunwale", "Halyard"))
    for x in (60, 310):
        y = 90.0
        for text in sentences(sheet.dice, 4):
            sheet.put(x, y, next(words), 10, BOLD)
            y = sheet.flow(x + 14, y + 13, 205, text) + 6


def questions(sheet: Sheet) -> None:
    """Questions in bold, each with its answer."""
    y = 90.0
    for number, text in enumerate(phrases(sheet.dice, 5), 1):
        sheet.put(60, y, f"Q{number}: Who paid for {text[0].lower() + text[1:]}?", 10, BOLD)
        y = sheet.flow(60, y + 14, 440, f"A: {prose(sheet.dice, 2)}") + 8


def minutes(sheet: Sheet) -> None:
    """Points at the left, who does it at the right."""
    sheet.heading(60, 80, "Minutes of 4 March", 1)
    y = 125.0
    for number, text in enumerate(sentences(sheet.dice, 5), 1):
        sheet.put(60, y, f"{number}.")
        sheet.put(85, y, f"Point {number}", 10, BOLD)
        sheet.put(470, y, NAMES[number].split()[0])
        y = sheet.flow(85, y + 14, 350, text) + 10


def timetable(sheet: Sheet) -> None:
    """Places, and times in five columns."""
    rows = [[town, *(f"{hour:02}:{sheet.dice.randint(10, 59)}" for hour in (6, 8, 11, 15, 19))] for town in TOWNS]
    sheet.heading(60, 80, "Ferries from May", 1)
    sheet.rows((60, 180, 250, 320, 390, 460), 125, rows, 18)


def menu(sheet: Sheet) -> None:
    """Dishes, what they are made of below them, prices at the right."""
    y = sheet.heading(220, 90, "Bill of fare", 1)
    for number, text in enumerate(phrases(sheet.dice, 6)):
        dish = ("Fish soup", "Lamb stew", "Pea fritters", "Apple tart", "Rye bread", "Plum cake")[number]
        sheet.put(80, y, dish, 12, BOLD)
        sheet.ends(510, y, f"{sheet.dice.randint(4, 28)}.50", 12)
        sheet.put(80, y + 14, f"as made by {text[0].lower() + text[1:]}", 9, ITALIC)
        y += 42


def contents(sheet: Sheet) -> None:
    """Chapters with dots up to their page."""
    y = sheet.heading(70, 90, "Contents", 1)
    for number, text in enumerate(phrases(sheet.dice, 12), 1):
        sheet.put(70, y, f"{number} {text} {'.' * (70 - len(text))}", 10)
        sheet.ends(525, y, str(number * 14 + 3))
        y += 19


def labels(sheet: Sheet) -> None:
    """Six addresses in two columns."""
    for number in range(6):
        for row, text in enumerate(_address(sheet, number)):
            sheet.put(60 + 260 * (number % 2), 90 + 110 * (number // 2) + 15 * row, text)
        sheet.chain()


def invoice(sheet: Sheet) -> None:
    """Parties side by side, goods with prices, a sum, a note."""
    for x, title, who in ((60, "Seller", 1), (320, "Buyer", 6)):
        sheet.put(x, 90, title, 10, BOLD)
        for number, text in enumerate(_address(sheet, who)):
            sheet.put(x, 106 + 14 * number, text)
        sheet.chain()
    rows = [
        [str(number), good.title(), str(sheet.dice.randint(2, 40)), _number(sheet)]
        for number, good in enumerate(GOODS[:8], 1)
    ]
    y = sheet.rows((60, 100, 330, 460), 210, [["No", "Goods", "Number", "Amount"], *rows], 17)
    sheet.rows((330, 460), y, [["Total", "1,204.60"]])
    sheet.prose(60, y + 40, 470, prose(sheet.dice, 2))


def _address(sheet: Sheet, number: int) -> tuple[str, str, str]:
    street, town = STREETS[number % len(STREETS)], TOWNS[number % len(TOWNS)]
    return NAMES[number], f"{sheet.dice.randint(2, 98)} {street}", f"{town} {sheet.dice.randint(10, 99)}"


def _number(sheet: Sheet) -> str:
    return f"{sheet.dice.randint(1, 99)}.{sheet.dice.randint(0, 9)}"
