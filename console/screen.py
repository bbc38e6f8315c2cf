"""How a command answers: tables and words for people, one JSON value a line for machines."""

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console, JustifyMethod
from rich.table import Table

WORDS = "in words"
_PIPE_WIDTH = 160

Json = Annotated[bool, typer.Option("--json", help="Answer in JSON, for a machine to read.")]


def say(*lines: str) -> None:
    for line in lines:
        typer.echo(line)


def say_json(value: Any) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, default=_plain))


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Table:
    """Columns whose name ends in '#' are numbers and stand to the right; 'in words' takes the room that is left."""
    made = Table(title=title, title_justify="left", title_style="bold", header_style="bold", box=SIMPLE_HEAD)
    for column in columns:
        justify: JustifyMethod = "right" if column.endswith("#") else "left"
        made.add_column(column.rstrip("#"), justify=justify, no_wrap=column != WORDS, overflow="fold")
    for row in rows:
        made.add_row(*(_cell(value) for value in row))
    return made


def draw(*tables: Table) -> None:
    console = Console(highlight=False)
    if not console.is_terminal:  # a file or a pipe has no width of its own
        console = Console(highlight=False, width=_PIPE_WIDTH)
    for each in tables:
        console.print(each)


def counted(number: int, thing: str) -> str:
    """1 chart, 2 charts; the thing has a plural in s."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def dollars(cents: int) -> str:
    return f"{'-' if cents < 0 else ''}${abs(cents) // 100:,}.{abs(cents) % 100:02d}"


def printable(path: Path) -> str:
    """A file's name, its bytes that are no UTF-8 as \\xNN."""
    return os.fsencode(path).decode(errors="backslashreplace")


def moment(milliseconds: int) -> str:
    """A time of the ledger, in UTC to the second."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat(sep=" ", timespec="seconds")[:19]


def flat(value: Any, path: str = "") -> Iterable[tuple[str, Any]]:
    """The leaves of nested mappings and lists with their paths."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from flat(inner, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list | tuple):
        for number, inner in enumerate(value):
            yield from flat(inner, f"{path}[{number}]")
    else:
        yield path, value


def _cell(value: object) -> str:
    if value is None:
        return "-"
    return f"{value:,}" if isinstance(value, int) else str(value)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    raise TypeError(type(value).__name__)
