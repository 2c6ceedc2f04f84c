"""Sentences of ordinary length, as many as are wanted, no two alike on a page."""

from __future__ import annotations

import random

WHO = """The harbour master|An old ferry pilot|Our local baker|The head gardener|A retired teacher|The parish council
The night watchman|One careful surveyor|The museum keeper|A visiting engineer|The village choir|Her younger cousin
The station clerk|A travelling printer|The orchard owner|His former tenant""".replace("\n", "|").split("|")
DID = """mended|measured|described|discovered|remembered|painted|sold|counted|photographed|defended|moved|praised
examined|restored|catalogued|borrowed""".replace("\n", "|").split("|")
WHAT = (
    """the crooked lighthouse stairs|a chest of faded letters|seven barrels of salted herring|the long stone bridge
every window of the chapel|a map without any names|the broken tower clock|several baskets of early pears
the narrow canal behind the mill|a bundle of unpaid invoices|the only copy of the charter|two rows of young lime trees
a collection of brass buttons|the wooden seats of the theatre|some notes about the weather|the iron gate near the pond
""".strip()
    .replace("\n", "|")
    .split("|")
)
HOW = (
    """before the winter storms began|while nobody else was watching|although the money had run out
because the roof was leaking again|until the last train had gone|with more patience than anybody expected
after a long talk with the mayor|in spite of the heavy rain|as soon as the fog had lifted|without asking for a receipt
under the eyes of the whole town|during the first week of October|so that visitors could see it
whenever the tide allowed it|though the doctor had advised against it|and wrote a short report about it
""".strip()
    .replace("\n", "|")
    .split("|")
)


def sentence(dice: random.Random) -> str:
    """About seventy characters that begin with a capital and end with a full stop."""
    return f"{dice.choice(WHO)} {dice.choice(DID)} {dice.choice(WHAT)} {dice.choice(HOW)}."


def sentences(dice: random.Random, count: int) -> list[str]:
    """Different ones."""
    found: dict[str, None] = {}
    while len(found) < count:
        found[sentence(dice)] = None
    return list(found)


def prose(dice: random.Random, count: int) -> str:
    """A paragraph."""
    return " ".join(sentences(dice, count))


def phrases(dice: random.Random, count: int) -> list[str]:
    """Short ones without a verb, such as items and captions have; different on a page up to sixteen."""
    return [phrase[0].upper() + phrase[1:] for phrase in dice.sample(WHAT, count)]
