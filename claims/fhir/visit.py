"""One encounter with everything its chart is made of, and what its references missed."""

from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from claims.fhir.elements import (
    Resource,
    code_values,
    ending,
    first,
    instant,
    is_bare_day,
    reference,
    some,
    words,
)
from claims.fhir.sources import Resources
from claims.partners import Hospital

_BY_THE_HOUR = ("IMP", "ACUTE", "NONAC", "OBSENC")


@dataclass(frozen=True)
class Unresolved:
    """A reference that leads nowhere: the chart goes out without what it named. A path, never a value."""

    encounter_id: str
    path: str


@dataclass(frozen=True)
class Visit:
    encounter: Resource
    patient: Resource
    resources: Resources
    hospital: Hospital
    notes: list[Unresolved] = field(default_factory=list)

    @property
    def id(self) -> str:
        return str(self.encounter["id"])

    @property
    def zone(self) -> ZoneInfo:
        return self.hospital.zone

    @property
    def start(self) -> datetime | None:
        return None if self._lacks_its_hour("start") else instant(self._period.get("start"), self.zone)

    @property
    def end(self) -> datetime | None:
        return None if self._lacks_its_hour("end") else ending(self._period.get("end"), self.zone)

    @property
    def _period(self) -> Resource:
        return first(self.encounter, "period")

    def _lacks_its_hour(self, name: str) -> bool:
        """A stay's claim states its hours (837I DTP 435, 096) and observation is charged by them: none is made up."""
        by_the_hour = first(self.encounter, "class").get("code") in _BY_THE_HOUR
        return by_the_hour and is_bare_day(self._period.get(name))

    def of(self, kind: str) -> list[Resource]:
        return self.resources.of(kind, self.encounter)

    def note(self, path: str) -> None:
        note = Unresolved(self.id, path)
        if note not in self.notes:
            self.notes.append(note)

    def find(self, link: str | None, path: str) -> Resource | None:
        """Where a reference leads; a dead end is noted, not raised."""
        found = self.resources.find(link)
        if found is None and link is not None:
            self.note(path)
        return found

    def practitioner(self, link: str | None, path: str) -> str | None:
        """The hospital's own id of a practitioner, from the export or from the roster."""
        if link is None:
            return None
        local = self.resources.key(link).removeprefix("Practitioner/")
        if self.resources.find(link) is None and local not in self.hospital.roster:
            self.note(path)
            return None if set(local) & set("/?|:") else local
        return local

    @property
    def attending(self) -> str | None:
        """The participant of type ATND, by the hospital's own id."""
        for participant in some(self.encounter, "participant"):
            types = {code for kind in some(participant, "type") for code in code_values(kind)}
            link = reference(participant, "individual")
            if "ATND" in types and link:
                return self.resources.key(link).removeprefix("Practitioner/")
        return None


def actor(resource: Resource) -> str | None:
    """Who performed: a performer is a reference, or an element with an actor."""
    performer = first(resource, "performer")
    return words(performer, "reference") or reference(performer, "actor")
