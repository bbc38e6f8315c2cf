"""Diagnoses in the course of a stay: doubted and forgotten, disputed, come with or after admission, or out of care."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Final

from claims.completeness.case import Case, Entry, Said
from claims.completeness.indicators import named
from claims.completeness.wording import affirmed
from claims.queries import ANSWERED, JUDGE, OTHERWISE, Template

PROBABLE: Final = Template(
    id="Q-PROBABLE",
    topic="probable",
    to="attending",
    kind="open",
    gap="what became of a suspicion",
    ask="The record documents the condition quoted here as suspected, and later entries don't return to it. "
    f"Please document whether it was confirmed, was ruled out or is still suspected, {JUDGE}",
    due=ANSWERED,
    source="OCG II.H, III.C",
)
_SUMMARY: Final = "18842-5"  # LOINC: discharge summary


def probable_gone(case: Case) -> Said:
    """Q-PROBABLE: what a stay suspected and did not return to is coded only if it was still suspected at discharge.

    Source: OCG II.H, III.C. Holds the chart, as the coder's item 'uncertain' does. What was suspected on the last day
    or in the discharge summary is the coder's; so is what no day is known of.
    """
    last = case.day(case.chart.encounter.end)
    for entry in _suspected(case):
        documented = case.day(entry.statement.documented_at)
        if documented and last and documented < last and not _in_summary(case, entry):
            yield case.about(PROBABLE, entry)


def _suspected(case: Case) -> Iterator[Entry]:
    """What no other entry confirms, rules out or makes a history."""
    suspected = [entry for entry in case.clinical if entry.statement.certainty == "suspected"]
    if suspected:
        sure = {name for entry in case.clinical if entry.statement.certainty != "suspected" for name in _names(entry)}
        yield from (entry for entry in suspected if sure.isdisjoint(_names(entry)))


def _names(entry: Entry) -> set[str]:
    """What makes two entries the same condition: a code's category, or the words."""
    return {entry.words, *(code[:3] for code in entry.codes)}


def _in_summary(case: Case, entry: Entry) -> bool:
    where = entry.statement.document_id
    return any(document.id == where and document.kind.code == _SUMMARY for document in case.chart.documents)


CONFLICT: Final = Template(
    id="Q-CONFLICT",
    topic="conflict",
    to="attending",
    kind="choice",
    gap="which of two entries is right",
    ask="The two entries of the record quoted here differ. "
    f"Please document which of them describes the patient, {JUDGE}",
    options=("The first entry", "The second entry", *OTHERWISE),
    due=ANSWERED,
    source="OCG I.B.14",
)
_EITHER: Final = ("E10", "E11")  # type 1 or type 2: nobody has both
_DIABETES: Final = "E10-E11"


def practitioners_differ(case: Case) -> Said:
    """Q-CONFLICT: where two practitioners contradict each other, the attending decides (OCG I.B.14).

    One confirms what another rules out, they name different sides, or type 1 and type 2 diabetes. Holds the chart:
    either code may be wrong. The attending's own later word is his decision already.
    """
    for entries in _by_condition(case).values():
        for one, other in combinations(_last_of_each(entries), 2):
            if _contradict(one, other) and not _decided(one, other):
                yield case.about(CONFLICT, one, other)
                break


def _by_condition(case: Case) -> Mapping[str, list[Entry]]:
    """What practitioners who are named by their role say of each condition; both types of diabetes are one."""
    found: dict[str, list[Entry]] = defaultdict(list)
    for entry in case.clinical:
        if entry.statement.documented_by is not None:
            condition = _DIABETES if entry.coded(_EITHER) else entry.codes[0][:3] if entry.codes else entry.words
            found[condition].append(entry)
    return found


def _last_of_each(entries: list[Entry]) -> tuple[Entry, ...]:
    """The last entry of each practitioner for each thing he says: a long record doesn't take longer to compare."""
    last = {(e.statement.documented_by, e.statement.certainty, e.statement.laterality, _type(e)): e for e in entries}
    return tuple(last.values())


def _type(entry: Entry) -> tuple[bool, ...]:
    return tuple(entry.coded((category,)) for category in _EITHER)


def _contradict(one: Entry, other: Entry) -> bool:
    ours, theirs = one.statement, other.statement
    if ours.documented_by == theirs.documented_by:
        return False
    certainties, sides = {ours.certainty, theirs.certainty}, {ours.laterality, theirs.laterality}
    if certainties == {"confirmed"}:
        return sides == {"left", "right"} or {_type(one), _type(other)} == {(True, False), (False, True)}
    return certainties == {"confirmed", "ruled-out"} and _type(one) == _type(other)


def _decided(one: Entry, other: Entry) -> bool:
    """The attending spoke last."""
    said = [(e.statement.documented_at, e.statement.documented_by) for e in (one, other) if e.statement.documented_at]
    if len(said) < 2 or said[0][0] == said[1][0]:
        return False
    return max(said)[1] == "attending"


