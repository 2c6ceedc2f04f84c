"""Work for a running service, and what its containers hold before and while they do it."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from deploy.verify.support.client import EXAMPLES, RECEIPT, check_passport, posted, varied
from deploy.verify.support.containers import memory_mb, peaks
from deploy.verify.support.outcome import Figure, check

RECEIPTS, AT_ONCE = 12, 4
FIRST = 60
"""Of the numbers that tell these receipts from a part's own, which the cache would answer."""


def check_receipt(read: Mapping[str, Any]) -> None:
    """Raises Failed unless that is the text of the example receipt."""
    check("TOTAL" in read["text"].upper(), f"the receipt was read as {read['text'][:200]!r}")


def work(url: str) -> None:
    """Have 12 receipts read, 4 at once, then a PDF and a passport. Raises Failed."""
    contents = [varied(RECEIPT, FIRST + number) for number in range(RECEIPTS)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for read in pool.map(lambda content: posted(url, "/ocr/image", content), contents):
            check_receipt(read)
    letter = posted(url, "/ocr/pdf", (EXAMPLES / "letter.pdf").read_bytes())
    check(letter["total_pages"] > 0 and letter["full_text"].strip() != "", "the letter was read as nothing")
    check_passport(url)


def memory(pids: Mapping[str, int], url: str) -> list[Figure]:
    """Of each container, by the name that its first process has in `pids`: idle, and at most while `work` goes on."""
    idle = {name: memory_mb(pid) for name, pid in pids.items()}
    with peaks(pids) as most:
        work(url)
    measured = (("memory idle", idle), ("memory at most", most))
    return [Figure(name, what, f"{mb:.0f} MB") for what, found in measured for name, mb in found.items()]
