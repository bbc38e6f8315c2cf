"""Claiming: coded charts, payers' answers and due deadlines in; claims, bills and returned charts out.

Nobody else forms claims. It keeps the account: its charts, its claims to each payer in turn, their answers, its
bills. A coded chart is held against the patient's other charts; then it waits for what it has to wait for (consent,
bill hold, the answer to the claim it corrects), or becomes claims, one per payer's turn, kind and billing entity. A
settled answer leads to the next payer's claim, to a denial that the hospital is told of, or, after the last payer,
to the patient's bill.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy.engine import Connection

from agents.sayings import (
    ANSWER_PATIENCE,
    STAGE,
    Sayings,
    answer_deadline,
    chart_about,
    received,
    together,
    whom,
)
from agents.stage import States, Verdict, World
from claims import denials, payers, settlement
from claims.accounts import (
    Account,
    AccountChart,
    AccountClaim,
    ChartState,
    PatientHistory,
    chart_of,
    claim_by_control_number,
    claim_of,
    is_late,
    live_claims,
    remembered,
    with_chart,
    with_claim,
)
from claims.edits import check_account
from claims.forming import entered, follow_up, form
from ledger import accounts, deadlines, statistics
from schemas.events import ChartCoded, ClaimAcknowledged, ClaimAdjudicated, DeadlineDue
from schemas.events.coded import Finding
from schemas.records import Record
from streams.topics import CHART_CODED, CLAIM_ACKNOWLEDGED, CLAIM_ADJUDICATED, DEADLINE_DUE

CONSENT_PATIENCE = timedelta(days=30)
"""How long a consent may take before the chart goes back without it."""

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
        histories = {self.sayings.history_key(event) for event in said if isinstance(event, ChartCoded)}
        stored = accounts.lock(tx, STAGE, keys | histories)
        return World(
            accounts={
                key: self.states.load(PatientHistory if key in histories else Account, row.body)
                for key, row in stored.items()
                if row.body is not None
            },
            stored=stored,
            open_deadlines=set(deadlines.still_open(tx, (e.deadline_id for e in said if isinstance(e, DeadlineDue)))),
            window=statistics.open_window(tx),
        )

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
        findings = check_account(chart, history, self.sayings.reference)
        moot = () if kept is None or kept.deadline_id is None else (kept.deadline_id,)
        if any(finding.severity == "reject" for finding in findings):
            back = self.sayings.back(world, account, chart, "rejected-by-edits", findings)
            return replace(back, closed=moot) if back.accounts else back
        verdict = self._bill_or_wait(world, account, chart)
        states = {**verdict.accounts, key: remembered(history, chart)}
        return replace(verdict, accounts=states, closed=(*verdict.closed, *moot))

    def _bill_or_wait(self, world: World, account: Account, chart: ChartCoded) -> Verdict:
        """42 CFR Part 2 and the hospital's bill hold come before any claim."""
        if not payers.consents(chart, chart.encounter.start_day):
            consent = self.sayings.deadline(chart, "query-overdue", received(chart) + CONSENT_PATIENCE)
            return self.sayings.waiting(account, chart, "consent-missing", consent)
        ends = self.sayings.hold_ends(chart)
        if ends > received(chart):
            return self.sayings.waiting(account, chart, "held", self.sayings.deadline(chart, "bill-hold-ends", ends))
        return self._bill(world, account, chart)

    def _bill(self, world: World, account: Account, chart: ChartCoded) -> Verdict:
        """Claims to the first payers, bills that wait for none; a correction waits for the answer to what it
        corrects."""
        formed = form(chart, account, self.sayings.reference.partners)
        if formed.refused:
            return self.sayings.back(world, account, chart, "rejected-by-edits", formed.refused)
        if formed.awaited:
            overdue = self.sayings.deadline(chart, "answer-overdue", received(chart) + ANSWER_PATIENCE)
            return self.sayings.waiting(account, chart, "awaiting-answer", overdue)
        state: ChartState = "claimed" if formed.claims or not formed.bills else "billed-to-patient"
        account = entered(with_chart(account, AccountChart(chart=chart, state=state)), formed)
        return self.sayings.formed(world, account, chart, formed, state)

    # A payer answers ----------------------------------------------------------------------------------------------

    def _acknowledge(self, world: World, ack: ClaimAcknowledged) -> Verdict:
        """277CA: accepted, or never filed; then the hospital is told why, and a new version goes again as an
        original."""
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
        verdict = replace(verdict, says=(told,), closed=(answer_deadline(claim.claim),))
        correction = self._correction(world, account, chart)
        return verdict if correction is None else together(verdict, correction)

    def _settle(self, world: World, answer: ClaimAdjudicated) -> Verdict:
        """An answer on the account: once its claim's sums are whole, what follows from it is said."""
        account = _account(world, answer)
        claim = claim_by_control_number(account, answer.control_number)
        if claim is None:
            return Verdict("superseded", _about(account), answer.control_number)
        answered = settlement.apply(claim, answer)
        account = with_claim(account, answered)
        standing = settlement.standing(answered)
        verdict = replace(self.sayings.posted(world, account, answered, answer), outcome=standing)
        if standing in {"waiting", "crossed-over"}:
            return verdict
        chart = chart_about(account, answered)
        if standing == "denied" and not settlement.passes_on(answered):
            denial = self.sayings.say_back(chart, denials.returned(answered, answer))
            verdict = replace(verdict, says=(*verdict.says, denial))
        return together(verdict, self._follow(world, account, chart, answer))

    def _follow(self, world: World, account: Account, chart: ChartCoded, answer: ClaimAdjudicated) -> Verdict:
        """The correction that waited for this answer; else, for each answered claim, the next payer's claim or the
        bill.

        A claim whose next payer still has an earlier one waits for his answer and is followed up then.
        """
        correction = self._correction(world, account, chart)
        if correction is not None:
            return correction
        verdict = Verdict("followed", *whom(chart))
        for claim in _to_follow(account, chart):
            formed = follow_up(chart, claim, account, self.sayings.reference.partners, answer)
            if formed.refused:
                told = self.sayings.told(chart, "rejected-by-edits", formed.refused)
                verdict = replace(verdict, says=(*verdict.says, told))
            if not formed.awaited:
                account = with_claim(account, claim.model_copy(update={"followed_up": True}))
            account = entered(account, formed)
            verdict = together(verdict, self.sayings.formed(world, account, chart, formed, "followed"))
        return verdict

    def _correction(self, world: World, account: Account, chart: ChartCoded) -> Verdict | None:
        """A newer version that waited for an answer to the claim it corrects, now that one came; null when none
        waits."""
        kept = chart_of(account, chart.chart_id)
        if kept is None or kept.state != "awaiting-answer":
            return None
        verdict = self._bill(world, account, kept.chart)
        goes_on = verdict.outcome == "awaiting-answer" or kept.deadline_id is None
        return verdict if goes_on else replace(verdict, closed=(*verdict.closed, str(kept.deadline_id)))

    # A deadline is due --------------------------------------------------------------------------------------------

    def _due(self, world: World, due: DeadlineDue) -> Verdict:
        """A hold ends and the chart is billed; what never came is a work item. It acts once, while it is open."""
        if due.stage != STAGE:
            return Verdict("not-ours", due.about, due.kind)
        account = world.accounts.get(due.about)
        if not isinstance(account, Account) or due.deadline_id not in world.open_deadlines:
            return Verdict("moot", due.about, due.kind)
        kept = next((chart for chart in account.charts if chart.deadline_id == due.deadline_id), None)
        if kept is not None and kept.state == "held":
            verdict = self._bill(world, account, kept.chart)
        elif kept is not None and kept.state == "consent-missing":
            verdict = self.sayings.back(world, account, kept.chart, "incomplete", (_NO_CONSENT,))
        else:
            verdict = Verdict("overdue", _about(account), due.kind)
        return replace(verdict, fired=(due.deadline_id,))


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


def _to_follow(account: Account, chart: ChartCoded) -> tuple[AccountClaim, ...]:
    """The chart's standing claims that are answered and from which nothing followed yet."""
    standing = live_claims(account, chart.chart_id)
    return tuple(c for c in standing if not c.followed_up and settlement.standing(c) in {"settled", "denied"})


_NO_CONSENT = Finding(
    rule="C9",
    severity="reject",
    disposition="return to provider",
    message="no consent to disclose substance-use treatment for payment came in time",
    field="part2",
    mend="send the consent with the chart's next version, or bill the patient",
    citation="42 CFR 2.31-2.33",
)
