"""Who a claim names: submitter, receiver, billing provider, practitioners, places (837 loops 1000, 2010, 2310)."""

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from claims.partners import Partners
from claims.x12.writing import Unwritable, Writer
from schemas.events.claim import ClaimBuilt
from schemas.events.people import Address, Name, Organization, Provider

_HERE: Final = frozenset({None, "US", "USA"})
_WITH_STATES: Final = frozenset({None, "US", "USA", "CA"})
_NO_DIGIT: Final = str.maketrans("", "", " -")


class Submitter(NamedTuple):
    """Who sends the file and whom the receiver calls about it (NM1*41, PER)."""

    name: str
    id: str | None
    contact: str | None
    phone: str | None


class PayerName(NamedTuple):
    """A payer as claims to him, and to those who pay after him, name him."""

    name: str
    payer_id: str | None
    filing_indicator: str


class Parties(NamedTuple):
    """What stands in a file and in no claim: who sends it, and what the payers are called."""

    submitter: Submitter
    payers: Mapping[str, PayerName]

    def payer(self, field: str, payer: str) -> PayerName:
        """A payer who can be named on a claim."""
        named = self.payers.get(payer)
        if named is None or not named.payer_id:
            raise Unwritable(field, "the payer has no payer id", "give it in partners.yaml: payers.<id>.payer_id")
        return named


def parties(partners: Partners, hospital: str, payers: Iterable[str] | None = None) -> Parties:
    """The parties of a hospital's files: it is their submitter, by its NPI. `payers` are those that are named there; by
    itself all, of whom a file's making asks once."""
    sender = partners.hospital(hospital)
    contact = sender.contact
    return Parties(
        Submitter(sender.name, sender.npi, contact.name if contact else None, contact.phone if contact else None),
        {
            key: PayerName(payer.name, payer.payer_id, payer.filing_indicator)
            for key in (partners.payers if payers is None else payers)
            if (payer := partners.payers.get(key)) is not None
        },
    )  # fmt: skip


def sender_and_receiver(w: Writer, named: Parties, payer: str) -> None:
    """Loops 1000A and 1000B."""
    w.block(_sender_and_receiver, named.submitter, named.payer("payer", payer))


def _sender_and_receiver(w: Writer, submitter: Submitter, receiver: PayerName) -> None:
    if not submitter.phone:
        raise Unwritable("submitter.phone", "nobody to call", "give it in partners.yaml: hospitals.<id>.contact")
    name = w.name("submitter", submitter.name, 60)
    w.put("NM1", "41", "2", name, "", "", "", "", "46", w.code("submitter.id", submitter.id, 80, 2))
    contact, phone = w.name("submitter.contact", submitter.contact, 60), w.code("submitter.phone", submitter.phone, 256)
    w.put("PER", "IC", contact, "TE", phone)
    called = w.name("payer", receiver.name, 60)
    w.put("NM1", "40", "2", called, "", "", "", "", "46", w.code("payer.payer_id", receiver.payer_id, 80, 2))


def billing_provider(w: Writer, claim: ClaimBuilt) -> None:
    """Loops 2000A (its taxonomy), 2010AA, and 2010AB where the payment goes elsewhere."""
    w.block(_billing_provider, claim.billing_provider, claim.pay_to)


def _billing_provider(w: Writer, billing: Organization, pay_to: Address | None) -> None:
    field = "billing_provider"
    if not billing.tax_id:
        raise Unwritable(f"{field}.tax_id", "the billing provider has none", "give it in partners.yaml: tax_id")
    if billing.address is None:
        raise Unwritable(f"{field}.address", "the billing provider has none", "give it in partners.yaml: address")
    if billing.taxonomy:
        w.put("PRV", "BI", "PXC", w.code(f"{field}.taxonomy", billing.taxonomy, 50))
    organization(w, field, "85", billing)
    address(w, f"{field}.address", billing.address)
    w.put("REF", "EI", w.code(f"{field}.tax_id", billing.tax_id.translate(_NO_DIGIT), 50))
    if pay_to is not None:
        w.put("NM1", "87", "2")
        address(w, "pay_to", pay_to)


def organization(w: Writer, field: str, entity: str, named: Organization) -> None:
    """NM1 of an organisation, with its NPI where it has one."""
    known = ("XX", named.npi) if named.npi else ()
    w.put("NM1", entity, "2", w.name(f"{field}.name", named.name, 60), "", "", "", "", *known)


def person(w: Writer, field: str, entity: str, name: Name | None, known: tuple[str, str] | None = None) -> None:
    """NM1 of a person, with the number he is known by and its kind."""
    if name is None:
        raise Unwritable(f"{field}.name", "the person has no name", "give it in the chart, or in the hospital's roster")
    w.put(
        "NM1", entity, "1",
        w.name(f"{field}.name.family", name.family, 60),
        w.name(f"{field}.name.given", name.given, 35),
        w.name(f"{field}.name.middle", name.middle, 25), "",
        w.name(f"{field}.name.suffix", name.suffix, 10),
        *(known or ()),
    )  # fmt: skip


def address(w: Writer, field: str, at: Address) -> None:
    """N3 and N4. A ZIP code is written without its hyphen; the country only where it is another."""
    lines = [said for line in at.lines if (said := w.name(f"{field}.lines", line, 55))]
    city = w.name(f"{field}.city", at.city, 30, 2)
    with_states = at.country in _WITH_STATES
    state = w.code(f"{field}.state", at.state, 2, 2) if with_states else ""
    postal = w.code(f"{field}.postal_code", (at.postal_code or "").translate(_NO_DIGIT), 15, 3)
    if not (lines and city and ((state and postal) or not with_states)):
        name = "lines" if not lines else "city" if not city else "state" if not state else "postal_code"
        raise Unwritable(f"{field}.{name}", "an address without it", "complete the address")
    w.put("N3", *lines[:2])
    w.put("N4", city, state, postal, "" if at.country in _HERE else w.code(f"{field}.country", at.country, 3, 2))


def in_role(claim: ClaimBuilt, *roles: str) -> list[Provider]:
    """The practitioners of a claim in one of these roles, each once."""
    found = [provider for provider in claim.providers if provider.role in roles]
    return list({(each.npi, each.name): each for each in found}.values()) if len(found) > 1 else found


def named(claim: ClaimBuilt, role: str, npi: str, field: str) -> Provider:
    """Whom a line names by his NPI: he must stand among the claim's providers, or nobody knows what he is called."""
    found = next((each for each in claim.providers if each.role == role and each.npi == npi), None)
    if found is None:
        mend = "name him among the chart's providers, or in the hospital's roster"
        raise Unwritable(field, f"nobody of this NPI is among the claim's providers as {role}", mend)
    return found


def practitioners(w: Writer, entity: str, taxonomy: str, people: Iterable[Provider]) -> None:
    """NM1 of practitioners by their NPI, with PRV where their specialty is asked for."""
    for each in people:
        field = f"providers.{each.role}"
        person(w, field, entity, each.name, ("XX", each.npi) if each.npi else None)
        if taxonomy and each.taxonomy:
            w.put("PRV", taxonomy, "PXC", w.code(f"{field}.taxonomy", each.taxonomy, 50))


def place(w: Writer, claim: ClaimBuilt) -> None:
    """The service facility (NM1*77), where it is another one than who bills."""
    if claim.service_facility is not None:
        w.block(_place, claim.service_facility)


def _place(w: Writer, here: Organization) -> None:
    organization(w, "service_facility", "77", here)
    if here.address is None:
        raise Unwritable("service_facility.address", "the place has none", "give it in the chart or partners.yaml")
    address(w, "service_facility.address", here.address)
