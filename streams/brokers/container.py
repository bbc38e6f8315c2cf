"""Apache Kafka in a container, for machines with an engine: the project's own image through testcontainers."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from streams.brokers.broker import Broker, BrokerUnavailable, free_ports

_IMAGE = "apache/kafka:4.1.0"


@dataclass
class Engine:
    """One container as a node; the engine ends it with us even if we are killed (testcontainers' reaper)."""

    container: Any
    log: Path
    _born: bool = False

    @property
    def pid(self) -> int | None:
        """A process of the engine's, not of ours."""
        return None

    @property
    def alive(self) -> bool:
        if not self._born:
            return False
        wrapped = self.container.get_wrapped_container()
        wrapped.reload()
        return bool(wrapped.status == "running")

    def start(self) -> None:
        if self._born:
            self.container.get_wrapped_container().start()
        else:
            self.container.start()
            self._born = True

    def ask_to_stop(self) -> None:
        """The engine asks and waits in one; see `stop`."""

    def stop(self) -> None:
        if self.alive:
            self.container.get_wrapped_container().stop(timeout=20)

    def kill(self) -> None:
        if self.alive:
            self.container.get_wrapped_container().kill()


def container(directory: Path, port: int | None = None) -> Broker:
    """A single node whose port is published on the loopback; its log is the engine's (`docker logs`)."""
    _engine()
    from testcontainers.core.container import DockerContainer  # noqa: PLC0415 - only machines with an engine have it

    port = port or free_ports(1)[0]
    made = DockerContainer(_IMAGE).with_kwargs(ports={"9092/tcp": ("127.0.0.1", port)})
    for name, value in _environment(port).items():
        made = made.with_env(name, value)
    return Broker("container", f"127.0.0.1:{port}", (Engine(made, directory / "broker.log"),), ready_s=180)


def _environment(port: int) -> dict[str, str]:
    said = {
        "node.id": "1",
        "process.roles": "broker,controller",
        "controller.quorum.voters": "1@127.0.0.1:9093",
        "listeners": "PLAINTEXT://:9092,CONTROLLER://127.0.0.1:9093",
        "advertised.listeners": f"PLAINTEXT://127.0.0.1:{port}",
        "controller.listener.names": "CONTROLLER",
        "listener.security.protocol.map": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT",
        "auto.create.topics.enable": "false",
        "offsets.topic.replication.factor": "1",
        "transaction.state.log.replication.factor": "1",
        "transaction.state.log.min.isr": "1",
        "group.initial.rebalance.delay.ms": "0",
    }
    return {"KAFKA_" + name.replace(".", "_").upper(): value for name, value in said.items()}


def _engine() -> None:
    try:
        import docker  # type: ignore[import-untyped]  # noqa: PLC0415 - a developer's dependency, not the product's
        import testcontainers  # noqa: F401, PLC0415
    except ImportError as missing:
        raise BrokerUnavailable("testcontainers isn't installed", "pip install testcontainers") from missing
    try:
        docker.from_env(timeout=5).ping()
    except (docker.errors.DockerException, OSError) as silent:
        raise BrokerUnavailable("no container engine answers", "start Docker, or use Apache Kafka by Maven") from silent
