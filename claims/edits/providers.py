"""Edits on providers (P)."""

from collections.abc import Iterator
from typing import Final

from claims.edits.rule import Fault, Rule, rule
from claims.edits.subject import Subject
from claims.partners import has_check_digit


@rule(
    "P1",
    "reject",
    carc="206",
    citation="837P 2310B, 2420A; 45 CFR 162.410",
    mend="add the practitioner to the hospital's roster",
    of="professional",
)
def npi_missing(subject: Subject) -> Iterator[Fault]:
    """A professional's line names who rendered it, by NPI (837P loops 2310B and 2420A)."""
    for at, service in enumerate(subject.services):
        if service.component == "professional" and service.performer_npi is None:
            message = "a professional service without the NPI of who rendered it"
            yield Fault(message, f"services[{at}].performer_npi", at)


@rule(
    "P2",
    "reject",
    carc="207",
    citation="45 CFR 162.406",
    mend="correct the NPI in the chart or the roster",
)
def npi_check_digit(subject: Subject) -> Iterator[Fault]:
    """The tenth digit of an NPI is its check digit: Luhn over 80840 + NPI (45 CFR 162.406)."""
    for npi, (field, line) in _npis(subject).items():
        if not has_check_digit(npi):
            yield Fault("an NPI with a wrong check digit", field, line, "NPI")


def _npis(subject: Subject) -> dict[str, tuple[str, int | None]]:
    """Each NPI once, with where it stands first: providers of the encounter, then performers of lines."""
    found: dict[str, tuple[str, int | None]] = {}
    for at, provider in enumerate(subject.stay.providers):
        if provider.npi and provider.npi not in found:
            found[provider.npi] = f"encounter.providers[{at}].npi", None
    for at, service in enumerate(subject.services):
        if service.performer_npi and service.performer_npi not in found:
            found[service.performer_npi] = f"services[{at}].performer_npi", at
    return found


@rule(
    "P5",
    "reject",
    carc="16",
    citation="837I 2310A; 45 CFR 162.410",
    mend="name the attending provider, and add him to the hospital's roster",
    of="facility",
)
def attending_missing(subject: Subject) -> Iterator[Fault]:
    """A hospital's own claim names who attended, by NPI (837I loop 2310A).

    Who only rendered a service doesn't stand for him: he answers for the patient's overall care.
    """
    if not any(provider.role == "attending" and provider.npi for provider in subject.stay.providers):
        yield Fault("a hospital's service without the NPI of the attending provider", "encounter.providers")


PROVIDERS: Final[tuple[Rule, ...]] = (npi_missing, npi_check_digit, attending_missing)
