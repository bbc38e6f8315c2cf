"""Which services go on one claim: at most so many lines, cut where a day ends, and of one month or year where a payer
wants that."""

from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import groupby

from claims.payers import NumberedService
from schemas.events.claim import ClaimKind
from schemas.events.types import Day

MOST_LINES: dict[ClaimKind, int] = {"professional": 50, "institutional": 999}  # X12 837P and 837I, loop 2400
MOST_DIAGNOSES = 12  # X12 837P, HI

Services = tuple[NumberedService, ...]
Fits = Callable[[Sequence[NumberedService]], bool]


def split(services: Services, kind: ClaimKind, splits: Collection[str] = ()) -> tuple[Services, ...]:
    """By day, as many days to a claim as fit; a day is cut only when it does not fit alone.

    A day stays together so that an add-on stays with its base, and a code pair with its column 1. `splits` are what the
    payer wants on no claim together (CARC 267, 268).
    """
    fits = _fits_professional if kind == "professional" else _fits_institutional
    in_order = tuple(sorted(services, key=_day))
    apart = (tuple(each) for _, each in groupby(in_order, key=lambda numbered: period_of(_day(numbered), splits)))
    return tuple(part for each in apart for part in ((each,) if fits(each) else _filled(each, fits)))


def period_of(day: Day, splits: Collection[str]) -> tuple[int, ...]:
    """What of a day's date must be the same on a claim."""
    if "month" in splits:
        return day.year, day.month
    return (day.year,) if "year" in splits else ()


def _filled(services: Services, fits: Fits) -> Iterator[Services]:
    claim: Services = ()
    for _, same_day in groupby(services, key=_day):
        day = tuple(same_day)
        if fits(claim + day):
            claim += day
            continue
        if claim:
            yield claim
        *whole, claim = _pieces(day, fits)
        yield from whole
    yield claim


def _pieces(day: Services, fits: Fits) -> Iterator[Services]:
    piece: Services = ()
    for numbered in day:
        if piece and not fits((*piece, numbered)):
            yield piece
            piece = ()
        piece += (numbered,)
    yield piece


def _fits_professional(services: Sequence[NumberedService]) -> bool:
    if len(services) > MOST_LINES["professional"]:
        return False
    pointed = {pointer for numbered in services for pointer in numbered.service.pointers}
    return len(pointed) <= MOST_DIAGNOSES


def _fits_institutional(services: Sequence[NumberedService]) -> bool:
    return len(services) <= MOST_LINES["institutional"]


def _day(numbered: NumberedService) -> Day:
    return numbered.service.service_from
