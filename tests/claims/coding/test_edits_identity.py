"""Who the patient is (I1, I2, I3, I7, I8), and whether his plan has him (I4, I5, I6)."""

from datetime import date
from typing import Any

import pytest

from claims.edits import check_chart
from claims.edits.eligibility import (
    ELIGIBILITY,
    eligibility_unchecked_or_stale,
    medicare_instead_of_its_advantage_plan,
    outside_coverage,
)
from claims.edits.identity import (
    IDENTITY,
    after_death,
    before_birth_or_too_old,
    member_id_missing,
    not_whom_the_plan_knows,
    subscriber_or_dependent_unclear,
)
from claims.tables import Reference
from schemas.events.coded import ChartCoded
from schemas.events.people import Address, Name, Subscriber
from tests.claims.coding.builders import with_line
from tests.claims.coding.changes import (
    Case,
    Said,
    as_it_is,
    only,
    with_coverage,
    with_coverages,
    with_patient,
    with_service,
    with_stay,
)

DAY = date(2026, 3, 10)  # of the visit
ID, KNOWN_AS, BORN = (f"coverages[0].{name}" for name in ("member_id", "eligible_name", "eligible_birth_date"))
HOME = Address(lines=("1 Any Street",))
CHILD = Subscriber(relationship="child", name=Name(family="Doe", given="Bob"))
SHAPE = {"member_id": "[A-Z]{3}[0-9]{4,6}|W[0-9]{8}"}


def known_as(family: str, given: str | None = None) -> Case:
    return Case(
        f"{family} {given}",
        not_whom_the_plan_knows,
        lambda c: with_coverage(c, eligible_name=Name(family=family, given=given)),
    )


def told(answered: Name, registered: Name) -> Case:
    """Two spellings of one person's name."""
    return Case(
        f"{answered.given} {answered.family} is {registered.given} {registered.family}",
        not_whom_the_plan_knows,
        lambda c: with_patient(with_coverage(c, eligible_name=answered), name=registered),
    )


def another(answered: Name, registered: Name) -> Case:
    """Two people's names."""
    case = told(answered, registered)
    return case._replace(reason=case.reason.replace(" is ", " is not "), said=(("warn", "140", KNOWN_AS),))


def myself(**fields: object) -> Subscriber:
    return Subscriber.model_validate({"relationship": "self", **fields})


