"""Whatever a payer did wrong at once, all of it reaches him, and nobody's delivery stops for it."""

import pytest

from agents.rows import claim_row
from claims.accounts import AccountClaim
from claims.forming import form
from ledger import projections
from schemas.events import Refused
from schemas.events.claim import ClaimBuilt
from schemas.records import Output
from streams.topics import PAYER_ANSWERS, REFUSED
from tests.agents.without_kafka import RECEIVED, Given, Stages, passed_on
from tests.claims.given_accounts import account, by_line, chart, committed_partners, service

LINES = 30


def claimed(stages: Stages) -> ClaimBuilt:
    """A claim of thirty lines that adjudication knows."""
    visit = chart(services=tuple(service(f"s{n}") for n in range(LINES)))
    (claim,) = form(visit, account(visit), committed_partners()).claims
    with stages.assembly.ledger.transaction() as tx:
        projections.put_claims(tx, [claim_row(AccountClaim(claim=claim, state="sent"), "pseudonym")])
    return claim


@pytest.fixture
def refused(stages: Stages) -> list[Output]:
    """One answer in which no line balances."""
    answer = by_line(claimed(stages), [()] * LINES, received_at=RECEIVED)
    lines = tuple(line.model_copy(update={"paid_cents": line.paid_cents - 1}) for line in answer.lines)
    bad = answer.model_copy(update={"lines": lines})
    return stages.feed("adjudication", stages.event(PAYER_ANSWERS, bad))[0]


def test_each_refused_line_has_an_event_id_of_its_own(stages: Stages, refused: list[Output]) -> None:
    said = [each for each in stages.read(refused, REFUSED) if isinstance(each, Refused)]
    assert len({each.event_id for each in said}) == len(said) >= LINES


def test_every_refused_line_is_delivered(stages: Stages, refused: list[Output]) -> None:
    assert set(stages.outcomes("delivery", *passed_on(refused, REFUSED))) == {"delivered"}


def test_the_backlog_of_a_partner_who_left_does_not_stop_delivery(stages: Stages, refused: list[Output]) -> None:
    left = [each._replace(headers=(("partner", b"who-left"),)) for each in passed_on(refused, REFUSED)]
    assert set(stages.outcomes("delivery", *left)) == {"dead-letter:unknown-partner"}


def test_contradictory_copies_of_one_event_do_not_stop_delivery(stages: Stages, refused: list[Output]) -> None:
    first = passed_on(refused, REFUSED)[0]
    others = [first._replace(value=(first.value or b"") + bytes([n])) for n in range(LINES)]
    assert stages.outcomes("delivery", first, *others)[1:] == ["dead-letter:conflict"] * LINES


def test_records_that_nobody_of_us_wrote_still_stop_delivery(stages: Stages) -> None:
    """Thirty of them are no accident: a stage writes what delivery can't read."""
    partner = (("partner", b"commercial"),)
    _, rulings = stages.feed("delivery", Given(REFUSED, b"\x07", headers=partner))
    assert rulings[0].decision.failed
