"""The order of a chart's diagnoses and the role of each (UHDDS; OCG II and IV.G; 837 HI)."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from claims.candidates import listed
from claims.codesets import CodeSets
from claims.codesets.notes import Note
from claims.codesets.shapes import ICD_10_CM, is_external_cause, with_dot, without_dot
from claims.scene import Found, Scene
from claims.validity import billable_on
from schemas.events.chart import Coding
from schemas.events.coded import CodedDiagnosis, WorkItem

ADMISSION = "admission"
"""The statement id of the admitting diagnosis or the reason for the visit: it stands in the encounter and not among the
statements."""
_ASKS_WHY: Final = frozenset({"inpatient", "emergency", "observation"})
"""The claim of a stay or of an unscheduled visit says why the patient came (837I HI ABJ; HI PR, UB-04 FL 70)."""
_UNRANKED = 1 << 31
_BELOW_ALL: Final = "~"  # sorts behind whatever stands below a code

Leaders = Mapping[str, list[Found]]


def diagnoses(scene: Scene, found: Iterable[Found]) -> tuple[CodedDiagnosis, ...]:
    """Principal first, then the others by rank, then external causes, then why the patient came.

    The lowest documented rank leads; without ranks a diagnosis leads a symptom, in the order of the chart. One code
    stands once. Before the documented rank go the guidelines of `_precedence` and the notes of `_sequenced`.
    """
    ranked = [_coded(scene, rank, each) for rank, each in enumerate(in_order(scene.reference.codes, found), start=1)]
    return (*ranked, *_admitting(scene, len(ranked) + 1))


def in_order(codes: CodeSets, found: Iterable[Found], chosen: str | None = None) -> list[Found]:
    """One of each code, as they lead. What a coder has `chosen` for the principal one goes before documented ranks."""
    return _sequenced(codes, _unique(sorted(found, key=lambda each: _lead(each, chosen))))


def undecided_principal(scene: Scene, found: Iterable[Found]) -> Iterator[WorkItem]:
    """Of an inpatient's diagnoses that lead alike, the one chiefly responsible for the admission is a coder's to choose
    (UHDDS; OCG II)."""
    if not scene.inpatient:
        return
    codes = scene.reference.codes
    ordered = in_order(codes, found)
    leaders = _leaders(codes, ordered)
    first = [each for each in ordered if _lead(each) == _lead(ordered[0]) and not _follows_any(each, leaders)]
    if len(first) > 1 and _precedence(first[0].code) <= 1:
        why = "several diagnoses could be the principal one, and none is ranked first"
        entries = [entry for each in first if (entry := scene.reference.codes.diagnosis(each.code)) is not None]
        yield WorkItem(
            statement=first[0].statement.id, kind="principal", candidates=listed(scene, entries, why), why=why
        )


def _follows_any(each: Found, leaders: Leaders) -> bool:
    """Whether a note puts it after another, and none that other after it."""
    return any(each not in leaders[other.code] for other in leaders[each.code])


def _lead(found: Found, chosen: str | None = None) -> tuple[int, bool, int, bool]:
    return (_precedence(found.code), found.code != chosen, *_rank(found))


def unusable_admission(scene: Scene) -> Iterator[WorkItem]:
    """Why the patient came was given, can't be billed on the day, and has to stand on the claim."""
    coding = _admission_coding(scene)
    needed = scene.facts.encounter_class in _ASKS_WHY
    if needed and coding is not None and not billable_on(coding.code, scene.day, scene.reference):
        what = "admitting diagnosis" if scene.inpatient else "reason for the visit"
        why = f"the {what} is not a billable ICD-10-CM code on the day"
        yield WorkItem(statement=ADMISSION, kind="admitting", text=coding.display, why=why)


def _precedence(code: str) -> int:
    """Chapter 15, pregnancy and birth, leads whatever else stands in the chart (OCG I.C.15.a.1).

    Z37, outcome of delivery, is only ever an additional code (its note in the Tabular List), and so is an external
    cause (OCG I.C.20.a.6).
    """
    if is_external_cause(code):
        return 3
    if code.startswith("Z37"):
        return 2
    return 0 if code.startswith("O") else 1


