"""What a batch of claiming may touch: the accounts its events concern, the histories of their patients, and the charts
that wait for what happens on another account."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from sqlalchemy.engine import Connection

from agents.neighbours import claims_near
from agents.occasions import key_of
from agents.sayings import STAGE, Sayings
from agents.stage import States, Verdict, World
from agents.worklist import STAGE as VALIDATION
from claims import settlement
from claims.accounts import Account, AccountChart, chart_of, with_chart
from claims.coder import changed
from claims.history import PatientHistory
from ledger import accounts, deadlines, projections, statistics, worklist
from ledger.worklist import Keyed
from schemas.events import ChartCoded, ClaimAcknowledged, ClaimAdjudicated, DeadlineDue
from schemas.events.chart import Part2Consent
from schemas.events.types import Wire
from schemas.records import Record

Input = ChartCoded | ClaimAdjudicated | ClaimAcknowledged | DeadlineDue


def recalled(tx: Connection, sayings: Sayings, states: States, events: Sequence[tuple[Record, Input]]) -> World:
    """One query a table; a second one of accounts only where a payer has yet to take the void of what was folded."""
    said = [event for _, event in events]
    keys = {key for event in said if (key := account_key(event)) is not None}
    histories = {key for record, event in events if (key := _history_key(sayings, record, event)) is not None}
    stored = accounts.lock(tx, STAGE, keys | histories)
    known = {key: _loaded(states, key, row.body) for key, row in stored.items() if row.body is not None}
    if further := set(_waiting_for(tx, sayings, known.values())) - stored.keys():
        more = accounts.lock_more(tx, STAGE, further)
        stored |= more
        known |= {key: _loaded(states, key, row.body) for key, row in more.items() if row.body is not None}
    known |= _unconsented(tx, known)
    charts = [(e, known.get(sayings.history_key(e))) for e in said if isinstance(e, ChartCoded)]
    return World(
        accounts=known,
        claims=claims_near(tx, charts),
        work=_items(tx, known, charts),
        stored=stored,
        open_deadlines=set(deadlines.still_open(tx, (e.deadline_id for e in said if isinstance(e, DeadlineDue)))),
        window=statistics.open_window(tx),
    )


def account_key(event: Input) -> str | None:
    if isinstance(event, DeadlineDue):
        return event.about if event.stage == STAGE else None
    return f"account/{event.hospital}/{event.account_number}"


def account_of(world: World, event: ChartCoded | ClaimAdjudicated | ClaimAcknowledged) -> Account:
    kept = world.accounts.get(account_key(event) or "")
    if isinstance(kept, Account):
        return kept
    assert event.hospital is not None
    assert event.account_number is not None
    return Account(hospital=event.hospital, account_number=event.account_number)


def account_left(verdict: Verdict, account: Account) -> Account:
    """The account as a verdict leaves it."""
    left = verdict.accounts.get(key_of(account), account)
    assert isinstance(left, Account)
    return left


def _loaded(states: States, key: str, body: bytes) -> Wire:
    return states.load(PatientHistory if key.startswith("patient/") else Account, body)


def _history_key(sayings: Sayings, record: Record, event: Input) -> str | None:
    """The history a chart is held against, or is taken out of when its consent never came."""
    if isinstance(event, ChartCoded):
        return sayings.history_key(event)
    gives_up = isinstance(event, DeadlineDue) and event.stage == STAGE and event.kind == "query-overdue"
    return f"patient/{record.key.decode()}" if gives_up and record.key is not None else None


def _items(tx: Connection, known: Mapping[str, Wire], charts: Iterable[tuple[ChartCoded, Wire | None]]) -> Keyed:
    """What of charts that came back is at the desk; the desk locks a chart's row before it moves an item."""
    again = [chart.chart_id for chart, _ in charts if _has(known.get(str(account_key(chart))), chart)]
    back = projections.charts_of(tx, STAGE, again).values()
    return worklist.work_of(tx, [row.chart_id for row in back if row.state == "returned"])


def _has(account: Wire | None, chart: ChartCoded) -> bool:
    return isinstance(account, Account) and chart_of(account, chart.chart_id) is not None


def _unconsented(tx: Connection, known: Mapping[str, Wire]) -> dict[str, Account]:
    """The accounts of charts whose newest version is back with validation and says otherwise of a consent to disclose
    substance-use treatment: until we have that version it gives none, whatever else is wrong with it (42 CFR 2.31)."""
    accounts_ = {key: each for key, each in known.items() if isinstance(each, Account)}
    under = [(key, kept) for key, account in accounts_.items() for kept in account.charts if _is_part2(kept)]
    rows = projections.versions_of(tx, VALIDATION, [kept.chart.chart_id for _, kept in under])
    found: dict[str, Account] = {}
    for key, kept in under:
        row = rows.get((kept.chart.hospital, kept.chart.chart_id))
        newer = row is not None and row.state == "returned" and row.version > kept.chart.version
        if row is not None and newer and "part2" in changed(row.held, kept.chart):
            found[key] = with_chart(found.get(key, accounts_[key]), _without_consent(kept))
    return found


def _is_part2(kept: AccountChart) -> bool:
    return kept.chart.part2 is not None and kept.chart.part2.applies


def _without_consent(kept: AccountChart) -> AccountChart:
    none = {"part2": Part2Consent(applies=True)}
    billed = kept.billed and kept.billed.model_copy(update=none)
    return kept.model_copy(update={"chart": kept.chart.model_copy(update=none), "billed": billed})


def _waiting_for(tx: Connection, sayings: Sayings, known: Iterable[Wire]) -> Iterator[str]:
    """The accounts of the charts into which others were folded, and their patients' histories, where a void is out."""
    out = [account for account in known if isinstance(account, Account) and settlement.voids(account)]
    gave = [kept.chart for account in out for kept in account.charts if kept.chart.folded_into is not None]
    rows = projections.charts_of(tx, STAGE, [str(chart.folded_into) for chart in gave])
    for chart in gave:
        row = rows.get((chart.hospital, str(chart.folded_into)))
        if row is not None:
            yield f"account/{chart.hospital}/{row.account}"
            yield sayings.history_key(chart)
