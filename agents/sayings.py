"""What claiming says and writes for what it decided: each thing to whom it is for, with its rows, deadlines and
counts."""

from dataclasses import dataclass
from datetime import date, datetime, time

from agents.clock import milliseconds
from agents.limits import appeal_near
from agents.mending import asked
from agents.occasions import Occasion, chart_about, key_of, version_of, whom
from agents.patience import (
    ANSWER_PATIENCE,
    answer_deadline,
    answered_voids,
    deadline_of,
    open_again,
    received,
)
from agents.pseudonyms import Pseudonyms
from agents.rows import bill_row, chart_row, claim_row, denial_rows
from agents.stage import Say, States, Verdict, World
from claims import deidentify, facts, settlement
from claims.accounts import (
    Account,
    AccountChart,
    AccountClaim,
    ChartState,
    billed_version,
    chart_of,
    claim_of,
    with_chart,
    with_claim,
)
from claims.facts import Fact, Where
from claims.forming import Formed
from claims.holding import held_until
from claims.partners import Payer
from claims.payers import first_payer
from claims.returned import standing_after
from claims.tables import Reference
from claims.x12.documents import with_document
from ledger.deadlines import Deadline
from schemas.events import (
    ChartCoded,
    ChartReturned,
    ClaimAcknowledged,
    ClaimAdjudicated,
    ClaimBuilt,
    ClaimStats,
    PatientBill,
)
from schemas.events.coded import Finding, Proposal, ReturnReason
from schemas.identity import caused_by, derived
from streams.topics import CHART_RETURNED, CLAIM_BUILT, PATIENT_BILL

STAGE = "claiming"


