"""Each clinical rule: what it asks about, and what it must leave alone."""

from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, NamedTuple

import pytest

from claims.completeness import TEMPLATES, Asked, Case, answers, incompleteness, said_of
from claims.partners import Hospital, Partners, RuleSetting
from claims.queries import OTHERWISE, query_id
from schemas.events.chart import Cause, ChartCompleted, QueryAnswer, Statement
from schemas.events.coded import Finding, Query
from schemas.events.people import Provider
from tests.claims.coding.builders import at
from tests.claims.coding.given_stays import coded, given, holding, measured, operated, worded

Asking = Callable[[ChartCompleted], tuple[Finding | Query, ...]]
MODES = {template.topic: template.mode for template in TEMPLATES}
BECOMES = {"on": {Query}, "warn": {Finding}, "off": set()}
IDS = {template.id: template.topic for template in TEMPLATES}


@pytest.fixture
def asking(mercy: Hospital, partners: Partners) -> Asking:
    return lambda chart: incompleteness(Case(chart, mercy, partners.payers.keys()))


@pytest.fixture
def asked_of(mercy: Hospital, partners: Partners) -> Callable[[ChartCompleted], set[str]]:
    """The topics of all questions, whatever becomes of them."""

    def topics_of(chart: ChartCompleted) -> set[str]:
        said = said_of(Case(chart, mercy, partners.payers.keys()))
        return {thing.template.topic for thing in said if isinstance(thing, Asked)}

    return topics_of


def topics(said: tuple[Finding | Query, ...]) -> set[str | None]:
    return {thing.topic if isinstance(thing, Query) else IDS.get(thing.rule, thing.rule) for thing in said}


class Row(NamedTuple):
    topic: str
    why: str
    statements: tuple[Statement, ...]
    fields: Mapping[str, Any] = MappingProxyType({})
    outpatient: bool = False


def attending(day: int) -> dict[str, Any]:
    return {"documented_by": "attending", "documented_at": at(day)}


def surgeon(day: int) -> dict[str, Any]:
    return {"documented_by": "operating", "documented_at": at(day)}


FURNISHED = (given("Furosemide"), measured("BNP", "42637-9"))
SURGEON = (Provider(role="attending", local_id="DR-IM-001"), Provider(role="operating", local_id="DR-SURG-001"))

ASKED = [
    Row("fracture", "in words, nothing said of its encounter", (worded("Fracture of wrist"),)),
    Row("fracture", "a code without its seventh character", (coded("S72.0", "Hip fracture"),)),
    Row(
        "fracture", "of an outpatient too: his code lacks it as well", (worded("Fractured clavicle"),), outpatient=True
    ),
    Row("fracture-healing", "of a brittle bone", (coded("M80.08"),)),
    Row("fracture-healing", "of a brittle bone, in words", (worded("Osteoporotic fracture of the hip"),)),
    Row("injury", "a sprain without any cause", (coded("S93.401A"),), outpatient=True),
    Row("injury", "a burn", (coded("T23.001A"),)),
    Row("diabetes-type", "in words without a type", (worded("Diabetes mellitus"),), outpatient=True),
    Row("diabetes-link", "kidney disease beside diabetes", (coded("E11.9"), coded("N18.4"))),
    Row("heart-failure-acuity", "unspecified and treated", (coded("I50.9"), *FURNISHED)),
    Row("heart-failure-type", "unspecified and treated", (coded("I50.9"), *FURNISHED)),
    Row("heart-failure-type", "in words", (worded("Acute heart failure"), *FURNISHED)),
    Row("heart-failure-acuity", "the type alone is known", (coded("I50.20"), *FURNISHED)),
    Row("kidney-stage", "unspecified and measured", (coded("N18.9"), measured("Creatinine", "2160-0"))),
    Row("anemia-cause", "unspecified, blood was given", (coded("D64.9"), operated("Transfusion", "30233N1"))),
    Row("substance", "alcohol in words", (worded("Alcohol use"),), outpatient=True),
    Row("symptom-treated", "only a symptom, and one drug for one thing", (coded("R53.83"), given("Levothyroxine"))),
    Row("drug-without-diagnosis", "a drug for nothing documented", (coded("I10"), given("Donepezil"))),
    Row(
        "breathing-support",
        "support and blood gases without a condition",
        (coded("J18.9"), operated("BiPAP"), measured("ABG", "24338-6")),
    ),
    Row(
        "probable",
        "suspected on the first day, never again",
        (worded("Pneumonia", certainty="suspected", **attending(3)),),
    ),
    Row(
        "conflict",
        "the surgeon confirms what the attending ruled out before",
        (coded("I26.99", certainty="ruled-out", **attending(4)), coded("I26.99", **surgeon(5))),
    ),
    Row(
        "conflict",
        "left and right",
        (
            worded("Pleural effusion", laterality="left", **attending(4)),
            worded("Pleural effusion", laterality="right", **surgeon(5)),
        ),
    ),
    Row(
        "probable",
        "the day before the last",
        (worded("Pneumonia", certainty="suspected", **attending(5)),),
    ),
    Row("conflict", "type 1 and type 2", (coded("E11.9", **attending(4)), coded("E10.9", **surgeon(5)))),
    Row(
        "present-on-admission",
        "documented two days after the admission",
        (coded("N17.9", present_on_admission=None, **attending(5)), measured("Creatinine", "2160-0")),
    ),
    Row(
        "present-on-admission",
        "after midnight of the next day in New York",
        (coded("I10", present_on_admission=None, documented_by="attending", documented_at=at(4, 5)),),
    ),
    Row("present-on-admission-insufficient", "said to be insufficient", (coded("I10", present_on_admission="U"),)),
    Row(
        "sepsis-organ",
        "sepsis and kidney failure, no relation",
        (coded("A41.9"), coded("N17.9"), measured("Lactate", "2524-7"), measured("Creatinine", "2160-0")),
    ),
    Row("complication", "put after surgery in words", (coded("K56.7", "Postoperative ileus"),)),
    Row("validity", "heart attack without a troponin", (coded("I21.4"), measured("Glucose", "2345-7"))),
    Row("pcs-approach", "more than one way to do it", (coded("K35.80"), operated("Appendectomy"))),
    Row("pcs-device", "a fixation with nothing named", (coded("S72.001A"), operated("hip_fixation"))),
    Row("pcs-depth", "how deep", (coded("L02.91"), operated("Excisional debridement of the foot"))),
    Row("pcs-root", "how", (coded("L02.91"), operated("Debridement to the bone"))),
]

