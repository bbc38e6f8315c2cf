"""`claimstream worker`: stages, run by Faust in this process until it is told to stop."""

import socket
from typing import Annotated, Any

import structlog
import typer
from faust import Worker

from agents.assembly import Assembly
from agents.worker import build
from console import logs
from console.faults import Mendable
from console.wire import reachable
from ledger.upgrade import current as ledger_current
from ledger.upgrade import newest as ledger_newest
from streams.settings import Settings
from streams.topics import STAGES

app = typer.Typer(add_completion=False)
log = structlog.get_logger(logs.OURS)

Stages = Annotated[
    list[str] | None,
    typer.Option("--stage", help=f"One of {', '.join(STAGES)}; repeatable. Without it, CLAIMSTREAM_STAGES or all."),
]
Slot = Annotated[
    str | None,
    typer.Option(help="Which of several workers of a stage this is; one living worker a slot. Without it, 1."),
]


@app.command()
def worker(stage: Stages = None, slot: Slot = None) -> None:
    """Run stages until told to stop.

    All stages in one process is the embedded mode; in production a process runs one stage: `--stage claiming --slot 2`.

    SIGTERM or Ctrl-C ends the batch under way, leaves the group and the slot, and exits 0 within 10 s. A process that
    must not go on exits with a status of its own and says why; its successor in the slot begins from the ledger.

    Logs are JSON lines on stderr, without a chart's content at any level.
    """
    told: dict[str, Any] = {}
    if stage:
        told["stages"] = ",".join(stage)
    if slot is not None:
        told["slot"] = slot
    settings = Settings(**told)
    logs.set_up(settings.log_level)
    log.info("worker starts", stages=settings.stage_names, slot=settings.slot, brokers=settings.brokers)
    reachable(settings)
    parts = Assembly(settings)
    # Whatever is wrong with what a worker needs is told here, in words, before anything runs.
    if ledger_current(parts.ledger) != ledger_newest():
        raise Mendable("the ledger's schema isn't this version's", "run `claimstream ledger upgrade`")
    _ = parts.reference, parts.pseudonyms, parts.topics, parts.codec
    _see_that_it_may_listen(settings)
    # Our logging stands: Faust's own would print what it handles.
    running = Worker(build(settings, parts), override_logging=False, redirect_stdouts=False, quiet=True)
    running.spinner = None
    try:
        running.execute_from_commandline()
    finally:
        log.info("worker ends")


def _see_that_it_may_listen(settings: Settings) -> None:
    """A second worker of a machine wants a port of its own; Faust would end without a word about it."""
    host, port = settings.web_host, settings.web_port
    try:
        socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET).close()
    except OSError as taken:
        raise Mendable(f"can't listen at {host}:{port}", "say another port in CLAIMSTREAM_WEB_PORT") from taken
