"""Is the chart complete? Everything a claim needs and the chart, the roster and the hospital's file don't have.

Each rule says what is missing and whom to ask (billing.md section 4). Findings reject; queries and tasks wait.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from claims.findings import reject
from claims.partners import Hospital
from claims.payers import compensation_unexplained
from claims.queries import NO_DIAGNOSIS, answered, open_query, task
from claims.scene import CLINICAL
from claims.stay import local_day, resolved
from schemas.events.chart import ChartCompleted, Document, Signatures, Statement
from schemas.events.coded import Finding, Indicator, Query
from schemas.events.people import Provider
from schemas.events.types import Instant

_DISCHARGE_SUMMARY: Final = "18842-5"  # LOINC
_QUOTED: Final = 5
_NOT_IN_FUTURE: Final = "837: no service after the claim; IOCE 23"


@dataclass(frozen=True)
class Case:
    """A chart with what its hospital has on file. `payers` are the ids of the payers we know."""

    chart: ChartCompleted
    hospital: Hospital
    payers: Collection[str]


Said = Iterator[Finding | Query]


def incompleteness(case: Case) -> tuple[Finding | Query, ...]:
    """All that is missing, at once; what a clinician has answered is not asked again."""
    said = (thing for rule in COMPLETENESS for thing in rule(case))
    return tuple(thing for thing in said if not (isinstance(thing, Query) and answered(case.chart, thing)))


def signatures_on_file(chart: ChartCompleted, hospital: Hospital) -> Signatures:
    """What the chart says of its signatures, and where it says nothing, what the hospital has on file."""
    said, on_file = chart.signatures or Signatures(), hospital.signatures
    return Signatures(
        assignment_of_benefits=_first(said.assignment_of_benefits, on_file.assignment_of_benefits),
        release_of_information=_first(said.release_of_information, on_file.release_of_information),
        provider_accepts_assignment=_first(said.provider_accepts_assignment, on_file.provider_accepts_assignment),
    )


def _first(said: bool | None, on_file: bool | None) -> bool | None:
    return on_file if said is None else said


def identity(case: Case) -> Said:
    """A claim names the patient and his birth date (837 loops 2010BA and 2010CA)."""
    patient = case.chart.patient
    if patient.name is None:
        yield task(case.chart, "registration", "patient-name", "Please give the patient's name.")
    if patient.birth_date is None:
        yield task(case.chart, "registration", "birth-date", "Please give the patient's date of birth.")


def payer(case: Case) -> Said:
    """Someone must be asked to pay: a plan, a business or the patient himself; each is a partner we know."""
    if not case.chart.coverages:
        yield task(
            case.chart,
            "registration",
            "coverage",
            "Please give the coverages in order, or that the patient pays himself.",
        )
    known = ", ".join(sorted(case.payers))
    for position, coverage in enumerate(case.chart.coverages):
        if coverage.payer not in case.payers:
            ask = f"The payer of coverage {position + 1} is not known here. Known: {known}."
            yield task(case.chart, "registration", "unknown-payer", ask, about=coverage.id)


def compensation(case: Case) -> Said:
    """Workers' compensation pays for a work injury only: where it stands first, the chart says that there is one."""
    if compensation_unexplained(case.chart):
        ask = "The first coverage is workers' compensation, and no cause says employment. Is it a work injury? "
        mend = "Please add the cause, or the patient's plan before it."
        yield task(case.chart, "registration", "work-injury", ask + mend)


def both_ends(case: Case) -> Said:
    """A finished encounter has a start and an end (837I statement dates; 837P service dates)."""
    for name, instant in (("start", case.chart.encounter.start), ("end", case.chart.encounter.end)):
        if instant is None:
            yield task(
                case.chart,
                "registration",
                f"encounter-{name}",
                f"Please give the {name} of the encounter: day and time.",
            )


def dates_in_order(case: Case) -> Said:
    """D2: an encounter ends after it starts and, like everything done in it, before we hear of it (IOCE 23; R)."""
    encounter, now = case.chart.encounter, case.chart.received_at or case.chart.occurred_at
    if encounter.start and encounter.end and encounter.end < encounter.start:
        yield _date_finding("the encounter ends before it starts", "encounter.end")
    if encounter.end and encounter.end > now and not _is_today(encounter.end, now, case.hospital):
        yield _date_finding("the encounter ends in the future", "encounter.end")
    for position, statement in enumerate(case.chart.statements):
        if statement.performed_at and statement.performed_at > now:
            yield _date_finding("performed in the future", f"statements[{position}].performed_at")
        if statement.performed_at and statement.performed_end and statement.performed_end < statement.performed_at:
            yield _date_finding("ends before it starts", f"statements[{position}].performed_end")


def _is_today(end: Instant, now: Instant, hospital: Hospital) -> bool:
    """The last millisecond of the day we hear of it in: of that end only the day was documented."""
    local = end.astimezone(hospital.zone)
    ends_with_its_day = local_day(end + timedelta(milliseconds=1), hospital) > local.date()
    return ends_with_its_day and local.date() == local_day(now, hospital)


def _date_finding(message: str, field: str) -> Finding:
    return reject(
        "D2", message, field=field, value_kind="instant", carc="110", citation=_NOT_IN_FUTURE, mend="correct the date"
    )


