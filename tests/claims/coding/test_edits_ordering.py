"""What somebody else ordered names who did (P6), and a laboratory its certificate (P8)."""

from typing import Any

import pytest

from claims.edits.ordering import ORDERING, kind_of, laboratory_without_clia, orderer_missing
from claims.partners import Hospital
from claims.tables import Reference
from schemas.events.coded import ChartCoded
from tests.claims.coding.builders import GOOD_NPI
from tests.claims.coding.changes import Case, only, with_provider_too
from tests.claims.coding.given_providers import AFTER, THIS, professional, resolved, spans

ORDERED = (("reject", "16", "services[0].ordering_npi"),)
FROM_MEDICARE = {"filing_indicator": "MB"}


def ordered(code: str | None, *said: tuple[str, str, str]) -> Case:
    return Case(code or "no code", orderer_missing, lambda c: professional(c, code=code), said, FROM_MEDICARE)


P6 = [
    *(ordered(code, *ORDERED) for code in ("P2028", "R0070", "E0601", "K0001", "L1902", "7" + "0" * 4, "8" * 5)),
    *(ordered(code) for code in ("T1015", "G0463", "J1100", "A6402", "P9010", "9" * 5, None)),
    *(ordered(f"{treatment}".ljust(5, "0")) for treatment in (*range(772, 778), 79)),
    *(ordered(imaging.ljust(5, "0"), *ORDERED) for imaging in ("771", "778", "78")),
    Case("another payer", orderer_missing, lambda c: professional(c, code="P2028")),
    Case("the hospital's own", orderer_missing, lambda c: only(c, "facility", code="P2028"), (), FROM_MEDICARE),
    Case(
        "the line says who",
        orderer_missing,
        lambda c: professional(c, code="P2028", ordering_npi=GOOD_NPI),
        (),
        FROM_MEDICARE,
    ),
    Case(
        "the encounter says who",
        orderer_missing,
        lambda c: with_provider_too(professional(c, code="P2028"), role="referring"),
        (),
        FROM_MEDICARE,
    ),
    Case(
        "without his NPI",
        orderer_missing,
        lambda c: with_provider_too(professional(c, code="P2028"), role="ordering", npi=None),
        ORDERED,
        FROM_MEDICARE,
    ),
]
UNCERTIFIED = (("reject", "B23", "services[0].code"),)
WANTS_CLIA = {"requires_clia": True}


def uncertified(mercy: Hospital) -> dict[str, Any]:
    groups = {key: group.model_copy(update={"clia": None}) for key, group in mercy.billing_entities.items()}
    return {"billing_entities": groups, "clia": None}


def laboratory(reason: str, *said: tuple[str, str, str], payer: dict[str, Any] = WANTS_CLIA, **line: Any) -> Case:
    return Case(
        reason,
        laboratory_without_clia,
        lambda c: professional(c, **{"code": "P2028", **line}),
        said,
        payer,
        {"entries": uncertified},
    )


P8 = [
    laboratory("a test", *UNCERTIFIED),
    laboratory("five digits", *UNCERTIFIED, code="8" * 5),
    laboratory("a visit", code="T1015"),
    laboratory("only read", modifiers=("26",)),
    laboratory("done elsewhere", modifiers=("90",)),
    laboratory("a payer who doesn't ask", payer={}),
    laboratory("with the number of who bills")._replace(hospital={}),
    Case("the hospital's own", laboratory_without_clia, lambda c: only(c, "facility", code="P2028"), (), WANTS_CLIA),
]
CASES = [*P6, *P8]


@pytest.mark.parametrize("case", CASES, ids=[f"{case.rule.id}, {case.reason}" for case in CASES])
def test_an_edit_on_orders_says_this(coded: ChartCoded, reference: Reference, mercy: Hospital, case: Case) -> None:
    assert resolved(case, mercy).findings(coded, reference) == case.said


def test_every_edit_on_orders_has_a_case_that_fires_and_one_that_does_not() -> None:
    assert {case.rule for case in CASES if case.said} == {case.rule for case in CASES if not case.said} == {*ORDERING}


@pytest.mark.parametrize(("role", "carc"), [(None, "184"), ("ordering", "184"), ("referring", "183")])
def test_who_ordered_is_enrolled_with_medicare_on_the_day(
    coded: ChartCoded, reference: Reference, mercy: Hospital, role: str | None, carc: str
) -> None:
    person = mercy.roster["DR-IM-001"]

    def told(chart: ChartCoded) -> ChartCoded:
        if role is None:
            return professional(chart, code="P2028", ordering_npi=person.npi)
        return with_provider_too(professional(chart, code="P2028"), role=role)

    def said(enrolments: dict[str, Any]) -> tuple[object, ...]:
        entries = {"roster": {"DR-IM-001": person.model_copy(update={"enrolments": enrolments})}}
        return Case("order", orderer_missing, told, (), FROM_MEDICARE, entries).findings(coded, reference)

    assert said(spans((AFTER, None))) == (("warn", carc, "services[0].ordering_npi"),)
    assert said(spans((THIS, None))) == said({}) == ()


def test_only_what_is_always_ordered_has_a_kind(coded: ChartCoded) -> None:
    kinds = {
        "P3000": "laboratory",
        "8" * 5: "laboratory",
        "R0070": "imaging",
        "7" * 2 + "0" * 3: "imaging",
        "E0601": "equipment",
        "K0001": "equipment",
        "L1902": "equipment",
    }

    assert {code: kind_of(only(coded, "professional", code=code).services[0]) for code in kinds} == kinds
