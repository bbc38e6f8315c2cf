"""The codes of a claim, read: diagnoses, procedures, group, and what UB-04 says by code (837 HI)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Literal, cast

from claims.codesets.shapes import is_external_cause, with_dot
from claims.x12.fields import Doubt, Fields, composites
from claims.x12.segments import Segment
from claims.x12.values import fault
from schemas.events.chart import PresentOnAdmission
from schemas.events.claim import ClaimDiagnosis, ClaimKind, CodedValue
from schemas.events.coded import CodedProcedure, Drg

Role = Literal["principal", "admitting", "reason-for-visit", "external-cause", "other"]

_ROLES: Final[dict[str, Role]] = {
    "ABK": "principal",
    "ABF": "other",
    "ABJ": "admitting",
    "APR": "reason-for-visit",
    "ABN": "external-cause",
}
_KINDS: Final[dict[str, Literal["condition", "occurrence", "span", "value"]]] = {
    "BG": "condition",
    "BH": "occurrence",
    "BI": "span",
    "BE": "value",
}
_PROCEDURES: Final = frozenset({"BBR", "BBQ"})
_GROUP: Final = "DR"
_ROLES_OF_ICD_9: Final[dict[str, Role]] = {
    "BK": "principal",
    "BF": "other",
    "BJ": "admitting",
    "PR": "reason-for-visit",
    "BN": "external-cause",
}
_PROCEDURES_OF_ICD_9: Final = frozenset({"BR", "BQ"})
_NOT_OF_ICD_10: Final = "9-"
"""Before a code of ICD-9, some of which look like others of ICD-10 (V, E)."""
_TO_ICD_10: Final = "code it in ICD-10, which counts from 2015-10-01"
_PASSED_OVER: Final = frozenset({"TC", "BP", "BO", "CAH"})
"""Treatment codes, procedures of an anesthesia, a billing concept of the payer's: they have no place here."""
_PATIENT_PAID: Final = "FC"
_INDICATORS: Final = ("Y", "N", "U", "W")
AS_BILLED: Final = "as-billed"
"""The release of a code that somebody else gave: a claim names none."""


@dataclass
class Codes:
    diagnoses: list[ClaimDiagnosis] = field(default_factory=list)
    procedures: list[CodedProcedure] = field(default_factory=list)
    values: list[CodedValue] = field(default_factory=list)
    drg: Drg | None = None
    patient_paid_cents: int = 0


def codes(segments: Iterable[Segment], kind: ClaimKind, fields: Fields) -> Codes:
    """All HI segments of a claim, each code in the order in which it stands."""
    found = Codes()
    for segment in segments:
        for composite in composites(segment):
            _take(found, composite, kind, fields)
    _settle_paid(found)
    return found


def _settle_paid(found: Codes) -> None:
    """An 837I says by a value code what the patient has paid; where it is the last value, it stands for that alone."""
    amounts = [value for value in found.values if value.kind == "value"]
    if amounts and amounts[-1].code == _PATIENT_PAID:
        found.patient_paid_cents = amounts[-1].cents or 0
        found.values.remove(amounts[-1])


def _take(found: Codes, said: Segment, kind: ClaimKind, fields: Fields) -> None:
    qualifier = said.element(1)
    if qualifier in _PASSED_OVER:
        return
    code = fields.required(said, 2)
    if qualifier in _ROLES:
        _judge_indicator(said, len(found.diagnoses), fields)
        found.diagnoses.append(_diagnosis(said, _ROLES[qualifier], code, kind))
    elif qualifier in _PROCEDURES:
        found.procedures.append(
            CodedProcedure(
                code=code,
                performed_at=fields.day(said, 4),
                statement=f"procedure-{len(found.procedures) + 1}",
                path="given",
                release=AS_BILLED,
            )
        )
    elif qualifier in _KINDS:
        found.values.append(_value(said, _KINDS[qualifier], code, fields))
    elif qualifier == _GROUP:
        found.drg = Drg(version=AS_BILLED, code=code)
    elif qualifier in _ROLES_OF_ICD_9:
        old = fault(said, 1, "a diagnosis code of ICD-9", _TO_ICD_10)
        fields.doubts.append(Doubt("X1", old, len(found.diagnoses)))
        found.diagnoses.append(ClaimDiagnosis(code=f"{_NOT_OF_ICD_10}{code}", role=_ROLES_OF_ICD_9[qualifier]))
    elif qualifier in _PROCEDURES_OF_ICD_9:
        fields.doubts.append(Doubt("H2", fault(said, 1, "a procedure code of ICD-9", _TO_ICD_10)))
    else:
        fields.wrong(said, 1, "a qualifier that says nothing", "write one of the guide's, such as ABK, ABF or BBR")


def _judge_indicator(said: Segment, place: int, fields: Fields) -> None:
    indicator = said.element(9)
    if indicator and indicator not in _INDICATORS:
        none = fault(said, 9, "no indicator of what was present on admission", "write Y, N, U or W, or nothing")
        fields.doubts.append(Doubt("X12", none, place))


def _diagnosis(said: Segment, role: Role, code: str, kind: ClaimKind) -> ClaimDiagnosis:
    """A professional claim has no role for a cause: its code tells it."""
    indicator = said.element(9)
    if kind == "professional" and role == "other" and is_external_cause(code):
        role = "external-cause"
    present = cast("PresentOnAdmission", indicator) if indicator in _INDICATORS else None
    return ClaimDiagnosis(code=with_dot(code), role=role, present_on_admission=present)


def _value(
    said: Segment, kind: Literal["condition", "occurrence", "span", "value"], code: str, fields: Fields
) -> CodedValue:
    if kind == "condition":
        return CodedValue(kind=kind, code=code)
    if kind == "value":
        return CodedValue(kind=kind, code=code, cents=fields.cents(said, 5))
    if kind == "occurrence":
        return CodedValue(kind=kind, code=code, start=fields.day(said, 4))
    start, end = fields.span(said, 4)
    return CodedValue(kind=kind, code=code, start=start, end=end)
