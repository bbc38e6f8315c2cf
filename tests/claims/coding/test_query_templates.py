"""Every template, and every question made of one, has the form of AHIMA/ACDIS 2022."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given as property_of
from hypothesis import strategies as st

from claims.completeness import COMPLETENESS, EVERY, OF_STAYS, TEMPLATES, Asked, Case, query_of, said_of
from claims.completeness.catalogue import catalogue, ids
from claims.fhir import read_export
from claims.partners import Hospital, Partners
from claims.queries import OTHERWISE, Template, choice
from schemas.events.chart import ChartCompleted, Statement
from schemas.events.coded import Query
from tests.claims.coding.builders import at
from tests.claims.coding.given_stays import coded, given, holding, measured, operated, worded

ROOT: Final = Path(__file__).parents[3]
CLINICAL: Final = tuple(template for template in TEMPLATES if template.kind != "task")
_IDS: Final = [template.id for template in CLINICAL]

# Words that tell a clinician what an answer is worth.
MONEY: Final = re.compile(
    r"\b(?:pay\w*|paid|bill\w*|reimburs\w*|revenue|charge\w*|cost\w*|price\w*|claims?|insur\w*|cover(?:ed|age)|denial|"
    r"denied|severity|quality|drg|cc|mcc|weight\w*|risk adjust\w*|profile|score\w*|audit\w*|metrics?|compliance)\b"
)
# Words that push.
LEADING: Final = re.compile(
    r"\b(?:agree|confirm(?! )|please add the diagnosis|should|must|needs? to|would you|isn't it)\b"
)
# What a question may name, and what in the record lets it: the beginnings of a code, or words.
NAMES: Final[Mapping[str, tuple[tuple[str, ...], str]]] = {
    "heart failure": (("I50",), "heart failure"),
    "kidney disease": (("N18",), "kidney disease|ckd"),
    "diabetes": (("E08", "E09", "E10", "E11", "E13"), "diabet"),
    "anemia": (("D64", "D50"), "anemia"),
    "fracture": (("S", "M80", "M84"), "fractur"),
    "sepsis": (("A40", "A41"), "sepsis"),
    "injury": (("S", "T"), "injur"),
    "tobacco": (("F17", "Z72"), "tobacco|nicotine|smok|alcohol"),
    "alcohol": (("F10",), "alcohol|tobacco"),
    "neoplasm": (("C",), "neoplasm"),
    "chemotherapy": ((), "chemotherapy"),
    "debridement": ((), "debridement"),
}
# Conditions no question may ever name: it would be the first to say so.
NEVER: Final = re.compile(
    r"\b(?:septic|shock|respiratory failure|hypox\w*|malnutrition|encephalopathy|pneumonia|infarction|embol\w+|"
    r"acidosis|acute kidney|ulcer|ileus|obes\w+|delirium|coagulopathy)\b"
)


def words_of(query: Query) -> str:
    return " ".join((query.question, *query.options)).casefold()


@pytest.mark.parametrize("template", CLINICAL, ids=_IDS)
def test_no_question_to_a_clinician_speaks_of_payment_or_pushes(template: Template) -> None:
    words = " ".join((template.gap, template.ask, *template.options)).casefold()

    assert not MONEY.search(words)
    assert not LEADING.search(words)
    assert not NEVER.search(words)


@pytest.mark.parametrize("template", CLINICAL, ids=_IDS)
def test_a_question_to_a_clinician_is_a_constant_that_leaves_the_judgment_to_him(template: Template) -> None:
    assert "{" not in template.ask
    assert "clinical judgment" in template.ask
    assert template.kind == "open" or "quoted here" in template.ask or "listed here" in template.ask


@pytest.mark.parametrize("template", CLINICAL, ids=_IDS)
def test_a_list_of_options_has_a_way_out_and_an_open_question_has_none(template: Template) -> None:
    if template.kind == "open":
        assert template.options == ()
    else:
        assert template.options[-2:] == OTHERWISE
        assert len(template.options) >= 4
        assert len(set(template.options)) == len(template.options)


@pytest.mark.parametrize("template", CLINICAL, ids=_IDS)
def test_yes_and_no_are_offered_only_where_the_practice_brief_allows_it(template: Template) -> None:
    assert (template.kind == "yes-no") == (template.allows is not None)
    assert ("Yes" in template.options) == (template.kind == "yes-no")
    if template.allows is not None:
        assert template.options == ("Yes", "No", *OTHERWISE)


def test_a_task_is_no_query_and_offers_nothing() -> None:
    tasks = [template for template in TEMPLATES if template.kind == "task"]

    assert all(not template.options and template.allows is None for template in tasks)
    assert {t.to for t in tasks} == {"registration", "author", "attending", "department", "pharmacy", "operating-room"}


def test_ids_and_topics_name_one_question_each() -> None:
    assert len({template.id for template in TEMPLATES}) == len({template.topic for template in TEMPLATES})
    assert len({template.topic for template in TEMPLATES}) == len(TEMPLATES)


# What a query is found again by: an answer in a hospital's system names it for years.
TOPICS = {
    "patient-name", "birth-date", "coverage", "unknown-payer", "subscriber", "guarantor", "work-injury",
    "encounter-start", "encounter-end", "attending", "npi-attending", "npi-rendering", "discharge-status",
    "assignment-of-benefits", "release-of-information", "provider-accepts-assignment", "release-refused",
    "restricted-item", "unsigned", "discharge-summary", "unsigned-summary", "operative-report",
    "unsigned-operative-report", "admission-order", "order", "dose", "waste", "device",
    "no-diagnosis", "symptom-treated", "drug-without-diagnosis", "breathing-support", "fracture",
    "fracture-healing", "injury", "diabetes-type", "diabetes-link", "heart-failure-acuity",
    "heart-failure-type", "kidney-stage", "anemia-cause", "substance", "probable", "conflict",
    "present-on-admission", "present-on-admission-insufficient", "sepsis-organ", "complication", "pcs-approach",
    "pcs-device", "pcs-depth", "pcs-root", "validity", "side", "author",
}  # fmt: skip


def test_a_topic_never_changes_its_name() -> None:
    assert {template.topic for template in TEMPLATES} == TOPICS


def test_each_question_is_asked_by_the_rule_that_names_it() -> None:
    named = [name for rule in COMPLETENESS for name in ids(rule)]

    assert sorted([*named, "Q-SIDE", "Q-AUTHOR"]) == sorted(template.id for template in TEMPLATES)
    assert set(EVERY).isdisjoint(OF_STAYS)


def test_each_rule_says_its_source_and_whether_a_chart_waits() -> None:
    for entry in catalogue():
        if entry.template.kind != "task":
            assert re.search(r"OCG|ICD-10|AHIMA|42 CFR", f"{entry.rule} {entry.template.source}")
        if not entry.template.holds:
            assert "no hold" in entry.rule.casefold()
        elif entry.template.kind != "task":
            assert re.search(r"[Hh]olds the chart|chart is held", entry.rule)


def assert_compliant(query: Query, template: Template, record: str, codes: frozenset[str]) -> None:
    """The form of one question as a clinician reads it, against what its record says."""
    words = words_of(query)
    assert (query.kind, query.to, query.topic) == (template.kind, template.to, template.topic)
    assert query.due is not None
    assert not MONEY.search(words)
    assert not NEVER.search(words)
    assert query.indicators or query.topic == "no-diagnosis"
    assert all(indicator.text and indicator.source for indicator in query.indicators)
    assert all(indicator.date for indicator in query.indicators)
    assert set(query.options) <= set(template.options)
    assert query.options[-2:] == (OTHERWISE if query.options else ())
    for name, (prefixes, said) in NAMES.items():
        if re.search(rf"\b{name}\b", words):
            assert re.search(said, record) or any(code.startswith(prefixes) for code in codes if prefixes), query.topic


def assert_all_compliant(chart: ChartCompleted, hospital: Hospital, payers: Any) -> None:
    case = Case(chart, hospital, payers)
    record = " ".join(s.text or "" for s in chart.statements).casefold().replace("_", " ")
    codes = frozenset(coding.code.replace(".", "") for s in chart.statements for coding in s.codings)
    seen = set()
    for said in said_of(case):
        if isinstance(said, Asked) and said.template.kind != "task":
            query = query_of(case, said)
            assert_compliant(query, said.template, record, codes)
            assert query.id not in seen
            seen.add(query.id)


POOL: Final = (
    coded("I50.9", "CHF"), coded("I50.20"), worded("Heart failure"), coded("N18.9"), worded("Chronic kidney disease"),
    coded("D64.9", "Anemia"), worded("Anemia"), coded("E11.9"), coded("E10.9", documented_by="operating"),
    worded("Diabetes"), coded("S72.0", "Hip fracture"), worded("Fracture of wrist"), coded("S93.401A"), coded("A41.9"),
    coded("N17.9", present_on_admission=None, documented_by="attending", documented_at=at(5)), coded("J96.01"),
    coded("I10", present_on_admission="U"), worded("Postoperative ileus"), worded("Alcohol use"), coded("R07.9"),
    worded("Pneumonia", certainty="suspected", documented_by="attending", documented_at=at(3)),
    worded("Pneumonia", certainty="ruled-out", documented_by="operating", documented_at=at(5)),
    worded("Pneumonia", documented_by="attending", documented_at=at(4)), coded("I21.4"), coded("C50.919"), coded("D62"),
    worded("Effusion", laterality="left", documented_by="attending"),
    worded("Effusion", laterality="right", documented_by="supervising"),
    given("Furosemide"), given("Donepezil"), given("Ferrous sulfate"), given("Levothyroxine"), given("Ceftriaxone"),
    measured("BNP", "42637-9"), measured("Creatinine"), measured("Lactate"), measured("ABG"), measured("Ferritin"),
    measured("Troponin_I", "10839-9"), measured("Glucose", result_present=False), operated("Transfusion", "30233N1"),
    operated("chemotherapy_administration"), operated("BiPAP"), operated("Debridement"), operated("hip_fixation"),
    operated("Appendectomy"), operated("Resection of appendix", "0DTJ4ZZ"), worded("Respiratory distress"),
)  # fmt: skip
CLASSES: Final = st.sampled_from(["inpatient", "ambulatory", "emergency", "observation"])


@property_of(statements=st.lists(st.sampled_from(POOL), max_size=14), kind=CLASSES)
def test_whatever_a_record_holds_its_questions_are_compliant(
    partners: Partners, statements: list[Statement], kind: str
) -> None:
    stay = holding(_stay(), *statements)
    chart = stay.model_copy(update={"encounter": stay.encounter.model_copy(update={"encounter_class": kind})})

    assert_all_compliant(chart, partners.hospital("mercy-general"), partners.payers.keys())


def _stay() -> ChartCompleted:
    """The emptiest chart with days."""
    return ChartCompleted.model_validate(
        {
            "event_id": "e",
            "occurred_at": at(7),
            "producer": "mercy-general",
            "hospital": "mercy-general",
            "chart_id": "c",
            "version": 1,
            "account_number": "a",
            "patient": {"mrn": "m"},
            "encounter": {"id": "v", "encounter_class": "inpatient", "start": at(3), "end": at(6)},
        }
    )


def examples(partners: Partners) -> list[ChartCompleted]:
    """The committed example charts of all hospitals."""
    found: list[ChartCompleted] = []
    for name, hospital in partners.hospitals.items():
        for folder in (ROOT / "charts" / name, ROOT / "charts/handmade" / name):
            files = [(path.name, path.read_text(encoding="utf-8")) for path in sorted(folder.iterdir())]
            found += [r for r in read_export(files, hospital, partners.payers) if isinstance(r, ChartCompleted)]
    return found


@pytest.fixture(scope="module")
def read_charts(partners: Partners) -> list[ChartCompleted]:
    return examples(partners)


def test_the_questions_of_the_example_charts_are_compliant(
    read_charts: list[ChartCompleted], partners: Partners
) -> None:
    for chart in read_charts:
        assert_all_compliant(chart, partners.hospital(chart.hospital), partners.payers.keys())


def test_no_clinical_rule_asks_about_more_than_one_example_in_twenty(
    read_charts: list[ChartCompleted], partners: Partners
) -> None:
    asked: dict[str, int] = {}
    for chart in read_charts:
        case = Case(chart, partners.hospital(chart.hospital), partners.payers.keys())
        for topic in {said.template.topic for said in said_of(case) if isinstance(said, Asked)}:
            asked[topic] = asked.get(topic, 0) + 1

    assert len(read_charts) == 253
    assert all(asked.get(template.topic, 0) <= 253 / 20 for template in CLINICAL)


def test_a_query_is_due_on_the_hospitals_calendar_from_the_day_of_receipt(
    inpatient: ChartCompleted, mercy: Hospital, partners: Partners
) -> None:
    late = holding(inpatient, coded("A41.9"), coded("N17.9"), received_at=at(13, 3))  # 23:00 of the 12th in New York
    case = Case(late, mercy, partners.payers.keys())

    due = {query_of(case, said).due for said in said_of(case) if isinstance(said, Asked) and said.template.holds}

    assert due == {date(2026, 3, 12) + timedelta(days=7)}


def test_who_asks_by_hand_names_his_topic(inpatient: ChartCompleted) -> None:
    assert choice(inpatient, "provider", "side", "Which?", OTHERWISE).topic == "side"
