"""`claimstream publish`: a hospital's FHIR R4 export, read and sent as finished charts.

This is the hospital's side. Any Kafka client can do the same with the schema (examples/hospital.py does).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import typer

from agents.reference import read_partners
from claims.fhir import BadChartFile, Reading, Unpublished, Unresolved, read_export
from claims.partners import Partners
from console.faults import Mendable
from console.screen import Json, counted, draw, say, say_json, table
from console.wire import deliver, strict_codec
from schemas.events import ChartCompleted
from streams.settings import Settings
from streams.topics import CHART_COMPLETED, outer

app = typer.Typer(add_completion=False)

_BULK = (".ndjson", ".jsonl")
_READ = (*_BULK, ".json")

Paths = Annotated[list[Path], typer.Argument(exists=True, readable=True, help="Folders or files.", metavar="PATH")]


@dataclass
class Publication:
    """What became of an export. A chart is published when the broker has it on disk, and not before."""

    hospital: str
    topic: str
    published: int = 0
    failed: int = 0
    unpublished: list[Unpublished] = field(default_factory=list)
    unresolved: list[Unresolved] = field(default_factory=list)
    bad: list[BadChartFile] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        return not self.bad and not self.failed

    def facts(self) -> dict[str, Any]:
        return {
            "hospital": self.hospital,
            "topic": self.topic,
            "published": self.published,
            "failed": self.failed,
            "unpublished": [{"encounter": u.encounter_id, "code": u.code, "why": u.why} for u in self.unpublished],
            "unresolved": [{"encounter": u.encounter_id, "path": u.path} for u in self.unresolved],
            "bad_files": [
                {"file": b.file, "line": b.line, "column": b.column, "field": b.field, "mend": b.mend} for b in self.bad
            ],
        }


@app.command()
def publish(
    paths: Paths,
    hospital: Annotated[str, typer.Option(help="Whose charts these are: an id of partners.yaml.")],
    as_json: Json = False,
) -> None:
    """Send the finished charts of a FHIR R4 export to the hospital's own topic.

    A folder holds bulk data (*.ndjson, a resource a line) or Bundles (*.json); all PATHs together are one export, and
    Bundles go out in the order they are named. An encounter that isn't finished is not published, and told with the
    reason. A Bundle that can't be read is left out; when bulk data can't, nothing of the export is sent, for a chart
    with a part missing must not look complete.

    Sending the same export again is harmless: its events have the same ids. Exit status 1 when a file was bad.
    """
    settings = Settings()
    done = publish_export(settings, read_partners(settings.infra), hospital, paths)
    if as_json:
        say_json(done.facts())
    else:
        _tell(done)
    raise typer.Exit(0 if done.whole else 1)


def publish_export(settings: Settings, partners: Partners, hospital: str, paths: Sequence[Path]) -> Publication:
    """Reads the export and sends its charts; returns when the broker has answered for each of them."""
    sender = partners.hospital(hospital)
    done = Publication(sender.id, outer(CHART_COMPLETED, hospital))
    charts = read_charts(partners, hospital, paths, done)
    if charts:
        _send(settings, charts, done)
    return done


def read_charts(partners: Partners, hospital: str, paths: Sequence[Path], done: Publication) -> list[ChartCompleted]:
    """The finished charts of an export; what was left out, and why, goes into `done`."""
    sender, texts = partners.hospital(hospital), _readable(list(_files(paths)), done)
    return list(_charts(_read(texts, lambda given: read_export(given, sender, partners.payers), done), done))


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    """A folder's chart files in the order of their names; a file that is named is taken whatever it is called."""
    for path in paths:
        if path.is_dir():
            yield from (file for file in sorted(path.iterdir()) if file.suffix in _READ and file.is_file())
        else:
            yield path


def _readable(files: Sequence[Path], done: Publication) -> list[tuple[str, str]]:
    if not files:
        raise Mendable("no chart file there", f"name a folder or file of {', '.join(_READ)}")
    texts = []
    for file in files:
        try:
            texts.append((str(file), file.read_text(encoding="utf-8-sig")))
        except UnicodeDecodeError as error:
            done.bad.append(BadChartFile(str(file), 1, error.start + 1, "file", "save it as UTF-8"))
    return _without(texts, done.bad)


def _read(texts: list[tuple[str, str]], read: Any, done: Publication) -> list[Reading]:
    """Reads the export; without what can't be read, as often as something can't."""
    while texts:
        try:
            return list(read(texts))
        except BadChartFile as bad:
            done.bad.append(bad)
            texts = _without(texts, [bad])
    return []


def _without(texts: list[tuple[str, str]], bad: Sequence[BadChartFile]) -> list[tuple[str, str]]:
    """The files that may still be published: a Bundle stands alone, but everything leans on the bulk data."""
    names = {each.file for each in bad}
    if any(name.endswith(_BULK) for name in names):
        return []
    return [(name, text) for name, text in texts if name not in names]


def _charts(readings: Iterable[Reading], done: Publication) -> Iterator[ChartCompleted]:
    for reading in readings:
        match reading:
            case ChartCompleted():
                yield reading
            case Unpublished():
                done.unpublished.append(reading)
            case Unresolved():
                done.unresolved.append(reading)


def _send(settings: Settings, charts: Sequence[ChartCompleted], done: Publication) -> None:
    """Key: the chart's id, so that its versions stay in order."""
    codec = strict_codec(settings)
    records = ((chart.chart_id.encode(), codec.encode(chart)) for chart in charts)
    done.published = len(deliver(settings, done.topic, records))
    done.failed = len(charts) - done.published


def _tell(done: Publication) -> None:
    for bad in done.bad:
        typer.echo(f"not read: {bad}", err=True)
    if done.unpublished:
        rows = [(each.encounter_id, each.code, each.why) for each in done.unpublished]
        draw(table("Not published", ("encounter", "reason", "in words"), rows))
    if done.unresolved:
        what = counted(len(done.unresolved), "reference")
        say(f"{what} to nowhere: the charts went out without what should be there (--json lists them)")
    if done.failed:
        typer.echo(f"{counted(done.failed, 'chart')} not taken by the broker: publish again, it is harmless", err=True)
    left = counted(len(done.unpublished), "encounter")
    say(f"{counted(done.published, 'chart')} published to {done.topic}, {left} not")
