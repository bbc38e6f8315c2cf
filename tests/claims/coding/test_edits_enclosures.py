"""Papers and notes that go beside a claim (C10)."""

from typing import Any

import pytest

from claims.edits.enclosures import papers_and_notes
from claims.tables import Reference
from schemas.events.chart import Attachment, Restriction
from schemas.events.coded import ChartCoded
from tests.claims.coding.given_edits import Case, found, kinds, named, places


def paper(report_type: str = "OZ", transmission: str = "FX", control_number: str | None = "P-1") -> Attachment:
    return Attachment(report_type=report_type, transmission=transmission, control_number=control_number)


def beside(**said: Any) -> Any:
    return lambda chart: chart.model_copy(update=said)


KEPT = (Restriction(statement="s1", paid_cents=100),)
FIRES: list[Case] = [
    (papers_and_notes, "C10", "reject", "16", beside(attachments=(paper(), paper("99")))),
    (papers_and_notes, "C10", "reject", "16", beside(attachments=(paper(transmission="ZZ"),))),
    (papers_and_notes, "C10", "reject", "16", beside(attachments=(paper(control_number=None),))),
    (papers_and_notes, "C10", "reject", "16", beside(attachments=(paper(),) * 11)),
    (papers_and_notes, "C10", "warn", "16", beside(claim_note="x" * 81)),
    (papers_and_notes, "C10", "reject", "16", beside(delay_reason="11")),
    (papers_and_notes, "C10", "warn", "16", beside(claim_note="as agreed", restrictions=KEPT)),
    (papers_and_notes, "C10", "warn", "16", beside(attachments=(paper(),), restrictions=KEPT)),
]
FIELDS = (
    "attachments[1].report_type", "attachments[0].transmission", "attachments[0].control_number", "attachments",
    "claim_note", "claim_note", "restrictions", "restrictions",
)  # fmt: skip
PASSES = [
    ("a paper that is sent has its number", beside(attachments=(paper(),) * 10)),
    ("one that waits needs none", beside(attachments=(paper(transmission="AA", control_number=None),))),
    ("a note of eighty characters", beside(claim_note="x" * 80)),
    ("a reason of the list says itself", beside(delay_reason="3")),
    ("nothing goes along", beside(restrictions=KEPT)),
    ("another is told", beside(delay_reason="11", claim_note="the bridge was gone")),
]


@pytest.mark.parametrize(("case", "field"), list(zip(FIRES, FIELDS, strict=True)), ids=named(FIRES))
def test_what_a_payer_could_not_use_is_told(coded: ChartCoded, reference: Reference, case: Case, field: str) -> None:
    edit, rule, severity, carc, change = case
    said = found(edit, change(coded), reference)
    assert (kinds(said), places(said)) == ({(rule, severity, carc)}, [(None, field)])


@pytest.mark.parametrize("change", [row[1] for row in PASSES], ids=[row[0] for row in PASSES])
def test_what_he_can_use_passes(coded: ChartCoded, reference: Reference, change: Any) -> None:
    assert found(papers_and_notes, change(coded), reference) == []
