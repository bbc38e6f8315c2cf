"""Claiming: coded charts, payers' answers and due deadlines in; claims, bills and returned charts out.

Nobody else forms claims. It keeps the account: its charts, its claims to each payer in turn, their answers, its
bills. A coded chart is held against the patient's other charts; then it waits for what it has to wait for (consent,
bill hold, the answer to the claim it corrects), or becomes claims, one per payer's turn, kind and billing entity. A
settled answer leads to the next payer's claim, to a denial that the hospital is told of, or, after the last payer,
to the patient's bill.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy.engine import Connection

from agents.neighbours import Neighbours, claims_near
from agents.patience import ANSWER_PATIENCE, CONSENT_PATIENCE, deadline_of, received
from agents.sayings import STAGE, Occasion, Sayings, chart_about, key_of, together, whom
from agents.stage import States, Verdict, World
from claims import denials, folding, payers, settlement
from claims.accounts import (
    Account,
    AccountChart,
    AccountClaim,
    ChartState,
    answered_claims,
    billed_version,
    chart_of,
    claim_answered,
    claim_of,
    is_late,
    newer_waits,
    with_chart,
    with_claim,
)
from claims.edits import check_account
from claims.forming import NO_CONSENT, Now, entered, follow_up, form, instead_of_forwarded
from claims.history import PatientHistory, as_billed, remembered
from ledger import accounts, deadlines, statistics
from schemas.events import ChartCoded, ClaimAcknowledged, ClaimAdjudicated, DeadlineDue
from schemas.records import Record
from streams.topics import CHART_CODED, CLAIM_ACKNOWLEDGED, CLAIM_ADJUDICATED, DEADLINE_DUE

Input = ChartCoded | ClaimAdjudicated | ClaimAcknowledged | DeadlineDue


@dataclass(frozen=True)
class Claiming:
    sayings: Sayings
    states: States
    name: str = STAGE

    reads = (CHART_CODED, CLAIM_ADJUDICATED, CLAIM_ACKNOWLEDGED, DEADLINE_DUE)

    def recall(self, tx: Connection, events: Sequence[tuple[Record, Input]]) -> World:
        """The accounts these events concern, and the history of the patients whose charts are among them."""
        said = [event for _, event in events]
        keys = {key for event in said if (key := _account_key(event)) is not None}
        histories = {key for record, event in events if (key := self._history_key(record, event)) is not None}
        stored = accounts.lock(tx, STAGE, keys | histories)
        states = {
            key: self.states.load(PatientHistory if key in histories else Account, row.body)
            for key, row in stored.items()
            if row.body is not None
        }
        charts = [(e, states.get(self.sayings.history_key(e))) for e in said if isinstance(e, ChartCoded)]
        return World(
            accounts=states,
            claims=claims_near(tx, charts),
            stored=stored,
            open_deadlines=set(deadlines.still_open(tx, (e.deadline_id for e in said if isinstance(e, DeadlineDue)))),
            window=statistics.open_window(tx),
        )

    def _history_key(self, record: Record, event: Input) -> str | None:
        """The history a chart is held against, or is taken out of when its consent never came."""
        if isinstance(event, ChartCoded):
            return self.sayings.history_key(event)
        gives_up = isinstance(event, DeadlineDue) and event.stage == STAGE and event.kind == "query-overdue"
        return f"patient/{record.key.decode()}" if gives_up and record.key is not None else None

    def step(self, world: World, event: Input, _record: Record) -> Verdict:
        """One event against its account: what changes, and what is said to whom."""
        match event:
            case ChartCoded():
                return self._take(world, event)
            case ClaimAcknowledged():
                return self._acknowledge(world, event)
            case ClaimAdjudicated():
                return self._settle(world, event)
            case DeadlineDue():
                return self._due(world, event)

    # A coded chart arrives ----------------------------------------------------------------------------------------

    def _take(self, world: World, chart: ChartCoded) -> Verdict:
        """A chart is late, or goes back with all its findings, or waits, or is billed."""
        account = _account(world, chart)
        kept = chart_of(account, chart.chart_id)
        if kept is not None and is_late(kept, chart):
            return self.sayings.late(chart)
        key = self.sayings.history_key(chart)
        history = world.accounts.get(key, PatientHistory())
        assert isinstance(history, PatientHistory)
        neighbours = Neighbours(world.claims, history)
        across = check_account(chart, history, self.sayings.reference, neighbours.about)
        unsaid = () if kept is None else tuple(folding.unsaid(kept.chart, chart))
        findings = (*across.findings, *neighbours.still_apart(chart), *unsaid)
        if any(finding.severity == "reject" for finding in findings):
            back = self.sayings.back(world, account, chart, "rejected-by-edits", findings, proposals=across.proposals)
            history = history if unsaid else as_billed(history, _left(back, account), chart)
            verdict = self._then_follow(Occasion(world, chart, received(chart)), back, account, chart.chart_id)
        else:
            verdict = self._hold_or_bill(world, account, chart)
            if verdict.outcome != "rejected-by-edits":
                history = remembered(history, chart)
        moot = _moot(kept, chart_of(_left(verdict, account), chart.chart_id))
        return replace(verdict, accounts={**verdict.accounts, key: history}, closed=(*verdict.closed, *moot))

    def _hold_or_bill(self, world: World, account: Account, chart: ChartCoded) -> Verdict:
        """The hospital's bill hold comes before any claim."""
        ends, since = self.sayings.hold_ends(chart), received(chart)
        if ends > since:
            return self.sayings.waiting(account, chart, "held", self.sayings.deadline(chart, "bill-hold-ends", ends))
        return self._bill(Occasion(world, chart, since), account, chart)

    def _bill(self, at: Occasion, account: Account, chart: ChartCoded) -> Verdict:
        """Claims to the first payers, bills that wait for none; a correction waits for the answer to what it
        corrects. No claim of substance-use treatment without a consent that is in force today (42 CFR Part 2)."""
        if not payers.consents(chart, self.sayings.today(chart, at.since)) and payers.asks_anybody(chart):
            consent = self.sayings.deadline(chart, "query-overdue", at.since + CONSENT_PATIENCE)
            return self.sayings.waiting(account, chart, "consent-missing", consent)
        formed = form(chart, account, self.sayings.reference.partners)
        if formed.refused:
            back = self.sayings.back(at.world, account, chart, "rejected-by-edits", formed.refused)
            return self._then_follow(at, back, account, chart.chart_id)
        if formed.awaited:
            after = () if at.because is chart else (at.because.event_id,)
            overdue = self.sayings.deadline(chart, "answer-overdue", at.since + ANSWER_PATIENCE, *after)
            return self.sayings.waiting(account, chart, "awaiting-answer", overdue)
        state: ChartState = "claimed" if formed.claims or not formed.bills else "billed-to-patient"
        account = entered(with_chart(account, AccountChart(chart=chart, state=state)), formed)
        verdict = self.sayings.formed(at, account, chart, formed, state)
        return self._then_follow(at, verdict, account, chart.chart_id)

    def _then_follow(self, at: Occasion, verdict: Verdict, account: Account, chart_id: str) -> Verdict:
        """What a version leaves as it was is followed up by it: the next payers and the bill may be other ones."""
        account = _left(verdict, account)
        chart, answered = billed_version(account, chart_id), answered_claims(account, chart_id)
        if chart is None or not answered:
            return verdict
        return together(verdict, self._followed(at, account, chart, answered))

    # A payer answers ----------------------------------------------------------------------------------------------

    def _acknowledge(self, world: World, ack: ClaimAcknowledged) -> Verdict:
        """277CA: accepted, or never filed; then the hospital is told why, and a new version goes again as an
        original. A void that was never filed leaves what it was about with its payer."""
        account = _account(world, ack)
        claim = claim_of(account, ack.claim_id or "")
        if claim is None:
            return Verdict("superseded", _about(account), ack.control_number or "")
        acknowledged = settlement.acknowledge(claim, ack)
        account = with_claim(account, acknowledged)
        verdict = self.sayings.kept(account, acknowledged, "accepted" if ack.accepted else "rejected")
        if acknowledged.state != "rejected" or claim.state == "rejected":
            return verdict
        chart = chart_about(account, acknowledged)
        told = self.sayings.say_back(chart, denials.rejected(acknowledged, ack))
        verdict = replace(verdict, says=(told,), closed=(deadline_of(claim),))
        if (stands := settlement.stands_again(account, acknowledged)) is not None:
            account = with_claim(account, stands)
            verdict = together(verdict, self.sayings.kept(account, stands, "stands"))
        correction = self._correction(Occasion(world, ack, received(ack)), account, chart.chart_id)
        return verdict if correction is None else together(verdict, correction)

    def _settle(self, world: World, answer: ClaimAdjudicated) -> Verdict:
        """An answer on the account: once its claim's sums are whole, what follows from it is said."""
        account = _account(world, answer)
        claim = claim_answered(account, answer)
        if claim is None:
            return Verdict("superseded", _about(account), answer.control_number)
        verdict = self.sayings.posted(world, account, claim, answer)
        account = _left(verdict, account)
        answered = claim_of(account, claim.claim.claim_id)
        assert answered is not None
        verdict = replace(verdict, outcome=settlement.standing(answered))
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
            verdict = replace(verdict, says=(*verdict.says, self.sayings.say_back(chart, denial)))
        return together(verdict, self._follow(Occasion(world, answer, received(answer)), account, chart))

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
        return self.sayings.formed(at, entered(account, formed), chart, formed, "followed")

    def _correction(self, at: Occasion, account: Account, chart_id: str) -> Verdict | None:
        """A newer version that waited for an answer to the claim it corrects, now that one came; null when none
        waits."""
        kept = chart_of(account, chart_id)
        if kept is None or kept.state != "awaiting-answer":
            return None
        verdict = self._bill(at, account, kept.chart)
        return replace(verdict, closed=(*verdict.closed, str(kept.deadline_id)))

    # A deadline is due --------------------------------------------------------------------------------------------

    def _due(self, world: World, due: DeadlineDue) -> Verdict:
        """A hold ends and the chart is billed; what never came is told. It acts once, while it is open."""
        if due.stage != STAGE:
            return Verdict("not-ours", due.about, due.kind)
        account = world.accounts.get(due.about)
        if not isinstance(account, Account) or due.deadline_id not in world.open_deadlines:
            return Verdict("moot", due.about, due.kind)
        kept = next((chart for chart in account.charts if chart.deadline_id == due.deadline_id), None)
        claim = next((claim for claim in account.claims if deadline_of(claim) == due.deadline_id), None)
        if kept is not None and kept.state == "held":
            verdict = self._bill(Occasion(world, due, due.due_at), account, kept.chart)
        elif kept is not None and kept.state == "consent-missing":
            verdict = self._without_consent(Occasion(world, due, due.due_at), account, kept.chart)
        elif claim is not None and settlement.is_open(claim):
            verdict = self._overdue(world, account, claim, due)
        else:
            told = [self.sayings.told(kept.chart, "unanswered", (denials.NO_ANSWER,))] if kept is not None else []
            verdict = Verdict("overdue", _about(account), due.kind, says=tuple(told))
        return replace(verdict, fired=(due.deadline_id,))

    def _without_consent(self, at: Occasion, account: Account, chart: ChartCoded) -> Verdict:
        """The chart goes back, and no edit over the patient's history counts it any more. What was billed before goes
        on, as far as no consent is needed."""
        back = self.sayings.back(at.world, account, chart, "incomplete", (NO_CONSENT,))
        verdict = self._then_follow(at, back, account, chart.chart_id)
        key = self.sayings.history_key(chart)
        history = at.world.accounts.get(key)
        if not isinstance(history, PatientHistory):
            return verdict
        return replace(verdict, accounts={**verdict.accounts, key: as_billed(history, _left(back, account), chart)})

    def _overdue(self, world: World, account: Account, claim: AccountClaim, due: DeadlineDue) -> Verdict:
        """The hospital is told to ask the payer. What a payer said to have forwarded never came: now we send it."""
        chart, at = chart_about(account, claim), Occasion(world, due, due.due_at)
        if claim.state != "expected":
            told = self.sayings.say_back(chart, denials.unanswered(claim, due))
            return Verdict("overdue", *whom(chart), says=(told,))
        now, newer = Now(due, self.sayings.today(chart, due.due_at)), chart_of(account, chart.chart_id)
        waits = newer is not None and newer.state == "awaiting-answer"  # for this one: it says who is to be asked
        if newer_waits(account, chart.chart_id) and not waits:
            return self.sayings.waits_longer(account, claim, at)
        by = newer.chart if newer is not None and waits else chart
        formed = instead_of_forwarded(by, claim, account, self.sayings.reference.partners, now)
        if formed.refused:
            told = self.sayings.told(chart, "rejected-by-edits", formed.refused)
            return replace(self.sayings.waits_longer(account, claim, at), says=(told,))
        account = entered(account, formed)
        verdict = self.sayings.formed(at, account, chart, formed, "overdue")
        return verdict if formed.claims else together(verdict, self._follow(at, account, chart))


def _account_key(event: Input) -> str | None:
    if isinstance(event, DeadlineDue):
        return event.about if event.stage == STAGE else None
    return f"account/{event.hospital}/{event.account_number}"


def _account(world: World, event: ChartCoded | ClaimAdjudicated | ClaimAcknowledged) -> Account:
    kept = world.accounts.get(_account_key(event) or "")
    if isinstance(kept, Account):
        return kept
    assert event.hospital is not None
    assert event.account_number is not None
    return Account(hospital=event.hospital, account_number=event.account_number)


def _about(account: Account) -> str:
    return f"{account.hospital}/{account.account_number}"


def _moot(before: AccountChart | None, after: AccountChart | None) -> tuple[str, ...]:
    """The deadline that a chart waited for, and doesn't any more."""
    waited = before.deadline_id if before else None
    return () if waited is None or (after is not None and after.deadline_id == waited) else (waited,)


def _left(verdict: Verdict, account: Account) -> Account:
    """The account as a verdict leaves it."""
    left = verdict.accounts.get(key_of(account), account)
    assert isinstance(left, Account)
    return left
