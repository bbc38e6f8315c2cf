"""What a claim, its number and its lines are called: derived from what they name, so that a redelivery is the same."""

from hashlib import blake2b
from typing import Final

from schemas.events.claim import ClaimBuilt, ClaimKind
from schemas.events.people import Organization
from schemas.events.types import Day
from schemas.identity import derived

_LINE_NUMBER = 16  # hexadecimal digits of 8 bytes


_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_BASE_32: Final = tuple(first + second for first in _LETTERS for second in _LETTERS)
"""RFC 4648, ten bits at once: its library's function takes five times as long."""


def claim_id(
    *,
    hospital: str,
    account_number: str,
    kind: ClaimKind,
    billing: str,
    period: str,
    split: str,
    payer: str,
    sequence: int,
    revision: int,
) -> str:
    """Facility and professional, past 50 lines, one insurer twice, a second replacement: each has an id of its own.

    `split` tells the claims of one biller and period apart: the control number of the first line.
    """
    return derived("claim", hospital, account_number, kind, billing, period, split, payer, sequence, revision)


def claim_id_of(claim: ClaimBuilt, revision: int) -> str:
    """The id of that claim in another revision."""
    return claim_id(
        hospital=claim.hospital,
        account_number=claim.account_number,
        kind=claim.kind,
        billing=billing_key(claim.billing_provider),
        period=period(claim.charts[0].chart_id, claim.statement_from, claim.statement_to),
        split=claim.lines[0].control_number,
        payer=claim.payer,
        sequence=claim.payer_sequence,
        revision=revision,
    )


def billing_key(billing: Organization) -> str:
    """Who bills, in one word: the NPI names an organisation; without one its name does."""
    return billing.npi or billing.name


def period(chart_id: str, start: Day, end: Day) -> str:
    """The chart is part of the period: two charts of an account may cover the same days."""
    return f"{chart_id} {start} {end}"


def control_number(claim: str, submission: int) -> str:
    """CLM01: A-Z and 0-9, at most 20, which is all a payer must echo (x12.org RFI 525). A resend has its own."""
    number = int.from_bytes(_digest(12, "control-number", claim, str(submission))) << 4  # 100 bits are twenty letters
    return "".join([_BASE_32[number >> at & 0x3FF] for at in range(90, -1, -10)])


def line_control_number(hospital: str, chart_id: str, statement: str, component: str, occurrence: int) -> str:
    """X12 REF 6R: one service has it on every payer's claim and in every version of its chart."""
    return _digest(8, "line", hospital, chart_id, statement, component, str(occurrence)).hex().upper()


def piece_control_number(line: str, first: Day) -> str:
    """Of a line that is cut, the piece from that day on: the line's number and the day (at most 30, REF 6R)."""
    return f"{line}{first:%Y%m%d}"


def service_number(line: str) -> str:
    """The number of the service that a line is, or a piece of."""
    return line[:_LINE_NUMBER]


def claim_built_id(claim: str, submission: int) -> str:
    """The event's own id: a claim is said once per submission."""
    return derived("claim-built", claim, submission)


def forwarded_deadline(claim: str) -> str:
    """The deadline by which a payer is to answer what another forwarded to him."""
    return derived("deadline", "answer-overdue", "forwarded", claim)


def _digest(size: int, *parts: str) -> bytes:
    """No field of one line holds a control character, so U+001F keeps the parts apart; much faster than uuid5."""
    return blake2b("\x1f".join(parts).encode(), digest_size=size).digest()
