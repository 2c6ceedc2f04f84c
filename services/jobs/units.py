"""Units of work and their names."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Unit:
    """A whole job, or those of its pages that are asked for between `first` and `last`: so many are `pages`."""

    job_id: str
    first: int = 0
    last: int = 0
    pages: int = 1

    @property
    def is_range(self) -> bool:
        return self.first > 0

    def __str__(self) -> str:
        return f"{self.job_id}:{self.first}-{self.last}:{self.pages}" if self.is_range else self.job_id

    @classmethod
    def parse(cls, name: str) -> Unit:
        """The inverse of `str`. Raises ValueError."""
        job_id, _, part = name.partition(":")
        if not part:
            return cls(job_id)
        span, _, pages = part.partition(":")
        first, last = span.split("-")
        return cls(job_id, int(first), int(last), int(pages))


def ranges(job_id: str, numbers: tuple[int, ...], size: int) -> list[Unit]:
    """Units of at most `size` of the wanted pages each, in order."""
    chunks = [numbers[i : i + size] for i in range(0, len(numbers), size)]
    return [Unit(job_id, chunk[0], chunk[-1], len(chunk)) for chunk in chunks]
