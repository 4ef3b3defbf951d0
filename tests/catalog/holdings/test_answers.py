"""The direct answer: who holds what, from records alone; silence is not a finding."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from catalog.models import Country, Figure, Institution, Production
from search.answers import Answer, Line, Understood
from search.backend import Query
from tests import factories
from tests.catalog.holdings.asking import Asking
from tests.conftest import open_database

NOT_SAID = "nadie lo tiene"


@pytest.fixture(scope="module")
def regional(regional_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asking]:
    """The region's own catalogue, only read."""
    folder = tmp_path_factory.mktemp("asked")
    engine = open_database(Path(shutil.copy(regional_template, folder / "a.db")))
    yield Asking(engine, folder / "index")
    engine.dispose()


@pytest.fixture
def asking(regional_engine: sa.Engine, tmp_path: Path) -> Asking:
    """The region's own catalogue, to change at will."""
    return Asking(regional_engine, tmp_path / "index")


def holders(answer: Answer | None) -> list[str]:
    assert answer is not None
    return [line.records[0][1] for line in answer.lines]


def spanish(answer: Answer | None) -> str:
    """All that an answer says in Spanish."""
    assert answer is not None
    texts = [answer.title, *(line.text for line in answer.lines), *answer.closing]
    return "\n".join(text["es"] for text in texts)


def line_of(answer: Answer | None, institution: str) -> Line:
    assert answer is not None
    return next(line for line in answer.lines if line.records[0][1] == institution)


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("¿quién tiene datos de niñez migrante retornada en Honduras?", "es"),
        ("quien tiene datos de ninez retornada en honduras", "es"),
        ("niñez retornada Honduras", "es"),
        ("who holds data on returned children in Honduras?", "en"),
        ("who has figures on returned minors in HND", "en"),
    ],
)
def test_the_holder_comes_first_however_one_asks(regional, text, lang):
    assert holders(regional(text, lang))[0] == "hnd-senaf"


def test_a_line_says_who_what_how_often_since_when_and_the_latest_figure_with_its_source(regional):
    line = line_of(regional("¿quién tiene datos de niñez retornada en Honduras?"), "hnd-senaf")
    assert line.text["es"] == (
        "SENAF, Secretaría de Niñez, Adolescencia y Familia: NNA retornados atendidos, irregular, 2014–2026. "
        "Última cifra vista: 5\u202f530, 1 ene 2024 – 6 ago 2024."
    )
    assert line.text["en"].endswith("Latest figure seen: 5,530, 1 Jan 2024 – 6 Aug 2024.")
    assert [source.split("/")[2] for source in line.sources] == ["redcoiproden.org"]


def test_every_line_leads_to_records_that_exist(regional):
    kinds = {"institution": Institution, "production": Production, "country": Country}
    answer = regional("remesas Jamaica y Guyana")
    assert answer is not None
    assert answer.lines
    with Session(regional.engine) as session:
        for line in answer.lines:
            assert {kind for kind, _, _ in line.records} >= {"institution", "production"}
            assert all(session.get(kinds[kind], identifier) for kind, identifier, _ in line.records)


def test_the_closed_predecessor_is_told_on_both_lines(regional):
    answer = regional("¿quién tiene datos de niñez retornada en Honduras?")
    assert line_of(answer, "hnd-senaf").notes[0]["es"] == "Sucede a DINAF, que tuvo este dato hasta su cierre."
    assert line_of(answer, "hnd-dinaf").notes[0]["es"] == "Cerrada; sus tareas pasaron a SENAF."


def test_the_answer_ends_with_what_is_not_recorded_besides(regional):
    answer = regional("niñez retornada Honduras")
    assert answer is not None
    assert answer.closing[-1] == {
        "es": "No consta en este registro ninguna otra institución de Honduras con este indicador.",
        "en": "This registry records no other institution of Honduras with this indicator.",
    }


