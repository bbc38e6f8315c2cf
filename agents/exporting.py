"""Claims to files, each whole or not at all, the manifest last.

A file counts once a manifest lists it. What a run left without one is taken away by the next run, and its claims are
written again under another number: a crash skips a number and repeats none.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any, Final, NamedTuple

from agents.clock import Clock
from agents.manifests import digest_listed, manifest_of, next_in
from agents.whole_files import settle, write_whole
from claims.export import Answers, Format, Making, batches, by_size, content, file_name, unanswered
from claims.partners import Partners
from claims.x12.claim_file import ClaimFile, Style, set_of
from claims.x12.writing import Unwritable
from ledger import interchanges
from ledger.slots import lease, me, release
from ledger.store import Ledger
from schemas.events import ClaimBuilt

_SLOT: Final = ("export", "claims")
_LEASE_MS: Final = 3_600_000  # on one host a run that died holds it no longer
_AT_ONCE: Final = 500


class Busy(Exception):
    """Another export of this ledger's claims runs."""


class NotOurs(Exception):
    """A file or manifest of the next number is there, and this ledger never wrote one: the folder is another's."""


@dataclass(frozen=True)
class Order:
    """What is asked for: where to, in which format, how much of it, and how much in one file."""

    out: Path
    form: Format = "x12"
    style: Style = field(default_factory=Style)
    limit: int | None = None
    batch_claims: int = 1_000
    batch_bytes: int = 20_000_000
    again: bool = False
    test: bool = False


class NotWritten(NamedTuple):
    """A claim that can't be written, by the beginning of its id."""

    claim: str
    hospital: str
    payer: str
    why: Unwritable


@dataclass
class Exported:
    """What a run did."""

    files: list[dict[str, Any]] = field(default_factory=list)
    not_written: list[NotWritten] = field(default_factory=list)
    before: int = 0
    """Claims that had gone out already."""
    manifest: Path | None = None


