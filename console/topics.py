"""`claimstream topics`: topics, the groups' first offsets and the ledger's first positions, as they should be."""

from typing import Any

import typer

from agents.assembly import Assembly
from agents.provision import Plan, provision
from agents.provision import plan as plan_of
from console.screen import Json, say, say_json
from console.wire import reachable
from streams.settings import Settings

app = typer.Typer(no_args_is_help=True, add_completion=False)


@app.callback()
def topics() -> None:
    """Topics, first offsets and the first statistics window, from topics.yaml and partners.yaml.

    Partitions grow and never shrink; nothing is deleted. What differs and is left as it is, is shown as drift.
    """


@app.command()
def plan(as_json: Json = False) -> None:
    """Show what `apply` would do; nothing is changed. Exit status 1 when there is something, 2 when it is refused."""
    settings = Settings()
    planned = plan_of(Assembly(settings), reachable(settings))
    _tell(planned, as_json, "nothing was changed: `claimstream topics apply` does it")
    refused = planned.refused or planned.topics.refused
    raise typer.Exit(2 if refused else 0 if planned.empty else 1)


@app.command()
def apply(as_json: Json = False) -> None:
    """Do it: topics first, then the ledger's positions, then the groups' offsets. Harmless when repeated.

    A group that gets new partitions must have no worker running.
    """
    settings = Settings()
    reachable(settings)
    _tell(provision(Assembly(settings)), as_json, "done")


def _tell(planned: Plan, as_json: bool, last: str) -> None:
    if as_json:
        say_json(_facts(planned))
    elif planned.empty:
        say(*planned.words(), "topics, offsets and positions are as they should be")
    else:
        say(*planned.words(), last)


def _facts(planned: Plan) -> dict[str, Any]:
    return {
        "create": [spec.name for spec in planned.topics.create],
        "grow": [growth._asdict() for growth in planned.topics.grow],
        "change": [change._asdict() for change in planned.topics.change],
        "drift": list(planned.topics.drift),
        "refused": [*planned.refused, *planned.topics.refused],
        "begin": [
            {"stage": stage, "topic": topic, "partition": number, "offset": offset}
            for stage, firsts in planned.begins.items()
            for (topic, number), offset in firsts.items()
        ],
        "window": planned.window,
    }
