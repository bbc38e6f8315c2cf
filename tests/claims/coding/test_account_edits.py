"""Edits over the patient's other charts: what is a duplicate there, and what is not."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from claims.edits import check_account
from claims.edits.duplicates import same_line_on_another_chart
from claims.history import HistoryLine, PatientHistory, visit_of
from claims.partners import RuleSetting
from claims.tables import Reference
from schemas.events.coded import ChartCoded
from tests.claims.coding.builders import GOOD_NPI, with_line
from tests.claims.coding.given_edits import Case, found, kinds, named, places


def earlier(chart: ChartCoded, line: int = 0, **fields: Any) -> PatientHistory:
    """A history of one line: as one of this chart, on another chart."""
    service = chart.services[line]
    common = {
        "hospital": chart.hospital,
        "account_number": "A0",
        "chart_id": "c-0",
        "version": 1,
        "control_number": "L0",
        "day": service.service_from,
        "code": service.code,
        "modifiers": service.modifiers,
        "revenue_code": service.revenue_code,
        "performer_npi": service.performer_npi,
        "units": service.units,
        "component": service.component,
    }
    return PatientHistory(lines=(HistoryLine(**{**common, **fields}),))


def duplicates(chart: ChartCoded, history: PatientHistory, reference: Reference) -> list[int | None]:
    return [finding.line for finding in check_account(chart, history, reference).findings]


FIRES: list[Case] = [(same_line_on_another_chart, "N5", "reject", "18", lambda c: c)]


@pytest.mark.parametrize("case", FIRES, ids=named(FIRES))
def test_the_same_service_on_another_chart_of_that_day_is_found(
    coded: ChartCoded, reference: Reference, case: Case
) -> None:
    edit, rule, severity, carc, change = case

    said = found(edit, change(coded), reference, earlier(coded))

    assert (kinds(said), places(said)) == ({(rule, severity, carc)}, [(1, "services[0]")])
    assert check_account(coded, earlier(coded), reference).findings == tuple(said)


APART = [
    ("an earlier version of the chart itself", {"chart_id": "c-1"}),
    ("another day", {"day": date(2026, 3, 9)}),
    ("another service", {"code": "G0380"}),
    ("another hospital", {"hospital": "st-anna"}),
    ("the professional's part", {"component": "professional"}),
    ("the other side", {"modifiers": ("LT",)}),
    *((f"modifier {modifier}", {"modifiers": (modifier,)}) for modifier in ("76", "77", "59", "XE", "XS", "XP", "XU")),
]


@pytest.mark.parametrize("fields", [row[1] for row in APART], ids=[row[0] for row in APART])
def test_what_is_another_service_is_no_duplicate(
    coded: ChartCoded, reference: Reference, fields: dict[str, Any]
) -> None:
    assert duplicates(coded, earlier(coded, **fields), reference) == []


def test_the_same_drug_twice_within_one_chart_is_no_duplicate(coded: ChartCoded, reference: Reference) -> None:
    drug = coded.services[0].model_copy(update={"code": "J1100", "revenue_code": "0636"})
    twice = coded.model_copy(update={"services": (drug, drug)})

    assert duplicates(twice, earlier(twice, chart_id=twice.chart_id), reference) == []


def test_a_modifier_on_the_new_line_tells_them_apart_too(coded: ChartCoded, reference: Reference) -> None:
    assert duplicates(with_line(coded, modifiers=("59",)), earlier(coded), reference) == []


def test_a_professionals_service_is_a_duplicate_only_of_his_own(coded: ChartCoded, reference: Reference) -> None:
    assert duplicates(coded, earlier(coded, 1), reference) == [2]
    assert duplicates(coded, earlier(coded, 1, performer_npi=GOOD_NPI), reference) == []


def test_a_bed_is_not_charged_twice_for_a_day(stay: ChartCoded, reference: Reference) -> None:
    assert duplicates(stay, earlier(stay), reference) == [1]


def test_a_department_alone_is_no_service(coded: ChartCoded, reference: Reference) -> None:
    pharmacy = with_line(coded, code=None, revenue_code="0250")

    assert duplicates(pharmacy, earlier(pharmacy), reference) == []


def of_a_stay(chart: ChartCoded, history: PatientHistory) -> PatientHistory:
    """The same lines as those of a stay."""
    visit = visit_of(chart).model_copy(update={"chart_id": "c-0", "encounter_class": "inpatient"})
    return history.model_copy(update={"visits": (visit,)})


def test_a_drug_of_the_emergency_room_is_no_duplicate_of_the_stays(
    coded: ChartCoded, stay: ChartCoded, reference: Reference
) -> None:
    drug = {"code": "J1100", "revenue_code": "0636", "component": "facility", "performer_npi": None}
    before, during = with_line(coded, **drug), with_line(stay, **drug)

    assert duplicates(before, of_a_stay(before, earlier(before)), reference) == []
    assert duplicates(during, earlier(during), reference) == []


def test_a_professionals_service_stands_once_though_one_chart_is_of_a_stay(
    coded: ChartCoded, reference: Reference
) -> None:
    assert duplicates(coded, of_a_stay(coded, earlier(coded, 1)), reference) == [2]


@pytest.mark.parametrize(("mode", "said", "proposed"), [("on", ["reject"], 1), ("warn", ["warn"], 0), ("off", [], 0)])
def test_what_only_warns_proposes_no_mend_of_another_claim(
    coded: ChartCoded, reference: Reference, mode: Any, said: list[str], proposed: int
) -> None:
    rules = {"N5": RuleSetting(mode=mode, since=date(2026, 1, 1))}
    commercial = reference.partners.payer("commercial").model_copy(update={"rules": rules})
    payers = {**reference.partners.payers, "commercial": commercial}
    told = replace(reference, partners=reference.partners.model_copy(update={"payers": payers}))

    across = check_account(coded, earlier(coded), told)

    assert [finding.severity for finding in across.findings] == said
    assert len(across.proposals) == proposed
