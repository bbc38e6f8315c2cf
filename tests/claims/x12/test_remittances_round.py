"""Whatever a payer answers, its file says the same to the cent."""

from functools import cache

from hypothesis import given
from hypothesis import strategies as st

from claims.forming import form
from claims.x12.answers import read_answers
from schemas.events import ClaimAdjudicated, Remittance
from schemas.events.claim import ClaimBuilt
from tests.claims.given_accounts import Group, account, answer, by_line, chart, committed_partners, reversal, service
from tests.claims.x12.written_835 import remittance_file

SAME = (
    "payer", "trace_number", "position", "control_number", "payer_claim_number", "status", "charge_cents", "paid_cents",
    "patient_responsibility_cents", "adjustments",
)  # fmt: skip


@cache
def claim() -> ClaimBuilt:
    services = tuple(service(f"s{n}", cents=cents) for n, cents in enumerate((7_500, 12_345, 1)))
    return form(chart(services=services), account(), committed_partners()).claims[0]


groups: st.SearchStrategy[Group] = st.sampled_from(["CO", "OA", "PI", "PR"])
why = st.lists(st.tuples(groups, st.sampled_from(["1", "2", "45", "97"]), st.integers(-99_999, 99_999)), max_size=4)


@st.composite
def remittances(draw: st.DrawFn) -> list[ClaimAdjudicated]:
    """Answers by claim or by line, and reversals of some, in one payment."""
    said: list[ClaimAdjudicated] = []
    for _ in range(draw(st.integers(1, 4))):
        by_lines = draw(st.booleans())
        given = by_line(claim(), [draw(why) for _ in claim().lines]) if by_lines else answer(claim(), None, draw(why))
        said += [given, *([reversal(given, 1)] if draw(st.booleans()) else [])]
    return [each.model_copy(update={"position": n, "trace_number": "T"}) for n, each in enumerate(said, start=1)]


@given(remittances(), st.integers(1, 500))
def test_what_is_written_is_read_to_the_cent(said: list[ClaimAdjudicated], piece: int) -> None:
    file = remittance_file(said, "EXPAY1")
    pieces = (file[at : at + piece] for at in range(0, len(file), piece))
    *read, payment, result = read_answers(pieces, lambda _: "commercial")
    assert [_told(each) for each in read if isinstance(each, ClaimAdjudicated)] == [_told(each) for each in said]
    assert isinstance(payment, Remittance)
    paid = sum(each.paid_cents for each in said)
    assert (payment.claims_count, payment.claims_paid_cents, payment.payment_cents) == (len(said), paid, max(paid, 0))
    assert (result.faults, result.findings) == ((), ())  # type: ignore[union-attr]


def _told(answer: ClaimAdjudicated) -> list[object]:
    lines = [(each.control_number, each.charge_cents, each.paid_cents, each.adjustments) for each in answer.lines]
    return [*(getattr(answer, name) for name in SAME), lines]
