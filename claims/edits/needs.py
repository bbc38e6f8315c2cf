"""What a rule needs before it can find anything: a rule whose need a chart doesn't meet is never called.

Most charts have nothing wrong. A need is one look at a column of the lines or at a fact, made once a chart for all
rules that have it, and several times cheaper than to start a rule. It only spares time: without its need a rule is
silent by itself, which tests hold.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import chain, compress, repeat
from operator import attrgetter, le, mod
from typing import Final

from claims.amounts import LARGEST
from claims.codesets.dated import DatedTables
from claims.codesets.shapes import is_procedure_shape
from claims.edits.beds import BY_THE_HOUR
from claims.edits.columns import Columns
from claims.edits.drugs import is_drug
from claims.edits.identity import OLDEST
from claims.edits.money import agreement
from claims.edits.patient_fit import OF_ONE_SEX
from claims.edits.present_on_admission import ACQUIRED, EXEMPT, INDICATED
from claims.edits.providers import is_npi
from claims.edits.revenue import OBSERVATION
from claims.edits.rule import Need
from claims.edits.subject import PAIR_TABLES, UNIT_TABLES, Subject
from claims.edits.units import MOST_UNITS
from claims.partners import Payer
from claims.payers import MEDICAID, MEDICARE
from claims.stay import INPATIENT_PLACES

_UNSAID: Final = frozenset((role, None) for role in INDICATED)
_TRAITS: Final = attrgetter("traits")
_TABLES: Final[dict[Need, tuple[str, ...]]] = {
    "hcpcs table": ("hcpcs",),
    "pair tables": PAIR_TABLES,
    "unit tables": UNIT_TABLES,
    "add-on table": ("add-on",),
    "necessity table": ("necessity",),
}


def met(subject: Subject) -> frozenset[Need]:
    """The needs that a chart meets."""
    found: list[Need] = [*_of_chart(subject), *_of_its_days(subject), *_of_lines(subject), *_of_people(subject)]
    found += _of_amounts(subject)
    if subject.inpatient:
        found += _of_stay(subject)
    if subject.payer is not None:
        found += _of_payer(subject.payer, subject.lines)
    if subject.plans_change:
        found += _of_plans(subject)
    found += chain.from_iterable(map(_TRAITS, subject.facts))
    return _of_tables(subject.tables).union(found)


@lru_cache(16)
def _of_tables(tables: DatedTables) -> frozenset[Need]:
    return frozenset(need for need, names in _TABLES.items() if any(map(tables.has, names)))


def _of_chart(subject: Subject) -> Iterator[Need]:
    chart = subject.chart
    if chart.causes:
        yield "accidents"
    if chart.procedures:
        yield "operations"
    if not subject.treated:
        yield "no condition"
    if len(subject.diagnoses) > 1:
        yield "diagnoses"
        if _has_twice(subject):
            yield "codes twice"
    if chart.attachments or chart.claim_note or chart.delay_reason:
        yield "papers and notes"
    if subject.hospital.tells_enrolments:
        yield "enrolments"
    if subject.stay.discharge_status is not None:
        yield "patient status"
    if subject.stay.changed_to_outpatient_at is not None:
        yield "status changed"
    for coverage in subject.coverages:
        if coverage.eligible_name or coverage.eligible_birth_date or coverage.advantage:
            yield "plan's answers"


def _of_stay(subject: Subject) -> Iterator[Need]:
    if subject.editor:
        yield "editor's edits"
    if subject.chart.drg is None:
        yield "no group"
    if "admitting" not in subject.roles:
        yield "no admitting diagnosis"
    said = [diagnosis.present_on_admission for diagnosis in subject.diagnoses]
    if not ACQUIRED.isdisjoint(said):
        yield "not there at admission"
    if subject.tables.has(EXEMPT) or not _UNSAID.isdisjoint(zip(subject.roles, said, strict=True)):
        yield "odd indicators"


def _has_twice(subject: Subject) -> bool:
    """Whether a code stands twice, but for what is named besides: why he was admitted, or came."""
    codes = tuple(compress(subject.codes, map(INDICATED.__contains__, subject.roles)))
    return len(set(codes)) < len(codes)


def _of_its_days(subject: Subject) -> Iterator[Need]:
    stay, (earliest, latest) = subject.stay, subject.days
    within = stay.start_day <= earliest and latest <= stay.end_day and subject.in_order
    if not within or subject.chart.procedures:
        yield "days outside"
    if subject.patient.deceased_date is not None:
        yield "death"
    if subject.age is not None and not 0 <= subject.age <= OLDEST:
        yield "impossible age"


def _of_lines(subject: Subject) -> Iterator[Need]:
    lines = subject.lines
    if not lines.code:
        yield "no lines"
    if any(lines.modifiers):
        yield "modifiers"
        yield "notices"
    elif _any_said(lines.abn):
        yield "notices"
    if _any_said(lines.single_dose):
        yield "single doses"
    if _has_drugs(subject):
        yield "drugs"
    if not all(map(is_procedure_shape, filter(None, lines.code))):
        yield "codes without shape"
    if not OF_ONE_SEX.isdisjoint(lines.code):
        yield "codes of one sex"
    if not INPATIENT_PLACES.isdisjoint((*lines.place_of_service, subject.stay.place_of_service)):
        yield "inpatient places"
    if len(set(zip(lines.code, lines.revenue_code, lines.service_from, strict=True))) < len(lines.code):
        yield "lines alike"
    if not _places(len(subject.diagnoses)).issuperset(chain.from_iterable(lines.pointers)):
        yield "pointers astray"


def _of_people(subject: Subject) -> Iterator[Need]:
    providers, lines = subject.stay.providers, subject.lines
    known = subject.hospital.known_entities.issuperset([provider.billing_entity for provider in providers])
    if None in lines.performer_npi or not known:
        yield "providers unknown"
    named = {*lines.performer_npi, *lines.ordering_npi, *[provider.npi for provider in providers]}
    if not all(map(is_npi, filter(None, named))):
        yield "check digits"


def _of_amounts(subject: Subject) -> Iterator[Need]:
    lines, chart = subject.lines, subject.chart
    units, charges, kept = lines.units, lines.charge_cents, lines.non_covered_cents
    if not BY_THE_HOUR.isdisjoint(lines.code) or OBSERVATION in lines.revenue_code:
        yield "observation"
    if 0 in units or any(map(mod, units, repeat(1000))) or max(units, default=0) > MOST_UNITS:
        yield "units not whole"
    usual = all(map(le, kept, charges)) and min(kept, default=0) >= 0 and sum(charges) <= LARGEST
    if not usual or chart.restrictions or abs(chart.payments_cents) > LARGEST:
        yield "odd amounts"
    if not all(agreement(subject)):
        yield "other charges"


def _of_payer(payer: Payer, lines: Columns) -> Iterator[Need]:
    if payer.splits:
        yield "splits"
    if payer.authorized and not payer.authorized.isdisjoint(_items(lines)):
        yield "authorizations"
    if payer.requires_referral:
        yield "referrals"
    if payer.requires_clia:
        yield "clia"
    if payer.filing_indicator in MEDICARE:
        yield "medicare"


def _of_plans(subject: Subject) -> Iterator[Need]:
    """On some days another payer than the first may be asked first."""
    yield "plans change"
    for payer in filter(None, subject.payers):
        yield from _of_payer(payer, subject.lines)


@lru_cache(128)
def _places(diagnoses: int) -> frozenset[int]:
    return frozenset(range(1, diagnoses + 1))


def _items(lines: Columns) -> Iterable[str | None]:
    """What a payer may want to authorize: codes, revenue codes, and their series."""
    return (*lines.code, *lines.revenue_code, *[code[:3] for code in lines.revenue_code if code])


def _has_drugs(subject: Subject) -> bool:
    """Whether a line says anything of a product, or Medicaid is asked for a drug by its code."""
    lines = subject.lines
    if any(lines.ndc) or any(lines.ndc_unit) or _any_said(lines.ndc_quantity):
        return True
    return MEDICAID in [coverage.plan_kind for coverage in subject.coverages] and any(map(is_drug, lines.code))


def _any_said(column: tuple[object, ...]) -> bool:
    """Whether any line says it: no is said too."""
    return column.count(None) < len(column)
