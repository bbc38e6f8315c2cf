"""Who we work with: hospitals, their billing entities and rosters, and the payers (infra/kafka/partners.yaml)."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, ValidationError

from claims.partner_fields import (
    CheckedNpi,
    Clia,
    Days,
    Enrolment,
    FileName,
    Item,
    MemberIdShape,
    PartnerId,
    PatientContact,
    Phone,
    SelfPayDiscounts,
    TaxId,
    Taxonomy,
    TimeZone,
    WholeAddress,
    member_id_pattern,
    no_street,
)
from claims.partners_file import Path, read_yaml
from claims.rules import QUESTIONS, SETTABLE
from schemas.events.chart import EncounterClass, PayerKind, Signatures
from schemas.events.people import Address, Name, Organization
from schemas.events.types import Code, Count, Day, Id, Line, Many, Wire


class UnknownPartner(LookupError):
    """A hospital or a payer that partners.yaml does not list; the message names those it does."""

    def __init__(self, role: str, known: Mapping[str, object]) -> None:
        super().__init__(f"unknown {role}; known: {', '.join(sorted(known)) or 'none'}")


class RuleSetting(Wire):
    """Whether charts are held to a rule, and from which date of service."""

    mode: Literal["off", "warn", "on"]
    since: Day


def _mode(rules: Mapping[str, RuleSetting], rule: str, service_day: Day) -> Literal["off", "warn", "on"] | None:
    setting = rules.get(rule) if rules else None
    return setting.mode if setting and setting.since <= service_day else None


Enrolments = Many[Enrolment]
"""With one payer; none means not enrolled. With a payer who is not named it is unknown."""


class BillingEntity(Wire):
    """Who bills and is paid: the hospital itself, or a group its professionals belong to."""

    id: PartnerId
    name: Line
    npi: CheckedNpi
    taxonomy: Taxonomy
    tax_id: TaxId
    address: Address
    clia: Clia | None = None
    pay_to: WholeAddress | None = None
    """Where payments go, where that is elsewhere (837 2010AB): a box may stand here, in `address` never (P4)."""
    enrolments: Mapping[PartnerId, Enrolments] = {}

    @cached_property
    def organization(self) -> Organization:
        """Itself, as a claim names who bills."""
        return Organization(
            npi=self.npi, name=self.name, taxonomy=self.taxonomy, tax_id=self.tax_id, address=self.address
        )


class Contact(Wire):
    """Whom a payer calls about a hospital's claims (X12 PER)."""

    name: Line
    phone: Phone


class Practitioner(Wire):
    """A person of the roster. The key in the roster is the hospital's own id for him."""

    npi: CheckedNpi
    name: Name
    taxonomy: Taxonomy
    billing_entity: PartnerId
    enrolments: Mapping[PartnerId, Enrolments] = {}


class Hospital(BillingEntity):
    """A partner that sends charts, with the facts its charts leave out."""

    time_zone: TimeZone
    chargemaster: FileName
    billing_entities: Mapping[PartnerId, BillingEntity] = Field(min_length=1)
    roster: Mapping[Id, Practitioner]
    signatures: Signatures
    contact: Contact | None = None
    coverage_map: Mapping[Line, Many[PartnerId]]
    price_lists: Mapping[PartnerId, Code] = {}
    """The chargemaster's list that a payer's claims are priced by; the standard one for a payer not named here."""
    bill_hold_days: Mapping[EncounterClass, Annotated[int, Field(ge=0, le=60)]] = {}
    accept_encoder: bool = True
    records_per_second: Count | None = None
    window_days: Annotated[int, Field(ge=0, le=3)] = 3
    """Days before an admission whose outpatient services go on its claim: 3, or 1 and 0 (42 CFR 412.2(c)(5))."""
    rules: Mapping[Code, RuleSetting] = {}
    patient_contact: PatientContact | None = None
    self_pay_discounts: SelfPayDiscounts = ()
    """The newest one that is in force on the first day of care."""

    def rule_mode(self, rule: str, service_day: Day) -> Literal["off", "warn", "on"] | None:
        """What this hospital says of a rule on a date of service; null where it says nothing."""
        return _mode(self.rules, rule, service_day)

    @cached_property
    def streetless(self) -> Mapping[PartnerId, str]:
        """The billing entities whose address is no street with its ZIP+4, with why; itself under its own id."""
        addresses = [(self.id, self.address), *((key, entity.address) for key, entity in self.billing_entities.items())]
        told = ((key, no_street(address)) for key, address in addresses)
        return {key: why for key, why in told if why is not None}

    @cached_property
    def known_entities(self) -> frozenset[PartnerId | None]:
        """The billing entities, and null: the hospital itself."""
        return frozenset((None, *self.billing_entities))

    @cached_property
    def tells_enrolments(self) -> bool:
        """Whether anybody here says with which payers he is enrolled."""
        return any(enrolments for _, enrolments in _enrolled(self))

    def hold_days(self, encounter_class: EncounterClass) -> int:
        """How long charges of a class wait for late ones; 0 where the hospital says nothing."""
        return self.bill_hold_days.get(encounter_class, 0)

    def practitioner(self, npi: str) -> Practitioner | None:
        """Who has this NPI in the roster; the first of several."""
        return self._by_npi.get(npi)

    @cached_property
    def _by_npi(self) -> Mapping[str, Practitioner]:
        return {practitioner.npi: practitioner for practitioner in reversed(list(self.roster.values()))}

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


