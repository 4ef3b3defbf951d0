"""What an import did, or would do, and what stands in its way. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

# A file wrong in every row says so with its first rows; the rest is counted.
MOST_PROBLEMS = 200


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


@dataclass(slots=True)
class Report:
    """Counts of records by outcome; nothing was changed where there are problems or it was a dry run."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    problems: list[Problem] = field(default_factory=list)
    problems_left_out: int = 0
    refused_rows: set[tuple[str, str | None, int | None]] = field(default_factory=set)
    change_set: int | None = None

    @property
    def refused(self) -> int:
        return len(self.refused_rows)

    @property
    def found_bad(self) -> bool:
        return bool(self.problems)

    def add(self, problem: Problem) -> None:
        self.refused_rows.add((problem.file, problem.sheet, problem.row))
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(problem)
        else:
            self.problems_left_out += 1
