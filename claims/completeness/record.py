"""What the record of care has to hold: signed notes, reports, orders with results, drugs, wastage and implants."""

from collections.abc import Iterator
from typing import Final

from claims.completeness.case import (
    QUOTED,
    Asked,
    Case,
    Said,
    done_entry,
    is_signed,
    quoted_notes,
)
from claims.queries import LOOKED_UP, PERFORMED, SIGNED, Due, Template
from claims.stay import STILL_A_PATIENT
from schemas.events.chart import Document, Statement
from schemas.events.coded import Indicator

_DISCHARGE_SUMMARY: Final = frozenset({"18842-5"})  # LOINC
# LOINC: surgical operation note, surgery operative note, procedure note, its sections' parents as hospitals use them.
_OPERATIVE_REPORT: Final = frozenset({"11504-8", "28570-0", "34137-0"})
# ICD-10-PCS: section 0 by an open (0) or percutaneous endoscopic (4) approach. A line or a scope has a procedure note.
_SURGERY, _SURGICAL_APPROACHES = "0", frozenset({"0", "4"})
_APPROACH: Final = 4  # the fifth character
_OF_OPERATION: Final = Due(3, "the report is written or dictated immediately after surgery (42 CFR 482.51(b)(6))")

NOTE: Final = Template(
    id="Q-NOTE",
    topic="unsigned",
    to="author",
    kind="task",
    gap="a signed note",
    ask="No note of this encounter is signed. Please sign it.",
    due=SIGNED,
    source="42 CFR 482.24(c)(1)",
)


def signed_note(case: Case) -> Said:
    """Q-NOTE: care that no signed note documents was not done: at least one note is signed (42 CFR 482.24(c)(1))."""
    if not any(is_signed(document) for document in case.chart.documents):
        yield Asked(NOTE, indicators=quoted_notes(case.chart.documents))


SUMMARY: Final = Template(
    id="Q-SUMMARY",
    topic="discharge-summary",
    to="author",
    kind="task",
    gap="the discharge summary",
    ask="Please write the discharge summary.",
    due=SIGNED,
    source="42 CFR 482.24(c)(4)(vii)",
)
UNSIGNED_SUMMARY: Final = SUMMARY._replace(
    id="Q-SUMMARY-SIGNED",
    topic="unsigned-summary",
    gap="a signature under the discharge summary",
    ask="The discharge summary is not signed. Please sign it.",
    source="42 CFR 482.24(c)(1)",
)


def discharge_summary(case: Case) -> Said:
    """Q-SUMMARY, Q-SUMMARY-SIGNED: an inpatient record has a discharge summary, and it is signed; not yet while the
    patient is still there.

    Source: 42 CFR 482.24(c)(1) and (4)(vii).
    """
    discharge = case.chart.encounter.discharge
    if discharge is not None and discharge.status == STILL_A_PATIENT:
        return
    yield from _written_and_signed(_of_kind(case, _DISCHARGE_SUMMARY), SUMMARY, UNSIGNED_SUMMARY, ())


OPERATIVE: Final = Template(
    id="Q-OPERATIVE",
    topic="operative-report",
    to="author",
    kind="task",
    gap="the operative report",
    ask="The record has the operation quoted here and no operative report. Please write it.",
    due=_OF_OPERATION,
    source="42 CFR 482.51(b)(6)",
)
UNSIGNED_OPERATIVE: Final = OPERATIVE._replace(
    id="Q-OPERATIVE-SIGNED",
    topic="unsigned-operative-report",
    gap="a signature under the operative report",
    ask="The operative report is not signed by the surgeon. Please sign it.",
)


def operative_report(case: Case) -> Said:
    """Q-OPERATIVE, Q-OPERATIVE-SIGNED: an open or percutaneous endoscopic operation has a report that is signed.

    Source: 42 CFR 482.51(b)(6). Whether something in words was an operation is not guessed.
    """
    operations = [entry for entry in case.treatments if any(map(_is_surgery, entry.codes))]
    if operations:
        quoted = tuple(case.quoted(operation.statement) for operation in operations[:QUOTED])
        reports = _of_kind(case, _OPERATIVE_REPORT)
        yield from _written_and_signed(reports, OPERATIVE, UNSIGNED_OPERATIVE, quoted)


def _is_surgery(code: str) -> bool:
    return code[:1] == _SURGERY and code[_APPROACH : _APPROACH + 1] in _SURGICAL_APPROACHES


def _of_kind(case: Case, kinds: frozenset[str]) -> list[Document]:
    return [document for document in case.chart.documents if document.kind.code in kinds]


