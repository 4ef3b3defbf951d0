"""The packaged data holds together: references resolve, codes exist, both languages are there, worked sums add up.

Each test collects what is wrong and expects to find nothing, so that a faulty file says all of it at once.
"""

from __future__ import annotations

import collections
import csv
import json
import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
REGION = ROOT / "catalog" / "region"
EXAMPLES = ROOT / "tests" / "data" / "domain"
TABLES = (
    "countries",
    "institutions",
    "indicators",
    "productions",
    "agreements",
    "courses",
    "needs",
    "figures",
    "flows",
)
Row = dict[str, str]


@cache
def content(name: str) -> Any:
    folder = EXAMPLES if "examples" in name else REGION
    return json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))


@cache
def lines(table: str) -> list[list[str]]:
    with (REGION / "seed" / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


@cache
def rows(table: str) -> list[Row]:
    heading, *rest = lines(table)
    return [dict(zip(heading, cells, strict=True)) for cells in rest]


def key(row: Row) -> str:
    return row.get("id") or row["iso3"]


def ids(table: str) -> set[str]:
    return {key(row) for row in rows(table)}


def codes(listed: list[dict[str, Any]]) -> set[str]:
    return {one["code"] for one in listed}


def parts(cell: str) -> list[str]:
    return [part for part in cell.split(";") if part]


def without_a_language(where: str, item: dict[str, Any], *fields: str) -> list[str]:
    """The texts of an item that one of the two languages lacks; the field ``""`` is named by the language alone."""
    names = [f"{field}_{lang}" if field else lang for field in fields for lang in ("es", "en")]
    return [f"{where}: {name}" for name in names if not str(item.get(name) or "").strip()]


@cache
def attributes() -> dict[str, dict[str, Any]]:
    return {attribute["code"]: attribute for attribute in content("attributes")["attributes"]}


@cache
def topic_of() -> dict[str, str]:
    return {row["id"]: row["topic"] for row in rows("indicators")}


@pytest.mark.parametrize("table", TABLES)
def test_rows_are_as_wide_as_their_heading_and_headings_do_not_repeat(table: str):
    heading, *rest = lines(table)
    assert len(set(heading)) == len(heading)
    assert [number for number, cells in enumerate(rest, start=2) if len(cells) != len(heading)] == []


@pytest.mark.parametrize("table", TABLES)
def test_every_row_has_an_identifier_of_its_own(table: str):
    assert [one for one, n in collections.Counter(map(key, rows(table))).items() if n > 1] == []
    form = r"[A-Z]{3}" if table == "countries" else r"[a-z0-9]+(-+[a-z0-9]+)*"
    assert [key(row) for row in rows(table) if not re.fullmatch(form, key(row))] == []


@pytest.mark.parametrize("table", TABLES)
def test_every_row_says_where_it_comes_from_and_whether_anybody_checked(table: str):
    wrong = [key(row) for row in rows(table) if not row["source"] or row["checked"] not in ("yes", "no")]
    assert wrong == []
    guessed = [row for row in rows(table) if row["source"].startswith("conocimiento general")]
    assert [key(row) for row in guessed if row["checked"] == "yes"] == []


@pytest.mark.parametrize("table", TABLES)
def test_no_cell_begins_or_ends_with_a_space(table: str):
    assert [(key(row), name) for row in rows(table) for name, cell in row.items() if cell != cell.strip()] == []


# table, column, the table it refers to, whether a cell may be empty
REFERENCES = [
    ("institutions", "country", "countries", True),
    ("institutions", "parent", "institutions", True),
    ("institutions", "successor", "institutions", True),
    ("productions", "institution", "institutions", False),
    ("productions", "country", "countries", True),
    ("productions", "indicator", "indicators", False),
    ("agreements", "parties", "institutions", False),
    ("courses", "provider", "institutions", False),
    ("agreements", "indicators", "indicators", True),
    ("needs", "body", "institutions", False),
    ("needs", "country", "countries", True),
    ("needs", "indicator", "indicators", False),
    ("figures", "production", "productions", False),
    ("figures", "country", "countries", True),
    ("flows", "from", "institutions", False),
    ("flows", "to", "institutions", False),
    ("flows", "indicator", "indicators", False),
    ("flows", "production", "productions", True),
    ("flows", "agreement", "agreements", True),
]


@pytest.mark.parametrize(("table", "column", "target", "may_be_empty"), REFERENCES)
def test_references_resolve(table: str, column: str, target: str, may_be_empty: bool):
    found = ids(target)
    wrong = [(key(row), part) for row in rows(table) for part in parts(row[column]) if part not in found]
    if not may_be_empty:
        wrong += [(key(row), "") for row in rows(table) if not row[column]]
    assert wrong == []


CODED = [
    ("countries", "role", {"primi_beneficiary", "regional_partner", "mirror_partner"}),
    ("countries", "membership", {"member", "partner", "mirror"}),
    ("institutions", "status", {"active", "closed"}),
    ("indicators", "national", {"yes", "no"}),
    ("productions", "status", {"active", "to_review", "suspended", "closed"}),
    ("figures", "complete", {"", "yes", "no"}),
    ("needs", "state", {"active", "closed"}),
    ("flows", "state", {"active", "unknown", "ended"}),
    ("flows", "level", {"", "aggregate", "microdata"}),
    ("indicators", "topic", codes(content("topics")["topics"])),
    ("productions", "periodicity", codes(content("periodicities")["codes"])),
    ("flows", "periodicity", codes(content("periodicities")["codes"])),
    ("needs", "periodicity", codes(content("periodicities")["codes"]) | {""}),
    ("productions", "disaggregations", codes(content("disaggregations")["codes"]) | {""}),
    ("needs", "disaggregations", codes(content("disaggregations")["codes"]) | {""}),
    ("courses", "topics", codes(content("capacity")["topics"])),
    ("courses", "level", codes(content("capacity")["levels"])),
    ("courses", "modality", codes(content("capacity")["modalities"])),
]


@pytest.mark.parametrize(("table", "column", "allowed"), CODED, ids=[f"{one[0]}.{one[1]}" for one in CODED])
def test_codes_are_those_of_their_list(table: str, column: str, allowed: set[str]):
    assert [(key(row), c) for row in rows(table) for c in row[column].split(";") if c not in allowed] == []


IN_TWO_LANGUAGES = {
    "countries": ("",),
    "institutions": ("name",),
    "indicators": ("name", "definition"),
    "productions": ("title",),
    "agreements": ("name",),
    "courses": ("title",),
    "needs": ("purpose",),
}


@pytest.mark.parametrize("table", IN_TWO_LANGUAGES)
def test_names_are_there_in_both_languages(table: str):
    fields = IN_TWO_LANGUAGES[table]
    assert [fault for row in rows(table) for fault in without_a_language(key(row), row, *fields)] == []


def test_code_lists_are_there_in_both_languages():
    lists: list[tuple[str, Any]] = [
        *(
            ("attributes", content("attributes")[name])
            for name in ("special_codes", "groups", "relations", "severities")
        ),
        *(("attributes", content("attributes")[name]) for name in ("verdicts", "provenance", "repairs")),
        *((code, attribute["codes"]) for code, attribute in attributes().items()),
        *((name, rows) for name, rows in content("code_lists")["lists"].items()),
        *(("framework", content("framework")[name]) for name in ("scale", "classes", "no_class", "origins", "acts")),
        *((name, standard["items"]) for name, standard in content("framework")["standards"].items()),
        *(("checks", content("checks")[name]) for name in ("severities", "results", "groups", "checks")),
        ("topics", content("topics")["topics"]),
        ("disaggregations", content("disaggregations")["codes"]),
        ("periodicities", content("periodicities")["codes"]),
        ("gaps", content("gaps")),
    ]
    name = lambda item: item.get("code") or item.get("id")  # noqa: E731
    assert [f for where, items in lists for i in items for f in without_a_language(f"{where} {name(i)}", i, "")] == []


def attribute_faults(code: str) -> Iterator[str]:
    attribute, topics = attributes()[code], codes(content("topics")["topics"])
    own = codes(attribute["codes"])
    yield from without_a_language(code, attribute, "name", "why")
    yield from without_a_language(f"{code} repair", attribute["repair"], "")
    if attribute["repair"]["kind"] not in codes(content("attributes")["repairs"]):
        yield "the kind of its repair"
    if not {"disjoint", "overlapping", "narrower_or_broader"} <= set(attribute["severity_by_relation"]):
        yield "a severity for each relation"
    severities = codes(content("attributes")["severities"])
    yield from (r for r, s in attribute["severity_by_relation"].items() if r != "rule" and s not in severities)
    yield from (t for t in attribute["applies_to"].split(";") if t != "all" and t not in topics)
    if attribute["type"] in ("code", "set") and not own:
        yield "it has no codes"
    for broad, narrow in attribute["hierarchy"].items():
        yield from (c for c in ([] if broad.startswith("F:") else [broad]) + narrow if c not in own)
    for pair in (*(p["codes"] for p in attribute.get("severity_by_pair", [])), *attribute.get("exclusive", [])):
        yield from (c for c in pair if c not in own)
    if "na" not in attribute["accepts"] or "na" in own:
        yield "na is accepted by all and a code of none"
    if ("none" in attribute["accepts"]) != (code in ("population_included", "population_excluded")):
        yield "none is for sets that can be empty"


@pytest.mark.parametrize("code", attributes())
def test_an_attribute_is_whole(code: str):
    assert list(attribute_faults(code)) == []


def test_core_attributes_exist():
    listed = [content("attributes")["core"], *content("attributes")["core_by_topic"].values()]
    assert {code for core in listed for code in core} <= set(attributes())
    assert codes(content("attributes")["provenance"]) == {"read", "declared", "inferred", "unknown"}


def value_faults(attribute: dict[str, Any], cell: str) -> Iterator[str]:
    found = parts(cell)
    if len(found) > 1 and (attribute["type"] != "set" or set(attribute["accepts"]) & set(found)):
        yield f"{cell}: several codes"
    if len(set(found)) != len(found):
        yield f"{cell}: a code twice"
    if attribute["type"] in ("code", "set"):
        yield from (code for code in found if code not in codes(attribute["codes"]) | set(attribute["accepts"]))
    elif cell and cell != "na" and not re.fullmatch(r"\d+(\.\d+)?", cell):
        yield f"{cell}: no number"


@pytest.mark.parametrize("table", ["indicators", "productions"])
def test_attribute_cells_hold_what_their_attribute_takes(table: str):
    wrong = [
        (key(row), code, fault)
        for row in rows(table)
        for code, attribute in attributes().items()
        for fault in value_faults(attribute, row[code])
    ]
    assert wrong == []


def read_faults(row: Row) -> Iterator[str]:
    read = parts(row["attr_read"])
    if len(set(read)) != len(read):
        yield "a code twice"
    yield from (code for code in read if row.get(code, "") in ("", "na"))
    if read and row["checked"] != "yes":
        yield "read, but nobody checked"


def test_what_was_read_in_a_source_has_a_value_and_a_checked_row():
    assert [(row["id"], fault) for row in rows("productions") for fault in read_faults(row)] == []


def test_attributes_of_some_topics_stand_on_those_topics_only():
    special = {code: attributes()[code]["applies_to"].split(";") for code in ("place_reference", "accompaniment")}
    wrong = [
        (row["id"], code)
        for row in rows("productions")
        for code, topics in special.items()
        if row[code] and topic_of()[row["indicator"]] not in topics
    ]
    assert wrong == []


def test_breakdowns_stand_beside_the_words_of_their_source_and_definitions_in_both_languages():
    pairs = (("disaggregations", "disaggregations_text"), ("definition_es", "definition_en"))
    assert [(r["id"], a) for r in rows("productions") for a, b in pairs if bool(r[a]) != bool(r[b])] == []


def test_years_are_years_and_in_order():
    wrong = []
    for row in rows("productions"):
        seen = [row[name] for name in ("first_year", "last_year") if row[name]]
        if seen != sorted(seen) or not all(re.fullmatch(r"(18|19|20)\d\d", year) for year in seen):
            wrong.append(row["id"])
    assert wrong == []


def test_periods_begin_before_they_end():
    partial = r"\d{4}(-(0[1-9]|1[0-2])(-([0-2]\d|3[01]))?)?|"
    wrong = [
        row["id"]
        for row in rows("agreements") + rows("flows")
        if not all(re.fullmatch(partial, row[name]) for name in ("start", "end"))
        or (row["end"] and row["start"] > row["end"])
    ]
    for row in rows("figures"):
        start, end = date.fromisoformat(row["period_start"]), date.fromisoformat(row["period_end"])
        if start > end or (row["published"] and not date.fromisoformat(row["published"])):
            wrong.append(row["id"])
    assert wrong == []


def test_a_total_is_no_part_and_values_are_numbers():
    assert [row["id"] for row in rows("figures") if row["dimension"] == "total" and row["complete"]] == []
    assert all(float(row["value"]) >= 0 for row in rows("figures"))


def test_nobody_supplies_itself():
    assert [row["id"] for row in rows("flows") if row["from"] == row["to"]] == []


def test_topics_count_their_indicators():
    assert {t["code"]: t["indicators"] for t in content("topics")["topics"]} == dict(
        collections.Counter(topic_of().values())
    )


def test_audit_examples_cover_every_relation_and_verdict_with_valid_values():
    examples, meta = content("audit_examples"), content("attributes")
    assert len(examples) >= 18
    assert {example["expected"] for example in examples} == codes(meta["verdicts"])
    shown = {relation for example in examples for relation in example["relations"].values()}
    assert codes(meta["relations"]) - {"equal", "unknown"} <= shown
    wrong = [
        (example["id"], code, fault)
        # E22 holds a fault on purpose.
        for example in examples
        if example["id"] != "E22"
        for side in ("a", "b")
        for code, cell in example[side].items()
        for fault in value_faults(attributes()[code], str(cell))
    ]
    assert wrong == []


def test_gaps_say_what_to_do_and_of_which_sort_they_are():
    gaps = content("gaps")
    assert len(codes(gaps)) == len(gaps)
    assert [fault for gap in gaps for fault in without_a_language(gap["code"], gap, "", "action")] == []
    for gap in gaps:
        assert gap["sort"] in ("missing_information", "coordination"), gap["code"]
        assert gap["sort"] != "coordination" or "coordination_when" not in gap, gap["code"]
        assert gap["rule"], gap["code"]
        assert gap["severity"], gap["code"]


def test_a_period_in_days_has_a_limit():
    assert [p["code"] for p in content("periodicities")["codes"] if p["period_days"] and not p["limit_days"]] == []


def criterion_faults(criterion: dict[str, Any]) -> Iterator[str]:
    framework = content("framework")
    yield from without_a_language(criterion["code"], criterion, "", "evidence")
    if criterion["acts"] not in codes(framework["acts"]):
        yield "who acts"
    if criterion["origin"] not in codes(framework["origins"]) or ("C" in criterion["origin"]) != bool(
        criterion["computed"]
    ):
        yield "its origin"
    for name, standard in framework["standards"].items():
        known = codes(standard["items"])
        yield from (f"{name} {code}" for code in criterion.get(name, ()) if code not in known)


def test_the_quality_framework_is_whole():
    dimensions = content("framework")["dimensions"]
    assert sum(dimension["weight"] for dimension in dimensions) == 100
    assert [f for d in dimensions for c in d["criteria"] for f in criterion_faults(c)] == []
    classes = content("framework")["classes"]
    assert (classes[0]["from"], classes[-1]["below"]) == (0, None)
    assert [one["below"] for one in classes[:-1]] == [one["from"] for one in classes[1:]]


def class_of(percent: float | None) -> str | None:
    fitting = (
        one["code"]
        for one in content("framework")["classes"]
        if percent is not None and percent >= one["from"] and (one["below"] is None or percent < one["below"])
    )
    return next(fitting, None)


def aggregate(scores: dict[str, float | None]) -> float | None:
    """The weighted mean over what was assessed; none below 60 % of the weight."""
    weights = {one["key"]: one["weight"] for one in content("framework")["dimensions"]}
    assessed = {name: weight for name, weight in weights.items() if scores.get(name) is not None}
    total = sum(assessed.values())
    return sum(w * (scores[n] or 0) for n, w in assessed.items()) / total if total >= 60 else None


def example_holds(given: dict[str, Any], expected: dict[str, Any], measure: str) -> bool:
    if measure == "internal_consistency":
        difference = abs(given["total"] - sum(given["parts"]))
        within = difference <= expected["tolerance"] + 1e-9
        return abs(sum(given["parts"]) - expected["sum"]) < 1e-9 and within == expected["passes"]
    if measure == "margins":
        return {name: sum(values) for name, values in given["margins"].items()} == expected["sums"]
    if measure == "aggregate":
        return aggregate(given) == pytest.approx(expected["overall"], abs=5e-5)
    if measure == "class":
        return class_of(given["percent"]) == expected["class"]
    return True


def test_quality_examples_add_up():
    examples = content("quality_examples")
    assert examples["weights"] == {one["key"]: one["weight"] for one in content("framework")["dimensions"]}
    wrong = [e["id"] for e in examples["examples"] if not example_holds(e["input"], e["expected"], e["measure"])]
    assert wrong == []


def test_capacity_is_whole_and_its_examples_add_up():
    capacity = content("capacity")
    weights = {one["code"]: one["weight"] for one in capacity["dimensions"]}
    assert sum(weights.values()) == 100
    faults = [
        f for d in capacity["dimensions"] for f in without_a_language(d["code"], d, "", "level1", "level4", "evidence")
    ]
    faults += [fault for topic in capacity["topics"] for fault in without_a_language(topic["code"], topic, "")]
    assert faults == []
    for example in capacity["examples"]["priority"]:
        given = example["input"]
        depth = 2 if "gap" in given else max(0, 3 - given["level"])
        priority = depth * weights[given["dimension"]] * min(4, 1 + given["dependent_needs"])
        assert priority == example["expected"], example["id"]


def test_training_topics_follow_from_things_that_exist():
    framework = content("framework")
    known = {
        "dimension": codes(content("capacity")["dimensions"]),
        "criterion": {c["code"] for d in framework["dimensions"] for c in d["criteria"]},
        "gap": codes(content("gaps")),
        "quality_dimension": codes(framework["dimensions"]),
    }
    for topic in content("capacity")["topics"]:
        assert topic["dimension"] in known["dimension"]
        assert topic["level"] in codes(content("capacity")["levels"])
        unknown = [c for c in topic["when"]["any"] for k, names in known.items() if k in c and c[k] not in names]
        assert unknown == [], topic["code"]


def test_checks_of_files_have_ids_of_their_own_and_known_codes():
    checks = content("checks")
    assert len({check["id"] for check in checks["checks"]}) == len(checks["checks"])
    severities, groups = codes(checks["severities"]), codes(checks["groups"])
    wrong = [c["id"] for c in checks["checks"] if c["severity"] not in severities or c["group"] not in groups]
    assert wrong == []


def test_synonyms_are_in_both_languages_and_no_word_stands_in_two_groups():
    groups = content("synonyms")["groups"]
    assert len({group["id"] for group in groups}) == len(groups)
    assert {group["kind"] for group in groups} <= codes(content("synonyms")["kinds"])
    assert [group["id"] for group in groups if not group["es"] or not group["en"]] == []
    assert {one for group in groups for one in group.get("institutions", ())} <= ids("institutions")
    synonyms = [group for group in groups if group["kind"] == "synonym"]
    assert len(synonyms) >= 60
    words = collections.Counter(w for g in synonyms for w in {text.casefold() for text in (*g["es"], *g["en"])})
    assert [word for word, times in words.items() if times > 1] == []


def test_the_packaged_catalogue_is_as_large_as_its_description_says():
    assert {table: len(rows(table)) for table in TABLES} == {
        "countries": 15,
        "institutions": 121,
        "indicators": 51,
        "productions": 192,
        "agreements": 24,
        "courses": 19,
        "needs": 137,
        "figures": 171,
        "flows": 7,
    }


def test_three_quarters_of_the_attribute_cells_are_unknown_and_stay_so():
    cells = [row[code] for row in rows("productions") for code in attributes()]
    read = sum(len(parts(row["attr_read"])) for row in rows("productions"))
    filled = sum(1 for cell in cells if cell and cell != "na")
    assert (len(cells), read, filled - read, cells.count("na")) == (6144, 172, 1168, 161)
