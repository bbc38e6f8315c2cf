"""Claims as a file: one interchange of one hospital's claims of one kind to one payer, or a set for one claim alone.

A claim that can't be written is left out and named; the others are written.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from claims.x12.envelope import VERSIONS, Envelope, closing, interchange, opening
from claims.x12.institutional import institutional_claim
from claims.x12.parties import Parties, billing_provider, sender_and_receiver
from claims.x12.professional import professional_claim
from claims.x12.segments import Delimiters
from claims.x12.subscribers import dependent, subscriber
from claims.x12.writing import Charset, Unwritable, Writer
from schemas.events.claim import ClaimBuilt

MOST_IN_A_SET: Final = 5_000
"""Claims of one transaction set: what the 5010 guides recommend at most."""


class Style(NamedTuple):
    """How a payer wants his files: which characters, what parts them, and how many claims are in a transaction set:
    who refuses a set refuses all of them."""

    charset: Charset = "extended"
    delimiters: Delimiters = Delimiters()
    set_claims: int = MOST_IN_A_SET


EXTENDED: Final = Style()


class LeftOut(NamedTuple):
    """A claim that can't be written, and why."""

    claim: ClaimBuilt
    why: Unwritable


class ClaimFile(NamedTuple):
    """A file's text, the claims in it, and what was left out; without a claim there is no text."""

    text: str
    numbers: tuple[str, ...]
    claims: tuple[ClaimBuilt, ...]
    left_out: tuple[LeftOut, ...]


def claim_file(claims: Sequence[ClaimBuilt], named: Parties, envelope: Envelope, style: Style = EXTENDED) -> ClaimFile:
    """All of one payer and kind, billing provider by billing provider."""
    kind, payer = claims[0].kind, claims[0].payer
    written: list[ClaimBuilt] = []
    left_out: list[LeftOut] = []
    sets: list[list[str]] = []
    numbers: list[str] = []
    for at in range(0, len(claims), style.set_claims):
        number = _set_number(len(sets))
        w = _writer(style)
        opening(w, kind, number, f"{envelope.number:09d}{number}", envelope.at)
        sender_and_receiver(w, named, payer)
        good = _claims(w, _by_billing_provider(claims[at : at + style.set_claims]), named, left_out)
        if good:
            closing(w, number)
            sets.append(w.segments)
            numbers.append(number)
            written += good
    if not sets:
        return ClaimFile("", (), (), tuple(left_out))
    w = _writer(style)
    interchange(w, envelope, VERSIONS[kind], sets)
    return ClaimFile(w.file(), tuple(numbers), tuple(written), tuple(left_out))


def set_of(place: int, style: Style) -> str:
    """The number (ST02) of the set in which a file's claim stands, by its place from 0, where all of them are
    written."""
    return _set_number(place // style.set_claims)


def transaction_set(claim: ClaimBuilt, named: Parties, at: datetime, style: Style = EXTENDED) -> str:
    """ST to SE of one claim, without an envelope: what travels on a topic has one already. Unwritable where it can't
    be."""
    w = _writer(style)
    opening(w, claim.kind, "0001", claim.control_number, at)
    sender_and_receiver(w, named, claim.payer)
    levels = _Levels()
    _billing_level(w, claim, levels)
    _claim(w, claim, named, levels)
    closing(w, "0001")
    return w.file()


def _set_number(place: int) -> str:
    return f"{place + 1:04d}"


def _writer(style: Style) -> Writer:
    return Writer(style.charset, style.delimiters)


class _Levels:
    """The numbers of the hierarchy: each HL has its own, and names the one above it."""

    def __init__(self) -> None:
        self.last = 0
        self.billing = 0

    def next(self) -> int:
        self.last += 1
        return self.last


def _by_billing_provider(claims: Iterable[ClaimBuilt]) -> list[ClaimBuilt]:
    """Those of one billing provider together, else in their order."""
    groups: dict[object, list[ClaimBuilt]] = {}
    for claim in claims:
        groups.setdefault((claim.billing_provider, claim.pay_to), []).append(claim)
    return [claim for group in groups.values() for claim in group]


def _claims(w: Writer, claims: list[ClaimBuilt], named: Parties, left_out: list[LeftOut]) -> list[ClaimBuilt]:
    """Each claim whole or not at all; a billing provider's level where one of his claims is the first to be written."""
    levels, billing, written = _Levels(), None, list[ClaimBuilt]()
    for claim in claims:
        before = len(w.segments), levels.last, levels.billing
        biller = (claim.billing_provider, claim.pay_to)
        try:
            if biller != billing:
                _billing_level(w, claim, levels)
            _claim(w, claim, named, levels)
        except Unwritable as why:
            del w.segments[before[0] :]
            levels.last, levels.billing = before[1:]
            left_out.append(LeftOut(claim, why))
        else:
            billing = biller
            written.append(claim)
    return written


def _billing_level(w: Writer, claim: ClaimBuilt, levels: _Levels) -> None:
    levels.billing = levels.next()
    w.put("HL", str(levels.billing), "", "20", "1")
    billing_provider(w, claim)


def _claim(w: Writer, claim: ClaimBuilt, named: Parties, levels: _Levels) -> None:
    """Subscriber, the patient where he is another, and the claim."""
    is_patient = claim.subscriber.relationship == "self"
    above = levels.next()
    w.put("HL", str(above), str(levels.billing), "22", "0" if is_patient else "1")
    subscriber(w, claim, named)
    if not is_patient:
        w.put("HL", str(levels.next()), str(above), "23", "0")
        dependent(w, claim)
    _WRITE[claim.kind](w, claim, named)


_WRITE: Final = {"professional": professional_claim, "institutional": institutional_claim}
