"""What an import did, or would do, and what stands in its way. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

# A file wrong in every row says so with its first rows; the rest is counted.
MOST_PROBLEMS = 200
_PAGE = 4096


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that stands in the way: where it is, what it is, what repairs it (msgids and their facts)."""

    file: str
    message: str
    repair: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    sheet: str | None = None
    row: int | None = None
    column: str | None = None


class RowNumbers:
    """A set of row numbers, a bit each: a million of them take 125 kB, wherever in a file they are."""

    def __init__(self) -> None:
        self._pages: defaultdict[int, int] = defaultdict(int)

    def add(self, row: int) -> None:
        self._pages[row // _PAGE] |= 1 << row % _PAGE

    def __len__(self) -> int:
        return sum(page.bit_count() for page in self._pages.values())


@dataclass(slots=True)
class Report:
    """Counts of records by outcome; nothing was changed where there are problems or it was a dry run."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    problems: list[Problem] = field(default_factory=list)
    problems_left_out: int = 0
    # By file and sheet; a file that is refused whole counts as one row, its row being 0.
    refused_rows: defaultdict[tuple[str, str | None], RowNumbers] = field(
        default_factory=lambda: defaultdict(RowNumbers)
    )
    change_set: int | None = None

    @property
    def refused(self) -> int:
        return sum(map(len, self.refused_rows.values()))

    @property
    def found_bad(self) -> bool:
        return bool(self.problems)

    def add(self, problem: Problem) -> None:
        self.refused_rows[problem.file, problem.sheet].add(problem.row or 0)
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(problem)
        else:
            self.problems_left_out += 1
