"""Where a claim comes from and what came of it: the claims whose place it takes, and those of the payers before and
after."""

from collections.abc import Iterable
from typing import NamedTuple

from claims.accounts import Account, AccountClaim


class Kin(NamedTuple):
    """A claim with the control numbers of its relatives: whose place it took, who took its own, which claim of the
    payer before led to it, and to which ones it led."""

    claim: AccountClaim
    replaces: str | None
    replaced_by: tuple[str, ...]
    follows: str | None
    led_to: tuple[str, ...]


def family(account: Account, claim_id: str) -> tuple[Kin, ...]:
    """Everything that a claim came from or led to, the first payer's oldest version first."""
    mine, grown = set[str](), {claim_id}
    while grown - mine:
        mine |= grown
        near = (kept for kept in account.claims if not _links(kept).isdisjoint(mine))
        grown = mine.union(*(_links(kept) for kept in near))
    kin = (each for each in kinship(account) if each.claim.claim.claim_id in mine)
    return tuple(sorted(kin, key=lambda each: (each.claim.claim.payer_sequence, each.claim.claim.revision)))


def kinship(account: Account) -> tuple[Kin, ...]:
    """Every claim of an account with its relatives."""
    number = {kept.claim.claim_id: kept.claim.control_number for kept in account.claims}

    def numbers(related: Iterable[AccountClaim]) -> tuple[str, ...]:
        return tuple(kept.claim.control_number for kept in related)

    return tuple(
        Kin(
            claim=kept,
            replaces=number.get(kept.replaces or ""),
            replaced_by=numbers(other for other in account.claims if other.replaces == kept.claim.claim_id),
            follows=number.get(kept.follows or ""),
            led_to=numbers(other for other in account.claims if other.follows == kept.claim.claim_id),
        )
        for kept in account.claims
    )


def _links(kept: AccountClaim) -> set[str]:
    return {kept.claim.claim_id, *filter(None, (kept.replaces, kept.follows))}
