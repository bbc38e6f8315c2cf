"""`claimstream demo`: the whole pipeline on this machine, in one command."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(add_completion=False)

HOME = Path("var/demo")


@app.command()
def demo(
    broker: Annotated[
        str, typer.Option(help="embedded (needs only Python) or apache (needs Java and Maven).")
    ] = "embedded",
    keep: Annotated[bool, typer.Option("--keep", help="Leave broker and worker running until Ctrl-C.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on the last line of stdout.")] = False,
    home: Annotated[Path, typer.Option(help="Where broker, ledger, logs and examples go; emptied first.")] = HOME,
    web_port: Annotated[int, typer.Option(help="The worker's web server, on the loopback.")] = 6066,
) -> None:
    """Show the whole pipeline on example charts: from a hospital's topic to settled answers and published
    statistics.

    Exit status 0 only when every chart has exactly one state, at least 60% are claimed and settled, and the cents
    balance.
    """
    from console.demo.run import Demo  # noqa: PLC0415 what the demo needs is slow to import, and `--help` must not be

    if broker not in {"embedded", "apache"}:
        raise typer.BadParameter("embedded or apache", param_hint="--broker")
    raise typer.Exit(Demo(home.resolve(), broker, keep, as_json, web_port).run())
