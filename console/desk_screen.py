"""How the coder's desk is shown: charts, texts and codes only to those who ask for them (`--show-phi`)."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from agents.asked import Asked
from agents.desk import Lists, Sheet
from claims.coder_answers import CoderAnswer, family
from console.masks import MASK, plain
from console.screen import dollars, draw, flat, say, say_json, table

_SHORT = 8
"""So many characters of an id tell it from all others that are open."""


_HEAD = (
    "id", "hospital", "chart_id", "version", "wants", "kind", "place", "state", "coder", "statement", "text", "why",
    "answer",
)  # fmt: skip


def tell_lists(lists: Lists, show_phi: bool, as_json: bool) -> None:
    work = [_work(row, show_phi) for row in lists.work]
    queries = [_query(row, show_phi) for row in lists.queries]
    if as_json:
        say_json({"work": work, "queries": queries})
        return
    items = (_shown(each, ("hospital", "chart_id", "kind", "since", "priced", "coder")) for each in work)
    asked = (_shown(each, ("hospital", "chart_id", "kind", "to", "topic", "state", "due")) for each in queries)
    columns = ("item", "hospital", "chart", "kind", "since (UTC)", "priced#", "coder")
    draw(table(f"Items to code: {len(work)}", columns, items))
    columns_asked = ("query", "hospital", "chart", "kind", "to", "topic", "state", "due (UTC)")
    draw(table(f"Queries to hospitals: {len(queries)}", columns_asked, asked))


def _shown(facts: Mapping[str, Any], names: Iterable[str]) -> tuple[object, ...]:
    return facts["id"][:_SHORT], *(facts[name] for name in names)


def _work(row: Any, show_phi: bool) -> dict[str, Any]:
    """Whether a chart's money is known depends on what of it is priced; without a draft nothing is."""
    return {
        "id": row.id,
        "hospital": row.hospital,
        "chart_id": row.chart_id if show_phi else MASK,
        "version": row.version,
        "kind": row.kind,
        "state": row.state,
        "coder": row.coder,
        "since": _time(row.since),
        "cents": row.cents,
        "priced": None if row.cents is None else dollars(row.cents),
    }


def _query(row: Any, show_phi: bool) -> dict[str, Any]:
    return {
        "id": row.id,
        "hospital": row.hospital,
        "chart_id": row.chart_id if show_phi else MASK,
        "version": row.version,
        "kind": row.kind,
        "to": row.whom,
        "topic": row.topic,
        "state": row.state,
        "due": _time(row.due),
    }


def tell_item(sheet: Sheet, show_phi: bool, as_json: bool) -> None:
    facts = dict(_facts(sheet, show_phi))
    if as_json:
        say_json(facts)
        return
    _tell_head((name, facts[name]) for name in _HEAD)
    say("")
    if isinstance(facts["candidates"], list):
        rows = [tuple(each.values()) for each in facts["candidates"]]
        coded = [(each["rank"], each["code"], each["role"], each["path"]) for each in facts["coded"]]
        shown = (
            table("Candidates", ("code", "title", "in words"), rows),
            table("Coded so far", ("rank#", "code", "role", "path"), coded),
        )
        draw(*(each for each in shown if each.row_count))
    others = (_shown(each, ("kind", "place", "state", "coder", "text")) for each in facts["others"])
    asked = (_shown(each, ("kind", "to", "topic", "place", "state")) for each in facts["queries"])
    tables = (
        table("The chart's other items", ("item", "kind", "place", "state", "coder", "in words"), others),
        table("Asked of its hospital", ("query", "kind", "to", "topic", "place", "state"), asked),
        table("Why it came back", ("rule", "severity", "field", "in words"), _findings(facts)),
    )
    draw(*(each for each in tables if each.row_count))


def tell_query(asked: Asked, show_phi: bool, as_json: bool) -> None:
    facts = dict(_facts_of_query(asked, show_phi))
    if as_json:
        say_json(facts)
    else:
        _tell_head((name, said) for name, said in facts.items() if said != [])


def _facts_of_query(asked: Asked, show_phi: bool) -> Iterator[tuple[str, Any]]:
    row, query = asked.row, asked.query
    yield from ((name, row[name]) for name in ("id", "hospital", "version", "kind"))
    yield from (("to", row["whom"]), ("topic", row["topic"]), ("place", asked.place), ("state", row["state"]))
    yield from (("since", _time(row["opened"])), ("due", _time(row["due"])))
    yield "chart_id", row["chart_id"] if show_phi else MASK
    yield "question", query.question if show_phi else MASK
    yield "options", list(query.options) if show_phi else MASK
    yield "about", [each.text for each in query.indicators] if show_phi else MASK


def _tell_head(facts: Iterable[tuple[str, Any]]) -> None:
    for name, said in facts:
        if said is not None:
            say(f"{name:10} {_in_words(said)}")


def _facts(sheet: Sheet, show_phi: bool) -> Iterator[tuple[str, Any]]:
    row, item, draft = sheet.row, sheet.item, sheet.draft
    yield from ((name, row[name]) for name in ("id", "hospital", "version", "kind", "state", "coder"))
    yield "place", sheet.place
    yield "wants", None if draft is None else family(item, draft)
    for name, value in (("chart_id", row["chart_id"]), ("statement", item.statement), ("text", item.text)):
        yield name, value if show_phi else MASK
    yield "why", item.why if show_phi else MASK
    yield "candidates", plain(item.candidates, True) if show_phi else MASK
    yield "answer", _said(sheet.answer, show_phi)
    yield "coded", plain(draft.chart.diagnoses, show_phi) if draft else []
    yield "findings", plain(draft.chart.findings, show_phi) if draft else []
    yield "others", [_other(each, show_phi) for each in sheet.others]
    yield "queries", [_asked(each) for each in sheet.queries]


def _said(answer: CoderAnswer | None, show_phi: bool) -> Any:
    if answer is None:
        return None
    return answer.model_dump(mode="json", exclude_defaults=True) if show_phi else MASK


def _other(row: Mapping[str, Any], show_phi: bool) -> dict[str, Any]:
    named = {name: row[name] for name in ("id", "kind", "place", "state", "coder")}
    return {**named, "text": row["text"] if show_phi else MASK}


def _asked(row: Mapping[str, Any]) -> dict[str, Any]:
    named = {name: row[name] for name in ("id", "kind", "topic", "place", "state")}
    return {**named, "to": row["whom"]}


def _findings(facts: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    for each in facts["findings"]:
        words = each["mend"] if each["message"] == MASK else f"{each['message']}; mend: {each['mend']}"
        yield each["rule"], each["severity"], each["field"], words


def _in_words(said: Any) -> Any:
    """An answer's parts by their names."""
    if isinstance(said, list):
        return "; ".join(said)
    if not isinstance(said, Mapping):
        return said
    return "; ".join(f"{name.partition('[')[0]} {value}" for name, value in flat(said))


def _time(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat(sep=" ", timespec="minutes")[:16]
