"""What adjudication keeps: a payment until its answers are complete, and the sum of a claim's answers."""

from typing import Literal

from schemas.events.payer import Remittance
from schemas.events.types import Cents, Count, Wire


class Payment(Wire):
    """A remittance as far as it came. Answers may come before it; they wait in the ledger by its trace number, and are
    only counted here.

    One whose time is over is incomplete: its payer was told, and it is posted when the missing parts come after all.
    What is whole and doesn't balance is suspended for good.
    """

    remittance: Remittance | None = None
    answers: Count = 0
    state: Literal["waiting", "incomplete", "settled", "suspended"] = "waiting"

    @property
    def is_open(self) -> bool:
        """Whether parts of it may still come."""
        return self.state in {"waiting", "incomplete"}


class ClaimBalance(Wire):
    """The sum over a claim's settled answers; a reversal and its correction may come in either order."""

    charge_cents: Cents = 0
    paid_cents: Cents = 0
    answers: Count = 0
