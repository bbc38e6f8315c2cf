"""`claimstream bill`: an account's bills to the patient, each as he gets it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated

import typer
from confluent_kafka import OFFSET_BEGINNING
from rich.table import Table

from agents.reference import read_partners
from agents.stage import States
from agents.tracing import unbilled
from claims.accounts import Account
from claims.bill_page import page
from claims.partners import Partners
from console.faults import Mendable
from console.masks import plain
from console.screen import Json, dollars, draw, say, say_json, table
from console.tail import messages
from console.wire import reachable, strict_codec
from ledger.inquiries import bills_of
from ledger.store import Ledger
from schemas.codec import Undecodable
from schemas.events import PatientBill
from streams.settings import Settings
from streams.topics import PATIENT_BILL

app = typer.Typer(add_completion=False)


@app.command()
def bill(
    hospital: Annotated[str, typer.Argument(help="Whose account: an id of partners.yaml.")],
    account: Annotated[str, typer.Argument(help="The hospital's account number; `claimstream chart` names a chart's.")],
    show_phi: Annotated[
        bool, typer.Option("--show-phi", help="Show names, services and days. For those who may see them.")
    ] = False,
    as_json: Json = False,
) -> None:
    """The account's bills as the hospital got them, the newest revision of each.

    With --show-phi as the patient reads them, without it their amounts alone. Exit status 1 where nobody is billed,
    with what the bill waits for.
    """
    settings = Settings()
    partners = read_partners(settings.infra)
    partners.hospital(hospital)
    with Ledger(settings.ledger.get_secret_value()).reading() as tx:
        issued = {row.bill_id for row in bills_of(tx, hospital, account)}
        waits = () if issued else unbilled(tx, States(Account), hospital, account)
    if not issued:
        typer.echo(f"nobody is billed: {'; '.join(waits)}", err=True)
        raise typer.Exit(1)
    found = _newest(settings, hospital, account)
    if not found:
        mend = "start delivery, or look at the topic's retention: the ledger keeps a bill's amounts alone"
        raise Mendable(f"patient-bill.{hospital} does not have what the ledger has issued", mend)
    if as_json:
        say_json({"bills": [plain(each, show_phi) for each in found]})
    elif show_phi:
        say(*(line for each in found for line in (*page(each, _names(partners)), "")))
    else:
        draw(_amounts(found))
        say("--show-phi shows them as the patient gets them")


def _newest(settings: Settings, hospital: str, account: str) -> list[PatientBill]:
    """The newest revision of each bill of the account in the hospital's topic, the oldest bill first."""
    topic = f"{PATIENT_BILL}.{hospital}"
    known = reachable(settings).list_topics(timeout=10).topics
    if topic not in known:
        raise Mendable(f"there is no topic {topic}", "run `claimstream topics apply`")
    newest: dict[str, PatientBill] = {}
    for event in _bills(settings, topic, sorted(known[topic].partitions)):
        before = newest.get(event.bill_id)
        if event.account_number == account and (before is None or before.revision < event.revision):
            newest[event.bill_id] = event
    return sorted(newest.values(), key=lambda event: (event.occurred_at, event.bill_id))


def _bills(settings: Settings, topic: str, partitions: list[int]) -> Iterator[PatientBill]:
    codec = strict_codec(settings)
    for message in messages(settings, topic, partitions, OFFSET_BEGINNING, until_now=True):
        try:
            event = codec.decode_strict(message.value())
        except Undecodable:
            continue  # `claimstream tail` tells what it is
        if isinstance(event, PatientBill):
            yield event


def _names(partners: Partners) -> Mapping[str, str]:
    return {key: payer.name for key, payer in partners.payers.items()}


def _amounts(bills: Sequence[PatientBill]) -> Table:
    """What may be seen without being one of those who may see whose bills they are."""
    columns = (
        "bill#",
        "revision#",
        "why",
        "charged#",
        "paid#",
        "adjusted#",
        "not billed#",
        "discount#",
        "patient paid#",
        "owed#",
    )
    rows = [
        (
            number, bill.revision, bill.basis,
            *map(dollars, (
                bill.total_charge_cents,
                sum(share.paid_cents for share in bill.payers),
                sum(share.adjusted_cents for share in bill.payers),
                sum(kept.cents for kept in bill.not_billed),
                sum(discount.cents for discount in bill.discounts),
                bill.patient_paid_cents,
                bill.owed_cents - bill.refund_cents,
            )),
        )
        for number, bill in enumerate(bills, start=1)
    ]  # fmt: skip
    return table("Bills to the patient", columns, rows)
