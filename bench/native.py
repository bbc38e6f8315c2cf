"""Faust as its manual shows it: `python -m bench.native BROKERS`. Agents over topics, `async for`, each send awaited.

It does less than the pipeline: the pure steps of intake, validation and claiming, without ledger, transaction or
exactly-once. Its topics are its own, one a step, made by the benchmark.
"""

import sys
from datetime import datetime
from typing import Any

import faust
from faust import Worker

from bench.bare_tables import headers, reference
from bench.site import RECEIVED
from claims.accounts import Account
from claims.edits import check_account
from claims.forming import form
from claims.history import PatientHistory
from claims.validation import validate
from schemas.codec import Codec
from schemas.compiled import CompiledCodec
from schemas.events import ChartCoded, ChartCompleted, Event
from schemas.registry import committed

TOPICS = ("native-received", "native-completed", "native-coded", "native-claims")


def build(brokers: str, received: datetime = RECEIVED) -> faust.App:
    ids, tables = committed(), reference()
    strict, fast = Codec(ids), CompiledCodec(ids)
    app = faust.App(
        "bench-native",
        broker=f"kafka://{brokers}",
        store="memory://",
        web_enabled=False,
        topic_disable_leader=True,
        value_serializer="raw",
        broker_commit_every=100,
        consumer_auto_offset_reset="earliest",
        worker_redirect_stdouts=False,
    )
    arrived, completed, coded, claims = (app.topic(name, value_serializer="raw") for name in TOPICS)

    async def say(topic: Any, key: str, event: Event) -> None:
        await (await topic.send(key=key, value=fast.encode(event), headers=dict(headers(event, ""))))

    @app.agent(arrived)
    async def intake(values: Any) -> None:
        async for value in values:
            chart = strict.decode_strict(value, frozenset({ChartCompleted}))
            assert isinstance(chart, ChartCompleted)
            await say(completed, chart.patient.mrn, chart.model_copy(update={"received_at": received}))

    @app.agent(completed)
    async def validation(values: Any) -> None:
        async for value in values:
            chart = fast.decode(value)
            assert isinstance(chart, ChartCompleted)
            judged = validate(chart, tables)
            await say(coded, chart.patient.mrn, judged)

    @app.agent(coded)
    async def claiming(values: Any) -> None:
        async for value in values:
            chart = fast.decode(value)
            assert isinstance(chart, ChartCoded)
            account = Account(hospital=chart.hospital, account_number=chart.account_number)
            assert not any(f.severity == "reject" for f in check_account(chart, PatientHistory(), tables).findings)
            for claim in form(chart, account, tables.partners).claims:
                await say(claims, chart.patient.mrn, claim)

    return app


if __name__ == "__main__":
    running = Worker(build(sys.argv[1]), override_logging=False, redirect_stdouts=False, quiet=True)
    running.spinner = None
    running.execute_from_commandline()