I1 = [
    Case("no id", member_id_missing, lambda c: with_coverage(c, member_id=None), (("reject", "31", ID),)),
    Case("an employer pays without", member_id_missing, lambda c: with_coverage(c, member_id=None, kind="business")),
    Case("workers' compensation too", member_id_missing, lambda c: with_coverage(c, member_id=None, plan_kind="WC")),
    Case("another shape", member_id_missing, as_it_is, (("reject", "31", ID),), SHAPE),
    Case("one of the shapes", member_id_missing, lambda c: with_coverage(c, member_id="ABC123456"), (), SHAPE),
    Case("the other shape", member_id_missing, lambda c: with_coverage(c, member_id="W12345678"), (), SHAPE),
    Case(
        "more than the shape",
        member_id_missing,
        lambda c: with_coverage(c, member_id="ABC1234567"),
        (("reject", "31", ID),),
        SHAPE,
    ),
    Case("no shape is told", member_id_missing, lambda c: with_coverage(c, member_id="?")),
]
I2 = [
    known_as("Doe", "Ann"),
    known_as("DOE", "ANN MARIE"),
    known_as("Doe, Jr.", "A."),
    known_as("Döe"),
    known_as("D'oe", "Ann"),
    known_as("Døe", "Ann"),
    known_as("D‘oe", "Ann"),
    known_as("Doe", "Bob")._replace(said=(("warn", "140", KNOWN_AS),)),
    known_as("Roe", "Ann")._replace(said=(("warn", "140", KNOWN_AS),)),
    Case(
        "a double name, by its last part only",
        not_whom_the_plan_knows,
        lambda c: with_patient(with_coverage(c, eligible_name=Name(family="Van Doe")), name=Name(family="Van Roe")),
        (("warn", "140", KNOWN_AS),),
    ),
    *(
        told(Name(family="Doe", given=answered), Name(family="Doe", given=registered))
        for answered, registered in (("Ann Marie", "A."), ("Ann", "A. Zoe"), ("A. Marie", "Ann"), ("A.", "Ann Zoe"))
    ),
    *(
        told(Name(family=answered), Name(family=registered))
        for answered, registered in (
            ("Soby", "Søby"),
            ("Loba", "Łoba"),
            ("Dodo", "Đođo"),
            ("Gudo", "Guðo"),
            ("Yildo", "Yıldo"),
            ("Aebo", "Æbo"),
            ("Oelo", "Œlo"),
            ("Thoro", "Þoro"),
            *((f"Doe {suffix}", "Doe") for suffix in ("Jr.", "SR", "II", "III", "IV", "V")),
        )
    ),
    Case(
        "a family name that looks like a suffix",
        not_whom_the_plan_knows,
        lambda c: with_patient(with_coverage(c, eligible_name=Name(family="V")), name=Name(family="Ii")),
        (("warn", "140", KNOWN_AS),),
    ),
    *(
        told(Name(family=answered), Name(family=registered))
        for answered, registered in (
            ("ПЕТРОВ", "Петров"),
            ("Алексеёв", "Алексеев"),
            ("Παπάς", "ΠΑΠΑΣ"),
            ("王", "王"),
            ("शर्मा", "शर्मा"),
            ("O.", "O"),
            ("?", "?"),
        )
    ),
    *(
        another(Name(family=answered), Name(family=registered))
        for answered, registered in (
            ("Петров", "Сидоров"),
            ("王", "李"),
            ("शर्मा", "शर्मी"),
            ("かとう", "がとう"),
            ("Doe Петров", "Doe Сидоров"),
            ("?", "!"),
            ("1", "Doe"),
        )
    ),
    another(Name(family="王", given="小明"), Name(family="王", given="大明")),
    another(Name(family="Doe", given="?"), Name(family="Doe", given="Ann")),
    Case("the same day", not_whom_the_plan_knows, lambda c: with_coverage(c, eligible_birth_date=date(1960, 5, 4))),
    Case(
        "another day of birth",
        not_whom_the_plan_knows,
        lambda c: with_coverage(c, eligible_birth_date=date(1960, 4, 5)),
        (("warn", "140", BORN),),
    ),
    Case(
        "a patient without a birth date is asked for it elsewhere",
        not_whom_the_plan_knows,
        lambda c: with_patient(with_coverage(c, eligible_birth_date=DAY), birth_date=None),
    ),
    Case(
        "and so is one without a name",
        not_whom_the_plan_knows,
        lambda c: with_patient(with_coverage(c, eligible_name=Name(family="Roe")), name=None),
    ),
]
RELATION = (("reject", "16", "coverages[0].subscriber.relationship"),)
I3 = [
    Case("himself, and no more is said", subscriber_or_dependent_unclear, as_it_is),
    Case(
        "himself, by his own name",
        subscriber_or_dependent_unclear,
        lambda c: with_coverage(c, subscriber=myself(name=Name(family="DOE", given="Ann"))),
    ),
    Case(
        "himself, by another's name",
        subscriber_or_dependent_unclear,
        lambda c: with_coverage(c, subscriber=myself(name=Name(family="Doe", given="Bob"))),
        RELATION,
    ),
    Case(
        "himself, by another's name of another script",
        subscriber_or_dependent_unclear,
        lambda c: with_patient(
            with_coverage(c, subscriber=myself(name=Name(family="Сидоров", given="Анна"))),
            name=Name(family="Петров", given="Анна"),
        ),
        RELATION,
    ),
    Case(
        "himself by the name that he is called, born on that day",
        subscriber_or_dependent_unclear,
        lambda c: with_coverage(
            c, subscriber=myself(name=Name(family="Doe", given="Nancy"), birth_date=date(1960, 5, 4))
        ),
    ),
    Case(
        "himself, by another's name and born on that day",
        subscriber_or_dependent_unclear,
        lambda c: with_coverage(
            c, subscriber=myself(name=Name(family="Roe", given="Ann"), birth_date=date(1960, 5, 4))
        ),
        RELATION,
    ),
    Case(
        "himself, by another given name, and his own birth isn't registered",
        subscriber_or_dependent_unclear,
        lambda c: with_patient(
            with_coverage(c, subscriber=myself(name=Name(family="Doe", given="Nancy"), birth_date=date(1960, 5, 4))),
            birth_date=None,
        ),
        RELATION,
    ),
    Case(
        "himself, born on another day",
        subscriber_or_dependent_unclear,
        lambda c: with_coverage(c, subscriber=myself(name=Name(family="Doe", given="Ann"), birth_date=DAY)),
        RELATION,
    ),
    Case(
        "a whole dependent",
        subscriber_or_dependent_unclear,
        lambda c: with_patient(with_coverage(c, subscriber=CHILD), address=HOME),
    ),
    Case(
        "a dependent without an address",
        subscriber_or_dependent_unclear,
        lambda c: with_coverage(c, subscriber=CHILD),
        (("reject", "16", "patient.address"),),
    ),
    Case(
        "an address without a line is none",
        subscriber_or_dependent_unclear,
        lambda c: with_patient(with_coverage(c, subscriber=CHILD), address=Address(lines=())),
        (("reject", "16", "patient.address"),),
    ),
    Case(
        "a dependent without anything",
        subscriber_or_dependent_unclear,
        lambda c: with_patient(
            with_coverage(c, subscriber=Subscriber(relationship="spouse")), birth_date=None, sex="unknown"
        ),
        (
            ("reject", "16", "coverages[0].subscriber.name"),
            ("reject", "16", "patient.address"),
            ("reject", "16", "patient.birth_date"),
            ("warn", "16", "patient.sex"),
        ),
    ),
    Case(
        "a business has no dependents",
        subscriber_or_dependent_unclear,
        lambda c: with_coverage(c, subscriber=CHILD, kind="business"),
    ),
]
FIRST_LINE = "services[0].service_from"
FROM, TO = "coverages[0].valid_from", "coverages[0].valid_to"
I4 = [
    Case("begins that day", outside_coverage, lambda c: with_coverage(c, valid_from=DAY)),
    Case(
        "begins the day after",
        outside_coverage,
        lambda c: with_coverage(c, valid_from=date(2026, 3, 11)),
        (("reject", "26", FROM),),
    ),
    Case("ends that day", outside_coverage, lambda c: with_coverage(c, valid_to=DAY)),
    Case(
        "ended the day before",
        outside_coverage,
        lambda c: with_coverage(c, valid_to=date(2026, 3, 9)),
        (("reject", "27", TO),),
    ),
    Case(
        "a second plan covers the day too",
        outside_coverage,
        lambda c: with_coverages(c, {}, {"valid_to": date(2026, 3, 9)}),
        (("reject", "27", "coverages[1].valid_to"),),
    ),
    Case(
        "nobody asks workers' compensation without an accident at work",
        outside_coverage,
        lambda c: with_coverages(c, {"plan_kind": "WC", "valid_to": date(2026, 3, 9)}, {}),
    ),
]
TOMORROW = date(2026, 3, 11)
LATER = "services[1].service_from"


