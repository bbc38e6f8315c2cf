"""Given: a stay that is billed as it goes on, version by version, and its payers' answers."""

from datetime import date, timedelta
from typing import Any

from claims.accounts import Account, with_claim
from claims.forming import Formed, entered, form
from claims.partners import Partners
from claims.settlement import apply
from claims.stay import covered_days
from schemas.events.chart import Coverage
from schemas.events.claim import ClaimBuilt
from schemas.events.coded import ChartCoded
from tests.claims.given_accounts import DAY, NOON, answer, chart, coverage, sent, service, stay

MEDICARE, MEDICAID = coverage("medicare"), coverage("medicaid")
ROOM: dict[str, Any] = {"code": None, "revenue_code": "0120", "unit_kind": "DA"}


def day(number: int) -> date:
    """Of the stay, counted from 1."""
    return DAY + timedelta(days=number - 1)


def stays(version: int, days: int, status: str = "30", *plans: Coverage, seen: tuple[int, ...] = ()) -> ChartCoded:
    """The stay until that day, at a thousand dollars a day; a physician saw him on the days named."""
    last = NOON + timedelta(days=days - 1)
    lasts = stay("inpatient", discharge_status=status, discharge_hour="11", end_day=day(days), end=last)
    nights = covered_days(lasts, 0)
    room = service("room", cents=100_000 * nights, units=1_000 * nights, service_to=day(days), **ROOM)
    visits = tuple(
        service(f"seen-{at}", "professional", 5_000, service_from=day(at), service_to=day(at)) for at in seen
    )
    plans = plans or (MEDICARE,)
    return chart(event_id=f"v{version}", version=version, coverages=plans, encounter=lasts, services=(room, *visits))


def billed(said: ChartCoded, kept: Account, partners: Partners) -> tuple[Formed, Account]:
    formed = form(said, kept, partners)
    return formed, entered(kept, formed)


def paid(kept: Account) -> Account:
    """Every claim without an answer is paid, under a number of its own."""
    for each in kept.claims:
        if not each.answers and each.state == "sent":
            number = f"ICN-{each.claim.control_number}"
            kept = with_claim(kept, apply(sent(each.claim), answer(each.claim, payer_claim_number=number)))
    return kept


def shown(claim: ClaimBuilt) -> tuple[str | None, str, str | None, date, int]:
    return claim.bill_type, claim.frequency, claim.patient_status, claim.statement_to, claim.total_charge_cents
