"""What was ordered, done and given: orders, laboratory, procedures, drugs and vaccines."""

from collections.abc import Iterator
from datetime import date

from claims.fhir.elements import (
    LOINC,
    NDC,
    Resource,
    code_values,
    codings,
    first,
    instant,
    label,
    milli,
    period,
    reference,
    some,
    words,
)
from claims.fhir.privacy import restricted_items
from claims.fhir.results import LABORATORY, read_results
from claims.fhir.sources import based_on
from claims.fhir.visit import Visit, actor
from schemas.events.chart import Order, Statement, StatementKind

_ORDER_STATUSES = ("active", "completed", "revoked", "draft")
_ONE = "1"  # UCUM: a plain number


def read_orders(visit: Visit) -> Iterator[Order]:
    """Every order but those entered in error; one on hold is still open."""
    for request in visit.of("ServiceRequest"):
        status = request.get("status")
        if status != "entered-in-error":
            given = codings(first(request, "code"))
            yield Order(
                id=request["id"],
                coding=next((coding for coding in given if coding.system == LOINC), given[0] if given else None),
                text=label(first(request, "code")),
                status="active" if status == "on-hold" else status if status in _ORDER_STATUSES else "unknown",
            )


def read_performed_orders(visit: Visit) -> Iterator[Statement]:
    """An order is a service once it is completed or has a final result; `result_present` tells the two apart.

    One that a procedure carried out is that procedure, and no second service.
    """
    answers = read_results(visit)
    carried_out = _carried_out(visit)
    for request in visit.of("ServiceRequest"):
        if request["id"] in carried_out or request.get("doNotPerform") is True:
            continue
        concept = first(request, "code")
        linked = request["id"] in answers.linked
        if request.get("status") == "completed" or (request.get("status") == "active" and linked):
            start, end = period(request, "occurrence", visit.zone)
            performer = visit.practitioner(actor(request), "ServiceRequest.performer")
            yield Statement(
                id=request["id"],
                kind=_order_kind(request),
                text=label(concept),
                codings=codings(concept),
                performed_at=start or instant(request.get("authoredOn"), visit.zone),
                performed_end=end,
                performer=performer,
                order_id=request["id"],
                result_present=linked or request["id"] in answers.matched,
                due_to=_reason(visit, request),
            )


def _carried_out(visit: Visit) -> set[str]:
    """Orders that a completed procedure of the visit is based on."""
    done = (procedure for procedure in visit.of("Procedure") if procedure.get("status") == "completed")
    return {visit.resources.key(link).removeprefix("ServiceRequest/") for each in done for link in based_on(each)}


def _order_kind(request: Resource) -> StatementKind:
    categories = {code for category in some(request, "category") for code in code_values(category)}
    return "laboratory" if categories & LABORATORY else "treatment"


def read_procedures(visit: Visit) -> Iterator[Statement]:
    """Completed procedures, and what they used up."""
    for procedure in visit.of("Procedure"):
        if procedure.get("status") == "completed":
            done = _procedure(visit, procedure)
            yield done
            for index, used in enumerate(some(procedure, "usedCode")):
                yield Statement(
                    id=f"{procedure['id'][:50]}-used-{index + 1}",
                    kind="supply",
                    text=label(used),
                    codings=codings(used),
                    performed_at=done.performed_at,
                    order_id=done.order_id,
                    due_to=done.due_to,
                )


def _procedure(visit: Visit, procedure: Resource) -> Statement:
    start, end = period(procedure, "performed", visit.zone)
    order = _order(visit, procedure, "Procedure.basedOn")
    return Statement(
        id=procedure["id"],
        kind="treatment",
        text=label(first(procedure, "code")),
        codings=codings(first(procedure, "code")),
        performed_at=start,
        performed_end=end,
        performer=visit.practitioner(actor(procedure), "Procedure.performer"),
        order_id=str(order["id"]) if order else None,
        due_to=_reason(visit, procedure) or (_reason(visit, order) if order else None),
    )


def _order(visit: Visit, resource: Resource, path: str) -> Resource | None:
    """The order a service answers, if it is in the chart."""
    link = next(iter(based_on(resource)), None)
    found = visit.find(link, path)
    return found if found and found["resourceType"] == "ServiceRequest" else None


