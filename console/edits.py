"""`claimstream edits`: the rules a chart is held to, as a list, one by one, or as the page of the documents."""

from typing import Annotated

import typer

from claims.edits.catalogue import Entry, entries
from claims.edits.catalogue import page as made_page
from console.screen import Json, draw, say, say_json, table

app = typer.Typer(no_args_is_help=True, add_completion=False)

_ELSEWHERE = (
    "no such edit; `claimstream edits list` names them all (a shell wants quotes: '$1'). "
    "A1, A2, C4, C5 and C9 stand in docs/hospital.md, questions such as Q-SIDE in docs/queries.md."
)


@app.callback()
def edits() -> None:
    """The rules a chart is held to."""


@app.command("list")
def list_(as_json: Json = False) -> None:
    """Every rule with its severity and the CARC that a payer would deny with."""
    if as_json:
        for entry in entries():
            say_json(entry.facts)
        return
    columns = ("rule", "severity", "CARC", "family", "in words")
    draw(table("Edits", columns, (_row(entry) for entry in entries())))


def _row(entry: Entry) -> tuple[object, ...]:
    rule = entry.rule
    return rule.id, rule.severity, rule.carc, entry.family, rule.words.split(". ")[0]


@app.command()
def explain(
    name: Annotated[str, typer.Argument(metavar="ID", help="A rule's id, such as N4.")], as_json: Json = False
) -> None:
    """One rule: what it looks at, its source, its days, and the mend."""
    found = [entry for entry in entries() if entry.rule.id.casefold() == name.casefold()]
    if not found:
        raise typer.BadParameter(_ELSEWHERE)
    for entry in found:
        if as_json:
            say_json(entry.facts)
        else:
            say(*(f"{word:10} {said}" for word, said in entry.facts.items() if said not in {None, False}), "")


@app.command()
def page() -> None:
    """docs/edits.md, as the rules make it."""
    typer.echo(made_page(), nl=False)