LEFT_ALONE = [
    Row("fracture", "a complete code", (coded("S72.001A"),)),
    Row("fracture", "the same bone has a complete code", (coded("S72.001A"), coded("S72.0"))),
    Row("fracture", "the episode is documented", (worded("Fracture of wrist", episode="subsequent"),)),
    Row("fracture", "there is none", (worded("Osteoporosis without fracture"),)),
    Row("fracture", "it was, and is healed", (worded("Old healed fracture of wrist"),)),
    Row("fracture-healing", "an injury broke it", (worded("Fracture of wrist"),)),
    Row("fracture", "no injury broke it", (coded("M84.30"),)),
    Row("injury", "the cause is coded", (coded("S93.401A"), coded("W19.XXXA")), outpatient=True),
    Row("injury", "the accident is known", (coded("S93.401A"),), {"causes": (Cause(kind="auto"),)}, outpatient=True),
    Row("injury", "no longer under active treatment", (coded("S93.401D"),), outpatient=True),
    Row("injury", "poisoning has its cause in its code", (coded("T39.011A"),), outpatient=True),
    Row("diabetes-type", "the type is said", (worded("Diabetes mellitus type 2"),)),
    Row("diabetes-type", "it is coded elsewhere in the chart", (worded("Diabetes"), coded("E11.9"))),
    Row("diabetes-type", "a relative's", (worded("Diabetes", whose="family"),)),
    Row("diabetes-type", "not diabetes yet", (worded("Risk of diabetes"),)),
    Row("diabetes-link", "its cause is documented", (coded("E11.9"), coded("N18.4", due_to="s-3"), coded("I10"))),
    Row("diabetes-link", "already linked", (coded("E11.22"), coded("N18.4"))),
    Row("diabetes-link", "an outpatient's list", (coded("E11.9"), coded("N18.4")), outpatient=True),
    Row("heart-failure-acuity", "fully specified", (coded("I50.23"), *FURNISHED)),
    Row("heart-failure-type", "specified in another entry", (coded("I50.9"), coded("I50.33"), *FURNISHED)),
    Row("heart-failure-type", "nothing was done for it", (coded("I50.9"),)),
    Row("heart-failure-acuity", "said in words", (worded("Chronic diastolic heart failure"), *FURNISHED)),
    Row("heart-failure-type", "an outpatient", (coded("I50.9"), *FURNISHED), outpatient=True),
    Row("heart-failure-type", "ordered, without a result", (coded("I50.9"), measured("BNP", result_present=False))),
    Row("kidney-stage", "staged", (coded("N18.4"), measured("Creatinine", "2160-0"))),
    Row("kidney-stage", "staged in words", (worded("CKD stage 3b"), measured("Creatinine", "2160-0"))),
    Row("kidney-stage", "not measured", (coded("N18.9"),)),
    Row(
        "anemia-cause",
        "the cause is coded",
        (coded("D62"), operated("Transfusion", "30233N1"), measured("Hb", "718-7")),
    ),
    Row("anemia-cause", "nothing points to a cause", (coded("D64.9"), measured("Hb", "718-7"))),
    Row("substance", "dependence is said", (worded("Alcohol dependence"),)),
    Row("substance", "coded", (worded("Alcohol use"), coded("F10.10"))),
    Row("substance", "denied", (worded("Denies tobacco"),)),
    Row("symptom-treated", "a condition stands beside it", (coded("R53.83"), coded("E03.9"), given("Levothyroxine"))),
    Row("symptom-treated", "the drug has many uses", (coded("R07.9"), given("Prednisone"))),
    Row("symptom-treated", "an outpatient's symptom", (coded("R53.83"), given("Levothyroxine")), outpatient=True),
    Row("drug-without-diagnosis", "the drug is for it", (coded("G30.9"), given("Donepezil"))),
    Row("drug-without-diagnosis", "words may say it", (coded("I10"), worded("Memory loss"), given("Donepezil"))),
    Row("drug-without-diagnosis", "an outpatient", (coded("I10"), given("Donepezil")), outpatient=True),
    Row("breathing-support", "oxygen alone", (coded("J18.9"), operated("Oxygen therapy"), measured("ABG", "24338-6"))),
    Row(
        "breathing-support", "the condition is there", (coded("J96.01"), operated("BiPAP"), measured("ABG", "24338-6"))
    ),
    Row(
        "breathing-support",
        "support belongs to the operation",
        (coded("K35.80"), operated("Mechanical ventilation"), measured("ABG"), operated("Appendectomy", "0DTJ4ZZ")),
    ),
    Row("breathing-support", "nothing measured or seen", (coded("J18.9"), operated("BiPAP"))),
    Row("probable", "of the last day", (worded("Pneumonia", certainty="suspected", **attending(6)),)),
    Row(
        "probable",
        "in the discharge summary",
        (worded("Pneumonia", certainty="suspected", document_id="n-1", **attending(5)),),
    ),
    Row(
        "probable",
        "ruled out later",
        (
            worded("Pneumonia", certainty="suspected", **attending(3)),
            worded("pneumonia", certainty="ruled-out", **attending(5)),
        ),
    ),
    Row(
        "probable",
        "an outpatient's",
        (worded("X", certainty="suspected", **attending(3)),),
        outpatient=True,
    ),
    Row(
        "conflict",
        "the attending decides last",
        (coded("I26.99", **surgeon(4)), coded("I26.99", certainty="ruled-out", **attending(5))),
    ),
    Row(
        "conflict",
        "one practitioner, who learned more",
        (coded("I26.99", certainty="ruled-out", **surgeon(4)), coded("I26.99", **surgeon(5))),
    ),
    Row("conflict", "nobody is named", (coded("I26.99", certainty="ruled-out"), coded("I26.99"))),
    Row(
        "conflict", "both sides are affected", (coded("H40.9", laterality="bilateral", **attending(4)), coded("H40.9"))
    ),
    Row(
        "present-on-admission",
        "documented on the day of admission",
        (coded("I10", present_on_admission=None, **attending(3)),),
    ),
    Row(
        "present-on-admission",
        "before midnight of that day in New York",
        (coded("I10", present_on_admission=None, documented_by="attending", documented_at=at(4, 4)),),
    ),
    Row("present-on-admission", "stated", (coded("I10", present_on_admission="N", **attending(5)),)),
    Row("present-on-admission", "exempt", (coded("Z87.891", present_on_admission=None, **attending(5)),)),
    Row(
        "present-on-admission",
        "an outpatient",
        (coded("I10", present_on_admission=None, **attending(12)),),
        outpatient=True,
    ),
    Row("sepsis-organ", "the cause is documented", (coded("A41.9"), coded("N17.9", due_to="s-1"), measured("Lactate"))),
    Row("sepsis-organ", "R65.20 says it", (coded("A41.9"), coded("R65.20"), coded("N17.9"), measured("Lactate"))),
    Row("sepsis-organ", "no organ failed", (coded("A41.9"), coded("I10"), measured("Lactate"))),
    Row("complication", "expected pain", (coded("G89.18", "Postoperative pain"),)),
    Row("complication", "coded as one", (coded("K91.89", "Postoperative ileus"),)),
    Row("complication", "a day is no condition", (worded("Postoperative day 2"),)),
    Row("validity", "the test was done", (coded("I21.4"), measured("Troponin_I_serial_6h"))),
    Row("validity", "a chart without a laboratory", (coded("I21.4"),)),
    Row("pcs-approach", "the approach is said", (coded("K35.80"), operated("Laparoscopic appendectomy"))),
    Row("pcs-approach", "the code has it", (coded("K35.80"), operated("Appendectomy", "0DTJ4ZZ"))),
    Row(
        "pcs-approach",
        "the code of the same day has it",
        (coded("K35.80"), operated("Appendectomy"), operated("Resection of appendix", "0DTJ4ZZ")),
    ),
    Row(
        "pcs-approach", "an outpatient's is no ICD-10-PCS", (coded("K35.80"), operated("Appendectomy")), outpatient=True
    ),
    Row("pcs-device", "the device is said", (coded("S72.001A"), operated("Open fixation with plate and screws"))),
    Row("pcs-depth", "the depth is said", (coded("L02.91"), operated("Excisional debridement of skin"))),
    Row("pcs-root", "how is said", (coded("L02.91"), operated("Excisional debridement of skin"))),
]


