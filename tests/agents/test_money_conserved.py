"""Charts, coverages and answers in any order, some of them twice: no cent is lost or billed that nobody left to the
patient, and what is settled at the end does not depend on the order.

The steps are claiming's own, on a world without a ledger. Each payer says what a plan of his says, to whatever claim he
gets: a denial or payments, and corrections of them, each with the reversal of the one before.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from agents.assembly import Assembly
from agents.claiming import Claiming
from agents.stage import Judgement, World
from claims import bills, settlement
from claims.accounts import Account, AccountClaim, is_with_the_payer, live_claims, unanswered
from schemas.events import ChartCoded, ClaimAdjudicated, ClaimBuilt, PatientBill
from schemas.records import Record
from tests.agents.given_accounts_of_claiming import KEY, of_account, visit
from tests.agents.given_stages import MONTH
from tests.claims.given_accounts import ANSWERED_ON, Reasons, answer, by_line, coverage, reversal, service
from tests.pipeline import settings as of_pipeline

PLANS = ("commercial", "medicare", "medicaid")  # of a hospital they take replacements and voids
PAID = 1_500
NOTHING = Record("given", 0, 0, b"key", b"", (), 0)


@dataclass(frozen=True)
class Says:
    """Of what is left he leaves so much of a hundred to the patient; or he denies."""

    leaves: int
    denies: bool = False

    def of(self, claim: ClaimBuilt) -> ClaimAdjudicated:
        if self.denies:
            return answer(claim, 0, [("CO", "29", claim.total_charge_cents)])
        if claim.payer_sequence == 1:
            return by_line(claim, [self._line(line.charge_cents) for line in claim.lines])
        left = claim.prior[-1].remaining_cents or 0
        patient = left * self.leaves // 100
        taken: Reasons = [("OA", "23", claim.total_charge_cents - left), ("PR", "2", patient)]
        return answer(claim, left - patient, [reason for reason in taken if reason[2]])

    def _line(self, cents: int) -> Reasons:
        reasons: Reasons = [("CO", "45", cents // 7), ("PR", "2", (cents - cents // 7) * self.leaves // 100)]
        return [reason for reason in reasons if reason[2]]


@dataclass(frozen=True)
class Story:
    """What happens, but for its order: what each payer in turn says, one correction after another; and the charges of
    the chart's versions."""

    payers: tuple[tuple[Says, ...], ...]
    versions: tuple[tuple[int, ...], ...]

    def charts(self) -> Iterator[ChartCoded]:
        plans = tuple(coverage(payer) for payer in PLANS[: len(self.payers)])
        for number, cents in enumerate(self.versions, start=1):
            lines = tuple(service(f"s{at}", cents=each) for at, each in enumerate(cents))
            yield visit(number, coverages=plans, services=lines, payments_cents=PAID)


