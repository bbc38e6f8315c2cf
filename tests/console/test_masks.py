"""What a screen shows of an event without --show-phi: an allow-list, so that nothing slips through by being new."""

import json
from collections.abc import Iterator
from typing import Any, get_args

import pytest

from console.masks import MASK, SHOWN, plain
from schemas.events import SUBJECTS, ChartCompleted, people
from schemas.events.types import Wire
from schemas.examples import example, examples
from tests.canaries import canaries, plant

PEOPLE = [model for model in vars(people).values() if isinstance(model, type) and issubclass(model, Wire)]


def models_in(annotation: Any) -> Iterator[type]:
    if isinstance(annotation, type) and issubclass(annotation, Wire):
        yield annotation
    for inner in get_args(annotation):
        yield from models_in(inner)


@pytest.mark.parametrize("model", SHOWN, ids=lambda model: model.__name__)
def test_every_field_that_may_be_shown_exists(model: type[Wire]) -> None:
    assert SHOWN[model] <= set(model.model_fields)


def test_nothing_about_people_may_be_shown() -> None:
    leads_to_people = [
        (model.__name__, name)
        for model, names in SHOWN.items()
        for name in names
        for inner in models_in(model.model_fields[name].annotation)
        if inner in PEOPLE
    ]
    assert (leads_to_people, [model for model in PEOPLE if model in SHOWN]) == ([], [])


@pytest.mark.parametrize("subject", ["chart-completed", "chart-coded", "claim-built", "patient-bill", "chart-returned"])
@pytest.mark.parametrize("field", ["chart_id", "account_number", "event_id", "correlation_id", "patient", "charts"])
def test_whoever_it_is_about_is_masked(subject: str, field: str) -> None:
    shown = plain(example(subject), False)
    assert shown.get(field, MASK) == MASK


def test_no_canary_of_a_chart_is_shown() -> None:
    chart = example("chart-completed")
    assert isinstance(chart, ChartCompleted)
    planted = plant(chart, 1)
    shown = json.dumps(plain(planted, False))
    assert [canary for canary in canaries(planted) if canary in shown] == []


def test_with_phi_everything_is_shown() -> None:
    chart = example("chart-completed")
    assert MASK not in json.dumps(plain(chart, True), ensure_ascii=False)


@pytest.mark.parametrize("subject", SUBJECTS)
def test_every_example_can_be_shown(subject: str) -> None:
    assert json.dumps(plain(examples()[subject], False))


def test_published_statistics_are_shown_whole() -> None:
    shown = plain(example("claim-stats"), False)
    assert MASK not in json.dumps(shown, ensure_ascii=False)


def test_a_model_that_nobody_listed_is_masked_whole() -> None:
    class Newcomer(Wire):
        name: str

    assert plain(Newcomer(name="Jane"), False) == {"name": MASK}
