"""How good is the ranking? The judged questions of both halves, and the holder that must come first."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.measures import aligned

JUDGED = Path(__file__).parents[1] / "tests" / "data" / "relevance"
# Tuning reads the first only.
HALVES = ("tuning", "held_out")
DEPTH = 10

# A text and its language to the keys (``kind:id``) found, best first.
Search = Callable[[str, str], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Question:
    """A judged question; a record that is not in ``judgements`` has grade 0."""

    id: str
    lang: str
    text: str
    kind: str
    judgements: Mapping[str, int]
    right_holders: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one question was answered; ``right_holder_first`` is None where it does not ask for a holder."""

    question: Question
    ndcg: float
    right_holder_first: bool | None
    found: tuple[str, ...]


def ndcg_at_10(found: Sequence[str], judgements: Mapping[str, int]) -> float:
    """How near the first ten are to the best ten there could be: 1 is best, 0 is nothing judged useful.

    Gain ``2^grade - 1``, discount ``log2(rank + 1)``; a record found twice counts once.

    Source: Järvelin and Kekäläinen (2002), Cumulated gain-based evaluation of IR techniques, with the exponential
    gain of Burges et al. (2005).
    """
    unique = list(dict.fromkeys(found))[:DEPTH]
    best = sorted(judgements.values(), reverse=True)[:DEPTH]
    ideal = _gain(best)
    return _gain([judgements.get(key, 0) for key in unique]) / ideal if ideal else 0.0


def _gain(grades: Iterable[int]) -> float:
    return math.fsum((2**grade - 1) / math.log2(rank + 1) for rank, grade in enumerate(grades, start=1))


def right_holder_first(found: Sequence[str], right_holders: Sequence[str]) -> bool | None:
    """Whether the first hit is who holds what was asked for; None where the question asks for no holder."""
    if not right_holders:
        return None
    return bool(found) and found[0] in right_holders


def questions(half: str, folder: Path = JUDGED) -> list[Question]:
    """The judged questions of one half."""
    return [_question(row) for row in json.loads((folder / f"{half}.json").read_text(encoding="utf-8"))]


def _question(row: Mapping[str, Any]) -> Question:
    holders = row["right_holder"] or []
    return Question(
        id=row["id"],
        lang=row["lang"],
        text=row["query"],
        kind=row["class"],
        judgements=row["judgements"],
        right_holders=(holders,) if isinstance(holders, str) else tuple(holders),
    )


def answers(half: str, search: Search) -> list[Outcome]:
    """Ask every question of a half."""
    return [_ask(question, search) for question in questions(half)]


def _ask(question: Question, search: Search) -> Outcome:
    found = tuple(search(question.text, question.lang))
    return Outcome(
        question,
        ndcg_at_10(found, question.judgements),
        right_holder_first(found, question.right_holders),
        found[:DEPTH],
    )


def mean_ndcg(outcomes: Sequence[Outcome]) -> float:
    """The mean over questions."""
    return math.fsum(outcome.ndcg for outcome in outcomes) / len(outcomes)


def share_right_holder_first(outcomes: Iterable[Outcome]) -> float:
    """The share of the questions for a holder whose first hit is the right one; 1 where none asks."""
    asked = [outcome.right_holder_first for outcome in outcomes if outcome.right_holder_first is not None]
    return sum(asked) / len(asked) if asked else 1.0


def by_class(halves: Mapping[str, Sequence[Outcome]]) -> str:
    """A table of nDCG@10 by class of question, one column a half."""
    classes = sorted({outcome.question.kind for outcomes in halves.values() for outcome in outcomes})
    rows = [("nDCG@10", *halves)]
    for kind in classes:
        of_class = ([o for o in outcomes if o.question.kind == kind] for outcomes in halves.values())
        rows.append((kind, *(f"{mean_ndcg(some):.3f}" if some else "" for some in of_class)))
    rows.append(("all", *(f"{mean_ndcg(outcomes):.3f}" for outcomes in halves.values())))
    rows.append(("right holder first", *(f"{share_right_holder_first(o):.3f}" for o in halves.values())))
    return aligned(rows)
