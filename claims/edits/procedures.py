"""Edits on procedure codes (H)."""

from collections.abc import Iterator

from claims.codesets.shapes import is_inpatient_procedure_shape, is_procedure_shape
from claims.findings import reject
from claims.tables import Reference
from schemas.events.coded import ChartCoded, Finding


def no_procedure_code(chart: ChartCoded, _: Reference) -> Iterator[Finding]:
    """H1: a line's code has the shape of HCPCS, never of the D series (IOCE 6; SV101-2, SV202-2). Reject, CARC 181."""
    for at, service in enumerate(chart.services):
        if service.code is not None and not is_procedure_shape(service.code):
            yield reject(
                "H1",
                "a procedure code that is none",
                field=f"services[{at}].code",
                line=at + 1,
                value_kind="HCPCS code",
                carc="181",
                citation="IOCE 6; 837 SV101-2, SV202-2",
                mend="a capital letter but D and four digits, or five digits; none where a revenue code stands alone",
            )


def no_inpatient_procedure_code(chart: ChartCoded, _: Reference) -> Iterator[Finding]:
    """H2: a stay's procedures have the seven characters of ICD-10-PCS, never I or O (MCE 1). Reject, CARC 181."""
    for at, procedure in enumerate(chart.procedures):
        if not is_inpatient_procedure_shape(procedure.code):
            yield reject(
                "H2",
                "an inpatient procedure code that is none",
                field=f"procedures[{at}].code",
                value_kind="ICD-10-PCS code",
                carc="181",
                citation="MCE 1",
                mend="seven digits and capital letters, never I or O",
            )
