"""Given: stories of accounts, in which payers answer whatever they get, and a stage that hears of it in some order.

The steps are claiming's own, on a world without a ledger.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache

from agents.assembly import Assembly
from agents.claiming import Claiming
from agents.recalling import Input
from agents.stage import Judgement, World
from agents.timers import announced
from claims import bills, settlement
from claims.accounts import Account, AccountClaim, is_with_the_payer, live_claims, predecessor, replaced_by, unanswered
from claims.pairing import chart_id_of
from ledger.deadlines import Deadline
from schemas.events import ChartCoded, ClaimAdjudicated, ClaimBuilt, PatientBill
from schemas.events.chart import Cause
from schemas.events.claim import PriorAnswer
from schemas.records import Record
from tests.agents.given_accounts_of_claiming import KEY, acceptance, of_account, rejection, visit
from tests.agents.given_payers import AFTER_WORK, NOT_OF_WORK, STUBBORN, Payer, Story
from tests.agents.given_stages import MONTH
from tests.claims.given_accounts import ANSWERED_ON, DAY, answer, coverage, reversal, service, stay
from tests.pipeline import settings as of_pipeline

PAID = 1_500
MOST = 400  # events of a story
_NOTHING = Record("given", 0, 0, b"key", b"", (), 0)
_FORWARDED = ("19", "20", "21")  # 835 CLP02, by the turn of who forwards


@dataclass
class Told:
    """The stage as it goes, what its payers have yet to say, and what is in their books."""

    story: Story
    stage: Claiming
    world: World = field(default_factory=lambda: World(window=MONTH))
    pool: list[Input] = field(default_factory=list)
    bills: dict[str, PatientBill] = field(default_factory=dict)
    versions: Counter[str] = field(default_factory=Counter)
    again: set[str] = field(default_factory=set)
    built: int = 0
    _books: dict[str, list[ClaimAdjudicated]] = field(default_factory=dict)
    _forwarded: defaultdict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    _rejected: Counter[str] = field(default_factory=Counter)
    _numbered: Counter[str] = field(default_factory=Counter)
    _deadlines: dict[str, Deadline] = field(default_factory=dict)

    def take(self, event: Input) -> None:
        verdict = self.stage.step(self.world, event, _NOTHING)
        self.world.take(verdict)
        self._deadlines.update({deadline.id: deadline for deadline in verdict.opened})
        for said in verdict.says:
            if isinstance(said.event, ClaimBuilt):
                self._gets(said.event)
            elif isinstance(said.event, PatientBill):
                self._billed(said.event)
            elif getattr(said.event, "reason", "") == "rejected-by-payer":
                self.again.add(said.event.chart_id)  # type: ignore[attr-defined]
        for kept in self.account.claims:
            self._passed_on(kept)
            self._waits(kept)
        self._conserved()

    @property
    def account(self) -> Account:
        kept = self.world.accounts[KEY]
        assert isinstance(kept, Account)
        return kept

    def charts(self) -> list[str]:
        """The charts of which a version may come next: one of the story's, or once more one of which a claim was never
        filed."""
        planned = (f"c{at}" for at, versions in enumerate(self.story.charts) if len(versions) > self.versions[f"c{at}"])
        return list(dict.fromkeys((*planned, *sorted(self.again))))

    def next_version(self, chart_id: str) -> ChartCoded:
        self.again.discard(chart_id)
        said = self.story.charts[int(chart_id[1:])]
        self.versions[chart_id] += 1
        number = self.versions[chart_id]
        what = said[min(number, len(said)) - 1]
        day = DAY + timedelta(days=int(chart_id[1:]))
        own_day = {"service_from": day, "service_to": day}
        lines = [
            service(f"{kind[0]}{at}", kind, cents, code=f"A{4200 + 10 * int(chart_id[1:]) + at}", **own_day)
            for kind, charged in (("facility", what.facility), ("professional", what.professional))
            for at, cents in enumerate(charged)
        ]
        plans = tuple(coverage(plan) for plan in self.story.plans_of(what))
        own = {"event_id": f"{chart_id}-v{number}", "chart_id": chart_id, "payments_cents": PAID}
        when = stay("inpatient" if what.stays else "ambulatory", start_day=day, end_day=day, discharge_status="01")
        causes = (Cause(kind="employment"),) if any(plan.payer == AFTER_WORK[0] for plan in plans) else ()
        return visit(number, encounter=when, coverages=plans, services=tuple(lines), causes=causes, **own)

    def settled(self) -> object:
        """What it comes to: the claims that stand, by payer, and what the patient was told last."""
        standing = [
            (
                chart_id_of(kept.claim),
                kept.claim.payer_sequence,
                kept.claim.payer,
                kept.claim.kind,
                settlement.totals(kept),
            )
            for at in range(len(self.story.charts))
            for kept in live_claims(self.account, f"c{at}")
            for said in [kept.claim]
        ]
        told = ((bill_id, bill.owed_cents, bill.refund_cents) for bill_id, bill in self.bills.items())
        owed = sorted(bill for bill in told if bill[1:] != (0, 0))  # one that asks for nothing says what none says
        return sorted(standing, key=lambda each: each[:4]), owed

    def ended(self) -> None:
        """Nobody has a claim still, and the patient was told last what the last payers left to him."""
        for chart_id in sorted(self.versions):
            assert unanswered(self.account, chart_id) == ()
            standing = live_claims(self.account, chart_id)
            assert [kept.claim.claim_id for kept in standing if kept.state == "rejected"] == []
            last = [bill for bill in self.bills.values() if bill.charts[0].chart_id == chart_id]
            told = sum(bill.owed_cents - bill.refund_cents for bill in last)
            if standing:
                assert told == self._left(chart_id) - PAID

    # What payers do -----------------------------------------------------------------------------------------------

    def _gets(self, claim: ClaimBuilt) -> None:
        """A payer gets a claim: he rejects it, or says all that he has to say of it. Of what it replaces or voids he
        takes back what he paid; what he got from the payer before he has already. Nobody rejects a void of what others
        forward: should it be forwarded anew, he had its lines twice."""
        self.built += 1
        assert claim.total_charge_cents == sum(line.charge_cents for line in claim.lines)
        assert [line.number for line in claim.lines] == list(range(1, len(claim.lines) + 1))
        keeps = claim.frequency == "8" and any(payer.forwards for payer in self.story.payers)
        if self._rejected[claim.payer] < self._payer(claim).rejects and not keeps:
            self._rejected[claim.payer] += 1
            self.pool.append(rejection(claim))
            return
        self.pool.append(acceptance(claim))
        if claim.claim_id in self._books:
            self._say(claim, [answer(claim, 0, [("OA", "18", claim.total_charge_cents)])])
            return
        self._reverse_replaced(claim)
        if claim.frequency != "8":
            left = _left_by(claim.prior[-1]) if claim.prior else claim.total_charge_cents
            self._answers(claim, [left])

    def _passed_on(self, kept: AccountClaim) -> None:
        """What its payer forwarded is with the next one."""
        if kept.forwarded_as is not None and (lefts := self._forwarded.pop(kept.claim.claim_id, [])):
            coming = next(each for each in self.account.claims if each.claim.claim_id == kept.forwarded_as)
            self._reverse_replaced(coming.claim)
            self._answers(coming.claim, lefts)

    def _waits(self, kept: AccountClaim) -> None:
        """The wait for what was forwarded may run out; it does where it was lost, or voided before we heard of it."""
        deadline = self._deadlines.get(kept.deadline_id or "")
        if kept.state != "expected" or deadline is None:
            return
        before = self.story.payers[kept.claim.payer_sequence - 2]
        if before.is_late or kept.claim.claim_id not in self._books:
            self.pool.append(announced(self._deadlines.pop(deadline.id)))

    def _answers(self, claim: ClaimBuilt, lefts: Iterable[int]) -> None:
        payer = self._payer(claim)
        forwards = payer.forwards and claim.payer != AFTER_WORK[0] and claim.payer_sequence < len(self.story.payers)
        for at, left in enumerate(lefts):
            for words in payer.words if at == 0 else payer.words[-1:]:
                self._take_back(claim)
                said = words.of(claim, left)
                if forwards:
                    status = _FORWARDED[claim.payer_sequence - 1]
                    said = [each.model_copy(update={"status": status}) for each in said]
                    patient = sum(each.patient_responsibility_cents or 0 for each in said)
                    self._forwarded[claim.claim_id].append(patient)
                self._books[claim.claim_id] = said
                self._say(claim, said)
        if payer.loses and claim.frequency != "7":  # of a corrected one nobody would know that it is missing
            del self._forwarded[claim.claim_id][:1]

    def _reverse_replaced(self, claim: ClaimBuilt) -> None:
        kept = next(kept for kept in self.account.claims if kept.claim.claim_id == claim.claim_id)
        for before in replaced_by(self.account, kept):
            self._take_back(before.claim)

    def _take_back(self, claim: ClaimBuilt) -> None:
        self._say(claim, [reversal(said, 1) for said in self._books.pop(claim.claim_id, [])])

    def _say(self, claim: ClaimBuilt, answers: Sequence[ClaimAdjudicated]) -> None:
        for said in answers:
            self._numbered[claim.claim_id] += 1
            at = self._numbered[claim.claim_id]
            own = {
                "event_id": f"{claim.claim_id}-{at}",
                "trace_number": f"{claim.control_number}-{at}",
                "adjudicated_on": ANSWERED_ON + timedelta(days=at),
                "claim_id": claim.claim_id,
                "payer_claim_number": f"ICN-{claim.claim_id}",
            }
            self.pool.append(of_account(said.model_copy(update=own)))

    def _payer(self, claim: ClaimBuilt) -> Payer:
        return self.story.payers[self.story.names.index(claim.payer)]

    # What holds at every step -------------------------------------------------------------------------------------

    def _billed(self, bill: PatientBill) -> None:
        """Nobody is billed while a payer has a claim, nor for more than the last payer left to him."""
        chart_id = bill.charts[0].chart_id
        assert unanswered(self.account, chart_id) == ()
        assert bills.is_balanced(bill)
        if live_claims(self.account, chart_id):
            assert bill.owed_cents == max(self._left(chart_id) - PAID, 0)
        self.bills[bill.bill_id] = bill

    def _left(self, chart_id: str) -> int:
        """What the last payer of each line leaves to the patient. Of a claim that a later payer would not void, though
        the one before him has none any more, he owes nothing."""
        last: dict[str, AccountClaim] = {}
        for kept in sorted(live_claims(self.account, chart_id), key=lambda each: each.claim.payer_sequence):
            if kept.claim.payer_sequence == 1 or predecessor(self.account, kept) in last.values():
                last.update({line.control_number: kept for line in kept.claim.lines})
        claims = {kept.claim.claim_id: kept for kept in last.values()}.values()
        return sum(settlement.totals(kept).patient_cents for kept in claims)

    def _conserved(self) -> None:
        """Of each claim charge = paid + adjusted + the patient's; and no payer has a line on two claims that wait."""
        for kept in self.account.claims:
            money = settlement.totals(kept)
            assert money.charge_cents == money.paid_cents + money.adjusted_cents + money.patient_cents
            if not settlement.is_open(kept) and kept.state not in {"replaced", "rejected"}:
                assert money.charge_cents in {kept.claim.total_charge_cents, -kept.claim.total_charge_cents}
        assert [lines for lines, times in self._open_lines().items() if times > 1] == []

    def _open_lines(self) -> Counter[tuple[str, str]]:
        each_chart = (live_claims(self.account, chart_id) for chart_id in self.versions)
        waiting = (kept for standing in each_chart for kept in standing if is_with_the_payer(kept))
        return Counter((kept.claim.payer, line.control_number) for kept in waiting for line in kept.claim.lines)


