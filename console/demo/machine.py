"""The demo's processes: a broker, a worker, an example payer; started by us, ended by us, nothing else touched."""

import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pydantic import SecretStr

from claims.partners import Payer
from streams.brokers import Broker, apache, embedded
from streams.settings import Settings

ROOT = Path(__file__).resolve().parent.parent.parent

STARTS = datetime(2026, 9, 1, 12, tzinfo=UTC)
"""When the example charts are received: just after the last of them ended, so that filing limits and holds are seen."""
HOLDS_END = datetime(2026, 9, 6, tzinfo=UTC)
MONTH_ENDS = datetime(2026, 10, 1, 6, tzinfo=UTC)
KEY = "pseudonyms.key"
"""The first file of a demo's folder, by which it is known."""


@dataclass(frozen=True)
class Machine:
    """Where the demo runs, and with which settings."""

    home: Path
    settings: Settings

    def environment(self) -> dict[str, str]:
        """What a process of ours is told; the same settings as this one has."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("CLAIMSTREAM_")}
        return kept | self.told()

    def told(self) -> dict[str, str]:
        """The settings that bring a command to this broker and ledger, on this machine's day."""
        return {
            "CLAIMSTREAM_BROKERS": self.settings.brokers,
            "CLAIMSTREAM_LEDGER": self.settings.ledger.get_secret_value(),
            "CLAIMSTREAM_KEY_FILE": str(self.settings.key_file),
            "CLAIMSTREAM_CLOCK": STARTS.isoformat(),
            "CLAIMSTREAM_PARTITIONS": str(self.settings.partitions),
            "CLAIMSTREAM_WEB_PORT": str(self.settings.web_port),
        }

    @contextmanager
    def running(self, name: str, command: Sequence[str]) -> Iterator[subprocess.Popen[bytes]]:
        """A process with its own log; it is asked to end, and made to if it doesn't."""
        with (self.home / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(  # noqa: S603 our own commands
                command, cwd=ROOT, env=self.environment(), stdout=log, stderr=log, stdin=subprocess.DEVNULL
            )
            try:
                yield process
            finally:
                process.send_signal(signal.SIGTERM)
                try:
                    process.wait(15)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()

    def worker(self) -> Sequence[str]:
        return [sys.executable, "-m", "console", "worker"]

    @property
    def inbox(self) -> Path:
        """Where the payer who answers by file leaves his remittances."""
        return self.home / "inbox"

    def payer(self, payers: Sequence[str]) -> Sequence[str]:
        """The example payer, as any payer could write it."""
        example = str(ROOT / "examples" / "payer.py")
        return [sys.executable, example, "--bootstrap", self.settings.brokers, "--payers", ",".join(payers)]

    def payer_by_file(self, payer: Payer) -> Sequence[str]:
        """The same, whose remittances are 835 files."""
        return [*self.payer([payer.id]), "--files", str(self.inbox), payer.payer_id]

    def remit_import(self, files: Sequence[Path]) -> Sequence[str]:
        return [sys.executable, "-m", "console", "remit", "import", "--json", *map(str, files)]

    def publish(self, hospital: str, *folders: str) -> Sequence[str]:
        """The publisher a hospital would use, on its charts under these folders, those that it has."""
        charts = [ROOT / "charts" / folder / hospital for folder in folders]
        said = [str(folder) for folder in charts if folder.is_dir()]
        return [sys.executable, "-m", "console", "publish", "--hospital", hospital, "--json", *said]

    def hospitals_with(self, folder: str) -> list[str]:
        return sorted(each.name for each in (ROOT / "charts" / folder).iterdir())


@contextmanager
def machine(home: Path, broker: str, web_port: int) -> Iterator[Machine]:
    """A fresh broker, an empty ledger and a key of their own under `home`."""
    home.mkdir(parents=True, exist_ok=True)
    key = home / KEY
    key.touch(mode=0o600)
    key.write_text(secrets.token_hex(32))
    with _broker(broker, home / "broker") as running:
        yield Machine(
            home,
            Settings(
                brokers=running.bootstrap,
                ledger=SecretStr(f"sqlite:///{home}/ledger.db"),
                key_file=key,
                clock=STARTS,
                partitions=2,
                web_port=web_port,
            ),
        )


def _broker(kind: str, directory: Path) -> Broker:
    return apache(directory) if kind == "apache" else embedded(directory)