def test_silence_is_told_in_the_words_of_the_contract(regional):
    answer = regional("costo de contratación Honduras")
    assert answer is not None
    assert answer.lines == ()
    assert [dict(text) for text in answer.closing] == [
        {
            "es": "No consta en este registro ninguna institución de Honduras que tenga «Costo de contratación del "
            "trabajador migrante». No quiere decir que nadie lo tenga: nadie nos lo ha dicho todavía.",
            "en": "This registry records no institution in Honduras that holds “Recruitment cost”. "
            "It does not mean that nobody has it: nobody has told us yet.",
        }
    ]


def test_no_answer_of_the_judged_questions_says_that_nobody_has_it(regional):
    asked = [
        one["query"]
        for half in ("tuning", "held_out")
        for one in json.loads((Path("tests/data/relevance") / f"{half}.json").read_text(encoding="utf-8"))
    ]
    given = [answer for text in asked if (answer := regional(text))]
    assert len(given) > 50
    assert not [spanish(answer) for answer in given if NOT_SAID in spanish(answer).lower()]


def test_a_confirmed_absence_is_told_with_who_said_so_when_and_its_source(asking):
    with Session(asking.engine.execution_options(acervo_write=True)) as session:
        factories.absence(
            session,
            indicator_id="costo-contratacion",
            country_id="HND",
            said_by_id="hnd-ine",
            said_on=date(2026, 10, 9),
        )
        session.commit()
    answer = asking("¿quién tiene el costo de contratación en Honduras?")
    assert answer is not None
    (line,) = answer.lines
    assert line.text == {
        "es": "Nadie lo tiene, según INE (9 oct 2026).",
        "en": "Nobody holds it, says INE (9 Oct 2026).",
    }
    assert [(kind, identifier) for kind, identifier, _ in line.records] == [("institution", "hnd-ine")]
    assert line.sources == ("https://example.org/source",)
    assert answer.closing == ()


def test_an_absence_is_not_told_where_somebody_holds_it(asking):
    with Session(asking.engine.execution_options(acervo_write=True)) as session:
        factories.absence(session, indicator_id="nna-retornados", country_id="HND", said_by_id="hnd-ine")
        session.commit()
    assert NOT_SAID not in spanish(asking("niñez retornada Honduras")).lower()


def test_what_is_unconfirmed_says_so(regional):
    answer = regional("remesas Surinam")
    assert line_of(answer, "sur-cbvs").unconfirmed


def test_two_countries_are_answered_together_and_each_has_its_closing(regional):
    answer = regional("niñez retornada en Honduras y Guatemala")
    assert answer is not None
    assert {one[:3] for one in holders(answer)} == {"hnd", "gtm"}
    assert holders(answer)[0][:3] == "hnd"
    assert ["Honduras" in text["es"] for text in answer.closing] == [True, False]
    assert "(Guatemala)" in line_of(answer, "gtm-igm").text["es"]


def test_a_country_that_the_reader_chose_counts_like_one_that_was_typed(regional):
    assert holders(regional("niñez retornada", country=("HND",)))[0] == "hnd-senaf"


def test_an_unconfirmed_figure_is_never_told(asking):
    with Session(asking.engine.execution_options(acervo_write=True)) as session:
        session.execute(
            sa.update(Figure).where(Figure.production_id == "hnd-senaf--nna-retornados").values(checked=False)
        )
        session.commit()
    line = line_of(asking("niñez retornada Honduras"), "hnd-senaf")
    assert "Última cifra" not in line.text["es"]
    assert line.sources == ()


def test_an_amount_of_money_has_its_unit(regional):
    assert "millones de USD" in line_of(regional("remesas Guatemala"), "gtm-banguat").text["es"]


@pytest.mark.parametrize(
    ("text", "topic"),
    [("remesas Jamaica", "Remesas"), ("refugiados Guatemala", "Asilo y refugio"), ("retornados Honduras", "Retorno")],
)
def test_a_word_for_a_whole_topic_is_answered_for_the_topic(regional, text, topic):
    answer = regional(text)
    assert answer is not None
    assert f"«{topic}" in answer.title["es"]
    assert answer.lines


