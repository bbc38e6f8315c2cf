"""What the patient allowed and forbade (42 CFR Part 2; 45 CFR 164.522, 149.420), was told it would cost, and paid."""

from collections.abc import Iterator, Sequence
from datetime import date

from claims.fhir.elements import (
    Resource,
    code_values,
    day,
    extensions,
    first,
    label,
    milli,
    parts,
    reference,
    some,
    words,
)
from claims.fhir.visit import Visit
from schemas.events.chart import Estimate, Part2Consent, Restriction, Statement

RESTRICTION = "urn:claimstream:paid-in-full"
PAYMENT = "urn:claimstream:payment"
ESTIMATE = "urn:claimstream:estimate"
SURPRISE_CONSENT = "urn:claimstream:surprise-consent"

_DAYS = ("given", "scheduled", "requested")
_PART2_LABELS = {"42CFRPart2"}  # HL7 v3-ActCode
_LABELLED = (
    "Condition", "Procedure", "ServiceRequest", "Observation", "DiagnosticReport", "MedicationAdministration",
    "MedicationRequest", "DocumentReference", "Composition",
)  # fmt: skip
_PART2_CONSENT = "42-CFR-2"  # HL7 consentcategorycodes


def read_part2(visit: Visit) -> Part2Consent | None:
    """A security label on the encounter, or on anything in it, makes it Part 2 (42 CFR 2.12).

    The patient's latest Consent, if any, says how far it may go; one that denies is none.
    """
    if not any(_is_labelled(resource) for resource in (visit.encounter, *_within(visit))):
        return None
    consent = max(_consents(visit), key=lambda given: (words(given, "dateTime") or "", str(given["id"])), default=None)
    if consent is None or first(consent, "provision").get("type") == "deny":
        return Part2Consent(applies=True)
    return _consent(visit, consent)


def _within(visit: Visit) -> Iterator[Resource]:
    for kind in _LABELLED:
        yield from visit.of(kind)


def _is_labelled(resource: Resource) -> bool:
    return any(words(entry, "code") in _PART2_LABELS for entry in some(first(resource, "meta"), "security"))


def _consents(visit: Visit) -> Iterator[Resource]:
    for consent in visit.resources.of("Consent", visit.patient):
        categories = {code for category in some(consent, "category") for code in code_values(category)}
        if _PART2_CONSENT in categories and consent.get("status") in ("active", "inactive"):
            yield consent


def _consent(visit: Visit, consent: Resource) -> Part2Consent:
    span = first(first(consent, "provision"), "period")
    given = day(consent.get("dateTime"), visit.zone)
    end = day(span.get("end"), visit.zone)
    return Part2Consent(
        applies=True,
        scope=label(first(consent, "scope")),
        start=day(span.get("start"), visit.zone) or given,
        end=end,
        revoked=_revoked(consent, end or given),
    )


def _revoked(consent: Resource, on: date | None) -> date | None:
    """R4 has no date of revocation: an inactive consent ended with its provision, or never held."""
    return on if consent.get("status") == "inactive" else None


def read_restrictions(visit: Visit, statements: Sequence[Statement]) -> tuple[Restriction, ...]:
    """Encounter extension urn:claimstream:paid-in-full (charts/README.md): which item, and what was paid for it."""
    return tuple(_restrictions(visit, {statement.id for statement in statements}))


def _restrictions(visit: Visit, known: set[str]) -> Iterator[Restriction]:
    for extension in extensions(visit.encounter, RESTRICTION):
        statement, cents = _item(visit, extension), _cents(parts(extension).get("paid", {}))
        if statement not in known or cents is None:
            visit.note("Encounter.extension[paid-in-full].item")
        # What leads nowhere is kept: completeness asks which item it is, and no plan sees any of them meanwhile.
        yield Restriction(statement=statement, paid_cents=cents or 0)


def restricted_items(visit: Visit) -> frozenset[str]:
    """The ids of the items that the patient paid in full."""
    return frozenset(_item(visit, extension) for extension in extensions(visit.encounter, RESTRICTION))


def _item(visit: Visit, extension: Resource) -> str:
    link = reference(parts(extension).get("item", {}), "valueReference") or ""
    return visit.resources.key(link).rpartition("/")[2] or "unnamed"


def read_payments(visit: Visit) -> int:
    """Encounter extension urn:claimstream:payment: what the patient has paid already."""
    return sum(_cents(extension) or 0 for extension in extensions(visit.encounter, PAYMENT))


def read_estimate(visit: Visit) -> Estimate | None:
    """Encounter extension urn:claimstream:estimate: what who pays himself was told it would cost, and when."""
    for extension in extensions(visit.encounter, ESTIMATE):
        told = parts(extension)
        cents = _cents(told.get("amount", {}))
        if cents is not None:
            days = {name: day(told.get(name, {}).get("valueDate"), visit.zone) for name in _DAYS}
            return Estimate(cents=cents, **days)
        visit.note("Encounter.extension[estimate].amount")
    return None


def read_surprise_consent(visit: Visit) -> bool | None:
    """Encounter extension urn:claimstream:surprise-consent: no word is no consent, and not the same as no."""
    said = [extension.get("valueBoolean") for extension in extensions(visit.encounter, SURPRISE_CONSENT)]
    return said[0] if said and isinstance(said[0], bool) else None


def _cents(element: Resource) -> int | None:
    """FHIR Money in cents; a tenth of a cent is nobody's money."""
    thousandths = milli(first(element, "valueMoney").get("value"))
    return thousandths // 10 if thousandths is not None and thousandths % 10 == 0 else None
