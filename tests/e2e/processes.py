"""Workers as processes of their own, with an environment of their own; each is ended by whoever started it."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from streams.brokers.broker import free_ports
from tests.pipeline import KEY, NOON, ROOT

CLAIMSTREAM = str(Path(sys.executable).parent / "claimstream")


@dataclass(frozen=True)
class Home:
    """One broker, one ledger, one folder for logs."""

    bootstrap: str
    folder: Path

    @property
    def ledger(self) -> Path:
        return self.folder / "ledger.db"

    def environment(self, **more: str) -> Mapping[str, str]:
        """Nothing of ours but this; `more` is without the prefix."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("CLAIMSTREAM_")}
        ours = {
            "brokers": self.bootstrap,
            "ledger": f"sqlite:///{self.ledger}",
            "pseudonym_key": KEY,
            "partitions": "2",
            "clock": NOON.isoformat(),
            "log_level": "debug",
            "web_port": str(free_ports(1)[0]),
            **more,
        }
        return {**kept, **{f"CLAIMSTREAM_{name.upper()}": value for name, value in ours.items()}}

    @contextmanager
    def running(self, command: Sequence[str], name: str = "worker", **more: str) -> Iterator["subprocess.Popen[bytes]"]:
        """The process, its stdout and stderr in a log of that name; killed at the end if it still lives."""
        with (self.folder / f"{name}.log").open("wb") as log:
            process = subprocess.Popen(
                command, cwd=ROOT, env=self.environment(**more), stdout=log, stderr=log, stdin=subprocess.DEVNULL
            )
        try:
            yield process
        finally:
            process.kill()
            process.wait()

    def said(self, name: str = "worker") -> str:
        return (self.folder / f"{name}.log").read_text()


def until(true: Callable[[], bool], seconds: float = 120.0) -> None:
    """Waits for what another process does."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it didn't happen in time"
        time.sleep(0.05)
