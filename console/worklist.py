"""`claimstream worklist`: the coder's desk. What has to be coded and what hospitals were asked; an item is taken and
answered by one coder, and a chart whose last item is answered goes on.

It writes nothing but the ledger's items and the hospital's own topic of coded charts.
"""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Annotated, Any, TypeVar

import typer
from pydantic import ValidationError

from agents.asked import asked
from agents.assembly import Assembly
from agents.desk import Desk, NotDone, Progress, Ready
from agents.folding import folded, records
from claims.coder_answers import BilledLine, CoderAnswer
from console.desk_screen import tell_item, tell_lists, tell_query
from console.screen import Json, say
from console.wire import deliver, deliver_together
from schemas.identity import derived
from streams.settings import Settings
from streams.topics import CHART_CODED, outer

R = TypeVar("R")

app = typer.Typer(no_args_is_help=True, add_completion=False)

Item = Annotated[str, typer.Argument(help="An item's id, or so much of it as no other begins with.", metavar="ITEM")]


def _named(coder: str) -> str:
    if not (0 < len(coder) <= 64 and coder.isprintable()):
        raise typer.BadParameter("a coder's id has at most 64 characters, and can be printed")
    return coder


Coder = Annotated[
    str, typer.Option(help="Who codes: the hospital's id of its coder, at most 64 characters.", callback=_named)
]
Phi = Annotated[bool, typer.Option("--show-phi", help="Show charts and texts. For those who may see them.")]
Hospital = Annotated[str | None, typer.Option(help="Only this hospital's: an id of partners.yaml.")]


@app.callback()
def worklist() -> None:
    """The coder's desk: what nobody but a coder can code, and who is doing it.

    Exit status: 0 done, 1 not done and why, 2 an error.
    """


@app.command("list")
def list_(hospital: Hospital = None, show_phi: Phi = False, as_json: Json = False) -> None:
    """Items that have no answer yet and queries to hospitals, the oldest first."""
    desk = _desk()
    if hospital is not None:
        desk.parts.partners.hospital(hospital)
    tell_lists(desk.lists(hospital), show_phi, as_json)


@app.command()
def show(
    item: Annotated[
        str,
        typer.Argument(help="An id of an item or a query, or so much of it as no other begins with.", metavar="ID"),
    ],
    show_phi: Phi = False,
    as_json: Json = False,
) -> None:
    """One item: its words, the candidates with their reasons, and what else of its chart is at the desk. Or one query
    to a hospital.

    `place` tells items of one chart apart without a word of it: the third of its conditions is conditions[2].
    """
    desk = _desk()
    query = _done(lambda: asked(desk.parts, item))
    if query is None:
        tell_item(_done(lambda: desk.show(item)), show_phi, as_json)
    else:
        tell_query(query, show_phi, as_json)


@app.command()
def take(item: Item, coder: Coder) -> None:
    """The item is yours until you answer or release it. Who comes second is told who has it."""
    row = _done(lambda: _desk().take(item, coder))
    say(f"{row['id'][:8]} is {coder}'s")


@app.command()
def release(item: Item, coder: Coder) -> None:
    """Give an item back, or take back an answer while its chart is not complete."""
    row = _done(lambda: _desk().release(item, coder))
    say(f"{row['id'][:8]} is anybody's")


@app.command()
def answer(
    item: Item,
    coder: Coder,
    codes: Annotated[
        list[str] | None, typer.Argument(metavar="CODE", help="What the item wants, as `show` says.")
    ] = None,
    *,
    principal: Annotated[bool, typer.Option("--principal", help="The first code leads the chart's diagnoses.")] = False,
    poa: Annotated[str | None, typer.Option(help="Present on admission: Y, N, U or W.")] = None,
    on: Annotated[str | None, typer.Option(help="The day of an operation, YYYY-MM-DD.")] = None,
    revenue_code: Annotated[str | None, typer.Option(help="Of a service's line.")] = None,
    units: Annotated[int | None, typer.Option(min=1, help="Of a service's line: whole units.")] = None,
    cents: Annotated[int | None, typer.Option(min=0, help="Of a service's line: the charge for all units.")] = None,
    modifier: Annotated[list[str] | None, typer.Option(help="Of a service's line; may come several times.")] = None,
    professional: Annotated[bool, typer.Option("--professional", help="The line is a practitioner's.")] = False,
    alike: Annotated[
        bool, typer.Option("--alike", help="It also answers the chart's free items of the same kind and words.")
    ] = False,
    drop: Annotated[str | None, typer.Option(help="There is no code, and why not.", metavar="REASON")] = None,
) -> None:
    """Answer an item: ICD-10-CM codes, an ICD-10-PCS code with its day, or a service's line. When it was the chart's
    last one, the whole coded chart is sent to the hospital's topic, where validation judges it like any chart.

    Without code, line or --drop the item is answered as it was before its chart came back.
    """
    said = {"codes": tuple(codes or ()), "leads": principal, "present_on_admission": poa, "dropped": drop}
    component = "professional" if professional else "facility"
    priced = {"revenue_code": revenue_code, "modifiers": tuple(modifier or ()), "component": component}
    line: dict[str, Any] | None = None
    if units is not None or cents is not None or revenue_code or modifier:
        line = {**priced, "code": codes[0] if codes else None, "units": (units or 0) * 1000, "cents": cents or 0}
    given = _answer(said, line, on) if codes or line or drop else None
    desk = _desk()
    progress = _done(lambda: desk.answer(item, coder, given, alike=alike))
    _tell_progress(progress)
    if progress.complete:
        _send(desk, desk.ready(progress.hospital))


