"""The judge shares nothing with what it judges, and has teeth: each check is broken by the change it is there for."""

import ast
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from claims.identity import claim_id
from tests.chaos.checker import CHECKS, Evidence, judge
from tests.chaos.evidence import READS, Said
from tests.chaos.wire import Event

HERE = Path(__file__).parent
JUDGES = ("checker", "checks_charts", "checks_answers", "checks_records", "evidence", "wire")
OURS = {"agents", "claims", "streams", "ledger", "console", "schemas", "bench"}

DAY = date(2026, 7, 1)
CHART = ("mercy-general", "C-1", 1)


@pytest.mark.parametrize("name", JUDGES)
def test_the_judge_imports_nothing_of_what_it_judges(name: str) -> None:
    tree = ast.parse((HERE / f"{name}.py").read_text())
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    theirs = {module for module in imported if module.split(".")[0] in OURS}
    beside = {module.removeprefix("tests.chaos.") for module in imported if module.startswith("tests.")}
    assert theirs == set()
    assert beside <= {*JUDGES, "tests.chaos"}


def test_a_run_in_which_all_went_well_breaks_nothing() -> None:
    assert judge(_run()).broken == {}


def _without(topic: str) -> Callable[[Evidence], None]:
    return lambda run: run.said.update({topic: run.said[topic][1:]})


def _vanished(run: Evidence) -> None:
    for topic in ("claim-built", "patient-bill"):
        run.said[topic].clear()


def _twice(topic: str) -> Callable[[Evidence], None]:
    return lambda run: run.said[topic].append(run.said[topic][0])


def _altered(topic: str, **fields: object) -> Callable[[Evidence], None]:
    def alter(run: Evidence) -> None:
        first = run.said[topic][0]
        run.said[topic][0] = first._replace(event=first.event | fields)

    return alter


def _row(table: str, **fields: object) -> Callable[[Evidence], None]:
    return lambda run: run.rows[table][0].update(fields)


def _expecting(**fields: object) -> Callable[[Evidence], None]:
    return lambda run: run.charts["C-1"].update(fields)


BREAKS: tuple[tuple[str, Callable[[Evidence], None]], ...] = (
    ("charts without an outcome", _vanished),
    ("charts with two outcomes", _altered("chart-returned", chart_id="C-1", reason="uncodable")),
    ("charts with an outcome nobody expects", _expecting(outcome="returned")),
    ("charts in and outcomes differ in number", _vanished),
    ("charts whose first claims are not the expected", _twice("claim-built")),
    ("charts whose cents are missing", _expecting(cents=10_001)),
    ("claims said twice", _twice("claim-built")),
    ("lines claimed twice", _twice("claim-built")),
    ("claims whose id is not derived", _altered("claim-built", claim_id="by chance")),
    ("claims whose control total is wrong", _altered("claim-built", lines=[("L-1", 9_999)])),
    ("records not delivered once", _twice("patient-bill.mercy-general")),
    ("records not delivered once", _without("claim-built.commercial")),
    ("records at another partner", _altered("claim-built.commercial", payer="medicare")),
    ("answers not settled once", _without("claim-adjudicated")),
    ("answers not settled once", _twice("claim-adjudicated")),
    ("answers not closed in the ledger", _row("answers", state="waiting")),
    ("acknowledgements not passed on once", _twice("claim-acknowledged")),
    ("claims without an answer", _without("claim-acknowledged")),
    ("remittances that do not balance", _altered("remittance.commercial", claims_paid_cents=1)),
    ("claims whose books are wrong", _row("claims", paid_cents=0)),
    ("claims whose answers exceed their charge", _altered("claim-adjudicated.commercial", charge_cents=20_000)),
    ("claims a next payer did not get", _expecting(payers=["commercial", "medicaid"])),
    ("denials not told once", _altered("chart-returned", chart_id="C-1", reason="denied-by-payer")),
    ("bills that do not balance", _altered("patient-bill", reasons=1)),
    ("bills said twice", _twice("patient-bill")),
    ("bills that ask for something else", _altered("patient-bill", owed_cents=2_001)),
    ("events said twice", _twice("chart-coded")),
    (
        "events said with differing bytes",
        lambda run: run.attempts.update({("claim-built", "E"): {b"one", b"another"}}),
    ),
    ("poison not dead lettered once", _without("dead-letter.intake")),
    ("poison not dead lettered once", _altered("dead-letter.intake", **{"error-code": "step-failed"})),
    ("refusals not told once", _without("refused")),
    ("partitions not read to the end", lambda run: run.committed["delivery"].update({("claim-built", 0): 0})),
    ("positions that differ from kafka", lambda run: run.positions["claiming"].update({("chart-coded", 0): 2})),
    ("deadlines that are stuck", _row("deadlines", state="open")),
    ("deadlines that are stuck", _row("charts", state="held")),
    ("statistics that were not counted once", _twice("claim-stats")),
)


