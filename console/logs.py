"""Logs: JSON lines on stderr, our own words at the level asked for, and of everybody else's only what can't hold PHI.

Faust logs key and value of every message at DEBUG, and most libraries put values into a warning's arguments. So a
foreign record is taken from WARNING on, as its template without its arguments; an exception is its kind and where it
was, for its words may quote a record (45 CFR 164.312).
"""

import logging
import sys
from collections.abc import MutableMapping
from typing import IO, Any

import structlog

from console.faults import way_of

OURS = "claimstream"
_PINNED = ("faust", "mode", "aiokafka", "kafka", "aiohttp", "asyncio", "sqlalchemy", "alembic")

Entry = MutableMapping[str, Any]


def set_up(level: str, stream: IO[str] | None = None) -> None:
    """Gives the root logger our handler and no other. Harmless when repeated."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.addFilter(_may_pass)
    before: list[Any] = [structlog.stdlib.add_log_level, structlog.processors.TimeStamper(fmt="iso", utc=True)]
    render: list[Any] = [
        _exception_by_kind,
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.processors.JSONRenderer(),
    ]
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[_template, *before], processors=render, use_get_message=False, pass_foreign_args=True
        )
    )
    logging.root.handlers[:] = [handler]
    logging.root.setLevel(logging.WARNING)
    for name in _PINNED:  # some of them look at their own level before they format anything
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger(OURS).setLevel(level.upper())
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *before, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def _may_pass(record: logging.LogRecord) -> bool:
    """At the handler, so that no library's own setLevel opens the way."""
    return record.levelno >= logging.WARNING or record.name == OURS


def _template(_logger: Any, _method: str, entry: Entry) -> Entry:
    """A foreign record without its arguments."""
    record: logging.LogRecord = entry["_record"]
    # A message that was put together before it was logged can't be told from its values: only where it was said.
    words = entry["event"] if entry.pop("positional_args", None) else f"{record.module}:{record.lineno}"
    return {**entry, "event": words, "logger": record.name}


def _exception_by_kind(_logger: Any, _method: str, entry: Entry) -> Entry:
    error = _error_in(entry.pop("exc_info", None) or entry["_record"].exc_info)
    entry.pop("stack_info", None)
    return entry if error is None else {**entry, "exception": type(error).__name__, "at": way_of(error)}


def _error_in(told: Any) -> BaseException | None:
    if isinstance(told, BaseException):
        return told
    if isinstance(told, tuple):
        return told[1] if isinstance(told[1], BaseException) else None
    return sys.exc_info()[1] if told else None
