"""Edits on medical necessity (H7)."""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final

from claims.codesets.dated import Necessity
from claims.codesets.shapes import without_dot
from claims.edits.rule import Fault, Rule, rule
from claims.edits.subject import Subject
from schemas.events.coded import Service

_CACHED: Final = 1024
_EXPECTED: Final = frozenset({"GA", "GX", "GY", "GZ"})


@rule(
    "H7",
    "warn",
    carc="50",
    citation="42 CFR 411.15(k); LCD, NCD",
    mend="add the diagnosis that was its reason, if it is documented; or have the notice signed before the service",
    needs="necessity table",
)
def diagnosis_does_not_support(subject: Subject) -> Iterator[Fault]:
    """A service that coverage policies speak of has a diagnosis that one of them lists (42 CFR 411.15(k)).

    Of a professional's line those count that it points to (CARC 11 where only another one of the chart does); of a
    hospital's all, because 837I has no pointers, and an inpatient's are under no such policy. A line whose modifier
    says that a denial is expected (GA, GX, GY, GZ) is let be. The policies are the user's table; without it nothing is
    said. How often a policy allows a service over the patient's other charts isn't asked.
    """
    tables = subject.tables
    if not tables.has("necessity"):
        return
    for at, service in enumerate(subject.services):
        if service.code is None or (subject.inpatient and service.component == "facility"):
            continue
        policies = tables.necessity(service.code, service.service_from)
        if not policies or not _EXPECTED.isdisjoint(service.modifiers):
            continue
        if _supports(policies, _told(subject, service)):
            continue
        if _supports(policies, subject.codes):
            mend = "point the line to the diagnosis it was for"
            message, field = "a service that points to no diagnosis that supports it", f"services[{at}].pointers"
            yield Fault(message, field, at, "diagnosis pointer", mend, carc="11")
        else:
            yield Fault("a service that no diagnosis supports", f"services[{at}].code", at, "service")


def _told(subject: Subject, service: Service) -> tuple[str, ...]:
    codes = subject.codes
    if service.component == "facility":
        return codes
    return tuple(codes[each - 1] for each in service.pointers if 0 < each <= len(codes))


def _supports(policies: Iterable[Necessity], codes: tuple[str, ...]) -> bool:
    for policy in policies:
        listed, beginnings = _listed(policy.diagnoses)
        if any(code in listed or code.startswith(beginnings) for code in codes):
            return True
    return False


@lru_cache(_CACHED)
def _listed(diagnoses: tuple[str, ...]) -> tuple[frozenset[str], tuple[str, ...]]:
    """Whole codes, and beginnings that have * behind them, without dots: a policy may list hundreds."""
    bare = [without_dot(each) for each in diagnoses]
    whole = frozenset(each for each in bare if not each.endswith("*"))
    return whole, tuple(each[:-1] for each in bare if each.endswith("*"))


NECESSITY: Final[tuple[Rule, ...]] = (diagnosis_does_not_support,)
