"""What claiming says and writes for what it decided: each thing to whom it is for, with its rows, deadlines and
counts."""

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from agents.clock import milliseconds
from agents.pseudonyms import Pseudonyms
from agents.rows import bill_row, chart_row, claim_row
from agents.stage import Say, Verdict, World
from claims import deidentify, facts
from claims.accounts import Account, AccountChart, AccountClaim, ChartState, chart_of, claim_of, live_claims, with_chart
from claims.facts import Fact, Where
from claims.forming import Formed
from claims.tables import Reference
from ledger.deadlines import Deadline
from schemas.events import ChartCoded, ChartReturned, ClaimAdjudicated, ClaimBuilt, ClaimStats, PatientBill
from schemas.events.coded import Finding, ReturnReason
from schemas.identity import caused_by, derived
from streams.topics import CHART_RETURNED, CLAIM_BUILT, PATIENT_BILL

STAGE = "claiming"

ANSWER_PATIENCE = timedelta(days=45)
"""How long a payer's answer may take before it is a work item."""


@dataclass(frozen=True)
class Sayings:
    """Verdicts of claiming, each made of what was decided."""

    reference: Reference
    pseudonyms: Pseudonyms

    def formed(self, world: World, after: Account, chart: ChartCoded, formed: Formed, outcome: str) -> Verdict:
        """Claims to their payers and bills to the hospital; `after` is the account with them entered."""
        key = self.patient_key(chart)
        said = [kept for claim in formed.claims if (kept := claim_of(after, claim.claim_id)) is not None]
        gone = [kept for name in formed.superseded if (kept := claim_of(after, name)) is not None]
        standing = chart_of(after, chart.chart_id)
        everything: tuple[ClaimBuilt | PatientBill, ...] = (*formed.claims, *formed.bills)
        counted = [self._counted(world, chart, each) for each in everything]
        return Verdict(
            outcome,
            *whom(chart),
            says=(
                *(Say(CLAIM_BUILT, key, claim, claim.payer) for claim in formed.claims),
                *(Say(PATIENT_BILL, key, bill, bill.hospital) for bill in formed.bills),
            ),
            stats=tuple(stat for stat, _ in counted),
            facts=tuple(fact for _, fact in counted if fact is not None),
            accounts={key_of(after): after},
            charts=() if standing is None else (chart_row(standing.chart, standing.state),),
            claims=tuple(claim_row(kept, key) for kept in (*said, *gone)),
            bills=tuple(bill_row(bill) for bill in formed.bills),
            opened=tuple(self._answer_due(claim, chart) for claim in formed.claims),
            closed=tuple(answer_deadline(kept.claim) for kept in gone),
        )

    def waiting(self, account: Account, chart: ChartCoded, state: ChartState, until: Deadline) -> Verdict:
        """The chart waits with an open deadline that is named; nothing is lost meanwhile."""
        waiting = AccountChart(chart=chart, state=state, deadline_id=until.id)
        return Verdict(
            state,
            *whom(chart),
            accounts={key_of(account): with_chart(account, waiting)},
            charts=(chart_row(chart, state, until.kind),),
            opened=(until,),
        )

    def posted(self, world: World, account: Account, answered: AccountClaim, answer: ClaimAdjudicated) -> Verdict:
        """The answer in the account and in the books, whatever follows from it."""
        chart = chart_about(account, answered)
        ccsr, part2 = self.reference.codes.ccsr, deidentify.is_part2(chart)
        fact = facts.of_answer(answer, answered.claim, ccsr, part2, self._where(world, chart, answered.claim.claim_id))
        return replace(
            self.kept(account, answered, "answered"),
            stats=(deidentify.of_answer(answer, answered.claim, ccsr, part2),),
            facts=() if fact is None else (fact,),
            closed=(answer_deadline(answered.claim),),
        )

    def kept(self, account: Account, claim: AccountClaim, outcome: str) -> Verdict:
        """The account with a claim as it stands now."""
        chart = chart_about(account, claim)
        row = claim_row(claim, self.patient_key(chart))
        return Verdict(outcome, *whom(chart), accounts={key_of(account): account}, claims=(row,))

    def back(
        self, world: World, account: Account, chart: ChartCoded, reason: ReturnReason, findings: tuple[Finding, ...]
    ) -> Verdict:
        """The chart to its hospital with everything that is wrong.

        Where an earlier version's claims stand, the account keeps that version: their answers go by what was billed.
        """
        returned = self._returned(chart, reason, findings)
        by = self.reference.counted_by
        fact = facts.of_returned(STAGE, returned, chart, by, self._where(world, chart, chart.chart_id))
        why = ", ".join(dict.fromkeys(finding.rule for finding in findings))
        stands, gone = live_claims(account, chart.chart_id), AccountChart(chart=chart, state="returned")
        return Verdict(
            reason,
            *whom(chart),
            says=(self.say_back(chart, returned),),
            accounts={} if stands else {key_of(account): with_chart(account, gone)},
            charts=(chart_row(chart, "returned", why),),
            stats=(deidentify.of_returned(STAGE, returned, chart, by),),
            facts=() if fact is None else (fact,),
        )

    def late(self, chart: ChartCoded) -> Verdict:
        """An older version than the account has is answered so, and changes nothing."""
        return Verdict("late-version", *whom(chart), says=(self.told(chart, "late-version", ()),))

    def told(self, chart: ChartCoded, reason: ReturnReason, findings: tuple[Finding, ...]) -> Say:
        """What the hospital is told of a chart whose claims stand."""
        return self.say_back(chart, self._returned(chart, reason, findings))

    def say_back(self, chart: ChartCoded, returned: ChartReturned) -> Say:
        return Say(CHART_RETURNED, self.patient_key(chart), returned, returned.hospital)

    def deadline(self, chart: ChartCoded, kind: str, due: datetime) -> Deadline:
        """What a chart waits for; `about` leads back to its account."""
        name = derived("deadline", kind, chart.hospital, chart.chart_id, *version_of(chart))
        about = f"account/{chart.hospital}/{chart.account_number}"
        return Deadline(name, kind, STAGE, self.patient_key(chart), about, milliseconds(due))

    def hold_ends(self, chart: ChartCoded) -> datetime:
        """The end of the last day of the hospital's bill hold, where the hospital is; without one, when it was
        received."""
        hospital = self.reference.partners.hospital(chart.hospital)
        days = hospital.hold_days(chart.encounter.encounter_class)
        last = chart.encounter.end_day + timedelta(days=days)
        return datetime.combine(last, time(23, 59), hospital.zone) if days else received(chart)

    def history_key(self, chart: ChartCoded) -> str:
        return f"patient/{self.patient_key(chart)}"

    def patient_key(self, chart: ChartCoded) -> str:
        return self.pseudonyms.patient(chart.hospital, chart.patient.mrn)

    def _returned(self, chart: ChartCoded, reason: ReturnReason, findings: tuple[Finding, ...]) -> ChartReturned:
        """The id names all that the content depends on: the same version may come late under many event ids."""
        about = (chart.hospital, chart.chart_id, *version_of(chart), chart.event_id, *findings)
        return ChartReturned(
            event_id=derived("chart-returned", STAGE, reason, *about),
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
        ccsr, part2 = self.reference.codes.ccsr, deidentify.is_part2(chart)
        if isinstance(said, ClaimBuilt):
            where = self._where(world, chart, said.claim_id)
            return deidentify.of_claim(said, ccsr, part2), facts.of_claim(said, ccsr, part2, where)
        return deidentify.of_bill(said, part2), facts.of_bill(said, part2, self._where(world, chart, said.bill_id))

    def _where(self, world: World, chart: ChartCoded, about: str) -> Where:
        patient = self.pseudonyms.counted(chart.hospital, chart.patient.mrn)
        return Where(world.window or "none", patient, derived("counted", chart.hospital, about))

    def _answer_due(self, claim: ClaimBuilt, chart: ChartCoded) -> Deadline:
        about = f"account/{claim.hospital}/{claim.account_number}"
        due = milliseconds(received(chart) + ANSWER_PATIENCE)
        return Deadline(answer_deadline(claim), "answer-overdue", STAGE, self.patient_key(chart), about, due)


def key_of(account: Account) -> str:
    return f"account/{account.hospital}/{account.account_number}"


def whom(chart: ChartCoded) -> tuple[str, str]:
    """Whom a verdict concerns, and which of his charts."""
    return f"{chart.hospital}/{chart.account_number}", f"{chart.chart_id} v{chart.version}"


def version_of(chart: ChartCoded) -> tuple[int, int]:
    return chart.version, chart.coding_revision


def received(chart: ChartCoded) -> datetime:
    return chart.received_at or chart.occurred_at


def answer_deadline(claim: ClaimBuilt) -> str:
    return derived("deadline", "answer-overdue", claim.claim_id, claim.submission)


def chart_about(account: Account, claim: AccountClaim) -> ChartCoded:
    """The chart a claim is about, in the newest version the account has."""
    kept = chart_of(account, claim.claim.charts[0].chart_id)
    if kept is None:
        raise LookupError("an account has every chart its claims are about")
    return kept.chart


def together(first: Verdict, then: Verdict) -> Verdict:
    """Two verdicts about one event, under the first one's name: what the later one changed stands."""
    return replace(
        first,
        says=first.says + then.says,
        stats=first.stats + then.stats,
        facts=first.facts + then.facts,
        accounts={**first.accounts, **then.accounts},
        charts=first.charts + then.charts,
        claims=first.claims + then.claims,
        bills=first.bills + then.bills,
        opened=first.opened + then.opened,
        closed=first.closed + then.closed,
    )
