"""The encounter as a claim needs it: days where it happened, and people by the hospital's roster."""

from datetime import date
from typing import Final

from claims.partners import Hospital
from schemas.events.chart import ChartCompleted, Encounter, EncounterClass
from schemas.events.coded import StayFacts
from schemas.events.people import Organization, Provider
from schemas.events.types import Instant

_PLACES: Final[dict[EncounterClass, str]] = {
    "inpatient": "21",
    "ambulatory": "22",
    "observation": "22",
    "emergency": "23",
    "home": "12",
}
"""Where a class takes place when the chart doesn't say. A virtual visit may be 02 or 10: that is not guessed."""

STILL_A_PATIENT: Final = "30"
"""Patient status of a stay that goes on, X12 CL103."""

INPATIENT_PLACES: Final = frozenset({"21", "51", "61"})
"""Hospital, psychiatric and rehabilitation inpatient: a professional claim from there has the admission date."""

INPATIENT_BILLS: Final = frozenset({"011", "018", "021", "041", "065", "066", "086"})
"""Types of bill, without their frequency, of who stays: in a hospital or its swing bed, a nursing or other facility."""


def local_day(instant: Instant, hospital: Hospital) -> date:
    """A moment's day on the hospital's calendar: a claim's dates are local."""
    return instant.astimezone(hospital.zone).date()


def years_between(birth: date, day: date) -> int:
    """Full years; negative before the birth. Who was born on 29 February turns a year older on 1 March."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def coding_day(facts: StayFacts) -> date:
    """Diagnosis codes are valid by the discharge day of an inpatient stay, and by the first day of any other (OCG)."""
    return facts.end_day if facts.encounter_class == "inpatient" else facts.start_day


def admission_day(facts: StayFacts) -> date | None:
    """As stated; of an inpatient stay, else its first day. Elsewhere a visit's day is no admission."""
    return facts.admission_date or (facts.start_day if facts.encounter_class == "inpatient" else None)


def covered_days(facts: StayFacts, leave_days: int) -> int:
    """Days of room and board: the admission day counts and the discharge day does not, unless they are one. While the
    patient is still there, the last day counts.

    Source: CMS Pub. 100-02 chapter 3 section 20.1.
    """
    inpatient = facts.encounter_class == "inpatient"
    stays_on = inpatient and facts.discharge_status == STILL_A_PATIENT
    later = inpatient and facts.admission_date is not None and facts.admission_date < facts.start_day
    return max(0 if later else 1, (facts.end_day - facts.start_day).days + stays_on - leave_days)


def resolved(provider: Provider, hospital: Hospital) -> Provider:
    """A provider with what the roster knows of him; what the chart says stands."""
    known = hospital.roster.get(provider.local_id) if provider.local_id else None
    if known is None:
        return provider
    return provider.model_copy(
        update={
            "npi": provider.npi or known.npi,
            "name": provider.name or known.name,
            "taxonomy": provider.taxonomy or known.taxonomy,
            "billing_entity": provider.billing_entity or known.billing_entity,
        }
    )


def stay_facts(chart: ChartCompleted, hospital: Hospital) -> StayFacts | None:
    """The facts of an encounter that has both its ends; without them no day is known, and nothing can be billed."""
    encounter = chart.encounter
    if encounter.start is None or encounter.end is None:
        return None
    admission, discharge = encounter.admission, encounter.discharge
    return StayFacts(
        id=encounter.id,
        encounter_class=encounter.encounter_class,
        start=encounter.start,
        end=encounter.end,
        start_day=local_day(encounter.start, hospital),
        end_day=local_day(encounter.end, hospital),
        place_of_service=encounter.place_of_service or _PLACES.get(encounter.encounter_class),
        admission_type=admission.type if admission else None,
        admission_source=admission.source if admission else None,
        admission_hour=_hour(encounter, encounter.start, admission.hour if admission else None, hospital),
        discharge_status=discharge.status if discharge else None,
        discharge_hour=_hour(encounter, encounter.end, discharge.hour if discharge else None, hospital),
        service_facility=_facility(hospital),
        providers=tuple(resolved(provider, hospital) for provider in encounter.providers),
        leave_days=encounter.leave_days,
        birth_weight_grams=encounter.birth_weight_grams,
        admission_date=admission.date if admission else None,
        changed_to_outpatient_at=encounter.changed_to_outpatient_at,
    )


def _hour(encounter: Encounter, instant: Instant, stated: str | None, hospital: Hospital) -> str | None:
    """The hour as stated, or of the documented moment; only an inpatient stay has one."""
    if stated is not None or encounter.encounter_class != "inpatient":
        return stated
    return f"{instant.astimezone(hospital.zone):%H}"


def _facility(hospital: Hospital) -> Organization:
    return Organization(
        npi=hospital.npi,
        name=hospital.name,
        taxonomy=hospital.taxonomy,
        tax_id=hospital.tax_id,
        address=hospital.address,
    )
