"""How long a chart waits for what may still join its claims."""

from datetime import date

import pytest

from claims.holding import held_until
from claims.partners import Hospital
from tests.claims.given_accounts import chart, committed_partners, service, stay

THERAPY, CLINIC = service(revenue_code="0420"), service(revenue_code="0510")


@pytest.mark.parametrize(
    ("days", "services", "payer", "until"),
    [
        (0, (CLINIC,), "medicare", None),
        (5, (CLINIC,), "medicare", date(2026, 3, 7)),
        (0, (THERAPY,), "medicare", date(2026, 3, 31)),
        (5, (THERAPY,), "medicare", date(2026, 4, 5)),
        (5, (THERAPY, CLINIC), "medicare", date(2026, 3, 7)),
        (5, (THERAPY,), "commercial", date(2026, 3, 7)),
        (5, (THERAPY,), None, date(2026, 3, 7)),
    ],
    ids=[
        "a hospital without a hold",
        "late charges",
        "the month of repetitive services",
        "and then late charges",
        "what is not only repetitive",
        "a payer who takes them one by one",
        "a patient who pays himself",
    ],
)
def test_a_chart_waits(
    mercy: Hospital, days: int, services: tuple[object, ...], payer: str | None, until: date | None
) -> None:
    holds = mercy.model_copy(update={"bill_hold_days": {"ambulatory": days}})
    asked = committed_partners().payer(payer) if payer else None

    assert held_until(chart(encounter=stay(), services=services), holds, asked) == until
