"""277CA (X214): per claim and line, taken or not."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Final

from pydantic import ValidationError

from claims.x12.envelopes import Begun
from claims.x12.segments import Segment, X12Fault
from claims.x12.transactions import UNKNOWN_PAYER, Directory, Result, Said, digest, suspend
from claims.x12.values import day, required
from schemas.events.payer import ClaimAcknowledged, StatusCode
from schemas.identity import derived

_TAKEN: Final = frozenset({"A0", "A1", "A2"})  # claim status category: forwarded, received, taken into adjudication
_ACTION: Final = {"WQ": True, "U": False}  # STC03: what is said outright goes before what a category says
_AGAIN: Final = "mend it, and send its claims again"
_LEVELS: Final = frozenset({"20", "21", "19", "PT"})  # HL03: payer, who sent, who billed, patient
_CLOCK: Final = re.compile(r"([01][0-9]|2[0-3])([0-5][0-9])")
_LOOP_END: Final = 10_000  # segments of one claim


class ClaimStatusReader:
    """277CA: an acknowledgement a claim, said when its loop ends."""

    def __init__(self, begun: Begun, directory: Directory) -> None:
        self._begun, self._directory, self._notes = begun, directory, begun.notes
        self._header: list[Segment] = []
        self._level = ""
        self._claim: list[Segment] = []
        self._receipt: date | None = None
        self._claims = 0
        self._named: str | None = None
        self._payer: str | None = None
        self._event_id: str | None = None

    def take(self, segment: Segment) -> Iterator[Said]:
        match segment.tag:
            case "HL":
                yield from self._closed()
                self._level = segment.element(3)
                if self._level not in _LEVELS:
                    raise X12Fault(segment.at, "a level that a 277CA doesn't have", "write 20, 21, 19 or PT", "HL03")
            case "TRN" if self._level == "PT":
                yield from self._closed()
                self._claim = [segment]
            case "DTP" if segment.element(1) == "050" and not self._claim:
                self._receipt = self._day(segment)
            case _ if self._claim:
                if len(self._claim) >= _LOOP_END:
                    raise X12Fault(segment.at, "a loop without an end", "begin each claim with TRN")
                self._claim.append(segment)
            case "STC" if self._level == "PT":
                raise X12Fault(segment.at, "a status of no claim", "name the claim before it (TRN)", "STC")
            case "STC" if not _taken(segment):
                self._notes.find(segment.at, "batch-refused", "STC: a batch of ours, or all of a provider's", _AGAIN)
            case "BHT" | "NM1" if self._level in {"", "20"} and len(self._header) < _LOOP_END:
                self._header.append(segment)

    def end(self) -> Iterator[Said]:
        yield from self._closed()

    def result(self, begun: Begun) -> Result:
        return Result(
            "277CA", begun.control_number, begun.at, self._payer, None, self._event_id, self._claims, 0, 0,
            tuple(self._notes.faults), tuple(self._notes.findings),
        )  # fmt: skip

    def _closed(self) -> Iterator[Said]:
        claim, self._claim = self._claim, []
        if not claim:
            return
        self._claims += 1
        try:
            said = self._acknowledged(claim)
        except (X12Fault, ValidationError) as unreadable:
            suspend(self._notes, claim[0].at, claim[0].tag, unreadable)
            return
        self._event_id = said.event_id
        if not self._notes.faults:
            yield said

    def _acknowledged(self, claim: list[Segment]) -> ClaimAcknowledged:
        bht, number = next((each for each in self._header if each.tag == "BHT"), None), required(claim[0], 2)
        if bht is None:
            raise X12Fault(self._begun.at, "no BHT", "send the header")
        statuses = list(_of_claim(claim))
        if not statuses:
            raise X12Fault(claim[0].at, "a claim without a status", "send STC before its first line")
        payer = self._known(number)
        return ClaimAcknowledged(
            event_id=derived("277CA", payer, bht.element(3), number, digest(claim)),
            occurred_at=_moment(bht),
            producer=payer,
            payer=payer,
            control_number=number,
            accepted=all(map(_taken, statuses)),
            codes=tuple(_codes(claim)),
            payer_claim_number=next((each.element(2).strip() for each in claim if _is_payers_number(each)), None),
            receipt_date=self._receipt,
        )

    def _known(self, number: str) -> str:
        """By NM109 of the source or the envelope's sender; a clearing house's claims each by whom they were sent to."""
        if self._named is None:
            named = [each.element(9).strip() for each in self._header if each.tag == "NM1"]
            self._named = self._directory.by_ids([each for each in (*named, *self._begun.senders) if each]) or ""
        payer = self._named or self._directory.by_claim(number)
        if not payer:
            raise X12Fault(self._begun.at, "whose acknowledgement this is, is not known", UNKNOWN_PAYER)
        self._payer = payer
        return payer

    def _day(self, dtp: Segment) -> date | None:
        """The day of receipt, which proves timely filing; one that can't be read is a finding."""
        try:
            return day(dtp, 3)
        except X12Fault as unreadable:
            self._notes.find(dtp.at, "receipt-date", unreadable.why, unreadable.mend)
            return None


def _of_claim(claim: list[Segment]) -> Iterator[Segment]:
    """The statuses of the claim itself: those before its first line."""
    for each in claim:
        if each.tag == "SVC":
            return
        if each.tag == "STC":
            yield each


def _taken(stc: Segment) -> bool:
    action = _ACTION.get(stc.element(3))
    return stc.components(1)[:1] != [] and stc.components(1)[0] in _TAKEN if action is None else action


def _codes(claim: list[Segment]) -> Iterator[StatusCode]:
    """STC01, 10 and 11, of the claim and of its lines; a line by the number that REF FJ echoes after its statuses."""
    waiting: list[Segment] = []
    in_line = False
    for each in claim:
        match each.tag:
            case "SVC":
                yield from _told(waiting, None)
                waiting, in_line = [], True
            case "STC":
                waiting.append(each)
            case "REF" if in_line and each.element(1) == "FJ":
                yield from _told(waiting, each.element(2).strip() or None)
                waiting = []
    yield from _told(waiting, None)


def _told(statuses: list[Segment], line: str | None) -> Iterator[StatusCode]:
    for stc in statuses:
        for number in (1, 10, 11):
            category, status, entity = (*(part.strip() or None for part in stc.components(number)), None, None, None)[
                :3
            ]
            if category is not None:
                yield StatusCode(category=category, status=status, entity=entity, line_control_number=line)


def _is_payers_number(segment: Segment) -> bool:
    return segment.tag == "REF" and segment.element(1) == "1K" and bool(segment.element(2).strip())


def _moment(bht: Segment) -> datetime:
    """When the payer made it (BHT04, BHT05): the same in every file that says it."""
    made, clock = day(bht, 4), _CLOCK.match(bht.element(5))
    hours, minutes = map(int, clock.groups()) if clock else (0, 0)
    return datetime(made.year, made.month, made.day, hours, minutes, tzinfo=UTC)
