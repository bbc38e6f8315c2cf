"""Edits on procedure codes (H)."""

from collections.abc import Iterator
from typing import Final

from claims.codesets.shapes import is_inpatient_procedure_shape, is_procedure_shape
from claims.edits.rule import Fault, Rule, rule
from claims.edits.subject import Subject


@rule(
    "H1",
    "reject",
    carc="181",
    citation="IOCE 6; 837 SV101-2, SV202-2",
    mend="a capital letter but D and four digits, or five digits; none where a revenue code stands alone",
    fixed=True,
)
def no_procedure_code(subject: Subject) -> Iterator[Fault]:
    """A line's code has the shape of HCPCS, never of the D series (IOCE 6; SV101-2, SV202-2)."""
    for at, service in enumerate(subject.services):
        if service.code is not None and not is_procedure_shape(service.code):
            yield Fault("a procedure code that is none", f"services[{at}].code", at, "HCPCS code")


@rule(
    "H2",
    "reject",
    carc="181",
    citation="MCE 1",
    mend="seven digits and capital letters, never I or O",
    fixed=True,
)
def no_inpatient_procedure_code(subject: Subject) -> Iterator[Fault]:
    """A stay's procedures have the seven characters of ICD-10-PCS, never I or O (MCE 1)."""
    for at, procedure in enumerate(subject.chart.procedures):
        if not is_inpatient_procedure_shape(procedure.code):
            yield Fault("an inpatient procedure code that is none", f"procedures[{at}].code", None, "ICD-10-PCS code")


PROCEDURES: Final[tuple[Rule, ...]] = (no_procedure_code, no_inpatient_procedure_code)