def _rank(found: Found) -> tuple[int, bool]:
    rank = found.statement.rank
    return (_UNRANKED if rank is None else rank, found.statement.kind == "symptom")


def _unique(found: Iterable[Found]) -> list[Found]:
    """The first of each code; they come sorted, so it is the best ranked."""
    first: dict[str, Found] = {}
    for each in found:
        first.setdefault(each.code, each)
    return list(first.values())


def _sequenced(codes: CodeSets, ordered: list[Found]) -> list[Found]:
    """Of two documented codes the etiology stands before its manifestation (OCG I.A.13, I.B.7).

    What a "code first" note names goes right before the code of the note, whatever their ranks. An additional code
    follows its code only where the record ranks neither before the other: what was documented first may have been what
    was treated (OCG IV.G).
    """
    placed: dict[str, Found] = {}
    leaders = _leaders(codes, ordered)
    for each in ordered:
        _place(each, leaders, placed)
    return list(placed.values())


def _place(each: Found, leaders: Leaders, placed: dict[str, Found], *above: str) -> None:
    """By code, each once. Only a note puts a code after another: its own, or a "use additional" of that other."""
    if each.code in placed or each.code in above:
        return
    for other in leaders[each.code]:
        _place(other, leaders, placed, *above, each.code)
    placed[each.code] = each


def _leaders(codes: CodeSets, ordered: list[Found]) -> Leaders:
    """By code, those that a note puts before it, in their order. A note's codes are ranges of the sorted ones, so that
    nobody compares each code with each."""
    keys = sorted((without_dot(each.code), at) for at, each in enumerate(ordered))
    found: list[set[int]] = [set() for _ in ordered]
    for at, each in enumerate(ordered):
        found[at].update(_named(codes.code_first(each.code), keys))
        for additional in _named(codes.use_additional(each.code), keys):
            if _rank(ordered[additional]) == _rank(each):
                found[additional].add(at)
    return {
        each.code: [other for place in sorted(places) if _leads(other := ordered[place], each)]
        for each, places in zip(ordered, found, strict=True)
    }


def _named(notes: Iterable[Note], keys: list[tuple[str, int]]) -> Iterator[int]:
    """Where the codes stand that one of the notes names; `keys` are sorted, and each has its place."""
    for note in notes:
        for span in note.spans:
            first, end = bisect_left(keys, (span.first,)), bisect_left(keys, (span.last + _BELOW_ALL,))
            yield from (at for _, at in keys[first:end])


def _leads(other: Found, each: Found) -> bool:
    """No note puts a code before itself, or over the guidelines of `_precedence`."""
    return other.code != each.code and _precedence(other.code) == _precedence(each.code)


def _coded(scene: Scene, rank: int, found: Found) -> CodedDiagnosis:
    cause = is_external_cause(found.code)
    return CodedDiagnosis(
        code=found.code,
        role="external-cause" if cause else "principal" if rank == 1 else "other",
        rank=rank,
        present_on_admission=found.statement.present_on_admission if scene.inpatient else None,
        statement=found.statement.id,
        path=found.path,
        release=scene.reference.codes.release,
        phrase=found.phrase,
        note=found.note,
    )


def _admission_coding(scene: Scene) -> Coding | None:
    admission = scene.chart.encounter.admission
    return admission.diagnosis if admission else None


def _admitting(scene: Scene, rank: int) -> Iterator[CodedDiagnosis]:
    """Why a patient was admitted, or came (837I HI ABJ, PR). It has no present-on-admission indicator."""
    coding = _admission_coding(scene)
    if coding is None or coding.system not in ICD_10_CM or not billable_on(coding.code, scene.day, scene.reference):
        return
    yield CodedDiagnosis(
        code=with_dot(without_dot(coding.code)),
        role="admitting" if scene.inpatient else "reason-for-visit",
        rank=rank,
        statement=ADMISSION,
        path="given",
        release=scene.reference.codes.release,
    )
