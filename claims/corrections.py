"""New drafts against what a payer has already: originals, replacements (7), voids (8), resends, or nothing."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from claims import findings
from claims.accounts import Account, AccountClaim, is_with_the_payer, live_claims, unanswered
from claims.drafting import PRODUCER, bill_type
from claims.identity import billing_key, claim_built_id, claim_id_of, control_number
from schemas.events.claim import ClaimBuilt, ClaimKind, PatientBill
from schemas.events.coded import ChartCoded, Finding
from schemas.events.types import Event
from schemas.identity import caused_by

Accepts = Callable[[str, ClaimKind], bool]
"""Whether a payer takes replacements and voids of that kind."""

_OWN_TO_A_SENDING = frozenset(Event.model_fields) | {
    "claim_id", "submission", "control_number", "frequency", "original_reference", "revision", "charts", "bill_type",
    "patient_paid_cents",  # what the patient paid since is the bill's matter, and no reason to correct a claim
}  # fmt: skip


class Forwarded(NamedTuple):
    """A payer passed a claim on to the next one: the claim we expect him to answer, and whose successor it is."""

    by: str
    claim: ClaimBuilt


@dataclass(frozen=True)
class Formed:
    """What is to be said. `superseded` claims no longer stand; `refused` and `awaited` say why nothing is said yet.

    `forwarded` claims are not said: their payers have them. From the answers to `followed` claims all has followed.
    """

    claims: tuple[ClaimBuilt, ...] = ()
    bills: tuple[PatientBill, ...] = ()
    superseded: tuple[str, ...] = ()
    refused: tuple[Finding, ...] = ()
    awaited: tuple[str, ...] = ()
    forwarded: tuple[Forwarded, ...] = ()
    followed: tuple[str, ...] = ()


def correct(drafts: tuple[ClaimBuilt, ...], chart: ChartCoded, account: Account, accepts: Accepts) -> Formed:
    """A chart's new drafts in place of its claims to their first payers. What a draft no longer says is voided.

    A replacement may go only when the original is adjudicated: until then the correction waits (billing.md section 1).
    """
    if all(kept.claim.charts[0].chart_id != chart.chart_id for kept in account.claims):
        return Formed(claims=drafts)
    if waiting := unanswered(account, chart.chart_id):
        return Formed(awaited=tuple(kept.claim.claim_id for kept in waiting))
    live = live_claims(account, chart.chart_id)
    paired, gone = _paired(drafts, [kept for kept in live if kept.claim.payer_sequence == 1])
    steps = [_succeed(made, before, account, accepts) for made, before in paired]
    withdrawn = [*gone, *_without_predecessor(account, live)]
    return together([*steps, *(withdraw(each, account, accepts, chart) for each in withdrawn)])


def follow(
    made: ClaimBuilt, earlier: Sequence[AccountClaim], account: Account, accepts: Accepts, because: Event
) -> Formed:
    """A claim to a further payer in place of what he had of it, and instead of what another payer had in his turn;
    nothing when that says the same."""
    his, others = same_turn(made, earlier)
    steps = [withdraw(other, account, accepts, because) for other in others]
    before = (_closest(made, his) or his[0]) if his else None
    return together([*steps, _succeed(made, before, account, accepts)])


def expect(made: ClaimBuilt, by: AccountClaim, earlier: Sequence[AccountClaim], account: Account) -> Formed:
    """A claim that its payer forwarded to the next one. What he has from us already is what he answers; a claim of our
    own would be a second one."""
    his, _ = same_turn(made, earlier)
    known = next((kept for kept in his if kept.state != "rejected"), None)
    if known is not None:
        linked = by.forwarded_as == known.claim.claim_id
        return Formed() if linked else Formed(forwarded=(Forwarded(by.claim.claim_id, known.claim),))
    coming = _as(made, account, revision=_revision(made, account))
    gone = tuple(kept.claim.claim_id for kept in his)
    return Formed(forwarded=(Forwarded(by.claim.claim_id, coming),), superseded=gone)


def same_turn(made: ClaimBuilt, earlier: Sequence[AccountClaim]) -> tuple[list[AccountClaim], list[AccountClaim]]:
    """What that payer has in that turn, and what others have in it."""
    his = [kept for kept in earlier if _slot(kept.claim) == _slot(made)]
    return his, [kept for kept in earlier if kept not in his]


def withdraw(gone: AccountClaim, account: Account, accepts: Accepts, because: Event) -> Formed:
    """A claim that should not be there, and those that followed it: void what a payer paid on, forget what he did not.

    A void repeats the original; a claim wholly denied or rejected leaves nothing to take back.
    """
    steps = [withdraw(after, account, accepts, because) for after in successors(account, gone)]
    if is_with_the_payer(gone):
        return Formed(awaited=(gone.claim.claim_id,))
    if gone.state in {"answered", "crossed-over"} or (gone.state == "rejected" and gone.claim.frequency == "7"):
        void = gone.claim.model_copy(update={**caused_by(because, PRODUCER)})
        return together([*steps, _resaid("8", void, gone, account, accepts)])
    return together([*steps, Formed(superseded=(gone.claim.claim_id,))])


def successors(account: Account, claim: AccountClaim) -> tuple[AccountClaim, ...]:
    """The next payer's claims about the same lines, or about those that this claim took the place of."""
    mine = _lines(account, claim)
    return tuple(
        kept
        for kept in live_claims(account, claim.claim.charts[0].chart_id)
        if kept.claim.payer_sequence == claim.claim.payer_sequence + 1
        and any(line.control_number in mine for line in kept.claim.lines)
    )


