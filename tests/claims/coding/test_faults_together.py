"""However many independent faults a chart has, each is found, once, and nothing else is.

A fault is put onto a line of its own, or onto a part of the chart that no other one touches; a family adds its own to
FAULTS. What it breaks is named, so that two that would meet are never drawn together.
"""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claims.codesets.dated import AddOn, Necessity, Pair, Term, UnitLimit
from claims.codesets.dated_build import release
from claims.edits import check_chart
from claims.tables import Reference
from schemas.events.coded import ChartCoded
from tests.claims.coding.changes import with_stay
from tests.claims.coding.given_edits import VISIT, line, with_coverage, with_lines, with_tables

MOST = 12
BEGAN = date(2026, 1, 1)


class Planted(NamedTuple):
    """What a fault changes, the rule that finds it, and what it touches: 'line' is one of its own."""

    rule: str
    change: Callable[[ChartCoded], ChartCoded]
    touches: str = "line"


def on_line(rule: str, code: str | None = "A6402", **fields: Any) -> Planted:
    """A wrong line, behind those that are there; its words and charge are its own, so that no two are the same."""

    def change(chart: ChartCoded) -> ChartCoded:
        number = len(chart.services)
        own = {"statement": f"s-{number}", "text": f"{number}", "charge_cents": 100 + number}
        wrong = line(chart, code, **{**own, "performer_npi": None, **fields})
        return with_lines(chart, *chart.services, wrong)

    return Planted(rule, change)


def on_chart(rule: str, touches: str, change: Callable[[ChartCoded], ChartCoded]) -> Planted:
    return Planted(rule, change, touches)


def _diagnosis(code: str) -> Callable[[ChartCoded], ChartCoded]:
    """Another diagnosis, behind those that are there."""

    def change(chart: ChartCoded) -> ChartCoded:
        wrong = chart.diagnoses[0].model_copy(update={"code": code, "role": "other", "rank": 2})
        return chart.model_copy(update={"diagnoses": (*chart.diagnoses, wrong)})

    return change


def _professional(npi: str) -> Callable[[ChartCoded], ChartCoded]:
    return on_line("", component="professional", performer_npi=npi).change


def _attending(npi: str) -> Callable[[ChartCoded], ChartCoded]:
    def change(chart: ChartCoded) -> ChartCoded:
        provider = chart.encounter.providers[0].model_copy(update={"npi": npi})
        return chart.model_copy(update={"encounter": chart.encounter.model_copy(update={"providers": (provider,)})})

    return change


FAULTS: dict[str, Planted] = {
    # of lines: each may be drawn several times
    "a code that is none": on_line("H1", "ZZZ"),
    "a code that never was": on_line("H1", "A0001"),
    "an unlisted code without words": on_line("H5", "A9999", text=None),
    "an add-on without its base": on_line("H6", "G0501", units=1000),
    "a service of another sex": on_line("H3", "G0102"),
    "a service of another age": on_line("H3", "Q2036"),
    "a service that nothing supports": on_line("H7", "L1902"),
    "five modifiers": on_line("M1", modifiers=("25", "27", "NU", "KX", "78")),
    "a modifier that was never valid": on_line("M1", modifiers=("Y9",)),
    "left and right": on_line("M2", modifiers=("LT", "RT")),
    "a notice that nobody signed": on_line("M5", modifiers=("GA",)),
    "no units": on_line("N4", units=0),
    "a fraction": on_line("N4", units=1500),
    "a thousand million units": on_line("N4", units=10**9 * 1000),
    "units above the limit of a line": on_line("N3", "A4217", units=3000),
    "a negative charge": on_line("$1", charge_cents=-1),
    "a price of no row": on_line("$2", "P2028", revenue_code="0301", group="laboratory", charge_cents=1),
    "an NDC of ten digits": on_line("U1", "J1100", ndc="0" * 10),
    "waste of a package of several doses": on_line("M4", "J1100", modifiers=("JZ",), single_dose=False),
    "no revenue code": on_line("B2", revenue_code=None),
    "a pointer to nothing": on_line("X17", pointers=(99,)),
    "a revenue code that is none": on_line("B2", revenue_code="0778"),
    "a bed of an outpatient": on_line("B4", revenue_code="0120"),
    "a dressing as observation": on_line("B6", revenue_code="0762"),
    "a day before the encounter": on_line("D1", service_from=VISIT - timedelta(days=1)),
    # an NPI is told once, wherever it stands
    "an NPI with a wrong digit": Planted("P2", _professional("1234567890"), "NPI"),
    # of two lines or of the chart: each once
    "a pair that is never paid": Planted("N1", lambda c: _pair(c, "A4216", "A4550"), "pair 0"),
    "a pair without its modifier": Planted("N2", lambda c: _pair(c, "E0100", "L3000"), "pair 1"),
    "units above the limit of a day": Planted("N3", lambda c: _pair(c, "K0001", "K0001"), "K0001"),
    "the same line twice": Planted("N5", lambda c: _pair(c, "A4206", "A4206", text="again", charge_cents=1), "A4206"),
    "a member without his id": on_chart("I1", "member", lambda c: with_coverage(c, member_id=None)),
    "a diagnosis that is none": on_chart("X1", "diagnosis 2", _diagnosis("E11")),
    "a diagnosis of another age": on_chart("X5", "diagnosis 3", _diagnosis("Z38.00")),
    "a patient status that is none": on_chart("B1", "status", lambda c: with_stay(c, discharge_status="77")),
    "an attending without a right NPI": on_chart("P2", "attending", _attending("1245319598")),
    "payments beyond a claim": on_chart("$1", "payments", lambda c: c.model_copy(update={"payments_cents": 2**53})),
}  # fmt: skip


