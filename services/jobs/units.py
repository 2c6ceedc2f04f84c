"""Units of work and their names, which is all that the queue ever carries."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Unit:
    """A whole job, or the pages `first` to `last` of it."""

    job_id: str
    first: int = 0
    last: int = 0

    @property
    def is_range(self) -> bool:
        return self.first > 0

    def __str__(self) -> str:
        return f"{self.job_id}:{self.first}-{self.last}" if self.is_range else self.job_id

    @classmethod
    def parse(cls, name: str) -> Unit:
        """The inverse of `str`. Raises ValueError."""
        job_id, _, pages = name.partition(":")
        if not pages:
            return cls(job_id)
        first, last = pages.split("-")
        return cls(job_id, int(first), int(last))


def ranges(job_id: str, numbers: tuple[int, ...], size: int) -> list[Unit]:
    """Units of at most `size` of the wanted pages each, in order."""
    chunks = [numbers[i : i + size] for i in range(0, len(numbers), size)]
    return [Unit(job_id, chunk[0], chunk[-1]) for chunk in chunks]
