"""An inpatient stay as the Medicare Code Editor and the grouper read it, and what they say of it."""

from collections.abc import Mapping
from datetime import date
from typing import Literal, NamedTuple

from schemas.events.chart import PresentOnAdmission
from schemas.events.people import Sex

Severity = Literal["CC", "MCC"]


class MceEdit(NamedTuple):
    """An edit the editor raised, by its name there, and how many codes it concerns."""

    name: str
    codes: int


class Condition(NamedTuple):
    """A diagnosis code, with or without its dot, and whether the patient came with it; null is unknown."""

    code: str
    present_on_admission: PresentOnAdmission | None = None


class Stay(NamedTuple):
    """What the editor and the grouper read of an inpatient stay."""

    discharge_day: date
    age: int
    sex: Sex
    status: str | None
    principal: Condition
    others: tuple[Condition, ...] = ()
    procedures: tuple[str, ...] = ()


class Grouping(NamedTuple):
    """What the grouper says of a stay. Codes are without dots.

    `complications` are those that count: neither excluded by the principal diagnosis, nor acquired here, nor of one who
    died. `acquired` are codes of hospital-acquired conditions that meet their list's criteria, and `listed` all codes
    that stand on such a list. `moving` are those by which the group may have been decided.
    """

    version: str
    code: str | None
    mdc: str | None
    severity: Severity | None
    complications: Mapping[str, Severity]
    acquired: frozenset[str]
    listed: frozenset[str]
    moving: frozenset[str]