def over_two_days(reason: str, *plans: dict[str, Any], said: tuple[Said, ...] = ()) -> Case:
    """A visit with a service on each of two days."""

    def change(chart: ChartCoded) -> ChartCoded:
        done = with_service(chart, {}, {"service_from": TOMORROW, "service_to": TOMORROW})
        return with_coverages(with_stay(done, end_day=TOMORROW), *plans)

    return Case(reason, outside_coverage, change, said)


I4 += [
    over_two_days("over on the second day", {"valid_to": DAY}, said=(("reject", "27", LATER),)),
    over_two_days("not begun on the first", {"valid_from": TOMORROW}, said=(("reject", "26", FIRST_LINE),)),
    over_two_days("the next plan takes over", {"valid_to": DAY}, {"valid_from": TOMORROW}),
    over_two_days("the second plan is enough", {"valid_to": DAY}, {}),
    over_two_days("then the patient pays himself", {"valid_to": DAY}, {"kind": "patient", "valid_from": TOMORROW}),
    over_two_days("he pays himself on the first day", {"valid_from": TOMORROW}, {"kind": "patient", "valid_to": DAY}),
    over_two_days(
        "a plan of neither day beside one of both",
        {},
        {"valid_from": date(2026, 3, 12)},
        said=(("reject", "26", "coverages[1].valid_from"),),
    ),
]
I4 += [
    Case(
        "admitted before the plan began: of all its services it is said once",
        outside_coverage,
        lambda c: with_coverage(
            with_stay(
                with_service(c, {"component": "facility"}, {"component": "facility"}),
                encounter_class="inpatient",
                admission_date=DAY,
                end_day=TOMORROW,
            ),
            valid_from=TOMORROW,
        ),
        (("reject", "26", "encounter.admission_date"),),
    ),
]
CHECKED, CHECKED_ON = "coverages[0].eligibility", "coverages[0].eligibility_date"
THIRTY = {"eligibility_days": 30}


def answered(eligibility: str, on: date | None) -> Case:
    return Case(
        f"{eligibility} on {on}",
        eligibility_unchecked_or_stale,
        lambda c: with_coverage(c, eligibility=eligibility, eligibility_date=on),
        payer=THIRTY,
    )


