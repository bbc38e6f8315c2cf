"""Examples of what the pipeline said, as files to open: a claim, a returned chart, a bill, a table of statistics."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

from confluent_kafka import Consumer, TopicPartition
from confluent_kafka.admin import AdminClient

from agents.assembly import SOFTWARE, Assembly
from agents.exporting import Exporting, Order
from claims.bill_page import page
from schemas.events import ChartReturned, ClaimBuilt, ClaimStatsPublished, PatientBill, Wire
from streams.provisioning import end_offsets, partitions_of
from streams.topics import CHART_RETURNED, CLAIM_BUILT, CLAIM_STATS_PUBLISHED, PATIENT_BILL

W = TypeVar("W", bound=Wire)


def write_examples(assembly: Assembly, home: Path) -> dict[str, str]:
    """The paths by what they show; where there are several, the richest one is shown."""
    claims = list(_events(assembly, CLAIM_BUILT, ClaimBuilt))
    returned = list(_events(assembly, CHART_RETURNED, ChartReturned))
    bills = list(_events(assembly, PATIENT_BILL, PatientBill))
    tables = list(_events(assembly, CLAIM_STATS_PUBLISHED, ClaimStatsPublished))
    paths = {}
    if claims:
        shown = max(claims, key=lambda claim: (bool(claim.prior), len(claim.lines), claim.control_number))
        paths["claim"] = _json(home / "claim.json", shown)
    if returned:
        most = max(returned, key=lambda chart: (len(chart.queries) + len(chart.worklist), chart.chart_id))
        paths["returned chart"] = _json(home / "returned-chart.json", most)
    if bills:
        richest = max(bills, key=lambda bill: (len(bill.payers), bill.owed_cents))
        paths["patient bill"] = _json(home / "patient-bill.json", richest)
        paths["patient bill, as he reads it"] = _page(home / "patient-bill.txt", richest, assembly)
    for table in tables:
        paths[f"statistics: {table.table}"] = _csv(home / f"statistics-{table.table}.csv", table)
    return {what: near(path) for what, path in paths.items()}


def write_claim_files(assembly: Assembly, home: Path) -> Path | None:
    """What `claimstream claims export` writes for the payers who want X12; the manifest lists the files."""
    claims = _events(assembly, CLAIM_BUILT, ClaimBuilt)
    asking = {key for key, payer in assembly.partners.payers.items() if payer.format != "avro"}
    exporting = Exporting(assembly.partners, assembly.ledger, assembly.clock, SOFTWARE, Order(home / "outbox"))
    return exporting.run(claim for claim in claims if claim.payer in asking).manifest


def near(path: str) -> str:
    """As a person would type it from here."""
    here = Path.cwd()
    return str(Path(path).relative_to(here)) if Path(path).is_relative_to(here) else path


def returns(assembly: Assembly) -> list[ChartReturned]:
    """Everything that went back to hospitals."""
    return list(_events(assembly, CHART_RETURNED, ChartReturned))


def _events(assembly: Assembly, topic: str, kind: type[W]) -> Iterator[W]:
    """Every event of a topic, read_committed, in its order by partition."""
    settings = assembly.settings
    admin = AdminClient(settings.admin_config())
    ends = {place: end for place, end in end_offsets(admin, partitions_of(admin, [topic])).items() if end}
    open_ = set(ends)
    config = {**settings.client_config("demo"), "group.id": "demo-reader", "enable.auto.commit": False}
    consumer = Consumer({**config, "enable.partition.eof": True, "isolation.level": "read_committed"})
    consumer.assign([TopicPartition(name, number, 0) for name, number in open_])
    while open_:
        for message in consumer.consume(500, 0.05):
            if message.error():
                place = (str(message.topic()), int(message.partition() or 0))
                if (message.offset() or 0) >= ends.get(place, 0):  # a marker may come later than the commit's answer
                    open_.discard(place)
                continue
            event = assembly.codec.decode(message.value())
            if isinstance(event, kind):
                yield event
    consumer.close()


def _json(path: Path, event: Wire) -> str:
    path.write_text(json.dumps(event.model_dump(mode="json", exclude_none=True), indent=2, ensure_ascii=False) + "\n")
    return str(path)


def _page(path: Path, bill: PatientBill, assembly: Assembly) -> str:
    names = {key: payer.name for key, payer in assembly.partners.payers.items()}
    path.write_text("\n".join(page(bill, names)) + "\n", encoding="utf-8")
    return str(path)


def _csv(path: Path, table: ClaimStatsPublished) -> str:
    """One row a cell; a suppressed one has no numbers (CMS cell size policy)."""
    measures = list(dict.fromkeys(measure.name for cell in table.cells for measure in cell.measures))
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*table.dimensions, "patients", *measures, "suppressed"])
        for cell in table.cells:
            values = {measure.name: measure.value for measure in cell.measures}
            shown = ["" if cell.patients is None else cell.patients, *(values.get(name, "") for name in measures)]
            writer.writerow([*cell.dimensions, *shown, cell.suppressed])
    return str(path)