def _written_and_signed(
    reports: list[Document], absent: Template, unsigned: Template, quoted: tuple[Indicator, ...]
) -> Said:
    if not reports:
        yield Asked(absent, indicators=quoted)
    elif not any(is_signed(report) for report in reports):
        yield Asked(unsigned, indicators=quoted_notes(reports))


ADMISSION_ORDER: Final = Template(
    id="Q-ADMISSION-ORDER",
    topic="admission-order",
    to="attending",
    kind="task",
    gap="a signature under the inpatient order",
    ask="The order to admit as an inpatient lacks its signer or the time of signing. Please complete it.",
    due=SIGNED,
    source="42 CFR 412.3(a)",
    mode="warn",
)


def admission_order(case: Case) -> Said:
    """Q-ADMISSION-ORDER: an inpatient is admitted by a signed order (42 CFR 412.3(a)).

    A finding, no hold: since 2018-10-01 a written order in the record is no condition of its own (83 FR 41144). Only an
    order that the chart has and that is signed in part is told: FHIR R4 has no place for it, so that silence says
    nothing.
    """
    admission = case.chart.encounter.admission
    if admission and (admission.order_signed_by is None) != (admission.order_signed_at is None):
        yield Asked(ADMISSION_ORDER)


RESULT: Final = Template(
    id="Q-RESULT",
    topic="order",
    to="department",
    kind="task",
    gap="the result of an order",
    ask="This order is marked completed and has neither a result nor a record that it was performed. "
    "Please add it or correct the order.",
    due=PERFORMED,
    source="42 CFR 482.24(c)(4)(vi)",
)


def orders_performed(case: Case) -> Said:
    """Q-RESULT: an order said to be completed has a result, or a record that it was performed.

    Source: 42 CFR 482.24(c)(4)(vi).
    """
    recorded = {s.order_id for s in case.chart.statements if s.result_present is not False}
    for order in case.chart.orders:
        if order.status == "completed" and order.id not in recorded:
            quoted = Indicator(text=order.text or "order without text", source="order")
            yield Asked(RESULT, order.id, (quoted,))


DOSE: Final = Template(
    id="Q-DOSE",
    topic="dose",
    to="pharmacy",
    kind="task",
    gap="the dose of a drug",
    ask="The drug quoted here was given, and its dose or the unit of it is not recorded. Please add both.",
    due=LOOKED_UP,
    source="42 CFR 482.24(c)(4)(vi); CPM 17/10",
)
WASTE: Final = DOSE._replace(
    id="Q-WASTE",
    topic="waste",
    gap="how much of a drug was discarded",
    ask="The drug quoted here is marked as if some was discarded or none was, and the amount says otherwise or is "
    "missing. Please record what was discarded.",
    source="CPM 17/40",
)


def drugs(case: Case) -> Said:
    """Q-DOSE, Q-WASTE: of a drug given its dose is recorded; of one of which some was discarded, how much.

    Source: 42 CFR 482.24(c)(4)(vi), medication records, and CPM 17/10 (dose); CPM 17/40 (JW says that some was
    discarded, JZ that none was). What a line lacks of its package code, or both JW and JZ, is said by edits U1 and M4.
    """
    for at, drug in case.done("drug"):
        yield from (case.about(template, done_entry(at, drug)) for template in _unrecorded(drug))


def _unrecorded(drug: Statement) -> Iterator[Template]:
    if drug.quantity is None or drug.unit is None:
        yield DOSE
    if _waste_unclear(drug):
        yield WASTE


def _waste_unclear(drug: Statement) -> bool:
    some, none = "JW" in drug.modifiers, "JZ" in drug.modifiers
    return (some and drug.discarded is None) or (none and bool(drug.discarded))


DEVICE: Final = Template(
    id="Q-DEVICE",
    topic="device",
    to="operating-room",
    kind="task",
    gap="which device was implanted",
    ask="The record has the implant quoted here without its device identifier. Please add it from the label.",
    due=PERFORMED,
    source="42 CFR 482.51(b)(6); 21 CFR 801.20",
)


def implants(case: Case) -> Said:
    """Q-DEVICE: an implant is recorded with its device identifier.

    Source: 42 CFR 482.51(b)(6) with State Operations Manual, appendix A, A-0959: what was implanted is part of the
    operative report; 21 CFR 801.20: the label has the identifier.
    """
    for at, device in case.done("device"):
        if device.device_id is None:
            yield case.about(DEVICE, done_entry(at, device))


TEMPLATES: Final = (
    NOTE,
    SUMMARY,
    UNSIGNED_SUMMARY,
    OPERATIVE,
    UNSIGNED_OPERATIVE,
    ADMISSION_ORDER,
    RESULT,
    DOSE,
    WASTE,
    DEVICE,
)
RULES: Final = (signed_note, operative_report, orders_performed, drugs, implants)
OF_STAYS: Final = (discharge_summary, admission_order)
