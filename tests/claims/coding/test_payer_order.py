"""Which plan is before Medicare by the employer's size."""

from datetime import date

import pytest

from claims.edits.payer_order import medicare_is_first
from schemas.events.chart import PriorityFacts

DAY, AGED, YOUNGER = date(2026, 3, 10), date(1950, 1, 1), date(1990, 1, 1)
SIZES = [
    ("an aged person's small employer, 42 CFR 411.170", AGED, 19, True),
    ("from 20 employees the plan is first", AGED, 20, False),
    ("with more of them too", AGED, 21, False),
    ("a disabled person's, 42 CFR 411.204", YOUNGER, 99, True),
    ("from 100 employees the plan is first", YOUNGER, 100, False),
    ("with more of them too", YOUNGER, 101, False),
]


@pytest.mark.parametrize(("born", "size", "first"), [row[1:] for row in SIZES], ids=[row[0] for row in SIZES])
def test_medicare_is_before_the_plan_of_a_small_employer(born: date, size: int, first: bool) -> None:
    assert medicare_is_first(PriorityFacts(working=True, employer_size=size), born, DAY) is first
