"""The shapes and small closed sets of codes: what can be said of a code without a table of its titles.

Level I of HCPCS (five digits) is known here by its shape only: its codes and their text are not ours to ship.
"""

import re
from functools import lru_cache
from typing import Final

ICD_10_CM: Final = frozenset({"http://hl7.org/fhir/sid/icd-10-cm", "urn:oid:2.16.840.1.113883.6.90"})
ICD_10_PCS: Final = frozenset({"http://www.cms.gov/Medicare/Coding/ICD10", "urn:oid:2.16.840.1.113883.6.4"})
"""FHIR's URI of the code system, and its OID."""

_DIAGNOSIS = re.compile(r"[A-Z][0-9A][0-9A-Z](\.?[0-9A-Z]{1,4})?")
_PROCEDURE = re.compile(r"[A-CE-Z][0-9]{4}|[0-9]{5}|[0-9]{4}[AFTUM]")
_INPATIENT_PROCEDURE = re.compile(r"[0-9A-HJ-NP-Z]{7}")
_MODIFIER = re.compile(r"[0-9A-Z]{2}")
_REVENUE = re.compile(r"0[0-9]{3}|[1-9][0-9]{3}")


def is_diagnosis_shape(code: str) -> bool:
    """ICD-10-CM: a letter, a digit (or A: QA0), a character; then up to four more, with or without the dot."""
    return _DIAGNOSIS.fullmatch(code) is not None


@lru_cache(8192)
def is_procedure_shape(code: str) -> bool:
    """HCPCS: a letter and four digits (not the D series, which is dental and the ADA's), or the five of Level I."""
    return _PROCEDURE.fullmatch(code) is not None


def is_inpatient_procedure_shape(code: str) -> bool:
    """ICD-10-PCS: seven of the digits and letters, never I or O, which look like 1 and 0."""
    return _INPATIENT_PROCEDURE.fullmatch(code) is not None


def is_modifier_shape(code: str) -> bool:
    """Two capital letters or digits."""
    return _MODIFIER.fullmatch(code) is not None


def is_revenue_shape(code: str) -> bool:
    """Four digits; 0000 would be no department at all."""
    return _REVENUE.fullmatch(code) is not None and code != "0000"


def with_dot(code: str) -> str:
    """An ICD-10-CM code as it is written: a dot after the category."""
    return f"{code[:3]}.{code[3:]}" if len(code) > 3 and "." not in code else code


@lru_cache(65_536)
def without_dot(code: str) -> str:
    """An ICD-10-CM code as tables and claims hold it."""
    return code.replace(".", "")


def is_external_cause(code: str) -> bool:
    """V00-Y99: why an injury happened, never what it is (OCG I.C.20)."""
    return code[:1] in {"V", "W", "X", "Y"}


SEPARATING_MODIFIERS: Final = frozenset({"27", "59", "76", "77", "91", "XE", "XP", "XS", "XU"})
"""Modifiers that say: again, or apart from the other (CPM 1/120; 27 another visit, 91 a test repeated that day)."""

DISCHARGE_STATUSES: Final[dict[str, str]] = {
    "01": "home",
    "02": "another acute hospital",
    "03": "skilled nursing",
    "04": "custodial care",
    "05": "cancer center or children's hospital",
    "06": "home with home health",
    "07": "left against advice",
    "09": "admitted here as an inpatient",
    "20": "died",
    "21": "court or police",
    "30": "still a patient",
    "40": "died at home, hospice",
    "41": "died in a facility, hospice",
    "42": "died, place unknown, hospice",
    "43": "federal hospital",
    "50": "hospice at home",
    "51": "hospice in a facility",
    "61": "swing bed",
    "62": "rehabilitation",
    "63": "long-term hospital",
    "64": "nursing home under Medicaid",
    "65": "psychiatric hospital",
    "66": "critical access hospital",
    "69": "disaster care site",
    "70": "another kind of institution",
    **{str(status): "planned to come back as an inpatient" for status in range(81, 96)},
}
"""Patient status at the end of a stay (X12 CL103), code values with our own paraphrase."""
