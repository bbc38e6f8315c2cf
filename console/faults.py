"""Errors in words: one line that says where and how to mend it, and never what a record held."""

import traceback
from pathlib import Path

from confluent_kafka import KafkaException
from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError

from claims.fhir import BadChartFile
from claims.partners import UnknownPartner
from claims.reference import BadReference
from ledger.statistics import NoWindow
from ledger.store import LedgerUnreachable, NoLedger
from streams.brokers import BrokerUnavailable
from streams.provisioning import ProvisioningRefused
from streams.schema_registry import RegistryError
from streams.settings import Settings
from streams.source import Stopped
from streams.topics import BadTopics

_ROOT = Path(__file__).resolve().parent.parent


class Mendable(Exception):
    """What a command can't do, and what would help."""

    def __init__(self, what: str, mend: str) -> None:
        super().__init__(f"{what}; mend: {mend}")
        self.what, self.mend = what, mend


# Their own words name place and mend, and nothing of a record.
_SPEAK_FOR_THEMSELVES = (
    BadChartFile, BadReference, BadTopics, BrokerUnavailable, Mendable, ProvisioningRefused, RegistryError, Stopped,
    UnknownPartner,
)  # fmt: skip


def said_of(error: Exception) -> str:
    """One line for the terminal; of an error nobody foresaw only its kind and its way through our files."""
    match error:
        case ValidationError() if error.title == Settings.__name__:
            said = _of_settings(error)
        case KafkaException():
            said = f"Kafka answers {error.args[0].name()}; mend: see that CLAIMSTREAM_BROKERS is up and lets you in"
        case NoLedger():
            mend = "run `claimstream ledger upgrade`, or name it in CLAIMSTREAM_LEDGER"
            said = f"there is no ledger {error}; mend: {mend}"
        case LedgerUnreachable() | SQLAlchemyError():
            kind = type(getattr(error, "orig", None) or error).__name__
            mend = "see that CLAIMSTREAM_LEDGER can be written; run `claimstream ledger upgrade`"
            said = f"the ledger can't be read or written ({kind}); mend: {mend}"
        case NoWindow():
            said = "no statistics window is open; mend: run `claimstream topics apply`"
        case UnicodeEncodeError():
            said = "an argument is no text; mend: say it in UTF-8"
        case OSError():
            said = f"{error.filename or 'a file'}: {error.strerror}"
        case _ if isinstance(error, _SPEAK_FOR_THEMSELVES) or _is_no_key(error):
            said = str(error)
        case _:
            said = f"a fault of ours, {type(error).__name__} at {way_of(error)}; please report this line"
    return said


def way_of(error: BaseException) -> str:
    """The last of our own lines an error passed; its words are left out, they may quote a record."""
    frames = traceback.extract_tb(error.__traceback__)
    last = next((frame for frame in reversed(frames) if _is_ours(frame.filename)), frames[-1] if frames else None)
    return "an unknown place" if last is None else f"{Path(last.filename).name}:{last.lineno} in {last.name}"


def _is_ours(file: str) -> bool:
    return Path(file).is_relative_to(_ROOT) and "site-packages" not in file


def _of_settings(error: ValidationError) -> str:
    """The environment variables that can't be, without what they hold: one of them may be a password."""
    faults = error.errors(include_url=False, include_input=False, include_context=False)
    return "; ".join(f"{_variable(fault['loc'])}: {fault['msg'].removeprefix('Value error, ')}" for fault in faults)


def _variable(place: tuple[int | str, ...]) -> str:
    return "CLAIMSTREAM_" + ".".join(str(part) for part in place).upper().removeprefix("CLAIMSTREAM_")


def _is_no_key(error: Exception) -> bool:
    # By name: agents.assembly is not imported for it, because that opens every stage's module.
    return type(error).__name__ == "NoKey"
