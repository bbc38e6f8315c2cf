"""The embedded broker, noida-db: one small binary from PyPI, so that a demo needs nothing but Python."""

import importlib.util
import platform
import sys
from dataclasses import dataclass
from pathlib import Path

from streams.brokers.broker import Broker, BrokerUnavailable, free_ports
from streams.brokers.child import Child

_DOOR = Path(__file__).with_name("patience.py")


@dataclass
class Patient:
    """noida-db behind its door (patience.py): the door stays while the broker is killed and comes back."""

    broker: Child
    door: Child

    @property
    def pid(self) -> int | None:
        return self.broker.pid

    @property
    def alive(self) -> bool:
        return self.broker.alive and self.door.alive

    @property
    def log(self) -> Path:
        return self.broker.log

    def start(self) -> None:
        self.broker.start()
        self.door.start()

    def ask_to_stop(self) -> None:
        self.broker.ask_to_stop()

    def stop(self) -> None:
        self.broker.stop()
        self.door.stop()

    def kill(self) -> None:
        self.broker.kill()


def embedded(directory: Path, port: int | None = None) -> Broker:
    """A single node on the loopback that keeps its data in `directory`; nothing of noida-db's but Kafka runs."""
    directory = directory.resolve()
    directory.mkdir(parents=True, exist_ok=True)
    inside, outside = free_ports(2)
    outside = port or outside
    command = [str(_binary()), "start", "--only", "kafka", "--host", "127.0.0.1"]
    command += ["--data-dir", str(directory), "--kafka-port", str(inside)]
    log = directory / "broker.log"
    broker = Child(command, log, directory)
    door = Child([sys.executable, "-I", str(_DOOR), str(outside), str(inside)], log, directory)
    return Broker("embedded", f"127.0.0.1:{outside}", (Patient(broker, door),), ready_s=20)


def _binary() -> Path:
    """The wheel's own binary: its Python wrapper would stand between us and the broker's process id."""
    spec = importlib.util.find_spec("noida_db")
    if spec is None or spec.origin is None:
        raise BrokerUnavailable("noida-db isn't installed", "pip install 'claimstream[embedded]'")
    binary = Path(spec.origin).parent / ("noida-db.exe" if platform.system() == "Windows" else "noida-db")
    if not binary.is_file():
        raise BrokerUnavailable("noida-db has no binary for this platform", "use Apache Kafka: `--broker apache`")
    return binary