def made(row: Row, chart: ChartCompleted, inpatient: ChartCompleted) -> ChartCompleted:
    return holding(chart if row.outpatient else inpatient, *row.statements, **row.fields)


@pytest.mark.parametrize("row", ASKED, ids=[f"{row.topic}: {row.why}" for row in ASKED])
def test_what_is_asked_about(row: Row, chart: ChartCompleted, inpatient: ChartCompleted, asked_of: Any) -> None:
    assert row.topic in asked_of(made(row, chart, inpatient))


@pytest.mark.parametrize("row", LEFT_ALONE, ids=[f"{row.topic}: {row.why}" for row in LEFT_ALONE])
def test_what_is_left_alone(row: Row, chart: ChartCompleted, inpatient: ChartCompleted, asked_of: Any) -> None:
    assert row.topic not in asked_of(made(row, chart, inpatient))


@pytest.mark.parametrize("row", ASKED, ids=[f"{row.topic}: {row.why}" for row in ASKED])
def test_only_a_question_that_a_claim_needs_holds_the_chart(
    row: Row, chart: ChartCompleted, inpatient: ChartCompleted, asking: Asking
) -> None:
    said = [thing for thing in asking(made(row, chart, inpatient)) if topics((thing,)) == {row.topic}]

    assert {type(thing) for thing in said} == BECOMES[MODES[row.topic]]


