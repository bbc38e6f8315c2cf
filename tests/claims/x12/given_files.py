"""Given: a claim as a file, and its segments as they are read again."""

from datetime import UTC, datetime

from claims.x12.claim_file import ClaimFile, Style, claim_file
from claims.x12.envelope import Envelope
from claims.x12.parties import Parties, parties
from claims.x12.segments import Segment, read_segments
from schemas.events.claim import ClaimBuilt
from tests.claims.given_accounts import committed_partners

AT = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)


def named(hospital: str = "mercy-general") -> Parties:
    return parties(committed_partners(), hospital)


def written(*claims: ClaimBuilt, by: Parties | None = None, style: Style | None = None) -> ClaimFile:
    envelope = Envelope("1234567893", "EXPAY1", 7, AT)
    return claim_file(claims, by or named(), envelope, style or Style())


def read(*claims: ClaimBuilt, style: Style | None = None) -> list[Segment]:
    """All segments; every claim must be there."""
    made = written(*claims, style=style)
    assert made.left_out == ()
    return list(read_segments([made.text.encode()]))


def lines(*claims: ClaimBuilt, tag: str) -> list[str]:
    """Segments of a tag, as they stand."""
    return [segment.delimiters.element.join(segment.elements) for segment in read(*claims) if segment.tag == tag]


def why(claim: ClaimBuilt, by: Parties | None = None) -> str:
    """The field for which a claim is left out."""
    (left,) = written(claim, by=by).left_out
    return left.why.field
