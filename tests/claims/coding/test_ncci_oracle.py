"""Pairs and unit limits against an oracle that knows only CMS's files and words (ncci_oracle.py): they agree on all."""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claims.codesets.dated_build import Release
from claims.codesets.dated_rows import Setting
from claims.codesets.mue import read_unit_limits
from claims.codesets.ptp import read_pairs
from claims.edits import check_chart
from claims.edits.pairs import PAIRS_ACROSS
from claims.edits.subject import Subject
from claims.edits.units import UNITS_ACROSS
from claims.history import PatientHistory, remembered
from claims.tables import Reference
from schemas.events.coded import ChartCoded, Service
from tests.claims.coding.given_edits import line, with_lines, with_tables
from tests.claims.coding.ncci_oracle import FILES, LIMITS, Item, denied, excessive, limits_file

CODES = ["A4216", "A4217", "G0463", "J1100", "L1902", "A6402"]
MODIFIERS = ["59", "XE", "XU", "25", "LT", "F3", "76", "NU", "RR"]
DAYS = [date(2019, 6, 29) + timedelta(days=number) for number in range(5)]
RECEIVED = datetime(2019, 7, 10, tzinfo=UTC)  # what is much older is not remembered
NPIS = ["1234567893", "1245319599"]
EQUIPMENT = {"NU", "UE", "RR"}

Said = set[tuple[str, int]]
Drawn = tuple[str, tuple[str, ...], int, date, Literal["facility", "professional"], str]

PROVIDERS = [("facility", NPIS[0]), ("professional", NPIS[0]), ("professional", NPIS[1])]


@st.composite
def charts(draw: st.DrawFn) -> tuple[list[Drawn], list[Drawn]]:
    """Lines of two charts: few providers and days, so that they meet."""
    who = draw(st.lists(st.sampled_from(PROVIDERS), min_size=1, max_size=2))
    when = draw(st.lists(st.sampled_from(DAYS), min_size=1, max_size=2))

    def lines() -> list[Drawn]:
        each = st.tuples(
            st.sampled_from(CODES),
            st.lists(st.sampled_from(MODIFIERS), max_size=2, unique=True).map(tuple),
            st.integers(1, 4),
            st.sampled_from(when),
            st.sampled_from(who),
        )
        return [(*drawn[:4], *drawn[4]) for drawn in draw(st.lists(each, min_size=1, max_size=6))]  # type: ignore[misc]

    return lines(), lines()


def lines_of(file: Path) -> list[bytes]:
    return file.read_bytes().splitlines(keepends=True)


@pytest.fixture(scope="module")
def ncci(reference: Reference) -> Reference:
    pairs = [FILES / f"{setting}-pairs.txt" for setting in ("practitioner", "outpatient")]
    releases = [Release(f"ptp-{file.stem[:-6]}", read_pairs(lines_of(file), file.name)) for file in pairs]
    for setting, begins, ends in LIMITS:
        releases.append(_limits(setting, begins, ends))  # type: ignore[arg-type]
    return with_tables(reference, *releases)


def _limits(setting: Setting, begins: str, ends: str) -> Release:
    file, first = limits_file(setting, begins), date.fromisoformat(begins)
    last = None if ends.startswith("9999") else date.fromisoformat(ends)
    rows = read_unit_limits(lines_of(file), file.name, setting, first, last)
    return Release(f"mue-{setting}", rows, released=first, first=first, last=last)


def service(chart: ChartCoded, number: int, drawn: Drawn) -> Service:
    code, modifiers, units, day, component, npi = drawn
    fields = {"component": component, "performer_npi": npi if component == "professional" else None}
    dates = {"service_from": day, "service_to": day}
    statement = {"statement": f"s-{number}", "text": f"{number}"}
    return line(chart, code, modifiers=modifiers, units=units * 1000, **fields, **dates, **statement)


def item(number: int, drawn: Drawn) -> Item:
    code, modifiers, units, day, component, npi = drawn
    if component == "facility":
        setting, provider = "outpatient", "hospital"
    else:
        setting, provider = "dme" if EQUIPMENT & set(modifiers) else "practitioner", npi
    return Item(number, code, modifiers, units, f"{day:%Y%m%d}", provider, setting)


