"""What tests of the edits change: a chart in one place, the partners in one entry; and what a rule then says."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, NamedTuple

from claims.edits.rule import Rule
from claims.edits.subject import Subject
from claims.partners import Hospital, Payer
from claims.tables import Reference
from schemas.events.chart import Cause
from schemas.events.coded import ChartCoded, CodedProcedure

Said = tuple[str, str | None, str | None]
"""Severity, CARC and field of a finding."""


class Case(NamedTuple):
    """Why, which rule, what of the chart is changed, what is said then (nothing: it is silent), and by which entries of
    the partners."""

    reason: str
    rule: Rule
    change: Callable[[ChartCoded], ChartCoded]
    said: tuple[Said, ...] = ()
    payer: Mapping[str, Any] = {}
    hospital: Mapping[str, Any] = {}

    def findings(self, chart: ChartCoded, reference: Reference) -> tuple[Said, ...]:
        changed = self.change(chart)
        partners = with_partners(reference, changed, self.payer, self.hospital)
        found = tuple(self.rule.findings(Subject(changed, partners)))
        assert {finding.rule for finding in found} <= {self.rule.id}
        return tuple((finding.severity, finding.carc, finding.field) for finding in found)


def with_partners(
    reference: Reference, chart: ChartCoded, payer: Mapping[str, Any], hospital: Mapping[str, Any]
) -> Reference:
    """The reference with other entries for the chart's first payer and for its hospital."""
    partners = reference.partners
    asked = next((coverage.payer for coverage in chart.coverages), "patient")
    payers = {**partners.payers, asked: Payer.model_validate({**partners.payer(asked).model_dump(), **payer})}
    here = Hospital.model_validate({**partners.hospital(chart.hospital).model_dump(), **hospital})
    return replace(
        reference,
        partners=partners.model_copy(update={"payers": payers, "hospitals": {**partners.hospitals, here.id: here}}),
    )


def as_it_is(chart: ChartCoded) -> ChartCoded:
    return chart


def with_patient(chart: ChartCoded, **fields: Any) -> ChartCoded:
    return chart.model_copy(update={"patient": chart.patient.model_copy(update=fields)})


def with_stay(chart: ChartCoded, **fields: Any) -> ChartCoded:
    return chart.model_copy(update={"encounter": chart.encounter.model_copy(update=fields)})


def with_coverage(chart: ChartCoded, **fields: Any) -> ChartCoded:
    """The chart with one coverage that differs."""
    return chart.model_copy(update={"coverages": (chart.coverages[0].model_copy(update=fields),)})


def with_coverages(chart: ChartCoded, *each: Mapping[str, Any]) -> ChartCoded:
    """The chart with several coverages, each told by what differs."""
    first = chart.coverages[0]
    plans = (first.model_copy(update={"id": f"p-{at}", **fields}) for at, fields in enumerate(each))
    return chart.model_copy(update={"coverages": tuple(plans)})


def with_provider(chart: ChartCoded, npi: str | None, **fields: Any) -> ChartCoded:
    return with_stay(chart, providers=(chart.encounter.providers[0].model_copy(update={"npi": npi, **fields}),))


def with_provider_too(chart: ChartCoded, **fields: Any) -> ChartCoded:
    """The chart with one provider more."""
    first = chart.encounter.providers[0]
    return with_stay(chart, providers=(first, first.model_copy(update=fields)))


def with_procedure(chart: ChartCoded, code: str, **fields: Any) -> ChartCoded:
    common = {"performed_at": date(2026, 3, 4), "statement": "s", "path": "given", "release": "2026-04-01"}
    return chart.model_copy(update={"procedures": (CodedProcedure(code=code, **{**common, **fields}),)})


def only(chart: ChartCoded, component: str, **fields: Any) -> ChartCoded:
    """The chart with one line, of that component."""
    line = next(service for service in chart.services if service.component == component)
    return chart.model_copy(update={"services": (line.model_copy(update=fields),)})


def happened(chart: ChartCoded, kind: Any, **fields: Any) -> ChartCoded:
    return chart.model_copy(update={"causes": (Cause(kind=kind, **fields),)})


def with_diagnoses(chart: ChartCoded, *codes: str, present: Any = None, **last: Any) -> ChartCoded:
    """The chart with these diagnoses, the first of them principal, before its admitting one; the last one as told."""
    first = chart.diagnoses[0].model_copy(update={"present_on_admission": present, "complication": None})
    given = [
        first.model_copy(update={"code": code, "role": "other" if rank > 1 else "principal", "rank": rank})
        for rank, code in enumerate(codes, start=1)
    ]
    given[-1] = given[-1].model_copy(update=last)
    why = [diagnosis for diagnosis in chart.diagnoses if diagnosis.role == "admitting"]
    return chart.model_copy(update={"diagnoses": (*given, *why)})


def with_service(chart: ChartCoded, *each: Mapping[str, Any]) -> ChartCoded:
    """The chart with hospital's lines, each told by what differs from a visit's."""
    line = chart.services[0].model_copy(update={"component": "facility", "performer_npi": None})
    return chart.model_copy(update={"services": tuple(line.model_copy(update=fields) for fields in each)})


def discharged(chart: ChartCoded, day: date, days: int = 3) -> ChartCoded:
    """The stay on other days."""
    return with_stay(chart, start_day=day - timedelta(days=days), end_day=day)
