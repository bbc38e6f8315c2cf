"""The story of an account: a chart becomes claims and bills; an answer leads to the next payer's claim, or the bill."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import NamedTuple

from claims import bills, findings, payers, settlement
from claims.accounts import (
    Account,
    AccountClaim,
    claim_of,
    is_answered,
    is_done,
    predecessor,
    successors,
)
from claims.change_reason import without_change_reason
from claims.codesets.dated import DatedTables
from claims.corrections import NOT_TAKEN_BACK, Accepts, correct, expect, follow, instead, withdraw
from claims.delay import with_delay_reason
from claims.drafting import PRODUCER, bill_type, draft, payer_fields
from claims.enclosures import ON_REQUEST
from claims.formed import Formed, Steps, entered, side_by_side
from claims.identity import claim_built_id, claim_id_of, control_number
from claims.insurance_type import insurance_type
from claims.interim import billed_through, own_frequency
from claims.line_words import with_needed_words
from claims.order_reason import order_reason
from claims.partners import Partners
from claims.sequence import as_it_went, ends_of, unparted
from schemas.events.chart import Coverage
from schemas.events.claim import ClaimBuilt, ClaimKind, OrderReason
from schemas.events.coded import ChartCoded
from schemas.events.types import Day, Event
from schemas.identity import caused_by

__all__ = ["NO_CONSENT", "Formed", "Now", "entered", "follow_up", "form", "instead_of_forwarded", "secondary"]

_NO_TABLES = DatedTables(())
_OF_WORK = frozenset({("condition", "02"), ("occurrence", "04")})


class Now(NamedTuple):
    """Because of which event something follows, and on which day, where the hospital is."""

    because: Event
    day: Day


def form(chart: ChartCoded, account: Account, partners: Partners, tables: DatedTables = _NO_TABLES) -> Formed:
    """A coded chart's claims to its first payers, and the bills that wait for no payer.

    Where the account has earlier claims of the chart they are replaced, voided or sent again (billing.md section 1).
    Here it is decided which lines say in words what was done, so that no format and no later payer gets more; without
    the user's HCPCS file among the `tables`, by the codes alone.
    """
    hospital, routes = partners.hospital(chart.hospital), payers.routes(chart)
    stays = account.claims and chart.encounter.encounter_class == "inpatient"
    through = billed_through(account, chart.chart_id) if stays else ()
    ends = ends_of(account, chart, partners.payers) if through else {}
    if ends and (refused := tuple(unparted(chart, routes, ends))):
        return Formed(refused=refused)
    drafts = draft(chart, routes, hospital, partners.payers, through, ends=ends)
    drafted = tuple(with_needed_words(claim, tables) for claim in drafts)
    if ends:
        drafted = tuple(as_it_went(claim, chart, account) for claim in drafted)
    formed = correct(drafted, chart, account, _accepts(partners))
    if formed.refused or formed.awaited:
        return formed
    day = (chart.received_at or chart.occurred_at).astimezone(hospital.zone).date()
    billed = bills.direct(chart, routes, account, hospital)
    return replace(formed, claims=_dated(formed.claims, partners, chart, day), bills=billed.bills, warned=billed.warned)


def follow_up(
    chart: ChartCoded, answered: Sequence[AccountClaim], account: Account, partners: Partners, now: Now
) -> Formed:
    """What follows from answers: the next payers' claims where something is left for them, and after the last the bill.

    `account` has the answered claims already. Nothing follows from an answer to a claim that another
    one replaced, or before the payer before has answered. What is refused, or waits until a next payer has answered an
    earlier claim, is tried again with the next answer.
    """
    steps = _step_by_step(chart, answered, account, _accepts(partners), now)
    formed = side_by_side(steps.made)
    formed = replace(formed, claims=_dated(formed.claims, partners, chart, now.day))
    if not steps.made or formed.refused or formed.awaited or not is_done(steps.account, chart.chart_id):
        return formed
    billed = bills.after_payers(chart, steps.account, partners.hospital(chart.hospital), now.because)
    return replace(formed, bills=billed.bills, warned=billed.warned)


def _dated(claims: tuple[ClaimBuilt, ...], partners: Partners, chart: ChartCoded, day: Day) -> tuple[ClaimBuilt, ...]:
    """Claims as they go out on that day: late ones with their reason."""
    payers, told = partners.payers, chart.delay_reason
    return tuple(with_delay_reason(claim, payers.get(claim.payer), day, told) for claim in claims)


def _step_by_step(
    chart: ChartCoded, answered: Sequence[AccountClaim], account: Account, accepts: Accepts, now: Now
) -> Steps:
    """The answered claims in the payers' order, each before what it led to; one that waits is tried again when a claim
    is withdrawn, for it may have waited for that one."""
    steps, waiting = Steps(account), dict[str, Formed]()
    left = sorted(answered, key=lambda kept: kept.claim.payer_sequence)
    while left:
        known = left.pop(0)
        name = known.claim.claim_id
        claim = claim_of(steps.account, name) or known  # an earlier payer's step may have withdrawn it
        if not is_answered(claim) or claim.claim.frequency == "8" or not _comes_next(chart, claim, steps.account):
            continue
        step = _next(chart, claim, steps.account, accepts, now)
        if step.awaited:
            waiting[name] = step
            continue
        steps.add(replace(step, unfollowed=(name,)) if step.refused else replace(step, followed=(name,)))
        left += [after for after in successors(steps.account, claim) if after not in left]
        if step.superseded:
            left += [kept for kept in answered if kept.claim.claim_id in waiting]
            waiting.clear()
    for name, step in waiting.items():
        others = waiting.keys() - {name}
        stuck = all(_waits_too(awaited, others, steps.account) for awaited in step.awaited)
        steps.add(replace(Formed(refused=(NOT_TAKEN_BACK,)) if stuck else step, unfollowed=(name,)))
    return steps


def _waits_too(claim_id: str, waiting: Collection[str], account: Account) -> bool:
    """Of two claims that exchanged lines, each would wait until the other is followed up; no payer has to answer."""
    awaited = claim_of(account, claim_id)
    before = predecessor(account, awaited) if awaited is not None and is_answered(awaited) else None
    return before is not None and before.claim.claim_id in waiting


def secondary(
    answered: AccountClaim, coverage: Coverage, because: Event, why: OrderReason = "hospital-order"
) -> ClaimBuilt:
    """The same claim to the next payer, with what the payers before him answered, line by line."""
    before = answered.claim
    moved = before.model_copy(
        update={
            **caused_by(because, PRODUCER),
            "coded_values": without_change_reason(before),
            **(_not_of_work(before) if why == "not-work-related" else {}),
            **payer_fields(coverage, before.kind, before.payer_sequence + 1),
            "insurance_type": insurance_type(coverage, before, why),
            "order_reason": why,
            "delay_reason": None,
            "attachments": tuple(each for each in before.attachments if each.transmission == ON_REQUEST),
            "lines": tuple(line.model_copy(update={"authorization": None}) for line in before.lines),
            "frequency": own_frequency(before),
            "original_reference": None,
            "bill_type": before.bill_type and bill_type(before.bill_type.startswith("011"), own_frequency(before)),
            "prior": (*before.prior, settlement.prior_answer(answered)),
            "revision": 1,
            "submission": 1,
        }
    )
    name = claim_id_of(moved, 1)
    identity = {"event_id": claim_built_id(name, 1), "claim_id": name, "control_number": control_number(name, 1)}
    return moved.model_copy(update=identity)


def instead_of_forwarded(
    chart: ChartCoded, expected: AccountClaim, account: Account, partners: Partners, now: Now
) -> Formed:
    """The claim a payer said to have forwarded, and that nobody answered: ours goes to the next payer after all. If he
    is the next one no more, or may not learn of it, the answer that forwarded it is to be followed up anew."""
    if payers.consents(chart, now.day) and payers.is_his_turn(chart, expected.claim):
        return instead(expected, account, _accepts(partners), now.because)
    by = predecessor(account, expected)
    return Formed(superseded=(expected.claim.claim_id,), unfollowed=(by.claim.claim_id,) if by else ())


def _why_next(chart: ChartCoded, answered: AccountClaim) -> OrderReason:
    """Why the payer after this one is asked, and in that turn."""
    if settlement.passes_on(answered):
        return "accident-cover-ended" if settlement.is_of_an_accident(answered.claim) else "not-work-related"
    route = payers.route_of(chart, answered.claim)
    if route is None:
        return "hospital-order"
    return order_reason(chart, route.payers, answered.claim.payer_sequence + 1, route.days and route.days[0])


def _not_of_work(claim: ClaimBuilt) -> dict[str, object]:
    """Who denied that it was work has the last word: a plan that is told otherwise denies too (CARC 19)."""
    return {
        "causes": tuple(cause for cause in claim.causes if cause.kind != "employment"),
        "coded_values": tuple(
            value for value in without_change_reason(claim) if (value.kind, value.code) not in _OF_WORK
        ),
    }


def _next(chart: ChartCoded, answered: AccountClaim, account: Account, accepts: Accepts, now: Now) -> Formed:
    """The next payer's claim; without one, what such a payer was sent before is withdrawn.

    A payer may send the claim on himself (835 CLP02 19, 20, 21, 23): then a claim of ours would be a second one, unless
    a newer version names another plan than the one he sent it to.
    """
    forwarded, earlier = answered.state == "crossed-over", successors(account, answered)
    asks = forwarded or settlement.asks_next(answered)
    if not (asks or earlier) or not payers.is_his_turn(chart, answered.claim):
        return Formed()
    coverage = payers.next_coverage(chart, answered.claim) if asks else None
    if coverage is None and forwarded:
        return Formed(refused=(_FORWARDED_TO_WHOM,))
    if coverage is None:
        return withdraw(earlier, account, accepts, now.because)
    made = secondary(answered, coverage, now.because, _why_next(chart, answered))
    if forwarded and answered.forwarded_to in {None, coverage.payer} and not _never_came(answered, account):
        return expect(made, answered, account, accepts, now.because)
    if not payers.consents(chart, now.day):
        return Formed(refused=(NO_CONSENT,))
    return follow(made, answered, account, accepts, now.because)


def _never_came(answered: AccountClaim, account: Account) -> bool:
    """What its payer said to have forwarded was waited for in vain: he is another one now, or rejected what we sent
    instead, which goes again."""
    expected = claim_of(account, answered.forwarded_as or "")
    if expected is None:
        return False
    return expected.state == "rejected" or (expected.state == "replaced" and not expected.answers)


def _comes_next(chart: ChartCoded, claim: AccountClaim, account: Account) -> bool:
    """Whether something may follow from a payer's answer: the first one's claim is the chart's own; a later one's must
    still be his, and the payer before him have answered."""
    if claim.claim.payer_sequence == 1:
        return True
    before = predecessor(account, claim)
    return before is not None and is_answered(before) and payers.is_his_turn(chart, claim.claim)


def _accepts(partners: Partners) -> Accepts:
    def accepts(payer: str, kind: ClaimKind) -> bool:
        return partners.payer(payer).accepts(kind)

    return accepts


NO_CONSENT = findings.reject(
    "C9",
    "no consent to disclose substance-use treatment for payment is in force",
    field="part2",
    mend="send the consent with the chart's next version, or bill the patient",
    citation="42 CFR 2.31-2.33",
)
_FORWARDED_TO_WHOM = findings.reject(
    "C4",
    "the payer forwarded the claim to a plan that the chart does not name",
    field="coverages",
    mend="add that coverage in the chart's next version",
    citation="X12 835 CLP02, crossover",
)
