"""`claimstream ledger`: the ledger's schema, brought to this version's."""

import typer

from console.screen import Json, say, say_json
from ledger.store import Ledger
from ledger.upgrade import current, newest, upgrade
from streams.settings import Settings

app = typer.Typer(no_args_is_help=True, add_completion=False)


@app.callback()
def ledger() -> None:
    """The ledger's schema. CLAIMSTREAM_LEDGER names it: sqlite:///FILE, or postgresql+psycopg://USER@HOST/DATABASE."""


@app.command("upgrade")
def upgrade_(as_json: Json = False) -> None:
    """Apply the migrations that are missing. Harmless when repeated, or run by several at once."""
    before, after = upgrade(Ledger(Settings().ledger.get_secret_value()))
    if as_json:
        say_json({"before": before, "after": after})
    elif before == after:
        say(f"the ledger is at {after}, the newest")
    else:
        say(f"the ledger went from {before or 'empty'} to {after}")


@app.command("current")
def current_(as_json: Json = False) -> None:
    """Which revision the ledger has, and which is the newest; exit status 1 when it needs an upgrade."""
    has, wanted = current(Ledger(Settings().ledger.get_secret_value())), newest()
    if as_json:
        say_json({"current": has, "newest": wanted})
    else:
        mend = "" if has == wanted else f"; the newest is {wanted}: run `claimstream ledger upgrade`"
        say(f"the ledger is {f'at {has}' if has else 'empty'}{mend}")
    raise typer.Exit(0 if has == wanted else 1)
