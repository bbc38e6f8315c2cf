"""What an earlier payer answered to each line, as the next one's claim carries it (837 2430)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Literal

from claims.codesets.shapes import is_procedure_shape
from schemas.events.claim import Adjustment, ClaimLine, PriorLine
from schemas.events.payer import AnsweredLine

_BUNDLED: Final = "97"  # CARC: paid with another service
_MODIFIER: Final = 2  # characters


def prior_lines(
    sent: Sequence[ClaimLine], answered: Mapping[str | None, Sequence[AnsweredLine]]
) -> tuple[PriorLine, ...]:
    """Those that were answered, in the claim's order; `answered` by the line's control number."""
    told = [_prior_line(line, found) for line in sent if (found := answered.get(line.control_number))]
    if not any(_is_bundled(line) for line in told):
        return tuple(told)
    return tuple(_with_its_line(line, told) if _is_bundled(line) else line for line in told)


def net(adjustments: Iterable[Adjustment]) -> tuple[Adjustment, ...]:
    """One adjustment per group and reason, in their order; what a reversal took back is gone."""
    cents: defaultdict[tuple[Literal["CO", "OA", "PI", "PR"], str], int] = defaultdict(int)
    for adjustment in adjustments:
        cents[adjustment.group, adjustment.carc] += adjustment.cents
    return tuple(Adjustment(group=key[0], carc=key[1], cents=sum_) for key, sum_ in sorted(cents.items()) if sum_)


def _prior_line(sent: ClaimLine, answered: Sequence[AnsweredLine]) -> PriorLine:
    """Under the code, modifiers and units that the payer adjudicated, where he says so."""
    stands = next((line for line in reversed(answered) if line.charge_cents > 0), answered[-1])
    code, modifiers = _as_adjudicated(sent, stands)
    adjustments = net(adjustment for line in answered for adjustment in line.adjustments)
    return PriorLine(
        control_number=sent.control_number,
        paid_cents=sum(line.paid_cents for line in answered),
        adjustments=adjustments,
        code=code,
        modifiers=modifiers,
        revenue_code=(stands.revenue_code or sent.revenue_code) if sent.revenue_code else None,
        units=sent.units if stands.units is None else abs(stands.units),
        remaining_cents=sum(adjustment.cents for adjustment in adjustments if adjustment.group == "PR"),
        remarks=tuple(dict.fromkeys(stands.remarks)),
    )


def _as_adjudicated(sent: ClaimLine, answered: AnsweredLine) -> tuple[str | None, tuple[str, ...]]:
    """His code with his modifiers. Who repeats the code alone, and names nothing that he changed (SVC06), has left the
    modifiers out: they are as sent. What is no procedure (an NDC) does not stand in SVD03."""
    code = answered.code
    if code is None or not is_procedure_shape(code):
        return sent.code, sent.modifiers
    modifiers = tuple(modifier for modifier in answered.modifiers if len(modifier) == _MODIFIER)
    if code == sent.code and not modifiers and answered.submitted_code is None:
        return code, sent.modifiers
    return code, modifiers


def _is_bundled(line: PriorLine) -> bool:
    return line.paid_cents == 0 and any(adjustment.carc == _BUNDLED for adjustment in line.adjustments)


def _with_its_line(bundled: PriorLine, told: Iterable[PriorLine]) -> PriorLine:
    """Lines that he bundled have one code, under which he paid the first (X221 1.10.2.6; recalled, not read); where he
    names none, nobody knows which line it was."""
    paid = next((line for line in told if line.paid_cents and line.code and line.code == bundled.code), None)
    return bundled if paid is None else bundled.model_copy(update={"bundled_into": paid.control_number})