def _reason(visit: Visit, resource: Resource) -> str | None:
    """The condition a service is for; where several are named, it is not said which."""
    links = [words(entry, "reference") for entry in some(resource, "reasonReference")]
    found = [visit.find(link, f"{resource['resourceType']}.reasonReference") for link in links]
    reasons = {str(each["id"]) for each in found if each and each["resourceType"] == "Condition"}
    return reasons.pop() if len(reasons) == 1 else None


def read_drugs(visit: Visit) -> Iterator[Statement]:
    """Drugs given: the administrations of a drug on a day as one statement with their sum.

    Without a dose the sum is the number of administrations. A prescription alone is not a service. What the patient
    paid in full is no part of a sum.
    """
    merged: dict[tuple[str | date | None, ...], Statement] = {}
    restricted = restricted_items(visit)
    for administration in visit.of("MedicationAdministration"):
        if administration.get("status") == "completed":
            given = _drug(visit, administration)
            name = given.codings[0].code if given.codings else (given.text or given.id)
            local = given.performed_at.astimezone(visit.zone).date() if given.performed_at else None
            apart = given.id if given.id in restricted else given.ndc
            key = (name, local, given.unit, apart, given.performer, given.due_to)
            merged[key] = _sum(merged[key], given) if key in merged else given
    yield from merged.values()


def _drug(visit: Visit, administration: Resource) -> Statement:
    concept = _medication(visit, administration)
    dose = first(first(administration, "dosage"), "dose")
    amount, unit = milli(dose.get("value")), words(dose, "code") or words(dose, "unit")
    start, end = period(administration, "effective", visit.zone)
    given = codings(concept)
    return Statement(
        id=administration["id"],
        kind="drug",
        text=label(concept),
        codings=given,
        performed_at=start,
        performed_end=end,
        quantity=1000 if amount is None else amount if unit else None,
        unit=_ONE if amount is None else unit,
        ndc=next((coding.code for coding in given if coding.system == NDC), None),
        performer=visit.practitioner(actor(administration), "MedicationAdministration.performer"),
        due_to=_reason(visit, administration),
    )


def _medication(visit: Visit, administration: Resource) -> Resource:
    """The drug by its code, or the code of the Medication referred to: contained, or in the export."""
    concept = first(administration, "medicationCodeableConcept")
    link = reference(administration, "medicationReference")
    if concept or link is None:
        return concept
    if link.startswith("#"):
        contained = (each for each in some(administration, "contained") if each.get("id") == link[1:])
        return first(next(contained, {}), "code")
    return first(visit.find(link, "MedicationAdministration.medicationReference") or {}, "code")


def _sum(one: Statement, other: Statement) -> Statement:
    moments = [moment for moment in (one.performed_at, other.performed_at) if moment]
    ends = [moment for moment in (one.performed_end, other.performed_end, *moments) if moment]
    return one.model_copy(
        update={
            "quantity": (one.quantity or 0) + (other.quantity or 0),
            "performed_at": min(moments, default=None),
            "performed_end": max(ends, default=None),
        }
    )


def read_vaccines(visit: Visit) -> Iterator[Statement]:
    """Vaccines given here, not merely reported: of this encounter, or of the patient's first one on that day."""
    for immunization in visit.resources.of("Immunization", visit.patient):
        if immunization.get("status") == "completed" and _given_here(visit, immunization):
            dose = first(immunization, "doseQuantity")
            amount, unit = milli(dose.get("value")), words(dose, "code") or words(dose, "unit")
            concept = first(immunization, "vaccineCode")
            yield Statement(
                id=immunization["id"],
                kind="drug",
                text=label(concept),
                codings=codings(concept),
                performed_at=period(immunization, "occurrence", visit.zone)[0],
                quantity=amount if unit else None,
                unit=unit if amount is not None else None,
                performer=visit.practitioner(actor(immunization), "Immunization.performer"),
                due_to=_reason(visit, immunization),
            )


def _given_here(visit: Visit, immunization: Resource) -> bool:
    link = reference(immunization, "encounter")
    if link:
        return visit.resources.key(link) == f"Encounter/{visit.id}"
    given = period(immunization, "occurrence", visit.zone)[0]
    if immunization.get("primarySource") is not True or given is None:
        return False
    local = given.astimezone(visit.zone).date()
    same_day = [
        (start, str(encounter["id"]))
        for encounter in visit.resources.of("Encounter", visit.patient)
        if (start := instant(first(encounter, "period").get("start"), visit.zone))
        and start.astimezone(visit.zone).date() == local
    ]
    return bool(same_day) and min(same_day)[1] == visit.id
