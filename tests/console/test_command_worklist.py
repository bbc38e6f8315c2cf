"""`claimstream worklist`: what a coder sees and does, on a ledger that validation has written."""

from typing import Any

import pytest
from typer.testing import Result

from agents.statistics import open_month
from ledger.upgrade import upgrade
from schemas.events import ChartCoded
from tests.agents.given_desk import WRIST
from tests.agents.given_returned import PHRASE, UNSIGNED, sent, unpriced, unsigned_and_unclear
from tests.agents.given_stages import MONTH, Stages
from tests.console.conftest import Terminal
from tests.pipeline import read_topics

TOPIC = "chart-coded.riverside"
WORDS = "Fracture of wrist"


def validated(terminal: Terminal, *which: tuple[str, str]) -> None:
    stages = Stages(terminal.assembly)
    upgrade(stages.assembly.ledger)
    with stages.assembly.ledger.transaction() as tx:
        open_month(tx, MONTH)
    stages.decide("validation", *(sent(each) for each in which))
    stages.assembly.ledger.close()


@pytest.fixture
def asked(alone: Terminal) -> Terminal:
    """A terminal without a broker, beside which two charts went back."""
    validated(alone, PHRASE, UNSIGNED)
    return alone


@pytest.fixture
def item(asked: Terminal) -> str:
    return only(asked)


def only(terminal: Terminal) -> str:
    (row,) = terminal.json("worklist", "list")["work"]
    return str(row["id"])


def answered(terminal: Terminal, item: str, *more: str) -> Result:
    return terminal.run("worklist", "answer", item, WRIST, "--coder", "c-anna", *more)


def test_items_and_queries_are_listed_with_what_is_known(asked: Terminal) -> None:
    said = asked.json("worklist", "list")
    (work,), queries = said["work"], said["queries"]
    (query,) = (each for each in queries if each["hospital"] == "mercy-general")
    assert (work["hospital"], work["state"], work["coder"], work["cents"] > 0) == ("riverside", "open", None, True)
    assert (query["to"], query["state"], query["due"] > "2026-09-01") == ("author", "open", True)


def test_one_hospital_sees_its_own(asked: Terminal) -> None:
    said = asked.run("worklist", "list", "--hospital", "mercy-general")
    assert ("Items to code: 0" in said.stdout, "Queries to hospitals: 1" in said.stdout) == (True, True)


def test_an_unknown_hospital_is_told_the_known_ones(asked: Terminal) -> None:
    done = asked.run("worklist", "list", "--hospital", "mercy")
    assert (done.exit_code, "known: mercy-general" in done.stderr) == (2, True)


@pytest.mark.parametrize("command", ["list", "show"])
def test_nobody_s_chart_or_words_are_shown_unless_asked_for(asked: Terminal, item: str, command: str) -> None:
    arguments = ("worklist", command) if command == "list" else ("worklist", command, item)
    for way in ((), ("--json",)):
        said = asked.run(*arguments, *way)
        assert (PHRASE[1] in said.stdout, WORDS in said.stdout, "S62" in said.stdout) == (False, False, False)


def test_who_may_see_it_sees_words_and_candidates_with_their_reasons(asked: Terminal, item: str) -> None:
    said = asked.run("worklist", "show", item[:8], "--show-phi")
    assert said.exit_code == 0
    assert [words for words in (WORDS, PHRASE[1], "Candidates") if words not in said.stdout] == []


@pytest.fixture
def alike(alone: Terminal) -> Terminal:
    """A terminal beside which a chart went back with two items of one kind."""
    validated(alone)
    stages = Stages(alone.assembly)
    stages.decide("validation", unpriced(2))
    stages.assembly.ledger.close()
    return alone


def test_items_of_one_chart_are_told_apart_by_their_places(alike: Terminal) -> None:
    rows = [alike.json("worklist", "show", row["id"]) for row in alike.json("worklist", "list")["work"]]
    assert {(row["kind"], row["place"]) for row in rows} == {("charge", "lines[0]"), ("charge", "lines[1]")}
    assert {other["place"] for row in rows for other in row["others"]} == {"lines[0]", "lines[1]"}


def query_of(terminal: Terminal, topic: str) -> str:
    queries = terminal.json("worklist", "list")["queries"]
    return next(str(each["id"]) for each in queries if each["topic"] == topic)


def test_a_query_is_shown_by_its_id(asked: Terminal) -> None:
    said = asked.run("worklist", "show", query_of(asked, "fracture")[:8])
    assert said.exit_code == 0
    assert [
        words for words in ("choice", "provider", "fracture", "conditions[", "open") if words not in said.stdout
    ] == []
    assert [words for words in (PHRASE[1], WORDS) if words in said.stdout] == []


def test_a_beginning_of_several_ids_names_nothing(asked: Terminal) -> None:
    done = asked.run("worklist", "show", "")
    assert (done.exit_code, "more than one item or query begins with" in done.stderr) == (1, True)


def test_who_may_see_it_sees_what_a_query_asks(asked: Terminal) -> None:
    said = asked.run("worklist", "show", query_of(asked, "fracture"), "--show-phi")
    assert [words for words in (PHRASE[1], WORDS, "Please document") if words not in said.stdout] == []


