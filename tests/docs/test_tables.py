"""What the documents list is what the code has: settings, metrics, statuses, codes, rules, topics, packages."""

import ast
import re
import tomllib
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path
from typing import Final

import pytest
from pydantic import SecretStr

from agents.reference import read_partners
from claims.completeness import TEMPLATES
from claims.completeness.catalogue import page as queries_page
from claims.edits import ACCOUNT_EDITS, CHART_EDITS
from claims.edits.catalogue import page as edits_page
from claims.rules import QUESTIONS, SETTABLE
from claims.tabulate import TABLES
from console.main import COMMANDS
from schemas.codec import Reason
from schemas.events import SUBJECTS
from schemas.events.coded import ReturnReason
from schemas.events.control import Cell, DeadlineKind
from streams.metrics import documentation
from streams.settings import INFRA, Settings
from streams.topics import STAGES, parse_topics
from tests.docs.pages import ROOT, page

OPERATOR, HOSPITAL, PAYER = page("docs/operator.md"), page("docs/hospital.md"), page("docs/payer.md")


def literals(annotation: object) -> frozenset[str]:
    return frozenset(getattr(annotation, "__args__", ()))


UNDECODABLE = literals(Reason)


def constants(call: ast.Call) -> Iterator[str]:
    """The first word of a call, or its `code`."""
    given = [*call.args[:2], *(keyword.value for keyword in call.keywords if keyword.arg == "code")]
    words = (node.value for node in given if isinstance(node, ast.Constant))
    yield from (
        word for word in words if isinstance(word, str) and re.fullmatch(r"[a-z]+(-[a-z]+)+|conflict|malformed", word)
    )


def said_by(*functions: str, folders: tuple[str, ...] = ("agents", "claims", "schemas", "streams")) -> frozenset[str]:
    """The codes that are passed to these functions anywhere in the product."""
    found: set[str] = set()
    for folder in folders:
        for file in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in functions:
                    found.update(constants(node))
    return frozenset(found)


def test_every_setting_is_listed_and_no_other() -> None:
    listed = {cells[0].strip("`") for cells in OPERATOR.rows() if cells[0].startswith("`CLAIMSTREAM_")}
    assert listed == {f"CLAIMSTREAM_{name}".upper() for name in Settings.model_fields}


def default(name: str) -> str:
    value = Settings.model_fields[name].default
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    if isinstance(value, Path):
        value = value.relative_to(ROOT).as_posix()
    return "none" if value is None else f"`{value}`"


def test_every_default_is_the_settings_own() -> None:
    rows = {cells[0].strip("`"): cells[1] for cells in OPERATOR.rows() if cells[0].startswith("`CLAIMSTREAM_")}
    assert rows == {f"CLAIMSTREAM_{name}".upper(): default(name) for name in Settings.model_fields}


def test_the_metrics_are_listed_as_the_code_documents_them() -> None:
    assert documentation() in "\n".join([*OPERATOR.lines, ""])


def statuses() -> frozenset[int]:
    """Constants that a process may exit with: those the product passes to Stopped or leave."""
    found: dict[str, int] = {}
    used: set[str] = set()
    for folder in ("agents", "streams"):
        for file in (ROOT / folder).rglob("*.py"):
            tree = ast.parse(file.read_text(encoding="utf-8"))
            found |= {name: number for node in ast.walk(tree) for name, number in _numbers(node)}
            used |= {name for node in ast.walk(tree) for name in _exits(node)}
    return frozenset(found[name] for name in used)


def _numbers(node: ast.AST) -> Iterator[tuple[str, int]]:
    if not isinstance(node, ast.Assign):
        return
    targets, values = node.targets[0], node.value
    names = targets.elts if isinstance(targets, ast.Tuple) else [targets]
    given = values.elts if isinstance(values, ast.Tuple) else [values]
    for name, value in zip(names, given, strict=False):
        if isinstance(name, ast.Name) and isinstance(value, ast.Constant) and isinstance(value.value, int):
            yield name.id, value.value


def _exits(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"Stopped", "leave"}:
        yield from (name.id for name in node.args[:1] if isinstance(name, ast.Name) and name.id.isupper())


def test_every_exit_status_of_a_worker_says_what_to_do() -> None:
    listed = {int(cells[0]) for cells in OPERATOR.rows() if cells[0].isdigit() and len(cells) == 3}
    assert listed == statuses() | {0}


def test_the_statuses_are_read_from_the_code_at_all() -> None:
    assert statuses() >= {3, 4, 5, 7, 10, 11, 12}


def test_every_refusal_of_intake_and_validation_is_explained_to_hospitals() -> None:
    assert UNDECODABLE | said_by("Refused", "_refuse") <= HOSPITAL.named()


def test_every_refusal_is_explained_to_payers() -> None:
    assert UNDECODABLE | said_by("Refusal", "_refuse") <= PAYER.named()


def test_the_codes_are_read_from_the_code_at_all() -> None:
    assert said_by("Refusal") >= {"unknown-claim", "line-unbalanced", "remittance-incomplete"}
    assert said_by("_refuse", "refuse") >= {"partner-mismatch", "conflict"}