@dataclass
class Told:
    """The stage as it goes, and what its payers have yet to say."""

    story: Story
    stage: Claiming
    world: World = field(default_factory=lambda: World(window=MONTH))
    pool: list[Any] = field(default_factory=list)
    sent: dict[str, ClaimBuilt] = field(default_factory=dict)
    bills: dict[str, PatientBill] = field(default_factory=dict)
    _numbered: Counter[str] = field(default_factory=Counter)

    def take(self, event: ChartCoded | ClaimAdjudicated) -> None:
        verdict = self.stage.step(self.world, event, NOTHING)
        self.world.take(verdict)
        for said in verdict.says:
            if isinstance(said.event, ClaimBuilt):
                self._answered(said.event)
            elif isinstance(said.event, PatientBill):
                self._billed(said.event)
        self._conserved()

    @property
    def account(self) -> Account:
        kept = self.world.accounts[KEY]
        assert isinstance(kept, Account)
        return kept

    def settled(self) -> object:
        """What it comes to: the claims that stand, by payer, and what the patient was told last."""
        standing = [
            (kept.claim.payer_sequence, kept.claim.payer, kept.claim.total_charge_cents, settlement.totals(kept))
            for kept in live_claims(self.account, "c1")
        ]
        owed = [(bill.owed_cents, bill.refund_cents) for bill in self.bills.values()]
        return sorted(standing, key=lambda each: each[:2]), owed

    def _answered(self, claim: ClaimBuilt) -> None:
        """What the payer has to say of a claim. Of what it replaces or voids he takes back what he paid."""
        assert claim.total_charge_cents == sum(line.charge_cents for line in claim.lines)
        assert [line.number for line in claim.lines] == list(range(1, len(claim.lines) + 1))
        self.sent[claim.claim_id] = claim
        kept = next(kept for kept in self.account.claims if kept.claim.claim_id == claim.claim_id)
        if claim.frequency != "1" and kept.replaces is not None:
            before = self.sent[kept.replaces]
            self._say(reversal(self._words(before)[-1].of(before), 1), before)
        if claim.frequency == "8":
            return
        said: ClaimAdjudicated | None = None
        for words in self._words(claim):
            if said is not None:
                self._say(reversal(said, 1), claim)
            said = words.of(claim)
            self._say(said, claim)

    def _words(self, claim: ClaimBuilt) -> tuple[Says, ...]:
        return self.story.payers[claim.payer_sequence - 1]

    def _say(self, said: ClaimAdjudicated, claim: ClaimBuilt) -> None:
        self._numbered[claim.claim_id] += 1
        at = self._numbered[claim.claim_id]
        own = {
            "event_id": f"{claim.control_number}-{at}",
            "trace_number": f"{claim.control_number}-{at}",
            "adjudicated_on": ANSWERED_ON + timedelta(days=at),
            "claim_id": claim.claim_id,
            "payer_claim_number": f"ICN-{claim.control_number}",
        }
        self.pool.append(of_account(said.model_copy(update=own)))

    def _billed(self, bill: PatientBill) -> None:
        """Nobody is billed while a payer has a claim, nor for more than the last payer left to him."""
        assert unanswered(self.account, "c1") == ()
        assert bills.is_balanced(bill)
        standing = live_claims(self.account, "c1")
        last = max(kept.claim.payer_sequence for kept in standing)
        left = sum(settlement.totals(kept).patient_cents for kept in standing if kept.claim.payer_sequence == last)
        assert bill.owed_cents == max(left - PAID, 0)
        self.bills[bill.bill_id] = bill

    def _conserved(self) -> None:
        """Of each claim charge = paid + adjusted + the patient's; and no payer has a line on two claims that wait."""
        for kept in self.account.claims:
            money = settlement.totals(kept)
            assert money.charge_cents == money.paid_cents + money.adjusted_cents + money.patient_cents
        assert [lines for lines, times in self._open_lines().items() if times > 1] == []

    def _open_lines(self) -> Counter[tuple[str, str]]:
        standing = [kept for kept in live_claims(self.account, "c1") if is_with_the_payer(kept)]
        return Counter((kept.claim.payer, line.control_number) for kept in standing for line in kept.claim.lines)


def told(story: Story, order: Sequence[int], twice: Sequence[int]) -> Told:
    """The story in some order: `order` picks what is said next of what may be said, and `twice` what is said again."""
    made = Told(story, claiming())
    charts = list(story.charts())
    made.take(charts.pop(0))
    said: list[Any] = []
    for turn in range(200):
        if not (made.pool or charts):
            break
        pick = order[turn % len(order)] % (len(made.pool) + bool(charts))
        event = made.pool.pop(pick) if pick < len(made.pool) else charts.pop(0)
        said.append(event)
        made.take(event)
        if turn in twice:
            made.take(said[twice[0] % len(said)])
    assert (made.pool, charts) == ([], [])
    return made


@cache
def claiming() -> Claiming:
    judged = Assembly(of_pipeline("", "sqlite://")).stage("claiming")
    assert isinstance(judged, Judgement)
    assert isinstance(judged.stage, Claiming)
    return judged.stage


says = st.builds(Says, leaves=st.sampled_from([0, 10, 33, 100]), denies=st.booleans())
stories = st.builds(
    Story,
    payers=st.lists(st.lists(says, min_size=1, max_size=3).map(tuple), min_size=1, max_size=3).map(tuple),
    versions=st.lists(st.sampled_from([(10_000,), (10_000, 333), (7_001, 1, 99)]), min_size=1, max_size=2).map(tuple),
)
orders = st.lists(st.integers(0, 11), min_size=1, max_size=12)
repeats = st.lists(st.integers(0, 20), max_size=4)


@settings(max_examples=200, deadline=None)
@given(stories, orders, repeats)
def test_no_order_loses_a_cent_or_bills_one_too_many(story: Story, order: list[int], twice: list[int]) -> None:
    told(story, order, twice)


@settings(max_examples=200, deadline=None)
@given(stories, orders, repeats)
def test_every_order_settles_alike(story: Story, order: list[int], twice: list[int]) -> None:
    assert told(story, order, twice).settled() == told(story, [0], []).settled()


def standing(made: Told) -> list[AccountClaim]:
    return list(live_claims(made.account, "c1"))


def test_a_story_reaches_the_last_payer_and_the_patient() -> None:
    made = told(Story(((Says(50),), (Says(50),), (Says(50),)), ((10_000,),)), [0], [])
    assert [kept.claim.payer for kept in standing(made)] == list(PLANS)
    assert [bill.owed_cents for bill in made.bills.values()] == [0]


def test_a_correction_leads_to_replacements_of_what_followed() -> None:
    made = told(Story(((Says(10), Says(100)), (Says(10),)), ((10_000,),)), [0], [])
    assert Counter(kept.claim.frequency for kept in made.account.claims) >= Counter({"1": 2, "7": 1})
