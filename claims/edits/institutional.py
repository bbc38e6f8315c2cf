"""Edits on what a hospital's own claim needs (B)."""

from collections.abc import Iterator
from typing import Final

from claims.codesets.shapes import DISCHARGE_STATUSES, is_revenue_shape
from claims.edits.rule import Fault, Rule, rule
from claims.edits.subject import Subject


@rule(
    "B1",
    "reject",
    carc="306",
    citation="837I CL103; CPM 25/75.2",
    mend="give where the patient went",
    of="inpatient",
)
def patient_status_disagrees(subject: Subject) -> Iterator[Fault]:
    """A stay that has ended has a status of the code set, not 'still a patient' (837I CL103)."""
    status = subject.stay.discharge_status
    if status is not None and (status not in DISCHARGE_STATUSES or status == "30"):
        message = "the patient status does not fit a stay that has ended"
        yield Fault(message, "encounter.discharge_status", None, "patient status")


@rule(
    "B2",
    "reject",
    carc="16",
    citation="837I SV201; IOCE 41",
    mend="give the four digits with the leading zero",
    of="facility",
)
def revenue_code_unknown(subject: Subject) -> Iterator[Fault]:
    """A facility line has a revenue code of four digits (837I SV201; IOCE 41)."""
    for at, service in enumerate(subject.services):
        if service.component == "facility" and not is_revenue_shape(service.revenue_code or ""):
            message = "a facility line without a revenue code"
            yield Fault(message, f"services[{at}].revenue_code", at, "revenue code")


INSTITUTIONAL: Final[tuple[Rule, ...]] = (patient_status_disagrees, revenue_code_unknown)
