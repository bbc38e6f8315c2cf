"""What goes beside a claim, read: its notes and the papers it announces (837 loop 2300, NTE and PWK)."""

from collections.abc import Iterator

from claims.enclosures import late_words
from claims.x12.fields import Fields
from claims.x12.loops import Loop
from schemas.events.chart import Attachment
from schemas.events.claim import ClaimKind


def notes(claim: Loop, kind: ClaimKind, delay_reason: str | None) -> Iterator[str]:
    """Without what a late bill's note adds of itself."""
    added = "; ".join(late_words(kind, delay_reason))
    for said in claim.all("NTE"):
        own = said.element(2).removesuffix(added).removesuffix("; ") if added else said.element(2)
        if own:
            yield own


def attachments(claim: Loop, fields: Fields) -> Iterator[Attachment]:
    for said in claim.all("PWK"):
        yield Attachment(
            report_type=fields.required(said, 1),
            transmission=fields.required(said, 2),
            control_number=said.element(6) or None,
        )
