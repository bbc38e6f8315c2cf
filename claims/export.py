"""Claims as the contents of files, in the format that is asked for: what a file holds, and what can't be in it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Literal, NamedTuple

from claims.fhir import bundles
from claims.partners import Partners
from claims.x12.claim_file import ClaimFile, Style, claim_file
from claims.x12.envelope import Envelope
from claims.x12.parties import parties
from schemas.events.claim import ClaimBuilt
from schemas.events.payer import ClaimAdjudicated

Format = Literal["x12", "json", "fhir"]
ENDINGS: dict[Format, str] = {"x12": "x12", "json": "ndjson", "fhir": "fhir.ndjson"}
Answers = Callable[[str], Sequence[ClaimAdjudicated]]
"""What payers answered to a claim, by its id."""
_KINDS = {"professional": "837p", "institutional": "837i"}


def unanswered(_claim_id: str) -> tuple[ClaimAdjudicated, ...]:
    """As if no payer had answered: what formats without answers ask for."""
    return ()


class Making(NamedTuple):
    """How files are made: in which format, with which signs, when, for a test or not, and with what payers answered."""

    form: Format
    style: Style
    at: datetime
    test: bool
    answers: Answers = unanswered


def batches(claims: Iterable[ClaimBuilt], most: int) -> Iterator[list[ClaimBuilt]]:
    """Claims of one hospital, payer and kind, at most so many together, in the order they came."""
    waiting: dict[tuple[str, str, str], list[ClaimBuilt]] = {}
    for claim in claims:
        key = (claim.hospital, claim.payer, claim.kind)
        batch = waiting.setdefault(key, [])
        batch.append(claim)
        if len(batch) == most:
            yield waiting.pop(key)
    yield from waiting.values()


def content(claims: Sequence[ClaimBuilt], number: int, partners: Partners, making: Making) -> ClaimFile:
    """A file of a batch under its number."""
    if making.form == "json":
        text = "".join(claim.model_dump_json(exclude_none=True) + "\n" for claim in claims)
        return ClaimFile(text, (), tuple(claims), ())
    if making.form == "fhir":
        lines = (bundles.line(claim, making.answers(claim.claim_id), partners.payers) for claim in claims)
        return ClaimFile(b"".join(lines).decode(), (), tuple(claims), ())
    first = claims[0]
    hospital, named = partners.hospital(first.hospital), parties(partners, first.hospital)
    receiver = named.payer("payer", first.payer).payer_id or ""
    envelope = Envelope(hospital.npi, receiver, number, making.at.astimezone(hospital.zone), making.test)
    return claim_file(claims, named, envelope, making.style)


def by_size(written: ClaimFile, most_bytes: int) -> Iterator[tuple[ClaimBuilt, ...]]:
    """The claims of one file or of several, so that each is about so large at most; a claim is never parted."""
    claims = written.claims
    files = max(1, -(-len(written.text) // most_bytes))
    each = max(1, -(-len(claims) // files))
    for at in range(0, len(claims), each):
        yield claims[at : at + each]


def file_name(hospital: str, payer: str, kind: str, number: int, form: Format) -> str:
    return f"{hospital}.{payer}.{_KINDS[kind]}.{number:09d}.{ENDINGS[form]}"
