"""Edits on drugs: the product (U1), and what was thrown away of a single dose (M4)."""

import re
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import Final

from claims.edits.rule import Fault, Rule, rule
from claims.edits.subject import Subject
from claims.payers import MEDICAID, MEDICARE
from schemas.events.coded import Service

_NDC: Final = re.compile(r"[0-9]{11}")
_UNITS: Final = frozenset({"F2", "GR", "ME", "ML", "UN"})  # X12 CTP05
_DRUG_SERIES: Final = ("J", "Q51")
_WASTE: Final = frozenset({"JW", "JZ"})
_SINCE: Final = date(2023, 7, 1)


@rule(
    "U1",
    "reject",
    carc="16",
    citation="837 loop 2410; 42 CFR 447.520",
    mend="give the eleven digits of the package, without hyphens, and how much in F2, GR, ME, ML or UN",
    needs="drugs",
)
def drug_product_wrong(subject: Subject) -> Iterator[Fault]:
    """A drug's NDC has eleven digits, and its quantity is in one of five units (837 LIN03, CTP04, CTP05).

    Medicaid, wherever it is asked, wants the NDC of each drug that an outpatient is given (42 CFR 447.520): J codes,
    and biosimilars (Q51); a vaccine is no such drug (42 USC 1396r-8(k)(2)). A unit is wanted where a quantity is given,
    and a quantity where a unit is.
    """
    medicaid = any(coverage.plan_kind == MEDICAID for coverage in subject.coverages)
    for at, service in enumerate(subject.services):
        if service.ndc is None and service.ndc_unit is None and service.ndc_quantity is None:
            wanted = medicaid and not (subject.inpatient and service.component == "facility")
            if wanted and is_drug(service.code):
                yield Fault("a drug without its NDC, which Medicaid wants", f"services[{at}].ndc", at, "NDC")
        elif service.ndc is None or _NDC.fullmatch(service.ndc) is None:
            yield Fault("an NDC that has not eleven digits, or none", f"services[{at}].ndc", at, "NDC")
        elif (service.ndc_quantity is None) != (service.ndc_unit is None) or service.ndc_quantity == 0:
            yield Fault("a drug's quantity without its unit, or none", f"services[{at}].ndc_quantity", at, "quantity")
        elif service.ndc_unit is not None and service.ndc_unit not in _UNITS:
            yield Fault("a unit of a drug that is none", f"services[{at}].ndc_unit", at, "unit")


@lru_cache(8192)
def is_drug(code: str | None) -> bool:
    """J codes, and biosimilars."""
    return code is not None and code.startswith(_DRUG_SERIES)


@rule(
    "M4",
    "reject",
    carc="16",
    citation="CPM 17/40",
    mend="add JW on a line of the units thrown away, or JZ where there were none",
    of="outpatient",
    needs="single doses",
)
def single_dose_without_waste(subject: Subject) -> Iterator[Fault]:
    """From 1 July 2023 a drug of a single-dose package, for which Medicare Part B is asked first, has JZ, or beside it
    a line of the same drug and day with JW (CPM 17/40).

    JW where nothing was thrown away, and either on a package of several doses, are wrong on any day. A hospital's line
    without either only warns: of an outpatient's drugs those want it that Medicare pays apart (status G or K), which no
    table here says (CMS's answers on JW and JZ, read in digests).
    """
    for at, service in enumerate(subject.services):
        single = service.single_dose
        if single is None or service.code is None:
            continue
        given, field = _WASTE.intersection(service.modifiers), f"services[{at}].modifiers"
        if given and not single:
            yield Fault("waste of a package that holds several doses", field, at, "modifier", "take JW or JZ away")
        elif "JW" in given and service.discarded == 0:
            yield Fault("waste on a line of which nothing was thrown away", field, at, "modifier", "give JZ for JW")
        elif single and not given and _is_told(subject, service) and not _has_wasted(subject, service):
            packaged = service.component == "facility"
            message = "a drug of a single-dose package without JW or JZ"
            yield Fault(message, field, at, "modifier", severity="warn" if packaged else None)


def _is_told(subject: Subject, service: Service) -> bool:
    return service.service_from >= _SINCE and subject.first is not None and subject.first.plan_kind in MEDICARE


def _has_wasted(subject: Subject, service: Service) -> bool:
    """A line of the same drug and day for what was thrown away."""
    item = (service.code, service.service_from, service.component)
    return any(
        "JW" in other.modifiers and (other.code, other.service_from, other.component) == item
        for other in subject.services
    )


DRUGS: Final[tuple[Rule, ...]] = (drug_product_wrong, single_dose_without_waste)
