"""Interim bills in sequence: of a payer who takes no bill with everything since the admission, each has its own days.

The first is 0112, each further one 0113, and the one with the discharge 0114 (X12 CLM05-3: 2, 3, 4). A chart has all
since the admission, so it is parted by the days on which the bills that its payer has end. Lines go by their first day;
one of room and board over the end of a bill is cut there, a day to a unit. Where after the last bill nothing was done
but to leave, the discharge corrects that bill.

The further bill waits for the answer to the one before, as sequences are judged in their order. A bill that is paid
stays as it went out, though the chart now knows other diagnoses: else each version would send all of them again. It is
corrected where its days, its lines or the member are others. One that is denied is compared as any claim is.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from itertools import pairwise
from typing import Final, NamedTuple

from claims.accounts import Account, ClaimState, live_claims
from claims.edits.revenue import LEAVE, is_accommodation
from claims.findings import reject
from claims.identity import piece_control_number
from claims.interim import is_interim
from claims.pairing import slot
from claims.partners import Payer
from claims.payers import NumberedService, Route
from claims.stay import STILL_A_PATIENT, admission_day
from schemas.events.claim import ClaimBuilt
from schemas.events.coded import ChartCoded, Finding, Service
from schemas.events.types import Cents, Day

_DAY: Final = timedelta(days=1)
_A_DAY: Final = 1000
_PAID: Final[frozenset[ClaimState]] = frozenset({"answered", "crossed-over"})

Ends = Mapping[str, tuple[Day, ...]]
"""By payer the last days of the interim bills of a stay that he has, in their order."""

NOT_PARTED: Final = reject(
    "B1",
    "a line goes over the end of an interim bill, and can't be cut by its days",
    field="services",
    carc="306",
    citation="837I CLM05-3, DTP 472; the payer's interim in partners.yaml",
    mend="give the line once for the days until that bill's end and once for those after; of rooms, a day to a unit",
)
LEAVE_WITHOUT_DAYS: Final = reject(
    "B1",
    "days of leave, and nothing says on which interim bill they are",
    field="encounter.leave_days",
    carc="306",
    citation="837I HI, value codes 80 and 81; the payer's interim in partners.yaml",
    mend="give the days of leave as lines with their dates (revenue code 018x)",
)


class Bill(NamedTuple):
    """The chart as it stands over the days of one bill, with the services of these; `follows` one before."""

    chart: ChartCoded
    services: tuple[NumberedService, ...]
    follows: bool


def ends_of(account: Account, chart: ChartCoded, payers: Mapping[str, Payer]) -> Ends:
    """Of the payers who take bills in sequence. One of the chart's last day is corrected, and none goes beyond it."""
    found: dict[str, set[Day]] = {}
    for kept in live_claims(account, chart.chart_id):
        claim = kept.claim
        payer = payers.get(claim.payer)
        takes = payer is not None and payer.interim == "sequential" and claim.payer_sequence == 1
        if takes and is_interim(claim) and claim.statement_to < chart.encounter.end_day:
            found.setdefault(claim.payer, set()).add(claim.statement_to)
    return {payer: tuple(sorted(days)) for payer, days in found.items()}


def unparted(chart: ChartCoded, routes: Iterable[Route], ends: Ends) -> Iterator[Finding]:
    """Why the chart can't be billed by the days of its bills."""
    for route in routes:
        mine = ends.get(route.payers[0].payer, ()) if route.payers else ()
        hospitals = [each.service for each in route.services if each.service.component == "facility"]
        if any(_is_over(service, mine) and not _has_a_day_to_a_unit(service) for service in hospitals):
            yield NOT_PARTED
        if mine and chart.encounter.leave_days * _A_DAY != sum(s.units for s in hospitals if _is_leave(s)):
            yield LEAVE_WITHOUT_DAYS


def in_sequence(chart: ChartCoded, services: tuple[NumberedService, ...], ends: tuple[Day, ...]) -> Iterator[Bill]:
    """Each day of the stay on one bill."""
    stay, ends = chart.encounter, _with_lines(services, ends)
    pieces = [piece for numbered in services for piece in _cut(numbered, ends)]
    begins = (end + _DAY for end in ends)
    for at, (first, after) in enumerate(pairwise((stay.start_day, *begins, stay.end_day + _DAY))):
        mine = tuple(piece for piece in pieces if _bill_of(piece, ends) == at)
        yield Bill(_over(chart, first, after - _DAY, mine), mine, follows=at > 0)