def test_every_code_of_a_dead_letter_is_explained_to_operators() -> None:
    assert UNDECODABLE | said_by("dead_letter", "refuse") <= OPERATOR.named() | HOSPITAL.named()


EDITS: Final = (*CHART_EDITS, *ACCOUNT_EDITS)


def test_every_edit_has_its_paragraph() -> None:
    assert (ROOT / "docs/edits.md").read_text(encoding="utf-8") == edits_page()


def test_every_question_has_its_paragraph() -> None:
    assert (ROOT / "docs/queries.md").read_text(encoding="utf-8") == queries_page()


def test_a_payer_or_a_hospital_may_set_every_edit_but_the_fixed_and_no_other() -> None:
    assert {edit.id for edit in EDITS if not edit.fixed} == frozenset(SETTABLE)


def test_a_hospital_may_set_every_question_that_its_charts_need_not_wait_for() -> None:
    assert {template.id for template in TEMPLATES if not template.holds} == frozenset(QUESTIONS)


def test_every_reason_of_a_returned_chart_is_explained() -> None:
    assert literals(ReturnReason) <= HOSPITAL.named()


def kinds_of_work() -> frozenset[str]:
    """What WorkItem's `kind` is given, by keyword or through the functions that make one of a statement."""
    found: set[str] = set()
    for file in (ROOT / "claims").glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "id", "")
            given = [keyword.value for keyword in node.keywords if keyword.arg == "kind"] if name == "WorkItem" else []
            given += node.args if name in {"_work", "work"} else []
            values = (each.value for each in given if isinstance(each, ast.Constant))
            found |= {value for value in values if isinstance(value, str) and re.fullmatch(r"[a-z-]+", value)}
    return frozenset(found)


def test_every_kind_of_work_item_is_explained() -> None:
    assert {"ambiguous", "charge"} <= kinds_of_work() <= HOSPITAL.named()


@pytest.mark.parametrize("name", ["hospital", "payer"])
def test_every_field_that_a_partners_page_names_is_one_of_its_events(name: str) -> None:
    """Cells that begin a row of a table under 'field'."""
    told = page(f"docs/{name}.md")
    heads = [at for at, line in enumerate(told.lines) if line.startswith("| field | what |")]
    fields = {
        field
        for head in heads
        for line in takewhile(lambda line: line.startswith("|"), told.lines[head + 2 :])
        for field in re.findall(r"`([a-z0-9_]+)`", line.split(" | ")[0])
    }
    known = {field for model in SUBJECTS.values() for field in model.model_fields}
    assert {field for field in fields if "_" in field} <= known


def test_every_deadline_that_a_stage_opens_is_listed() -> None:
    files = [file.read_text(encoding="utf-8") for file in (ROOT / "agents").glob("*.py")]
    opened = {kind for kind in literals(DeadlineKind) if any(f'"{kind}"' in text for text in files)}
    assert {"bill-hold-ends"} <= opened <= OPERATOR.named()


def test_every_subject_and_topic_family_is_on_the_map() -> None:
    families = parse_topics((INFRA / "topics.yaml").read_text(encoding="utf-8"), "topics.yaml")
    assert {*SUBJECTS, *families} <= page("docs/events.md").named()


def test_every_published_table_is_described_with_its_question() -> None:
    rows = {cells[0].strip("`"): cells[1] for cells in page("docs/analyst.md").rows()}
    assert {name: rows.get(name) for name in rows if name in {t.name for t in TABLES}} == {
        table.name: table.question for table in TABLES
    }


def test_every_reason_of_suppression_is_explained() -> None:
    assert literals(Cell.model_fields["suppressed"].annotation) <= page("docs/analyst.md").named()


def packages() -> frozenset[str]:
    """Every package that pyproject.toml asks for, extras and the developers' included."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    asked = [*project["project"]["dependencies"]]
    for group in (project["project"]["optional-dependencies"], project["dependency-groups"]):
        asked += [each for packages in group.values() for each in packages]
    return frozenset(re.split(r"[\[<>=; ]", each)[0] for each in asked)


def test_every_dependency_says_what_it_is_for() -> None:
    rows = {name for cells in page("docs/design.md").rows() for name in re.findall(r"`([\w-]+)`", cells[0])}
    assert packages() <= rows


def test_every_command_of_the_program_is_in_the_changelog_or_on_the_operators_page() -> None:
    told = " ".join([*OPERATOR.lines, *page("CHANGELOG.md").lines, *page("README.md").lines, *HOSPITAL.lines])
    assert [name for name in COMMANDS if name not in told] == []


def test_every_stage_is_in_the_design() -> None:
    told = " ".join(page("docs/design.md").lines)
    assert [stage for stage in STAGES if stage.capitalize() not in told] == []


def test_the_partners_that_are_named_are_in_partners_yaml() -> None:
    partners = read_partners(INFRA)
    told = " ".join([*HOSPITAL.lines, *PAYER.lines])
    named = set(re.findall(r"(?:tail|topic=)\s?[a-z-]+\.([a-z-]+)", told))
    assert named <= {*partners.hospitals, *partners.payers}
