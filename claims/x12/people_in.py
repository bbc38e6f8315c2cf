"""Who a claim names, read: organisations, practitioners, subscriber and patient (837 loops 2010, 2310, 2420)."""

from typing import Final

from claims.x12.fields import Fields
from claims.x12.loops import Loop
from claims.x12.segments import Segment
from schemas.events.people import Address, Name, Organization, Provider, ProviderRole, Relationship, Sex, Subscriber
from schemas.events.types import Day

SELF: Final = "18"
RELATIONSHIPS: Final[dict[str, Relationship]] = {SELF: "self", "01": "spouse", "19": "child"}
"""SBR02 and PAT01; every other code is another relationship."""
_SEXES: Final[dict[str, Sex]] = {"F": "female", "M": "male"}
ROLES: Final[dict[str, ProviderRole]] = {
    "71": "attending",
    "72": "operating",
    "ZZ": "operating",
    "82": "rendering",
    "DK": "ordering",
    "DN": "referring",
    "DQ": "supervising",
}
"""NM101. Who else a claim may name (who bought a test, where an ambulance came from) has no role of ours."""


def organization(loop: Loop, fields: Fields, taxonomy: Segment | None = None) -> Organization:
    """NM1 and what follows it."""
    tax = loop.first("REF", "EI", "SY")
    return Organization(
        npi=fields.npi(loop.head),
        name=called(loop.head),
        taxonomy=(taxonomy.element(3) or None) if taxonomy else None,
        tax_id=(tax.element(2) or None) if tax else None,
        address=address(loop),
    )


def called(named: Segment) -> str:
    """In one line: who bills as a person is named so too."""
    return " ".join(filter(None, map(named.element, (4, 5, 3, 7)))) or "?"


def name(named: Segment) -> Name | None:
    if not named.element(3):
        return None
    return Name(
        family=named.element(3),
        given=named.element(4) or None,
        middle=named.element(5) or None,
        suffix=named.element(7) or None,
    )


def address(loop: Loop) -> Address | None:
    """N3 and N4. A claim leaves out the country where it is this one."""
    street, city = loop.first("N3"), loop.first("N4")
    if street is None and city is None:
        return None
    return Address(
        lines=tuple(filter(None, street.elements[1:3])) if street else (),
        city=(city.element(1) or None) if city else None,
        state=(city.element(2) or None) if city else None,
        postal_code=_postal_code(city) if city else None,
        country=(city.element(4) or "US") if city else None,
    )


def _postal_code(city: Segment) -> str | None:
    """A ZIP code of nine digits with its hyphen, as everywhere here."""
    said, abroad = city.element(3), city.element(4)
    if len(said) == 9 and said.isdecimal() and abroad in ("", "US"):
        return f"{said[:5]}-{said[5:]}"
    return said or None


def born(loop: Loop, fields: Fields) -> tuple[Day | None, Sex]:
    """DMG: the day of birth and the sex."""
    facts = loop.first("DMG")
    if facts is None:
        return None, "unknown"
    return fields.any_day(facts, 2) if facts.element(2) else None, _SEXES.get(facts.element(3), "unknown")


def died(loop: Loop, fields: Fields) -> Day | None:
    """PAT06."""
    said = loop.first("PAT")
    return fields.any_day(said, 6) if said and said.element(6) else None


def provider(loop: Loop, fields: Fields) -> Provider | None:
    """A practitioner in a role that we know."""
    role = ROLES.get(loop.head.element(1))
    if role is None:
        return None
    special = loop.first("PRV")
    taxonomy = special.element(3) if special else ""
    return Provider(role=role, npi=fields.npi(loop.head), name=name(loop.head), taxonomy=taxonomy or None)


def subscriber(relationship: Relationship, loop: Loop | None, fields: Fields) -> Subscriber:
    """Of a policy of the patient's own nothing but that: he is named once."""
    if relationship == "self" or loop is None:
        return Subscriber(relationship=relationship)
    birth, sex = born(loop, fields)
    return Subscriber(relationship=relationship, name=name(loop.head), birth_date=birth, sex=sex, address=address(loop))
