"""The charts that the suite feeds, with what an oracle expects of each: the outcome, the claims, the cents.

Made as an outside hospital would make them, from the .avsc files and the hospital's own price list.
"""

import csv
import random
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, Literal

from tests.chaos.wire import ROOT

HOSPITALS = ("mercy-general", "st-anna", "riverside")
NOON = datetime(2026, 9, 1, 12, tzinfo=UTC)
"""The workers' fixed clock: all charts are of the eleven weeks before."""
FIRST_DAY, DAYS = date(2026, 6, 12), 76
MORE_THAN_THE_HOLD = timedelta(days=4)
"""How far the timers' clock stands ahead, so that bill holds end: a hospital may hold a clinic visit for three days."""

HOT_EVERY, HOT_CHARTS = 150, 24
"""One account in so many is hot: many charts, of several patients (a mother and her newborns, say)."""

Kind = Literal["virtual", "clinic", "home", "two-payers", "work-injury", "self-pay", "unsigned", "unpriced"]
WEIGHTS: dict[Kind, int] = {
    "virtual": 52, "clinic": 12, "home": 10, "two-payers": 8, "work-injury": 3, "self-pay": 5, "unsigned": 6,
    "unpriced": 4,
}  # fmt: skip

_ICD, _LOINC, _NOTE = "http://hl7.org/fhir/sid/icd-10-cm", "http://loinc.org", ("11506-3", "Progress note")
_PLANS = {  # payer -> kind of payer, claim filing indicator
    "commercial": ("insurer", "CI"),
    "medicare": ("insurer", "MB"),
    "medicaid": ("insurer", "MC"),
    "medicare-advantage": ("insurer", "16"),
    "workers-compensation": ("business", "WC"),
    "patient": ("patient", "ZZ"),
}


@dataclass(frozen=True)
class Expected:
    """What must become of a chart. `claims` are those to the first payer: (kind, payer, cents)."""

    hospital: str
    chart_id: str
    account: str
    event_id: str
    kind: str
    outcome: Literal["claimed", "billed", "returned"]
    claims: tuple[tuple[str, str, int], ...] = ()
    payers: tuple[str, ...] = ()
    cents: int = 0

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Made:
    """A chart to send: its event, and what is expected of it."""

    event: dict[str, Any]
    expected: Expected


@dataclass
class _Patient:
    hospital: str
    number: int
    day: int = 0

    @property
    def mrn(self) -> str:
        return f"CHAOS-{self.hospital}-{self.number}"


@dataclass
class _Maker:
    dice: random.Random
    seed: int
    patients: int = 0
    accounts: int = 0
    charts: int = field(default=0)

    def account(self) -> Iterator[Made]:
        """The charts of one account: one to four of one patient, or many of several."""
        self.accounts += 1
        hospital, hot = self.dice.choice(HOSPITALS), self.accounts % HOT_EVERY == HOT_EVERY // 2
        patients = [self._patient(hospital) for _ in range(3 if hot else 1)]
        for _ in range(HOT_CHARTS if hot else self.dice.choice((1, 1, 2, 4))):
            yield self._chart(self.dice.choice(patients), f"A{self.seed}-{self.accounts}")

    def _patient(self, hospital: str) -> _Patient:
        self.patients += 1
        return _Patient(hospital, self.patients)

    def _chart(self, patient: _Patient, account: str) -> Made:
        self.charts += 1
        kind = self.dice.choices(tuple(WEIGHTS), tuple(WEIGHTS.values()))[0]
        day = FIRST_DAY + timedelta(
            days=patient.day % DAYS
        )  # a day of its own: N5 returns the same service twice a day
        patient.day += 1
        payers = _payers(kind, self.dice)
        event = _event(patient, (account, f"C{self.seed}-{self.charts}"), kind, day, payers)
        return Made(event, _expected(event, kind, payers))


def charts(count: int, seed: int) -> Sequence[Made]:
    """`count` charts in the order of sending: an account's are spread, so that they meet the answers to earlier
    ones."""
    dice = random.Random(seed)
    maker = _Maker(dice, seed)
    made: list[tuple[float, int, Made]] = []
    while len(made) < count:
        made += [(len(made) + dice.uniform(0, 250), n, chart) for n, chart in enumerate(maker.account(), len(made))]
    return [chart for *_, chart in sorted(made, key=lambda each: each[:2])][:count]


def _payers(kind: Kind, dice: random.Random) -> tuple[str, ...]:
    match kind:
        case "two-payers":
            return ("medicare", "medicaid")
        case "work-injury":
            return ("workers-compensation", "commercial")
        case "self-pay":
            return ("patient",)
        case "home":  # Medicare wants visits of a month on one claim (B10), and a patient may have two here
            return (dice.choice(("commercial", "commercial", "medicaid", "medicare-advantage")),)
        case _:
            return (dice.choice(("commercial", "commercial", "medicaid", "medicare-advantage", "medicare")),)


def _expected(event: dict[str, Any], kind: Kind, payers: tuple[str, ...]) -> Expected:
    sums: dict[str, int] = {}
    for component, cents in _charges(event):
        sums[component] = sums.get(component, 0) + cents
    names = {"facility": "institutional", "professional": "professional"}
    claims = tuple((names[component], payers[0], cents) for component, cents in sorted(sums.items()))
    outcome: Literal["claimed", "billed", "returned"] = "claimed"
    if kind in {"unsigned", "unpriced"}:
        outcome, claims = "returned", ()
    elif kind == "self-pay":
        outcome, claims = "billed", ()
    return Expected(
        hospital=event["hospital"],
        chart_id=event["chart_id"],
        account=event["account_number"],
        event_id=event["event_id"],
        kind=kind,
        outcome=outcome,
        claims=claims,
        payers=payers,
        cents=0 if outcome == "returned" else sum(sums.values()),
    )


