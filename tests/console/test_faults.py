"""Errors at the boundary: one line with place and mend, exit status 2, and never what a record held."""

from importlib import import_module
from pathlib import Path
from shutil import copytree

import pytest
from confluent_kafka import KafkaError, KafkaException
from sqlalchemy.exc import OperationalError

from agents.assembly import NoKey
from agents.reference import read_partners
from claims.fhir import BadChartFile
from claims.partners import UnknownPartner
from claims.reference import BadReference
from console.faults import said_of, way_of
from console.main import COMMANDS
from ledger.store import LedgerUnreachable
from streams.brokers import BrokerUnavailable
from streams.settings import INFRA
from streams.source import Stopped
from streams.topics import BadTopics
from tests.console.conftest import Terminal


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (BadReference("partners.yaml", 12, 7, "hospitals.x.npi", "ten digits"), "partners.yaml:12:7 hospitals.x.npi"),
        (BadTopics("topics.yaml", 3, 1, "yaml", "no YAML"), "topics.yaml:3:1 yaml: no YAML"),
        (BadChartFile("a.json", 2, 1, "json", "send it again"), "a.json:2:1 json: send it again"),
        (UnknownPartner("hospital", {"mercy": 1}), "unknown hospital; known: mercy"),
        (NoKey("set CLAIMSTREAM_KEY_FILE"), "set CLAIMSTREAM_KEY_FILE"),
        (BrokerUnavailable("no Java", "install it"), "no Java; mend: install it"),
        (Stopped(4, "an older ledger was restored"), "an older ledger was restored"),
        (LedgerUnreachable("OperationalError"), "claimstream ledger upgrade"),
        (KafkaException(KafkaError(KafkaError._TRANSPORT)), "_TRANSPORT"),
        (FileNotFoundError(2, "No such file or directory", "key.hex"), "key.hex: No such file or directory"),
    ],
)
def test_a_known_error_says_where_and_how_to_mend_it(error: Exception, words: str) -> None:
    assert words in said_of(error)


def test_every_error_is_one_line() -> None:
    assert "\n" not in said_of(ValueError("first\nsecond"))


@pytest.mark.parametrize(
    "error",
    [ValueError("Jane Canary"), OperationalError("SELECT 1", {"name": "Jane Canary"}, Exception("Jane Canary"))],
)
def test_an_error_never_quotes_what_it_met(error: Exception) -> None:
    assert "Canary" not in said_of(error)


def test_an_unforeseen_error_names_our_own_line() -> None:
    with pytest.raises(UnknownPartner) as raised:
        read_partners(INFRA).hospital("nobody")
    assert way_of(raised.value).startswith("partners.py:")


def test_a_setting_that_cannot_be_is_named_and_not_quoted(alone: Terminal) -> None:
    done = alone.run("ledger", "current", CLAIMSTREAM_WEB_PORT="canary")
    assert (done.exit_code, "CLAIMSTREAM_WEB_PORT" in done.stderr, "canary" in done.stderr) == (2, True, False)


def test_a_broken_partner_stops_a_command_with_file_line_and_field(alone: Terminal, tmp_path: Path) -> None:
    infra = tmp_path / "infra"
    copytree(INFRA, infra)
    text = (infra / "partners.yaml").read_text()
    (infra / "partners.yaml").write_text(text.replace('npi: "1234567893"', 'npi: "1234567890"', 1))
    done = alone.run("chart", "mercy-general", "x", CLAIMSTREAM_INFRA=str(infra))
    assert done.exit_code == 2
    assert done.stderr.startswith("claimstream: partners.yaml:8:10 hospitals.mercy-general.npi")


@pytest.mark.parametrize("command", [("topics", "plan"), ("lag",), ("tail", "refused"), ("reconcile",)])
def test_a_broker_that_is_down_is_told_in_one_line(alone: Terminal, command: tuple[str, ...]) -> None:
    done = alone.run(*command)
    assert (done.exit_code, done.stderr.count("\n")) == (2, 1)
    assert "no broker answers at 127.0.0.1:1" in done.stderr


def test_a_ledger_without_its_tables_says_what_makes_them(alone: Terminal) -> None:
    done = alone.run("chart", "mercy-general", "x")
    assert (done.exit_code, "claimstream ledger upgrade" in done.stderr) == (2, True)


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_teaches(alone: Terminal, command: str) -> None:
    done = alone.run(command, "--help")
    assert (done.exit_code, import_module(f"console.{command}").app is not None) == (0, True)
    assert len(done.stdout.splitlines()) > 8


def test_the_help_names_every_command(alone: Terminal) -> None:
    listed = alone.run("--help").stdout
    assert [name for name in COMMANDS if name not in listed] == []


def test_a_misspelt_command_is_a_usage_error(alone: Terminal) -> None:
    done = alone.run("chrt")
    assert (done.exit_code, "chart" in done.stderr) == (2, True)
