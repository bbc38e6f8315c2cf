"""Edits on days of room and board and hours of observation (B5, B6)."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from claims.edits.revenue import LEAVE, OBSERVATION, is_accommodation
from claims.edits.rule import Fault, Rule, rule
from claims.edits.subject import Subject
from claims.stay import covered_days
from schemas.events.coded import Service

_HOURLY: Final = "G0378"
_DIRECT: Final = "G0379"
BY_THE_HOUR: Final = frozenset({_HOURLY, _DIRECT})
_HOUR: Final = timedelta(hours=1)
_WHOLE: Final = 1000


@rule(
    "B5",
    "reject",
    carc="16",
    citation="837I SV205; CMS Pub. 100-02 chapter 3/20.1",
    mend="correct the days of room and board, the dates of the stay or the days of leave",
    of="inpatient",
)
def room_days_differ(subject: Subject) -> Iterator[Fault]:
    """The days of room and board are those of the stay: without its last day, and without leave (100-02 3/20.1).

    A stay without any such line says nothing of its days: other hospitals charge them within something else.
    """
    rooms = [service for service in subject.services if _is_room(service)]
    days = covered_days(subject.stay, subject.stay.leave_days) * _WHOLE
    if rooms and sum(service.units for service in rooms) != days:
        yield Fault("the days of room and board are not those of the stay", "services", None, "days")


def _is_room(service: Service) -> bool:
    revenue = service.revenue_code
    return revenue is not None and is_accommodation(revenue) and not revenue.startswith(LEAVE)


@rule(
    "B6",
    "reject",
    carc="282",
    citation="IOCE 44, 53; CPM 4/290.2",
    mend="bill hours of observation as G0378 with revenue code 0762, of an outpatient",
    of="facility",
    needs="observation",
)
def observation_misplaced(subject: Subject) -> Iterator[Fault]:
    """G0378 and G0379 are an outpatient's (IOCE 53); G0378 stands with 0762 and nothing else with it (IOCE 44).

    What was folded into a stay was an outpatient's when it was given (CPM 3/40.3).
    """
    for at, service in enumerate(subject.services):
        code, revenue = service.code, service.revenue_code
        if code is None or service.component != "facility":
            continue
        if code in BY_THE_HOUR and subject.inpatient and service.chart_id is None:
            yield Fault("observation of an inpatient by its outpatient code", f"services[{at}].code", at, "HCPCS code")
        elif (code == _HOURLY) != (revenue == OBSERVATION) and code != _DIRECT:
            message = "hours of observation and their revenue code stand apart"
            yield Fault(message, f"services[{at}].revenue_code", at, "revenue code")


@rule(
    "B6",
    "reject",
    carc="107",
    citation="IOCE 58; CPM 4/290.5.2",
    mend="add the hours of observation, or remove the referral",
    of="facility",
    needs="observation",
)
def referral_without_observation(subject: Subject) -> Iterator[Fault]:
    """A direct referral to observation (G0379) stands with its hours (G0378) on the same day (IOCE 58)."""
    for at, service in enumerate(subject.services):
        if service.code == _DIRECT and not any(_are_its_hours(each, service) for each in subject.services):
            yield Fault("a referral to observation without its hours", f"services[{at}].code", at, "HCPCS code")


def _are_its_hours(service: Service, referral: Service) -> bool:
    return service.code == _HOURLY and service.service_from == referral.service_from


@rule(
    "B6",
    "reject",
    carc="16",
    citation="CPM 4/290.2.2",
    mend="count the hours from the order to the end of observation, without those of other treatment",
    of="facility",
    needs="observation",
)
def more_hours_than_the_visit(subject: Subject) -> Iterator[Fault]:
    """The units of G0378 are hours, rounded to the nearest: no more than the encounter has (CPM 4/290.2.2).

    Those that were folded into it from another chart are of that chart's encounter.
    """
    own = (service for service in subject.services if service.chart_id is None)
    units = sum(service.units for service in own if service.code == _HOURLY)
    if units and units > int((subject.stay.end - subject.stay.start) / _HOUR + 0.5) * _WHOLE:
        yield Fault("more hours of observation than the encounter has", "services", None, "quantity")


BEDS: Final[tuple[Rule, ...]] = (
    room_days_differ,
    observation_misplaced,
    referral_without_observation,
    more_hours_than_the_visit,
)