OneClaim = Literal["admission", "day", "month"]
"""What a payer wants on one claim: services before an admission, visits of a day, repetitive services of a month."""


class AcceptsReplacement(Wire):
    """Whether frequency 7 and 8 are taken, by kind (Medicare Part B reopens instead)."""

    professional: bool
    institutional: bool


class Payer(Wire):
    """A partner that pays: an insurer, a business, or the patient himself."""

    id: PartnerId
    name: Line
    kind: PayerKind
    payer_id: Code
    filing_indicator: Code
    format: Literal["avro", "x12", "both"]
    timely_filing_days: Days
    appeal_days: Days = 180  # the least that members of an employer's plan have (29 CFR 2560.503-1(h)(3)(i))
    accepts_replacement: AcceptsReplacement
    member_id: MemberIdShape | None = None
    eligibility_days: Days | None = None  # how old an answer of his may be on the first day of service
    requires_authorization: Many[Item] = ()
    requires_referral: Many[EncounterClass] = ()
    requires_clia: bool = False
    splits: Many[Literal["month", "year"]] = ()  # what a claim to him may not span
    rules: Mapping[Code, RuleSetting] = {}
    one_claim: Many[OneClaim] = ()
    interim: Literal["cumulative", "sequential", "none"] | None = None  # of a stay that goes on; None: as Medicare
    interim_days: Annotated[Days, Field(ge=1)] = 60  # the least from admission or bill to the next bill of such a stay
    key_id: Id | None = None
    days_after_answer: Days | None = None
    """As a next payer he takes claims for so long after the one before answered (Medicaid after Medicare: 42 CFR
    447.45(d)(4)(ii)); without it, by the day of service as a first one."""

    def accepts(self, kind: Literal["professional", "institutional"]) -> bool:
        """Whether this payer takes a replacement or a void of that kind of claim."""
        replacement = self.accepts_replacement
        return replacement.professional if kind == "professional" else replacement.institutional

    def knows(self, member_id: str) -> bool:
        """Whether an id has the shape of his members'; every id where he has told none."""
        return self.member_id is None or member_id_pattern(self.member_id).fullmatch(member_id) is not None

    @cached_property
    def authorized(self) -> frozenset[str]:
        """What needs his authorization: codes, and series of revenue codes by their first three digits."""
        return frozenset(item.removesuffix("x") for item in self.requires_authorization)

    def rule_mode(self, rule: str, service_day: Day) -> Literal["off", "warn", "on"] | None:
        """What this payer says of a rule on a date of service; null where it says nothing."""
        return _mode(self.rules, rule, service_day)


class Partners(Wire):
    """Everybody whose topics exist."""

    hospitals: Mapping[PartnerId, Hospital] = Field(min_length=1)
    payers: Mapping[PartnerId, Payer] = Field(min_length=1)

    def hospital(self, hospital: str) -> Hospital:
        if hospital not in self.hospitals:
            raise UnknownPartner("hospital", self.hospitals)
        return self.hospitals[hospital]

    def payer(self, payer: str) -> Payer:
        if payer not in self.payers:
            raise UnknownPartner("payer", self.payers)
        return self.payers[payer]


