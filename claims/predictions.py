"""What our warnings said a payer would deny, held against what he denied."""

from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from claims.accounts import AccountClaim
from claims.denials import Denial, denied
from claims.identity import service_number
from claims.payers import numbered_services
from schemas.events.coded import ChartCoded
from schemas.events.types import Cents

Came = Literal["denied", "unfounded"]


class Judged(NamedTuple):
    """A denial, or a warning that did not come true. `rules` are all that warned; else the one that should have;
    `predicted` says which. `line` is the claim's, counted from 1."""

    line: int | None
    carc: str
    rules: tuple[str, ...]
    cause: str
    group: str | None
    remarks: tuple[str, ...]
    cents: Cents
    predicted: bool
    came: Came


class _Warning(NamedTuple):
    rule: str
    carc: str
    line: int | None


def judged(claim: AccountClaim, chart: ChartCoded) -> tuple[Judged, ...]:
    """Each denial of an answered claim with the rules that warned of it by that CARC, on that line or without one; and
    the warnings about the claim's lines that no denial bore out."""
    denials, warnings = denied(claim), set(_warnings(claim, chart))
    borne_out = set[_Warning]()
    found = dict[tuple[int | None, str], Judged]()
    for denial in denials:
        said = {warning for warning in warnings if _is_about(warning, denial)}
        borne_out |= said
        made = _judged(denial, said)
        before = found.get((denial.line, denial.carc))
        found[denial.line, denial.carc] = made._replace(cents=made.cents + (before.cents if before else 0))
    in_vain: dict[tuple[int | None, str], set[_Warning]] = {}
    for warning in warnings - borne_out:
        in_vain.setdefault((warning.line, warning.carc), set()).add(warning)
    for line, carc in sorted(in_vain, key=lambda at: (at[0] or 0, at[1])):
        unfounded = _judged(Denial(line, "", carc), in_vain[line, carc])
        found[line, carc] = unfounded._replace(group=None, came="unfounded")
    return tuple(found.values())


def _judged(denial: Denial, warned: Iterable[_Warning]) -> Judged:
    why, rules = denial.reason, tuple(sorted({warning.rule for warning in warned}))
    return Judged(
        line=denial.line,
        carc=denial.carc,
        rules=rules or (why.rule,),
        cause=why.cause,
        group=denial.group,
        remarks=denial.remarks,
        cents=denial.cents,
        predicted=bool(rules),
        came="denied",
    )


def _warnings(claim: AccountClaim, chart: ChartCoded) -> Iterator[_Warning]:
    """The findings with a CARC about this claim's lines, or about none."""
    warned = [finding for finding in chart.findings if finding.carc is not None]
    if not warned:
        return
    on_claim = {service_number(line.control_number): line.number for line in claim.claim.lines}
    places = [on_claim.get(numbered.control_number) for numbered in numbered_services(chart)]
    for finding in warned:
        at = finding.line
        line = places[at - 1] if at is not None and at <= len(places) else None
        if at is None or line is not None:
            yield _Warning(finding.rule, str(finding.carc), line)


def _is_about(warning: _Warning, denial: Denial) -> bool:
    return warning.carc == denial.carc and (None in {warning.line, denial.line} or warning.line == denial.line)
