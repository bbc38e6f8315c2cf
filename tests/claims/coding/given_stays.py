"""A stay of 3 to 6 March 2026 made of the statements a test cares about, and what may be documented in it."""

from datetime import UTC, datetime
from typing import Any

from schemas.events.chart import ChartCompleted, Coding, Document, Statement
from tests.claims.coding.builders import ICD, at

PCS = "http://www.cms.gov/Medicare/Coding/ICD10"
LOINC = "http://loinc.org"
SUMMARY = Document(
    id="n-1",
    kind=Coding(system=LOINC, code="18842-5", display="Discharge summary"),
    signed_by="DR-IM-001",
    signed_at=datetime(2026, 3, 6, 17, tzinfo=UTC),
)
OPERATIVE_REPORT = SUMMARY.model_copy(update={"id": "n-2", "kind": Coding(system=LOINC, code="11504-8")})


def holding(chart: ChartCompleted, *statements: Statement, **fields: Any) -> ChartCompleted:
    """The chart with these statements and no others, each under an id of its own."""
    told = tuple(s.model_copy(update={"id": f"s-{number}"}) for number, s in enumerate(statements, start=1))
    return chart.model_copy(update={"statements": told, "orders": (), **fields})


def coded(code: str, text: str | None = None, **fields: Any) -> Statement:
    """A diagnosis with its code, present on admission unless the test says otherwise."""
    given = (Coding(system=ICD, code=code),)
    common = {"id": "s", "kind": "diagnosis", "text": text, "codings": given, "present_on_admission": "Y"}
    return Statement(**{**common, **fields})


def worded(text: str, **fields: Any) -> Statement:
    """A diagnosis in words."""
    return Statement(**{"id": "s", "kind": "diagnosis", "text": text, "present_on_admission": "Y", **fields})


def given(drug: str, **fields: Any) -> Statement:
    common = {"id": "s", "kind": "drug", "text": drug, "quantity": 1000, "unit": "mg", "performed_at": at(4)}
    return Statement(**{**common, **fields})


def measured(name: str, code: str | None = None, **fields: Any) -> Statement:
    """A laboratory test with its result."""
    codings = (Coding(system=LOINC, code=code),) if code else ()
    common = {"id": "s", "kind": "laboratory", "text": name, "codings": codings, "performed_at": at(4)}
    return Statement(**{**common, "result_present": True, **fields})


def operated(text: str, code: str | None = None, **fields: Any) -> Statement:
    codings = (Coding(system=PCS, code=code),) if code else ()
    return Statement(
        **{"id": "s", "kind": "treatment", "text": text, "codings": codings, "performed_at": at(4), **fields}
    )
