"""999 (X231A1, and the older 997) and TA1: a file of ours, or a transaction set of it, was taken or not.

Both name files by their numbers; which claims those held, our ledger knows. All of a refused set were never filed,
whether or not something is wrong with each: a claim has the errors that were found in it (CTX CLM01), and those that
are nobody's.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Final

from claims.x12.envelopes import Begun, Notes
from claims.x12.segments import Segment, X12Fault
from claims.x12.transactions import (
    UNKNOWN_PAYER,
    Directory,
    FileAnswer,
    FileVerdict,
    Result,
    Said,
    SentFile,
    suspend,
)
from claims.x12.values import day, fault, required
from schemas.events.payer import ClaimAcknowledged, StatusCode
from schemas.identity import derived

_REFUSED: Final = frozenset({"R", "M", "W", "X"})  # IK501 and AK901: refused, for whatever reason
_VERDICTS: Final[dict[str, FileVerdict]] = {"A": "accepted", "E": "with-errors", "P": "partly"}
_OF_INTERCHANGE: Final[dict[str, FileVerdict]] = {"A": "received", "E": "with-errors", "R": "refused"}  # TA104
_MOST_ERRORS: Final = 1_000
"""Of a set: who finds more has told enough."""
_MOST_OF_CLAIM: Final = 20
_AGAIN: Final = "mend it, and send its claims again"


@dataclass
class _Error:
    """A segment with errors (IK3) and those of its elements (IK4); of which claim, where it says so (CTX)."""

    segment: Segment
    claim: str | None = None
    elements: list[Segment] = field(default_factory=list)

    def codes(self) -> Iterator[StatusCode]:
        """Where and which; never what stood there (IK404)."""
        where = _place(self.segment)
        tag = _plain(self.segment.element(1))
        if not self.elements and self.segment.element(4):
            yield StatusCode(category=_plain(self.segment.element(4)), entity="IK304", place=f"{tag}{where}")
        for each in self.elements:
            if each.element(3):
                number = "-".join(_plain(part).zfill(2) for part in each.components(1)[:2] if part.strip())
                yield StatusCode(category=_plain(each.element(3)), entity="IK403", place=f"{tag}{number}{where}")


class FileStatusReader:
    """A 999: a set is judged by its IK5, the group by AK9, which goes before."""

    def __init__(self, begun: Begun, directory: Directory) -> None:
        self._begun, self._directory, self._notes = begun, directory, begun.notes
        self._group: Segment | None = None
        self._set: Segment | None = None
        self._errors: list[_Error] = []
        self._refusing = _Refusing("999", directory)
        self._files: list[FileAnswer] = []
        self._judged = False

    def take(self, segment: Segment) -> Iterator[Said]:
        match segment.tag:
            case "AK1":
                self._group = segment
            case "AK2":
                self._set, self._errors = segment, []
            case "IK3" | "AK3" if len(self._errors) < _MOST_ERRORS:
                self._errors.append(_Error(segment))
            case "CTX" if self._errors and segment.components(1)[:1] == ["CLM01"]:
                self._errors[-1].claim = "".join(segment.components(1)[1:2]).strip() or None
            case "IK4" | "AK4" if self._errors:
                self._errors[-1].elements.append(segment)
            case "IK5" | "AK5":
                yield from self._of_set(segment)
            case "AK9":
                yield from self._of_group(segment)

    def end(self) -> Iterator[Said]:
        if not self._judged:
            self._notes.find(
                self._begun.at, "no-verdict", "a 999 that doesn't say what became of the group", "send AK9"
            )
        yield from ()

    def result(self, begun: Begun) -> Result:
        said = self._refusing
        return Result(
            "999", begun.control_number, begun.at, said.payer, None, said.event_id, len(said.told), 0, 0,
            tuple(self._notes.faults), tuple(self._notes.findings), tuple(self._files),
        )  # fmt: skip

    def _of_set(self, status: Segment) -> Iterator[Said]:
        """The claims of a refused set; where we know no such file, those that an error names."""
        if self._group is None or self._set is None or status.element(1) not in _REFUSED:
            return
        self._notes.find(status.at, "set-refused", "a transaction of ours was refused", _AGAIN)
        number, in_set = required(self._group, 2), required(self._set, 2)
        sent = self._sent(number, in_set)
        if self._directory.sent is not None and self._sent(number, None) is not None:  # else AK9 is told of
            self._files.append(self._answer(number, in_set, "refused", sent))
        own = {error.claim for error in self._errors if error.claim} if sent is None else set()
        told = ((claim, self._codes(claim)) for claim in (*(sent.claims if sent else ()), *sorted(own)))
        yield from self._refusing.say(sent, self._begun.senders, self._made(), f"{number}/{in_set}", told)

    def _of_group(self, status: Segment) -> Iterator[Said]:
        """All that is left of a refused group."""
        if self._group is None:
            return
        self._judged, number = True, required(self._group, 2)
        refused = status.element(1) in _REFUSED
        verdict = "refused" if refused else _VERDICTS.get(status.element(1))
        if verdict is None:
            raise fault(status, 1, "says nothing of the group", "send A, E, P or R")
        sent = self._sent(number, None)
        if self._directory.sent is not None:
            self._files.append(self._answer(number, None, verdict, sent))
        if verdict == "with-errors":
            self._notes.find(
                status.at, "taken-with-errors", "a file of ours was taken, with errors in it", "look at it"
            )
        if not refused:
            return
        self._notes.find(status.at, "group-refused", "a group of ours was refused", _AGAIN)
        why = [_plain(status.element(n)) for n in range(5, 10) if status.element(n).strip()]
        codes = tuple(StatusCode(category=each, entity="AK905", place="the group (GS, GE)") for each in why)
        told = ((claim, codes) for claim in (sent.claims if sent else ()))
        yield from self._refusing.say(sent, self._begun.senders, self._made(), f"{number}/", told)

    def _sent(self, number: str, in_set: str | None) -> SentFile | None:
        return _theirs(self._directory, self._begun.senders, number, in_set)

    def _answer(self, number: str, in_set: str | None, verdict: FileVerdict, sent: SentFile | None) -> FileAnswer:
        if sent is None:
            self._notes.find(self._begun.at, "unknown-file", "it is about a file that we never sent him", _UNKNOWN)
        speaker = _speaker(self._directory, self._begun.senders)
        return FileAnswer("999", speaker, number, in_set, verdict, sent is not None)

    def _codes(self, claim: str) -> tuple[StatusCode, ...]:
        found = (code for each in self._errors if each.claim in {claim, None} for code in each.codes())
        return tuple(code for _, code in zip(range(_MOST_OF_CLAIM), found, strict=False))

    def _made(self) -> date:
        if self._begun.group is None:
            raise X12Fault(self._begun.at, "a transaction outside a group", "send GS before it")
        return day(self._begun.group, 4)


def about_interchange(ta1: Segment, isa: Segment | None, directory: Directory) -> Iterator[Said | Result]:
    """TA1: the envelope of an interchange of ours could be read, or all of it was refused."""
    notes, refusing, files = Notes(), _Refusing("TA1", directory), list[FileAnswer]()
    senders = () if isa is None else (isa.element(6).strip(),)
    try:
        if isa is not None and isa.element(15) == "T" and not directory.takes_tests:
            raise fault(isa, 15, "a test, which answers nothing", "ask for the real one")
        number, verdict = required(ta1, 1), _OF_INTERCHANGE.get(ta1.element(4))
        if verdict is None:
            raise fault(ta1, 4, "says nothing of the interchange", "send A, E or R")
        sent = _theirs(directory, senders, number, None)
        if directory.sent is not None:
            if sent is None:
                notes.find(ta1.at, "unknown-file", "it is about a file that we never sent him", _UNKNOWN)
            files.append(FileAnswer("TA1", _speaker(directory, senders), number, None, verdict, sent is not None))
        if verdict == "with-errors":
            notes.find(ta1.at, "taken-with-errors", "an interchange of ours was taken with errors", "mend its envelope")
        elif verdict == "refused":
            mend = "mend its envelope, and send it again"
            notes.find(ta1.at, "interchange-refused", "an interchange of ours was refused", mend)
            code = _plain(ta1.element(5))
            codes = (StatusCode(category=code, entity="TA105", place="the envelope (ISA, IEA)"),) if code else ()
            told = ((claim, codes) for claim in (sent.claims if sent else ()))
            yield from refusing.say(sent, senders, _day_of(isa, ta1), number, told)
    except X12Fault as unreadable:
        suspend(notes, ta1.at, ta1.tag, unreadable)
    yield Result(
        "TA1", ta1.element(1).strip(), ta1.at, refusing.payer, None, refusing.event_id, len(refusing.told), 0, 0,
        tuple(notes.faults), tuple(notes.findings), tuple(files),
    )  # fmt: skip


_UNKNOWN: Final = "see who sent it: `claimstream remit unmatched`"


class _Refusing:
    """Says of each claim once that it was never filed."""

    def __init__(self, kind: str, directory: Directory) -> None:
        self._kind, self._directory = kind, directory
        self.told = set[str]()
        self.payer: str | None = None
        self.event_id: str | None = None

    def say(
        self,
        sent: SentFile | None,
        senders: Sequence[str],
        made: date,
        about: str,
        claims: Iterable[tuple[str, tuple[StatusCode, ...]]],
    ) -> Iterator[Said]:
        """The payer is he to whom the file went; of a file that we don't know, who speaks or had the claim."""
        named = self._directory.by_ids(senders) if sent is None else sent.payer
        for number, codes in claims:
            if number in self.told:
                continue
            self.payer = named or self._directory.by_claim(number)
            if self.payer is None:
                raise X12Fault(1, "whose acknowledgement this is, is not known", UNKNOWN_PAYER)
            self.told.add(number)
            content = "|".join(repr(code) for code in codes)
            self.event_id = derived(self._kind, self.payer, about, number, made.isoformat(), content)
            yield ClaimAcknowledged(
                event_id=self.event_id,
                occurred_at=datetime(made.year, made.month, made.day, tzinfo=UTC),
                producer=self.payer,
                payer=self.payer,
                control_number=number,
                accepted=False,
                codes=codes,
            )


def _theirs(directory: Directory, senders: Sequence[str], number: str, in_set: str | None) -> SentFile | None:
    """The file of that number, unless it went to another payer than he who speaks."""
    sent = None if directory.sent is None else directory.sent(number, in_set)
    speaks = directory.by_ids(senders)
    return None if sent is None or speaks not in {None, sent.payer} else sent


def _speaker(directory: Directory, senders: Sequence[str]) -> str:
    return directory.by_ids(senders) or next((each for each in senders if each), "?")


def _day_of(isa: Segment | None, ta1: Segment) -> date:
    said = "" if isa is None else isa.element(9)
    return day(Segment(["ISA", f"20{said}"], ta1.at, ta1.delimiters), 1)


def _place(error: Segment) -> str:
    """IK302 and IK303: where in its set the segment stands, and in which loop."""
    at, loop = _plain(error.element(2)), _plain(error.element(3))
    return "".join((f", segment {at}" if at else "", f", loop {loop}" if loop else ""))


def _plain(said: str) -> str:
    """A code or a number of theirs, and nothing else that might stand there."""
    return "".join(each for each in said[:12] if each.isascii() and each.isalnum())
