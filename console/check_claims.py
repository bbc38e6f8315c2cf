"""`claimstream check` of an 837: somebody's claims judged one by one, as they come; no file is held."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

from agents.assembly import Assembly
from claims.claim_check import NOT_OF_A_CLAIM, Checked, ClaimCheck
from claims.x12.claims_in import ClaimRead, Unread, read_claims
from claims.x12.segments import X12Fault
from console.screen import counted, dollars, draw, printable, say, say_json, table

_OF_CHARTS: Final = frozenset({".json", ".ndjson"})
_PIECE: Final = 1 << 16


@dataclass
class _Tally:
    checked: int = 0
    returned: int = 0
    unread: int = 0


def is_of_claims(file: Path) -> bool:
    """Charts are folders and JSON; what is neither is X12, or is told why it isn't."""
    if not file.is_file() or file.suffix.lower() in _OF_CHARTS:
        return False
    with file.open("rb") as opened:
        return not opened.read(256).removeprefix(b"\xef\xbb\xbf").lstrip().startswith((b"{", b"["))


def check_claims(files: Sequence[Path], parts: Assembly, received: date | None, as_json: bool) -> bool:
    """Whether all could be read, and none would be returned."""
    now = datetime.fromtimestamp(parts.clock.now_ms() // 1000, UTC)
    judge, tally = ClaimCheck(parts.reference, now, received), _Tally()
    not_judged = dict(NOT_OF_A_CLAIM)
    for file in files:
        before = tally.checked + tally.unread
        for read in read_claims(_pieces(file), judge.known):
            checked = judge.check(read) if isinstance(read, ClaimRead) else read
            if isinstance(checked, Checked):
                not_judged |= checked.not_judged
                tally.checked += 1
                tally.returned += checked.would_be_returned
                _say_claim(file, checked, as_json)
            else:
                tally.unread += 1
                _say_unread(file, checked, as_json)
        if tally.checked + tally.unread == before:
            tally.unread += 1
            nothing = X12Fault(1, "no claim is in it", "send an 837P or an 837I, which begins with ISA")
            _say_unread(file, nothing, as_json)
    if not as_json:
        say(f"{counted(tally.checked, 'claim')} checked, {tally.returned:,} would be returned")
        if tally.checked:
            _say_not_judged(not_judged)
    return not tally.returned and not tally.unread


def _pieces(file: Path) -> Iterator[bytes]:
    with file.open("rb") as opened:
        while piece := opened.read(_PIECE):
            yield piece


def _name(file: Path) -> str:
    return printable(Path(file.name))


def _say_claim(file: Path, checked: Checked, as_json: bool) -> None:
    claim, drg = checked.claim, checked.drg.code if checked.drg else None
    if as_json:
        say_json(
            {
                "file": printable(file),
                "segment": checked.at,
                "claim": claim.control_number,
                "kind": claim.kind,
                "payer": claim.payer,
                "hospital": claim.hospital,
                "charge_cents": claim.total_charge_cents,
                "drg": drg,
                "returned": checked.would_be_returned,
                "findings": [finding.model_dump(exclude_none=True) for finding in checked.findings],
                "not_judged": sorted(checked.not_judged),
            }
        )
        return
    verdict = (
        "would be returned" if checked.would_be_returned else f"would be taken, {dollars(claim.total_charge_cents)}"
    )
    title = f"Claim {claim.control_number} ({_name(file)}, segment {checked.at}): {verdict}"
    title += f", MS-DRG {drg}" if drg else ""
    rows = [
        (each.rule, each.severity, each.carc, each.field, f"{each.message}; mend: {each.mend}")
        for each in checked.findings
    ]
    draw(table(title, ("rule", "severity", "CARC", "field", "in words"), rows)) if rows else say(title)


def _say_unread(file: Path, read: Unread | X12Fault, as_json: bool) -> None:
    """One row for each thing that can't be read; never a value of the file."""
    faults, claim = ((read,), None) if isinstance(read, X12Fault) else (read.faults, read.control_number)
    if as_json:
        said: dict[str, Any] = {"file": printable(file), "claim": claim, "returned": True}
        said["not_read"] = [{"segment": f.at, "element": f.element, "why": f.why, "mend": f.mend} for f in faults]
        say_json(said)
        return
    whose = f"Claim {claim} ({_name(file)})" if claim else _name(file)
    rows = [(str(f.at), f.element, f"{f.why}; mend: {f.mend}") for f in faults]
    draw(table(f"{whose}: can't be read", ("segment", "element", "in words"), rows))


def _say_not_judged(not_judged: dict[str, str]) -> None:
    by_reason: dict[str, list[str]] = {}
    for rule, why in not_judged.items():
        by_reason.setdefault(why, []).append(rule)
    say(
        "Not judged, because a claim alone does not tell:",
        *(f"  {', '.join(r)}: {why}" for why, r in by_reason.items()),
    )
