"""`claimstream claims`: claims as files for payers and clearing houses."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Annotated, Literal

import typer

from agents.answers_aside import AnswersAside
from agents.assembly import SOFTWARE, Assembly
from agents.exporting import Busy, Exported, Exporting, NotOurs, Order
from agents.manifests import BadManifest
from claims.x12.claim_file import MOST_IN_A_SET, Style
from console import sent
from console.faults import Mendable
from console.rounds import Rounds
from console.screen import Json, counted, dollars, draw, printable, say, say_json, table
from console.wire import QUIET, reachable
from schemas.events import ClaimAdjudicated, ClaimBuilt
from streams.recorded import recorded
from streams.settings import Settings
from streams.topics import CLAIM_ADJUDICATED, CLAIM_BUILT

app = typer.Typer(no_args_is_help=True, add_completion=False)
app.command(name="sent")(sent.listed)

_EVER_MS = 2**62
_BUSY = "another export runs"


@app.callback()
def claims() -> None:
    """Claims as files for payers and clearing houses.

    Exit status: 0 done, 1 a claim could not be written, 2 an error.
    """


@app.command()
def export(
    *,
    payer: Annotated[
        str | None, typer.Option(help="Only this payer's, whatever his format: an id of partners.yaml.")
    ] = None,
    hospital: Annotated[str | None, typer.Option(help="Only this hospital's: an id of partners.yaml.")] = None,
    out: Annotated[Path, typer.Option(help="The folder of the files.")] = Path("var/outbox"),
    form: Annotated[
        Literal["x12", "json", "fhir"],
        typer.Option("--format", help="837P and 837I, our events as JSON, or FHIR R4 Bundles with the answers so far."),
    ] = "x12",
    limit: Annotated[int | None, typer.Option(min=1, help="No more claims than this.")] = None,
    batch_claims: Annotated[int, typer.Option(min=1, max=5_000, help="Claims of one file.")] = 1_000,
    batch_bytes: Annotated[int, typer.Option(min=10_000, help="About the size of one file.")] = 20_000_000,
    set_claims: Annotated[
        int, typer.Option(min=1, max=MOST_IN_A_SET, help="Claims of one transaction set: who refuses it refuses all.")
    ] = MOST_IN_A_SET,
    charset: Annotated[
        Literal["basic", "extended"], typer.Option(help="X12's characters: basic has capitals alone.")
    ] = "extended",
    again: Annotated[bool, typer.Option("--again", help="Also claims that have gone out before.")] = False,
    test: Annotated[bool, typer.Option("--test", help="Marks the files as a test (ISA15).")] = False,
    every: Annotated[
        int | None, typer.Option(min=1, help="Runs on, and writes what waits every so many seconds, until SIGTERM.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Write the claims that have not gone out yet: a file for each hospital, payer, kind and batch, then a manifest.

    Without --payer, X12 goes to the payers whose `format` asks for it. A claim that can't be written is named with its
    field and the mend; the others are written. FHIR says what stands today: every claim is written each time, once, as
    it was sent last; the answers are laid aside on disk meanwhile (SQLITE_TMPDIR), for they may be many.

    With --every it is a service: SIGTERM or Ctrl-C ends it after the file that it writes, with its manifest.
    """
    settings = Settings()
    parts = Assembly(settings)
    if payer is not None:
        parts.partners.payer(payer)
    if hospital is not None:
        parts.partners.hospital(hospital)
    if out.exists() and not out.is_dir():
        raise Mendable(f"{printable(out)} is no folder", "name another one with --out")
    reachable(settings)
    style, again = Style(charset, set_claims=set_claims), again or form == "fhir"
    order = Order(out, form, style, limit, batch_claims, batch_bytes, again, test)
    wanted = {payer} if payer else _asking(parts, form)
    run = partial(_run, parts, order, wanted, hospital)
    if every is not None:
        if order.again:
            raise Mendable("--every writes what has not gone out yet", "leave --again and --format fhir out")
        raise typer.Exit(1 if run_on(run, Rounds(every), as_json) else 0)
    done = run()
    _tell(done, as_json)
    raise typer.Exit(1 if done.not_written else 0)


