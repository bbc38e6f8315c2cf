"""A local broker: one or more processes that we started, and end; nothing else is ever touched."""

import secrets
import socket
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

# Below the range the kernel takes outgoing ports from: a broker that is restarted finds its port still free.
_PORTS = range(20_000, 32_000)
_QUICK = {"reconnect.backoff.ms": 50, "reconnect.backoff.max.ms": 200, "log_level": 0}


class BrokerUnavailable(Exception):
    """This machine can't run that broker; `mend` says what would help."""

    def __init__(self, what: str, mend: str) -> None:
        super().__init__(f"{what}; mend: {mend}")
        self.what, self.mend = what, mend


class Node(Protocol):
    """One broker process, ours alone."""

    @property
    def pid(self) -> int | None: ...
    @property
    def alive(self) -> bool: ...
    @property
    def log(self) -> Path: ...
    def start(self) -> None: ...
    def ask_to_stop(self) -> None: ...
    def stop(self) -> None: ...
    def kill(self) -> None: ...


@dataclass(frozen=True)
class Broker:
    """A running broker, or several of one cluster. `kill` is SIGKILL; `restart` uses the same data and ports."""

    kind: str
    bootstrap: str
    nodes: Sequence[Node]
    ready_s: float = 60.0

    @property
    def pids(self) -> tuple[int | None, ...]:
        return tuple(node.pid for node in self.nodes)

    def start(self) -> Self:
        """Starts every node and waits until each of them answers; what was started is ended when that fails."""
        try:
            for node in self.nodes:
                node.start()
            self._await_ready()
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """Asks all nodes to end, and insists after a while: a cluster's last ones wait for a quorum that is gone."""
        for node in self.nodes:
            node.ask_to_stop()
        for node in self.nodes:
            node.stop()

    def kill(self, number: int = 0) -> None:
        """SIGKILL: nothing is flushed, nobody is told."""
        self.nodes[number].kill()

    def restart(self, number: int = 0) -> None:
        """Stops the node unless it is dead already, and starts it again where it was."""
        self.nodes[number].stop()
        self.nodes[number].start()
        self._await_ready()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, _kind: type[BaseException] | None, _it: BaseException | None, _at: TracebackType | None) -> None:
        self.stop()

    def _await_ready(self) -> None:
        """Until each running node answers and names them all, or one dies, or the deadline passes."""
        deadline = time.monotonic() + self.ready_s
        addresses = self.bootstrap.split(",")
        running = [(node, address) for node, address in zip(self.nodes, addresses, strict=True) if node.alive]
        for node, address in running:
            admin = AdminClient({"bootstrap.servers": address, **_QUICK})
            while _known(admin) < len(running):
                if not node.alive:
                    raise BrokerUnavailable(f"{self.kind} ended at its start", f"read {node.log}{_last(node.log)}")
                if time.monotonic() > deadline:
                    raise BrokerUnavailable(f"{self.kind} didn't answer in {self.ready_s:.0f} s", f"read {node.log}")
                time.sleep(0.02)


def free_ports(count: int) -> list[int]:
    """Different ports of the loopback that nobody listens on."""
    with ExitStack() as held:
        return [_bind(held.enter_context(socket.socket())) for _ in range(count)]


def _bind(probe: socket.socket) -> int:
    for _ in range(100):
        port = _PORTS[secrets.randbelow(len(_PORTS))]
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            continue
        return port
    raise BrokerUnavailable("no free port was found", f"free one of {_PORTS.start}-{_PORTS.stop} on 127.0.0.1")


def _known(admin: AdminClient) -> int:
    """How many brokers this one knows; none while it doesn't answer."""
    try:
        return len(admin.list_topics(timeout=1).brokers)
    except KafkaException:
        return 0


def _last(log: Path) -> str:
    """The log's last line, which most often says it all."""
    lines = log.read_text(errors="replace").strip().splitlines() if log.is_file() else []
    return f": {lines[-1]}" if lines else ""
