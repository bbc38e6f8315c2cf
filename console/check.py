"""`claimstream check`: charts judged offline, by the rules and tables in force: would they be returned, and why?"""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from agents.assembly import Assembly
from claims.fhir import BadChartFile
from claims.tables import Reference
from claims.validation import validate
from console.check_claims import check_claims, is_of_claims
from console.faults import Mendable
from console.publish import Publication, read_charts
from console.screen import Json, counted, dollars, draw, say, say_json, table
from schemas.events import ChartCoded, ChartCompleted, ChartReturned
from streams.settings import Settings

app = typer.Typer(add_completion=False)

Said = ChartCoded | ChartReturned
Files = Annotated[
    list[Path],
    typer.Argument(
        exists=True,
        readable=True,
        metavar="FILE",
        help="FHIR R4 (a Bundle, or a folder of bulk data), one chart-completed event as JSON, or an 837.",
    ),
]


@app.command()
def check(
    files: Files,
    hospital: Annotated[
        str | None, typer.Option(help="Whose charts these are: an id of partners.yaml. A claim names its own.")
    ] = None,
    received: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Of claims: the day on which payers get them, for timely filing."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Judge charts without sending them: everything that is missing or wrong, at once, as validation would say it.

    Files of claims (837P, 837I, anybody's) are judged claim by claim, each as one chart, by the rules that a claim
    alone can be held to. Edits over the patient's other charts need the ledger and are not asked. Exit status 1 when a
    chart or claim would be returned, or something could not be read.
    """
    parts = Assembly(Settings())
    of_claims = [file for file in files if is_of_claims(file)]
    of_charts = [file for file in files if file not in of_claims]
    if of_charts and hospital is None:
        raise Mendable("charts without their hospital", "say --hospital with an id of partners.yaml")
    well = check_charts(of_charts, hospital, parts, as_json) if of_charts and hospital else True
    if of_claims:
        well &= check_claims(of_claims, parts, received.date() if received else None, as_json)
    raise typer.Exit(0 if well else 1)


def check_charts(files: Sequence[Path], hospital: str, parts: Assembly, as_json: bool) -> bool:
    """Whether all could be read, and would be billed."""
    reference = parts.reference
    read = Publication(hospital, "")
    now = parts.clock.now_ms()
    judged = [_judged(chart, reference, now) for chart in _charts(files, reference, hospital, read)]
    for said in judged:
        if as_json:
            say_json(_facts(said))
        else:
            _tell(said)
    for bad in read.bad:
        typer.echo(f"not read: {bad}", err=True)
    for left in read.unpublished:
        typer.echo(f"no chart: encounter {left.encounter_id} is {left.code}: {left.why}", err=True)
    returned = sum(isinstance(said, ChartReturned) for said in judged)
    if not as_json:
        say(f"{counted(len(judged), 'chart')} checked, {returned:,} would be returned")
    return bool(judged) and not returned and not read.bad


def _charts(files: Sequence[Path], reference: Reference, hospital: str, read: Publication) -> Iterator[ChartCompleted]:
    events = [
        file for file in files if file.is_file() and (said := _document(file)) is not None and "statements" in said
    ]
    yield from (_event(file, hospital) for file in events)
    if rest := [file for file in files if file not in events]:
        yield from read_charts(reference.partners, hospital, rest, read)


def _document(file: Path) -> dict[str, Any] | None:
    """A file that holds one JSON object; null for any other, which is FHIR's to read or to refuse."""
    try:
        said = json.loads(file.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) else None


def _event(file: Path, hospital: str) -> ChartCompleted:
    try:
        chart = ChartCompleted.model_validate_json(file.read_text(encoding="utf-8-sig"))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        raise BadChartFile(str(file), 1, 1, field, f"{first['msg']}; docs/hospital.md has the fields") from None
    if chart.hospital != hospital:
        raise BadChartFile(str(file), 1, 1, "hospital", "the chart is another hospital's: say so in --hospital")
    return chart


def _judged(chart: ChartCompleted, reference: Reference, now_ms: int) -> Said:
    """As if it had just been received."""
    received = chart.received_at or datetime.fromtimestamp(now_ms // 1000, UTC)
    return validate(chart.model_copy(update={"received_at": received}), reference)


def _facts(said: Said) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "chart": said.chart_id,
        "version": said.version,
        "returned": isinstance(said, ChartReturned),
    }
    facts["findings"] = [finding.model_dump(exclude_none=True) for finding in said.findings]
    if isinstance(said, ChartReturned):
        facts["reason"] = said.reason
        facts["queries"] = [query.model_dump(exclude_none=True, mode="json") for query in said.queries]
        facts["worklist"] = [item.model_dump(exclude_none=True, mode="json") for item in said.worklist]
    else:
        facts["charge_cents"] = sum(service.charge_cents for service in said.services)
        facts["drg"] = said.drg.code if said.drg else None
    return facts


def _tell(said: Said) -> None:
    """A table of one chart: findings, then what is asked, then what a coder has to code."""
    if isinstance(said, ChartReturned):
        verdict = f"would be returned ({said.reason})"
    else:
        cents = sum(service.charge_cents for service in said.services)
        verdict = f"would be billed, {dollars(cents)}" + (f", MS-DRG {said.drg.code}" if said.drg else "")
    rows = list(_rows(said))
    title = f"Chart {said.chart_id}: {verdict}"
    if rows:
        draw(table(title, ("rule", "severity", "CARC", "field", "in words"), rows))
    else:
        say(title)


def _rows(said: Said) -> Iterator[tuple[object, ...]]:
    for finding in said.findings:
        yield finding.rule, finding.severity, finding.carc, finding.field, f"{finding.message}; mend: {finding.mend}"
    if isinstance(said, ChartReturned):
        for query in said.queries:
            yield query.topic or "query", query.kind, None, f"to {query.to}", query.question
        for item in said.worklist:
            yield "worklist", item.kind, None, item.statement, item.why
