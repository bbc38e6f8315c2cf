"""The committed contract says what the models say, and a model says it by few rules."""

from datetime import date, datetime
from typing import Any, Literal

import pytest

from schemas.derive import Underivable, avro_schema, contract, drifted, main
from schemas.events import SUBJECTS
from schemas.events.people import Name
from schemas.events.types import Code, Count, Many, Wire
from schemas.registry import committed, newest, schema


@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_models_schema_is_its_subjects_newest_contract(subject: str) -> None:
    version = newest(committed(), subject)
    assert version is not None
    model = SUBJECTS[subject]
    assert contract(schema(version)) == contract(avro_schema(model, model.__name__))


def test_nothing_has_drifted_and_the_command_says_so() -> None:
    assert (list(drifted()), main([])) == ([], 0)


class Sample(Wire):
    """The first line is the documentation.

    The second is not.
    """

    day: date
    moment: datetime
    count: Count = 3
    yes: bool = False
    kind: Literal["a", "b"] = "a"
    either: Literal["a"] | Literal["b"] | None = None
    codes: Many[Code]
    more: Many[Code] = ()
    whole: int | None
    name: Name
    other: Name | None = None


FIELDS: dict[str, dict[str, Any]] = {field["name"]: field for field in avro_schema(Sample, "Sample")["fields"]}


@pytest.mark.parametrize(
    ("field", "derived"),
    [
        ("day", {"type": {"type": "int", "logicalType": "date"}}),
        ("moment", {"type": {"type": "long", "logicalType": "timestamp-millis"}}),
        ("count", {"type": "long", "default": 3}),
        ("yes", {"type": "boolean", "default": False}),
        ("kind", {"type": "string", "default": "a"}),
        ("either", {"type": ["null", "string"], "default": None}),
        ("codes", {"type": {"type": "array", "items": "string"}}),
        ("more", {"type": {"type": "array", "items": "string"}, "default": []}),
        ("whole", {"type": ["null", "long"]}),
        ("other", {"type": ["null", "Name"], "default": None}),
    ],
)
def test_a_field_has_the_avro_type_and_default_of_its_annotation(field: str, derived: dict[str, Any]) -> None:
    assert FIELDS[field] == {"name": field} | derived


def test_a_nested_record_is_defined_where_it_is_first_met() -> None:
    assert FIELDS["name"]["type"]["fields"][0] == {"name": "family", "type": "string"}


def test_the_first_line_of_the_docstring_is_the_documentation() -> None:
    assert avro_schema(Sample, "Sample")["doc"] == "The first line is the documentation."


def test_other_words_of_documentation_are_no_drift() -> None:
    derived = avro_schema(Sample, "Sample")
    assert contract(derived | {"doc": "Other words."}) == contract(derived)


def test_two_records_of_one_name_are_refused() -> None:
    with pytest.raises(Underivable, match="Name"):
        avro_schema(Sample, "Name")


class Fraction(Wire):
    share: float


class Either(Wire):
    value: int | str


class Nested(Wire):
    rows: Many[Many[Code]]


class Optional(Wire):
    code: Code | None = "A"


@pytest.mark.parametrize("model", [Fraction, Either, Nested, Optional])
def test_what_the_wire_has_no_form_for_is_refused(model: type[Wire]) -> None:
    with pytest.raises(Underivable):
        avro_schema(model, model.__name__)
