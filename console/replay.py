"""`claimstream replay`: recorded charts judged by other tables, without writing: what would be said otherwise now."""

from collections.abc import Iterator
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from agents.assembly import Assembly
from agents.other_tables import other_tables
from agents.reference import CODESETS
from agents.replaying import Replay
from claims.replay import Difference
from console.faults import Mendable
from console.screen import Json, counted, dollars, draw, say, say_json, table
from console.wire import reachable
from schemas.records import Record
from streams.recorded import recorded
from streams.settings import Settings
from streams.topics import CHART_CODED, CHART_COMPLETED, CHART_RETURNED, CODER_ANSWERS

app = typer.Typer(add_completion=False)

_FORMATS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]


@app.command()
def replay(
    since: Annotated[
        datetime,
        typer.Option(
            "--from",
            formats=_FORMATS,
            metavar="DAY",
            help="Charts received from then on: YYYY-MM-DD, or with THH:MM:SS; UTC.",
        ),
    ],
    until: Annotated[datetime, typer.Option("--to", formats=_FORMATS, metavar="DAY", help="And before then.")],
    tables: Annotated[
        Path | None,
        typer.Option(
            help="A folder with any of partners.yaml, chargemasters/, diagnosis-maps/, codesets.bin, tables.bin or "
            "tables.yaml; what it lacks is as it is in force. Without it: the tables in force."
        ),
    ] = None,
    charts: Annotated[bool, typer.Option("--charts", help="Name each chart, not only the sums.")] = False,
    as_json: Json = False,
) -> None:
    """Judge recorded charts by other tables and tell which would be judged otherwise, by rule, with their charges.

    Nothing is written, and no group notices. Exit status 1 when something differs.
    """
    settings = Settings()
    if until <= since:
        raise typer.BadParameter("--to must be after --from")
    reachable(settings)
    parts, span = Assembly(settings), (_ms(since), _ms(until))
    with nullcontext(parts.reference) if tables is None else other_tables(tables, settings.infra, CODESETS) as other:
        compared = Replay(parts.reference, other, parts.codec)
        for topic in (CHART_CODED, CHART_RETURNED):
            compared.remember(_records(settings, topic, span))
        found = list(compared.compare(_both(settings, span)))
    _tell(compared, found, charts, as_json)
    raise typer.Exit(1 if found else 0)


def _both(settings: Settings, span: tuple[int, int]) -> Iterator[Record]:
    """Charts before the answers of coders: an answer is held against its chart."""
    for topic in (CHART_COMPLETED, CODER_ANSWERS):
        yield from _records(settings, topic, span)


def _records(settings: Settings, topic: str, span: tuple[int, int]) -> Iterator[Record]:
    return recorded(settings.consumer_config("comparison"), topic, *span)


def _tell(compared: Replay, found: list[Difference], charts: bool, as_json: bool) -> None:
    unexplained = sum(not each.reproduced for each in found)
    facts = {"judged": compared.judged, "unsaid": compared.unsaid, "different": len(found)}
    facts |= {"not_by_these_tables_alone": unexplained if compared.today is not compared.other else 0}
    if as_json:
        rows = [each._asdict() for each in found] if charts else []
        say_json({**facts, "by_rule": [row._asdict() for row in compared.tally.rows()], "charts": rows})
        return
    if found:
        sums = ((row.what, row.change, row.charts, dollars(row.cents)) for row in compared.tally.rows())
        draw(table("What differs", ("rule", "in words", "charts#", "charges#"), sums))
    if charts and found:
        named = ((d.hospital, d.chart_id, d.version, d.before, d.now, ", ".join(d.appeared)) for d in found)
        draw(table("Charts", ("hospital", "chart", "version#", "then", "now", "in words"), named))
    judged, unsaid = compared.judged, compared.unsaid
    say(f"{counted(judged, 'chart')} judged again, {len(found):,} differently; nothing is recorded of {unsaid:,}")
    if facts["not_by_these_tables_alone"]:
        say(f"of {unexplained:,} the tables in force don't say what was recorded either: another release judged them")


def _ms(moment: datetime) -> int:
    if moment.tzinfo is not None:
        raise Mendable("a time with a zone", "give it in UTC without one")
    return int(moment.replace(tzinfo=UTC).timestamp() * 1000)