def _pair(chart: ChartCoded, first: str, second: str, **fields: Any) -> ChartCoded:
    """Two lines that are wrong together."""
    return on_line("", second, **fields).change(on_line("", first, **fields).change(chart))


@pytest.fixture(scope="module")
def loaded(reference: Reference) -> Reference:
    """Tables under which each fault is one, and no two lines of different faults are wrong together."""
    codes = ["A4206", "A4216", "A4217", "A4550", "A6402", "E0100", "G0102", "G0463", "G0501", "J1100", "K0001", "L1902",
             "L3000", "P2028", "T1015"]  # fmt: skip
    titles = {**dict.fromkeys(codes, "A service"), "A9999": "Miscellaneous", "Q2036": "90 years of age and older"}
    return with_tables(
        reference,
        release("hcpcs", [Term(code, title, BEGAN) for code, title in titles.items()]),
        release("ptp-outpatient", [Pair("A4216", "A4550", 0, BEGAN), Pair("E0100", "L3000", 1, BEGAN)]),
        release("mue-outpatient", [UnitLimit("A4217", 2, 1, BEGAN), UnitLimit("K0001", 1, 2, BEGAN)]),
        release("add-on", [AddOn("G0501", frozenset({"G0438"}), 1, BEGAN)]),
        release("necessity", [Necessity("L1", "L1902", ("Z99*",), BEGAN)]),
    )  # fmt: skip


def test_a_chart_without_a_fault_has_no_finding(coded_once: Callable[[bool], ChartCoded], loaded: Reference) -> None:
    assert check_chart(coded_once(False), loaded) == ()


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_fault_alone_is_found_once(
    coded_once: Callable[[bool], ChartCoded], loaded: Reference, fault: Planted
) -> None:
    assert [finding.rule for finding in check_chart(fault.change(coded_once(False)), loaded)] == [fault.rule]


@settings(max_examples=300)
@given(drawn=st.lists(st.sampled_from(list(FAULTS.values())), min_size=1, max_size=MOST))
def test_of_n_independent_faults_there_are_n_findings(
    coded_once: Callable[[bool], ChartCoded], loaded: Reference, drawn: list[Planted]
) -> None:
    chart = coded_once(False)
    planted: list[Planted] = []
    for fault in drawn:
        if fault.touches == "line" or fault.touches not in {other.touches for other in planted}:
            chart = fault.change(chart)
            planted.append(fault)

    said = check_chart(chart, loaded)

    assert sorted(finding.rule for finding in said) == sorted(fault.rule for fault in planted)
    assert len({(finding.rule, finding.field) for finding in said}) == len(planted)


def test_twelve_faults_of_twelve_rules_are_twelve_findings(
    coded_once: Callable[[bool], ChartCoded], loaded: Reference
) -> None:
    chart, planted = coded_once(False), {fault.rule: fault for fault in FAULTS.values()}
    for fault in list(planted.values())[:MOST]:
        chart = fault.change(chart)

    assert len(check_chart(chart, loaded)) == MOST
