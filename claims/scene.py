"""What every statement of a chart is coded by, and what is found for it."""

from datetime import date
from typing import Final, NamedTuple

from claims.codesets.shapes import ICD_10_CM
from claims.partners import Hospital
from claims.stay import coding_day
from claims.tables import Reference
from schemas.events.chart import ChartCompleted, Episode, Laterality, Statement
from schemas.events.coded import CodingPath, StayFacts

CLINICAL: Final = frozenset({"diagnosis", "symptom"})


class Found(NamedTuple):
    """A code for a statement, and how it was found: the words that were coded, and what of the code set led to it."""

    code: str
    statement: Statement
    path: CodingPath
    phrase: str | None = None
    note: str | None = None


class Told(NamedTuple):
    """Side and episode, as fields of the statement or its words say them."""

    side: Laterality | None = None
    episode: Episode | None = None


NOTHING_TOLD: Final = Told()


class Scene(NamedTuple):
    """What every statement of a chart is coded by."""

    chart: ChartCompleted
    hospital: Hospital
    facts: StayFacts
    reference: Reference

    @property
    def day(self) -> date:
        return coding_day(self.facts)

    @property
    def inpatient(self) -> bool:
        return self.facts.encounter_class == "inpatient"

    def given(self) -> frozenset[str]:
        """The ICD-10-CM codes that the hospital gave for what the patient has."""
        return frozenset(
            coding.code
            for statement in self.chart.statements
            if statement.kind in CLINICAL and statement.certainty == "confirmed" and statement.whose == "patient"
            for coding in statement.codings
            if coding.system in ICD_10_CM
        )


def text_of(statement: Statement) -> str | None:
    """The words of a statement, or else those beside a code it carries."""
    return statement.text or next((coding.display for coding in statement.codings if coding.display), None)
