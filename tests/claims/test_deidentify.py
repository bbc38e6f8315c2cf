"""Safe Harbor (45 CFR 164.514(b)(2)): what a statistic may say, and that it says nothing else."""

from datetime import UTC, date, datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest

from claims import deidentify
from schemas.events import ChartCoded, ChartCompleted, ChartReturned, ClaimAdjudicated, ClaimBuilt, PatientBill
from schemas.events.chart import Coding, Part2Consent, Statement
from schemas.events.people import Address
from schemas.examples import example
from tests.canaries import canaries, plant, scan

CODED = cast(ChartCoded, example("chart-coded"))
COMPLETED = cast(ChartCompleted, example("chart-completed"))
RETURNED = cast(ChartReturned, example("chart-returned"))
CLAIM = cast(ClaimBuilt, example("claim-built"))
ANSWER = cast(ClaimAdjudicated, example("claim-adjudicated"))
BILL = cast(PatientBill, example("patient-bill"))
PART2 = Part2Consent(applies=True)
DAY = date(2026, 3, 2)


def ccsr(code: str) -> str:
    return {"I10": "CIR007", "M54.50": "MUS038"}.get(code, "unclassified")


BY = deidentify.CountedBy(ccsr, frozenset({"laboratory", "radiology"}), {"mercy-general": ZoneInfo("America/New_York")})


@pytest.mark.parametrize(
    ("birth", "band"),
    [
        pytest.param(date(2026, 3, 2), "0-17", id="born on the day"),
        pytest.param(date(2008, 3, 3), "0-17", id="eighteen tomorrow"),
        pytest.param(date(2008, 3, 2), "18-34", id="eighteen today"),
        pytest.param(date(1936, 3, 3), "80-89", id="ninety tomorrow"),
        pytest.param(date(1936, 3, 2), "90+", id="ninety today"),
        pytest.param(date(1916, 1, 1), "90+", id="110 is not told from 90"),
        pytest.param(None, None, id="unknown stays unknown"),
        pytest.param(date(2026, 3, 3), None, id="not yet born is no age"),
    ],
)
def test_ages_are_bands_and_ninety_or_older_is_one(birth: date | None, band: str | None) -> None:
    assert deidentify.age_band(birth, DAY) == band


@pytest.mark.parametrize(
    ("named", "state"),
    [
        pytest.param("MA", "MA", id="a state"),
        pytest.param("ma", "MA", id="in lower case"),
        pytest.param("Springfield", None, id="a town is smaller than a state"),
        pytest.param(None, None, id="unknown"),
    ],
)
def test_a_place_is_a_state_or_nothing(named: str | None, state: str | None) -> None:
    assert deidentify.state(Address(lines=("1 Way",), state=named)) == state


@pytest.mark.parametrize(
    ("postal_code", "zip3"),
    [
        pytest.param("01103-0001", "011", id="more than 20,000 people"),
        pytest.param("01299", "000", id="exactly 20,000 people"),
        pytest.param("03602", "000", id="restricted by the 2020 census, whatever the table says"),
        pytest.param("99999", "000", id="a prefix the census doesn't know"),
        pytest.param(None, "000", id="no postal code"),
    ],
)
def test_three_digits_of_a_zip_code_only_where_many_live(postal_code: str | None, zip3: str) -> None:
    assert deidentify.zip3(postal_code, {"011": 400_000, "012": 20_000, "036": 1_000_000}) == zip3


@pytest.mark.parametrize(
    ("cents", "bucket"),
    [(-1, "negative"), (0, "0"), (1, "under-100"), (9_999, "under-100"), (10_000, "100-499"), (5_000_000, "50000+")],
)
def test_money_is_told_in_coarse_steps(cents: int, bucket: str) -> None:
    assert deidentify.cents_bucket(cents) == bucket


def test_a_coded_chart_is_told_by_its_groups_and_its_year() -> None:
    said = deidentify.of_coded(CODED, BY)
    assert (said.stage, said.outcome, said.year, said.state) == ("validation", "complete-at-first", 2026, "MA")
    assert said.diagnosis_groups == ("CIR007", "MUS038", "unclassified")


@pytest.mark.parametrize("changed", [{"version": 2}, {"coding_revision": 1}])
def test_a_chart_that_had_to_be_asked_about_is_complete_later(changed: dict[str, int]) -> None:
    assert deidentify.of_coded(CODED.model_copy(update=changed), BY).outcome == "complete-later"


def test_no_statistic_holds_anything_of_the_person() -> None:
    planted = plant(COMPLETED, 7)
    person = {"patient": planted.patient}
    coded, claim = CODED.model_copy(update=person), CLAIM.model_copy(update=person)
    bill = BILL.model_copy(update=person)
    said = (
        deidentify.of_coded(coded, BY),
        deidentify.of_returned("validation", RETURNED, planted, BY),
        deidentify.of_claim(claim, ccsr, part2=False),
        deidentify.of_answer(ANSWER, claim, ccsr, part2=False),
        deidentify.of_bill(bill, part2=False),
    )
    assert scan([(each.outcome, each.model_dump_json().encode()) for each in said], canaries(planted)) == []


def test_no_statistic_holds_a_date_finer_than_a_year() -> None:
    said = deidentify.of_answer(ANSWER, CLAIM, ccsr, part2=False).model_dump_json()
    assert "2026" in said
    assert "2026-0" not in said


