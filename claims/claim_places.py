"""Where on an 837 stands what a finding calls by the chart's field: the element that a biller has to mend."""

import re
from typing import Final

from schemas.events.claim import ClaimKind

_INDEXED: Final = re.compile(r"([a-z_.]+)\[([0-9]+)\](.*)")
_NUMBERED: Final = {"services": "line", "diagnoses": "diagnosis", "procedures": "procedure", "coverages": "payer"}
_ANY: Final = {
    "attachments": "PWK",
    "attachments.control_number": "PWK06",
    "attachments.report_type": "PWK01",
    "attachments.transmission": "PWK02",
    "claim_note": "NTE",
    "causes": "CLM11",
    "causes.claim_number": "REF Y4",
    "coverages": "SBR",
    "coverages.member_id": "NM1*IL 09",
    "coverages.payer": "NM1*PR",
    "coverages.referral": "REF 9F",
    "coverages.subscriber.name": "NM1*IL",
    "coverages.subscriber.relationship": "SBR02",
    "diagnoses": "HI",
    "drg": "HI DR",
    "encounter.admission_date": "DTP*435",
    "encounter.changed_to_outpatient_at": "HI BG",
    "encounter.discharge_status": "CL103",
    "encounter.encounter_class": "CLM05-1",
    "encounter.end": "DTP*434",
    "encounter.end_day": "DTP*434",
    "encounter.providers": "NM1*71",
    "encounter.providers.npi": "NM109",
    "encounter.service_facility.address": "N3, N4",
    "encounter.service_facility.tax_id": "REF EI",
    "hospital": "NM1*85",
    "patient.address": "N3, N4",
    "patient.birth_date": "DMG02",
    "patient.sex": "DMG03",
    "payments_cents": "AMT F5",
    "procedures": "HI BBR, BBQ",
    "services": "LX",
    "services.authorization": "REF G1",
    "services.ndc": "LIN03",
    "services.ndc_quantity": "CTP04",
    "services.ndc_unit": "CTP05",
    "services.ordering_npi": "NM1*DK",
    "services.performer_npi": "NM1*82",
    "services.service_from": "DTP*472",
    "services.service_to": "DTP*472",
}
_OF_KIND: Final[dict[ClaimKind, dict[str, str]]] = {
    "professional": {
        "services.charge_cents": "SV102",
        "services.code": "SV101-2",
        "services.modifiers": "SV101-3",
        "services.pointers": "SV107",
        "services.text": "SV101-7",
        "services.units": "SV104",
    },
    "institutional": {
        "services.charge_cents": "SV203",
        "services.code": "SV202-2",
        "services.modifiers": "SV202-3",
        "services.revenue_code": "SV201",
        "services.text": "SV202-7",
        "services.units": "SV205",
    },
}


def place_of(field: str | None, kind: ClaimKind) -> str | None:
    """The element, and of which line, diagnosis, procedure or payer, counted from 1; what no 837 has stays as it is."""
    if field is None:
        return None
    indexed = _INDEXED.fullmatch(field)
    name = field if indexed is None else f"{indexed[1]}{indexed[3]}"
    of_kind = _OF_KIND[kind]
    element = of_kind.get(name) or _ANY.get(name) or _ANY.get(name.split(".", 1)[0])
    if element is None:
        return field
    thing = _NUMBERED.get(indexed[1]) if indexed else None
    return f"{element} of {thing} {int(indexed[2]) + 1}" if indexed and thing else element