def attending(case: Case) -> Said:
    """Somebody is responsible, and has an NPI in the chart or the roster (837I loop 2310A; 45 CFR 162.410)."""
    found = [provider for provider in case.chart.encounter.providers if provider.role in {"attending", "rendering"}]
    if not found:
        yield task(case.chart, "registration", "attending", "Please name the attending provider of the encounter.")
    for provider in found:
        yield from _without_npi(case, provider)


def _without_npi(case: Case, provider: Provider) -> Said:
    if resolved(provider, case.hospital).npi is None:
        ask = f"The {provider.role} provider has no NPI in the chart or the roster. Please add it to the roster."
        yield task(case.chart, "registration", f"npi-{provider.role}", ask, about=provider.local_id or "")


def signed_note(case: Case) -> Said:
    """Care that no signed note documents was not done: at least one note is signed (42 CFR 482.24(c)(1))."""
    if not any(_is_signed(document) for document in case.chart.documents):
        ask = "No note of this encounter is signed. Please sign it."
        waiting = tuple(_document(document.kind.display, document.id) for document in case.chart.documents[:_QUOTED])
        yield task(case.chart, "author", "unsigned", ask, *waiting)


def discharge_summary(case: Case) -> Said:
    """An inpatient record has a discharge summary, and it is signed (42 CFR 482.24(c)(1) and (4)(vii))."""
    if case.chart.encounter.encounter_class != "inpatient":
        return
    summaries = [document for document in case.chart.documents if document.kind.code == _DISCHARGE_SUMMARY]
    if not summaries:
        yield task(case.chart, "author", "discharge-summary", "Please write the discharge summary.")
    elif not any(_is_signed(summary) for summary in summaries):
        waiting = tuple(_document(summary.kind.display, summary.id) for summary in summaries[:_QUOTED])
        ask = "The discharge summary is not signed. Please sign it."
        yield task(case.chart, "author", "unsigned-summary", ask, *waiting)


def _is_signed(document: Document) -> bool:
    return bool(document.signed_by and document.signed_at)


def discharge_status(case: Case) -> Said:
    """An inpatient claim says where the patient went (837I CL103)."""
    discharge = case.chart.encounter.discharge
    if case.chart.encounter.encounter_class == "inpatient" and (discharge is None or discharge.status is None):
        yield task(case.chart, "registration", "discharge-status", "Please give the patient's status at discharge.")


def orders_performed(case: Case) -> Said:
    """An order said to be completed has a result, or a record that it was performed."""
    recorded = {s.order_id for s in case.chart.statements if s.result_present is not False}
    for order in case.chart.orders:
        if order.status == "completed" and order.id not in recorded:
            ask = "This order is marked completed and has neither a result nor a record that it was performed."
            quoted = Indicator(text=order.text or "order without text", source="order")
            yield task(
                case.chart, "department", "order", f"{ask} Please add it or correct the order.", quoted, about=order.id
            )


def a_diagnosis(case: Case) -> Said:
    """Every encounter has a documented condition or reason (OCG IV.D; 837I HI, 837P HI)."""
    if not any(statement.kind in CLINICAL and _current(statement) for statement in case.chart.statements):
        quoted = tuple(_quoted(case, s) for s in case.chart.statements if s.kind not in CLINICAL and s.text)
        yield open_query(case.chart, "attending", "no-diagnosis", NO_DIAGNOSIS, *quoted[:_QUOTED])


def _current(statement: Statement) -> bool:
    return statement.certainty != "ruled-out" and statement.whose == "patient"


def signatures(case: Case) -> Said:
    """A claim to a plan says whether benefits are assigned, release is signed, assignment accepted (837 CLM07-09)."""
    if all(coverage.kind == "patient" for coverage in case.chart.coverages):
        return
    on_file = signatures_on_file(case.chart, case.hospital)
    for name in ("assignment_of_benefits", "release_of_information", "provider_accepts_assignment"):
        if getattr(on_file, name) is None:
            ask = f"Neither the chart nor the hospital's file says: {name.replace('_', ' ')}."
            yield task(case.chart, "registration", name.replace("_", "-"), ask)
    if on_file.release_of_information is False:
        ask = "The patient has not signed the release that a plan's claim needs. Please obtain it."
        yield task(case.chart, "registration", "release-refused", ask)


def _document(kind: str | None, source: str) -> Indicator:
    return Indicator(text=kind or "document without a title", source=f"document {source}")


def _quoted(case: Case, statement: Statement) -> Indicator:
    day = local_day(statement.performed_at, case.hospital) if statement.performed_at else None
    source = f"document {statement.document_id}" if statement.document_id else f"statement {statement.id}"
    return Indicator(text=statement.text or statement.kind, date=day, source=source)


def restricted_items(case: Case) -> Said:
    """Which item the patient paid in full is known, or no plan may see any (45 CFR 164.522(a)(1)(vi))."""
    known = {statement.id for statement in case.chart.statements}
    for restriction in case.chart.restrictions:
        if restriction.statement not in known:
            ask = "An item is marked paid in full, and no item of the chart is named so. Please say which one it is."
            yield task(case.chart, "registration", "restricted-item", ask, about=restriction.statement)


COMPLETENESS: Final[tuple[Callable[[Case], Said], ...]] = (
    identity,
    payer,
    compensation,
    both_ends,
    dates_in_order,
    attending,
    signed_note,
    discharge_summary,
    discharge_status,
    orders_performed,
    a_diagnosis,
    signatures,
    restricted_items,
)
