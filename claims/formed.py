"""What is to be said of an account, and the account once it is said."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from claims.accounts import Account, AccountClaim, claim_of, with_bill, with_claim
from claims.identity import forwarded_deadline
from schemas.events.claim import ClaimBuilt, PatientBill
from schemas.events.coded import Finding


class Forwarded(NamedTuple):
    """A payer passed a claim on to the next one: the claim we expect him to answer, and whose successor it is."""

    by: str
    claim: ClaimBuilt


class Origin(NamedTuple):
    """Where a claim comes from: the one whose place it takes, and the one of the payer before that led to it."""

    claim_id: str
    replaces: str | None = None
    follows: str | None = None


@dataclass(frozen=True)
class Formed:
    """What is to be said. `superseded` claims no longer stand; `refused` and `awaited` say why nothing is said yet, but
    for voids that come before all else; `warned` is what the hospital is to look at because of a bill.

    `forwarded` claims are not said: their payers have them. From the answers to `followed` claims all has followed, and
    from those to `unfollowed` ones not yet. `origins` are of claims said or forwarded.
    """

    claims: tuple[ClaimBuilt, ...] = ()
    bills: tuple[PatientBill, ...] = ()
    warned: tuple[Finding, ...] = ()
    superseded: tuple[str, ...] = ()
    refused: tuple[Finding, ...] = ()
    awaited: tuple[str, ...] = ()
    forwarded: tuple[Forwarded, ...] = ()
    followed: tuple[str, ...] = ()
    unfollowed: tuple[str, ...] = ()
    origins: tuple[Origin, ...] = ()


@dataclass
class Steps:
    """What is formed one after another, each on the account as those before leave it."""

    account: Account
    made: list[Formed] = field(default_factory=list)

    def add(self, step: Formed) -> None:
        self.account = entered(self.account, step)
        self.made.append(step)

    def all_or_none(self) -> Formed:
        """Half a correction is worse than none: where one step is refused or has to wait, none is said."""
        formed = side_by_side(self.made)
        if formed.refused or formed.awaited:
            return Formed(refused=formed.refused, awaited=formed.awaited)
        return formed


def side_by_side(steps: Iterable[Formed]) -> Formed:
    """All of several steps: one that is refused or waits keeps back no other."""
    whole = Formed()
    for step in steps:
        names = vars(whole).keys()
        whole = Formed(**{name: getattr(whole, name) + getattr(step, name) for name in names})
    return whole


def entered(account: Account, formed: Formed) -> Account:
    """The account with what was formed: new claims as sent, the claims they supersede as replaced, bills as issued."""
    for name in formed.superseded:
        account = _changed(account, name, state="replaced")
    origins = {origin.claim_id: origin for origin in formed.origins}
    for claim in formed.claims:
        before = claim_of(account, claim.claim_id)  # a claim sent again comes from where it came from
        known = Origin(claim.claim_id, before.replaces, before.follows) if before else Origin(claim.claim_id)
        _, replaces, follows = origins.get(claim.claim_id, known)
        account = with_claim(account, AccountClaim(claim=claim, replaces=replaces, follows=follows))
    for forwarded in formed.forwarded:
        expected = forwarded.claim
        if claim_of(account, expected.claim_id) is None:
            waits = AccountClaim(
                claim=expected,
                state="expected",
                deadline_id=forwarded_deadline(expected.claim_id),
                replaces=origins[expected.claim_id].replaces,
                follows=origins[expected.claim_id].follows,
            )
            account = with_claim(account, waits)
        account = _changed(account, forwarded.by, forwarded_to=expected.payer, forwarded_as=expected.claim_id)
    for name in formed.followed:
        account = _changed(account, name, followed_up=True)
    for name in formed.unfollowed:
        account = _changed(account, name, followed_up=False)
    for bill in formed.bills:
        account = with_bill(account, bill)
    return account


def _changed(account: Account, claim_id: str, **to: object) -> Account:
    kept = claim_of(account, claim_id)
    return account if kept is None else with_claim(account, kept.model_copy(update=to))
