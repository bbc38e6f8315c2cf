"""`claimstream chart`: where a chart is, and what happened to it step by step, from the ledger."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any

import typer

from agents.reference import read_partners
from agents.stage import States
from agents.tracing import Trace, trace_chart
from claims.accounts import Account
from claims.bill_words import BASIS_WORDS
from console.claim import origin, reasons
from console.screen import Json, dollars, draw, moment, say, say_json, table
from ledger.store import Ledger
from streams.settings import Settings

app = typer.Typer(add_completion=False)


@app.command()
def chart(
    hospital: Annotated[str, typer.Argument(help="Whose chart: an id of partners.yaml.")],
    chart_id: Annotated[
        str, typer.Argument(help="The hospital's own id of the chart; of a FHIR export, the encounter's.")
    ],
    as_json: Json = False,
) -> None:
    """Where a chart is and how it came there: decisions in order of time, claims, bills, and what it waits for.

    Nothing of the chart's content is shown. Exit status 1 when the ledger doesn't know it.
    """
    settings = Settings()
    read_partners(settings.infra).hospital(hospital)
    with Ledger(settings.ledger.get_secret_value()).reading() as tx:
        trace = trace_chart(tx, States(Account), hospital, chart_id)
    if trace is None:
        words = (
            f"the ledger has no such chart of {hospital}: it was not published, or not taken yet (`claimstream lag`)"
        )
        typer.echo(f"{words}, or refused (`claimstream tail refused.{hospital} --from-beginning`)", err=True)
        raise typer.Exit(1)
    if as_json:
        say_json(_facts(trace))
    else:
        _tell(_facts(trace))


def _facts(trace: Trace) -> dict[str, Any]:
    return {
        "hospital": trace.hospital,
        "chart_id": trace.chart_id,
        "account": trace.account,
        "state": trace.state,
        "stages": _rows(trace.places, "stage", "version", "revision", "state", "why", "cents"),
        "steps": [
            {"time": moment(row.at), **each}
            for row, each in zip(trace.steps, _rows(trace.steps, "stage", "outcome", "detail"), strict=True)
        ],
        "claims": list(_claims(trace)),
        "bills": list(_bills(trace)),
        "waits": [{"for": row.kind, "stage": row.stage, "until": moment(row.due)} for row in trace.waits],
    }  # fmt: skip


def _claims(trace: Trace) -> Iterator[dict[str, Any]]:
    """Each submission, with the numbers of the claim whose place it took and of the one that led to it."""
    kin = {each.claim.claim.control_number: each for each in trace.kin}
    names = (
        "control_number", "payer", "payer_kind", "payer_sequence", "kind", "frequency", "state",
        "charge_cents", "paid_cents", "patient_cents",
    )  # fmt: skip
    for row in _rows(trace.claims, *names):
        mine = kin.get(row["control_number"])
        yield {
            **row,
            "replaces": mine.replaces if mine else None,
            "follows": mine.follows if mine else None,
            "order_reason": mine.claim.claim.order_reason if mine else None,
        }


def _bills(trace: Trace) -> Iterator[dict[str, Any]]:
    basis = {issued.bill_id: issued.basis for issued in trace.issued}
    for row in _rows(trace.bills, "bill_id", "revision", "charge_cents", "owed_cents"):
        yield {**row, "basis": basis.get(row["bill_id"])}


def _rows(rows: Iterable[Any], *names: str) -> list[dict[str, Any]]:
    return [{name: getattr(row, name) for name in names} for row in rows]


def _tell(facts: Mapping[str, Any]) -> None:
    say(f"Chart {facts['chart_id']} of {facts['hospital']}, account {facts['account']}: {facts['state']}", "")
    stages = [(s["stage"], s["version"], s["state"], s["why"], dollars(s["cents"])) for s in facts["stages"]]
    draw(table("Where it is", ("stage", "version#", "state", "why", "charges#"), stages))
    steps = [(s["time"], s["stage"], s["outcome"], s["detail"]) for s in facts["steps"]]
    draw(table("What happened to its account", ("time (UTC)", "stage", "outcome", "about"), steps))
    claims = [
        (
            c["control_number"], f"{c['payer_sequence']}. {c['payer']}", c["kind"], c["frequency"], c["state"],
            *(dollars(c[name]) for name in ("charge_cents", "paid_cents", "patient_cents")),
            origin(c),
        )
        for c in facts["claims"]
    ]  # fmt: skip
    columns = ("claim", "payer", "kind", "frequency", "state", "charged#", "paid#", "patient#", "comes from")
    bills = [
        (b["bill_id"], b["revision"], *(dollars(b[name]) for name in ("charge_cents", "owed_cents")), _why(b))
        for b in facts["bills"]
    ]
    waits = [(w["for"], w["stage"], w["until"]) for w in facts["waits"]]
    tables = (
        table("Claims", columns, claims),
        reasons(facts["claims"]),
        table("Bills to the patient", ("bill", "revision#", "charged#", "owed#", "why"), bills),
        table("Waits for", ("what", "stage", "until (UTC)"), waits),
    )
    draw(*(each for each in tables if each.row_count))


def _why(bill: Mapping[str, Any]) -> str | None:
    """Why the patient is billed, and no payer asked."""
    return None if bill["basis"] is None else BASIS_WORDS[bill["basis"]]
