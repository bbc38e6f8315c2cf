"""Given: what payers say, and hospitals, but for its order."""

from collections.abc import Iterator
from typing import NamedTuple

from schemas.events import ClaimAdjudicated, ClaimBuilt
from tests.claims.given_accounts import Reasons, answer, by_line

PLANS = ("commercial", "medicare-advantage", "medicaid")  # they take replacements and voids of both kinds
STUBBORN = ("commercial", "medicare", "medicaid")  # Medicare takes none of professional claims
NOT_OF_WORK = "P2"  # CARC
AFTER_WORK = ("workers-compensation", "commercial", "medicaid")


class Says(NamedTuple):
    """Of what is left he leaves so much of a hundred to the patient; or he denies. In parts: each line for itself."""

    leaves: int
    denies: bool = False
    parts: bool = False

    def of(self, claim: ClaimBuilt, left: int) -> list[ClaimAdjudicated]:
        if self.denies:
            carc = NOT_OF_WORK if claim.payer == AFTER_WORK[0] else "29"
            return [answer(claim, 0, [("CO", carc, claim.total_charge_cents)])]
        if claim.payer_sequence > 1:
            patient = left * self.leaves // 100
            taken: Reasons = [("OA", "23", claim.total_charge_cents - left), ("PR", "2", patient)]
            return [answer(claim, left - patient, [reason for reason in taken if reason[2]])]
        whole = by_line(claim, [self._line(line.charge_cents) for line in claim.lines])
        return list(_line_by_line(whole)) if self.parts else [whole]

    def _line(self, cents: int) -> Reasons:
        reasons: Reasons = [("CO", "45", cents // 7), ("PR", "2", (cents - cents // 7) * self.leaves // 100)]
        return [reason for reason in reasons if reason[2]]


class Payer(NamedTuple):
    """What he says of a claim, one correction after another; whether he forwards it to the next payer himself, and that
    gets lost; whether we wait in vain though it comes; how many claims he rejects before he takes one."""

    words: tuple[Says, ...]
    forwards: bool = False
    loses: bool = False
    is_late: bool = False
    rejects: int = 0


class Version(NamedTuple):
    """A chart's lines, facility's and professionals', by their cents; which plans it names; whether it is a stay."""

    facility: tuple[int, ...]
    professional: tuple[int, ...] = ()
    plans: tuple[int, ...] = (0, 1, 2)
    stays: bool = False


class Story(NamedTuple):
    """What happens, but for its order."""

    payers: tuple[Payer, ...]
    charts: tuple[tuple[Version, ...], ...]
    names: tuple[str, ...] = PLANS

    def plans_of(self, version: Version) -> tuple[str, ...]:
        """Where a payer forwards claims, each version names whom he forwards them to."""
        plans = self.names[: len(self.payers)]
        if any(payer.forwards for payer in self.payers):
            return plans
        return tuple(plan for at, plan in enumerate(plans) if at in version.plans)


def _line_by_line(whole: ClaimAdjudicated) -> Iterator[ClaimAdjudicated]:
    for line in whole.lines:
        patient = sum(each.cents for each in line.adjustments if each.group == "PR")
        money = {"charge_cents": line.charge_cents, "paid_cents": line.paid_cents}
        yield whole.model_copy(update={"lines": (line,), **money, "patient_responsibility_cents": patient})
