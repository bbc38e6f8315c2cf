"""New drafts against what a payer has already: originals, replacements (7), voids (8), resends, or nothing."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from claims import denials, findings, settlement
from claims.accounts import (
    Account,
    AccountClaim,
    is_answered,
    is_with_the_payer,
    live_claims,
    predecessor,
    replaced_by,
    successors,
    unanswered,
)
from claims.change_reason import with_change_reason
from claims.drafting import PRODUCER, bill_type
from claims.formed import Formed, Forwarded, Origin, Steps
from claims.identity import claim_built_id, claim_id_of, control_number
from claims.pairing import chart_id_of, closest, lines_of, pair, says_the_same, slot, takes_place
from schemas.events.claim import ClaimBuilt, ClaimKind
from schemas.events.coded import ChartCoded, Finding
from schemas.events.types import Event
from schemas.identity import caused_by

_CORRECTS = frozenset({"7", "8"})  # CLM05-3

Accepts = Callable[[str, ClaimKind], bool]
"""Whether a payer takes replacements and voids of that kind."""


def correct(drafts: tuple[ClaimBuilt, ...], chart: ChartCoded, account: Account, accepts: Accepts) -> Formed:
    """A chart's new drafts in place of its claims to their first payers. What a draft no longer says is voided.

    A replacement may go only when the original is adjudicated: until then the correction waits (billing.md section 1).
    """
    if all(kept.claim.charts[0].chart_id != chart.chart_id for kept in account.claims):
        return Formed(claims=drafts)
    if waiting := unanswered(account, chart.chart_id):
        return Formed(awaited=tuple(kept.claim.claim_id for kept in waiting))
    live = live_claims(account, chart.chart_id)
    paired, gone = pair(drafts, [kept for kept in live if kept.claim.payer_sequence == 1])
    if (first := _voids_first(paired, gone, account, accepts, chart)) is not None:
        return first
    orphans = [kept for kept in live if kept.claim.payer_sequence > 1 and predecessor(account, kept) is None]
    steps = Steps(account)
    for made, before in paired:
        steps.add(_succeed(made, before, steps.account, accepts))
    steps.add(withdraw((*gone, *orphans), steps.account, accepts, chart))
    return steps.all_or_none()


def _voids_first(
    paired: list[tuple[ClaimBuilt, AccountClaim | None]],
    gone: list[AccountClaim],
    account: Account,
    accepts: Accepts,
    chart: ChartCoded,
) -> Formed | None:
    """Of a chart that is a stay no more, or one now, the voids of what its payers have as the other care; null where
    there is none. They get the new claims when they have given the old ones back, for they would deny them as
    duplicates. Where one refused to, or another correction of the chart is refused, nothing is said."""
    moved = [kept for kept in gone if any(_is_other_care(kept.claim, made) for made, _ in paired)]
    if not moved:
        return None
    voids = withdraw(moved, account, accepts, chart)
    others = [_succeed(made, before, account, accepts) for made, before in paired if before is not None]
    refused = [*voids.refused, *(finding for other in others for finding in other.refused)]
    if any(_would_not_void(kept, each) for kept in moved for each in account.claims):
        refused.append(NOT_TAKEN_BACK)
    if refused:
        return Formed(refused=tuple(refused))
    return replace(voids, awaited=tuple(void.claim_id for void in voids.claims)) if voids.claims else None


def _is_other_care(before: ClaimBuilt, made: ClaimBuilt) -> bool:
    """Of one biller to one payer about one chart, a stay's claim and an outpatient's."""
    return slot(before) == slot(made) and not takes_place(made, before)


def _would_not_void(kept: AccountClaim, void: AccountClaim) -> bool:
    return void.claim.frequency == "8" and void.replaces == kept.claim.claim_id and void.state in {"rejected", "denied"}


def follow(made: ClaimBuilt, after: AccountClaim, account: Account, accepts: Accepts, because: Event) -> Formed:
    """A claim to a further payer in place of what he had of it, and instead of what another payer had in his turn;
    nothing when that says the same."""
    strays = list(_strays(made, after, account))
    if waiting := tuple(stray.claim.claim_id for stray in strays if _may_change(stray, account)):
        return Formed(awaited=waiting)
    before, others = _same_turn(made, after, account)
    before = before or closest(made, strays)  # should he have none that followed, then one that he would not void
    if any(stray.claim.payer == made.payer and stray is not before for stray in strays):
        return Formed(refused=(NOT_TAKEN_BACK,))
    steps = Steps(account)
    steps.add(withdraw(others, account, accepts, because))
    steps.add(_succeed(made, before, steps.account, accepts, follows=after.claim.claim_id))
    return steps.all_or_none()


def expect(made: ClaimBuilt, after: AccountClaim, account: Account, accepts: Accepts, because: Event) -> Formed:
    """A claim that its payer forwarded to the next one. What he has from us already is what he answers, if it is about
    the same lines; a claim of our own would be a second one. What another payer had in that turn is taken back."""
    known, others = _same_turn(made, after, account)
    steps = Steps(account)
    steps.add(withdraw(others, account, accepts, because))
    steps.add(_expected(made, known, after, steps.account))
    return steps.all_or_none()


def _expected(made: ClaimBuilt, known: AccountClaim | None, after: AccountClaim, account: Account) -> Formed:
    by = after.claim.claim_id
    if known is not None and known.state != "rejected" and lines_of(known.claim) == lines_of(made):
        linked = after.forwarded_as == known.claim.claim_id
        return Formed() if linked else Formed(forwarded=(Forwarded(by, known.claim),))
    coming = _as(made, account, revision=_revision(made, account), frequency=made.frequency)
    gone = (known.claim.claim_id,) if known else ()
    origin = Origin(coming.claim_id, replaces=known.claim.claim_id if known else None, follows=by)
    return Formed(forwarded=(Forwarded(by, coming),), superseded=gone, origins=(origin,))


def instead(expected: AccountClaim, account: Account, accepts: Accepts, because: Event) -> Formed:
    """Our own claim, under the same id, instead of the forwarded one that its payer never answered: the original he
    never had, or a replacement of the one for which he has paid."""
    said = expected.claim.model_copy(update={**caused_by(because, PRODUCER)})
    paid = next((kept for kept in replaced_by(account, expected) if settlement.totals(kept).charge_cents), None)
    if paid is None:
        return Formed(claims=(said,))
    number = paid.payer_claim_number
    if number is None or not accepts(said.payer, said.kind):
        return Formed(refused=(_not_replaceable(number is None),))
    return Formed(claims=(with_change_reason(_numbered(said, "7", number), paid.claim),))


def _strays(made: ClaimBuilt, after: AccountClaim, account: Account) -> Iterator[AccountClaim]:
    """Claims in that turn that have one of the lines still, and that another claim led to, before a newer version
    parted its lines. A payer never has a line twice."""
    mine, own = lines_of(made).keys(), successors(account, after)
    for kept in live_claims(account, chart_id_of(made)):
        in_turn = kept.claim.payer_sequence == made.payer_sequence and kept not in own
        if in_turn and not mine.isdisjoint(lines_of(kept.claim)):
            yield kept


def _may_change(claim: AccountClaim, account: Account) -> bool:
    """Whether it is still to be replaced or withdrawn. Not so a claim whose void its payer rejected: all has followed
    from the one before it."""
    before = predecessor(account, claim)
    return is_with_the_payer(claim) or (before is not None and not (is_answered(before) and before.followed_up))


def _same_turn(
    made: ClaimBuilt, after: AccountClaim, account: Account
) -> tuple[AccountClaim | None, list[AccountClaim]]:
    """Of the claims that followed: the one to that payer in that turn, and the others."""
    earlier = successors(account, after)
    his = [kept for kept in earlier if slot(kept.claim) == slot(made)]
    known = closest(made, his) or next(iter(his), None)
    return known, [kept for kept in earlier if kept is not known]


def withdraw(claims: Iterable[AccountClaim], account: Account, accepts: Accepts, because: Event) -> Formed:
    """Claims that should not be there, each after those that it led to: void what a payer paid on, forget what he did
    not."""
    steps = Steps(account)
    for gone in claims:
        steps.add(withdraw(successors(account, gone), steps.account, accepts, because))
        steps.add(_taken_back(gone, steps.account, accepts, because))
    return steps.all_or_none()


def _taken_back(gone: AccountClaim, account: Account, accepts: Accepts, because: Event) -> Formed:
    """A void repeats the original; a claim wholly denied or rejected leaves nothing to take back."""
    if is_with_the_payer(gone):
        return Formed(awaited=(gone.claim.claim_id,))
    if gone.state in {"answered", "crossed-over"} or (gone.state == "rejected" and gone.claim.frequency == "7"):
        void = gone.claim.model_copy(update={**caused_by(because, PRODUCER)})
        return _resaid("8", void, gone, account, accepts)
    return Formed(superseded=(gone.claim.claim_id,))


def _succeed(
    made: ClaimBuilt, before: AccountClaim | None, account: Account, accepts: Accepts, follows: str | None = None
) -> Formed:
    """What a draft is said as, by what became of the claim before it."""
    if before is None:
        return _first(made, account, follows)
    match before.state:
        case "rejected":
            return _resent(made, before, account, follows)
        case "answered" | "denied" | "crossed-over":
            if says_the_same(made, before.claim):
                return Formed()
            if before.claim.frequency in _CORRECTS or not denials.is_unprocessable(before):
                return _resaid("7", made, before, account, accepts, follows=follows)
            return _anew(made, before, account, follows)
        case _:
            return Formed(awaited=(before.claim.claim_id,))


def _first(made: ClaimBuilt, account: Account, follows: str | None) -> Formed:
    voids = settlement.pending_voids(account, chart_id_of(made))
    if waiting := tuple(void.claim.claim_id for void in voids if slot(void.claim) == slot(made)):
        return Formed(awaited=waiting)  # should he refuse one, he has the claim still
    new = _as(made, account, revision=_revision(made, account), frequency=made.frequency)
    return Formed(claims=(new,), origins=(Origin(new.claim_id, follows=follows),))


def _resent(made: ClaimBuilt, rejected: AccountClaim, account: Account, follows: str | None) -> Formed:
    """A rejected claim was never filed: it goes again as what it was, as the next submission. Where its first line or
    its days are others its id is too, and no other claim may have had it."""
    before = rejected.claim
    same = claim_id_of(made, before.revision) == before.claim_id
    again = _as(
        made,
        account,
        revision=before.revision if same else _revision(made, account),
        frequency=before.frequency if before.frequency in _CORRECTS else made.frequency,
        reference=before.original_reference,
    )
    replaced = next(replaced_by(account, rejected), rejected)
    again = with_change_reason(again, replaced.claim)
    replaces = rejected.replaces if again.claim_id == before.claim_id else before.claim_id
    origin = Origin(again.claim_id, replaces, follows)
    return Formed(claims=(again,), superseded=_other_than(again, before), origins=(origin,))


def _anew(made: ClaimBuilt, before: AccountClaim, account: Account, follows: str | None) -> Formed:
    """What the payer could not process he does not have: there is nothing to replace, and a new claim takes its place,
    also with a payer who takes no replacements (CPM 1/80.3)."""
    new = _as(made, account, revision=_revision(made, account), frequency=made.frequency)
    origin = Origin(new.claim_id, before.claim.claim_id, follows)
    return Formed(claims=(new,), superseded=(before.claim.claim_id,), origins=(origin,))


def _resaid(
    frequency: str,
    said: ClaimBuilt,
    standing: AccountClaim,
    account: Account,
    accepts: Accepts,
    *,
    follows: str | None = None,
) -> Formed:
    """A replacement or a void names the payer's own number of what it is about (REF F8), if the payer takes it."""
    before = standing.claim
    number = before.original_reference if standing.state == "rejected" else standing.payer_claim_number
    if number is None or not accepts(before.payer, before.kind):
        return Formed(refused=(_not_replaceable(number is None),))
    revision = _revision(said, account)
    again = with_change_reason(
        _as(said, account, revision=revision, frequency=frequency, reference=number), standing.claim
    )
    origin = Origin(again.claim_id, before.claim_id, follows)
    return Formed(claims=(again,), superseded=_other_than(again, before), origins=(origin,))