I5 = [
    Case("a payer who wants nothing", eligibility_unchecked_or_stale, as_it_is),
    Case("nobody asked", eligibility_unchecked_or_stale, as_it_is, (("warn", "31", CHECKED),), THIRTY),
    answered("unknown", DAY)._replace(said=(("warn", "31", CHECKED),)),
    answered("active", None)._replace(said=(("warn", "31", CHECKED),)),
    answered("active", date(2026, 2, 8)),
    answered("active", date(2026, 2, 7))._replace(said=(("warn", "27", CHECKED_ON),)),
    answered("active", date(2026, 3, 11)),
    answered("inactive", DAY)._replace(said=(("warn", "27", CHECKED),)),
    answered("inactive", DAY)._replace(reason="no, to whoever asked", said=(("warn", "27", CHECKED),), payer={}),
    Case("the patient himself", eligibility_unchecked_or_stale, lambda c: with_coverage(c, kind="patient"), (), THIRTY),
]
PAYER = "coverages[0].payer"
I6 = [
    Case(
        "Medicare, and a plan has him",
        medicare_instead_of_its_advantage_plan,
        lambda c: with_coverage(c, plan_kind="MB", advantage=True),
        (("reject", "109", PAYER),),
    ),
    Case(
        "of a professional alone",
        medicare_instead_of_its_advantage_plan,
        lambda c: only(with_coverage(c, plan_kind="MA", advantage=True), "professional"),
        (("reject", "24", PAYER),),
    ),
    Case(
        "not even second",
        medicare_instead_of_its_advantage_plan,
        lambda c: with_coverages(c, {}, {"plan_kind": "MB", "advantage": True}),
        (("reject", "109", "coverages[1].payer"),),
    ),
    Case(
        "the plan itself",
        medicare_instead_of_its_advantage_plan,
        lambda c: with_coverage(c, plan_kind="16", advantage=True),
    ),
    Case(
        "no such plan",
        medicare_instead_of_its_advantage_plan,
        lambda c: with_coverage(c, plan_kind="MB", advantage=False),
    ),
]
LINE = "services[0].service_from"
I7 = [
    Case("died that day", after_death, lambda c: with_patient(c, deceased_date=DAY)),
    Case(
        "died the day before",
        after_death,
        lambda c: with_line(with_patient(c, deceased_date=DAY), service_from=date(2026, 3, 11)),
        (("reject", "13", LINE),),
    ),
    Case("lives", after_death, as_it_is),
]
BIRTH = (("reject", "14", "patient.birth_date"),)
I8 = [
    Case("born that day", before_birth_or_too_old, lambda c: with_patient(c, birth_date=DAY)),
    Case("unborn", before_birth_or_too_old, lambda c: with_patient(c, birth_date=date(2026, 3, 11)), BIRTH),
    Case("aged 124", before_birth_or_too_old, lambda c: with_patient(c, birth_date=date(1901, 3, 11))),
    Case("aged 125 today", before_birth_or_too_old, lambda c: with_patient(c, birth_date=date(1901, 3, 10)), BIRTH),
    Case("aged 130", before_birth_or_too_old, lambda c: with_patient(c, birth_date=date(1896, 1, 1)), BIRTH),
    Case("no birth date", before_birth_or_too_old, lambda c: with_patient(c, birth_date=None)),
]
CASES = [*I1, *I2, *I3, *I4, *I5, *I6, *I7, *I8]


@pytest.mark.parametrize("case", CASES, ids=[f"{case.rule.id}, {case.reason}" for case in CASES])
def test_an_edit_on_the_patient_says_this(coded: ChartCoded, reference: Reference, case: Case) -> None:
    assert case.findings(coded, reference) == case.said


def test_every_edit_on_the_patient_has_a_case_that_fires_and_one_that_does_not() -> None:
    rules = {*IDENTITY, *ELIGIBILITY}

    assert {case.rule for case in CASES if case.said} == {case.rule for case in CASES if not case.said} == rules


def test_a_stay_is_covered_by_the_plan_of_its_admission(stay: ChartCoded, reference: Reference) -> None:
    assert check_chart(with_coverage(stay, valid_to=date(2026, 3, 4)), reference) == ()
    assert [f.carc for f in check_chart(with_coverage(stay, valid_to=date(2026, 3, 2)), reference)] == ["27"]
    late = check_chart(with_coverage(stay, valid_from=date(2026, 3, 4)), reference)
    assert [(finding.carc, finding.field) for finding in late] == [("26", "encounter.admission_date")]
