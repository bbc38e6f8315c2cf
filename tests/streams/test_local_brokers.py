"""Brokers as processes of this machine: ours alone, on the loopback, ended with us, and missing ones are told."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from shutil import which

import psutil
import pytest

from streams.brokers import Broker, BrokerUnavailable, apache, embedded
from streams.brokers.broker import free_ports
from streams.brokers.patience import Conversation

WAIT_S = 30.0


def test_the_embedded_brokers_door_tells_its_own_port_and_touches_no_record() -> None:
    talk = Conversation(door=20_001, broker=20_002)
    address = b"127.0.0.1" + (20_002).to_bytes(4, "big")

    async def answered(api: int) -> bytes:
        await talk.ask(api.to_bytes(2, "big") + b"\0\0" + b"corr" + b"...")
        return await talk.answer(b"corr" + address)

    metadata, produced = asyncio.run(answered(3)), asyncio.run(answered(0))
    assert metadata == b"corr127.0.0.1" + (20_001).to_bytes(4, "big")
    assert produced == b"corr" + address


def test_it_listens_on_the_loopback_alone(embedded_broker: Broker) -> None:
    (pid,) = embedded_broker.pids
    listening = [c.laddr.ip for c in psutil.Process(pid).net_connections() if c.status == psutil.CONN_LISTEN]
    assert set(listening) == {"127.0.0.1"}


def test_a_port_that_is_taken_is_told_with_the_log(tmp_path: Path) -> None:
    (port,) = free_ports(1)
    with socket.create_server(("127.0.0.1", port)), pytest.raises(BrokerUnavailable, match=r"broker\.log"):
        embedded(tmp_path, port).start()


def test_a_stopped_broker_leaves_no_process(tmp_path: Path) -> None:
    with embedded(tmp_path) as broker:
        (pid,) = broker.pids
        assert pid is not None
        os.kill(pid, signal.SIGSTOP)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


@pytest.mark.skipif(which("setpriv") is None, reason="no setpriv here: a broker outlives a killed test")
def test_a_broker_ends_with_whoever_started_it_and_was_killed(tmp_path: Path) -> None:
    program = (
        "import os, signal, sys; from pathlib import Path; from streams.brokers import embedded;"
        "print(*embedded(Path(sys.argv[1])).start().pids, flush=True); os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run([sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=False)
    psutil.wait_procs([psutil.Process(int(done.stdout))] if psutil.pid_exists(int(done.stdout)) else [], timeout=WAIT_S)
    assert not psutil.pid_exists(int(done.stdout))


def test_without_java_the_mend_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BrokerUnavailable, match="install a Java 17"):
        apache(tmp_path)


@pytest.mark.apache
def test_without_maven_the_mend_is_named(
    apache_broker: Broker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    java = which("java")
    assert apache_broker.kind == "Apache Kafka"
    assert java is not None
    (tmp_path / "java").symlink_to(java)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(BrokerUnavailable, match=r"install Maven"):
        apache(tmp_path, jars=tmp_path / "none")