def test_every_clinical_question_has_a_case_that_asks_it_and_one_that_does_not() -> None:
    clinical = {template.topic for template in TEMPLATES if template.kind != "task"}
    elsewhere = {"side", "author", "no-diagnosis"}  # test_encoding, test_authors, test_completeness
    untold = {"present-on-admission-insufficient"}  # asked of one value; the others are rows of present-on-admission

    assert {row.topic for row in ASKED} == clinical - elsewhere
    assert {row.topic for row in LEFT_ALONE} == clinical - elsewhere - untold


SETTINGS = [
    # what the hospital says, what becomes of a question that only warns; the stay began on 3 March
    (RuleSetting(mode="off", since=date(2026, 3, 3)), []),
    (RuleSetting(mode="off", since=date(2026, 3, 4)), [Finding]),
    (RuleSetting(mode="warn", since=date(2026, 3, 3)), [Finding]),
    (RuleSetting(mode="on", since=date(2026, 3, 3)), [Query]),
    (RuleSetting(mode="on", since=date(2026, 3, 4)), [Finding]),
]


@pytest.mark.parametrize(("setting", "kinds"), SETTINGS)
def test_a_hospital_says_which_questions_its_charts_wait_for(
    inpatient: ChartCompleted, mercy: Hospital, partners: Partners, setting: RuleSetting, kinds: list[type]
) -> None:
    chart = holding(inpatient, coded("N18.9"), measured("Creatinine"))
    own = mercy.model_copy(update={"rules": {"Q-KIDNEY-STAGE": setting}})

    said = incompleteness(Case(chart, own, partners.payers.keys()))

    assert [type(thing) for thing in said] == kinds


