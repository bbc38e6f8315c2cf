"""`claimstream kafka up`: a local Apache Kafka, for as long as the command runs."""

import signal
import threading
from pathlib import Path
from typing import Annotated

import typer

from console.screen import Json, say, say_json
from streams.brokers import apache

app = typer.Typer(no_args_is_help=True, add_completion=False)


@app.callback()
def kafka() -> None:
    """A local Apache Kafka (KRaft). Its jars come by Maven from infra/kafka/pom.xml; it needs Java 17."""


@app.command()
def up(
    nodes: Annotated[int, typer.Option(min=1, max=5, help="Brokers of the cluster.")] = 1,
    directory: Annotated[Path, typer.Option("--dir", help="Where data and logs are kept.")] = Path("var/kafka"),
    port: Annotated[int, typer.Option(min=1024, max=65535, help="The first broker's port.")] = 9092,
    as_json: Json = False,
) -> None:
    """Start it, print its address, and run it until Ctrl-C or SIGTERM. Its data is kept for the next time."""
    asked_to_stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: asked_to_stop.set())
    with apache(directory, nodes, port) as broker:
        if as_json:
            say_json({"bootstrap": broker.bootstrap, "pids": broker.pids, "directory": str(directory)})
        else:
            say(f"{broker.kind} answers at {broker.bootstrap}; data and logs in {directory}; Ctrl-C ends it", "")
            say(f"  export CLAIMSTREAM_BROKERS={broker.bootstrap}")
        while not asked_to_stop.wait(1):
            if not all(node.alive for node in broker.nodes):
                typer.echo(f"a broker ended by itself; its log is in {directory}", err=True)
                raise typer.Exit(2)
