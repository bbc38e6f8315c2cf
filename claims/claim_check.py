"""Somebody's claims under the edits: what would be wrong with each, and which rules a claim alone can't be held to."""

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from pydantic import ValidationError

from claims.claim_chart import Billers, billers, chart_of, is_inpatient, with_elsewhere
from claims.claim_edits import claim_findings, doubted
from claims.claim_places import place_of
from claims.edits import check_chart
from claims.tables import Reference
from claims.validation import grouped
from claims.x12.claims_in import ClaimRead, Unread
from claims.x12.fields import Doubt
from claims.x12.values import no_room
from schemas.events.claim import ClaimBuilt, ClaimKind
from schemas.events.coded import Drg, Finding
from schemas.events.types import Day, Instant

NOT_OF_A_CLAIM: Final[dict[str, str]] = {
    "$2": "what the hospital's chargemaster asks is not known",
    "B7": "the patient's other claims are not known",
    "B9": "the patient's other claims are not known",
    "B10": "the patient's other claims are not known",
    "C9": "neither consent nor what the patient paid in full stands on a claim",
    "I2": "the plan's answer about the member (271) is not known",
    "I4": "from when to when the plan covers him is not known",
    "I5": "the plan's answer about the member (271) is not known",
    "I6": "the plan's answer about the member (271) is not known",
    "M4": "whether a drug's package holds a single dose is not known",
    "M5": "whether a notice of non-coverage is signed is not known",
}
LATE: Final = {"D4": "the day on which the payer gets the claim is not known"}
_OF_HOSPITALS: Final = frozenset({"011", "041"})  # bill types of stays that MS-DRG groups
NO_GROUP: Final[dict[str, str]] = dict.fromkeys(
    ("B8", "H4", "X6", "X8", "X11", "X12", "X13"), "the Medicare Code Editor and MS-DRG are of hospital stays"
)
"""What is not asked of a stay in a nursing facility, or in a swing bed."""
_ONCE: Final = frozenset({"P4"})
"""Rules that speak of who bills at each of his lines: of a claim once is enough."""


class Checked(NamedTuple):
    """A claim with what is wrong with it, the group of its stay, and why some rules were not asked."""

    claim: ClaimBuilt
    at: int
    findings: tuple[Finding, ...]
    drg: Drg | None
    not_judged: dict[str, str]

    @property
    def would_be_returned(self) -> bool:
        return any(finding.severity == "reject" for finding in self.findings)


class ClaimCheck:
    """Judges claim by claim. `received`: the day on which payers have them, for timely filing; unknown by itself."""

    def __init__(self, reference: Reference, now: Instant, received: Day | None = None) -> None:
        self._reference, self._now, self._received = with_elsewhere(reference), now, received
        self._billers: Billers = billers(reference.partners)
        self.known = self._billers.known()

    def check(self, read: ClaimRead) -> Checked | Unread:
        """Unread where a chart has no room for what the claim says."""
        reference, claim = self._reference, read.claim
        try:
            chart, stay = grouped(chart_of(read, reference, self._billers, self._now, self._received), reference)
        except ValidationError as error:
            return Unread(claim.control_number, read.at, (no_room(read.at, error, "CLM"),))
        not_judged = self._not_judged(claim)
        payer = reference.partners.payers.get(claim.payer)
        found = check_chart(chart, reference, stay)
        of_chart = (_placed(each, claim.kind) for each in found if not _is_said(each, read.doubts))
        group = None if read.doubts else chart.drg  # by other codes the stay might be of another
        said = (*doubted(read.doubts), *of_chart, *claim_findings(claim, payer, group))
        kept = (finding for finding in said if finding.rule not in not_judged)
        if read.clia is not None:
            kept = (finding for finding in kept if finding.rule != "P8")
        drg = chart.drg if _is_grouped(claim) else None
        return Checked(claim, read.at, tuple(_without_echoes(kept)), drg, not_judged)

    def _not_judged(self, claim: ClaimBuilt) -> dict[str, str]:
        unknown = NOT_OF_A_CLAIM | (LATE if self._received is None else {})
        if not is_inpatient(claim):
            return unknown
        return unknown | ({} if _is_grouped(claim) else NO_GROUP)


def _is_grouped(claim: ClaimBuilt) -> bool:
    return (claim.bill_type or "")[:3] in _OF_HOSPITALS


def _is_said(finding: Finding, doubts: Iterable[Doubt]) -> bool:
    """Whether reading has told the same of that diagnosis, nearer to where it stands."""
    told = ((doubt.rule, f"diagnoses[{doubt.diagnosis}].") for doubt in doubts if doubt.diagnosis is not None)
    return any(finding.rule == rule and (finding.field or "").startswith(field) for rule, field in told)


def _placed(finding: Finding, kind: ClaimKind) -> Finding:
    """By the claim's element instead of the chart's field."""
    return finding.model_copy(update={"field": place_of(finding.field, kind)})


def _without_echoes(findings: Iterator[Finding]) -> Iterator[Finding]:
    said = set[tuple[str, str]]()
    for finding in findings:
        if finding.rule in _ONCE:
            if (finding.rule, finding.message) in said:
                continue
            said.add((finding.rule, finding.message))
        yield finding
