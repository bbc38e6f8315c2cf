"""`claimstream claim`: a claim with its versions, submissions and answers, and what came of it."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer
from rich.table import Table

from agents.patience import deadline_of
from agents.stage import States
from agents.tracing import ClaimTrace, trace_claim
from claims import settlement
from claims.accounts import Account
from claims.lineage import Kin
from claims.order_reason import ORDER_WORDS
from console.masks import MASK
from console.screen import Json, dollars, draw, moment, say, say_json, table
from ledger.store import Ledger
from streams.settings import Settings

app = typer.Typer(add_completion=False)


@app.command()
def claim(
    name: Annotated[str, typer.Argument(metavar="ID", help="A control number (CLM01), or a claim's own id.")],
    show_phi: Annotated[
        bool, typer.Option("--show-phi", help="Show chart and account. For those who may see them.")
    ] = False,
    as_json: Json = False,
) -> None:
    """A claim's lineage: its original, replacements (7) and voids (8), the claims of the payers before and after, each
    with its answers and what was denied.

    Nothing of a chart's content is shown, and its number and account only with --show-phi. Exit status 1 when the
    ledger doesn't know the claim.
    """
    settings = Settings()
    with Ledger(settings.ledger.get_secret_value()).reading() as tx:
        trace = trace_claim(tx, States(Account), name)
    if trace is None:
        typer.echo("the ledger has no such claim; `claimstream chart HOSPITAL CHART` lists a chart's claims", err=True)
        raise typer.Exit(1)
    if as_json:
        say_json(_facts(trace, show_phi))
    else:
        _tell(_facts(trace, show_phi))


def _facts(trace: ClaimTrace, show_phi: bool) -> dict[str, Any]:
    said = trace.claim.claim
    names = ("control_number", "line", "carc", "remarks", "group_code", "rule", "cause", "cents", "state", "appeal_by")
    return {
        "claim": said.control_number,
        "hospital": said.hospital,
        "chart_id": said.charts[0].chart_id if show_phi else MASK,
        "account": said.account_number if show_phi else MASK,
        "state": trace.claim.state,
        "family": [_kin(each, trace) for each in trace.family],
        "submissions": [
            {"control_number": row.control_number, "state": row.state, "sent": moment(row.at)}
            for row in sorted(trace.submissions, key=lambda row: row.at)
        ],
        "answers": [answer for each in trace.family for answer in _answers(each)],
        "denials": [{name: getattr(row, name) for name in names} for row in trace.denials],
    }


def _kin(each: Kin, trace: ClaimTrace) -> dict[str, Any]:
    kept, said = each.claim, each.claim.claim
    due = next((row.due for row in trace.waits if row.id == deadline_of(kept)), None)
    money = settlement.totals(kept)
    return {
        "control_number": said.control_number,
        "payer": said.payer,
        "payer_sequence": said.payer_sequence,
        "frequency": said.frequency,
        "submission": said.submission,
        "state": kept.state,
        "charge_cents": said.total_charge_cents,
        "paid_cents": money.paid_cents,
        "patient_cents": money.patient_cents,
        "replaces": each.replaces,
        "replaced_by": list(each.replaced_by),
        "follows": each.follows,
        "led_to": list(each.led_to),
        "answer_due": None if due is None else moment(due),
        "order_reason": said.order_reason,
        "filed_on": kept.filed_on,
    }


def _answers(each: Kin) -> list[dict[str, Any]]:
    return [
        {
            "control_number": each.claim.claim.control_number,
            "trace_number": answer.trace_number,
            "position": answer.position,
            "status": answer.status,
            "adjudicated_on": answer.adjudicated_on,
            "charge_cents": answer.charge_cents,
            "paid_cents": answer.paid_cents,
            "patient_cents": answer.patient_responsibility_cents,
        }
        for answer in sorted(each.claim.answers, key=lambda a: (a.adjudicated_on, a.trace_number, a.position))
    ]


def _tell(facts: Mapping[str, Any]) -> None:
    say(f"Claim {facts['claim']} of chart {facts['chart_id']} of {facts['hospital']}, account {facts['account']}", "")
    columns = ("claim", "payer", "frequency", "state", "charged#", "paid#", "patient#", "comes from", "answer due")
    family = [
        (
            kin["control_number"], f"{kin['payer_sequence']}. {kin['payer']}", kin["frequency"], kin["state"],
            *(dollars(kin[name]) for name in ("charge_cents", "paid_cents", "patient_cents")),
            origin(kin), kin["answer_due"],
        )
        for kin in facts["family"]
    ]  # fmt: skip
    answers = [
        (
            each["adjudicated_on"], each["control_number"], each["status"],
            f"{each['trace_number']}/{each['position']}", dollars(each["charge_cents"]), dollars(each["paid_cents"]),
        )
        for each in facts["answers"]
    ]  # fmt: skip
    denied = [
        (
            each["control_number"], each["line"] or "claim", f"{each['carc']} {each['remarks']}".strip(), each["rule"],
            dollars(each["cents"]), each["state"], each["appeal_by"],
        )
        for each in facts["denials"]
    ]  # fmt: skip
    sent = [(each["sent"], each["control_number"], each["state"]) for each in facts["submissions"]]
    tables = (
        table("Versions, and what follows them", columns, family),
        reasons(facts["family"]),
        table("Sent", ("time (UTC)", "under", "state"), sent),
        table("Answers", ("day", "claim", "status", "remittance", "charged#", "paid#"), answers),
        table("Denied", ("claim", "line#", "CARC", "rule", "denied#", "state", "appeal by"), denied),
    )
    draw(*(each for each in tables if each.row_count))


def reasons(claims: Sequence[Mapping[str, Any]]) -> Table:
    """Why each payer is asked in his turn, in words; each rule that decided it, once."""
    why = {(each["payer_sequence"], each["payer"], each["order_reason"]): None for each in claims}
    rows = [(f"{turn}. {payer}", ORDER_WORDS[code]) for turn, payer, code in why if code is not None]
    return table("Why they are asked, and in this order", ("payer", "why"), rows)


def origin(kin: Mapping[str, Any]) -> str | None:
    """In place of which claim, or which one it takes back, and after which one of the payer before."""
    said = {"voids" if kin["frequency"] == "8" else "replaces": kin["replaces"], "after": kin["follows"]}
    return ", ".join(f"{word} {number}" for word, number in said.items() if number) or None
