"""A coder's answer: a whole coded chart, checked for what completeness asks a hospital about, and for what is not his.

He codes; he doesn't consent, release or register. Nobody asks him back, so that each fault is a finding.
"""

from collections.abc import Callable, Collection, Iterator
from typing import Final, NamedTuple

from claims.findings import reject
from claims.payers import compensation_unexplained
from schemas.events.chart import ChartCompleted
from schemas.events.coded import ChartCoded, Finding
from schemas.identity import derived

NOT_THE_CODERS: Final = "A2"
_HELD: Final = ("patient.mrn", "account_number", "part2", "restrictions")


class Answered(NamedTuple):
    """A coder's answer, the ids of the payers we know, and `held`: what the chart said that an answer must repeat."""

    chart: ChartCoded
    payers: Collection[str]
    held: str | None = None


def holds(chart: ChartCompleted | ChartCoded) -> str:
    """Digests of what only a hospital's own chart may change: the patient, the account, consent and restrictions.

    Validation keeps it with the version it judged, and an answer must have the same: without that, leaving out
    `part2` would send a substance-use chart to a plan (42 CFR 2.31), and leaving out a restriction an item that the
    patient paid so that no plan sees it (45 CFR 164.522(a)(1)(vi)).
    """
    part2 = [chart.part2.model_dump_json()] if chart.part2 and chart.part2.applies else []
    restricted = sorted(restriction.model_dump_json() for restriction in chart.restrictions)
    kept = {"mrn": [chart.patient.mrn], "account": [chart.account_number], "part2": part2, "restrictions": restricted}
    return " ".join(derived("held", name, *said) for name, said in kept.items())


def changed(held: str | None, chart: ChartCompleted | ChartCoded) -> tuple[str, ...]:
    """Which of that a chart says otherwise than the digest; none where we kept none."""
    was, is_now = (held or holds(chart)).split(), holds(chart).split()
    return tuple(field for field, before, after in zip(_HELD, was, is_now, strict=True) if before != after)


def faults(answer: Answered) -> tuple[Finding, ...]:
    return tuple(finding for rule in ANSWER_RULES for finding in rule(answer))


def not_the_coders(answer: Answered) -> Iterator[Finding]:
    """A2: an answer keeps the patient, account, consent and restrictions of the chart (42 CFR 2; 45 CFR 164.522)."""
    for field in changed(answer.held, answer.chart):
        yield reject(
            NOT_THE_CODERS,
            "a coder's answer changes what only the hospital's chart can",
            field=field,
            citation="42 CFR 2.31; 45 CFR 164.522(a)(1)(vi)",
            mend="repeat this field of the chart, or send the chart's next version",
        )


def someone_pays(answer: Answered) -> Iterator[Finding]:
    """A1: someone is asked to pay, and each is a partner we know (837 loop 2010BB)."""
    if not answer.chart.coverages:
        yield _missing("coverages", "no coverage", "give the coverages in order, or that the patient pays himself")
    for at, coverage in enumerate(answer.chart.coverages):
        if coverage.payer not in answer.payers:
            known = f"known here: {', '.join(sorted(answer.payers))}"
            yield _missing(f"coverages[{at}].payer", "a payer that is not known here", known[:240])


def compensation(answer: Answered) -> Iterator[Finding]:
    """A1: workers' compensation pays for a work injury only: where it stands first, there is one (837 CLM11)."""
    if compensation_unexplained(answer.chart):
        mend = "add the cause of a work injury, or the patient's plan before it"
        yield _missing("causes", "workers' compensation without a work injury", mend)


def identity(answer: Answered) -> Iterator[Finding]:
    """A1: a claim names the patient and his birth date (837 loops 2010BA and 2010CA)."""
    for name in ("name", "birth_date"):
        if getattr(answer.chart.patient, name) is None:
            yield _missing(f"patient.{name}", "the patient is not identified", "repeat what the chart says of him")


def signatures(answer: Answered) -> Iterator[Finding]:
    """A1: a claim to a plan says whether benefits are assigned, release is signed, assignment accepted (CLM07-09)."""
    if all(coverage.kind == "patient" for coverage in answer.chart.coverages):
        return
    for name in ("assignment_of_benefits", "release_of_information", "provider_accepts_assignment"):
        if getattr(answer.chart.signatures, name) is None:
            yield _missing(f"signatures.{name}", "a signature that a claim needs is unknown", "say true or false")
    if answer.chart.signatures.release_of_information is False:
        mend = "obtain the release that a plan's claim needs"
        yield _missing("signatures.release_of_information", "the release is not signed", mend)


def patient_status(answer: Answered) -> Iterator[Finding]:
    """A1: an inpatient claim says where the patient went (837I CL103)."""
    stay = answer.chart.encounter
    if stay.encounter_class == "inpatient" and stay.discharge_status is None:
        yield _missing("encounter.discharge_status", "a stay without patient status", "give where the patient went")


def _missing(field: str, message: str, mend: str) -> Finding:
    return reject("A1", message, field=field, carc="16", citation="837 loops 2000B-2300", mend=mend)


ANSWER_RULES: Final[tuple[Callable[[Answered], Iterator[Finding]], ...]] = (
    not_the_coders,
    someone_pays,
    compensation,
    identity,
    signatures,
    patient_status,
)
