"""`claimstream remit import`: payers' X12 files, read and sent as the payers' events.

This is the clearing house's side: what a payer who speaks Avro would write to his own topics (docs/payer.md).
"""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from hashlib import blake2b
from pathlib import Path
from typing import Annotated, Any, Final, TypeVar

import typer
from confluent_kafka import KafkaException

from agents.clock import Clock
from agents.reference import read_partners
from agents.sent_files import SentFiles
from claims.partners import Partners
from claims.x12.answers import read_answers
from claims.x12.envelopes import Note
from claims.x12.payment_parts import has_several, parts
from claims.x12.segments import X12Fault
from claims.x12.transactions import IsOurs, Result, WhoseClaim, WhosePayer
from console import unmatched
from console.faults import Mendable
from console.imported import Imported, say_as_json, tell_all
from console.screen import Json, printable
from console.wire import Together, must_be_there, reachable, strict_codec
from ledger import inquiries, projections
from ledger.store import Ledger, LedgerUnreachable
from schemas.events import ClaimAcknowledged, ClaimAdjudicated, Remittance
from streams.settings import Settings
from streams.topics import CLAIM_ACKNOWLEDGED, CLAIM_ADJUDICATED, REMITTANCE, outer

app = typer.Typer(no_args_is_help=True, add_completion=False)

R = TypeVar("R")

_PIECE: Final = 1 << 16
_FAMILY: Final[dict[type, str]] = {
    ClaimAdjudicated: CLAIM_ADJUDICATED,
    ClaimAcknowledged: CLAIM_ACKNOWLEDGED,
    Remittance: REMITTANCE,
}

Paths = Annotated[list[Path], typer.Argument(exists=True, readable=True, help="Folders or files.", metavar="PATH")]


@app.callback()
def remit() -> None:
    """Payers' X12 files: 835, 277CA, 999 and TA1; and the answers whose claim isn't known."""


app.command(name="unmatched")(unmatched.listed)
app.command(name="match")(unmatched.matched)
app.command(name="dismiss")(unmatched.dismissed)