@app.command()
def send(
    hospital: Hospital = None,
    again: Annotated[bool, typer.Option("--again", help="Also what was sent already and is still back.")] = False,
) -> None:
    """Send the charts of which nothing is left to code, where that failed or where their hospital has answered last.

    Sending twice is harmless: the chart's event has the same id and the same bytes.
    """
    desk = _desk()
    ready = desk.ready(hospital, again=again)
    if not ready:
        say("nothing to send")
    _send(desk, ready)


@app.command()
def fold(
    hospital: Annotated[str, typer.Argument(help="Whose charts: an id of partners.yaml.")],
    chart: Annotated[str, typer.Argument(help="The chart whose services move, as the proposal names it.")],
    into: Annotated[str, typer.Argument(help="The chart that takes them.")],
    coder: Coder,
) -> None:
    """Accept what claiming proposed: a chart's own services onto the claim of another (`fold`, `merge`).

    Both charts are sent with their next coding revision, together or not at all. The claim of the first is voided once
    its payer has answered it; until then the second comes back with rule B7, and the same command sends it again. Then
    it waits until the payer has taken the void.
    """
    parts = Assembly(Settings())
    parts.partners.hospital(hospital)
    both = _done(lambda: folded(parts, hospital, chart, into, coder))
    topic, name = outer(CHART_CODED, hospital), f"desk-{derived('fold', hospital, chart, into)}"
    if not deliver_together(parts.settings, topic, records(parts, both), name):
        typer.echo("the broker didn't say that it has them: run the same command again, it is harmless", err=True)
        raise typer.Exit(1)
    say(f"coded charts sent to {topic}: {len(both)}")


def _desk() -> Desk:
    return Desk(Assembly(Settings()))


def _done(work: Callable[[], R]) -> R:
    """What was done; or why it was not, with exit status 1."""
    try:
        return work()
    except NotDone as why:
        typer.echo(f"not done: {why}", err=True)
        raise typer.Exit(1) from None


def _answer(said: dict[str, Any], line: dict[str, Any] | None, on: str | None) -> CoderAnswer:
    try:
        day = None if on is None else date.fromisoformat(on)
        billed = None if line is None else BilledLine(**line)
        return CoderAnswer(**said, line=billed, performed_on=day)
    except ValidationError as refused:
        error = refused.errors(include_url=False, include_input=False, include_context=False)[0]
        field = ".".join(str(part) for part in error["loc"])
        raise typer.BadParameter(f"{field}: {error['msg']}") from None
    except ValueError:
        raise typer.BadParameter("--on is a day, YYYY-MM-DD") from None


def _tell_progress(progress: Progress) -> None:
    if progress.left:
        say(f"answered; of the chart's items {progress.left} are left")
    elif not progress.complete:
        say("answered; nothing is left to code, and the chart waits for its hospital:")
        say(*(f"  {query.kind} to {query.to}: {query.topic or query.id[:8]}" for query in progress.holding))


def _send(desk: Desk, ready: Sequence[Ready]) -> None:
    """To each hospital's own topic; what a broker didn't take is kept, and goes with the next `send`."""
    left = 0
    for hospital in sorted({each.hospital for each in ready}):
        charts = [each for each in ready if each.hospital == hospital]
        topic = outer(CHART_CODED, hospital)
        records = ((each.chart_id.encode(), each.value) for each in charts)
        taken = deliver(desk.parts.settings, topic, records)
        desk.sent([each for number, each in enumerate(charts) if number in taken])
        left += len(charts) - len(taken)
        say(f"coded charts sent to {topic}: {len(taken)}")
    if left:
        typer.echo(f"{left} were not taken by the broker and are kept: run `claimstream worklist send`", err=True)
        raise typer.Exit(1)