def test_an_item_says_where_its_chart_s_query_stands(asked: Terminal, item: str) -> None:
    shown = asked.json("worklist", "show", item)
    assert [(query["topic"], query["place"]) for query in shown["queries"]] == [("fracture", shown["place"])]


def test_a_second_coder_is_told_who_has_it(asked: Terminal, item: str) -> None:
    assert asked.run("worklist", "take", item, "--coder", "c-anna").exit_code == 0
    done = asked.run("worklist", "take", item, "--coder", "c-ben")
    assert (done.exit_code, "c-anna has taken it" in done.stderr) == (1, True)


def test_what_is_released_may_be_taken(asked: Terminal, item: str) -> None:
    asked.run("worklist", "take", item, "--coder", "c-anna")
    assert asked.run("worklist", "release", item, "--coder", "c-anna").exit_code == 0
    assert asked.run("worklist", "take", item, "--coder", "c-ben").exit_code == 0


BAD: list[tuple[str, tuple[str, ...], int, str]] = [
    # reason, arguments behind `answer ITEM --coder c-anna`, exit status, words
    ("no code", (), 1, "say a code"),
    ("it never existed", ("I10.9",), 1, "no ICD-10-CM code"),
    ("a category", ("S62",), 1, "not complete"),
    ("a line for a condition", ("--units", "1", "--cents", "5"), 1, "this item wants a code"),
    ("no such indicator", (WRIST, "--poa", "Q"), 2, "present_on_admission"),
    ("no day", (WRIST, "--on", "yesterday"), 2, "YYYY-MM-DD"),
    ("no unit", ("--units", "0"), 2, "--units"),
    ("a name that no event could carry", (WRIST, "--coder", "c" * 65), 2, "at most 64"),
    ("a reason that is a novel", ("--drop", "x" * 300), 2, "dropped"),
]


@pytest.mark.parametrize(("arguments", "status", "words"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_a_bad_answer_is_told_and_changes_nothing(
    asked: Terminal, item: str, arguments: tuple[str, ...], status: int, words: str
) -> None:
    done = asked.run("worklist", "answer", item, "--coder", "c-anna", *arguments)
    assert (done.exit_code, words in done.stderr, only(asked)) == (status, True, item)


def test_an_item_that_is_not_there_is_told(asked: Terminal) -> None:
    done = asked.run("worklist", "show", "zzz")
    assert (done.exit_code, "no item or query begins with zzz" in done.stderr) == (1, True)


def test_without_a_broker_the_answer_is_kept(asked: Terminal, item: str) -> None:
    done = answered(asked, item)
    assert (done.exit_code, "no broker answers" in done.stderr) == (2, True)
    assert asked.json("worklist", "list")["work"] == []


def test_a_hospital_s_task_that_holds_the_chart_is_named(alone: Terminal) -> None:
    validated(alone, UNSIGNED)
    stages = Stages(alone.assembly)
    stages.decide("validation", unsigned_and_unclear(2))
    stages.assembly.ledger.close()
    done = answered(alone, only(alone))
    assert (done.exit_code, "waits for its hospital" in done.stdout, "author" in done.stdout) == (0, True, True)


@pytest.fixture
def published(provisioned: Terminal) -> Terminal:
    stages = Stages(provisioned.assembly)
    stages.decide("validation", sent(PHRASE))
    stages.assembly.ledger.close()
    return provisioned


def coded(terminal: Terminal) -> list[tuple[Any, ChartCoded]]:
    return [(record, event) for record, event in read_topics(terminal.assembly, TOPIC) if isinstance(event, ChartCoded)]


def test_the_last_answer_sends_the_chart_under_its_id(published: Terminal) -> None:
    done = answered(published, only(published))
    assert (done.exit_code, f"coded charts sent to {TOPIC}: 1" in done.stdout) == (0, True)
    ((record, chart),) = coded(published)
    assert (record.key, chart.coder, chart.coding_revision, chart.chart_id) == (
        PHRASE[1].encode(), "c-anna", 1, PHRASE[1],
    )  # fmt: skip


def test_what_was_kept_goes_with_the_next_send(published: Terminal) -> None:
    item = only(published)
    away = published.run("worklist", "answer", item, WRIST, "--coder", "c-anna", CLAIMSTREAM_BROKERS="127.0.0.1:1")
    assert (away.exit_code, coded(published)) == (2, [])
    assert published.run("worklist", "send").exit_code == 0
    assert len(coded(published)) == 1


def test_to_send_again_sends_the_same_bytes(published: Terminal) -> None:
    answered(published, only(published))
    assert "nothing to send" in published.run("worklist", "send").stdout
    published.run("worklist", "send", "--again")
    first, again = (record.value for record, _ in coded(published))
    assert first == again


def test_an_answer_is_shown_in_words(asked: Terminal, item: str) -> None:
    answered(asked, item)
    shown = asked.run("worklist", "show", item, "--show-phi").stdout
    assert (f"codes {WRIST}" in shown, "{" in shown) == (True, False)