def run_on(run: Callable[[Callable[[], bool]], Exported], rounds: Rounds, as_json: bool) -> bool:
    """Round by round until told to stop; whether a claim could not be written. Of a round that wrote nothing nothing is
    said, and one that finds another export at work leaves it to the next."""
    unwritten = False

    def once() -> None:
        nonlocal unwritten
        try:
            done = run(rounds.stopping)
        except Mendable as busy:
            if busy.what != _BUSY:
                raise
            typer.echo(f"{busy.what}; the next round tries again", err=True)
            return
        unwritten = unwritten or bool(done.not_written)
        if done.files or done.not_written:
            _tell(done, as_json)

    with rounds.until_told():
        rounds.run(once)
    return unwritten


def _run(
    parts: Assembly,
    order: Order,
    wanted: set[str],
    hospital: str | None,
    stopping: Callable[[], bool] = lambda: False,
) -> Exported:
    fhir, settings = order.form == "fhir", parts.settings
    try:
        with AnswersAside(parts.codec) as aside:
            exporting = Exporting(parts.partners, parts.ledger, parts.clock, SOFTWARE, order, aside.of)
            claims = _claims(parts, settings, wanted, hospital)
            if fhir:
                _lay_aside(aside, parts, settings, wanted)
                claims = _as_sent_last(claims, _claims(parts, settings, wanted, hospital))
            return exporting.run(claims, stopping)
    except Busy:
        raise Mendable(_BUSY, "wait until it has ended") from None
    except BadManifest as bad:
        mend = "bring it back as it was; if its files never left, move it away (a folder: make it anew), and they are"
        raise Mendable(f"{bad.file}: {bad.why}", f"{mend} written again under other numbers") from None
    except NotOurs as there:
        raise Mendable(f"{there} is there already, of another ledger", "say another folder in --out") from None


def _asking(parts: Assembly, form: str) -> set[str]:
    """The payers who want this format."""
    return {key for key, each in parts.partners.payers.items() if form != "x12" or each.format != "avro"}


def _claims(parts: Assembly, settings: Settings, payers: set[str], hospital: str | None) -> Iterator[ClaimBuilt]:
    for record in recorded(settings.consumer_config("export") | QUIET, CLAIM_BUILT, 0, _EVER_MS):
        claim = parts.codec.decode(record.value)
        if isinstance(claim, ClaimBuilt) and claim.payer in payers and hospital in {None, claim.hospital}:
            yield claim


def _as_sent_last(before: Iterable[ClaimBuilt], claims: Iterable[ClaimBuilt]) -> Iterator[ClaimBuilt]:
    """Of a claim that went again as an original its newest submission; `before` are the same claims, read to know."""
    again = dict[str, int]()
    for claim in before:
        if claim.submission > again.get(claim.claim_id, 1):
            again[claim.claim_id] = claim.submission
    return (claim for claim in claims if claim.submission == again.get(claim.claim_id, 1))


def _lay_aside(aside: AnswersAside, parts: Assembly, settings: Settings, payers: set[str]) -> None:
    """What these payers answered, once checked and posted."""
    for record in recorded(settings.consumer_config("export") | QUIET, CLAIM_ADJUDICATED, 0, _EVER_MS):
        answer = parts.codec.decode(record.value)
        if isinstance(answer, ClaimAdjudicated) and answer.payer in payers and answer.claim_id is not None:
            aside.add(answer.claim_id, record.value or b"")


def _tell(done: Exported, as_json: bool) -> None:
    refused = [
        {"claim": each.claim, "hospital": each.hospital, "payer": each.payer, "field": each.why.field,
         "why": each.why.why, "mend": each.why.mend}
        for each in done.not_written
    ]  # fmt: skip
    if as_json:
        manifest = done.manifest and str(done.manifest)
        say_json({"manifest": manifest, "files": done.files, "not_written": refused, "before": done.before})
        return
    files = [
        (each["file"], each["kind"], each["claims"], dollars(each["charge_cents"]), each["interchange"])
        for each in done.files
    ]
    if files:
        draw(table("Files", ("file", "kind", "claims#", "charges#", "number#"), files))
    if refused:
        rows = [
            (each["claim"], each["payer"], each["field"], f"{each['why']}; mend: {each['mend']}") for each in refused
        ]
        draw(table("Not written", ("claim", "payer", "field", "in words"), rows))
    written = sum(each["claims"] for each in done.files)
    manifest_ = f", listed in {done.manifest}" if done.manifest else ""
    say(f"{counted(written, 'claim')} written to {counted(len(files), 'file')}{manifest_}")
    if done.before:
        say(f"{counted(done.before, 'claim')} had gone out before")