def _lines(account: Account, claim: AccountClaim) -> set[str]:
    """Its own lines, and what its replaced predecessors had that no other claim of theirs has now."""
    had, have = set[str](), set[str]()
    for kept in account.claims:
        if _slot(kept.claim) == _slot(claim.claim) and kept.claim.claim_id != claim.claim.claim_id:
            (had if kept.state == "replaced" else have).update(line.control_number for line in kept.claim.lines)
    return {line.control_number for line in claim.claim.lines} | (had - have)


def _without_predecessor(account: Account, live: Sequence[AccountClaim]) -> list[AccountClaim]:
    """Claims to further payers whose first payer's claim is gone: a void of theirs was rejected."""
    following = {after.claim.claim_id for kept in live for after in successors(account, kept)}
    return [kept for kept in live if kept.claim.payer_sequence > 1 and kept.claim.claim_id not in following]


def _succeed(made: ClaimBuilt, predecessor: AccountClaim | None, account: Account, accepts: Accepts) -> Formed:
    """What a draft is said as, by what became of the claim before it."""
    if predecessor is None:
        return Formed(claims=(_as(made, account, revision=_revision(made, account)),))
    match predecessor.state:
        case "rejected":
            return _resent(made, predecessor, account)
        case "answered" | "denied" | "crossed-over":
            if _says_the_same(made, predecessor.claim):
                return Formed()
            return _resaid("7", made, predecessor, account, accepts)
        case _:
            return Formed(awaited=(predecessor.claim.claim_id,))


def _resent(made: ClaimBuilt, rejected: AccountClaim, account: Account) -> Formed:
    """A rejected claim was never filed: it goes again as what it was, in its revision, as the next submission."""
    before = rejected.claim
    again = _as(
        made,
        account,
        revision=before.revision,
        frequency=before.frequency,
        reference=before.original_reference,
    )
    return Formed(claims=(again,), superseded=_other_than(again, before))


def _resaid(frequency: str, said: ClaimBuilt, standing: AccountClaim, account: Account, accepts: Accepts) -> Formed:
    """A replacement or a void names the payer's own number of what it is about (REF F8), if the payer takes it."""
    before = standing.claim
    number = before.original_reference if standing.state == "rejected" else standing.payer_claim_number
    if number is None or not accepts(before.payer, before.kind):
        return Formed(refused=(_not_replaceable(number is None),))
    revision = _revision(said, account)
    again = _as(said, account, revision=revision, frequency=frequency, reference=number)
    return Formed(claims=(again,), superseded=_other_than(again, before))


