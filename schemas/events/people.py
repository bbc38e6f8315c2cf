"""People and places, as a chart and a claim name them. Everything here is PHI."""

from typing import Literal

from schemas.events.types import Code, Day, Id, Line, Many, Npi, Wire

Sex = Literal["female", "male", "other", "unknown"]
Relationship = Literal["self", "spouse", "child", "other"]


class Name(Wire):
    family: Line
    given: Line | None = None
    middle: Line | None = None
    suffix: Line | None = None


class Address(Wire):
    lines: Many[Line]
    city: Line | None = None
    state: Code | None = None
    postal_code: Code | None = None
    country: Code | None = None


class Guarantor(Wire):
    """Who gets the bill when a person pays."""

    relationship: Relationship
    name: Name
    address: Address | None = None


class Patient(Wire):
    mrn: Id
    name: Name | None = None
    birth_date: Day | None = None
    sex: Sex = "unknown"
    address: Address | None = None
    confidential_address: Address | None = None  # 45 CFR 164.522(b)
    phone: Line | None = None
    deceased_date: Day | None = None
    mother_mrn: Id | None = None
    guarantor: Guarantor | None = None


ProviderRole = Literal["attending", "operating", "rendering", "ordering", "referring", "supervising"]


class Provider(Wire):
    """One practitioner in one role. `billing_entity` is who bills for him, often not the hospital."""

    role: ProviderRole
    local_id: Id | None = None
    npi: Npi | None = None
    name: Name | None = None
    taxonomy: Code | None = None
    billing_entity: Id | None = None


class Organization(Wire):
    npi: Npi | None = None
    name: Line
    taxonomy: Code | None = None
    tax_id: Code | None = None
    address: Address | None = None


class Subscriber(Wire):
    """Who holds the policy. With relationship self it is the patient, and the rest may be null."""

    relationship: Relationship
    name: Name | None = None
    birth_date: Day | None = None
    sex: Sex = "unknown"
    address: Address | None = None