def test_an_indicator_that_is_named_outright_is_alone_meant(regional):
    answer = regional("salidas registradas Panamá")
    assert answer is not None
    assert answer.about["indicator"] == ("salidas-registradas",)


@pytest.mark.parametrize("text", ["¿qué tiene CONMIGHO?", "CONMIGHO", "what does CONMIGHO hold?", "conmigho"])
def test_an_institution_is_answered_with_what_it_holds(regional, text):
    assert set(holders(regional(text))) == {"hnd-conmigho"}


def test_an_acronym_that_several_institutions_share_is_answered_for_each(regional):
    assert set(holders(regional("¿qué tiene el INM?"))) >= {"hnd-inm", "mex-inm"}
    assert set(holders(regional("¿qué tiene el INM de Honduras?"))) == {"hnd-inm"}


def test_an_institution_and_an_indicator_give_what_it_holds_of_that(regional):
    answer = regional("¿tiene el INM datos de nacionales retornados?")
    assert answer is not None
    assert answer.title["es"] == "¿Qué tiene INM sobre «Nacionales retornados recibidos»?"
    assert set(holders(answer)) == {"hnd-inm"}


def test_an_institution_without_productions_is_told_as_silence(regional):
    with Session(regional.engine) as session:
        held = sa.select(Production.institution_id)
        silent = session.scalar(
            sa.select(Institution).where(Institution.id.not_in(held), Institution.acronym == "SIAP")
        )
    assert silent is not None
    answer = regional("¿qué tiene SIAP?")
    assert answer is not None
    assert answer.lines == ()
    assert "No quiere decir que no la tenga" in answer.closing[0]["es"]


@pytest.mark.parametrize("text", ["retornados por sexo", "returned nationals by sex", "nacionales retornados por sexo"])
def test_a_breakdown_lists_the_productions_that_were_seen_to_have_it(regional, text):
    answer = regional(text)
    assert answer is not None
    with Session(regional.engine) as session:
        for line in answer.lines:
            production = session.get(Production, line.records[-1][1])
            assert production is not None
            assert "sex" in (production.disaggregations or ())
    assert "sexo" in answer.lines[0].notes[-1]["es"]


def test_an_unknown_breakdown_is_said_to_be_unknown(regional):
    answer = regional("nacionales retornados por sexo en México")
    assert answer is not None
    assert answer.lines == ()
    assert answer.closing[0]["es"] == "En ninguna producción registrada se vio este desglose."
    assert "no consta si" in answer.closing[1]["es"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Honduras",
        "datos",
        "¿quién tiene?",
        "¿?",
        "who has data",
        "xyzzy plugh",
        "retornados",
        '"',
        "a AND (b",
        "ONE",
    ],
)
def test_what_is_no_clear_question_has_no_answer_but_an_institutions_name(regional, text: str):
    answer = regional(text)
    assert answer is None or (text == "ONE" and set(holders(answer)) == {"dom-one"})


def test_a_filter_besides_country_and_kind_leaves_the_answer_out(regional):
    assert regional("niñez retornada Honduras", year=("2020",)) is None


def test_more_than_four_countries_are_no_question(regional):
    assert regional("remesas", country=("HND", "GTM", "SLV", "MEX", "CRI")) is None


def test_the_south_is_no_country(regional):
    assert regional.understand("frontera sur entradas").filters == ()
    assert [one.value for one in regional.understand("entradas SUR").filters] == ["SUR"]


def test_a_country_alone_is_looked_for_like_any_word(regional):
    assert regional.understand("Honduras") == Understood("Honduras")


