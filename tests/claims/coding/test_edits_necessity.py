"""Medical necessity (H7): which diagnosis supports which service, by the user's table."""

from datetime import date
from typing import Any

import pytest

from claims.codesets.dated import Necessity
from claims.codesets.dated_build import release
from claims.edits.necessity import diagnosis_does_not_support
from claims.tables import Reference
from schemas.events.coded import ChartCoded
from tests.claims.coding.given_edits import (
    DAY,
    VISIT,
    Case,
    found,
    kinds,
    line,
    named,
    places,
    with_diagnoses,
    with_lines,
    with_tables,
)


@pytest.fixture(scope="session")
def policies(reference: Reference) -> Reference:
    rows = [
        Necessity("L1", "A6402", ("E11*", "G35.D"), VISIT, VISIT + DAY),
        Necessity("L2", "A6402", ("C50.911",), VISIT),
        Necessity("L3", "L1902", ("H81.0*",), VISIT),
    ]
    return with_tables(reference, release("necessity", rows))


def given(*diagnoses: str, component: str = "facility", **fields: Any) -> Any:
    """A change to a chart of these diagnoses and one line of a code that the policies speak of."""
    fields = {"component": component, "pointers": (1,), **fields}
    return lambda c: with_lines(with_diagnoses(c, *diagnoses), line(c, "A6402", **fields))


FIRES: list[Case] = [
    (diagnosis_does_not_support, "H7", "warn", "50", given("I10")),
    (diagnosis_does_not_support, "H7", "warn", "50", given("I10", component="professional")),
    (diagnosis_does_not_support, "H7", "warn", "50", given("H81.01")),
    (diagnosis_does_not_support, "H7", "warn", "11", given("I10", "E11.9", component="professional")),
    (diagnosis_does_not_support, "H7", "warn", "11", given("E11.9", component="professional", pointers=())),
    (diagnosis_does_not_support, "H7", "warn", "11", given("I10", "E11.9", component="professional", pointers=(0, 3))),
    (diagnosis_does_not_support, "H7", "warn", "50", given("E10.9")),
]


@pytest.mark.parametrize("case", FIRES, ids=named(FIRES))
def test_a_service_that_nothing_supports_is_found(coded: ChartCoded, policies: Reference, case: Case) -> None:
    edit, rule, severity, carc, change = case

    said = found(edit, change(coded), policies)

    field = "services[0].pointers" if carc == "11" else "services[0].code"
    assert (kinds(said), places(said)) == ({(rule, severity, carc)}, [(1, field)])
    assert found(edit, coded, policies) == []


PASSES = [
    ("a prefix", given("E11.9")),
    ("a whole code", given("G35.D")),
    ("another policy", given("C50.911")),
    ("any of a hospital's diagnoses", given("I10", "E11.9")),
    ("the first one pointed to", given("E11.9", "I10", component="professional", pointers=(1,))),
    ("the one pointed to", given("I10", "E11.9", component="professional", pointers=(2,))),
    *((f"a denial is expected: {each}", given("I10", modifiers=(each,))) for each in ("GA", "GX", "GY", "GZ")),
    ("no policy of the code", lambda c: with_lines(c, line(c, "E0100"))),
    ("no code", lambda c: with_lines(c, line(c, None))),
]


@pytest.mark.parametrize("change", [row[1] for row in PASSES], ids=[row[0] for row in PASSES])
def test_a_service_that_a_diagnosis_supports_passes(coded: ChartCoded, policies: Reference, change: Any) -> None:
    assert found(diagnosis_does_not_support, change(coded), policies) == []


# why, day, diagnosis, does it support
BOTH_SIDES = [
    ("the day before the policy: nobody asks", VISIT - DAY, "I10", True),
    ("its first day", VISIT, "I10", False),
    ("its last day", VISIT + DAY, "E11.9", True),
    ("the day after: another is in force", VISIT + 2 * DAY, "E11.9", False),
]


@pytest.mark.parametrize(
    ("day", "code", "supports"), [row[1:] for row in BOTH_SIDES], ids=[row[0] for row in BOTH_SIDES]
)
def test_a_policy_holds_on_its_days(
    coded: ChartCoded, policies: Reference, day: date, code: str, supports: bool
) -> None:
    assert bool(found(diagnosis_does_not_support, given(code, service_from=day)(coded), policies)) is not supports


def test_a_hospitals_services_to_an_inpatient_are_under_no_policy(stay: ChartCoded, policies: Reference) -> None:
    charts = [given("I10", component=component, service_from=VISIT)(stay) for component in ("facility", "professional")]

    assert [len(found(diagnosis_does_not_support, chart, policies)) for chart in charts] == [0, 1]


def test_without_the_table_nothing_is_said_of_necessity(coded: ChartCoded, reference: Reference) -> None:
    assert found(diagnosis_does_not_support, given("I10")(coded), reference) == []
