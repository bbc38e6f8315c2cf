"""Payers' answers as the 835 that would say them: what a payer of the Avro topics says, said by file."""

from collections.abc import Iterable, Iterator, Sequence

from schemas.events.claim import Adjustment
from schemas.events.payer import AnsweredLine, ClaimAdjudicated
from tests.claims.x12.given_835 import interchange


def remittance_file(answers: Sequence[ClaimAdjudicated], payer_id: str, number: int = 1) -> bytes:
    """One payment of these answers; what they take back is carried over."""
    return interchange(transaction_of(answers, payer_id), number=number)


def transaction_of(answers: Sequence[ClaimAdjudicated], payer_id: str, number: str = "0001") -> list[str]:
    paid, day = sum(each.paid_cents for each in answers), max(each.adjudicated_on for each in answers)
    method = "ACH" if paid > 0 else "NON"
    body = [
        f"ST*835*{number}",
        f"BPR*I*{dollars(max(paid, 0))}*C*{method}************{day:%Y%m%d}",
        f"TRN*1*{answers[0].trace_number}*1000000001",
        f"N1*PR*EXAMPLE*XV*{payer_id}",
        "N1*PE*EXAMPLE HOSPITAL*XX*1234567893",
        "LX*1",
        *(segment for each in answers for segment in _claim(each)),
        *([f"PLB*1234567893*{day:%Y}1231*FB*{dollars(paid)}"] if paid < 0 else []),
    ]
    return [*body, f"SE*{len(body) + 1}*{number}"]


def _claim(answer: ClaimAdjudicated) -> Iterator[str]:
    owed = answer.patient_responsibility_cents
    yield (
        f"CLP*{answer.control_number}*{answer.status}*{dollars(answer.charge_cents)}*{dollars(answer.paid_cents)}*"
        f"{'' if owed is None else dollars(owed)}*12*{answer.payer_claim_number or ''}*22*1"
    )
    yield from _adjustments(answer.adjustments)
    if answer.member_id is not None:
        name = answer.patient_name
        named = "EXAMPLE*PAT" if name is None else f"{name.family}*{name.given or ''}"
        yield f"NM1*QC*1*{named}****MI*{answer.member_id}"
    if answer.remarks:
        yield "MOA***" + "*".join(answer.remarks)
    for line in answer.lines:
        yield from _line(line)


def _line(line: AnsweredLine) -> Iterator[str]:
    units = "" if line.units is None else f"{line.units / 1000:g}"
    money = f"{dollars(line.charge_cents)}*{dollars(line.paid_cents)}"
    yield f"SVC*HC:{line.code or line.submitted_code or 'G0463'}*{money}**{units}"
    yield from _adjustments(line.adjustments)
    if line.control_number is not None:
        yield f"REF*6R*{line.control_number}"


def _adjustments(said: Iterable[Adjustment]) -> Iterator[str]:
    return (f"CAS*{each.group}*{each.carc}*{dollars(each.cents)}" for each in said)


def dollars(cents: int) -> str:
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02d}"
