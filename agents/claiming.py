"""Claiming: coded charts, payers' answers and due deadlines in; claims, bills and returned charts out.

Nobody else forms claims. It keeps the account: its charts, its claims to each payer in turn, their answers, its
bills. A coded chart is held against the patient's other charts; then it waits for what it has to wait for (consent,
bill hold, the answer to the claim it corrects), or becomes claims, one per payer's turn, kind and billing entity. A
settled answer leads to the next payer's claim, to a denial that the hospital is told of, or, after the last payer,
to the patient's bill.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy.engine import Connection

from agents.mending import ended
from agents.neighbours import Neighbours
from agents.occasions import Occasion, chart_about, key_of, together, whom
from agents.overdue import overdue
from agents.patience import ANSWER_PATIENCE, CONSENT_PATIENCE, deadline_of, moot, received
from agents.recalling import Input, account_left, account_of, recalled
from agents.sayings import STAGE, Sayings
from agents.stage import States, Verdict, World
from agents.warnings import next_filing, refiling, warned, watched
from claims import denials, folding, payers, settlement
from claims.accounts import (
    Account,
    AccountChart,
    AccountClaim,
    ChartState,
    ClaimState,
    answered_claims,
    billed_version,
    chart_of,
    claim_answered,
    claim_of,
    is_late,
    newer_waits,
    replaced_by,
    taker_of,
    waiting_for,
    with_chart,
    with_claim,
)
from claims.edits import check_account
from claims.forming import NO_CONSENT, Now, entered, follow_up, form
from claims.history import PatientHistory, as_billed, remembered
from schemas.events import ChartCoded, ClaimAcknowledged, ClaimAdjudicated, DeadlineDue
from schemas.events.coded import Finding, ReturnReason
from schemas.records import Record
from streams.topics import CHART_CODED, CLAIM_ACKNOWLEDGED, CLAIM_ADJUDICATED, DEADLINE_DUE

_REFUSED: Final[frozenset[ClaimState]] = frozenset({"rejected", "denied", "sent"})  # sent: it was taken, so it seemed


@dataclass(frozen=True)
class Claiming:
    sayings: Sayings
    states: States
    name: str = STAGE

    reads = (CHART_CODED, CLAIM_ADJUDICATED, CLAIM_ACKNOWLEDGED, DEADLINE_DUE)

    def recall(self, tx: Connection, events: Sequence[tuple[Record, Input]]) -> World:
        return recalled(tx, self.sayings, self.states, events)

    def step(self, world: World, event: Input, _record: Record) -> Verdict:
        """One event against its account: what changes, and what is said to whom."""
        match event:
            case ChartCoded():
                return self._take(world, event)
            case ClaimAcknowledged():
                return self._let_go(world, event, self._acknowledge(world, event))
            case ClaimAdjudicated():
                return self._let_go(world, event, self._settle(world, event))
            case DeadlineDue():
                return self._due(world, event)

    # A coded chart arrives ----------------------------------------------------------------------------------------

    def _take(self, world: World, chart: ChartCoded) -> Verdict:
        """A chart is late, or goes back with all its findings, or waits, or is billed."""
        account = account_of(world, chart)
        kept = chart_of(account, chart.chart_id)
        if kept is not None and is_late(kept, chart):
            return self.sayings.late(chart)
        key = self.sayings.history_key(chart)
        history = world.accounts.get(key, PatientHistory())
        assert isinstance(history, PatientHistory)
        neighbours = Neighbours(world.claims, history)
        across = check_account(chart, history, self.sayings.reference, neighbours.about)
        unsaid = () if kept is None else tuple(folding.unsaid(kept.chart, chart))
        if kept is not None and not unsaid:
            unsaid = neighbours.with_its_lines(chart, account)
        apart = (*neighbours.still_apart(chart), *unsaid)
        findings = (*across.findings, *(apart or neighbours.on_two_charts(chart)))
        if any(finding.severity == "reject" for finding in findings):
            back = self.sayings.back(world, account, chart, "rejected-by-edits", findings, proposals=across.proposals)
            history = history if unsaid else as_billed(history, account_left(back, account), chart)
            verdict = self._then_follow(Occasion(world, chart, received(chart)), back, account, chart.chart_id)
        else:
            verdict = self._hold_or_bill(
                Occasion(world, chart, received(chart)), account, chart, neighbours.untaken_voids(chart)
            )
            if verdict.outcome != "rejected-by-edits":
                history = remembered(history, chart)
        left = chart_of(account_left(verdict, account), chart.chart_id)
        verdict = watched(self.sayings, verdict, chart, kept, left)
        over = moot(kept, left)
        work = verdict.work or ended(world, chart)
        return verdict._replace(accounts={**verdict.accounts, key: history}, closed=(*verdict.closed, *over), work=work)

    def _hold_or_bill(self, at: Occasion, account: Account, chart: ChartCoded, voids: tuple[str, ...] = ()) -> Verdict:
        """The voids of what was folded into a chart, and the hospital's bill hold, come before any claim."""
        if voids:
            overdue = self.sayings.deadline(chart, "answer-overdue", at.since + ANSWER_PATIENCE)
            return self.sayings.waiting(account, chart, "awaiting-answer", overdue, voids)
        ends = self.sayings.hold_ends(chart)
        if ends > max(at.since, received(chart)):
            return self.sayings.waiting(account, chart, "held", self.sayings.deadline(chart, "bill-hold-ends", ends))
        return self._bill(at, account, chart)

    def _bill(self, at: Occasion, account: Account, chart: ChartCoded) -> Verdict:
        """Claims to the first payers, bills that wait for none; a correction waits for the answer to what it
        corrects. No claim of substance-use treatment without a consent that is in force today (42 CFR Part 2)."""
        if not payers.consents(chart, self.sayings.today(chart, at.since)) and payers.asks_anybody(chart):
            consent = self.sayings.deadline(chart, "query-overdue", at.since + CONSENT_PATIENCE)
            return self.sayings.waiting(account, chart, "consent-missing", consent)
        formed = form(chart, account, self.sayings.reference.partners, self.sayings.reference.tables)
        if formed.refused:
            back = self.sayings.back(at.world, account, chart, "rejected-by-edits", formed.refused)
            return self._then_follow(at, back, account, chart.chart_id)
        if formed.awaited:
            after = () if at.because is chart else (at.because.event_id,)
            overdue = self.sayings.deadline(chart, "answer-overdue", at.since + ANSWER_PATIENCE, *after)
            waits = self.sayings.waiting(entered(account, formed), chart, "awaiting-answer", overdue)
            left = account_left(waits, account)
            return together(waits, self.sayings.formed(at, left, chart, formed, "")) if formed.claims else waits
        state: ChartState = "claimed" if formed.claims or not formed.bills else "billed-to-patient"
        account = entered(with_chart(account, AccountChart(chart=chart, state=state)), formed)
        verdict = self.sayings.formed(at, account, chart, formed, state)
        return self._then_follow(at, verdict, account, chart.chart_id)

    def _then_follow(self, at: Occasion, verdict: Verdict, account: Account, chart_id: str) -> Verdict:
        """What a version leaves as it was is followed up by it: the next payers and the bill may be other ones."""
        account = account_left(verdict, account)
        chart, answered = billed_version(account, chart_id), answered_claims(account, chart_id)
        if chart is None or not answered:
            return verdict
        return together(verdict, self._followed(at, account, chart, answered))

    # A payer answers ----------------------------------------------------------------------------------------------

    def _acknowledge(self, world: World, ack: ClaimAcknowledged) -> Verdict:
        """277CA: accepted, or never filed; then the hospital is told why, and a new version goes again as an
        original. A void that was never filed leaves what it was about with its payer."""
        account = account_of(world, ack)
        claim = claim_of(account, ack.claim_id or "")
        if claim is None:
            return Verdict("superseded", _about(account), ack.control_number or "")
        acknowledged = settlement.acknowledge(claim, ack)
        if (claim.state, acknowledged.state) == ("rejected", "accepted"):
            return self.sayings.awaited_again(account, acknowledged, ack)
        account = with_claim(account, acknowledged)
        verdict = self.sayings.kept(account, acknowledged, "accepted" if ack.accepted else "rejected")
        if acknowledged.state != "rejected" or claim.state == "rejected":
            return verdict
        chart = chart_about(account, acknowledged)
        told = self.sayings.say_back(chart, denials.rejected(acknowledged, ack))
        opened = refiling(self.sayings, acknowledged, chart)
        verdict = verdict._replace(says=(told,), opened=opened, closed=(deadline_of(claim),))
        if (stands := settlement.stands_again(account, acknowledged)) is not None:
            account = with_claim(account, stands)
            verdict = together(verdict, self.sayings.kept(account, stands, "stands"))
        correction = self._correction(Occasion(world, ack, received(ack)), account, chart.chart_id)
        return verdict if correction is None else together(verdict, correction)

    def _settle(self, world: World, answer: ClaimAdjudicated) -> Verdict:
        """An answer on the account: once its claim's sums are whole, what follows from it is said."""
        account = account_of(world, answer)
        claim = claim_answered(account, answer)
        if claim is None:
            return Verdict("superseded", _about(account), answer.control_number)
        verdict = self.sayings.posted(world, account, claim, answer)
        account = account_left(verdict, account)
        answered = claim_of(account, claim.claim.claim_id)
        assert answered is not None
        verdict = verdict._replace(outcome=settlement.standing(answered))
        if settlement.is_open(answered):
            return verdict
        stands = settlement.stands_again(account, answered) if answered.state == "denied" else None
        if stands is not None:
            account = with_claim(account, stands)
            verdict = together(verdict, self.sayings.kept(account, stands, "stands"))
        chart = chart_about(account, answered)
        asked_next = settlement.passes_on(answered) and payers.next_coverage(chart, answered.claim) is not None
        denial = None if asked_next else denials.returned(answered, answer)
        if denial is not None:
            verdict = verdict._replace(says=(*verdict.says, self.sayings.say_back(chart, denial)))
        return together(verdict, self._follow(Occasion(world, answer, received(answer)), account, chart))

    def _let_go(self, world: World, said: ClaimAcknowledged | ClaimAdjudicated, verdict: Verdict) -> Verdict:
        """Of the voids that their payers had some are taken or refused now: what waited for them waits no longer, and
        who was billed with the lines of one that is refused after all hears of it."""
        before = account_of(world, said)
        after, at = account_left(verdict, before), Occasion(world, said, received(said))
        for had in settlement.voids(before):
            void, states = claim_of(after, had.claim.claim_id), {**world.accounts, **verdict.accounts}.values()
            if void is None or void.state == had.state:
                continue
            took = waiting_for(void, states) or (taker_of(void, after, states) if void.state in _REFUSED else None)
            if took is not None:
                verdict = together(verdict, self._let_go_of(void, after, at, *took))
        return verdict

    def _let_go_of(
        self, void: AccountClaim, gave: Account, at: Occasion, account: Account, kept: AccountChart
    ) -> Verdict:
        """A chart is billed once payers have taken the last void of its folded lines; one they keep sends it back. Of
        one that is billed already, for the void was accepted first, the hospital is told."""
        left = tuple(name for name in kept.voids if name != void.claim.claim_id)
        if void.state in _REFUSED:
            apart = folding.still_apart(next(replaced_by(gave, void), void).claim.control_number)
            if kept.deadline_id is None:
                told = self.sayings.told(kept.chart, "rejected-by-edits", (apart,))
                return Verdict("followed", *whom(kept.chart), says=(told,))
            verdict = self._goes_back(at, account, kept.chart, "rejected-by-edits", apart)
        elif left:
            account = with_chart(account, kept.model_copy(update={"voids": left}))
            return Verdict("awaiting-answer", *whom(kept.chart), accounts={key_of(account): account})
        else:
            verdict = self._hold_or_bill(at, account, kept.chart)
        return verdict._replace(closed=(*verdict.closed, str(kept.deadline_id)))

    def _follow(self, at: Occasion, account: Account, chart: ChartCoded) -> Verdict:
        """The correction that waited for this answer; else, for each answered claim, the next payer's claim, or the
        bill. While a newer version waits for something else nothing follows: it may consent to less."""
        correction = self._correction(at, account, chart.chart_id)
        if correction is not None:
            return correction
        if newer_waits(account, chart.chart_id):
            return Verdict("followed", *whom(chart))
        unfollowed = tuple(kept for kept in answered_claims(account, chart.chart_id) if not kept.followed_up)
        return self._followed(at, account, chart, unfollowed)

    def _followed(
        self, at: Occasion, account: Account, chart: ChartCoded, answered: tuple[AccountClaim, ...]
    ) -> Verdict:
        if not answered:
            return Verdict("followed", *whom(chart))
        now = Now(at.because, self.sayings.today(chart, at.since))
        formed = follow_up(chart, answered, account, self.sayings.reference.partners, now)
        verdict = self.sayings.formed(at, entered(account, formed), chart, formed, "followed")
        if not formed.refused:
            return verdict
        return verdict._replace(opened=(*verdict.opened, *next_filing(self.sayings, answered, chart)))

    def _correction(self, at: Occasion, account: Account, chart_id: str) -> Verdict | None:
        """A newer version that waited for an answer to the claim it corrects, now that one came; null when none
        waits."""
        kept = chart_of(account, chart_id)
        if kept is None or kept.state != "awaiting-answer" or kept.voids:
            return None
        verdict = self._bill(at, account, kept.chart)
        return verdict._replace(closed=(*verdict.closed, str(kept.deadline_id)))

    # A deadline is due --------------------------------------------------------------------------------------------

    def _due(self, world: World, due: DeadlineDue) -> Verdict:
        """A hold ends and the chart is billed; what never came is told. It acts once, while it is open."""
        if due.stage != STAGE:
            return Verdict("not-ours", due.about, due.kind)
        account = world.accounts.get(due.about)
        if not isinstance(account, Account) or due.deadline_id not in world.open_deadlines:
            return Verdict("moot", due.about, due.kind)
        if due.kind in {"timely-filing-near", "appeal-near"}:
            return warned(self.sayings, account, due)
        kept = next((chart for chart in account.charts if chart.deadline_id == due.deadline_id), None)
        claim = next((claim for claim in account.claims if deadline_of(claim) == due.deadline_id), None)
        if kept is not None and kept.state == "held":
            verdict = self._bill(Occasion(world, due, due.due_at), account, kept.chart)
        elif kept is not None and kept.state == "consent-missing":
            at = Occasion(world, due, due.due_at)  # what needs no consent goes on
            verdict = self._goes_back(at, account, kept.chart, "incomplete", NO_CONSENT)
        elif claim is not None and settlement.is_open(claim):
            verdict = overdue(self.sayings, Occasion(world, due, due.due_at), account, claim, self._follow)
        else:
            told = [self.sayings.told(kept.chart, "unanswered", (denials.NO_ANSWER,))] if kept is not None else []
            verdict = Verdict("overdue", _about(account), due.kind, says=tuple(told))
        return verdict._replace(fired=(due.deadline_id,))

    def _goes_back(
        self, at: Occasion, account: Account, chart: ChartCoded, reason: ReturnReason, finding: Finding
    ) -> Verdict:
        """What waited goes back, and no edit over the patient's history counts it any more. What was billed before goes
        on."""
        back = self.sayings.back(at.world, account, chart, reason, (finding,))
        verdict = self._then_follow(at, back, account, chart.chart_id)
        key = self.sayings.history_key(chart)
        history = at.world.accounts.get(key)
        if not isinstance(history, PatientHistory):
            return verdict
        return verdict._replace(
            accounts={**verdict.accounts, key: as_billed(history, account_left(back, account), chart)}
        )


def _about(account: Account) -> str:
    return f"{account.hospital}/{account.account_number}"
