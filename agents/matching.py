"""Answers that name no control number of ours, and the claims in the ledger that they may mean."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from agents.rows import candidate
from agents.stage import Row, World
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
    number = match(answer, _own(world.candidates, answer)).control_number
    return answer if number is None else answer.model_copy(update={"control_number": number})


def could_be(tx: Connection, answers: Sequence[ClaimAdjudicated]) -> Sequence[Sequence[tuple[int, Candidate]]]:
    """Of each answer the claims that it may mean, with their scores, the best first: for a person to choose."""
    rows = [dict(row._mapping) for row in meant(tx, answers).values()]
    ranked = (ranking(answer, _own(rows, answer)) for answer in answers)
    return [[(points, each) for points, each in found if points] for found in ranked]


def _own(rows: Iterable[Row], answer: ClaimAdjudicated) -> Iterator[Candidate]:
    """The claims that this answer alone leads to, whatever else is asked beside it, each as it was sent last."""
    newest: dict[str, Row] = {}
    for row in sorted(rows, key=lambda row: (row["at"], row["control_number"])):
        named = answer.payer_claim_number is not None and row["payer_number"] == answer.payer_claim_number
        member = answer.member_id is not None and row["member"] == answer.member_id
        if row["payer"] == answer.payer and (named or member):
            newest[row["claim_id"]] = row
    return map(candidate, newest.values())
