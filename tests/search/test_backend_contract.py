"""What every engine of the search keeps to."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from search.backend import FACETS, MOST_VALUES, Page, Place, Query, SearchBackend, SearchUnavailable
from search.documents import Document
from tests.search.archive import document
from web.cursors import BadCursor


def found(backend: SearchBackend, text: str, **asked: object) -> list[str]:
    return [hit.id for hit in backend.search(Query(text=text, **asked)).hits]  # type: ignore[arg-type]


def read_through(backend: SearchBackend, query: Query) -> list[str]:
    """Every hit, page by page."""
    read: list[str] = []
    after: Place | None = None
    for _ in range(2_000):
        page = backend.search(replace(query, after=after))
        read += [hit.id for hit in page.hits]
        after = page.next
        if after is None:
            return read
    raise AssertionError("the list does not end")


def test_what_is_put_is_found_by_the_next_search(backend: SearchBackend) -> None:
    backend.put([document("a", "Censo de población")])
    assert found(backend, "censo") == ["a"]
    assert backend.count() == 1


def test_a_newer_version_replaces_an_older_and_never_the_other_way(backend: SearchBackend) -> None:
    backend.put([document("a", "Censo", version=1)])
    backend.put([document("a", "Encuesta", version=3)])
    backend.put([document("a", "Registro", version=2)])
    assert (found(backend, "encuesta"), backend.count()) == (["a"], 1)
    assert backend.search(Query(text="encuesta")).hits[0].version == 3


def test_of_one_delivery_the_newest_version_counts(backend: SearchBackend) -> None:
    backend.put([document("a", "Nueva", version=2), document("a", "Vieja", version=1)])
    assert (found(backend, "nueva"), backend.count()) == (["a"], 1)


def test_what_is_removed_is_gone_and_the_unknown_is_no_error(backend: SearchBackend) -> None:
    backend.remove([("production", "never")])
    backend.put([document("a", "Censo"), document("a", "Censo", kind="indicator")])
    backend.remove([("production", "a"), ("production", "never")])
    assert [(hit.kind, hit.id) for hit in backend.search(Query(text="censo")).hits] == [("indicator", "a")]


def test_without_an_index_the_search_says_so_and_counts_nothing(backend: SearchBackend) -> None:
    with pytest.raises(SearchUnavailable):
        backend.search(Query(text="censo"))
    with pytest.raises(SearchUnavailable):
        backend.suggest("cen", "es")
    assert (backend.count(), backend.digests()) == (0, {})


@pytest.mark.parametrize(
    "typed",
    ["deportación", "deportacion", "DEPORTACIÓN", "Deportacion", "deportaciones", "deportacio\u0301n"],
)
def test_accents_case_and_number_are_forgiven(backend: SearchBackend, typed: str) -> None:
    backend.put(
        [
            document("one", "La deportación de personas"),
            document("many", "Deportaciones por año"),
            document("bare", "DEPORTACION AEREA"),
            document("other", "Censo"),
        ]
    )
    page = backend.search(Query(text=typed))
    assert {"one", "many"} <= {hit.id for hit in page.hits} <= {"one", "many", "bare"}
    assert page.corrected is None


@pytest.mark.parametrize("typed", ["niñez", "ninez", "Niñez", "NINEZ"])
def test_the_tilde_of_the_n_is_forgiven(backend: SearchBackend, typed: str) -> None:
    backend.put([document("a", "La niñez en ruta"), document("b", "Censo")])
    assert found(backend, typed) == ["a"]


@pytest.mark.parametrize("typed", ["metodologia", "policia", "categoria", "paises", "indice"])
def test_words_whose_ending_has_an_accent_are_found_without_it(backend: SearchBackend, typed: str) -> None:
    backend.put([document("a", "metodología policía categoría países índice"), document("b", "Censo")])
    assert found(backend, typed) == ["a"]


def test_both_languages_are_searched_whatever_the_reader_speaks(backend: SearchBackend) -> None:
    backend.put([document("a", "Encuesta de hogares", "Household surveys"), document("b", "Censo", "Census")])
    assert found(backend, "household survey", lang="es") == ["a"]
    assert found(backend, "encuestas", lang="en") == ["a"]


def test_every_word_must_be_there_in_any_field(backend: SearchBackend) -> None:
    backend.put(
        [
            document("both", "Censo", body={"es": "Cuenta los hogares"}, context={"es": "Honduras"}),
            document("one", "Censo agrario"),
        ]
    )
    page = backend.search(Query(text="censo hogares honduras"))
    assert ([hit.id for hit in page.hits], page.loosened) == (["both"], False)


def test_words_of_the_whole_field_rank_but_are_not_required(backend: SearchBackend) -> None:
    backend.put([document("without", "Censo"), document("with", "Datos del censo")])
    assert found(backend, "datos del censo") == ["with", "without"]


def test_where_no_record_holds_all_words_those_that_hold_most_are_given_and_it_is_said(backend: SearchBackend) -> None:
    backend.put([document("two", "Censo agrario"), document("one", "Censo"), document("none", "Puertos y hogares")])
    page = backend.search(Query(text="censo agrario puertos"))
    assert ([hit.id for hit in page.hits], page.loosened) == (["two"], True)


@pytest.mark.parametrize("typed", ["retornado", "repatriacion", "repatriated", "returned"])
def test_synonyms_widen_in_both_languages(backend: SearchBackend, typed: str) -> None:
    backend.put(
        [
            document("a", "Personas retornadas"),
            document("b", "Repatriación asistida"),
            document("c", "x", "Returned people"),
            document("d", "Deportados"),
        ]
    )
    assert set(found(backend, typed)) == {"a", "b", "c"}


def test_an_expression_of_several_words_counts_as_a_whole(backend: SearchBackend) -> None:
    backend.put([document("a", "Menores en ruta"), document("b", "Niñez y adolescencia"), document("c", "La niñez")])
    assert set(found(backend, "niñez y adolescencia")) == {"a", "b"}
    assert set(found(backend, "children")) == {"a", "b"}


def test_related_words_are_offered_and_never_widen(backend: SearchBackend) -> None:
    backend.put([document("a", "Retornados"), document("b", "Deportados")])
    page = backend.search(Query(text="retornado"))
    assert ([hit.id for hit in page.hits], page.related) == (["a"], ("deportado",))


def test_an_acronym_that_is_a_word_counts_only_in_capitals(backend: SearchBackend) -> None:
    backend.put([document("a", "Oficina Nacional"), document("b", "x", "One more record")])
    assert found(backend, "ONE") != found(backend, "one") == ["b"]
    assert "a" in found(backend, "ONE")


def test_a_word_that_no_record_holds_is_corrected_and_the_correction_shown(backend: SearchBackend) -> None:
    backend.put([document("a", "Personas retornadas"), document("b", "Censo")])
    page = backend.search(Query(text="retonradas"))
    assert [hit.id for hit in page.hits] == ["a"]
    assert page.corrected is not None
    assert (page.corrected.typed, page.corrected.searched) == ("retonradas", "retornadas")


def test_exact_looks_for_what_was_typed(backend: SearchBackend) -> None:
    backend.put([document("a", "Personas retornadas")])
    page = backend.search(Query(text="retonradas", exact=True))
    assert (page.total, page.corrected) == (0, None)


def test_a_word_that_some_record_holds_is_never_corrected(backend: SearchBackend) -> None:
    backend.put([document("a", "casas"), *(document(f"b{n}", "cosas") for n in range(5))])
    assert found(backend, "casa") == ["a"]


def test_a_new_word_of_the_catalogue_is_known_at_once(backend: SearchBackend) -> None:
    backend.put([document("a", "retornadas")])
    assert found(backend, "retonradas") == ["a"]
    backend.put([document("b", "retonradas")])
    assert found(backend, "retonradas") == ["b"]


def test_the_title_outweighs_the_context_and_the_context_the_body(backend: SearchBackend) -> None:
    backend.put(
        [
            document("body", "x", body={"es": "remesas"}),
            document("context", "y", context={"es": "remesas"}),
            document("title", "remesas"),
        ]
    )
    assert found(backend, "remesas") == ["title", "context", "body"]


def test_what_is_in_force_comes_before_what_is_like_it_and_closed(backend: SearchBackend) -> None:
    backend.put(
        [
            document("a", "Remesas", facets={"status": ("closed",)}),
            document("b", "Remesas", facets={"status": ("active",)}),
        ]
    )
    assert found(backend, "remesas") == ["b", "a"]


def test_kinds_that_are_asked_for_come_first(backend: SearchBackend) -> None:
    backend.put([document("a", "Remesas", kind="indicator"), document("b", "Remesas enviadas al exterior en dólares")])
    assert found(backend, "remesas") == ["a", "b"]
    assert found(backend, "remesas", kinds_first=("production",)) == ["b", "a"]


# -- facets ---------------------------------------------------------------------------------------------


def _library(number: int = 60) -> Iterable[Document]:
    draw = random.Random(7)
    for n in range(number):
        yield document(
            f"d{n:03}",
            draw.choice(["Censo", "Registro", "Encuesta"]) + " de hogares",
            facets={
                "country": (draw.choice(["HND", "GTM", "SLV"]),),
                "topic": (draw.choice(["a", "b"]),),
                "year": tuple(str(year) for year in range(2000, 2000 + draw.randint(1, 30))),
            },
        )


def test_a_facet_counts_what_it_would_give_if_it_were_chosen(backend: SearchBackend) -> None:
    backend.put(_library())
    query = Query(text="censo", filters={"country": ("HND",), "topic": ("a",)})
    page = backend.search(query)
    for facet in ("country", "topic", "year", "kind"):
        for value, count in page.facets[facet]:
            chosen = backend.search(replace(query, filters={**query.filters, facet: (value,)}))
            assert (facet, value, chosen.total) == (facet, value, count)


def test_several_values_of_a_facet_are_alternatives_and_facets_add_up(backend: SearchBackend) -> None:
    backend.put(_library())
    totals = {
        values: backend.search(Query(filters={"country": values, "topic": ("a",)})).total
        for values in (("HND",), ("GTM",), ("HND", "GTM"))
    }
    assert totals["HND", "GTM"] == totals[("HND",)] + totals[("GTM",)] > 0


def test_a_chosen_value_that_nothing_has_gives_nothing(backend: SearchBackend) -> None:
    backend.put(_library())
    page = backend.search(Query(text="censo", filters={"country": ("XXX",)}))
    assert (page.total, page.hits) == (0, ())
    assert page.facets["country"]


def test_only_the_facets_asked_for_are_counted(backend: SearchBackend) -> None:
    backend.put(_library(5))
    assert backend.search(Query(facets=())).facets == {}
    assert set(backend.search(Query()).facets) == set(FACETS)


def test_facets_follow_a_change(backend: SearchBackend) -> None:
    backend.put([document("a", "Censo", facets={"country": ("HND",)})])
    assert backend.search(Query(text="censo")).facets["country"] == (("HND", 1),)
    backend.put([document("b", "Censo", facets={"country": ("HND",)})])
    assert backend.search(Query(text="censo")).facets["country"] == (("HND", 2),)


# -- order and pages ------------------------------------------------------------------------------------


@pytest.mark.parametrize("sort", ["relevance", "title", "changed"])
@pytest.mark.parametrize("text", ["", "registro administrativo"])
def test_reading_page_by_page_gives_every_hit_once(backend: SearchBackend, sort: str, text: str) -> None:
    backend.put(document(f"r{n}", "Registro administrativo de entradas") for n in range(130))
    read = read_through(backend, Query(text=text, sort=sort, limit=7, facets=()))
    assert (len(read), len(set(read))) == (130, 130)
    whole = backend.search(Query(text=text, sort=sort, limit=100, facets=()))
    assert read[:100] == [hit.id for hit in whole.hits]


def test_titles_are_ordered_to_their_end_in_the_readers_language(backend: SearchBackend) -> None:
    backend.put(
        [
            document("a", "Registro de visas", "Arrivals"),
            document("b", "Registro de asilo", "Zones"),
            document("c", "Álbum"),
        ]
    )
    assert found(backend, "", sort="title", lang="es") == ["c", "b", "a"]
    assert found(backend, "", sort="title", lang="en") == ["c", "a", "b"]


def test_the_newest_change_comes_first(backend: SearchBackend) -> None:
    days = {"a": "2024-01-01", "b": "2024-03-01", "c": "2024-02-01"}
    backend.put(document(name, changed_at=f"{day}T00:00:00+00:00") for name, day in days.items())
    assert found(backend, "", sort="changed") == ["b", "c", "a"]


@pytest.mark.parametrize(
    "query",
    [
        Query(sort="title", after=(1, 2)),
        Query(sort="title", after=(0.5, 1, 2, 3)),
        Query(sort="changed", after=(1, 2, 3)),
        Query(text="censo", after=(1, 2, 3, 4)),
    ],
)
def test_a_place_in_another_list_is_refused(backend: SearchBackend, query: Query) -> None:
    backend.put([document("a", "Censo")])
    with pytest.raises(BadCursor):
        backend.search(query)


def test_an_empty_text_or_one_of_stop_words_lists_all(backend: SearchBackend) -> None:
    backend.put([document("b", "Beta"), document("a", "Alfa")])
    assert found(backend, "") == found(backend, "¿de la en el?") == found(backend, "the of") == ["a", "b"]


# -- what a reader sees ---------------------------------------------------------------------------------


def test_found_words_are_marked_and_everything_else_escaped(backend: SearchBackend) -> None:
    backend.put([document("a", "<b>Censo</b> & censos", body={"es": "El «censo» <script>"})])
    hit = backend.search(Query(text="censo")).hits[0]
    assert hit.title == "&lt;b&gt;<mark>Censo</mark>&lt;/b&gt; &amp; <mark>censos</mark>"
    assert hit.passage == "El «<mark>censo</mark>» &lt;script&gt;"


def test_a_text_that_is_missing_in_the_readers_language_comes_in_the_other(backend: SearchBackend) -> None:
    backend.put([document("a", "Censo", body={"en": "A count of all"})])
    hit = backend.search(Query(text="censo", lang="en")).hits[0]
    assert (hit.title_lang, hit.passage_lang, hit.passage) == ("es", "en", "A count of all")


def test_the_card_comes_back_as_it_was(backend: SearchBackend) -> None:
    card = {"a": [1, None, {"ñ": "«"}], "b": True}
    backend.put([document("a", "Censo", card=card)])
    assert backend.search(Query(text="censo")).hits[0].card == card


def test_suggestions_are_names_whose_words_begin_as_typed(backend: SearchBackend) -> None:
    backend.put(
        [
            document("a", "Población extranjera", "Foreign population"),
            document("b", "Censo de población"),
            document("c", "Censo", body={"es": "población"}),
            document("inec", "Instituto", kind="institution", names=("INEC",)),
        ]
    )
    assert [one.id for one in backend.suggest("pobl", "es")] == ["a", "b"]
    assert [one.id for one in backend.suggest("CEN POB", "es")] == ["b"]
    assert [(one.kind, one.id) for one in backend.suggest("ine", "es")] == [("institution", "inec")]
    assert [one.title for one in backend.suggest("pobl extr", "en")] == ["Foreign population"]


def test_suggestions_are_few_and_grouped_by_kind(backend: SearchBackend) -> None:
    kinds = ("indicator", "production", "institution")
    backend.put(document(f"{kind}{n}", f"Censo {n}", kind=kind) for kind in kinds for n in range(20))
    given_kinds = [one.kind for one in backend.suggest("censo", "es")]
    assert (len(given_kinds), set(given_kinds)) == (8, set(kinds))
    assert given_kinds == sorted(given_kinds, key=given_kinds.index)


@pytest.mark.parametrize("typed", ["", "   ", "***", '"', "a.*", "(", "[", "\\", "x" * 500, "\x00"])
def test_odd_beginnings_suggest_nothing_and_break_nothing(backend: SearchBackend, typed: str) -> None:
    backend.put([document("b", "Beta")])
    assert backend.suggest(typed, "es") == []


# -- hostile texts --------------------------------------------------------------------------------------

HOSTILE = [
    "censo " * 2_000,
    "x" * 10_000,
    '"censo',
    "(((censo",
    "title_es:censo AND (NOT hogares) OR *",
    "censo~2 ^5 [a TO z] {x}",
    "\\ \\\\ / // && || ! -- ++",
    "\x00censo\ud83d\ude00",
    "🙂🙂 censo",
    "ﬁ ½ ² Ⅷ İ ß ǅ 漢字 עברית",
    "'; DROP TABLE x; --",
    "<script>alert(1)</script>",
    " ".join(f"w{n}" for n in range(3_000)),
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_text_gets_an_ordinary_answer(backend: SearchBackend, text: str) -> None:
    backend.put([document("a", "Censo de hogares", body={"es": "ﬁ ½ 漢字"})])
    assert isinstance(backend.search(Query(text=text)), Page)


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(text=st.text(max_size=80), lang=st.sampled_from(["es", "en"]), exact=st.booleans())
def test_any_text_can_be_looked_for(backend: SearchBackend, text: str, lang: str, exact: bool) -> None:
    if not backend.count():
        backend.put([document("a", "Censo de hogares retornados"), document("b", "x", "Household census")])
    page = backend.search(Query(text=text, lang=lang, exact=exact))
    assert 0 <= len(page.hits) <= page.total <= 2
    backend.suggest(text, lang)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(title=st.text(min_size=1, max_size=40), body=st.text(max_size=80))
def test_any_text_can_be_put(backend: SearchBackend, title: str, body: str) -> None:
    version = backend.count() and max(backend.digests().values()) + 1
    backend.put([document("a", title, body={"es": body}, version=version)])
    hit = backend.search(Query()).hits[0]
    assert hit.card["title"]["es"] == title


# -- rebuilding -----------------------------------------------------------------------------------------


def test_a_rebuild_replaces_everything_at_once(backend: SearchBackend) -> None:
    backend.put([document("old", "Censo")])

    def documents() -> Iterable[Document]:
        yield document("new", "Censo")
        assert found(backend, "censo") == ["old"]

    assert backend.rebuild(documents()) == 1
    assert found(backend, "censo") == ["new"]


def test_a_rebuild_that_fails_changes_nothing(backend: SearchBackend) -> None:
    backend.put([document("old", "Censo")])

    def documents() -> Iterable[Document]:
        yield document("new", "Censo")
        raise RuntimeError("the source broke")

    with pytest.raises(RuntimeError):
        backend.rebuild(documents())
    assert found(backend, "censo") == ["old"]
    assert backend.rebuild([document("newer", "Censo")]) == 1
    assert found(backend, "censo") == ["newer"]


def test_digests_tell_what_the_index_holds_and_remove_it(backend: SearchBackend) -> None:
    backend.put([document("a", "Censo", version=4), document("b", "Censo", version=2)])
    digests = backend.digests()
    assert sorted(digests.values()) == [2, 4]
    backend.remove_digests([next(digest for digest, version in digests.items() if version == 4)])
    assert found(backend, "censo") == ["b"]


def test_of_a_facet_with_many_values_those_of_the_most_records_and_the_chosen_one_are_counted(
    backend: SearchBackend,
) -> None:
    common = [document(f"c{n}", facets={"institution": (f"i{n % 40:02}",)}) for n in range(400)]
    rare = [document("rare", facets={"institution": ("zz",)})]
    backend.put([*common, *rare])
    counted = backend.search(Query(facets=("institution",))).facets["institution"]
    assert counted == tuple((f"i{n:02}", 10) for n in range(MOST_VALUES))
    chosen = backend.search(Query(filters={"institution": ("zz",)}, facets=("institution",))).facets["institution"]
    assert dict(chosen)["zz"] == 1
    assert len(chosen) == MOST_VALUES + 1


def test_many_documents_count_their_values_as_few_do(backend: SearchBackend) -> None:
    years = [tuple(str(year) for year in range(2000 + n % 5, 2010 - n % 3)) for n in range(2_500)]
    backend.put(document(f"d{n}", facets={"year": years[n]}) for n in range(2_500))
    expected = Counter(year for some in years for year in some)
    assert dict(backend.search(Query(facets=("year",))).facets["year"]) == expected
    few = backend.search(Query(filters={"year": ("2009",)}, facets=("year", "kind")))
    assert dict(few.facets["year"]) == expected
    assert dict(few.facets["kind"]) == {"production": expected["2009"]}


def test_a_negation_is_a_part_of_its_expression(backend: SearchBackend) -> None:
    backend.put(
        [document("in", "Admitidos en frontera"), document("out", "No admitidos"), document("refused", "Rechazo")]
    )
    assert set(found(backend, "rechazo")) == {"refused", "out"}
    assert set(found(backend, "no admitido")) == {"refused", "out"}
    assert set(found(backend, "admitidos")) == {"in", "out"}
