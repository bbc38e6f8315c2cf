"""Edits on providers (P)."""

from collections.abc import Iterator

from claims.findings import reject
from claims.partners import has_check_digit
from claims.tables import Reference
from schemas.events.coded import ChartCoded, Finding


def npi_missing(chart: ChartCoded, _: Reference) -> Iterator[Finding]:
    """P1: a professional's line names who rendered it, by NPI (837P loops 2310B and 2420A). Reject, CARC 206."""
    for at, service in enumerate(chart.services):
        if service.component == "professional" and service.performer_npi is None:
            yield reject(
                "P1",
                "a professional service without the NPI of who rendered it",
                field=f"services[{at}].performer_npi",
                line=at + 1,
                carc="206",
                citation="837P 2310B, 2420A; 45 CFR 162.410",
                mend="add the practitioner to the hospital's roster",
            )


def attending_missing(chart: ChartCoded, _: Reference) -> Iterator[Finding]:
    """P5: a hospital's own claim names who attended, by NPI (837I loop 2310A). Reject, CARC 16.

    Who only rendered a service doesn't stand for him: he answers for the patient's overall care.
    """
    attended = any(provider.role == "attending" and provider.npi for provider in chart.encounter.providers)
    if not attended and any(service.component == "facility" for service in chart.services):
        yield reject(
            "P5",
            "a hospital's service without the NPI of the attending provider",
            field="encounter.providers",
            carc="16",
            citation="837I 2310A; 45 CFR 162.410",
            mend="name the attending provider, and add him to the hospital's roster",
        )


def npi_check_digit(chart: ChartCoded, _: Reference) -> Iterator[Finding]:
    """P2: the tenth digit of an NPI is its check digit: Luhn over 80840 + NPI (45 CFR 162.406). Reject, CARC 207."""
    for field, line, npi in _npis(chart):
        if not has_check_digit(npi):
            yield reject(
                "P2",
                "an NPI with a wrong check digit",
                field=field,
                line=line,
                value_kind="NPI",
                carc="207",
                citation="45 CFR 162.406",
                mend="correct the NPI in the chart or the roster",
            )


def _npis(chart: ChartCoded) -> Iterator[tuple[str, int | None, str]]:
    """Each NPI once, where it stands first: providers of the encounter, then performers of lines."""
    seen: set[str] = set()
    for at, provider in enumerate(chart.encounter.providers):
        if provider.npi and provider.npi not in seen:
            seen.add(provider.npi)
            yield f"encounter.providers[{at}].npi", None, provider.npi
    for at, service in enumerate(chart.services):
        if service.performer_npi and service.performer_npi not in seen:
            seen.add(service.performer_npi)
            yield f"services[{at}].performer_npi", at + 1, service.performer_npi
