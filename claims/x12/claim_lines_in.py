"""The lines of a claim, read (837 loops 2400, 2410, 2420), and what an earlier payer answered to each (2430)."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, Literal, NamedTuple, cast

from pydantic import ValidationError

from claims.x12.fields import NO_DAY, Fields, parts
from claims.x12.loops import Loop
from claims.x12.segments import Segment
from claims.x12.values import REASONS, no_room, whole
from schemas.events.claim import Adjustment, ClaimKind, ClaimLine, PriorLine
from schemas.events.types import Day

HCPCS: Final = "HC"
_RATE: Final = "HP"
_GROUPS: Final = frozenset({"CO", "OA", "PI", "PR"})
_POINTERS: Final = range(1, 5)
_NDC: Final = "N4"


class OfClaim(NamedTuple):
    """What a line has from its claim where it says nothing itself."""

    kind: ClaimKind
    control_number: str
    place: str | None
    rendering: str | None
    days: tuple[Day, Day] | None


class LineAnswer(NamedTuple):
    """What a payer answered to a line, and when."""

    line: PriorLine
    on: Day | None


def line(loop: Loop, claim: OfClaim, fields: Fields) -> ClaimLine | None:
    """Null where it says nothing of a service, or what no line of ours has room for."""
    professional = claim.kind == "professional"
    tag = "SV1" if professional else "SV2"
    number, service = fields.count(loop.head, 1), loop.first(tag)
    if service is None:
        fields.wrong(loop.head, 1, f"a line without {tag}", "give the service")
        return None
    authorization = loop.first("REF", "G1")
    try:
        return ClaimLine(
            number=number,
            control_number=control_number(loop),
            chart_id=claim.control_number,
            statement=f"line-{number}",
            **_procedure(parts(service, 1 if professional else 2), fields),
            **(_professional(service, claim, fields) if professional else _institutional(service, fields)),
            **_days(loop, claim, fields),
            **_drug(loop, fields),
            rendering_npi=who(loop, "82", fields) or claim.rendering,
            ordering_npi=who(loop, "DK", fields),
            authorization=authorization.element(2) or None if authorization else None,
            supervising_npi=who(loop, "DQ", fields),
            operating_npi=who(loop, "72", fields),
        )
    except ValidationError as error:
        fields.faults.append(no_room(service.at, error, tag))
        return None


def answers(loop: Loop, lines: Mapping[str, str], fields: Fields) -> Iterator[tuple[str, LineAnswer]]:
    """What other payers answered to a line, each by the id by which the file names him. `lines`: the control numbers of
    the claim's by their places."""
    name = control_number(loop)
    for answered in loop.within("SVD"):
        said, on, left = answered.head, answered.first("DTP", "573"), answered.first("AMT", "EAF")
        procedure = parts(said, 3)
        prior = PriorLine(
            control_number=name,
            paid_cents=fields.cents(said, 2),
            adjustments=tuple(adjustments(answered, fields)),
            code=procedure.element(2) or None,
            modifiers=tuple(filter(None, procedure.elements[3:7])),
            revenue_code=said.element(4) or None,
            units=fields.thousandths(said, 5) if said.element(5) else None,
            remaining_cents=fields.cents(left, 2) if left else None,
            bundled_into=lines.get(said.element(6)),
        )
        yield fields.required(said, 1), LineAnswer(prior, fields.day(on, 3) if on else None)


def control_number(loop: Loop) -> str:
    """As the sender has it (REF 6R), or else the line's number."""
    given = loop.first("REF", "6R")
    return (given.element(2) if given else "") or str(whole(loop.head, 1) or 0)


def adjustments(loop: Loop, fields: Fields) -> Iterator[Adjustment]:
    """CAS: up to six reasons of one group."""
    for said in loop.all("CAS"):
        group = said.element(1)
        if group not in _GROUPS:
            fields.wrong(said, 1, "no group of adjustments", "write CO, OA, PI or PR")
            group = "OA"
        for at in REASONS:
            if said.element(at):
                yield Adjustment(
                    group=cast("Literal['CO', 'OA', 'PI', 'PR']", group),
                    carc=said.element(at),
                    cents=fields.cents(said, at + 1),
                    quantity=fields.thousandths(said, at + 2) if said.element(at + 2) else None,
                )


def _procedure(said: Segment, fields: Fields) -> dict[str, Any]:
    """SV101 and SV202: the code with its modifiers and words; a revenue code may stand without, and with a rate of its
    own (HIPPS) it does."""
    if not said.element(1) or said.element(1) == _RATE:
        return {}
    if said.element(1) != HCPCS:
        fields.wrong(said, 1, "a code that is not of HCPCS", "write HC and its code")
    modifiers, text = tuple(filter(None, said.elements[3:7])), said.element(7)
    return {"code": fields.required(said, 2), "modifiers": modifiers, "text": text or None}


def _professional(said: Segment, claim: OfClaim, fields: Fields) -> dict[str, Any]:
    pointers = parts(said, 7)
    return {
        "charge_cents": fields.amount(said, 2),
        "unit_kind": fields.required(said, 3),
        "units": fields.quantity(said, 4),
        "place_of_service": said.element(5) or claim.place,
        "pointers": tuple(fields.count(pointers, at) for at in _POINTERS if pointers.element(at)),
    }


def _institutional(said: Segment, fields: Fields) -> dict[str, Any]:
    return {
        "revenue_code": fields.required(said, 1),
        "charge_cents": fields.amount(said, 3),
        "unit_kind": fields.required(said, 4),
        "units": fields.quantity(said, 5),
        "non_covered_cents": fields.cents(said, 7),
    }


def _days(loop: Loop, claim: OfClaim, fields: Fields) -> dict[str, Any]:
    """A hospital's line without days of its own is of the whole statement."""
    said = loop.first("DTP", "472")
    if said is not None:
        first, last = fields.days(said)
        return {"service_from": first, "service_to": last}
    if claim.days is None:
        fields.wrong(loop.head, 1, "a line without its day: DTP*472 is missing", "give the day of service")
    first, last = claim.days or (NO_DAY, NO_DAY)
    return {"service_from": first, "service_to": last}


def _drug(loop: Loop, fields: Fields) -> dict[str, Any]:
    drug = next(loop.within("LIN"), None)
    if drug is None or drug.head.element(2) != _NDC:
        return {}
    found: dict[str, Any] = {"ndc": fields.required(drug.head, 3)}
    if (how_much := drug.first("CTP")) is not None:
        found["ndc_quantity"] = fields.thousandths(how_much, 4) if how_much.element(4) else None
        found["ndc_unit"] = parts(how_much, 5).element(1) or None
    return found


def who(loop: Loop, role: str, fields: Fields) -> str | None:
    """The NPI of whoever a claim or a line names in a role (NM101)."""
    found = next(loop.within("NM1", role), None)
    return fields.npi(found.head) if found else None
