"""A coder's answer to an item, and what an answer must be."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

from claims.codesets.shapes import (
    is_inpatient_procedure_shape,
    is_modifier_shape,
    is_procedure_shape,
    is_revenue_shape,
    with_dot,
    without_dot,
)
from claims.draft import Draft
from claims.ranking import ADMISSION
from claims.stay import coding_day
from claims.tables import Reference
from claims.validity import billable_on
from schemas.events.chart import PresentOnAdmission
from schemas.events.coded import WorkItem
from schemas.events.types import Cents, Code, DayOfCare, Line, Many, Milli, Wire

Family = Literal["diagnosis", "principal", "admitting", "procedure", "line"]


class BilledLine(Wire):
    """A service as a coder bills it. `units` are thousandths."""

    code: Code | None = None
    revenue_code: Code | None = None
    units: Milli
    cents: Cents
    modifiers: Many[Code] = ()
    component: Literal["facility", "professional"] = "facility"


class CoderAnswer(Wire):
    """What a coder says to one item: codes, or a line, or why there is none. `leads`: its first code is the principal
    diagnosis."""

    codes: Many[Code] = ()
    line: BilledLine | None = None
    leads: bool = False
    present_on_admission: PresentOnAdmission | None = None
    performed_on: DayOfCare | None = None
    dropped: Line | None = None


class Answered(NamedTuple):
    item: WorkItem
    answer: CoderAnswer


def family(item: WorkItem, draft: Draft) -> Family:
    """What an item wants: it is a service's when a line of the draft waits for it, and a diagnosis' otherwise."""
    match item.kind:
        case "principal" | "admitting" | "procedure":
            return item.kind
        case _ if any(line.statement == item.statement for line in draft.lines):
            return "line"
        case _:
            return "diagnosis"


def faults(item: WorkItem, answer: CoderAnswer, draft: Draft, reference: Reference) -> Iterator[str]:
    """Why this is no answer to the item, each with its mend."""
    wanted = family(item, draft)
    if answer.dropped is not None:
        if answer.codes or answer.line:
            yield "either a code or a line, or --drop: not both"
        if wanted == "principal":
            yield "one diagnosis has to lead: name it"
    elif wanted == "line":
        yield from _line_faults(answer)
    else:
        yield from _code_faults(wanted, answer, draft, reference)


def _line_faults(answer: CoderAnswer) -> Iterator[str]:
    line = answer.line
    if line is None:
        yield "a service needs a line: --units and --cents, with a code or --revenue-code"
        return
    if len(answer.codes) > 1:
        yield "a line has one code"
    if line.code is None and line.revenue_code is None:
        yield "a line has a code, or a --revenue-code, or both"
    if line.code is not None and not is_procedure_shape(line.code):
        yield "the code has not the shape of a HCPCS code"
    if line.revenue_code is not None and not is_revenue_shape(line.revenue_code):
        yield "a revenue code has four digits"
    if line.component == "facility" and line.revenue_code is None:
        yield "a facility's line needs its --revenue-code (837I SV201)"
    if line.units <= 0 or line.units % 1000:
        yield "--units are whole, and at least 1"
    if line.cents < 0:
        yield "--cents are not negative"
    if any(not is_modifier_shape(modifier) for modifier in line.modifiers):
        yield "a modifier has two capital letters or digits"


def _code_faults(wanted: Family, answer: CoderAnswer, draft: Draft, reference: Reference) -> Iterator[str]:
    if answer.line is not None:
        yield "this item wants a code: no --units, --cents, --revenue-code or --modifier"
    if not answer.codes:
        yield "name a code, or --drop with the reason why there is none"
    if wanted != "diagnosis" and len(answer.codes) > 1:
        yield "this item wants one code"
    if wanted == "principal" and not {with_dot(without_dot(code)) for code in answer.codes} <= _coded(draft):
        yield "what leads is one of the chart's codes; of an item of its own say --principal there"
    for code in answer.codes:
        yield from (
            _procedure_faults(code, answer, draft)
            if wanted == "procedure"
            else _diagnosis_faults(code, draft, reference)
        )


def _procedure_faults(code: str, answer: CoderAnswer, draft: Draft) -> Iterator[str]:
    stay = draft.chart.encounter
    if not is_inpatient_procedure_shape(code):
        yield f"{code} has not the shape of an ICD-10-PCS code: seven digits or letters, never I or O"
    if answer.performed_on is None:
        yield "an operation has its day: --on YYYY-MM-DD"
    elif not stay.start_day <= answer.performed_on <= stay.end_day:
        yield "--on is a day of the stay"


def _diagnosis_faults(code: str, draft: Draft, reference: Reference) -> Iterator[str]:
    day = coding_day(draft.chart.encounter)
    if billable_on(code, day, reference):
        return
    entry = reference.codes.diagnosis(code)
    if entry is None:
        yield f"{code} is no ICD-10-CM code that is valid on {day}"
    elif not entry.billable:
        below = ", ".join(each.code for each in reference.codes.below(code, 5))
        yield f"{code} is not complete: name a code below it ({below}, ...)"
    else:
        yield f"{code} is not valid on {day}"


def _coded(draft: Draft) -> frozenset[str]:
    """The diagnoses that one may lead."""
    return frozenset(each.code for each in draft.chart.diagnoses if each.statement != ADMISSION)