def _as(
    claim: ClaimBuilt, account: Account, *, revision: int, frequency: str, reference: str | None = None
) -> ClaimBuilt:
    """The claim under the id of that revision, as the next submission of it."""
    name = claim_id_of(claim, revision)
    earlier = (kept.claim.submission for kept in account.claims if kept.claim.claim_id == name)
    submission = 1 + max(earlier, default=0)
    named = claim.model_copy(
        update={
            "event_id": claim_built_id(name, submission),
            "claim_id": name,
            "control_number": control_number(name, submission),
            "submission": submission,
            "revision": revision,
        }
    )
    return _numbered(named, frequency, reference)


def _numbered(claim: ClaimBuilt, frequency: str, reference: str | None) -> ClaimBuilt:
    """The claim as an original, or as a replacement or void of what its payer knows by that number."""
    again = claim.bill_type and bill_type(claim.bill_type.startswith("011"), frequency)
    return claim.model_copy(update={"frequency": frequency, "original_reference": reference, "bill_type": again})


def _revision(claim: ClaimBuilt, account: Account) -> int:
    """The next one of what this biller sends this payer about the chart; a second replacement has its own."""
    earlier = (kept.claim.revision for kept in account.claims if slot(kept.claim) == slot(claim))
    return 1 + max(earlier, default=0)


def _other_than(again: ClaimBuilt, before: ClaimBuilt) -> tuple[str, ...]:
    return () if again.claim_id == before.claim_id else (before.claim_id,)


def _not_replaceable(unnumbered: bool) -> Finding:
    return findings.reject(
        "C5",
        "the payer gave no claim number to replace" if unnumbered else "the payer takes no replacement of this claim",
        mend="ask the payer to reopen the claim, and send what it answers",
        citation="X12 837 REF F8; payer's profile accepts_replacement",
        carc="16",
    )


NOT_TAKEN_BACK = findings.reject(
    "C5",
    "the payer has one of the lines on another claim, which he would not take back",
    mend="ask the payer to void or reopen that claim, and send what it answers",
    citation="X12 837 CLM05-3, 8",
    carc="18",
)
