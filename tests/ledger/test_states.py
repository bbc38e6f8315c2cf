"""What the ledger keeps outlives the code that wrote it: a state of every committed version is read."""

import pytest

from agents.stage import States
from claims.postings import Payment
from ledger.states import STATES, drifted, shapes
from schemas.codec import Undecodable
from schemas.compatibility import breaks
from schemas.events.types import Line, Wire


class Noted(Payment):
    """A payment as a later version may keep it: with one more field that may be null."""

    note: Line | None = None


Noted.__name__ = "Payment"
WRITTEN = States(Payment).dump(Payment(state="suspended"))


def test_no_state_has_changed_without_a_new_committed_version() -> None:
    assert [drift.name for drift in drifted()] == []


@pytest.mark.parametrize("model", STATES, ids=lambda model: model.__name__)
def test_all_committed_versions_of_a_state_read_each_other(model: type[Wire]) -> None:
    assert breaks(shapes(model)) == []


def test_a_state_that_an_older_version_wrote_is_read() -> None:
    later = States(Noted, older=lambda _: shapes(Payment))
    assert later.load(Noted, WRITTEN) == Noted(state="suspended")


def test_a_state_of_a_version_that_was_never_committed_is_not_misread() -> None:
    later = States(Noted, older=lambda _: ())
    with pytest.raises(Undecodable, match="unknown-schema"):
        later.load(Noted, WRITTEN)