@pytest.mark.parametrize(("check", "change"), BREAKS, ids=[f"{n} {check}" for n, (check, _) in enumerate(BREAKS)])
def test_a_change_breaks_the_check_that_is_meant_for_it(check: str, change: Callable[[Evidence], None]) -> None:
    run = _run()
    change(run)
    assert check in judge(run).broken


def test_every_check_is_broken_by_something() -> None:
    assert {check for check, _ in BREAKS} == {check.__name__.replace("_", " ") for check in CHECKS}


def _run() -> Evidence:
    """Two charts: one claimed, answered and billed, one returned; and a record of poison."""
    claimed = {"outcome": "claimed", "claims": [("professional", "commercial", 10_000)], "cents": 10_000}
    returned = {"outcome": "returned", "claims": [], "cents": 0}
    common: Event = {"hospital": "mercy-general", "sent": "ok", "payers": ["commercial"]}
    poison = {"other": "wrong-magic", "topic": "chart-completed.mercy-general", "partition": 0, "offset": 7}
    run = Evidence(charts={"C-1": {**common, **claimed}, "C-2": {**common, **returned}}, others=[poison], horizon_ms=9)
    for topic, event in _events():
        where = run.said.setdefault(topic, [])
        family = topic.partition(".")[0] if topic.partition(".")[0] in READS["delivery"] else topic
        source = "chart-completed.mercy-general/0/7" if topic.startswith("dead-letter") else f"event of {family}"
        where.append(Said(topic, 0, len(where), family.encode(), source, event))
    for stage, topics in READS.items():
        run.committed[stage] = {(topic, 0): 1 for topic in topics}
        run.positions[stage] = dict(run.committed[stage])
    run.committed["intake"], run.positions["intake"] = {}, {}
    run.ends = {(topic, 0): 1 for topic in run.said if "." not in topic and topic != "claim-stats"}
    money = {"charge_cents": 10_000, "paid_cents": 8_000, "patient_cents": 2_000}
    run.rows = {
        "claims": [{"control_number": "N-1", "state": "answered", **money}],
        "charts": [{"chart_id": "C-1", "state": "claimed"}],
        "answers": [{"payer": "commercial", "trace": "T-1", "position": 1, "state": "settled"}],
        "deadlines": [{"id": "D-1", "kind": "bill-hold-ends", "state": "fired", "due": 1}],
    }
    return run


def _events() -> list[tuple[str, Event]]:
    back = {
        "hospital": "mercy-general",
        "chart_id": "C-2",
        "version": 1,
        "reason": "uncodable",
        "producer": "validation",
    }
    ack = {"payer": "commercial", "control_number": "N-1", "accepted": True}
    answer = {
        "payer": "commercial", "trace_number": "T-1", "position": 1, "control_number": "N-1", "status": "1",
        "charge_cents": 10_000, "paid_cents": 8_000, "groups": {"PR": 2_000}, "carcs": {"2"},
    }  # fmt: skip
    bill = {
        "bill_id": "B-1", "revision": 1, "chart": CHART, "total_charge_cents": 10_000, "lines": 10_000, "taken": 8_000,
        "owed_cents": 2_000, "refund_cents": 0, "patient_paid_cents": 0, "reasons": 2_000,
    }  # fmt: skip
    payment = {"payer": "commercial", "trace_number": "T-1", "claims_count": 1, "claims_paid_cents": 8_000}
    refused = {"partner": "mercy-general", "topic": "chart-completed.mercy-general", "partition": 0, "offset": 7}
    both = {"chart-returned": ("mercy-general", back), "claim-built": ("commercial", _claim()),
            "patient-bill": ("mercy-general", bill), "refused": ("mercy-general", refused)}  # fmt: skip
    said: list[tuple[str, Event]] = [("chart-coded", {}), ("claim-acknowledged", ack), ("claim-adjudicated", answer)]
    said += [("claim-acknowledged.commercial", ack), ("claim-adjudicated.commercial", answer)]
    said += [
        ("remittance.commercial", payment),
        ("dead-letter.intake", {"stage": "intake", "error-code": "wrong-magic"}),
    ]
    said += [(topic, event) for topic, (_, event) in both.items()]
    said += [(f"{topic}.{partner}", event) for topic, (partner, event) in both.items()]
    return [*said, *[("claim-stats", {})] * 5]


def _claim() -> Event:
    """Its id as the product derives it, so that the judge's own formula is held to it."""
    name = claim_id(
        hospital="mercy-general",
        account_number="A-1",
        kind="professional",
        billing="1999000114",
        period=f"C-1 {DAY} {DAY}",
        split="L-1",
        payer="commercial",
        sequence=1,
        revision=1,
    )
    return {
        "claim_id": name, "submission": 1, "control_number": "N-1", "kind": "professional", "frequency": "1",
        "hospital": "mercy-general", "account_number": "A-1", "revision": 1, "payer": "commercial",
        "payer_sequence": 1, "statement_from": DAY, "statement_to": DAY, "total_charge_cents": 10_000,
        "chart": CHART, "billing": "1999000114", "lines": [("L-1", 10_000)],
    }  # fmt: skip
