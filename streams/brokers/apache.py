"""Apache Kafka (KRaft, combined mode) on the loopback: jars by Maven, one JVM a node. Figures about Kafka use it."""

import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from streams.brokers.broker import Broker, BrokerUnavailable, free_ports
from streams.brokers.child import Child
from streams.settings import INFRA, Settings

_CLUSTER = "Y2xhaW1zdHJlYW1sb2NhbA"  # sixteen bytes, base64; any will do
_JAVA = 17  # Kafka 4's brokers need it


def apache(
    directory: Path,
    nodes: int = 1,
    port: int | None = None,
    *,
    jars: Path | None = None,
    properties: Mapping[str, str] | None = None,
) -> Broker:
    """`nodes` brokers of one cluster, data below `directory`. `port` is the first node's; `properties` are added."""
    java = _java()
    classes = _jars(jars or Settings().kafka_jars)
    directory = directory.resolve()
    ports = free_ports(2 * nodes)
    ports[0] = port or ports[0]
    brokers, controllers = ports[:nodes], ports[nodes:]
    children = []
    for number in range(1, nodes + 1):
        folder = directory / f"node-{number}"
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / "server.properties"
        said = _properties(number, brokers, controllers, folder) | dict(properties or {})
        file.write_text("".join(f"{name}={value}\n" for name, value in said.items()))
        _format(java, classes, file, folder)
        children.append(Child(_command(java, classes, file, nodes), folder / "broker.log", folder))
    return Broker("Apache Kafka", ",".join(f"127.0.0.1:{port}" for port in brokers), tuple(children), ready_s=120)


def _properties(number: int, brokers: list[int], controllers: list[int], folder: Path) -> dict[str, str]:
    here, voice = brokers[number - 1], controllers[number - 1]
    replicas = min(3, len(brokers))
    return {
        "process.roles": "broker,controller",
        "node.id": str(number),
        "controller.quorum.voters": ",".join(f"{n}@127.0.0.1:{port}" for n, port in enumerate(controllers, 1)),
        "listeners": f"PLAINTEXT://127.0.0.1:{here},CONTROLLER://127.0.0.1:{voice}",
        "advertised.listeners": f"PLAINTEXT://127.0.0.1:{here}",
        "controller.listener.names": "CONTROLLER",
        "inter.broker.listener.name": "PLAINTEXT",
        "listener.security.protocol.map": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT",
        "log.dirs": str(folder / "data"),
        "auto.create.topics.enable": "false",
        "offsets.topic.num.partitions": "8",
        "offsets.topic.replication.factor": str(replicas),
        "transaction.state.log.num.partitions": "4",
        "transaction.state.log.replication.factor": str(replicas),
        "transaction.state.log.min.isr": str(min(2, replicas)),
        "share.coordinator.state.topic.replication.factor": str(replicas),
        "share.coordinator.state.topic.min.isr": str(min(2, replicas)),
        "group.initial.rebalance.delay.ms": "0",
        # A dead worker's transaction is looked for this often after its timeout; Kafka's own 10 s doubles the wait.
        "transaction.abort.timed.out.transaction.cleanup.interval.ms": "1000",
    }


def _command(java: str, classes: Path, file: Path, nodes: int) -> list[str]:
    heap = "512m" if nodes == 1 else "384m"
    logging = ("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-Dorg.slf4j.simpleLogger.showDateTime=true")
    memory = (f"-Xmx{heap}", "-Xms256m", "-XX:+UseG1GC", "-XX:MaxGCPauseMillis=20", "-XX:+ExitOnOutOfMemoryError")
    return [java, *memory, *logging, "-cp", f"{classes}/*", "kafka.Kafka", str(file)]


def _format(java: str, classes: Path, file: Path, folder: Path) -> None:
    """KRaft wants its storage formatted before the first start; data that is there already is left as it is."""
    if (folder / "data" / "meta.properties").is_file():
        return
    tool = [java, "-Xmx128m", "-XX:TieredStopAtLevel=1", "-cp", f"{classes}/*", "kafka.tools.StorageTool"]
    with (folder / "broker.log").open("ab") as log:
        done = subprocess.run(  # noqa: S603 - the command is ours
            [*tool, "format", "-t", _CLUSTER, "-c", str(file)], stdout=log, stderr=log, cwd=folder, check=False
        )
    if done.returncode:
        raise BrokerUnavailable("Kafka's storage couldn't be formatted", f"read {folder / 'broker.log'}")


def _java() -> str:
    home = os.environ.get("JAVA_HOME")
    java = str(Path(home) / "bin" / "java") if home else shutil.which("java")
    if not java or not Path(java).is_file():
        raise BrokerUnavailable("Apache Kafka needs Java, which isn't here", f"install a Java {_JAVA} or newer")
    told = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr  # noqa: S603
    version = re.search(r'version "(\d+)', told)
    if version is None or int(version[1]) < _JAVA:
        raise BrokerUnavailable(f"Apache Kafka needs Java {_JAVA}, {java} is older", "install it or set JAVA_HOME")
    return java


def _jars(cache: Path) -> Path:
    """Kafka's jars, fetched once for each content of infra/kafka/pom.xml."""
    pom = INFRA / "pom.xml"
    folder = cache.resolve() / hashlib.sha256(pom.read_bytes()).hexdigest()[:12]
    if folder.is_dir():
        return folder
    maven = shutil.which("mvn")
    if maven is None:
        raise BrokerUnavailable("Apache Kafka's jars come by Maven, which isn't here", "install Maven 3.6 or newer")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as place:
        copied = Path(place) / "lib"
        goal = [maven, "-q", "-B", "-f", str(pom), "dependency:copy-dependencies", f"-DoutputDirectory={copied}"]
        done = subprocess.run(goal, capture_output=True, text=True, check=False)  # noqa: S603
        if done.returncode or not copied.is_dir():
            mend = f"try `{' '.join(goal)}`: {_error(done.stdout)}"
            raise BrokerUnavailable("Maven couldn't fetch Apache Kafka", mend)
        if not folder.is_dir():  # somebody else may have been quicker
            copied.rename(folder)
    return folder


def _error(output: str) -> str:
    return next((line for line in output.splitlines() if "ERROR" in line), "it gave no reason")