POA: Final = Template(
    id="Q-POA",
    topic="present-on-admission",
    to="attending",
    kind="yes-no",
    gap="whether a condition was present on admission",
    ask="The record first documents the condition quoted here after the admission. "
    f"Was it present on admission, {JUDGE[:-1]}?",
    options=("Yes", "No", *OTHERWISE),
    due=ANSWERED,
    source="OCG appendix I",
    allows="present-on-admission",
)
POA_INSUFFICIENT: Final = POA._replace(
    id="Q-POA-INSUFFICIENT",
    topic="present-on-admission-insufficient",
    ask="The record does not say of the condition quoted here whether it was present on admission. "
    f"Was it present on admission, {JUDGE[:-1]}?",
    mode="warn",
)
# Codes that need no indicator (CMS's list of exempt codes): factors of health, causes, normal and cesarean delivery.
_EXEMPT: Final = ("O80", "O82", "V", "W", "X", "Y", "Z")


def present_on_admission(case: Case) -> Said:
    """Q-POA, Q-POA-INSUFFICIENT: each diagnosis of a stay was present on admission or came after (OCG appendix I).

    Q-POA holds the chart: an inpatient claim without the indicator is refused (X12). It asks only of what was first
    documented on a later day than the admission: on that day itself the coder sees that it was there. 'U', insufficient
    documentation, can be billed: a finding, no hold.
    """
    admitted = case.day(case.chart.encounter.start)
    for entry in case.diagnoses:
        said, documented = entry.statement.present_on_admission, entry.statement.documented_at
        if said in {"Y", "N", "W"} or entry.coded(_EXEMPT):
            continue
        if said == "U":
            yield case.about(POA_INSUFFICIENT, entry)
        elif admitted and documented and (case.day(documented) or admitted) > admitted:
            yield case.about(POA, entry)


SEPSIS: Final = Template(
    id="Q-SEPSIS",
    topic="sepsis-organ",
    to="attending",
    kind="choice",
    gap="relation of an organ's failure to sepsis",
    ask="The record documents both conditions quoted here and not whether they are related. "
    f"Please document how they are related, {JUDGE}",
    options=("The second is due to the first", "The second is due to another condition", *OTHERWISE),
    due=ANSWERED,
    source="OCG I.C.1.d.1.a.iii-iv",
)
_SEPSIS: Final = ("A021", "A227", "A267", "A327", "A40", "A41", "A427", "A5486", "B377", "O85")
_SEVERE: Final = ("R652",)
# Acute failure of kidney, lung, liver, clotting and brain, as R65.20 asks to name them besides.
_ORGANS: Final = ("D65", "G9341", "J960", "J962", "K720", "N17")


def sepsis_with_organ_failure(case: Case) -> Said:
    """Q-SEPSIS: where sepsis and the acute failure of an organ are documented and their relation isn't, ask.

    Source: OCG I.C.1.d.1.a.iii-iv, which tells to query. Holds the chart: R65.20 stands or falls with the answer. A
    documented cause of the failure, or R65.2 itself, is the answer already.
    """
    sepsis = case.coded(_SEPSIS)
    if sepsis and not case.has(_SEVERE):
        for organ in case.coded(_ORGANS):
            if organ.statement.due_to is None:
                yield case.related(SEPSIS, sepsis[0], organ)


COMPLICATION: Final = Template(
    id="Q-COMPLICATION",
    topic="complication",
    to="surgeon",
    kind="choice",
    gap="whether a condition after surgery is a complication",
    ask="The record documents the condition quoted here in the time after a procedure. "
    f"Please document how it relates to the procedure, {JUDGE}",
    options=(
        "A complication of the procedure",
        "Expected after the procedure",
        "Not related to the procedure",
        *OTHERWISE,
    ),
    due=ANSWERED,
    source="OCG I.B.16",
)
_AFTER: Final = named("post-?op", "post-?operative(?:ly)?", "post-?procedur[a-z]+", "(?:after|following) surgery")
# Neither a condition of its own nor, for pain, more than expected unless it says so (OCG I.C.6.b.3).
_ROUTINE: Final = named(
    "pain",
    "state",
    "status",
    "visit",
    "day",
    "care",
    "check",
    "follow-?up",
    "examination",
    "course",
    "aftercare",
    "nausea",
)
# Complications of care, by chapter; a code among them says what the provider said.
_COMPLICATIONS: Final = (
    "D78", "E36", "E89", "G97", "H59", "H95", "I97", "J95", "K68", "K91", "L76", "M96", "N99", "O86", "T8", "Z",
)  # fmt: skip


def complication_of_care(case: Case) -> Said:
    """Q-COMPLICATION: what comes after surgery is a complication only where the provider says so (OCG I.B.16).

    The guideline tells to query, and the answer chooses the chapter: the chart is held. Inpatients only, of words that
    put a condition after surgery without a code for a complication.
    """
    for entry in case.diagnoses:
        if affirmed(entry, _AFTER) and not _ROUTINE.search(entry.words) and not entry.coded(_COMPLICATIONS):
            yield case.about(COMPLICATION, entry)


TEMPLATES: Final = (PROBABLE, CONFLICT, POA, POA_INSUFFICIENT, SEPSIS, COMPLICATION)
RULES: Final = (practitioners_differ,)
OF_STAYS: Final = (probable_gone, present_on_admission, sepsis_with_organ_failure, complication_of_care)
