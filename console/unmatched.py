"""`claimstream remit unmatched` and `remit match`: answers to no claim that is known, and a person's word on them."""

from collections.abc import Sequence
from typing import Annotated, Any

import sqlalchemy as sa
import typer

from agents.matching import could_be
from agents.reference import read_partners
from claims.matching import Candidate
from console.faults import Mendable
from console.screen import Json, counted, dollars, draw, say, say_json, table
from console.wire import deliver, strict_codec
from ledger import inquiries, interchanges, projections
from ledger.projections import UNMATCHED
from ledger.store import Ledger
from schemas.codec import Codec
from schemas.events import ClaimAdjudicated
from schemas.identity import derived
from streams.settings import Settings
from streams.topics import CLAIM_ADJUDICATED, outer


def listed(as_json: Json = False) -> None:
    """Answers to no claim that is known, and which claims they could be to, the best first.

    The other answers of their remittances are posted without them, and what they pay is applied to no claim: say of
    each which claim it is to, or that it is none of ours (`remit match`).
    """
    settings = Settings()
    codec = strict_codec(settings)
    with Ledger(settings.ledger.get_secret_value()).reading() as tx:
        answers = [_answer(codec, row.body) for row in inquiries.unmatched(tx)]
        found = list(zip(answers, could_be(tx, answers), strict=True))
        files = [tuple(row)[:4] for row in interchanges.open_unknown(tx)]
    if as_json:
        say_json([*(_facts(answer, candidates) for answer, candidates in found), *map(_facts_of_file, files)])
        return
    columns = ("payer", "trace", "position#", "their number", "charge#", "paid#", "could be (score)")
    rows = [
        (a.payer, a.trace_number, a.position, a.payer_claim_number, dollars(a.charge_cents), dollars(a.paid_cents),
         ", ".join(f"{each.control_number} ({points})" for points, each in candidates) or None)
        for a, candidates in found
    ]  # fmt: skip
    if rows:
        draw(table("To no claim that is known", columns, rows))
    if files:
        draw(table("Refused, and never sent by us", ("by", "kind", "number", "set"), files))
    unapplied = dollars(sum(answer.paid_cents for answer, _ in found))
    told = f"{counted(len(rows), 'answer')}, {unapplied} applied to no claim" if rows else counted(0, "answer")
    say(told + (f", {counted(len(files), 'file')}" if files else ""))


def dismissed(
    sender: Annotated[str, typer.Argument(help="Who refused it, as `remit unmatched` has it.")],
    number: Annotated[str, typer.Argument(help="The number by which he names the file.")],
) -> None:
    """Say that the refusal of a file that we never sent has been looked into: it is listed no more."""
    ledger = Ledger(Settings().ledger.get_secret_value())
    if not ledger.run(lambda tx: interchanges.dismiss(tx, sender, number)):
        raise Mendable("no such refusal waits", "`claimstream remit unmatched` lists those that do")
    say("dismissed")


def matched(
    payer: Annotated[str, typer.Argument(help="Whose answer: an id of partners.yaml.")],
    trace: Annotated[str, typer.Argument(help="The trace number of his remittance.")],
    position: Annotated[int, typer.Argument(help="Where in it the answer stands.", min=1, max=2**31)],
    number: Annotated[str | None, typer.Argument(help="Our control number of the claim it is to.")] = None,
    not_ours: Annotated[bool, typer.Option("--not-ours", help="It is to a claim that we never sent.")] = False,
) -> None:
    """Say which claim an answer is to, and it is posted; or that it is none of ours, and it is posted to nobody.

    The answer goes to the payer's topic again under its place; saying the same again is harmless.
    """
    settings = Settings()
    read_partners(settings.infra).payer(payer)
    if (number is None) != not_ours:
        raise Mendable("it is not said which claim it is to", "name our control number, or say --not-ours")
    codec = strict_codec(settings)
    with Ledger(settings.ledger.get_secret_value()).reading() as tx:
        row = inquiries.answer_at(tx, payer, trace, position)
        is_his = number is None or _is_his(projections.claims_by_number(tx, [number]).get(number), payer)
    if row is None or row.state != UNMATCHED:
        raise Mendable("no answer waits there", "`claimstream remit unmatched` lists those that do")
    if not is_his:
        raise Mendable(
            f"no claim under that number went to {payer}", "`claimstream remit unmatched` names who it could be"
        )
    said = _mended(_answer(codec, row.body), number)
    if not deliver(settings, outer(CLAIM_ADJUDICATED, payer), [(trace.encode(), codec.encode(said))]):
        raise Mendable("the broker did not take it", "say it again, it is harmless")
    say(f"said: {'not ours' if number is None else f'to {number}'}; it is posted once its remittance is whole")


def _is_his(claim: sa.Row[Any] | None, payer: str) -> bool:
    """Whether he was sent the claim, or had it from another payer."""
    return claim is not None and payer in {claim.payer, claim.forwarded_to}


def _mended(answer: ClaimAdjudicated, number: str | None) -> ClaimAdjudicated:
    """Under an id of its own, for the content is another; without what intake added."""
    event_id = derived("matched", answer.event_id, number or "not ours")
    told: dict[str, Any] = {"not_ours": True} if number is None else {"control_number": number}
    return answer.model_copy(update={"event_id": event_id, "received_at": None, **told})


def _answer(codec: Codec, body: bytes) -> ClaimAdjudicated:
    answer = codec.decode_strict(bytes(body), frozenset({ClaimAdjudicated}))
    assert isinstance(answer, ClaimAdjudicated)
    return answer


def _facts_of_file(row: Sequence[str]) -> dict[str, Any]:
    sender, kind, number, set_number = row
    return {"sender": sender, "kind": kind, "number": number, "set": set_number or None}


def _facts(answer: ClaimAdjudicated, candidates: Sequence[tuple[int, Candidate]]) -> dict[str, Any]:
    return {
        "payer": answer.payer,
        "trace": answer.trace_number,
        "position": answer.position,
        "payer_claim_number": answer.payer_claim_number,
        "charge_cents": answer.charge_cents,
        "paid_cents": answer.paid_cents,
        "candidates": [{"control_number": each.control_number, "score": points} for points, each in candidates],
    }
