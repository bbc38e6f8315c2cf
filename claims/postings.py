"""What adjudication keeps: a payment until its answers are complete, and the sum of a claim's answers."""

from typing import Literal

from schemas.events.payer import Remittance
from schemas.events.types import Cents, Count, Wire


class Payment(Wire):
    """A remittance as far as it came. Answers may come before it; they wait in the ledger by its trace number."""

    remittance: Remittance | None = None
    state: Literal["waiting", "settled", "suspended"] = "waiting"


class ClaimBalance(Wire):
    """The sum over a claim's settled answers; a reversal and its correction may come in either order."""

    charge_cents: Cents = 0
    paid_cents: Cents = 0
    answers: Count = 0