def test_a_question_that_is_off_is_asked_where_the_hospital_wants_it(
    chart: ChartCompleted, mercy: Hospital, partners: Partners
) -> None:
    hurt = holding(chart, coded("S93.401A"))
    own = mercy.model_copy(update={"rules": {"Q-INJURY": RuleSetting(mode="on", since=date(2026, 1, 1))}})

    assert incompleteness(Case(hurt, mercy, partners.payers.keys())) == ()
    assert topics(incompleteness(Case(hurt, own, partners.payers.keys()))) == {"injury"}


def test_what_a_claim_needs_is_asked_whatever_the_hospital_says(
    inpatient: ChartCompleted, mercy: Hospital, partners: Partners
) -> None:
    own = mercy.model_copy(update={"rules": {"Q-FRACTURE": RuleSetting(mode="off", since=date(2026, 1, 1))}})

    (asked,) = incompleteness(Case(holding(inpatient, coded("S72.0")), own, partners.payers.keys()))

    assert isinstance(asked, Query)


def test_only_documented_causes_are_offered(inpatient: ChartCompleted, asking: Asking) -> None:
    bleeding = holding(inpatient, coded("D64.9", "Anemia"), operated("Transfusion", "30233N1"), coded("N18.6"))
    (asked,) = (thing for thing in asking(bleeding) if isinstance(thing, Finding) and thing.rule == "Q-ANEMIA-CAUSE")

    assert (asked.severity, asked.field) == ("warn", "statements[0]")


def test_both_entries_that_differ_are_quoted_in_the_chart_order(inpatient: ChartCompleted, asking: Asking) -> None:
    row = next(row for row in ASKED if row.topic == "conflict")
    (asked,) = (thing for thing in asking(made(row, inpatient, inpatient)) if isinstance(thing, Query))

    assert [quoted.source for quoted in asked.indicators] == ["statement s-1", "statement s-2"]


def test_a_long_record_of_one_dispute_is_one_question(inpatient: ChartCompleted, asking: Asking) -> None:
    row = next(row for row in ASKED if row.topic == "conflict")
    disputed = holding(inpatient, *(row.statements * 2000))

    assert len([thing for thing in asking(disputed) if isinstance(thing, Query)]) == 1


DECIDED = "Acute kidney injury was present"


def answer(chart: ChartCompleted, topic: str, text: str) -> ChartCompleted:
    given_ = QueryAnswer(
        query_id=query_id(chart, topic, "s-1"), answer=text, author_npi="1999001112", answered_at=at(8)
    )
    return chart.model_copy(update={"answers": (given_,), "version": 2})


@pytest.fixture
def unclear(inpatient: ChartCompleted) -> ChartCompleted:
    return holding(
        inpatient, coded("N17.9", present_on_admission=None, **attending(5)), measured("Creatinine", "2160-0")
    )


def test_an_answer_is_a_coders_to_code_where_the_chart_still_says_the_same(
    unclear: ChartCompleted, mercy: Hospital, partners: Partners, asking: Asking
) -> None:
    told = answer(unclear, "present-on-admission", f"{DECIDED}\non admission")

    (item,) = answers(Case(told, mercy, partners.payers.keys()))
    assert (item.statement, item.kind, item.text) == ("s-1", "answer", f"{DECIDED} on admission")
    assert asking(told) == ()


@pytest.mark.parametrize("text", [OTHERWISE[1], "Clinically undetermined", " "])
def test_who_cannot_tell_changes_nothing(
    unclear: ChartCompleted, mercy: Hospital, partners: Partners, asking: Asking, text: str
) -> None:
    told = answer(unclear, "present-on-admission", text)

    assert answers(Case(told, mercy, partners.payers.keys())) == ()
    assert asking(told) == ()


def test_an_answer_that_the_next_version_has_taken_up_needs_no_coder(
    unclear: ChartCompleted, mercy: Hospital, partners: Partners
) -> None:
    first, *others = unclear.statements
    mended = first.model_copy(update={"present_on_admission": "Y"})
    told = answer(unclear.model_copy(update={"statements": (mended, *others)}), "present-on-admission", DECIDED)

    assert answers(Case(told, mercy, partners.payers.keys())) == ()
