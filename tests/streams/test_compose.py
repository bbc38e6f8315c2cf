"""The compose file: what can be held without an engine, and with `docker compose` its own opinion."""

import os
import shutil
import subprocess
from typing import Any

import pytest
import yaml

from streams.settings import INFRA, Settings
from streams.topics import STAGES

FILE = INFRA / "compose.yaml"
COMPOSE: dict[str, Any] = yaml.safe_load(FILE.read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]


def test_each_stage_has_its_worker() -> None:
    workers = {name: service["command"] for name, service in SERVICES.items() if "command" in service}
    assert workers == {stage: ["worker", "--stage", stage] for stage in STAGES}


def test_every_port_is_published_on_the_loopback_alone_and_once() -> None:
    ports = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert all(port.startswith("127.0.0.1:") for port in ports)
    assert len({port.split(":")[1] for port in ports}) == len(ports)


def test_workers_wait_for_topics_and_ledger_and_these_for_their_servers() -> None:
    waits = {name: set(service.get("depends_on", {})) for name, service in SERVICES.items()}
    assert {stage: waits[stage] for stage in STAGES} == {stage: {"provision"} for stage in STAGES}
    assert waits["provision"] == {"kafka", "postgres"}
    assert all("healthcheck" in SERVICES[name] for name in waits["provision"])


def test_the_workers_settings_are_settings() -> None:
    names = {name.removeprefix("CLAIMSTREAM_").lower() for name in SERVICES["intake"]["environment"]}
    assert names <= set(Settings.model_fields)


def test_no_secret_stands_in_the_file() -> None:
    assert SERVICES["postgres"]["environment"]["POSTGRES_PASSWORD"].startswith("${POSTGRES_PASSWORD:?")
    assert COMPOSE["secrets"]["pseudonym_key"]["file"].startswith("${KEY_FILE:?")


def test_every_image_has_a_version_and_kafkas_is_the_poms() -> None:
    images = {service["image"] for service in SERVICES.values()}
    kafka = next(image for image in images if image.startswith("apache/kafka:"))
    assert f"<version>{kafka.split(':')[1]}</version>" in (INFRA / "pom.xml").read_text()
    assert all(":" in image and not image.endswith(":latest") for image in images)


def test_topics_are_not_made_by_accident() -> None:
    assert SERVICES["kafka"]["environment"]["KAFKA_AUTO_CREATE_TOPICS_ENABLE"] == "false"


@pytest.mark.container
def test_docker_compose_takes_it() -> None:
    docker = shutil.which("docker")
    if docker is None or subprocess.run([docker, "compose", "version"], capture_output=True, check=False).returncode:
        pytest.skip("no `docker compose` here")
    given = {**os.environ, "POSTGRES_PASSWORD": "trial", "KEY_FILE": str(FILE)}
    done = subprocess.run(
        [docker, "compose", "-f", str(FILE), "config", "--quiet"],
        env=given,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
