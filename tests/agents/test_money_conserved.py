"""Charts, coverages and answers in any order, some of them twice: no cent is lost or billed that nobody left to the
patient, and what is settled at the end does not depend on the order.

Each payer says what a plan of his says, to whatever claim he gets: a denial or payments, in parts or whole, and
corrections of them, each with the reversal of the one before. He may reject a claim before he takes it, and forward it
to the next payer himself, where it arrives, is late, or is lost. The hospital sends versions of one or two charts.
"""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from claims.accounts import AccountClaim, live_claims
from tests.agents.given_payers import AFTER_WORK, PLANS, STUBBORN, Payer, Says, Story, Version
from tests.agents.given_stories import Told, told

said = st.builds(Says, leaves=st.sampled_from([0, 10, 33, 100]), denies=st.booleans(), parts=st.booleans())
payers = st.builds(
    Payer,
    words=st.lists(said, min_size=1, max_size=3).map(tuple),
    forwards=st.booleans(),
    loses=st.booleans(),
    is_late=st.booleans(),
    rejects=st.sampled_from([0, 0, 0, 1, 2]),
)
versions = st.builds(
    Version,
    facility=st.sampled_from([(10_000,), (10_000, 333), (7_001, 1, 99), ()]),
    professional=st.sampled_from([(), (5_000,), (4_000, 77)]),
    plans=st.sampled_from([(0, 1, 2), (0, 1, 2), (0, 2), (0,), (1, 2), ()]),
)


def stories(*names: tuple[str, ...]) -> st.SearchStrategy[Story]:
    return st.builds(
        Story,
        payers=st.lists(payers, min_size=1, max_size=3).map(tuple),
        charts=st.lists(st.lists(versions, min_size=1, max_size=3).map(tuple), min_size=1, max_size=2).map(tuple),
        names=st.sampled_from(names),
    )


orders = st.lists(st.integers(0, 23), min_size=1, max_size=16)
repeats = st.lists(st.integers(0, 30), max_size=4)


@settings(max_examples=100, deadline=None)
@given(stories(PLANS, STUBBORN, AFTER_WORK), orders, repeats)
def test_no_order_loses_a_cent_or_bills_one_too_many(story: Story, order: list[int], twice: list[int]) -> None:
    told(story, order, twice)


@settings(max_examples=100, deadline=None)
@given(stories(PLANS, AFTER_WORK), orders, repeats)
def test_every_order_settles_alike(story: Story, order: list[int], twice: list[int]) -> None:
    made = told(story, order, twice)
    made.ended()
    assert made.settled() == told(story, [0], []).settled()


HALF, ALL, NONE = Says(50), Says(100), Says(0, denies=True)
ONE = (Version((10_000,)),)


def standing(made: Told) -> list[AccountClaim]:
    return list(live_claims(made.account, "c0"))


def sent(made: Told) -> Counter[tuple[str, int, str]]:
    """Claims as they were sent last: frequency, submission, state."""
    return Counter((kept.claim.frequency, kept.claim.submission, kept.state) for kept in made.account.claims)


def test_a_story_reaches_the_last_payer_and_the_patient() -> None:
    made = told(Story((Payer((HALF,)), Payer((HALF,)), Payer((HALF,))), (ONE,)), [0], [])
    assert [kept.claim.payer for kept in standing(made)] == list(PLANS)
    assert [(bill.owed_cents, bill.refund_cents) for bill in made.bills.values()] == [(0, 429)]


def test_a_correction_leads_to_replacements_of_what_followed() -> None:
    made = told(Story((Payer((Says(10), ALL)), Payer((Says(10),))), (ONE,)), [0], [])
    assert sent(made) >= Counter({("1", 1, "replaced"): 1, ("7", 1, "answered"): 1})


def test_what_a_payer_forwards_is_answered_and_sent_by_nobody() -> None:
    made = told(Story((Payer((HALF,), forwards=True), Payer((HALF,))), (ONE,)), [0], [])
    assert [kept.state for kept in standing(made)] == ["crossed-over", "answered"]
    assert made.built == 1


def test_what_was_forwarded_and_lost_is_sent_by_us() -> None:
    made = told(Story((Payer((HALF,), forwards=True, loses=True), Payer((HALF,))), (ONE,)), [0], [])
    assert [kept.state for kept in standing(made)] == ["crossed-over", "answered"]
    assert made.built == 2


def test_what_a_payer_rejects_goes_again_as_an_original() -> None:
    made = told(Story((Payer((HALF,), rejects=1),), (ONE,)), [0], [])
    assert sent(made) == Counter({("1", 2, "answered"): 1})


def test_a_chart_without_services_any_more_has_its_claims_voided() -> None:
    made = told(Story((Payer((ALL,)), Payer((HALF,))), ((*ONE, Version(())),)), [0], [])
    assert sent(made) == Counter({("1", 1, "replaced"): 2, ("8", 1, "accepted"): 2})
    assert [(bill.owed_cents, bill.refund_cents) for bill in made.bills.values()] == [(0, 1_500)]


def test_a_work_injury_that_is_none_after_all_takes_nothing_from_the_plan() -> None:
    made = told(Story((Payer((NONE, ALL, NONE)), Payer((HALF,))), (ONE,), AFTER_WORK), [0], [])
    assert [(kept.claim.payer, kept.state) for kept in standing(made)] == [
        ("workers-compensation", "denied"),
        ("commercial", "answered"),
    ]