def seen(drawn: Iterable[Drawn], inpatient: bool = False) -> list[Item]:
    """What NCCI looks at: not a hospital's own lines of a stay."""
    items = [item(number, each) for number, each in enumerate(drawn)]
    return [each for each in items if not (inpatient and each.setting == "outpatient")]


def pairs_said(chart: ChartCoded, ncci: Reference) -> Said:
    return {(f.rule, (f.line or 0) - 1) for f in check_chart(chart, ncci) if f.rule in {"N1", "N2"}}


def units_said(chart: ChartCoded, ncci: Reference) -> set[tuple[str, int]]:
    """The severity instead of the indicator."""
    return {(f.severity, (f.line or 0) - 1) for f in check_chart(chart, ncci) if f.rule == "N3"}


def severities(found: Said) -> Said:
    return {("warn" if indicator == "3" else "reject", number) for indicator, number in found}


@settings(max_examples=400)
@given(both=charts(), stays=st.booleans())
def test_the_rules_say_of_a_chart_what_the_oracle_says(
    coded_once: Callable[[bool], ChartCoded], ncci: Reference, both: tuple[list[Drawn], list[Drawn]], stays: bool
) -> None:
    drawn = [*both[0], *both[1]]
    chart = coded_once(stays)
    chart = with_lines(chart, *(service(chart, number, each) for number, each in enumerate(drawn)))
    items = seen(drawn, stays)

    assert pairs_said(chart, ncci) == denied(items)
    assert units_said(chart, ncci) == severities(excessive(items))


@settings(max_examples=400)
@given(both=charts(), stays=st.tuples(st.booleans(), st.booleans()))
def test_two_charts_say_together_what_the_oracle_says_of_all_lines(
    coded_once: Callable[[bool], ChartCoded],
    ncci: Reference,
    both: tuple[list[Drawn], list[Drawn]],
    stays: tuple[bool, bool],
) -> None:
    """Each by itself, and the later one with the earlier one's lines, which are numbered first."""
    here, there = both
    count = len(there)
    earlier, later = (coded_once(each) for each in (stays[1], stays[0]))
    earlier = with_lines(earlier, *(service(earlier, number, each) for number, each in enumerate(there)))
    earlier = earlier.model_copy(update={"chart_id": "c-0", "received_at": RECEIVED})
    later = with_lines(later, *(service(later, number, each) for number, each in enumerate(here, start=count)))
    moved = [item(number, each) for number, each in enumerate(here, start=count)]
    items = seen(there, stays[1]) + [each for each in moved if not (stays[0] and each.setting == "outpatient")]
    history = remembered(PatientHistory(), earlier)
    subject = Subject(later, ncci, history)
    numbers = {each.control_number: number for number, each in enumerate(history.lines)}

    said = pairs_said(earlier, ncci) | {(rule, number + count) for rule, number in pairs_said(later, ncci)}
    for rule in PAIRS_ACROSS:
        for fault in rule.check(subject):
            assert fault.line is not None
            assert fault.other is not None
            there_denied = rule.name.endswith("elsewhere")
            said.add((rule.id, numbers[fault.other.control_number] if there_denied else fault.line + count))  # type: ignore[union-attr]

    assert said == denied(items)


@settings(max_examples=400)
@given(both=charts())
def test_a_days_units_over_two_charts_are_what_the_oracle_adds_up(
    coded_once: Callable[[bool], ChartCoded], ncci: Reference, both: tuple[list[Drawn], list[Drawn]]
) -> None:
    """What one chart alone exceeds is not told again; the lines of the later chart are numbered first."""
    here, there = both
    later = coded_once(False)
    earlier = with_lines(later, *(service(later, number, each) for number, each in enumerate(there)))
    earlier = earlier.model_copy(update={"chart_id": "c-0", "received_at": RECEIVED})
    later = with_lines(later, *(service(later, number, each) for number, each in enumerate(here)))
    subject = Subject(later, ncci, remembered(PatientHistory(), earlier))

    said = {(f.severity or "reject", f.line) for rule in UNITS_ACROSS for f in rule.check(subject)}

    of_days = {(indicator, number) for indicator, number in excessive(seen([*here, *there])) if indicator != "1"}
    own = excessive(seen(here))
    assert said == severities({each for each in of_days - own if each[1] < len(here)})