def told(story: Story, order: Sequence[int], twice: Sequence[int]) -> Told:
    """The story in some order: `order` picks what is said next of what may be said, and `twice` what is said again."""
    return goes_on(Told(story, claiming()), order, twice)


def goes_on(made: Told, order: Sequence[int], twice: Sequence[int]) -> Told:
    """Until nothing is left to be said."""
    story = made.story
    made.take(made.next_version("c0"))
    said: list[Input] = []
    for turn in range(MOST):
        charts = made.charts()
        if not (made.pool or charts) or (turn == MOST - 1 and story.names == STUBBORN):
            return made  # he who would take no replacement is waited for without an end
        pick = order[turn % len(order)] % (len(made.pool) + len(charts))
        event = made.pool.pop(pick) if pick < len(made.pool) else made.next_version(charts[pick - len(made.pool)])
        said.append(event)
        made.take(event)
        if turn in twice:
            made.take(said[twice[0] % len(said)])
    raise AssertionError("a story comes to an end")


def _left_by(before: PriorAnswer) -> int:
    """What is left for the next payer: all of it, where the one before says that it was no work injury."""
    denied = [each.cents for each in before.adjustments if each.carc == NOT_OF_WORK]
    return sum(denied) or before.remaining_cents or 0


@cache
def claiming() -> Claiming:
    judged = Assembly(of_pipeline("", "sqlite://")).stage("claiming")
    assert isinstance(judged, Judgement)
    assert isinstance(judged.stage, Claiming)
    return judged.stage
