"""Logs are JSON lines that can't hold PHI, whatever a library or an exception says."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from console import logs


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """Logging as the worker sets it up, at its most talkative; what stood before comes back."""
    root, level = logging.root.handlers[:], logging.root.level
    written = io.StringIO()
    logs.set_up("debug", written)
    yield written
    logging.root.handlers[:] = root
    logging.root.setLevel(level)
    structlog.reset_defaults()


def lines(stream: io.StringIO) -> list[Any]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_our_own_words_are_json_with_level_and_time(stream: io.StringIO) -> None:
    structlog.get_logger("claimstream").info("taken", records=3)
    (line,) = lines(stream)
    assert (line["event"], line["records"], line["level"], line["timestamp"][-1]) == ("taken", 3, "info", "Z")


def test_our_level_is_the_one_asked_for(stream: io.StringIO) -> None:
    logs.set_up("warning", stream)
    logging.getLogger("claimstream").info("quiet")
    assert stream.getvalue() == ""


@pytest.mark.parametrize(
    "library", ["faust.transport", "mode.services", "aiokafka.consumer", "kafka", "sqlalchemy.engine"]
)
def test_a_library_is_silent_below_warning_even_when_it_sets_its_own_level(library: str, stream: io.StringIO) -> None:
    logger = logging.getLogger(library)
    logger.setLevel(logging.DEBUG)
    logger.debug("key %r value %r", "Canary", "Canary")
    logger.info("Canary")
    logger.setLevel(logging.NOTSET)
    assert stream.getvalue() == ""


def test_a_librarys_warning_is_its_template_without_its_arguments(stream: io.StringIO) -> None:
    logging.getLogger("faust.agents").warning("refused %r", "Canary")
    assert lines(stream)[0]["event"] == "refused %r"


def test_a_warning_that_was_put_together_before_is_only_a_place(stream: io.StringIO) -> None:
    logging.getLogger("mode").error("refused " + "Canary")
    assert lines(stream)[0]["event"].startswith("test_logs:")


@pytest.mark.parametrize("logger", ["claimstream", "mode"])
def test_an_exception_is_its_kind_and_its_place(logger: str, stream: io.StringIO) -> None:
    try:
        raise ValueError("Canary")
    except ValueError as error:
        logging.getLogger(logger).exception("failed: %r", error)
        structlog.get_logger("claimstream").exception("failed")
    written = lines(stream)
    assert {line["exception"] for line in written} == {"ValueError"}
    assert all(line["at"].startswith("test_logs.py:") for line in written)


def test_no_way_of_logging_lets_a_value_through_from_elsewhere(stream: io.StringIO) -> None:
    for name in ("faust", "mode", "somebody.else"):
        for level in (logging.DEBUG, logging.WARNING, logging.CRITICAL):
            logging.getLogger(name).log(level, "%s", "Canary", stack_info=True)
    assert "Canary" not in stream.getvalue()
