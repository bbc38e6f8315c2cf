"""Diagnoses in the course of a stay: doubted and forgotten, disputed, come with or after admission, or out of care."""

from collections.abc import Iterator
from itertools import combinations
from typing import Final

from claims.authors import by_a_provider
from claims.completeness.case import Case, Said, codes_of, words_of
from claims.completeness.indicators import named, plain
from claims.completeness.wording import affirmed
from claims.queries import ANSWERED, JUDGE, OTHERWISE, Template
from claims.scene import CLINICAL
from schemas.events.chart import Statement

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
    if not case.inpatient:
        return
    last = case.day(case.chart.encounter.end)
    for statement in _suspected(case):
        documented = case.day(statement.documented_at)
        if documented and last and documented < last and not _in_summary(case, statement):
            yield case.about(PROBABLE, statement)


def _suspected(case: Case) -> Iterator[Statement]:
    """What no other entry confirms, rules out or makes a history."""
    said = tuple(_clinical(case))
    sure = [statement for statement in said if statement.certainty != "suspected"]
    for statement in said:
        if statement.certainty == "suspected" and not any(_same(statement, other) for other in sure):
            yield statement


def _clinical(case: Case) -> Iterator[Statement]:
    """What providers say of the patient, however certain."""
    return (s for s in case.chart.statements if s.kind in CLINICAL and s.whose == "patient" and by_a_provider(s))


def _in_summary(case: Case, statement: Statement) -> bool:
    kinds = {document.id: document.kind.code for document in case.chart.documents}
    return kinds.get(statement.document_id or "") == _SUMMARY


def _same(one: Statement, other: Statement) -> bool:
    """The same condition: a code of the same category, or the same words."""
    codes = {code[:3] for code in codes_of(one)} & {code[:3] for code in codes_of(other)}
    return bool(codes) or plain(words_of(one)) == plain(words_of(other))


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


def practitioners_differ(case: Case) -> Said:
    """Q-CONFLICT: where two practitioners contradict each other, the attending decides (OCG I.B.14).

    One confirms what another rules out, they name different sides, or type 1 and type 2 diabetes. Holds the chart:
    either code may be wrong. The attending's own later word is his decision already.
    """
    said = [statement for statement in _clinical(case) if statement.documented_by is not None]
    for one, other in combinations(said, 2):
        if one.documented_by != other.documented_by and _contradict(one, other) and not _decided(one, other):
            yield case.about(CONFLICT, one, other)


def _contradict(one: Statement, other: Statement) -> bool:
    certainties, sides = {one.certainty, other.certainty}, {one.laterality, other.laterality}
    if certainties == {"confirmed"} and _is(one, other, *_EITHER):
        return True
    if not _same(one, other):
        return False
    return certainties == {"confirmed", "ruled-out"} or (certainties == {"confirmed"} and sides == {"left", "right"})


def _is(one: Statement, other: Statement, first: str, second: str) -> bool:
    categories = [{code[:3] for code in codes_of(statement)} & {first, second} for statement in (one, other)]
    return sorted(categories, key=sorted) == [{first}, {second}]


def _decided(one: Statement, other: Statement) -> bool:
    """The attending spoke last."""
    if one.documented_at is None or other.documented_at is None or one.documented_at == other.documented_at:
        return False
    return max(one, other, key=lambda s: s.documented_at or 0).documented_by == "attending"


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
    holds=False,
)
# Codes that need no indicator (CMS's list of exempt codes): factors of health, causes, normal and cesarean delivery.
_EXEMPT: Final = ("O80", "O82", "V", "W", "X", "Y", "Z")


def present_on_admission(case: Case) -> Said:
    """Q-POA, Q-POA-INSUFFICIENT: each diagnosis of a stay was present on admission or came after (OCG appendix I).

    Q-POA holds the chart: an inpatient claim without the indicator is refused (X12). It asks only of what was first
    documented on a later day than the admission: on that day itself the coder sees that it was there. 'U', insufficient
    documentation, can be billed: a finding, no hold.
    """
    if not case.inpatient:
        return
    admitted = case.day(case.chart.encounter.start)
    for statement in case.diagnoses:
        if any(code.startswith(_EXEMPT) for code in codes_of(statement)):
            continue
        documented = case.day(statement.documented_at)
        if statement.present_on_admission == "U":
            yield case.about(POA_INSUFFICIENT, statement)
        elif statement.present_on_admission is None and admitted and documented and documented > admitted:
            yield case.about(POA, statement)


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
    if not case.inpatient or case.has(*_SEVERE):
        return
    organs = [organ for organ in _coded(case, _ORGANS) if organ.due_to is None]
    for sepsis in _coded(case, _SEPSIS)[:1]:
        for organ in organs:
            asked = case.about(SEPSIS, organ)
            yield asked._replace(indicators=(case.quoted(sepsis), *asked.indicators))


def _coded(case: Case, prefixes: tuple[str, ...]) -> list[Statement]:
    return [s for s in case.diagnoses if any(code.startswith(prefixes) for code in codes_of(s))]


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
    if not case.inpatient:
        return
    for statement in case.diagnoses:
        words = plain(words_of(statement))
        coded = any(code.startswith(_COMPLICATIONS) for code in codes_of(statement))
        if affirmed(statement, _AFTER) and not _ROUTINE.search(words) and not coded:
            yield case.about(COMPLICATION, statement)


TEMPLATES: Final = (PROBABLE, CONFLICT, POA, POA_INSUFFICIENT, SEPSIS, COMPLICATION)
RULES: Final = (
    probable_gone,
    practitioners_differ,
    present_on_admission,
    sepsis_with_organ_failure,
    complication_of_care,
)