def test_a_name_that_is_recorded_later_is_understood(asking, monkeypatch):
    from catalog.database import now
    from catalog.holdings import answers
    from catalog.models import ChangeSet

    monkeypatch.setattr(answers, "_FRESH_SECONDS", 0.0)
    assert asking.understand("remesas Barbados").filters == ()
    with Session(asking.engine.execution_options(acervo_write=True)) as session:
        factories.country(session, "BRB", name_es="Barbados", name_en="Barbados")
        session.add(ChangeSet(recorded_at=now(), origin="edit", records=1))
        session.commit()
    assert [one.value for one in asking.understand("remesas Barbados").filters] == ["BRB"]


def test_an_answer_takes_a_number_of_queries_that_depends_on_the_question_alone(regional):
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: Sequence[object]) -> None:
        sent.append(statement)

    regional("remesas Jamaica")
    sa.event.listen(regional.engine, "before_cursor_execute", note)
    regional("remesas Jamaica")
    sa.event.remove(regional.engine, "before_cursor_execute", note)
    assert len([one for one in sent if one.startswith("SELECT")]) <= 12


def test_an_empty_catalogue_has_no_answers(engine, tmp_path):
    assert Asking(engine, tmp_path / "index")("¿quién tiene remesas en Honduras?") is None


def test_a_misspelled_country_is_understood_from_the_corrected_words(regional):
    answer = regional.answers.answer(Understood("niñez retornada en Honduras", (), True), {}, "es")
    assert holders(answer)[0] == "hnd-senaf"


def test_an_institution_whose_name_holds_a_country_is_answered(regional):
    assert set(holders(regional("¿qué tiene el Banco Central de Honduras?"))) == {"hnd-bch"}
    assert set(holders(regional("Bank of Jamaica"))) == {"jam-boj"}


def test_of_two_holders_the_one_seen_last_comes_first(regional):
    assert holders(regional("residencias otorgadas en Panamá")) == ["pan-snm", "pan-inec"]


def test_a_text_that_is_missing_in_a_language_names_the_one_it_is_given_in(asking):
    with Session(asking.engine.execution_options(acervo_write=True)) as session:
        production = session.get(Production, "hnd-senaf--nna-retornados")
        assert production is not None
        production.title_en = None
        session.commit()
    line = line_of(asking("niñez retornada Honduras"), "hnd-senaf")
    (title,) = [part for part in line.parts if part.record and part.record[0] == "production"]
    assert title.text == {"es": "NNA retornados atendidos", "en": "NNA retornados atendidos"}
    assert title.spoken == {"en": "es"}


@pytest.mark.parametrize("text", ["Retorno y deportación", "retorno y deportacion", "Return and deportation"])
def test_whoever_names_a_topic_sees_its_indicators_first(regional: Asking, text: str) -> None:
    assert regional.understand(text).kinds == ("indicator",)


@pytest.mark.parametrize("text", ["retorno", "retorno y deportación 2020", "retorno y deportación en Honduras"])
def test_more_or_less_than_a_topic_is_none(regional: Asking, text: str) -> None:
    assert regional.understand(text).kinds != ("indicator",)


@pytest.mark.parametrize(
    "text",
    [
        "¿quién mide las remesas recibidas en Honduras?",
        "¿quién recopila las remesas recibidas en Honduras?",
        "who compiles remittances received in Honduras?",
    ],
)
def test_the_verb_of_a_question_asks_for_nothing(regional: Asking, text: str) -> None:
    assert holders(regional(text)) == holders(regional("¿quién tiene las remesas recibidas en Honduras?")) != []


def test_where_lines_were_left_out_nothing_is_said_of_others(regional: Asking) -> None:
    answer = regional("¿Quién tiene retornados en Honduras, Guatemala, México y El Salvador?")
    assert answer
    told = [text["en"] for text in answer.closing]
    assert told[-1] == "There are more below."
    assert not any(country in text for country in ("Honduras", "Guatemala", "Mexico") for text in told)


@pytest.mark.parametrize("text", ["mujeres migrantes honduras", "visa Honduras", "cubanos en Panamá"])
def test_words_of_the_field_are_not_corrected_to_others(regional: Asking, text: str) -> None:
    assert regional.backend.search(Query(text=text)).corrected is None
