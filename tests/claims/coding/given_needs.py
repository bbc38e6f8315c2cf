"""What tests of needs share: a visit and a stay that meet next to none, and what a change makes of them."""

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from claims.edits.rule import Need
from claims.edits.subject import Subject
from claims.tables import Reference
from schemas.events.coded import ChartCoded, Service
from tests.claims.coding.changes import only, with_partners

Change = Callable[[ChartCoded], ChartCoded]
OF_EVERY_STAY: Final[frozenset[Need]] = frozenset({
    "diagnoses", "inpatient places", "patient status", "providers unknown",
})  # fmt: skip
"""A stay has an admitting diagnosis too, its place, where the patient went, and lines that no practitioner rendered."""


class Given(NamedTuple):
    """Why, what of the chart differs, which needs it meets then, and by which entries of the payer and the hospital."""

    reason: str
    change: Change
    needs: frozenset[Need]
    payer: Mapping[str, Any] = {}
    hospital: Mapping[str, Any] = {}

    def subject(self, chart: ChartCoded, reference: Reference) -> Subject:
        changed = self.change(chart)
        return Subject(changed, with_partners(reference, changed, self.payer, self.hospital))


def needed(reason: str, change: Change, *needs: Need, **payer: Any) -> Given:
    return Given(reason, change, frozenset(needs), payer)


def visit_of_nothing_odd(coded: ChartCoded) -> ChartCoded:
    """A practitioner's line of a clinic visit, by the chargemaster; it meets no need."""
    return only(coded, "professional")


def stay_of_nothing_odd(stay: ChartCoded) -> ChartCoded:
    """A stay for what the patient came with, and nothing else; it meets no need that not every stay does."""
    principal, *others = stay.diagnoses
    there = principal.model_copy(update={"present_on_admission": "Y"})
    return stay.model_copy(update={"diagnoses": (there, *others)})


def with_a_second(chart: ChartCoded, **fields: Any) -> ChartCoded:
    """The chart with its line once more, told by what differs."""
    return chart.model_copy(update={"services": (chart.services[0], chart.services[0].model_copy(update=fields))})


def without_price(chart: ChartCoded, **fields: Any) -> ChartCoded:
    """The chart with a line that differs, of a department for which the chargemaster has none."""
    line: Service = chart.services[0].model_copy(update={"group": None, **fields})
    return chart.model_copy(update={"services": (line,)})