def _with_lines(services: tuple[NumberedService, ...], ends: tuple[Day, ...]) -> tuple[Day, ...]:
    """The ends of bills that have lines: days without any are the bill's before, and the first ones the next bill's."""
    begun = sorted({_bill_of(piece, ends) for numbered in services for piece in _cut(numbered, ends)})
    return tuple(ends[at - 1] for at in begun[1:])


def as_it_went(made: ClaimBuilt, chart: ChartCoded, account: Account) -> ClaimBuilt:
    """The paid bill itself, where a bill of earlier days says the same of its days, lines and member."""
    if not is_interim(made) or made.statement_to >= chart.encounter.end_day:
        return made
    told = _told(made)
    kept = (each for each in live_claims(account, chart.chart_id) if each.state in _PAID)
    return next((each.claim for each in kept if slot(each.claim) == slot(made) and _told(each.claim) == told), made)


def _told(claim: ClaimBuilt) -> tuple[object, ...]:
    member = claim.member_id, claim.subscriber, claim.group
    return claim.statement_from, claim.statement_to, claim.patient_status, claim.lines, *member


def _over(chart: ChartCoded, first: Day, last: Day, services: tuple[NumberedService, ...]) -> ChartCoded:
    """The chart with the stay and the procedures of these days; the first bill has those before the admission, and what
    was folded."""
    stay, begins = chart.encounter, first == chart.encounter.start_day
    days: dict[str, object] = {
        "start_day": first,
        "end_day": last,
        "admission_date": admission_day(stay),
        "leave_days": sum(each.service.units for each in services if _is_leave(each.service)) // _A_DAY,
    }
    if last < stay.end_day:
        days["discharge_status"] = STILL_A_PATIENT
    done = (each for each in chart.procedures if each.performed_at <= last)
    parted: dict[str, object] = {
        "encounter": stay.model_copy(update=days),
        "procedures": tuple(each for each in done if begins or first <= each.performed_at),
    }
    return chart.model_copy(update=parted if begins else {**parted, "folds": ()})


def _cut(numbered: NumberedService, ends: tuple[Day, ...]) -> Iterator[NumberedService]:
    """A service's pieces, each with its days; the first keeps the service's number. Cents are counted from the first
    day on, so that a piece is the same in every version that has the same price."""
    service = numbered.service
    if not _is_over(service, ends):
        yield numbered
        return
    inside = [end + _DAY for end in ends if service.service_from <= end < service.service_to]
    for first, after in pairwise((service.service_from, *inside, service.service_to + _DAY)):
        since, until = (_nights(service, day) for day in (first, after))
        if until == since:
            continue  # the day on which he left
        number = numbered.control_number
        if first > service.service_from:
            number = piece_control_number(number, first)
        yield NumberedService(number, _piece(service, first, after - _DAY, since, until))


def _piece(service: Service, first: Day, last: Day, since: int, until: int) -> Service:
    whole = service.units // _A_DAY

    def part(cents: Cents) -> Cents:
        return cents * until // whole - cents * since // whole

    apart = part(service.non_covered_cents)
    return service.model_copy(
        update={
            "service_from": first,
            "service_to": last,
            "units": (until - since) * _A_DAY,
            "charge_cents": part(service.charge_cents - service.non_covered_cents) + apart,
            "non_covered_cents": apart,
        }
    )


def _nights(service: Service, before: Day) -> int:
    """Of a line of rooms, the days before that one."""
    return min((before - service.service_from).days, service.units // _A_DAY)


def _is_over(service: Service, ends: tuple[Day, ...]) -> bool:
    return any(service.service_from <= end < service.service_to for end in ends)


def _has_a_day_to_a_unit(service: Service) -> bool:
    """The day on which a patient leaves a room may count or not."""
    days = (service.service_to - service.service_from + _DAY).days
    return is_accommodation(service.revenue_code or "") and service.units in {days * _A_DAY, (days - 1) * _A_DAY}


def _is_leave(service: Service) -> bool:
    return (service.revenue_code or "").startswith(LEAVE)


def _bill_of(numbered: NumberedService, ends: tuple[Day, ...]) -> int:
    """How many bills are before that of a service: it goes by its first day."""
    return sum(end < numbered.service.service_from for end in ends)
