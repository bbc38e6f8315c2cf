"""`claimstream denials`: what payers denied, by cause and by rule, and what may still be appealed."""

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from agents.clock import Clock
from agents.reference import read_partners
from claims.denial_reasons import NO_RULE
from console.masks import MASK
from console.screen import Json, dollars, draw, say, say_json, table
from ledger import denials as kept
from ledger.store import Ledger
from streams.settings import Settings

app = typer.Typer(add_completion=False)

_WORTH_WRITING = "none: a new rule is worth writing"


@app.command()
def denials(
    hospital: Annotated[str | None, typer.Option(help="Only this hospital's: an id of partners.yaml.")] = None,
    show_phi: Annotated[
        bool, typer.Option("--show-phi", help="Show chart numbers. For those who may see them.")
    ] = False,
    limit: Annotated[int, typer.Option(min=1, help="At most so many denials to appeal.")] = 20,
    as_json: Json = False,
) -> None:
    """What payers denied: by cause, by the rule that should have caught it, and each denial with its last day for an
    appeal.

    Of each rule: the denials it warned of, those that came without a warning, and its warnings in vain. Nothing of a
    chart's content is shown, and its number only with --show-phi.
    """
    settings = Settings()
    partners = read_partners(settings.infra)
    whose = partners.hospitals.values() if hospital is None else (partners.hospital(hospital),)
    now = Clock(settings.clock).now()
    today = min(now.astimezone(each.zone).date() for each in whose).isoformat()  # the last evening is still in time
    with Ledger(settings.ledger.get_secret_value()).reading() as tx:
        facts = {
            "causes": [dict(row._mapping) for row in kept.by_cause(tx, hospital)],
            "rules": [row._asdict() for row in kept.by_rule(tx, hospital)],
            "appeals": [_appeal(dict(row._mapping), show_phi) for row in kept.to_appeal(tx, hospital, today, limit)],
        }
    if as_json:
        say_json(facts)
    else:
        _tell(facts)


def _appeal(row: Mapping[str, Any], show_phi: bool) -> dict[str, Any]:
    names = ("hospital", "control_number", "line", "payer", "carc", "remarks", "cause", "rule", "cents")
    chart = row["chart_id"] if show_phi else MASK
    return {
        **{name: row[name] for name in names},
        "chart_id": chart,
        "denied_on": row["denied_on"],
        "appeal_by": row["appeal_by"],
    }


def _tell(facts: Mapping[str, list[dict[str, Any]]]) -> None:
    left, whole = (sum(row[name] for row in facts["causes"]) for name in ("open_cents", "cents"))
    say(f"Denied: {dollars(whole)}, of which {dollars(left)} stands", "")
    causes = [
        (row["cause"], row["denials"], row["overturned"], dollars(row["open_cents"]), dollars(row["cents"]))
        for row in facts["causes"]
    ]
    rules = [
        (
            _WORTH_WRITING if row["rule"] == NO_RULE else row["rule"], row["carc"],
            row["foretold"], row["missed"], row["in_vain"], dollars(row["cents"]),
        )
        for row in facts["rules"]
    ]  # fmt: skip
    appeals = [
        (
            row["appeal_by"], row["chart_id"], row["control_number"], row["line"] or "claim", row["payer"],
            f"{row['carc']} {row['remarks']}".strip(), row["rule"], dollars(row["cents"]),
        )
        for row in facts["appeals"]
    ]  # fmt: skip
    columns = ("appeal by", "chart", "claim", "line#", "payer", "CARC", "rule", "denied#")
    tables = (
        table("By cause", ("cause", "denials#", "overturned#", "open#", "dollars#"), causes),
        table("By rule", ("rule", "CARC", "foretold#", "missed#", "in vain#", "dollars#"), rules),
        table("To appeal", columns, appeals),
    )
    draw(*(each for each in tables if each.row_count))
