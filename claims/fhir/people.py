"""Patient, names and addresses."""

import re
from zoneinfo import ZoneInfo

from claims.fhir.elements import Resource, code_values, day, extensions, first, listed_words, some, words
from schemas.events.people import Address, Name, Patient, Sex

_CONFIDENTIAL = "http://hl7.org/fhir/StructureDefinition/iso21090-AD-use"
_SEXES: dict[str, Sex] = {"female": "female", "male": "male", "other": "other"}
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")


def mrn(patient: Resource) -> str | None:
    """The identifier that the hospital types as its medical record number (v2-0203 MR)."""
    for identifier in some(patient, "identifier"):
        if "MR" in code_values(first(identifier, "type")):
            return words(identifier, "value")
    return None


def name(resource: Resource) -> Name | None:
    """The official name, or the first one."""
    names = some(resource, "name")
    chosen = next((entry for entry in names if entry.get("use") == "official"), names[0] if names else {})
    family, given = words(chosen, "family"), listed_words(chosen, "given")
    if family is None:
        return None
    suffix = " ".join(listed_words(chosen, "suffix"))
    return Name(
        family=family,
        given=given[0] if given else None,
        middle=" ".join(given[1:]) or None,
        suffix=suffix or None,
    )


def address(entry: Resource) -> Address | None:
    """A FHIR address, if it says anything."""
    lines = tuple(_CONTROL.sub(" ", line) for line in listed_words(entry, "line"))
    fields = {
        name: words(entry, key)
        for name, key in (
            ("city", "city"),
            ("state", "state"),
            ("postal_code", "postalCode"),
            ("country", "country"),
        )
    }
    return Address(lines=lines, **fields) if lines or any(fields.values()) else None


def sex(resource: Resource) -> Sex:
    return _SEXES.get(str(resource.get("gender")), "unknown")


def home(resource: Resource) -> Address | None:
    """The first address that is not the confidential one, home before others."""
    open_ones = [entry for entry in some(resource, "address") if not _confidential(entry)]
    chosen = next((entry for entry in open_ones if entry.get("use") == "home"), open_ones[0] if open_ones else {})
    return address(chosen)


def read_patient(resource: Resource, record_number: str, zone: ZoneInfo) -> Patient:
    """FHIR Patient; the record number is what makes it this hospital's."""
    confidential = next((entry for entry in some(resource, "address") if _confidential(entry)), {})
    phones = (words(entry, "value") for entry in some(resource, "telecom") if entry.get("system") == "phone")
    return Patient(
        mrn=record_number,
        name=name(resource),
        birth_date=day(resource.get("birthDate"), zone),
        sex=sex(resource),
        address=home(resource),
        confidential_address=address(confidential),
        phone=next((phone for phone in phones if phone), None),
        deceased_date=day(resource.get("deceasedDateTime"), zone),
    )


def _confidential(entry: Resource) -> bool:
    """An address the patient asked to be written to instead (45 CFR 164.522(b)): iso21090-AD-use CONF."""
    return any(extension.get("valueCode") == "CONF" for extension in extensions(entry, _CONFIDENTIAL))
