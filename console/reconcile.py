"""`claimstream reconcile`: the ledger against Kafka, in words; and what can be mended safely, mended."""

from collections.abc import Sequence
from typing import Annotated

import typer

from agents.assembly import Assembly
from agents.reconciliation import Explanation, Grade, mend
from agents.reconciliation import reconcile as explain_all
from console.screen import Json, counted, draw, say, say_json, table
from console.wire import reachable
from streams.settings import Settings

app = typer.Typer(add_completion=False)


@app.command()
def reconcile(
    apply: Annotated[bool, typer.Option("--apply", help="Commit the offsets that are shown as safe.")] = False,
    as_json: Json = False,
) -> None:
    """Explain where each stage stands in the ledger and in Kafka, and why a stage stopped. A dry run unless --apply.

    Mended are only offsets that were lost or set back: they go to where everything decided can be said again, with the
    same bytes, and never past what is undecided. A ledger or a topic that lost records is explained, and left to you.

    Exit status: 0 in step, 1 something can be mended or opened, 2 something can't.
    """
    settings = Settings()
    admin, assembly = reachable(settings), Assembly(settings)
    found = explain_all(assembly, admin)
    mended = mend(admin, found) if apply else ()
    after = explain_all(assembly, admin) if mended else found
    worst = max((each.grade for each in after), default=Grade.WELL)
    if as_json:
        said = {"mended": [_facts(each) for each in mended], "partitions": [_facts(each) for each in after]}
        say_json({"worst": worst.name.lower(), **said})
    else:
        _tell(found, mended)
    raise typer.Exit(int(worst))


def _tell(found: Sequence[Explanation], mended: Sequence[Explanation]) -> None:
    """Everything that is not in step, the worst first; then what was done or could be."""
    off = sorted((each for each in found if each.state != "in step"), key=lambda each: -each.grade)
    rows = [(each.standing.stage, each.standing.where, each.state, each.words) for each in off]
    if rows:
        draw(table("Ledger and Kafka", ("stage", "partition", "state", "in words"), rows))
    say(f"{len(found) - len(off):,} of {counted(len(found), 'partition')} in step")
    for each in mended:
        say(f"committed {each.commit} for {each.standing.stage} in {each.standing.where}")
    if not mended and any(each.commit is not None for each in found):
        say("nothing was changed: `claimstream reconcile --apply` commits the offsets named above")


def _facts(each: Explanation) -> dict[str, object]:
    return {**each.standing._asdict(), "state": each.state, "grade": each.grade.name.lower(), "words": each.words}
