"""NCCI over the lines of one patient, one provider and one day: pairs and unit limits, within a chart or across his
charts. A hospital's own lines of an inpatient stay are under neither."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Final, Literal, NamedTuple

from claims.codesets.dated import DatedTables, Setting, UnitLimit
from claims.history import HistoryLine, PatientHistory, stays_of
from schemas.events.coded import ChartCoded, Service

_APART: Final = frozenset({"59", "XE", "XP", "XS", "XU"})
_ANATOMY: Final = frozenset(
    {
        "E1", "E2", "E3", "E4", "FA", "F1", "F2", "F3", "F4", "F5", "F6", "F7", "F8", "F9", "TA", "T1", "T2", "T3",
        "T4", "T5", "T6", "T7", "T8", "T9", "LT", "RT", "LC", "LD", "RC", "LM", "RI",
    }
)  # fmt: skip
ASSOCIATED: Final = _APART | _ANATOMY | {"24", "25", "27", "57", "58", "78", "79", "91"}
"""The modifiers by which a pair of indicator 1 is paid (NCCI Policy Manual chapter I)."""
_EITHER_CODE: Final = date(2019, 7, 1)  # since then 59 and X{EPSU} count on column 1 too (CMS transmittal 2259)
_EQUIPMENT: Final = frozenset({"NU", "RR", "UE"})


class DayLine(NamedTuple):
    """A line in the words of NCCI. `at` is its place on the chart under judgement, or `other` the line of another one.

    `units` are whole ones, of one day.
    """

    code: str
    modifiers: tuple[str, ...]
    units: int
    component: Literal["facility", "professional"]
    at: int | None = None
    other: HistoryLine | None = None


Component = Literal["facility", "professional"]
ProviderDay = tuple[str, Component, date]
"""Who gave the services and when: NCCI compares nothing else."""
Days = Mapping[ProviderDay, list[DayLine]]


class Unbundled(NamedTuple):
    """Two lines that are not paid together: the first is, the second is denied."""

    paid: DayLine
    denied: DayLine
    indicator: int


class Excess(NamedTuple):
    """Lines of a code with more units than its limit: one line (indicator 1), or a day's (2, 3)."""

    lines: tuple[DayLine, ...]
    indicator: int


def provider_of(line: Service | HistoryLine, hospital: str) -> str:
    """Whose service it is: the professional's, or the hospital's."""
    return line.performer_npi if line.component == "professional" and line.performer_npi else hospital


def days_of_chart(chart: ChartCoded) -> Days:
    """The chart's lines that NCCI looks at."""
    inpatient = chart.encounter.encounter_class == "inpatient"
    days: dict[ProviderDay, list[DayLine]] = {}
    for at, service in enumerate(chart.services):
        code, component, day = service.code, service.component, service.service_from
        if code is None or (inpatient and component == "facility"):
            continue
        by = provider_of(service, chart.hospital)
        line = DayLine(code, service.modifiers, units_of_a_day(service), component, at)
        days.setdefault((by, component, day), []).append(line)
    return days


def days_with_others(days: Days, others: Iterable[HistoryLine], history: PatientHistory) -> Days:
    """Those of the chart's days on which its provider has lines on other charts too, with these behind its own."""
    stays = stays_of(history)
    together: dict[ProviderDay, list[DayLine]] = {}
    for line in others:
        key = (provider_of(line, line.hospital), line.component, line.day)
        of_a_stay = line.component == "facility" and (line.hospital, line.chart_id) in stays
        if line.code is not None and key in days and not of_a_stay:
            other = DayLine(line.code, line.modifiers, -(-line.units // 1000), line.component, other=line)
            together.setdefault(key, list(days[key])).append(other)
    return together


def units_of_a_day(service: Service) -> int:
    """Whole units of a line; of one over several days the average, rounded to the nearest (NCCI Policy Manual, chapter
    I, section V)."""
    if service.service_to <= service.service_from:
        return -(-service.units // 1000)
    days = (service.service_to - service.service_from).days + 1
    return (2 * service.units + 1000 * days) // (2000 * days)


def pair_setting(component: str) -> Setting:
    return "practitioner" if component == "professional" else "outpatient"


def unit_setting(line: DayLine) -> Setting:
    """Equipment that somebody sells or rents out (NU, UE, RR) has limits of its own."""
    if line.component == "facility":
        return "outpatient"
    return "practitioner" if _EQUIPMENT.isdisjoint(line.modifiers) else "dme"


def unbundled(days: Days, tables: DatedTables) -> Iterator[Unbundled]:
    """Every two lines of a day that a pair in force denies, and no modifier parts."""
    for (_, component, day), lines in days.items():
        if len(lines) == 1:
            continue
        codes = tuple(dict.fromkeys(line.code for line in lines))
        for column1, column2, indicator, *_ in tables.pairs_among(pair_setting(component), codes, day):
            for denied in lines:
                for paid in lines:
                    if (paid.code, denied.code) != (column1, column2):
                        continue
                    if indicator == 0 or not is_parted(paid, denied, day):
                        yield Unbundled(paid, denied, indicator)


def is_parted(paid: DayLine, denied: DayLine, day: date) -> bool:
    """An associated modifier on either code; before 1 July 2019 59 and X{EPSU} on column 2 only."""
    if not ASSOCIATED.isdisjoint(denied.modifiers):
        return True
    counts = ASSOCIATED if day >= _EITHER_CODE else ASSOCIATED - _APART
    return not counts.isdisjoint(paid.modifiers)


def over_limits(days: Days, tables: DatedTables) -> Iterator[Excess]:
    """Indicator 1: each line by itself, so that lines split by modifiers are right. 2 and 3: the sum of a code and day,
    whatever its modifiers."""
    for (_, _, day), lines in days.items():
        of_the_day: dict[UnitLimit, list[DayLine]] = {}
        for line in lines:
            limit = tables.unit_limit(unit_setting(line), line.code, day)
            if limit is None:
                continue
            if limit.indicator != 1:
                of_the_day.setdefault(limit, []).append(line)
            elif line.units > limit.units:
                yield Excess((line,), 1)
        for limit, same in of_the_day.items():
            if sum(line.units for line in same) > limit.units:
                yield Excess(tuple(same), limit.indicator)
