"""What a rule looks at: a coded chart, the tables, and everything that several rules ask, looked up once."""

from collections.abc import Mapping
from datetime import date
from operator import le
from typing import Final

from claims.claimed_stays import Grouping, Stay
from claims.code_facts import CodeFacts
from claims.codesets.dated import Term
from claims.edits.columns import Columns, columns_of
from claims.edits.ncci import Days, Excess, Unbundled, days_of_chart, days_with_others, over_limits, unbundled
from claims.edits.once import once
from claims.edits.stays import SECONDARY, inpatient_stay
from claims.folding import folded_numbers
from claims.history import HistoryLine, PatientHistory
from claims.in_force import changes, covers
from claims.mce import quarter
from claims.partners import Hospital, Payer
from claims.payers import first_payer
from claims.stay import coding_day, years_between
from claims.tables import Reference
from claims.turns import days_of
from schemas.events.chart import Coverage
from schemas.events.coded import ChartCoded

PAIR_TABLES: Final = ("ptp-practitioner", "ptp-outpatient")
UNIT_TABLES: Final = ("mue-practitioner", "mue-outpatient", "mue-dme")
NO_HISTORY = PatientHistory()
_TREATED: Final = frozenset({"principal", "other"})


class Subject:
    """A chart under judgement. `history` is what stands of the patient's other charts, empty where nobody keeps it;
    `stay` is the inpatient stay, where it was made before."""

    def __init__(
        self, chart: ChartCoded, reference: Reference, history: PatientHistory = NO_HISTORY, stay: Stay | None = None
    ) -> None:
        self.chart, self.reference, self.history = chart, reference, history
        self.tables = reference.tables
        self.stay, self.patient = chart.encounter, chart.patient
        self.services, self.diagnoses, self.coverages = chart.services, chart.diagnoses, chart.coverages
        self.inpatient = self.stay.encounter_class == "inpatient"
        self.inpatient_stay = (stay or inpatient_stay(chart)) if self.inpatient else None
        """The whole stay as the Medicare Code Editor reads it; None without a principal diagnosis or a birth date."""
        self.day: date = coding_day(self.stay)
        """By which diagnosis codes are valid: of discharge for an inpatient, the first one for others."""
        self.lines: Columns = columns_of(chart.services)
        """The fields of the lines side by side."""
        self.facility, self.professional = "facility" in self.lines.component, "professional" in self.lines.component
        partners, of, since = reference.partners, reference.diagnosis_codes.facts, quarter(self.day)
        self.hospital: Hospital = partners.hospitals[chart.hospital]
        self.first: Coverage | None = first_payer(chart)
        """Whose claim it will be first: after a work injury who answers for that; None: the patient's."""
        self.payer: Payer | None = partners.payers.get(self.first.payer) if self.first else None
        """The first payer's entry among the partners."""
        self.facts: tuple[CodeFacts, ...] = tuple([of(diagnosis.code, since) for diagnosis in chart.diagnoses])
        """What is known of each diagnosis's code on the day of coding, in their order."""
        self.codes: tuple[str, ...] = tuple([facts.key for facts in self.facts])
        """The diagnosis codes in their order, without dots."""
        self.roles: tuple[str, ...] = tuple([diagnosis.role for diagnosis in chart.diagnoses])
        self._ask_what_every_chart_is_asked()

    def _ask_what_every_chart_is_asked(self) -> None:
        """Plain attributes: Python reads them several times faster than what is looked up when first asked for."""
        stay, born, known = self.stay, self.patient.birth_date, self.reference.partners.payers
        starts, ends = self.lines.service_from or (stay.start_day,), self.lines.service_to or (stay.end_day,)
        self.days: tuple[date, date] = min(starts), max(ends)
        """The first and the last day of all lines; of a chart without any, of the encounter."""
        self.in_order = not self.services or all(map(le, starts, ends))
        """Whether no line ends before it begins."""
        moment = self.chart.received_at or self.chart.occurred_at
        self.received: date = moment.astimezone(self.hospital.zone).date()
        """The day we had the chart, where the hospital is: the 'today' of every rule."""
        self.age: int | None = None if born is None else years_between(born, stay.start_day)
        """Full years on the first day; negative before the birth; None where no birth date is known."""
        self.payers: tuple[Payer | None, ...] = tuple([known.get(coverage.payer) for coverage in self.coverages])
        """Each coverage's payer as his entry among the partners has him."""
        self.span: tuple[date, date] = days_of(self.chart)
        """The days of the encounter, and of services that were folded into it."""
        self.plans_change = not all(covers(coverage, *self.span) for coverage in self.coverages)
        """Whether a coverage is not in force on all of them."""
        self.treated: tuple[int, ...] = tuple([at for at, role in enumerate(self.roles) if role in _TREATED])
        """Where the diagnoses stand that the patient has: not why he came, nor the causes."""
        self.categories: tuple[str, ...] = tuple([self.codes[at][:3] for at in self.treated])
        """The categories of those, in their order."""

    @property
    def plan_days(self) -> tuple[date, ...]:
        """The first day, and each from which other plans are in force."""
        return changes(self.coverages, *self.span) if self.plans_change else self.span[:1]

    @once
    def place(self) -> int | None:
        """Where among the coverages the first payer's stands."""
        return next((at for at, coverage in enumerate(self.coverages) if coverage is self.first), None)

    @once
    def provider_days(self) -> Days:
        """The lines that NCCI compares, by provider and day."""
        return days_of_chart(self.chart)

    @once
    def other_charts(self) -> tuple[HistoryLine, ...]:
        """The lines of the patient's other charts; an earlier version of this one is corrected, not another, and a line
        that was folded into it is its own."""
        own, folded = (self.chart.hospital, self.chart.chart_id), folded_numbers(self.chart)
        lines = (line for line in self.history.lines if (line.hospital, line.chart_id) != own)
        return tuple(line for line in lines if line.control_number not in folded)

    @once
    def hospital_lines(self) -> Mapping[tuple[str, str], list[tuple[date, str]]]:
        """Day and revenue code of the hospitals' own lines of the patient's charts, by hospital and chart."""
        found: dict[tuple[str, str], list[tuple[date, str]]] = {}
        for line in self.history.lines:
            if line.component == "facility":
                found.setdefault((line.hospital, line.chart_id), []).append((line.day, line.revenue_code or ""))
        return found

    @once
    def days_with_others(self) -> Days:
        """Those of the days on which the same provider has lines on other charts of the patient."""
        if not self.other_charts:
            return {}
        return days_with_others(self.provider_days, self.other_charts, self.history)

    @once
    def unbundled(self) -> tuple[Unbundled, ...]:
        """Lines of the chart that are not paid together."""
        return tuple(unbundled(self.provider_days, self.tables)) if self._has_pairs else ()

    @once
    def unbundled_across(self) -> tuple[Unbundled, ...]:
        """The same with the lines of the patient's other charts."""
        return tuple(unbundled(self.days_with_others, self.tables)) if self._has_pairs else ()

    @property
    def _has_pairs(self) -> bool:
        return any(map(self.tables.has, PAIR_TABLES))

    @once
    def excesses(self) -> tuple[Excess, ...]:
        """Lines of the chart with more units than their limit."""
        return tuple(over_limits(self.provider_days, self.tables)) if self._has_limits else ()

    @once
    def excesses_across(self) -> tuple[Excess, ...]:
        """The same with the lines of the patient's other charts."""
        return tuple(over_limits(self.days_with_others, self.tables)) if self._has_limits else ()

    @property
    def _has_limits(self) -> bool:
        return any(map(self.tables.has, UNIT_TABLES))

    @once
    def terms(self) -> tuple[Term | None, ...]:
        """What CMS's HCPCS file says of each line's code on its day."""
        term = self.tables.term
        return tuple(
            None if service.code is None else term("hcpcs", service.code, service.service_from)
            for service in self.services
        )

    @once
    def principal_place(self) -> int:
        """Where the principal diagnosis stands; 0 where there is none."""
        return next((at for at, diagnosis in enumerate(self.diagnoses) if diagnosis.role == "principal"), 0)

    @once
    def other_places(self) -> tuple[int, ...]:
        """Where the other diagnoses of the inpatient stay stand, in its order."""
        diagnoses = list(enumerate(self.diagnoses))
        return tuple(at for role in SECONDARY for at, diagnosis in diagnoses if diagnosis.role == role)

    @once
    def editor(self) -> Mapping[str, int]:
        """What the Medicare Code Editor says of the stay: for how many codes each edit is raised, by its name there."""
        return {} if self.inpatient_stay is None else dict(self.reference.mce.edits(self.inpatient_stay))

    @once
    def grouping(self) -> Grouping | None:
        """What the grouper says of the stay."""
        return None if self.inpatient_stay is None else self.reference.mce.grouping(self.inpatient_stay)
