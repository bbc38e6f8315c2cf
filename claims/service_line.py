"""One priced line: what a row of the chargemaster and the chart say of something that was done."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from claims.charge import Charge
from claims.charge_row import MOST_MODIFIERS, NOTICE
from claims.chargemaster import Chargemaster
from claims.codesets.shapes import ICD_10_CM, with_dot, without_dot
from claims.payers import first_payer
from claims.scene import Scene
from schemas.events.chart import Statement
from schemas.events.coded import CodedDiagnosis, Service, WorkItem
from schemas.events.people import ProviderRole

_POINTERS: Final = 4  # 837P SV107
_TOO_MANY: Final = "more than four modifiers: the chart's, those of the row's rules and the row's own"


@dataclass(frozen=True)
class Pricing:
    """What every line of a chart is priced by; `price_list` null is the standard one."""

    scene: Scene
    master: Chargemaster
    diagnoses: tuple[CodedDiagnosis, ...]
    price_list: str | None


@dataclass(frozen=True)
class Occurrence:
    """Something charged for: a service performed, the visit itself, or days at a level of care."""

    about: str
    first: date
    last: date
    statement: Statement | None = None


def work(statement: Statement, kind: str, why: str) -> WorkItem:
    text = statement.text or next((coding.display for coding in statement.codings if coding.display), None)
    return WorkItem(statement=statement.id, kind=kind, text=text, why=why)


def fitting(line: Service, what: Occurrence) -> Service | WorkItem:
    """A line takes four modifiers (837 SV101-3 to 6): which of more than four matter is a coder's to say.

    A chart's own five are left to the rule about them (M1).
    """
    own = len(what.statement.modifiers) if what.statement else 0
    if len(line.modifiers) <= MOST_MODIFIERS or own > MOST_MODIFIERS:
        return line
    text = what.statement.text if what.statement else None
    return WorkItem(statement=line.statement, kind="modifiers", text=text, why=_TOO_MANY)


def line(pricing: Pricing, charge: Charge, units: int, what: Occurrence, *added: str) -> Service:
    """So many units of a charge; `added` are modifiers that the quantity itself calls for."""
    statement, scene = what.statement, pricing.scene
    return Service(
        statement=what.about,
        code=charge.billing_code,
        modifiers=tuple(dict.fromkeys(_modifiers(scene, charge, statement, added))),
        revenue_code=charge.revenue_code,
        units=units * 1000,
        unit_kind="DA" if statement is None and charge.unit == "d" else "UN",
        service_from=what.first,
        service_to=what.last,
        place_of_service=scene.facts.place_of_service,
        charge_cents=units * charge.price_cents,
        component=charge.component,
        performer_npi=_performer(scene, charge, statement),
        ordering_npi=_only_npi_of(scene, "ordering"),
        supervising_npi=_supervisor(scene, statement.supervisor) if statement and statement.supervisor else None,
        pointers=_pointers(pricing, statement.due_to if statement else None),
        authorization=_authorization(scene, charge, what.first),
        group=charge.department,
        path="chargemaster",
        **(_told(statement) if statement else {}),
    )


def _told(statement: Statement) -> dict[str, Any]:
    """What rules and claims need to know of the service itself."""
    return {
        "text": statement.text,
        "ndc": statement.ndc,
        "ndc_quantity": statement.ndc_quantity,
        "ndc_unit": statement.ndc_unit,
        "discarded": statement.discarded,
        "single_dose": statement.single_dose,
        "abn": statement.abn,
    }


def _modifiers(scene: Scene, charge: Charge, statement: Statement | None, added: tuple[str, ...]) -> Iterator[str]:
    """The chart's own first, then those that quantity and documented facts call for, then the row's."""
    if statement is not None:
        yield from statement.modifiers
    yield from added
    if charge.modifier_rules:
        facts = _facts(scene, statement)
        yield from (modifier for fact, modifier in charge.modifier_rules if fact in facts)
    yield from charge.modifiers


def _facts(scene: Scene, statement: Statement | None) -> frozenset[str | None]:
    """What a row's rules may ask (claims/charge_row.py: FACTS)."""
    side, notice = (statement.laterality, statement.abn) if statement else (None, None)
    return frozenset({scene.facts.encounter_class, side, NOTICE if notice else None})


def _performer(scene: Scene, charge: Charge, statement: Statement | None) -> str | None:
    """Who did it, by roster or encounter; else a professional's line is the rendering provider's.

    A nurse gives the drug and bills nothing: it is incident to the services of the one who renders (42 CFR 410.26).
    """
    local = statement.performer if statement else None
    if local is not None:
        npi = _npi_by_id(scene, local)
        if npi is not None:
            return npi
    if charge.component == "facility":
        return None
    return _npi_of(scene, "rendering") or _npi_of(scene, "attending")


def _npi_by_id(scene: Scene, local: str) -> str | None:
    known = scene.hospital.roster.get(local)
    listed = (provider.npi for provider in scene.facts.providers if provider.local_id == local)
    return known.npi if known else next(listed, None)


def _supervisor(scene: Scene, local: str) -> str | None:
    """Who supervised this service, where that is another than the encounter names for all (837P 2420D, 2310D)."""
    npi = _npi_by_id(scene, local)
    return None if npi == _npi_of(scene, "supervising") else npi


def _only_npi_of(scene: Scene, role: ProviderRole) -> str | None:
    """Where several ordered, nothing says who ordered this."""
    npis = {provider.npi for provider in scene.facts.providers if provider.role == role and provider.npi}
    return npis.pop() if len(npis) == 1 else None


def _npi_of(scene: Scene, role: ProviderRole) -> str | None:
    return next((p.npi for p in scene.facts.providers if p.role == role and p.npi), None)


def _pointers(pricing: Pricing, due_to: str | None) -> tuple[int, ...]:
    """At most four diagnoses, from 1, by rank: those that the service is due to, or if it names none, all; never a
    cause, nor the admitting one."""
    pointed = [(at, d) for at, d in enumerate(pricing.diagnoses, start=1) if d.role in {"principal", "other"}]
    codes = _given(pricing.scene, due_to)
    stated = [at for at, d in pointed if d.statement == due_to or d.code in codes]
    return tuple(stated or [at for at, _ in pointed])[:_POINTERS]


def _given(scene: Scene, name: str | None) -> frozenset[str]:
    """The codes of a diagnosis the patient has: of two statements that give the same one, only the first stands."""
    return frozenset(
        with_dot(without_dot(coding.code))
        for statement in scene.chart.statements
        if statement.id == name and statement.certainty != "ruled-out" and statement.whose == "patient"
        for coding in statement.codings
        if coding.system in ICD_10_CM
    )


def _authorization(scene: Scene, charge: Charge, day: date) -> str | None:
    """The number under which the first payer allowed this code on that day (REF G1)."""
    stays = scene.inpatient and charge.component == "facility"  # then who has him at the admission answers
    first = first_payer(scene.chart, scene.facts.start_day if stays else day)
    for authorization in first.authorizations if first else ():
        begun = authorization.start is None or authorization.start <= day
        over = authorization.end is not None and authorization.end < day
        if authorization.service == charge.billing_code and begun and not over:
            return authorization.number
    return None
