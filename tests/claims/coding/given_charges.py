"""Rows of a chargemaster by their columns, so that a test names only what it is about."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from claims.charge import Charge
from claims.charge_row import read_charge
from claims.chargemaster import Chargemaster, parse_chargemaster
from claims.chargemaster_file import COLUMNS, OPTIONAL, Cells, Sheet
from claims.tables import Reference

HEADER: Final = ",".join((*COLUMNS, *OPTIONAL))
TEST: Final[Mapping[str, str]] = {
    "system": "loinc", "code": "2345-7", "description": "Glucose", "hcpcs": "P2028", "revenue_code": "0301",
    "price_cents": "2100", "component": "facility", "department": "laboratory", "start": "2025-01-01",
}  # fmt: skip
DRUG: Final[Mapping[str, str]] = {
    **TEST, "system": "rxnorm", "code": "7804", "description": "A drug per 10 mg", "hcpcs": "J1100",
    "revenue_code": "0636", "unit": "mg", "per_unit": "10", "price_cents": "1250", "department": "pharmacy",
}  # fmt: skip


def row(like: Mapping[str, str] = TEST, /, **cells: str) -> str:
    """One line of the file."""
    values = {**like, **cells}
    return ",".join(values.get(name, "") for name in (*COLUMNS, *OPTIONAL))


def file_of(*rows: str) -> str:
    return "\n".join((HEADER, *rows))


def master_of(*rows: str) -> Chargemaster:
    return parse_chargemaster(file_of(*rows), "x.csv")


def charge_of(like: Mapping[str, str] = TEST, /, **cells: str) -> Charge:
    """The row as a charge."""
    (read,) = Sheet(file_of(row(like, **cells)), "x.csv").rows()
    assert isinstance(read, Cells)
    return read_charge(read)


def with_master(reference: Reference, *rows: str, **changed: Any) -> Reference:
    """The tables with another chargemaster of the hospital that charts come from, and other facts of it."""
    hospital = reference.partners.hospital("mercy-general").model_copy(update=changed)
    partners = reference.partners.model_copy(
        update={"hospitals": {**reference.partners.hospitals, "mercy-general": hospital}}
    )
    return replace(reference, partners=partners, chargemasters={"mercy-general": master_of(*rows)})
