"""The other payers of a claim, read: how the patient is insured with them, and what they answered (837 loop 2320)."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from claims.x12.claim_lines_in import LineAnswer, adjustments, answers, control_number
from claims.x12.fields import Fields
from claims.x12.loops import Loop
from claims.x12.people_in import RELATIONSHIPS, subscriber
from claims.x12.segments import Segment
from claims.x12.values import REMARKS
from schemas.events.chart import Authorization, PayerKind
from schemas.events.claim import PriorAnswer
from schemas.events.people import Subscriber

_SEQUENCES: Final = "PSTABCDEFGH"  # SBR01: first, second, third, then fourth to eleventh


PayerOf = Callable[[str, str], tuple[str, PayerKind]]
"""Who a payer is by his id, and of which kind, which his filing indicator may tell."""


class OtherPayer(NamedTuple):
    """Another payer of a claim; `answer` is null where he has not answered yet."""

    payer: str
    kind: PayerKind
    sequence: int
    filing_indicator: str | None
    subscriber: Subscriber
    member_id: str | None
    group: str | None
    authorizations: tuple[Authorization, ...]
    answer: PriorAnswer | None


def sequence(said: Segment, fields: Fields) -> int:
    """A payer's place in the order, by SBR01."""
    place = _SEQUENCES.find(said.element(1)) + 1 if said.element(1) else 0
    if not place:
        fields.wrong(said, 1, "no place in the order of payers", "write P, S, T or A to H")
    return place or 1


def other_payers(claim: Loop, lines: Sequence[Loop], payer_of: PayerOf, fields: Fields) -> Iterator[OtherPayer]:
    """Each as the claim names him, with his answers; nobody else has answered a line."""
    loops, answered = list(claim.within("SBR")), dict[str, list[LineAnswer]]()
    numbers = {line.head.element(1): control_number(line) for line in lines} if loops else {}
    for payer, answer in (each for loop in lines for each in answers(loop, numbers, fields)):
        answered.setdefault(payer, []).append(answer)
    for loop in loops:
        yield _other_payer(loop, answered, payer_of, fields)
    named = {payer.head.element(9).strip() for loop in loops for payer in loop.within("NM1", "PR")}
    for said in (svd.head for line in lines for svd in line.within("SVD")):
        if said.element(1).strip() not in named:
            fields.wrong(said, 1, "an answer of a payer whom the claim does not name", "name him: SBR, NM1*PR")


def _other_payer(
    loop: Loop, answered: Mapping[str, Sequence[LineAnswer]], payer_of: PayerOf, fields: Fields
) -> OtherPayer:
    """One loop 2320 with what its payer answered to the lines; `answered` is by the payers' ids."""
    said = loop.head
    person, payer = next(loop.within("NM1", "IL"), None), next(loop.within("NM1", "PR"), None)
    if payer is None:
        fields.wrong(said, 1, "another payer without his name (NM1*PR)", "name him")
    number = fields.required(payer.head, 9) if payer else "?"
    who, kind = payer_of(number, said.element(9))
    found = OtherPayer(
        payer=who,
        kind=kind,
        sequence=sequence(said, fields),
        filing_indicator=said.element(9) or None,
        subscriber=subscriber(RELATIONSHIPS.get(said.element(2), "other"), person, fields),
        member_id=(person.head.element(9) or None) if person else None,
        group=said.element(3) or None,
        authorizations=tuple(authorizations(payer)) if payer else (),
        answer=None,
    )
    return found._replace(answer=_answer(loop, payer, found, answered.get(number, ()), fields))


def authorizations(loop: Loop) -> Iterable[Authorization]:
    """REF G1."""
    return (Authorization(number=said.element(2) or "?") for said in loop.all("REF", "G1"))


def _answer(
    loop: Loop, payer: Loop | None, of: OtherPayer, lines: Sequence[LineAnswer], fields: Fields
) -> PriorAnswer | None:
    """Who says what he paid (AMT D) or adjusted has answered; others are only named."""
    paid, left, on = loop.first("AMT", "D"), loop.first("AMT", "EAF"), payer.first("DTP", "573") if payer else None
    if paid is None and not lines and loop.first("CAS") is None:
        return None
    days = [fields.day(on, 3)] if on else [each.on for each in lines if each.on]
    if not days:
        fields.wrong(loop.head, 1, "an answer without its day (DTP*573)", "give the day on which he adjudicated")
        return None
    number = payer.first("REF", "F8") if payer else None
    return PriorAnswer(
        payer=of.payer,
        sequence=of.sequence,
        adjudicated_on=max(days),
        payer_claim_number=(number.element(2) or None) if number else None,
        paid_cents=fields.cents(paid, 2) if paid else sum(each.line.paid_cents for each in lines),
        adjustments=tuple(adjustments(loop, fields)),
        lines=tuple(each.line for each in lines),
        remaining_cents=fields.cents(left, 2) if left else None,
        remarks=_remarks(loop),
        filing_indicator=of.filing_indicator,
        subscriber=of.subscriber,
        member_id=of.member_id,
        group=of.group,
    )


def _remarks(loop: Loop) -> tuple[str, ...]:
    """Of the claim, in MIA or MOA."""
    for tag, places in REMARKS.items():
        if (said := loop.first(tag)) is not None:
            return tuple(filter(None, map(said.element, places)))
    return ()