def _as(
    claim: ClaimBuilt, account: Account, *, revision: int, frequency: str = "1", reference: str | None = None
) -> ClaimBuilt:
    """The claim under the id of that revision, as the next submission of it."""
    name = claim_id_of(claim, revision)
    earlier = (kept.claim.submission for kept in account.claims if kept.claim.claim_id == name)
    submission = 1 + max(earlier, default=0)
    return claim.model_copy(
        update={
            "event_id": claim_built_id(name, submission),
            "claim_id": name,
            "control_number": control_number(name, submission),
            "submission": submission,
            "revision": revision,
            "frequency": frequency,
            "original_reference": reference,
            "bill_type": claim.bill_type and bill_type(claim.bill_type.startswith("011"), frequency),
        }
    )


def _revision(claim: ClaimBuilt, account: Account) -> int:
    """The next one of what this biller sends this payer about the chart; a second replacement has its own."""
    earlier = (kept.claim.revision for kept in account.claims if _slot(kept.claim) == _slot(claim))
    return 1 + max(earlier, default=0)


def _paired(
    drafts: Iterable[ClaimBuilt], earlier: Iterable[AccountClaim]
) -> tuple[list[tuple[ClaimBuilt, AccountClaim | None]], list[AccountClaim]]:
    """Each draft with the claim it takes the place of, and the claims whose place none takes.

    First by the lines they share, then by whatever is left of that biller to that payer: all its lines may be new.
    """
    left, without = list(earlier), list[ClaimBuilt]()
    paired: list[tuple[ClaimBuilt, AccountClaim | None]] = []
    for made in drafts:
        before = _closest(made, left)
        if before is None:
            without.append(made)
            continue
        left.remove(before)
        paired.append((made, before))
    for made in without:
        before = next((kept for kept in left if _slot(kept.claim) == _slot(made)), None)
        if before is not None:
            left.remove(before)
        paired.append((made, before))
    return paired, left


def _closest(made: ClaimBuilt, earlier: Iterable[AccountClaim]) -> AccountClaim | None:
    """The claim of that biller to that payer which has most of the same lines; null when none has any."""
    lines = {line.control_number for line in made.lines}
    shared = [
        (sum(line.control_number in lines for line in kept.claim.lines), kept)
        for kept in earlier
        if _slot(kept.claim) == _slot(made)
    ]
    most, closest = max(shared, key=lambda pair: pair[0], default=(0, None))
    return closest if most else None


def _slot(claim: ClaimBuilt) -> tuple[str, str, str, str, int]:
    biller = billing_key(claim.billing_provider)
    return claim.charts[0].chart_id, claim.kind, biller, claim.payer, claim.payer_sequence


def _says_the_same(made: ClaimBuilt, before: ClaimBuilt) -> bool:
    said = ClaimBuilt.model_fields.keys() - _OWN_TO_A_SENDING
    return all(getattr(made, field) == getattr(before, field) for field in said)


def _other_than(again: ClaimBuilt, before: ClaimBuilt) -> tuple[str, ...]:
    return () if again.claim_id == before.claim_id else (before.claim_id,)


def together(steps: Sequence[Formed]) -> Formed:
    """Half a correction is worse than none: where one step is refused, none is said."""
    refused = tuple(finding for step in steps for finding in step.refused)
    awaited = tuple(name for step in steps for name in step.awaited)
    if refused or awaited:
        return Formed(refused=refused, awaited=awaited)
    claims = tuple(claim for step in steps for claim in step.claims)
    return Formed(claims=claims, superseded=tuple(name for step in steps for name in step.superseded))


def _not_replaceable(unnumbered: bool) -> Finding:
    return findings.reject(
        "C5",
        "the payer gave no claim number to replace" if unnumbered else "the payer takes no replacement of this claim",
        mend="ask the payer to reopen the claim, and send what it answers",
        citation="X12 837 REF F8; payer's profile accepts_replacement",
        carc="16",
    )
