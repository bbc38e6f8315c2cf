"""Refusals, deadlines and statistics: what the pipeline says about itself."""

from typing import Literal

from schemas.events.types import Code, Count, Event, Id, Instant, Line, Many, Wire

DeadlineKind = Literal[
    "bill-hold-ends", "query-overdue", "timely-filing-near", "appeal-near", "acknowledgement-overdue", "answer-overdue",
    "remittance-incomplete", "window-closes", "window-publishes",
]  # fmt: skip


class Refused(Event):
    """Told to a partner whose record was not taken: where it stood, what was wrong, how to mend it. Never its
    content."""

    partner: Id
    topic: Line
    partition: Count
    offset: int
    refused_event_id: Id | None = None
    code: Code
    field: Line | None = None
    mend: Line


class DeadlineDue(Event):
    """A deadline's time has come. It acts once: by compare-and-set from open to fired where it is decided."""

    deadline_id: Id
    kind: DeadlineKind
    stage: Id
    about: Line
    due_at: Instant


class ClaimStats(Wire):
    """One outcome of one stage, de-identified by Safe Harbor (45 CFR 164.514(b)(2)): no day, no place below the
    state, no id."""

    stage: Id
    outcome: Code
    year: Count
    payer_kind: Code | None = None
    plan_kind: Code | None = None
    age_band: Code | None = None
    sex: Code | None = None
    state: Code | None = None
    encounter_class: Code | None = None
    diagnosis_groups: Many[Code] = ()
    service_groups: Many[Line] = ()
    drg: Code | None = None
    carcs: Many[Code] = ()
    edits: Many[Code] = ()
    cents_bucket: Code | None = None


class Measure(Wire):
    name: Code
    value: int


class Cell(Wire):
    """One published cell: its dimensions in the table's order, patients counted once, measures. Suppressed cells
    have nulls."""

    dimensions: Many[Line]
    patients: int | None
    measures: Many[Measure] = ()
    suppressed: Literal["no", "small", "complementary"] = "no"


class ClaimStatsPublished(Event):
    """A closed window of one table. The method and the versions say how it may be read."""

    window: Code
    table: Code
    question: Line
    dimensions: Many[Code]
    cells: Many[Cell]
    suppressed_cells: Count
    method: Line
    versions: Line
