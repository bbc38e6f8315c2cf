"""Edits on what somebody else ordered, and on laboratories (P6, P8)."""

from collections.abc import Iterator
from typing import Final, Literal

from claims.edits.providers import biller
from claims.edits.rule import Fault, Rule, rule
from claims.edits.subject import Subject
from claims.payers import MEDICARE
from schemas.events.coded import Service

_Kind = Literal["laboratory", "imaging", "equipment"]
_ORDERERS: Final = (("ordering", "184"), ("referring", "183"))
_LEVEL_ONE: Final[dict[str, _Kind]] = {"7": "imaging", "8": "laboratory"}  # by the first of five digits
_TREATMENT: Final = ("772", "773", "774", "775", "776", "777", "79")
"""Of the codes with 7 first: radiation and radioactive drugs that treat, and show nothing."""
_LEVEL_TWO: Final[dict[str, _Kind]] = {"E": "equipment", "K": "equipment", "L": "equipment", "R": "imaging"}
_TESTS: Final = frozenset({"P2", "P3", "P7"})  # of the P codes; P9 are blood products and travel
_NO_TEST_OF_ITS_OWN: Final = frozenset({"26", "90"})  # only read here; sent to another laboratory


@rule(
    "P6",
    "reject",
    carc="16",
    citation="42 CFR 424.507; 837P 2310A, 2420E",
    mend="name who ordered it, by NPI, in the chart or the roster",
    of="professional",
    needs="medicare",
)
def orderer_missing(subject: Subject) -> Iterator[Fault]:
    """Medicare pays a professional's laboratory test, imaging or equipment only when he says who ordered it, by NPI.

    42 CFR 424.507 as its final rule's summary (77 FR 25284) and a contractor's page tell it, read. Who ordered stands
    on the line, or in the encounter as ordering or referring. He is enrolled with the payer on the day as far as the
    roster says (`enrolments`): else a warning, CARC 184, or 183 of who referred. What is laboratory, imaging or
    equipment is told by the series of the code (E, K, L, R; P2, P3, P7; of five digits those with 7 and 8 first, but
    not treatment by radiation).
    """
    if subject.payer is None or subject.payer.filing_indicator not in MEDICARE:
        return
    for at, service in enumerate(subject.services):
        if service.component != "professional" or kind_of(service) is None:
            continue
        npi, carc = (service.ordering_npi, "184") if service.ordering_npi else _of_the_encounter(subject)
        if npi is None:
            yield Fault("an ordered service without the NPI of who ordered it", f"services[{at}].ordering_npi", at)
        elif _is_not_enrolled(npi, service, subject):
            message = "who ordered the service is not enrolled with the payer on its day"
            yield Fault(message, f"services[{at}].ordering_npi", at, "NPI", carc=carc, severity="warn")


def kind_of(service: Service) -> _Kind | None:
    """What of the things that are always ordered a service is; None: another one."""
    code = service.code
    if code is None:
        return None
    if code[:2] in _TESTS:
        return "laboratory"
    if not code.isdecimal():
        return _LEVEL_TWO.get(code[0])
    return None if code.startswith(_TREATMENT) else _LEVEL_ONE.get(code[0])


def _of_the_encounter(subject: Subject) -> tuple[str | None, str | None]:
    """Who ordered, or else referred, with the CARC where he may not."""
    for role, carc in _ORDERERS:
        for provider in subject.stay.providers:
            if provider.role == role and provider.npi:
                return provider.npi, carc
    return None, None


def _is_not_enrolled(npi: str, service: Service, subject: Subject) -> bool:
    person, first = subject.hospital.practitioner(npi), subject.first
    if person is None or first is None or first.payer not in person.enrolments:
        return False
    return not any(enrolment.holds(service.service_from) for enrolment in person.enrolments[first.payer])


@rule(
    "P8",
    "reject",
    carc="B23",
    citation="837P REF X4; CPM 16/70.10",
    mend="add the CLIA number of who bills the test to partners.yaml",
    of="professional",
    needs="clia",
)
def laboratory_without_clia(subject: Subject) -> Iterator[Fault]:
    """A laboratory test on a professional claim has the CLIA number of its laboratory (837P REF X4).

    The 4010 guide's note (Medicare and Medicaid want it of every laboratory) and a digest of CPM 16/70.10 (without it a
    claim is unprocessable) are read. Looked at where the payer's entry says so (`requires_clia`); the number is `clia`
    of who bills. A test that is only read (modifier 26) or was done by another laboratory (90) has none of ours.

    A laboratory test is a code of Level I that begins with 8, or one of Level II that begins with P2, P3 or P7. CMS's
    lists of the tests that are subject to CLIA, waived or excluded are read nowhere, so that it speaks of the few codes
    among those that need no number, too: a payer's entry can make it a warning, or turn it off.
    """
    if subject.payer is None or not subject.payer.requires_clia:
        return
    for at, service in enumerate(subject.services):
        ours = service.component == "professional" and _NO_TEST_OF_ITS_OWN.isdisjoint(service.modifiers)
        if ours and kind_of(service) == "laboratory" and biller(subject, at).clia is None:
            yield Fault("a laboratory test without the laboratory's CLIA number", f"services[{at}].code", at)


ORDERING: Final[tuple[Rule, ...]] = (orderer_missing, laboratory_without_clia)
