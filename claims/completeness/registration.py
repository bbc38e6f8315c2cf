"""What registration has to say: who the patient is, who pays, who attended, when it began and ended."""

from typing import Final

from claims.completeness.case import Asked, Case, Said, Signature, signed
from claims.payers import compensation_unexplained
from claims.queries import LOOKED_UP, Template
from claims.stay import years_between
from schemas.events.people import Provider

_OF_AGE: Final = 18  # who is younger owes nothing himself (in Alabama and Nebraska it is 19, in Mississippi 21)


def _task(name: str, topic: str, gap: str, ask: str, source: str) -> Template:
    return Template(
        id=name, topic=topic, to="registration", kind="task", gap=gap, ask=ask, due=LOOKED_UP, source=source
    )


NAME: Final = _task(
    "Q-NAME", "patient-name", "the patient's name", "Please give the patient's name.", "837 2010BA, 2010CA"
)
BIRTH: Final = _task(
    "Q-BIRTH", "birth-date", "the date of birth", "Please give the patient's date of birth.", "837 DMG02"
)


def identity(case: Case) -> Said:
    """Q-NAME, Q-BIRTH: a claim names the patient and his birth date (837 loops 2010BA and 2010CA)."""
    if case.chart.patient.name is None:
        yield Asked(NAME)
    if case.chart.patient.birth_date is None:
        yield Asked(BIRTH)


COVERAGE: Final = _task(
    "Q-PAYER",
    "coverage",
    "who pays",
    "Please give the coverages in order, or that the patient pays himself.",
    "837 2000B SBR",
)
UNKNOWN_PAYER: Final = _task(
    "Q-PAYER-KNOWN",
    "unknown-payer",
    "a payer we know",
    "The payer of coverage {position} is not known here. Known: {known}.",
    "837 2010BB",
)


def payer(case: Case) -> Said:
    """Q-PAYER, Q-PAYER-KNOWN: somebody is asked to pay, a plan, a business or the patient; each is a partner we know.

    Source: 837 loops 2000B and 2010BB.
    """
    if not case.chart.coverages:
        yield Asked(COVERAGE)
    for position, coverage in enumerate(case.chart.coverages, start=1):
        if coverage.payer not in case.payers:
            ask = UNKNOWN_PAYER.ask.format(position=position, known=", ".join(sorted(case.payers)))
            yield Asked(UNKNOWN_PAYER, coverage.id, ask=ask)


SUBSCRIBER: Final = _task(
    "Q-SUBSCRIBER",
    "subscriber",
    "the subscriber",
    "The patient is not the subscriber of coverage {position}. Please give the subscriber's name.",
    "837 2010BA NM103",
)


def subscriber(case: Case) -> Said:
    """Q-SUBSCRIBER: of a dependent's plan it is known who holds it (837 loop 2010BA, required)."""
    for position, coverage in enumerate(case.chart.coverages, start=1):
        if coverage.subscriber.relationship != "self" and coverage.subscriber.name is None:
            yield Asked(SUBSCRIBER, coverage.id, ask=SUBSCRIBER.ask.format(position=position))


GUARANTOR: Final = _task(
    "Q-GUARANTOR",
    "guarantor",
    "who answers for a minor's bill",
    "The patient is a minor and no plan is asked to pay. Please give the guarantor.",
    "Restatement (Second) of Contracts 14",
)


def guarantor(case: Case) -> Said:
    """Q-GUARANTOR: a minor whom no plan covers has someone who gets the bill: a minor's contract does not bind him.

    Of a minor with a plan nobody is asked: what he will owe is known only when the plan has answered.
    """
    patient, coverages = case.chart.patient, case.chart.coverages
    alone = coverages and all(coverage.kind == "patient" for coverage in coverages)
    if alone and patient.guarantor is None and _is_minor(case):
        yield Asked(GUARANTOR)


def _is_minor(case: Case) -> bool:
    birth, start = case.chart.patient.birth_date, case.day(case.chart.encounter.start)
    return birth is not None and start is not None and 0 <= years_between(birth, start) < _OF_AGE


WORK_INJURY: Final = _task(
    "Q-WORK-INJURY",
    "work-injury",
    "the work injury",
    "The first coverage is workers' compensation, and no cause says employment. Is it a work injury? "
    "Please add the cause, or the patient's plan before it.",
    "837 CLM11",
)


def compensation(case: Case) -> Said:
    """Q-WORK-INJURY: workers' compensation pays for a work injury only; where it is first, there is one (CLM11)."""
    if compensation_unexplained(case.chart):
        yield Asked(WORK_INJURY)


START: Final = _task(
    "Q-START",
    "encounter-start",
    "when the encounter began",
    "Please give the start of the encounter: day and time.",
    "837 DTP 472, 434",
)
END: Final = _task(
    "Q-END",
    "encounter-end",
    "when the encounter ended",
    "Please give the end of the encounter: day and time.",
    "837 DTP 472, 434",
)


