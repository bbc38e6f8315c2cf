"""`claimstream chargemaster check`: all that is wrong or doubtful in a hospital's file, before a worker reads it."""

from pathlib import Path
from typing import Annotated

import typer

from agents.reference import read_text
from claims.chargemaster_check import Checked, Flaw, check_chargemaster, unreadable
from claims.codesets.dated import DatedTables
from claims.reference import BadReference
from console.codesets import DATED, named_tables
from console.screen import WORDS, Json, counted, draw, say, say_json, table

_SHOWN = 100

app = typer.Typer(no_args_is_help=True, add_completion=False)


@app.callback()
def chargemaster() -> None:
    """The hospital's own services with their codes, units and prices."""


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="The CSV to check.", exists=True, dir_okay=False, readable=True)],
    tables: Annotated[Path, typer.Option(help="The compiled tables; workers read the default.")] = DATED,
    as_json: Json = False,
) -> None:
    """Tell rows that can't be read, repeat or overlap, gaps between prices, dead codes, and drugs without units.

    Exit status 1 when something is wrong; what is only doubtful is a warning and none.
    """
    checked = _checked(file, named_tables(tables))
    if as_json:
        say_json({"file": str(file), "rows": checked.rows, "findings": [_told(file, flaw) for flaw in checked.flaws]})
    else:
        _show(file, checked)
    raise typer.Exit(0 if checked.sound else 1)


def _checked(file: Path, tables: DatedTables) -> Checked:
    try:
        text = read_text(file)
    except BadReference as fault:
        return Checked(0, (unreadable(fault),))
    return check_chargemaster(text, file.name, tables)


def _told(file: Path, flaw: Flaw) -> dict[str, object]:
    told = {**flaw._asdict(), "severity": "error" if flaw.grave else "warning"}
    del told["grave"]
    return {"file": str(file), **told}


def _show(file: Path, checked: Checked) -> None:
    errors = sum(flaw.grave for flaw in checked.flaws)
    warnings = counted(len(checked.flaws) - errors, "warning")
    say(f"{file}: {counted(checked.rows, 'row')}, {counted(errors, 'error')}, {warnings}")
    if not checked.flaws:
        return
    shown = sorted(checked.flaws, key=lambda flaw: not flaw.grave)[:_SHOWN]
    rows = [
        (flaw.line, flaw.column, flaw.field, "error" if flaw.grave else "warning", f"{flaw.what}; mend: {flaw.mend}")
        for flaw in shown
    ]
    draw(table("Findings, errors first", ("line#", "column#", "field", "severity", WORDS), rows))
    if len(checked.flaws) > _SHOWN:
        say(f"and {len(checked.flaws) - _SHOWN:,} more; --json tells them all")