@dataclass(frozen=True)
class Sayings:
    """Verdicts of claiming, each made of what was decided."""

    reference: Reference
    pseudonyms: Pseudonyms
    states: States

    def formed(self, at: Occasion, after: Account, chart: ChartCoded, formed: Formed, outcome: str) -> Verdict:
        """Claims to their payers and bills to the hospital; `after` is the account with them entered. Whoever has a
        claim, said or forwarded, has from now on to answer it; what is refused is told."""
        key = self.patient_key(chart)
        forwarded = [name for each in formed.forwarded for name in (each.claim.claim_id, each.by)]
        names = (*(claim.claim_id for claim in formed.claims), *forwarded)
        changed = [kept for name in names if (kept := claim_of(after, name)) is not None]
        gone = [kept for name in formed.superseded if (kept := claim_of(after, name)) is not None]
        expected = [kept for kept in changed if kept.state == "expected"]
        standing = chart_of(after, chart.chart_id)
        everything: tuple[ClaimBuilt | PatientBill, ...] = (*formed.claims, *formed.bills)
        counted = [self._counted(at.world, chart, each) for each in everything]
        partners = self.reference.partners
        return Verdict(
            outcome,
            *whom(chart),
            says=(
                *(Say(CLAIM_BUILT, key, with_document(claim, partners), claim.payer) for claim in formed.claims),
                *(Say(PATIENT_BILL, key, bill, bill.hospital) for bill in formed.bills),
                *((self.told(chart, "rejected-by-edits", formed.refused),) if formed.refused else ()),
                *((self.told(chart, "bill-to-check", formed.warned),) if formed.warned else ()),
            ),
            stats=tuple(stat for stat, _ in counted),
            facts=tuple(fact for _, fact in counted if fact is not None),
            accounts={key_of(after): after},
            charts=() if standing is None else (chart_row(standing.chart, standing.state),),
            claims=tuple(claim_row(kept, key) for kept in (*changed, *gone)),
            bills=tuple(bill_row(bill) for bill in formed.bills),
            denials=tuple(row for kept in gone for row in denial_rows(kept, chart, self._payer(kept))),
            opened=(
                *(self._answer_due(claim, answer_deadline(claim), at.since) for claim in formed.claims),
                *(self._answer_due(kept.claim, deadline_of(kept), at.since) for kept in expected),
            ),
            closed=tuple(deadline_of(kept) for kept in gone),
        )

    def waiting(
        self, account: Account, chart: ChartCoded, state: ChartState, until: Deadline, voids: tuple[str, ...] = ()
    ) -> Verdict:
        """The chart waits with an open deadline that is named; nothing is lost, and what was billed stands."""
        billed = billed_version(account, chart.chart_id)
        waiting = AccountChart(chart=chart, state=state, deadline_id=until.id, billed=billed, voids=voids)
        return Verdict(
            state,
            *whom(chart),
            accounts={key_of(account): with_chart(account, waiting)},
            charts=(chart_row(chart, state, until.kind),),
            opened=(until,),
        )

    def posted(self, world: World, account: Account, before: AccountClaim, answer: ClaimAdjudicated) -> Verdict:
        """The answer in the account and in the books, whatever follows from it. While another has to come, after a
        reversal or for a part, an answer is due."""
        answered = settlement.apply(before, answer)
        waits = settlement.is_open(answered)
        waited = settlement.is_open(before) and before.state != "rejected"  # then its first deadline is closed
        opened: tuple[Deadline, ...] = ()
        if waits and not waited:
            name = answer_deadline(answered.claim, answer.trace_number, answer.position)
            opened = (self._answer_due(answered.claim, name, received(answer)),)
            answered = answered.model_copy(update={"deadline_id": name})
        account = with_claim(account, answered)
        chart = chart_about(account, answered)
        voids = answered_voids(account, answered)
        taken = tuple(each.model_copy(update={"state": "accepted"}) for each in voids if each.state == "sent")
        again = tuple(_waits_again(void, answer) for void in open_again(account, before, answered))
        opened += tuple(self._answer_due(void.claim, deadline_of(void), received(answer)) for void in again)
        for void in (*taken, *again):
            account = with_claim(account, void)
        ccsr, part2 = self.reference.codes.ccsr, deidentify.is_part2(chart)
        fact = facts.of_answer(answer, answered.claim, ccsr, part2, self._where(world, chart, answered.claim.claim_id))
        verdict = self.kept(account, answered, "answered", before)
        if any(row["state"] == "open" for row in verdict.denials):
            appeal = appeal_near(answered, self.reference.partners, STAGE, self.patient_key(chart))
            opened = opened if appeal is None else (*opened, appeal)
        return verdict._replace(
            claims=(*verdict.claims, *(claim_row(void, self.patient_key(chart)) for void in (*taken, *again))),
            stats=(fact.statistic if fact else deidentify.of_answer(answer, answered.claim, ccsr, part2),),
            facts=() if fact is None else (fact,),
            opened=opened,
            closed=() if waits else (deadline_of(before), *map(deadline_of, voids)),
        )

    def waits_longer(self, account: Account, expected: AccountClaim, at: Occasion) -> Verdict:
        """A forwarded claim whose answer is waited for once more: a newer version must say who may be asked."""
        name = answer_deadline(expected.claim, "forwarded", deadline_of(expected))
        kept = expected.model_copy(update={"deadline_id": name})
        longer = self._answer_due(expected.claim, name, at.since)
        return self.kept(with_claim(account, kept), kept, "overdue")._replace(opened=(longer,))

    def awaited_again(self, account: Account, taken: AccountClaim, ack: ClaimAcknowledged) -> Verdict:
        """A claim that its payer rejected and took after all: its first deadline is closed, and he has to answer it."""
        name = answer_deadline(taken.claim, ack.event_id)
        kept = taken.model_copy(update={"deadline_id": name})
        due = self._answer_due(taken.claim, name, received(ack))
        return self.kept(with_claim(account, kept), kept, "accepted")._replace(opened=(due,))

    def kept(self, account: Account, claim: AccountClaim, outcome: str, before: AccountClaim | None = None) -> Verdict:
        """The account with a claim as it stands now, and stood `before` an answer."""
        chart = chart_about(account, claim)
        row, denied = claim_row(claim, self.patient_key(chart)), denial_rows(claim, chart, self._payer(claim), before)
        return Verdict(outcome, *whom(chart), accounts={key_of(account): account}, claims=(row,), denials=denied)

    def back(
        self,
        world: World,
        account: Account,
        chart: ChartCoded,
        reason: ReturnReason,
        findings: tuple[Finding, ...],
        *,
        proposals: tuple[Proposal, ...] = (),
    ) -> Verdict:
        """The chart to its hospital with everything that is wrong, and what is proposed of other charts' claims.

        Where another version of it was billed, that one stands: its payers' answers go by what they got. What a coder
        folded is kept beside it, for the chart that gave has it no more.
        """
        returned = self._returned(chart, reason, findings).model_copy(update={"proposals": proposals})
        by = self.reference.counted_by
        fact = facts.of_returned(STAGE, returned, chart, by, self._where(world, chart, chart.chart_id))
        why = ", ".join(dict.fromkeys(finding.rule for finding in findings))
        stands = standing_after(account, chart)
        return Verdict(
            reason,
            *whom(chart),
            says=(self.say_back(chart, returned),),
            accounts={key_of(account): with_chart(account, stands)},
            charts=(chart_row(chart, "returned", why),),
            stats=(fact.statistic if fact else deidentify.of_returned(STAGE, returned, chart, by),),
            facts=() if fact is None else (fact,),
            work=asked(world, chart, findings, self.states),
        )

    def late(self, chart: ChartCoded) -> Verdict:
        """An older version than the account has is answered so, and changes nothing."""
        return Verdict("late-version", *whom(chart), says=(self.told(chart, "late-version", ()),))

    def told(self, chart: ChartCoded, reason: ReturnReason, findings: tuple[Finding, ...]) -> Say:
        """What the hospital is told of a chart whose claims stand."""
        return self.say_back(chart, self._returned(chart, reason, findings))

    def say_back(self, chart: ChartCoded, returned: ChartReturned) -> Say:
        return Say(CHART_RETURNED, self.patient_key(chart), returned, returned.hospital)

    def deadline(self, chart: ChartCoded, kind: str, due: datetime, *after: str) -> Deadline:
        """What a chart waits for, once more `after` something came; `about` leads back to its account."""
        name = derived("deadline", kind, chart.hospital, chart.chart_id, *version_of(chart), chart.event_id, *after)
        about = f"account/{chart.hospital}/{chart.account_number}"
        return Deadline(name, kind, STAGE, self.patient_key(chart), about, milliseconds(due))

    def hold_ends(self, chart: ChartCoded) -> datetime:
        """The end of the last day of the hospital's bill hold, where the hospital is; without one, when it was
        received."""
        partners, first = self.reference.partners, first_payer(chart)
        hospital = partners.hospital(chart.hospital)
        last = held_until(chart, hospital, partners.payers.get(first.payer) if first else None)
        return datetime.combine(last, time(23, 59), hospital.zone) if last else received(chart)

    def today(self, chart: ChartCoded, now: datetime) -> date:
        """The day at a moment, where the chart's hospital is."""
        return now.astimezone(self.reference.partners.hospital(chart.hospital).zone).date()

    def history_key(self, chart: ChartCoded) -> str:
        return f"patient/{self.patient_key(chart)}"

    def patient_key(self, chart: ChartCoded) -> str:
        return self.pseudonyms.patient(chart.hospital, chart.patient.mrn)

    def _returned(self, chart: ChartCoded, reason: ReturnReason, findings: tuple[Finding, ...]) -> ChartReturned:
        said = [finding.model_dump_json() for finding in findings]
        return ChartReturned(
            event_id=derived("chart-returned", STAGE, reason, chart.event_id, *said),
            **caused_by(chart, STAGE),
            hospital=chart.hospital,
            chart_id=chart.chart_id,
            version=chart.version,
            account_number=chart.account_number,
            reason=reason,
            findings=findings,
        )

    def _counted(
        self, world: World, chart: ChartCoded, said: ClaimBuilt | PatientBill
    ) -> tuple[ClaimStats, Fact | None]:
        """What may leave alone, and the fact with it, whose statistic that is; Part 2 (42 CFR 2.12) makes no fact."""
        ccsr, part2 = self.reference.codes.ccsr, deidentify.is_part2(chart)
        if isinstance(said, ClaimBuilt):
            fact = facts.of_claim(said, ccsr, part2, self._where(world, chart, said.claim_id))
            return fact.statistic if fact else deidentify.of_claim(said, ccsr, part2), fact
        fact = facts.of_bill(said, part2, self._where(world, chart, said.bill_id))
        return fact.statistic if fact else deidentify.of_bill(said, part2), fact

    def _payer(self, claim: AccountClaim) -> Payer:
        return self.reference.partners.payer(claim.claim.payer)

    def _where(self, world: World, chart: ChartCoded, about: str) -> Where:
        patient = self.pseudonyms.counted(chart.hospital, chart.patient.mrn)
        return Where(world.window or "none", patient, derived("counted", chart.hospital, about))

    def _answer_due(self, claim: ClaimBuilt, name: str, since: datetime) -> Deadline:
        about = f"account/{claim.hospital}/{claim.account_number}"
        key = self.pseudonyms.patient(claim.hospital, claim.patient.mrn)
        return Deadline(name, "answer-overdue", STAGE, key, about, milliseconds(since + ANSWER_PATIENCE))


def _waits_again(void: AccountClaim, because: ClaimAdjudicated) -> AccountClaim:
    due = answer_deadline(void.claim, because.trace_number, because.position)
    return void.model_copy(update={"state": "sent", "deadline_id": due})