@app.command(name="import")
def import_(
    paths: Paths,
    payer: Annotated[
        str | None, typer.Option(help="Whose files these are: an id of partners.yaml, where they don't say.")
    ] = None,
    test: Annotated[
        bool, typer.Option("--test", help="Takes test interchanges too (ISA15 T): for a system that is one.")
    ] = False,
    another_payment: Annotated[
        bool, typer.Option(help="These are payments of their own, though their trace numbers named others before.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Send what payers' files say to the payers' own topics: payments and answers (835), acknowledgements (277CA, 999).

    A folder's files are read in the order of their names, each as it comes: it may be large. The payer is he whose
    payer_id partners.yaml has. A transaction is sent whole or not at all: one that is cut off, can't be read or doesn't
    balance, is a test or another's money is suspended and told with the segment; the others of the file go out, and so
    do the other files.

    Importing again is harmless: events have the same ids, and what was taken already is said to be repeated.
    Exit status 1 when something was suspended, a file could not be read on, or a file of ours was refused.
    """
    settings = Settings()
    partners = read_partners(settings.infra)
    files = list(_files(paths))
    if not files:
        raise Mendable("no file there", "name a folder with files, or files")
    reading = partial(read_answers, whose=_whose(partners, payer), is_ours=_payees(partners), takes_tests=test)
    tell = say_as_json if as_json else tell_all
    done: list[Imported] = []
    try:
        done.extend(_import_all(settings, files, reading, another=another_payment))
    except Exception:
        if done:  # what went out before
            tell(done)
        raise
    tell(done)
    raise typer.Exit(1 if any(each.needs_a_look for each in done) else 0)


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            found = (file for file in sorted(path.iterdir()) if not file.name.startswith("."))
            yield from (
                file for file in found if file.is_file() or file.suffix
            )  # what is named as a file is none: told
        else:
            yield path


def _whose(partners: Partners, payer: str | None) -> WhosePayer:
    """By the ids that a file has; by what the command says, where it says it."""
    if payer is not None:
        named = partners.payer(payer).id
        return lambda _: named
    known = {each.payer_id: each.id for each in partners.payers.values()}
    return lambda ids: next((known[each] for each in ids if each in known), None)


def _payees(partners: Partners) -> IsOurs:
    """By NPI and tax id: the hospitals, and who bills for them."""
    ours = set[str]()
    for hospital in partners.hospitals.values():
        ours |= {hospital.npi, hospital.tax_id}
        ours |= {number for entity in hospital.billing_entities.values() for number in (entity.npi, entity.tax_id)}
    return ours.__contains__


def _import_all(
    settings: Settings, files: Sequence[Path], reading: Callable[..., Iterator[Any]], *, another: bool
) -> Iterator[Imported]:
    """Under the same name the next try ends what this one left open: the name is that of these files."""
    name = blake2b(b"\n".join(map(os.fsencode, files)), digest_size=6).hexdigest()
    codec, ledger = strict_codec(settings), Ledger(settings.ledger.get_secret_value(), patience_s=5)
    reachable(settings)
    together = Together(settings, f"remit-{name}")
    sent = SentFiles(ledger) if ledger.is_there else None
    now_ms = Clock(settings.clock).now_ms
    known, clashes = _known(ledger), _clashes(ledger, another=another)
    conclude = partial(_concluded, together=together, known=known, clashes=clashes, sent=sent, now_ms=now_ms)
    speak = partial(_say, settings, codec.encode, together, set())
    sent_to = _sent_to(ledger)
    for file in files:
        read = partial(
            _read, file, reading, every=another, whose_claim=sent_to, sent=None if sent is None else sent.held
        )
        yield import_file(Imported(printable(file)), read, together, speak, conclude)


def import_file(
    done: Imported,
    read: Callable[[], Iterator[Any]],
    together: Together,
    speak: Callable[[Any], None],
    conclude: Callable[[Result], tuple[Result, str]],
) -> Imported:
    """One file's events, transaction by transaction: what is not concluded is dropped."""
    try:
        for each in read():
            match each:
                case Result():
                    done.transactions.append(conclude(each))
                case Note():
                    done.notes.append(each)
                case _:
                    speak(each)
    except X12Fault as fault:
        done.bad = Note(fault.at, "unreadable", fault.why, fault.mend)
    except OSError as fault:
        done.bad = Note(0, "unreadable", fault.strerror or type(fault).__name__, "see that it can be read")
    except Exception:
        with suppress(KafkaException):  # it would hide why
            together.drop()
        raise
    together.drop()
    return done


def _read(file: Path, reading: Callable[..., Iterator[Any]], *, every: bool, **known: Any) -> Iterator[Any]:
    """A file is looked through before where it may have several payments; what isn't a file is there only once."""
    look = file.is_file() and (every or has_several(_pieces(file)))
    return reading(_pieces(file), parts=parts(_pieces(file), every=every) if look else {}, **known)


def _pieces(file: Path) -> Iterator[bytes]:
    with file.open("rb") as opened:
        while piece := opened.read(_PIECE):
            yield piece


def _say(settings: Settings, encode: Callable[[Any], bytes], together: Together, there: set[str], event: Any) -> None:
    topic = outer(_FAMILY[type(event)], event.payer)
    if topic not in there:
        must_be_there(settings, topic)
        there.add(topic)
    key = getattr(event, "trace_number", None) or event.control_number
    together.say(topic, key.encode(), encode(event))


_Known = Callable[[Result], bool]


def _concluded(
    result: Result,
    *,
    together: Together,
    known: _Known,
    clashes: _Known,
    sent: SentFiles | None,
    now_ms: Callable[[], int],
) -> tuple[Result, str]:
    """What is said of files of ours is kept once what follows from it has been sent, now or by an import before."""
    if result.is_whole and result.event_id is not None:
        if known(result):
            together.drop()
            _keep(result, sent, now_ms)
            return result, "repeated"
        if clashes(result):
            result = replace(result, faults=(Note(result.at, *_TRACE_KNOWN),))
    if not result.is_whole:
        together.drop()
        return result, "suspended"
    together.keep()
    _keep(result, sent, now_ms)
    if result.event_id is None:
        return result, "noted" if result.files else "nothing to say"
    return result, "published"


def _keep(result: Result, sent: SentFiles | None, now_ms: Callable[[], int]) -> None:
    if sent is not None:
        sent.answered(result.files, now_ms())


_TRACE_KNOWN: Final = (
    "trace-known",
    "TRN02: this trace number named a payment that says something else",
    "ask the payer; if both are payments, import it with --another-payment",
)


def _known(ledger: Ledger) -> _Known:
    """Whether an event was said in this run, or taken by intake before. Without a ledger here only the first is known,
    and intake drops what it has."""
    said = set[str]()

    def known(result: Result) -> bool:
        assert result.event_id is not None
        payer, event_id = result.payer or "", result.event_id
        if event_id in said:
            return True
        said.add(event_id)
        return bool(_asked(ledger, lambda tx: inquiries.is_taken(tx, "intake", payer, event_id)))

    return known


def _clashes(ledger: Ledger, *, another: bool) -> _Known:
    """Whether a payment's trace number named another one before, or its part the whole: intake would take it, and none
    of it could be posted."""
    paid = dict[str, str]()

    def clashes(result: Result) -> bool:
        if result.trace is None or result.content is None:
            return False
        own, part = f"{result.payer}/{result.trace}", f"/{result.content}"
        other = own.removesuffix(part) if own.endswith(part) else f"{own}{part}"
        asked = [own] if another else [own, other]
        if paid.setdefault(own, str(result.event_id)) != result.event_id:
            return True
        return any(_asked(ledger, partial(_is_paid, about=each)) for each in asked)

    return clashes


def _is_paid(tx: Any, about: str) -> bool:
    return inquiries.payment_taken(tx, "intake", about)


def _sent_to(ledger: Ledger) -> WhoseClaim:
    """The payer of a claim of ours, by its control number."""

    def sent_to(number: str) -> str | None:
        rows = _asked(ledger, lambda tx: projections.claims_by_number(tx, [number])) or {}
        return rows[number].payer if number in rows else None

    return sent_to


def _asked(ledger: Ledger, question: Callable[[Any], R]) -> R | None:
    """Null where there is no ledger."""
    try:
        return ledger.read(question) if ledger.is_there else None
    except LedgerUnreachable:
        return None