def _charges(event: dict[str, Any]) -> Iterator[tuple[str, int]]:
    """The oracle's prices: the visit by its class, each service by its code, as the hospital's price list has them."""
    codes = [("class", event["encounter"]["encounter_class"])]
    for statement in event["statements"]:
        if statement["kind"] in {"laboratory", "supply"}:
            coding = statement["codings"][0]
            codes.append(("loinc" if coding["system"] == _LOINC else "local", coding["code"]))
    for code in codes:
        yield from _price_list(event["hospital"]).get(code, ())


@lru_cache
def _price_list(hospital: str) -> dict[tuple[str, str], tuple[tuple[str, int], ...]]:
    """What a hospital charges in 2026: (system, code) -> its components with their cents."""
    found: dict[tuple[str, str], tuple[tuple[str, int], ...]] = {}
    with (ROOT / "infra/kafka/chargemasters" / f"{hospital}.csv").open() as file:
        for row in csv.DictReader(file):
            if row["start"] <= str(FIRST_DAY) and row["end"] in {"", *(f"{y}-12-31" for y in (2026, 2027))}:
                key = (row["system"], row["code"])
                found[key] = (*found.get(key, ()), (row["component"], int(row["price_cents"])))
    return found


def _event(patient: _Patient, names: tuple[str, str], kind: Kind, day: date, payers: tuple[str, ...]) -> dict[str, Any]:
    """A short visit: a diagnosis, in the clinic a test and a supply, and a signed note. What is left out is unknown."""
    start = datetime.combine(day, time(15), UTC)
    end, hospital = start + timedelta(minutes=40), patient.hospital
    account, chart_id = names
    statements = [_diagnosis(kind)]
    if kind in {"clinic", "work-injury", "unpriced"}:
        statements += _services(hospital, kind, start)
    note = {"id": "note", "kind": _coded(_LOINC, *_NOTE)}
    signed = {} if kind == "unsigned" else {"signed_by": "DR-IM-001", "signed_at": end}
    cause = {"kind": "employment", "date": day, "state": "MA", "employer": "Invented Works", "claim_number": "WC-1"}
    return {
        "event_id": str(uuid.uuid5(uuid.NAMESPACE_OID, f"{hospital}/{chart_id}/1")),
        "occurred_at": end,
        "producer": hospital,
        "software": "chaos 1",
        "hospital": hospital,
        "chart_id": chart_id,
        "version": 1,
        "account_number": account,
        "patient": _who(patient),
        "encounter": _encounter(hospital, chart_id, kind, start, end),
        "causes": [cause] if kind == "work-injury" else [],
        "documents": [note | signed],
        "statements": statements,
        "orders": [{"id": "o-1", "coding": _coded(_LOINC, "2345-7", "Glucose"), "status": "completed"}]
        if kind == "clinic"
        else [],
        "coverages": [_coverage(patient, payer) for payer in payers],
    }


def _diagnosis(kind: Kind) -> dict[str, Any]:
    code = ("S61.411A", "Laceration of right hand") if kind == "work-injury" else ("I10", "Essential hypertension")
    return {"id": "dx", "kind": "diagnosis", "text": code[1], "codings": [_coded(_ICD, *code)], "rank": 1}


def _services(hospital: str, kind: Kind, start: datetime) -> list[dict[str, Any]]:
    done = {"performed_at": start, "quantity": 1000}  # thousandths
    code = "no-such-service" if kind == "unpriced" else "elastic-bandage-wrap"
    wrap = _coded(f"urn:{hospital}:services", code, "Elastic bandage")
    services = [done | {"id": "wrap", "kind": "supply", "codings": [wrap], "text": f"Bandage {code}"}]
    if kind == "clinic":
        glucose = _coded(_LOINC, "2345-7", "Glucose")
        test = {"id": "lab", "kind": "laboratory", "codings": [glucose], "result_present": True, "order_id": "o-1"}
        services.append(done | test)
    return services


def _encounter(hospital: str, chart_id: str, kind: Kind, start: datetime, end: datetime) -> dict[str, Any]:
    classes = {"clinic": ("ambulatory", "22"), "work-injury": ("ambulatory", "22"), "home": ("home", "12")}
    encounter_class, place = classes.get(kind, ("virtual", "02"))
    return {
        "id": f"E-{chart_id}",
        "encounter_class": encounter_class,
        "start": start,
        "end": end,
        "place_of_service": place,
        "facility": hospital,
        "discharge": {"status": "01"},
        "providers": [{"role": "attending", "local_id": "DR-IM-001"}],
    }


def _who(patient: _Patient) -> dict[str, Any]:
    home = {"lines": ["7 Invented Lane"], "city": "Springfield", "state": "MA", "postal_code": "01103", "country": "US"}
    name = {"family": "Example", "given": f"Person{patient.number}"}
    born = {"birth_date": date(1961, 7, 4), "sex": "female"}
    return {"mrn": patient.mrn, "name": name, **born, "address": home, "phone": "555-0100"}


def _coverage(patient: _Patient, payer: str) -> dict[str, Any]:
    kind, plan = _PLANS[payer]
    return {
        "id": f"cover-{payer}",
        "payer": payer,
        "kind": kind,
        "plan_kind": plan,
        "member_id": None if kind == "patient" else f"EXM{patient.number:07d}",
        "subscriber": {"relationship": "self"},
        "valid_from": date(2026, 1, 1),
    }


def _coded(system: str, code: str, display: str) -> dict[str, str]:
    return {"system": system, "code": code, "display": display}
