"""What a rule looks at: a coded chart, the tables, and everything that several rules ask, looked up once."""

from datetime import date
from functools import cached_property

from claims.codesets.shapes import without_dot
from claims.edits.stays import inpatient_stay
from claims.history import PatientHistory
from claims.mce import MceEdit, Stay
from claims.partners import Hospital, Payer
from claims.payers import first_payer
from claims.stay import coding_day, years_between
from claims.tables import Reference
from schemas.events.chart import Coverage
from schemas.events.coded import ChartCoded

NO_HISTORY = PatientHistory()


class Subject:
    """A chart under judgement. `history` is what stands of the patient's other charts; empty where nobody keeps it."""

    def __init__(self, chart: ChartCoded, reference: Reference, history: PatientHistory = NO_HISTORY) -> None:
        self.chart, self.reference, self.history = chart, reference, history
        self.stay, self.patient = chart.encounter, chart.patient
        self.services, self.diagnoses, self.coverages = chart.services, chart.diagnoses, chart.coverages
        self.inpatient = self.stay.encounter_class == "inpatient"
        self.day: date = coding_day(self.stay)
        """By which diagnosis codes are valid: of discharge for an inpatient, the first one for others."""
        components = {service.component for service in chart.services}
        self.facility, self.professional = "facility" in components, "professional" in components

    @cached_property
    def first(self) -> Coverage | None:
        """Whose claim it will be first: after a work injury who answers for that; None: the patient's."""
        return first_payer(self.chart)

    @cached_property
    def payer(self) -> Payer | None:
        """The first payer's entry among the partners."""
        return self.reference.partners.payers.get(self.first.payer) if self.first else None

    @cached_property
    def hospital(self) -> Hospital:
        return self.reference.partners.hospitals[self.chart.hospital]

    @cached_property
    def received(self) -> date:
        """The day we had the chart, where the hospital is: the 'today' of every rule."""
        moment = self.chart.received_at or self.chart.occurred_at
        return moment.astimezone(self.hospital.zone).date()

    @cached_property
    def age(self) -> int | None:
        """Full years on the first day; negative before the birth; None where no birth date is known."""
        born = self.patient.birth_date
        return None if born is None else years_between(born, self.stay.start_day)

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """The diagnosis codes in their order, without dots."""
        return tuple(without_dot(diagnosis.code) for diagnosis in self.diagnoses)

    @cached_property
    def inpatient_stay(self) -> Stay | None:
        """The whole stay as the Medicare Code Editor reads it; None without a principal diagnosis or a birth date."""
        return inpatient_stay(self.chart)

    @cached_property
    def editor(self) -> tuple[MceEdit, ...]:
        """What the Medicare Code Editor says of the stay."""
        return () if self.inpatient_stay is None else self.reference.mce.edits(self.inpatient_stay)
