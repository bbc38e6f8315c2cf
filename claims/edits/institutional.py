"""Edits on what a hospital's own claim needs (B)."""

from collections.abc import Iterator

from claims.codesets.shapes import DISCHARGE_STATUSES, is_revenue_shape
from claims.findings import reject
from claims.tables import Reference
from schemas.events.coded import ChartCoded, Finding


def patient_status_disagrees(chart: ChartCoded, _: Reference) -> Iterator[Finding]:
    """B1: a stay that has ended has a status of the code set, not 'still a patient' (837I CL103). Reject, CARC 306."""
    status = chart.encounter.discharge_status
    if chart.encounter.encounter_class != "inpatient" or status is None:
        return
    if status not in DISCHARGE_STATUSES or status == "30":
        yield reject(
            "B1",
            "the patient status does not fit a stay that has ended",
            field="encounter.discharge_status",
            value_kind="patient status",
            carc="306",
            citation="837I CL103; CPM 25/75.2",
            mend="give where the patient went",
        )


def revenue_code_unknown(chart: ChartCoded, _: Reference) -> Iterator[Finding]:
    """B2: a facility line has a revenue code of four digits (837I SV201; IOCE 41). Reject, CARC 16."""
    for at, service in enumerate(chart.services):
        if service.component == "facility" and not is_revenue_shape(service.revenue_code or ""):
            yield reject(
                "B2",
                "a facility line without a revenue code",
                field=f"services[{at}].revenue_code",
                line=at + 1,
                value_kind="revenue code",
                carc="16",
                citation="837I SV201; IOCE 41",
                mend="give the four digits with the leading zero",
            )