def both_ends(case: Case) -> Said:
    """Q-START, Q-END: a finished encounter has a start and an end (837I statement dates; 837P service dates)."""
    for template, instant in ((START, case.chart.encounter.start), (END, case.chart.encounter.end)):
        if instant is None:
            yield Asked(template)


ATTENDING: Final = _task(
    "Q-ATTENDING",
    "attending",
    "who attended",
    "Please name the attending provider of the encounter.",
    "837I 2310A",
)
_NPI: Final = "The {role} provider has no NPI in the chart or the roster. Please add it to the roster."
NPI: Final = {
    role: _task(f"Q-NPI-{role.upper()}", f"npi-{role}", f"the NPI of the {role} provider", _NPI, "45 CFR 162.410")
    for role in ("attending", "rendering")
}


def attending(case: Case) -> Said:
    """Q-ATTENDING, Q-NPI-ATTENDING, Q-NPI-RENDERING: somebody is responsible, and has an NPI in chart or roster.

    Source: 837I loop 2310A; 45 CFR 162.410.
    """
    found = [provider for provider in case.chart.encounter.providers if provider.role in NPI]
    if not found:
        yield Asked(ATTENDING)
    for provider in found:
        yield from _without_npi(case, provider)


def _without_npi(case: Case, provider: Provider) -> Said:
    known = case.hospital.roster.get(provider.local_id or "")
    if provider.npi is None and known is None:
        template = NPI[provider.role]
        yield Asked(template, provider.local_id or "", ask=template.ask.format(role=provider.role))


STATUS: Final = _task(
    "Q-DISCHARGE-STATUS",
    "discharge-status",
    "where the patient went",
    "Please give the patient's status at discharge.",
    "837I CL103",
)


def discharge_status(case: Case) -> Said:
    """Q-DISCHARGE-STATUS: an inpatient claim says where the patient went (837I CL103)."""
    discharge = case.chart.encounter.discharge
    if discharge is None or discharge.status is None:
        yield Asked(STATUS)


_SILENT: Final = "Neither the chart nor the hospital's file says: {what}."
_SIGNATURES: Final[tuple[Signature, ...]] = (
    "assignment_of_benefits",
    "release_of_information",
    "provider_accepts_assignment",
)
ON_FILE: Final = {
    name: _task(
        f"Q-{name.upper().replace('_', '-')}",
        name.replace("_", "-"),
        name.replace("_", " "),
        _SILENT,
        "837 CLM07-09",
    )
    for name in _SIGNATURES
}
RELEASE: Final = _task(
    "Q-RELEASE-REFUSED",
    "release-refused",
    "the patient's release",
    "The patient has not signed the release that a plan's claim needs. Please obtain it.",
    "837 CLM09",
)


def signatures(case: Case) -> Said:
    """Q-ASSIGNMENT-OF-BENEFITS, Q-RELEASE-OF-INFORMATION, Q-PROVIDER-ACCEPTS-ASSIGNMENT, Q-RELEASE-REFUSED: a claim to
    a plan says whether benefits are assigned, release is signed and assignment accepted (837 CLM07-09).
    """
    if all(coverage.kind == "patient" for coverage in case.chart.coverages):
        return
    for name, template in ON_FILE.items():
        if signed(case.chart, case.hospital, name) is None:
            yield Asked(template, ask=template.ask.format(what=template.gap))
    if signed(case.chart, case.hospital, "release_of_information") is False:
        yield Asked(RELEASE)


RESTRICTED: Final = _task(
    "Q-RESTRICTED-ITEM",
    "restricted-item",
    "the item paid in full",
    "An item is marked paid in full, and no item of the chart is named so. Please say which one it is.",
    "45 CFR 164.522(a)(1)(vi)",
)


def restricted_items(case: Case) -> Said:
    """Q-RESTRICTED-ITEM: which item the patient paid in full is known, or no plan may see any.

    Source: 45 CFR 164.522(a)(1)(vi).
    """
    if case.chart.restrictions:
        known = {statement.id for statement in case.chart.statements}
        for restriction in case.chart.restrictions:
            if restriction.statement not in known:
                yield Asked(RESTRICTED, restriction.statement)


TEMPLATES: Final = (
    NAME,
    BIRTH,
    COVERAGE,
    UNKNOWN_PAYER,
    SUBSCRIBER,
    GUARANTOR,
    WORK_INJURY,
    START,
    END,
    ATTENDING,
    *NPI.values(),
    STATUS,
    *ON_FILE.values(),
    RELEASE,
    RESTRICTED,
)
RULES: Final = (
    identity,
    payer,
    subscriber,
    guarantor,
    compensation,
    both_ends,
    attending,
    signatures,
    restricted_items,
)
OF_STAYS: Final = (discharge_status,)
