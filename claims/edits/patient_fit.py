"""Edits on a service against its patient (H3)."""

from collections.abc import Iterator
from datetime import date
from typing import Final

from claims.codesets.dated import Term
from claims.codesets.titles import ages_of
from claims.edits.rule import Fault, Rule, rule
from claims.edits.subject import Subject
from claims.stay import years_between
from schemas.events.people import Sex

_WOMEN: Final = frozenset(
    {
        "A4261", "A4264", "A4266", "A4561", "A4562", "G0101", "G0123", "G0124", "G0141", "G0143", "G0144", "G0145",
        "G0147", "G0148", "G0476", "J7296", "J7297", "J7298", "J7300", "J7301", "P3000", "P3001", "Q0091", "Q0115",
        "S0610", "S0612", "S4981", "S4989",
    }
)  # fmt: skip
_MEN: Final = frozenset({"A4326", "A4349", "G0027", "G0102", "G0103", "L7900"})
_ONLY: Final[dict[str, Sex]] = {**dict.fromkeys(_WOMEN, "female"), **dict.fromkeys(_MEN, "male")}
OF_ONE_SEX: Final = frozenset(_ONLY)
"""Codes of Level II whose own title names an organ that one sex has: cervix, uterus and vagina; prostate, penis and
semen. CMS publishes no such list but inside its editor."""
_KNOWN_TO_THE_PAYER: Final = "KX"
_REPORTED: Final = ("G8", "G9", "M1")  # measures of quality: their ages are those of the measure


@rule(
    "H3",
    "warn",
    carc="7",
    citation="IOCE 8; CPM 32/240",
    mend="check the service and the patient's sex",
    needs="codes of one sex",
)
def sex_against_procedure(subject: Subject) -> Iterator[Fault]:
    """A service on an organ that one sex has is billed for a patient of that sex (IOCE 8).

    KX says that it is right nevertheless (CPM 32/240). CMS's list is not published: only codes of Level II whose title
    says it are known here.
    """
    sex = subject.patient.sex
    if sex not in {"male", "female"}:
        return
    for at, service in enumerate(subject.services):
        only = _ONLY.get(service.code or "")
        if only is not None and only != sex and _KNOWN_TO_THE_PAYER not in service.modifiers:
            yield Fault("a service of the other sex", f"services[{at}].code", at, "HCPCS code")


@rule("H3", "warn", carc="6", citation="IOCE 7", mend="check the service and the birth date", needs="hcpcs table")
def age_against_procedure(subject: Subject) -> Iterator[Fault]:
    """A service whose title in CMS's HCPCS file names an age is given at that age (IOCE 7).

    CMS's list of ages is not published; without the user's HCPCS file nothing is said. Codes that only report a measure
    of quality are let be.
    """
    born = subject.patient.birth_date
    if born is None or not subject.tables.has("hcpcs"):
        return
    for at, term in enumerate(subject.terms):
        if term is not None and not _fits(term, subject.services[at].service_from, born):
            yield Fault("a service of another age", f"services[{at}].code", at, "HCPCS code")


def _fits(term: Term, day: date, born: date) -> bool:
    ages = ages_of(term.title)
    if ages is None or term.code.startswith(_REPORTED):
        return True
    return ages.first <= years_between(born, day) <= ages.last


PATIENT_FIT: Final[tuple[Rule, ...]] = (sex_against_procedure, age_against_procedure)
