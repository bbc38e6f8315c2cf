"""A stay that goes on, billed in sequence, its versions and its payers' answers in any order: whoever was slow, or
rejected or denied, the bills that stand at the end are the last version's charges, each day on one."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import cache
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from agents.claiming import Claiming
from claims.accounts import live_claims
from schemas.events import ChartCoded
from tests.agents.given_accounts_of_claiming import visit
from tests.agents.given_payers import PLANS, Payer, Says, Story, Version
from tests.agents.given_stories import PAID, Told, claiming, goes_on
from tests.claims.coding.given_interim_bills import day, stays
from tests.claims.given_accounts import coverage, service

APART = 60  # days from bill to bill

said = st.builds(Says, leaves=st.sampled_from([0, 33, 100]), denies=st.booleans(), parts=st.booleans())
payers = st.builds(
    Payer,
    words=st.lists(said, min_size=1, max_size=2).map(tuple),
    forwards=st.just(False),
    loses=st.just(False),
    is_late=st.just(False),
    rejects=st.sampled_from([0, 0, 1]),
)
versions = st.builds(
    Version,
    facility=st.sampled_from([(100_000,), (100_000, 333), (99_999, 7)]),
    professional=st.just(()),
    plans=st.just((0, 1, 2)),
    stays=st.just(True),
)
stories = st.builds(
    Story,
    payers=st.lists(payers, min_size=1, max_size=2).map(tuple),
    charts=st.lists(versions, min_size=2, max_size=4).map(lambda each: (tuple(each),)),
    names=st.just(PLANS),
)
orders = st.lists(st.integers(0, 23), min_size=1, max_size=16)
repeats = st.lists(st.integers(0, 30), max_size=4)


class Stays(Told):
    """Each version is the stay until its end: a price for the rooms, and perhaps something on its first day."""

    def next_version(self, chart_id: str) -> ChartCoded:
        self.again.discard(chart_id)
        told = self.story.charts[0]
        self.versions[chart_id] += 1
        number = self.versions[chart_id]
        known = told[min(number, len(told)) - 1]
        days = APART * min(number, len(told))
        plans = [coverage(plan) for plan in self.story.plans_of(known)]
        until = stays(number, days, "30" if number < len(told) else "01", *plans)
        room = until.services[0].model_copy(update={"charge_cents": known.facility[0] * days})
        more = [service("more", cents=cents, service_from=day(1), service_to=day(1)) for cents in known.facility[1:]]
        own = {"encounter": until.encounter, "coverages": until.coverages, "services": (room, *more)}
        return visit(number, event_id=f"{chart_id}-v{number}", chart_id=chart_id, payments_cents=PAID, **own)


@cache
def in_sequence() -> Claiming:
    stage = claiming()
    reference = stage.sayings.reference
    takes = reference.partners.payers["commercial"].model_copy(update={"interim": "sequential"})
    partners = reference.partners.model_copy(update={"payers": {**reference.partners.payers, "commercial": takes}})
    return replace(stage, sayings=replace(stage.sayings, reference=replace(reference, partners=partners)))


@settings(max_examples=60, deadline=None)
@given(stories, orders, repeats)
def test_in_every_order_the_bills_are_the_stay(story: Story, order: list[int], twice: Sequence[int]) -> None:
    made = goes_on(Stays(story, in_sequence()), order, twice)
    made.ended()
    standing = [kept.claim for kept in live_claims(made.account, "c0") if kept.claim.payer_sequence == 1]
    bills = sorted(standing, key=lambda claim: claim.statement_from)
    last = story.charts[0][-1].facility
    nights = APART * len(story.charts[0]) - 1
    assert sum(claim.total_charge_cents for claim in bills) == last[0] * (nights + 1) + sum(last[1:])
    assert sum(line.units for claim in bills for line in claim.lines if line.unit_kind == "DA") == nights * 1000
    assert (bills[0].statement_from, bills[-1].statement_to) == (day(1), day(nights + 1))
    assert all(after.statement_from - before.statement_to == timedelta(1) for before, after in pairwise(bills))
