"""What a rule needs before it can find anything: a rule whose need a chart doesn't meet is never called.

A need is a look-up or two, made once a chart for all rules that have it. It only spares time: without its need a rule
is silent by itself, which tests hold.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from claims.codesets.dated import DatedTables
from claims.edits.rule import Need
from claims.edits.subject import PAIR_TABLES, UNIT_TABLES, Subject
from claims.partners import Payer
from claims.payers import MEDICARE

DRUG_SERIES: Final = ("J", "Q51")
"""How a code of a drug begins: J codes, and biosimilars."""
_TABLES: Final[dict[Need, tuple[str, ...]]] = {
    "hcpcs table": ("hcpcs",),
    "pair tables": PAIR_TABLES,
    "unit tables": UNIT_TABLES,
    "add-on table": ("add-on",),
    "necessity table": ("necessity",),
}


def met(subject: Subject) -> frozenset[Need]:
    """The needs that a chart meets."""
    return _of_tables(subject.tables).union(
        _of_chart(subject), _of_codes(subject), _of_lines(subject), _of_payer(subject.payer)
    )


@lru_cache(16)
def _of_tables(tables: DatedTables) -> frozenset[Need]:
    return frozenset(need for need, names in _TABLES.items() if any(map(tables.has, names)))


def _of_payer(payer: Payer | None) -> Iterator[Need]:
    if payer is None:
        return
    if payer.splits:
        yield "splits"
    if payer.authorized:
        yield "authorizations"
    if payer.requires_referral:
        yield "referrals"
    if payer.requires_clia:
        yield "clia"
    if payer.filing_indicator in MEDICARE:
        yield "medicare"


def _of_chart(subject: Subject) -> Iterator[Need]:
    chart = subject.chart
    if chart.causes:
        yield "accidents"
    if chart.procedures:
        yield "operations"
    if subject.patient.deceased_date is not None:
        yield "death"
    if len(subject.diagnoses) > 1:
        yield "diagnoses"
    if subject.hospital.tells_enrolments:
        yield "enrolments"
    for coverage in subject.coverages:
        if coverage.eligible_name or coverage.eligible_birth_date or coverage.advantage:
            yield "plan's answers"


def _of_codes(subject: Subject) -> Iterator[Need]:
    for facts in subject.facts:
        if facts.unfit:
            yield "codes of an age"
        if facts.is_manifestation:
            yield "manifestations"
        if facts.first.categories:
            yield "code-first codes"
        if facts.asks:
            yield "codes that ask"


def _of_lines(subject: Subject) -> Iterator[Need]:
    for service in subject.services:
        if service.modifiers:
            yield "modifiers"
            yield "notices"
        elif service.abn is not None:
            yield "notices"
        if service.single_dose is not None:
            yield "single doses"
        if (
            service.ndc
            or service.ndc_unit
            or service.ndc_quantity is not None
            or (service.code or "").startswith(DRUG_SERIES)
        ):
            yield "drugs"