@dataclass
class Exporting:
    """Takes claims as they come and writes them batch by batch."""

    partners: Partners
    ledger: Ledger
    clock: Clock
    software: str
    order: Order
    answers: Answers = unanswered
    done: Exported = field(default_factory=Exported)

    def run(self, claims: Iterable[ClaimBuilt], stopping: Callable[[], bool] = lambda: False) -> Exported:
        """Everything that is new; all of it where the order says `again`. Told to stop it ends after a batch, with the
        manifest of what it wrote; the rest waits for the next run."""
        with self._alone():
            for row in self.ledger.read(interchanges.unfinished):
                self._end(row)
            self.order.out.mkdir(parents=True, exist_ok=True)
            for batch in batches(islice(self._new(claims), self.order.limit), self.order.batch_claims):
                if stopping():
                    break
                self._write(batch)
            self._list()
        return self.done

    def _new(self, claims: Iterable[ClaimBuilt]) -> Iterator[ClaimBuilt]:
        """Claims that have not gone out in this format, each once."""
        seen: set[interchanges.Sent] = set()
        for some in _portions(iter(claims)):
            self._hold()
            once = {key: claim for claim in some if (key := _key(claim)) not in seen}
            seen |= once.keys()
            gone = frozenset[interchanges.Sent]() if self.order.again else self._sent(once)
            self.done.before += len(gone & once.keys())
            yield from (claim for key, claim in once.items() if key not in gone)

    def _sent(self, claims: Iterable[interchanges.Sent]) -> frozenset[interchanges.Sent]:
        names, form = [name for name, _ in claims], interchanges.sent_as(self.order.form, test=self.order.test)
        return self.ledger.read(lambda tx: interchanges.sent(tx, form, names))

    def _write(self, batch: list[ClaimBuilt]) -> None:
        """First on trial: a file holds what can be written, and is not too large."""
        try:
            drafted = self._made(batch, 1)
        except Unwritable as why:
            self._refuse(batch, why)
            return
        for left in drafted.left_out:
            self._refuse([left.claim], left.why)
        for part in by_size(drafted, self.order.batch_bytes):
            self._write_file(part)

    def _made(self, claims: Sequence[ClaimBuilt], number: int) -> ClaimFile:
        making = Making(self.order.form, self.order.style, self.clock.now(), self.order.test, self.answers)
        return content(claims, number, self.partners, making)

    def _refuse(self, claims: Iterable[ClaimBuilt], why: Unwritable) -> None:
        self.done.not_written += (NotWritten(each.claim_id[:8], each.hospital, each.payer, why) for each in claims)

    def _write_file(self, claims: Sequence[ClaimBuilt]) -> None:
        """The ledger has the number and what it stands for before there is a file."""
        row = self._row(claims)
        number = self._begin(row, claims)
        made = self._made(claims, number)
        raw = made.text.encode()
        file = _file({**row, "number": number})
        for theirs in (file, self._manifest(number)):
            if theirs.exists():
                self._give_up(number)
                raise NotOurs(theirs)
        write_whole(file, raw)
        shown = ("format", "hospital", "payer", "kind", "claims")
        self.done.files.append(
            {
                "file": file.name,
                "sha256": sha256(raw).hexdigest(),
                "bytes": len(raw),
                **{name: row[name] for name in shown},
                "interchange": number,
                "group": number,
                "sets": list(made.numbers),
                "charge_cents": row["cents"],
            }
        )

    @property
    def _is_counted(self) -> bool:
        """Whether what goes out is known to have gone. FHIR says what stands today, each time anew: its files have the
        numbers of their folder, and the ledger hears nothing of them."""
        return self.order.form != "fhir"

    def _begin(self, row: Mapping[str, Any], claims: Sequence[ClaimBuilt]) -> int:
        if not self._is_counted:
            return next_in(self.order.out)
        held = [self._held(claim, place) for place, claim in enumerate(claims)]
        return self.ledger.run(lambda tx: interchanges.begin(tx, row, held))

    def _give_up(self, number: int) -> None:
        if self._is_counted:
            self.ledger.run(lambda tx: interchanges.give_up(tx, number))

    def _manifest(self, number: int) -> Path:
        """By the run's first number, which may be this one."""
        first = self.done.files[0]["interchange"] if self.done.files else number
        return manifest_of(self.order.out, first, "" if self._is_counted else "fhir-")

    def _held(self, claim: ClaimBuilt, place: int) -> interchanges.Held:
        in_set = set_of(place, self.order.style) if self.order.form == "x12" else None
        return interchanges.Held(claim.claim_id, claim.submission, claim.control_number, in_set)

    def _row(self, claims: Sequence[ClaimBuilt]) -> dict[str, Any]:
        first = claims[0]
        return {
            "format": self.order.form,
            "payer": first.payer,
            "hospital": first.hospital,
            "kind": first.kind,
            "folder": str(self.order.out.resolve()),
            "claims": len(claims),
            "cents": sum(claim.total_charge_cents for claim in claims),
            "at": self.clock.now_ms(),
            "test": int(self.order.test),
        }

    def _list(self) -> None:
        """The manifest makes the files count; then the ledger knows it."""
        files = self.done.files
        if not files:
            return
        self.done.manifest = self._manifest(files[0]["interchange"])
        said = {"software": self.software, "written_at": self.clock.now().isoformat(), "files": files}
        write_whole(self.done.manifest, (json.dumps(said, indent=1) + "\n").encode())
        if self._is_counted:
            written = [(each["interchange"], each["sha256"]) for each in files]
            self.ledger.run(lambda tx: interchanges.finish(tx, written))

    def _end(self, row: Mapping[str, Any]) -> None:
        """A file that an earlier run left: it counts where a manifest lists it, else it is taken away."""
        file, number = _file(row), row["number"]
        digest = digest_listed(file, number)
        if digest is not None:
            self.ledger.run(lambda tx: interchanges.finish(tx, [(number, digest)]))
            return
        if file.exists():
            file.unlink()
            settle(file.parent)
        self._give_up(number)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self._hold()
        try:
            yield
        finally:
            self.ledger.run(lambda tx: release(tx, *_SLOT, me()))

    def _hold(self) -> None:
        """Two exports at once would write the same claims."""
        now = self.clock.now_ms()
        if not self.ledger.run(lambda tx: lease(tx, *_SLOT, me(), now, ttl_ms=_LEASE_MS)):
            raise Busy


def _portions(claims: Iterator[ClaimBuilt]) -> Iterator[list[ClaimBuilt]]:
    """So many at a time as the ledger is asked about."""
    while some := list(islice(claims, _AT_ONCE)):
        yield some


def _key(claim: ClaimBuilt) -> interchanges.Sent:
    return claim.claim_id, claim.submission


def _file(row: Mapping[str, Any]) -> Path:
    name = file_name(row["hospital"], row["payer"], row["kind"], row["number"], row["format"])
    return Path(row["folder"]) / name
