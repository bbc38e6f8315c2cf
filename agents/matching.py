"""Answers that name no control number of ours, and the claims in the ledger that they may mean."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from agents.rows import candidate
from agents.stage import World
from claims.matching import Candidate, match, ranking
from ledger import projections
from schemas.events import ClaimAdjudicated


def meant(tx: Connection, answers: Sequence[ClaimAdjudicated]) -> Mapping[str, sa.Row[Any]]:
    """Claims by the payer's numbers and the members that these answers name; nothing is asked where there are none."""
    if not answers:
        return {}
    numbers = {each.payer_claim_number for each in answers if each.payer_claim_number}
    members = {each.member_id for each in answers if each.member_id}
    found = {**projections.claims_by_payer_number(tx, numbers), **projections.claims_of_members(tx, members)}
    payers = {each.payer for each in answers}
    return {number: row for number, row in sorted(found.items()) if row.payer in payers}


def identified(world: World, answer: ClaimAdjudicated) -> ClaimAdjudicated:
    """The answer under the number of the claim that it means; as it came where that isn't known, or isn't clear."""
    if answer.not_ours or answer.control_number in world.claims:
        return answer
    own = (candidate(row) for row in world.candidates if row["payer"] == answer.payer)
    number = match(answer, own).control_number
    return answer if number is None else answer.model_copy(update={"control_number": number})


def could_be(tx: Connection, answer: ClaimAdjudicated) -> Sequence[tuple[int, Candidate]]:
    """The claims that an answer may mean, with their scores, the best first: for a person to choose."""
    rows = meant(tx, [answer]).values()
    return [
        (points, each) for points, each in ranking(answer, (candidate(dict(row._mapping)) for row in rows)) if points
    ]
