"""Edits on what goes beside a claim: papers and notes (C10)."""

from collections.abc import Iterator
from typing import Final

from claims.edits.rule import Fault, Rule, rule
from claims.edits.subject import Subject
from claims.enclosures import MOST_ATTACHMENTS, NOTE, ON_REQUEST, REPORT_TYPES, TRANSMISSIONS
from schemas.events.chart import Attachment

_ANOTHER_REASON: Final = "11"


@rule(
    "C10",
    "reject",
    carc="16",
    citation="837 2300 PWK, NTE, CLM20",
    mend="complete it, or leave it out",
    needs="papers and notes",
)
def papers_and_notes(subject: Subject) -> Iterator[Fault]:
    """A paper that goes to the payer says what it is, how it gets there and, unless it waits for his asking (AA), its
    number (837 PWK); there are at most ten. A claim's note has 80 characters: of a longer one the rest is cut, which
    warns. A delay for another reason than those of the list (CLM20 11) is told in a note. Where an item is kept from
    plans no paper and no note goes along, for it might speak of that (45 CFR 164.522(a)(1)(vi)), which warns.
    """
    chart = subject.chart
    if len(chart.attachments) > MOST_ATTACHMENTS:
        yield Fault(f"more than {MOST_ATTACHMENTS} papers", "attachments")
    for at, paper in enumerate(chart.attachments):
        yield from _unsendable(paper, f"attachments[{at}]")
    if chart.claim_note is not None and len(chart.claim_note) > NOTE:
        message, mend = f"a note of more than {NOTE} characters", "say it in fewer words: the rest is cut"
        yield Fault(message, "claim_note", mend=mend, severity="warn")
    if chart.restrictions and (chart.attachments or chart.claim_note):
        message, mend = "no paper or note goes along where an item is kept from plans", "send it to the payer yourself"
        yield Fault(message, "restrictions", mend=mend, severity="warn")
    if chart.delay_reason == _ANOTHER_REASON and chart.claim_note is None:
        yield Fault("another reason for a delay without the words for it", "claim_note", mend="say it in a note")


def _unsendable(paper: Attachment, field: str) -> Iterator[Fault]:
    if paper.report_type not in REPORT_TYPES:
        yield Fault("a paper of no kind that an 837 knows", f"{field}.report_type", value_kind="report type")
    if paper.transmission not in TRANSMISSIONS:
        mend = "give AA, BM, EL, EM, FT or FX"
        yield Fault("no way for a paper to go", f"{field}.transmission", value_kind="transmission", mend=mend)
    if paper.control_number is None and paper.transmission != ON_REQUEST:
        yield Fault("a paper that is sent, without its number", f"{field}.control_number")


ENCLOSURES: Final[tuple[Rule, ...]] = (papers_and_notes,)