def parse_partners(text: str, file: str) -> Partners:
    """partners.yaml as partners, or BadReference with the place and the mend of its first fault."""
    located = read_yaml(text, file)
    document = located.values()
    _name_by_key(document)
    try:
        partners = Partners.model_validate(document)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise located.bad(tuple(first["loc"]), _mend(first["type"], first["msg"])) from None
    for path, mend in (*_shared_ids(partners), *_broken_links(partners), *_unknown_rules(partners)):
        raise located.bad(path, mend)
    return partners


def _name_by_key(document: dict[str, Any]) -> None:
    """A partner's or an entity's key is its id, said once."""
    hospitals = document.get("hospitals")
    entries = [document.get("payers"), hospitals]
    if isinstance(hospitals, dict):
        entries += [hospital.get("billing_entities") for hospital in hospitals.values() if isinstance(hospital, dict)]
    for named in entries:
        for key, entry in named.items() if isinstance(named, dict) else ():
            if isinstance(entry, dict):
                entry.setdefault("id", key)


def _broken_links(partners: Partners) -> Iterator[tuple[Path, str]]:
    """What one entry says of another must exist, and an id given twice must agree."""
    known = ", ".join(sorted(partners.payers))
    for key, hospital in partners.hospitals.items():
        here: Path = ("hospitals", key)
        yield from _other_ids(here[:1], {key: hospital})
        yield from _other_ids((*here, "billing_entities"), hospital.billing_entities)
        for local, practitioner in hospital.roster.items():
            if practitioner.billing_entity not in hospital.billing_entities:
                mend = f"no such billing entity here; known: {', '.join(sorted(hospital.billing_entities))}"
                yield (*here, "roster", local, "billing_entity"), mend
        for payer in sorted(hospital.price_lists.keys() - partners.payers.keys()):
            yield (*here, "price_lists", payer), f"no such payer; known: {known}"
        for where, enrolments in _enrolled(hospital):
            unknown_payers = enrolments.keys() - partners.payers.keys()
            mend = f"no such payer; known: {known}"
            yield from (((*here, *where, "enrolments", payer), mend) for payer in sorted(unknown_payers))
        for reference, payers in hospital.coverage_map.items():
            unknown = [index for index, payer in enumerate(payers) if payer not in partners.payers]
            yield from (
                ((*here, "coverage_map", reference, index), f"no such payer; known: {known}") for index in unknown
            )
    yield from _other_ids(("payers",), partners.payers)


def _enrolled(hospital: Hospital) -> Iterator[tuple[Path, Mapping[PartnerId, Enrolments]]]:
    yield (), hospital.enrolments
    yield from ((("billing_entities", key), entity.enrolments) for key, entity in hospital.billing_entities.items())
    yield from ((("roster", local), person.enrolments) for local, person in hospital.roster.items())


def _shared_ids(partners: Partners) -> Iterator[tuple[Path, str]]:
    """Topics are named by a partner's id, whatever he is."""
    for payer in partners.payers:
        if payer in partners.hospitals:
            yield ("payers", payer), "a hospital has this id too, and topics are named by it; choose another"


def _unknown_rules(partners: Partners) -> Iterator[tuple[Path, str]]:
    """Payers set edits; hospitals set edits and the questions that are theirs to ask or not."""
    asking = (*SETTABLE, *QUESTIONS)
    named: list[tuple[Path, Mapping[str, RuleSetting], tuple[str, ...]]] = [
        *((("payers", key), payer.rules, SETTABLE) for key, payer in partners.payers.items()),
        *((("hospitals", key), hospital.rules, asking) for key, hospital in partners.hospitals.items()),
    ]
    for where, rules, known in named:
        for rule in rules:
            if rule not in known:
                yield (*where, "rules", rule), f"no rule that can be set; known: {', '.join(known)}"


def _other_ids(
    where: Path, entries: Mapping[str, Hospital] | Mapping[str, Payer] | Mapping[str, BillingEntity]
) -> Iterator[tuple[Path, str]]:
    for key, entry in entries.items():
        if entry.id != key:
            yield (*where, key, "id"), "the id is the key; leave the field out"


def _mend(kind: str, message: str) -> str:
    plain = {
        "missing": "this field is missing",
        "extra_forbidden": "no such field; docs/ lists those there are",
        "string_type": "text is wanted; put digits in quotes",
        "tuple_type": "a list is wanted; put it in square brackets",
        "model_type": "fields and values are wanted; put them in braces",
    }
    return plain.get(kind, message.removeprefix("Value error, "))
