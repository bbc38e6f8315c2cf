"""`claimstream claims sent`: the files that went out, and what was said of each (999, TA1)."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from agents.reference import read_partners
from console.screen import Json, counted, dollars, draw, say, say_json, table
from ledger import interchanges
from ledger.store import Ledger
from streams.settings import Settings


def listed(
    *,
    payer: Annotated[str | None, typer.Option(help="Only this payer's.")] = None,
    waiting: Annotated[
        bool, typer.Option("--waiting", help="Only files of which no 999 has said anything; no tests.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Files of claims that went out, the newest first, with what became of each.

    `answer`: received (a TA1: its envelope could be read), accepted, with-errors, partly, refused; nothing where nobody
    has said anything yet. The claims of what was refused were never filed, and their hospitals are told.
    """
    settings = Settings()
    if payer is not None:
        read_partners(settings.infra).payer(payer)
    rows = [_facts(row) for row in Ledger(settings.ledger.get_secret_value()).read(interchanges.files)]
    rows = [each for each in rows if each["format"] == "x12" and payer in {None, each["payer"]}]
    if waiting:
        rows = [each for each in rows if _waits(each)]
    if as_json:
        say_json(rows)
    else:
        _tell(rows)


def _facts(row: Mapping[str, Any]) -> dict[str, Any]:
    names = ("number", "format", "hospital", "payer", "kind", "claims")
    said = {name: row[name] for name in names}
    return {
        **said,
        "charge_cents": row["cents"],
        "test": bool(row["test"]),
        "sent_at": _instant(row["at"]),
        "answer": row["verdict"],
        "answered_at": _instant(row["answered_at"]),
    }


def _waits(each: Mapping[str, Any]) -> bool:
    """Nobody answers for a test."""
    return not each["test"] and each["answer"] in {None, "received"}


def _instant(ms: int | None) -> str | None:
    return None if ms is None else datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="seconds")


def _tell(rows: list[dict[str, Any]]) -> None:
    columns = ("number#", "sent", "hospital", "payer", "kind", "claims#", "charges#", "answer", "on")
    shown = [
        (
            each["number"], _day(each["sent_at"]), each["hospital"], each["payer"], each["kind"], each["claims"],
            dollars(each["charge_cents"]), "test" if each["test"] else each["answer"], _day(each["answered_at"]),
        )
        for each in rows
    ]  # fmt: skip
    if shown:
        draw(table("Sent", columns, shown))
    open_ = [each for each in rows if _waits(each)]
    waiting = sum(each["claims"] for each in open_)
    said = f"{counted(len(rows), 'file')}; no 999 yet of {counted(len(open_), 'file')}"
    say(f"{said} with {counted(waiting, 'claim')}" if open_ else said)


def _day(instant: str | None) -> str | None:
    return instant and instant[:10]
