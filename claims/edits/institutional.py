"""Edits on what a hospital's own claim needs: patient status and revenue codes (B1 to B4)."""

from collections.abc import Iterator
from typing import Final

from claims.codesets.shapes import DISCHARGE_STATUSES, is_revenue_shape
from claims.edits.revenue import (
    GOES_WITH,
    is_accommodation,
    is_beyond_medicare,
    needs_procedure_code,
)
from claims.edits.rule import Fault, Rule, rule
from claims.edits.subject import Subject
from claims.payers import MEDICARE

_DIED: Final = frozenset({"20", "40", "41", "42"})
_STATUS: Final = "patient status"
_REVENUE: Final = "revenue code"


@rule(
    "B1",
    "reject",
    carc="306",
    citation="837I CL103; CPM 25/75.2",
    mend="give where the patient went",
    needs="patient status",
)
def patient_status_disagrees(subject: Subject) -> Iterator[Fault]:
    """A patient status is of the code set (837I CL103)."""
    status = subject.stay.discharge_status
    if status is not None and status not in DISCHARGE_STATUSES:
        yield Fault("the patient status is none there is", "encounter.discharge_status", None, _STATUS)


@rule(
    "B1",
    "reject",
    carc="306",
    citation="837I CL103; CPM 25/75.2",
    mend="correct the patient status or the day of death",
    needs="death",
)
def status_and_death_disagree(subject: Subject) -> Iterator[Fault]:
    """Who died here has a status that says so, and nobody else (837I CL103).

    On the last day itself he may have died after he left.
    """
    died, status = subject.patient.deceased_date, subject.stay.discharge_status
    if died is None or status is None:
        return
    if died > subject.stay.end_day if status in _DIED else died < subject.stay.end_day:
        yield Fault("the patient status and the day of death disagree", "encounter.discharge_status", None, _STATUS)


@rule(
    "B1",
    "reject",
    carc="306",
    citation="CPM 1/50.3; condition code 44",
    mend="correct the class of the encounter or the time of the change; after the discharge a stay is billed as one",
    needs="status changed",
)
def changed_to_outpatient_too_late(subject: Subject) -> Iterator[Fault]:
    """An inpatient is made an outpatient while he is there, and then the encounter is no stay (condition code 44).

    CMS Pub. 100-04 chapter 1 section 50.3, read in digests of it: before the discharge, by the utilization review
    committee, with a physician who concurs. After it, and once the stay's claim is paid, it stays a stay.
    """
    stay, at = subject.stay, subject.stay.changed_to_outpatient_at
    if at is None:
        return
    if subject.inpatient:
        yield Fault("a stay that was changed to an outpatient's", "encounter.encounter_class")
    elif not stay.start <= at <= stay.end:
        message = "a change to outpatient that was not made during the encounter"
        yield Fault(message, "encounter.changed_to_outpatient_at", None, "day")


@rule(
    "B2",
    "reject",
    carc="16",
    citation="837I SV201; IOCE 41",
    mend="give a revenue code of that day: four digits with the leading zero",
    of="facility",
)
def revenue_code_unknown(subject: Subject) -> Iterator[Fault]:
    """A facility line has a revenue code of four digits that is one on its day (837I SV201; IOCE 41).

    Which codes there are says the table "revenue-codes" of the program or the user.
    """
    tables = subject.reference.tables
    listed = tables.has("revenue-codes")
    for at, service in enumerate(subject.services):
        if service.component != "facility":
            continue
        code = service.revenue_code or ""
        known = is_revenue_shape(code)
        if known and listed:
            known = tables.term("revenue-codes", code, service.service_from) is not None
        if not known:
            yield Fault("a facility line without a revenue code", f"services[{at}].revenue_code", at, _REVENUE)


@rule(
    "B3",
    "reject",
    carc="16",
    citation="IOCE 48; CPM 4/20.1",
    mend="give the service its HCPCS code in the chargemaster",
    of="facility",
    needs="hcpcs table",
)
def procedure_code_missing(subject: Subject) -> Iterator[Fault]:
    """An outpatient line says by HCPCS what was done, but where its revenue code is packaged (IOCE 48).

    HCPCS Level I is the user's: until he has loaded a table "hcpcs" his chargemaster may have no codes, and the rule is
    silent.
    """
    if subject.inpatient or not subject.reference.tables.has("hcpcs"):
        return
    for at, service in enumerate(subject.services):
        lacking = service.code is None and service.component == "facility"
        if lacking and needs_procedure_code(service.revenue_code or ""):
            yield Fault("a revenue code that needs a procedure code", f"services[{at}].code", at, "HCPCS code")


@rule(
    "B4",
    "reject",
    carc="199",
    citation="CPM 18/10.2; IOCE 65, 76",
    mend="correct the revenue code of the service in the chargemaster",
    of="facility",
)
def revenue_code_disagrees(subject: Subject) -> Iterator[Fault]:
    """A revenue code fits the bill type, the procedure and the payer.

    Room and board (010x to 021x) is an inpatient's. Giving a vaccine that Medicare covers (G0008 to G0010) is 0771 (CPM
    18/10.2), a trauma response (G0390) 068x (IOCE 76). Medicare's outpatient claims have no revenue code that it does
    not know (IOCE 65).
    """
    if subject.inpatient:
        return
    medicare = subject.first is not None and subject.first.plan_kind in MEDICARE
    for at, service in enumerate(subject.services):
        revenue = service.revenue_code
        if service.component != "facility" or revenue is None:
            continue
        field = f"services[{at}].revenue_code"
        fitting = GOES_WITH.get(service.code) if service.code else None
        if is_accommodation(revenue):
            yield Fault("room and board of an outpatient", field, at, _REVENUE, carc="282")
        elif fitting is not None and not revenue.startswith(fitting):
            yield Fault("a revenue code that its procedure excludes", field, at, _REVENUE)
        elif medicare and is_beyond_medicare(revenue):
            yield Fault("a revenue code that Medicare does not know", field, at, _REVENUE, carc="282")


INSTITUTIONAL: Final[tuple[Rule, ...]] = (
    patient_status_disagrees,
    status_and_death_disagree,
    changed_to_outpatient_too_late,
    revenue_code_unknown,
    procedure_code_missing,
    revenue_code_disagrees,
)
