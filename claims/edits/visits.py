"""Edits on which visits of a patient belong on one claim (B7, B9, B10): the days before an admission, one day, a month;
and which do not (C9).

Whether a payer wants it so is said in partners.yaml (`one_claim`); without that B7, B9 and B10 are silent.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from claims.edits.rule import Fault, Rule, rule
from claims.edits.subject import Subject
from claims.folding import discloses
from claims.history import LOOK_BACK, Visit
from claims.partners import OneClaim
from claims.stay import admission_day

# CPM 3/40.3.B: diagnostic services by revenue code, all of a group by its first three digits.
_DIAGNOSTIC_GROUPS: Final = frozenset(
    {"030", "031", "032", "035", "040", "046", "053", "061", "062", "073", "074", "092"}
)
_DIAGNOSTIC: Final = frozenset(
    {"0254", "0255", "0341", "0343", "0371", "0372", "0471", "0481", "0482", "0483", "0489", "0918"}
)
_OUTSIDE_WINDOW: Final = frozenset({"054", "082", "083", "084", "085"})  # ambulance, maintenance dialysis
# CPM 1/50.2.2: repetitive services, billed once a month.
_REPETITIVE_GROUPS: Final = frozenset({"029", "042", "043", "044", "055", "082", "083", "084", "085"})
_REPETITIVE: Final = frozenset({"0410", "0412", "0419", "0482", "0943", "0948"})


def is_diagnostic(revenue_code: str) -> bool:
    return revenue_code in _DIAGNOSTIC or revenue_code[:3] in _DIAGNOSTIC_GROUPS


def is_repetitive(revenue_code: str) -> bool:
    """Billed once a month where the payer wants it so (CPM 1/50.2.2)."""
    return revenue_code in _REPETITIVE or revenue_code[:3] in _REPETITIVE_GROUPS


@rule(
    "B7",
    "reject",
    carc="60",
    citation="42 CFR 412.2(c)(5); CPM 3/40.3",
    mend="fold the outpatient services into the stay, or say that they are not related to it (admission_related)",
    proposes="fold",
)
def outpatient_before_admission(subject: Subject) -> Iterator[Fault]:
    """Outpatient services by the same hospital before an admission belong on the stay's claim: all of the admission
    day; of the three calendar days before it (one, where the hospital isn't paid by IPPS) the diagnostic ones, and all
    others that nobody says are unrelated (42 CFR 412.2(c)(5); CPM 3/40.3). Ambulance and maintenance dialysis stay out,
    and so do a critical access hospital (`window_days: 0`) and a stay of which only professionals bill.
    """
    if not subject.hospital.window_days or "admission" not in _wanted(subject):
        return
    chart, admitted = subject.chart, admission_day(subject.stay) or subject.stay.start_day
    for visit in _others(subject):
        if (visit.encounter_class == "inpatient") == subject.inpatient or visit.chart_id in chart.folds:
            continue
        theirs = _facility(subject, visit)
        if not theirs or not subject.facility:
            continue
        if subject.inpatient:
            found = any(_in_window(subject, line, visit.admission_related, admitted) for line in theirs)
        else:
            own = _own(subject)
            found = any(_in_window(subject, line, chart.admission_related, visit.start) for line in own)
        if found:
            yield Fault("outpatient services stand apart from the stay they came before", "services", other=visit)


def _in_window(subject: Subject, line: tuple[date, str], related: bool | None, admission: date) -> bool:
    day, revenue_code = line
    if (
        revenue_code[:3] in _OUTSIDE_WINDOW
        or not admission - timedelta(subject.hospital.window_days) <= day <= admission
    ):
        return False
    return day == admission or related is not False or is_diagnostic(revenue_code)


@rule(
    "B9",
    "reject",
    carc="97",
    citation="CPM 1/50.2.2, 4/180; IOCE 42",
    mend="merge the visits of the day; two of one department are told apart by condition code G0",
    of="facility",
    proposes="merge",
)
def two_visits_of_a_day(subject: Subject) -> Iterator[Fault]:
    """One outpatient claim of a hospital for a patient and day, to a payer who wants it so (CPM 1/50.2.2; IOCE 42)."""
    if subject.inpatient or "day" not in _wanted(subject):
        return
    days = {day for day, _ in _own(subject)}
    for visit in _outpatient(subject):
        if any(day in days for day, _ in _facility(subject, visit)):
            yield Fault("another outpatient visit of this day is billed apart", "services", other=visit)


@rule(
    "B10",
    "reject",
    carc="97",
    citation="CPM 1/50.2.2",
    mend="merge the services of the month",
    of="facility",
    proposes="merge",
)
def repetitive_services_of_a_month(subject: Subject) -> Iterator[Fault]:
    """Repetitive services of one department and month go on one claim (CPM 1/50.2.2): revenue codes 029x, 0410, 0412,
    0419, 042x-044x, 0482, 055x, 082x-085x, 0943, 0948."""
    if subject.inpatient or "month" not in _wanted(subject):
        return
    own = {_month(line) for line in _own(subject) if is_repetitive(line[1])}
    if not own:
        return
    for visit in _outpatient(subject):
        if any(_month(line) in own for line in _facility(subject, visit)):
            yield Fault("the same repetitive service of this month is billed apart", "services", other=visit)


@rule(
    "C9",
    "reject",
    citation="42 CFR 2.31-2.33",
    mend="send both charts with the same consent, the one that gives first; or undo the fold",
    fixed=True,
)
def folded_without_consent(subject: Subject) -> Iterator[Fault]:
    """Services of substance-use treatment go onto another chart's claim only under their own consent: both charts say
    the same of it (42 CFR 2.31-2.33). So a chart whose services stand on this one came before it, and is not back. What
    was folded under one consent of both may have another one: the chart that gave says so first.
    """
    chart, history = subject.chart, subject.history
    if not chart.folds and chart.folded_into is None:
        return
    consents = {visit.chart_id: visit.part2 for visit in history.visits if visit.hospital == chart.hospital}
    into = chart.folded_into
    was = consents.get(chart.chart_id)
    together = into is not None and was is not None and was == consents.get(into)
    if into in consents and not together and discloses(chart.part2, consents[into]):
        yield Fault("the services are folded into a chart that has not their consent", "folded_into")
    if any(discloses(consents.get(each), chart.part2) for each in chart.folds):
        yield Fault("services were folded into this chart that are under a consent of their own", "folds")
    looked_at = subject.days[0] >= subject.received - LOOK_BACK
    if looked_at and not consents.keys() >= set(chart.folds):
        yield Fault("services were folded into this chart whose own chart is not known", "folds")


def _month(line: tuple[date, str]) -> tuple[int, int, str]:
    day, revenue_code = line
    return day.year, day.month, revenue_code[:3]


def _wanted(subject: Subject) -> tuple[OneClaim, ...]:
    return subject.payer.one_claim if subject.payer else ()


def _others(subject: Subject) -> Iterator[Visit]:
    """Visits to the same hospital that the same payer is asked for."""
    chart = subject.chart
    for visit in subject.history.visits:
        same = visit.hospital == chart.hospital and visit.payer == (subject.payer and subject.payer.id)
        if same and visit.chart_id != chart.chart_id:
            yield visit


def _outpatient(subject: Subject) -> Iterator[Visit]:
    """Other visits to the hospital that are no stays, and not folded into this one."""
    for visit in _others(subject):
        if visit.encounter_class != "inpatient" and visit.chart_id not in subject.chart.folds:
            yield visit


def _facility(subject: Subject, visit: Visit) -> list[tuple[date, str]]:
    """Day and revenue code of the hospital's own lines of an earlier visit."""
    return subject.hospital_lines.get((visit.hospital, visit.chart_id), [])


def _own(subject: Subject) -> list[tuple[date, str]]:
    return [(s.service_from, s.revenue_code or "") for s in subject.services if s.component == "facility"]


VISITS: Final[tuple[Rule, ...]] = (
    outpatient_before_admission,
    two_visits_of_a_day,
    repetitive_services_of_a_month,
    folded_without_consent,
)