def test_what_a_partner_wrote_into_a_code_field_does_not_leave() -> None:
    coverage = CODED.coverages[0].model_copy(update={"plan_kind": "Mira's plan"})
    assert deidentify.of_coded(CODED.model_copy(update={"coverages": (coverage,)}), BY).plan_kind == "other"


@pytest.mark.parametrize(
    ("changed", "group"),
    [
        pytest.param(
            {"group": "Ann Doe", "path": "chargemaster", "code": "J1885"}, "drugs", id="no department of ours"
        ),
        pytest.param({"group": "laboratory", "path": "chargemaster"}, "laboratory", id="its department"),
        pytest.param({"group": "for Mira", "path": "coder", "code": "J1885"}, "drugs", id="never a coder's own words"),
        pytest.param({"group": None, "code": None, "revenue_code": "0270"}, "revenue 027x", id="no code"),
    ],
)
def test_a_service_is_told_by_its_group(changed: dict[str, str | None], group: str) -> None:
    assert deidentify.service_group(CODED.services[0].model_copy(update=changed), BY.departments) == group


def test_a_mistyped_year_of_the_future_is_no_fact() -> None:
    """A broker takes no record that is stamped with it, and the batch would wait for ever."""
    stay = COMPLETED.encounter.model_copy(update={"end": datetime(2062, 3, 2, 12, tzinfo=UTC)})
    chart = COMPLETED.model_copy(update={"encounter": stay, "received_at": datetime(2026, 3, 3, tzinfo=UTC)})
    assert deidentify.of_returned("validation", RETURNED, chart, BY).year == 2026


def test_a_part_2_chart_is_counted_without_saying_what_was_treated() -> None:
    said = deidentify.of_coded(CODED.model_copy(update={"part2": PART2}), BY)
    assert (said.outcome, said.diagnosis_groups, said.service_groups, said.drg) == ("complete-at-first", (), (), None)


def _documented(system: str = "http://hl7.org/fhir/sid/icd-10-cm", **fields: Any) -> Statement:
    return Statement(id="s", kind="diagnosis", codings=(Coding(system=system, code="I10"),), **fields)


@pytest.mark.parametrize(
    ("said", "groups"),
    [
        pytest.param(_documented(), ("CIR007",), id="confirmed, the patient's"),
        pytest.param(_documented("urn:oid:2.16.840.1.113883.6.90"), ("CIR007",), id="by the OID of ICD-10-CM"),
        pytest.param(_documented("urn:oid:1.2.3"), (), id="of another code system"),
        pytest.param(_documented(certainty="ruled-out"), (), id="ruled out"),
        pytest.param(_documented(certainty="suspected"), (), id="suspected"),
        pytest.param(_documented(certainty="history-of"), (), id="history"),
        pytest.param(_documented(whose="family"), (), id="his family's"),
    ],
)
def test_a_returned_chart_counts_what_the_patient_has(said: Statement, groups: tuple[str, ...]) -> None:
    chart = COMPLETED.model_copy(update={"statements": (said,)})
    assert deidentify.of_returned("validation", RETURNED, chart, BY).diagnosis_groups == groups


def test_a_returned_chart_is_of_the_year_on_the_hospitals_calendar() -> None:
    ended = COMPLETED.encounter.model_copy(update={"end": datetime(2026, 1, 1, 3, tzinfo=UTC)})
    chart = COMPLETED.model_copy(update={"hospital": "mercy-general", "encounter": ended})
    assert deidentify.of_returned("validation", RETURNED, chart, BY).year == 2025


def test_a_returned_chart_says_its_reason_and_what_was_wrong() -> None:
    said = deidentify.of_returned("validation", RETURNED, COMPLETED, BY)
    rules = {finding.rule for finding in RETURNED.findings if finding.severity == "reject"}
    assert said.outcome == RETURNED.reason
    assert rules <= set(said.edits)


def _answered(paid: int, *adjustments: tuple[str, str, int], status: str = "1") -> ClaimAdjudicated:
    charge = paid + sum(cents for _, _, cents in adjustments)
    entries = [{"group": group, "carc": carc, "cents": cents} for group, carc, cents in adjustments]
    fields = {"paid_cents": paid, "charge_cents": charge, "adjustments": entries, "lines": (), "status": status}
    return ClaimAdjudicated.model_validate({**ANSWER.model_dump(), **fields})


@pytest.mark.parametrize(
    ("answer", "outcome", "carcs"),
    [
        pytest.param(_answered(80, ("CO", "45", 20)), "paid", (), id="a price is no denial"),
        pytest.param(_answered(0, ("PR", "1", 100)), "paid", (), id="a deductible is no denial"),
        pytest.param(_answered(0, ("CO", "50", 100)), "denied", ("50",), id="denied by its money, not its status"),
        pytest.param(_answered(60, ("CO", "97", 40)), "partly-denied", ("97",), id="one line denied"),
        pytest.param(_answered(60, ("CO", "59", 40)), "paid", (), id="the second of two procedures is paid less"),
        pytest.param(_answered(0, ("OA", "23", 100), status="2"), "paid", (), id="an earlier payer paid all"),
        pytest.param(_answered(-80, ("CO", "45", -20), status="22"), "reversed", (), id="a reversal"),
        pytest.param(_answered(0, ("CO", "Mira", 100)), "denied", ("other",), id="a reason that is no code"),
    ],
)
def test_an_answer_goes_by_money_and_reason(answer: ClaimAdjudicated, outcome: str, carcs: tuple[str, ...]) -> None:
    said = deidentify.of_answer(answer, CLAIM, ccsr, part2=False)
    assert (said.outcome, said.carcs) == (outcome, carcs)
