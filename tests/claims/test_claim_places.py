"""What a finding calls by the chart's field, by the element of an 837."""

import re
from pathlib import Path

import pytest

from claims.claim_places import place_of
from schemas.events.claim import ClaimKind

EDITS = Path(__file__).parents[2] / "claims/edits"
FIELD = re.compile(r'f?"((?:services|diagnoses|procedures|coverages|encounter|patient|causes|hospital|drg)[^" ]*)"')
NOT_ON_A_CLAIM = {"patient", "encounter.providers[0].billing_entity"}


@pytest.mark.parametrize(
    ("field", "kind", "place"),
    [
        ("services[1].code", "professional", "SV101-2 of line 2"),
        ("services[1].code", "institutional", "SV202-2 of line 2"),
        ("services[0]", "professional", "LX of line 1"),
        ("diagnoses[0].code", "institutional", "HI of diagnosis 1"),
        ("coverages[1].member_id", "professional", "NM1*IL 09 of payer 2"),
        ("encounter.providers[0].npi", "professional", "NM109"),
        ("encounter.discharge_status", "institutional", "CL103"),
        ("causes[0].claim_number", "professional", "REF Y4"),
        ("restrictions", "professional", "restrictions"),
        (None, "professional", None),
    ],
)
def test_a_field_is_named_by_its_element(field: str | None, kind: ClaimKind, place: str | None) -> None:
    assert place_of(field, kind) == place


def test_every_field_that_an_edit_names_has_its_element() -> None:
    named = {re.sub(r"{[^}]*}", "0", field) for file in EDITS.glob("*.py") for field in FIELD.findall(file.read_text())}
    assert len(named) > 40
    assert {field for field in named if place_of(field, "institutional") == field} == NOT_ON_A_CLAIM
