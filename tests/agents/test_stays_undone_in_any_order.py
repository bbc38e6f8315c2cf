"""Versions of a chart that are a stay or a visit, and their payers' answers in any order: no payer has a line on two
claims that wait, and what stands at the end is the last version's kind of claim, settled alike."""

from hypothesis import given, settings
from hypothesis import strategies as st

from claims.accounts import live_claims
from tests.agents.given_payers import PLANS, Payer, Says, Story, Version
from tests.agents.given_stories import told

said = st.builds(Says, leaves=st.sampled_from([0, 33, 100]), denies=st.booleans(), parts=st.booleans())
never = st.just(False)
payers = st.builds(
    Payer,
    words=st.lists(said, min_size=1, max_size=2).map(tuple),
    forwards=never,
    loses=never,
    is_late=never,
    rejects=st.sampled_from([0, 0, 1]),
)
versions = st.builds(
    Version,
    facility=st.sampled_from([(10_000,), (10_000, 333)]),
    professional=st.sampled_from([(), (5_000,)]),
    plans=st.just((0, 1, 2)),
    stays=st.booleans(),
)
stories = st.builds(
    Story,
    payers=st.lists(payers, min_size=1, max_size=2).map(tuple),
    charts=st.lists(versions, min_size=2, max_size=3).map(lambda each: (tuple(each),)),
    names=st.just(PLANS),
)
orders = st.lists(st.integers(0, 23), min_size=1, max_size=16)
repeats = st.lists(st.integers(0, 30), max_size=4)


@settings(max_examples=60, deadline=None)
@given(stories, orders, repeats)
def test_every_order_settles_alike(story: Story, order: list[int], twice: list[int]) -> None:
    made = told(story, order, twice)
    made.ended()
    assert made.settled() == told(story, [0], []).settled()
    care = {(kept.claim.bill_type or "")[:3] for kept in live_claims(made.account, "c0") if kept.claim.bill_type}
    assert care == {"011" if story.charts[0][-1].stays else "013"}
