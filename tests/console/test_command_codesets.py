"""`claimstream codesets` as an operator meets it: build, list, verify, diff, and what is said of a broken file."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from agents.reference import CODESETS, TABLES
from agents.tables import build_tables
from tests.console.conftest import Terminal

FIXTURES = Path(__file__).parents[1] / "claims" / "codesets" / "files"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An operator's folder of tables."""
    return Path(shutil.copytree(FIXTURES, tmp_path / "tables"))


@pytest.fixture
def built(folder: Path, tmp_path: Path) -> Path:
    """The compiled tables of that folder, beside compiled code sets."""
    file = tmp_path / "var" / TABLES
    build_tables(folder, file)
    shutil.copy(CODESETS, file.with_name(CODESETS.name))
    return file


@pytest.mark.timeout(300)
def test_tables_are_built_beside_the_code_sets(alone: Terminal, folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "new" / CODESETS.name
    said = alone.json("codesets", "build", "--tables", folder, "--out", out)
    assert said["tables"]["bytes"] == out.with_name(TABLES).stat().st_size
    assert said["rows"] > 90_000


def test_a_broken_row_stops_the_build_with_file_line_and_column(alone: Terminal, folder: Path, built: Path) -> None:
    before = built.read_bytes()
    limits = folder / "MCR_MUE_DMESupplierServices_Eff_07-01-2026.csv"
    limits.write_text(limits.read_text(encoding="utf-8").replace(",300,", ",many,"), encoding="utf-8")

    done = alone.run("codesets", "build", "--tables", folder, "--out", built.with_name(CODESETS.name))

    assert done.exit_code == 1
    assert f"{limits.name}:4:7 units: a whole number; the old file stands" in done.stderr
    assert built.read_bytes() == before


def test_a_manifest_that_is_broken_stops_the_build(alone: Terminal, folder: Path, tmp_path: Path) -> None:
    (folder / "tables.yaml").write_text("tables: []\n", encoding="utf-8")
    done = alone.run("codesets", "build", "--tables", folder, "--out", tmp_path / "new" / CODESETS.name)
    assert (done.exit_code, "tables.yaml:1:1" in done.stderr, "old file" in done.stderr) == (1, True, False)
    assert not (tmp_path / "new").exists()


def test_an_index_that_is_broken_stops_the_build_in_one_line(alone: Terminal, built: Path, tmp_path: Path) -> None:
    index = tmp_path / "index.xml"
    index.write_text("<index", encoding="utf-8")
    out = built.with_name(CODESETS.name)
    before = out.read_bytes()

    done = alone.run("codesets", "build", "--index", index, "--out", out)

    assert (done.exit_code, "not built: index.xml:1:" in done.stderr, done.stderr.count("\n")) == (1, True, 1)
    assert out.read_bytes() == before


def test_the_tables_are_listed_with_source_sum_rows_and_days(alone: Terminal, built: Path) -> None:
    listed = {(each["table"], each["source"][:8]): each for each in alone.json("codesets", "list", "--file", built)}
    limits = listed["mue-dme", "invented"]
    (digest,) = limits["files"].values()
    assert (limits["rows"], limits["released"], limits["from"], limits["to"]) == (2, "2026-05-29", "2026-07-01", None)
    assert (limits["valid_first"], limits["valid_last"], len(digest)) == ("2026-07-01", None, 64)
    assert listed["revenue-codes", "ships wi"]["released"] is None


def test_the_list_is_shown_to_people(alone: Terminal, built: Path) -> None:
    shown = alone.run("codesets", "list", "--file", built)
    assert shown.exit_code == 0
    assert "ptp-practitioner" in shown.stdout


def test_the_lists_that_ship_are_listed_with_compiled_tables_and_without(alone: Terminal) -> None:
    assert "place-of-service" in {each["table"] for each in alone.json("codesets", "list")}


@pytest.mark.parametrize("command", [("codesets", "list"), ("codesets", "verify")], ids=" ".join)
def test_a_file_that_is_named_and_is_not_there_is_an_error(
    alone: Terminal, tmp_path: Path, command: tuple[str, str]
) -> None:
    done = alone.run(*command, "--file", tmp_path / TABLES)
    assert (done.exit_code, "there is no file" in done.stderr) == (2, True)


def test_an_empty_file_is_no_compiled_tables(alone: Terminal, tmp_path: Path) -> None:
    (tmp_path / TABLES).touch()
    done = alone.run("codesets", "list", "--file", tmp_path / TABLES)
    assert (done.exit_code, "tables.bin:1:1 tables: not compiled tables" in done.stderr) == (2, True)


def test_tables_that_are_as_they_were_built_are_verified(alone: Terminal, built: Path, folder: Path) -> None:
    done = alone.run("codesets", "verify", "--file", built, "--tables", folder)
    assert (done.exit_code, "0 faults" in done.stdout) == (0, True)


FAULTS: list[tuple[str, Callable[[Path, Path], object], str]] = [
    (
        "a source that was changed",
        lambda _, folder: (folder / "necessity.csv").write_text("x"),
        "necessity.csv: another",
    ),
    (
        "a source that is gone",
        lambda _, folder: (folder / "necessity.csv").unlink(),
        "necessity.csv: not in the folder",
    ),
    ("tables cut off", lambda built, _: built.write_bytes(built.read_bytes()[:-1]), "tables.bin:1:1 tables: truncated"),
    (
        "code sets that are none",
        lambda built, _: built.with_name(CODESETS.name).write_bytes(b"x"),
        "codesets.bin:1:1 codesets: not a compiled code set",
    ),
    (
        "code sets of no bytes",
        lambda built, _: built.with_name(CODESETS.name).write_bytes(b""),
        "codesets.bin:1:1 codesets: not a compiled code set",
    ),
]


@pytest.mark.parametrize(("harm", "said"), [row[1:] for row in FAULTS], ids=[row[0] for row in FAULTS])
def test_what_is_not_as_it_was_built_is_told(
    alone: Terminal, built: Path, folder: Path, harm: Callable[[Path, Path], object], said: str
) -> None:
    harm(built, folder)
    done = alone.run("codesets", "verify", "--file", built, "--tables", folder)
    assert (done.exit_code, said in done.stdout) == (1, True)


def test_two_builds_of_one_folder_do_not_differ(alone: Terminal, built: Path, tmp_path: Path) -> None:
    other = shutil.copy(built, tmp_path / "other.bin")
    done = alone.run("codesets", "diff", built, other)
    assert (done.exit_code, done.stdout) == (0, "no differences\n")


def test_what_another_build_says_otherwise_is_counted_by_table(
    alone: Terminal, built: Path, folder: Path, tmp_path: Path
) -> None:
    pairs = folder / "ccioph-v322r0-f1.txt"
    text = pairs.read_text(encoding="utf-8").replace(
        "G0378\tG0379\t\t20200101\t*", "G0378\tG0379\t\t20200101\t20260630"
    )
    pairs.write_text(text + "G0378\tG0380\t\t20260701\t*\t1\tNew\n", encoding="utf-8")
    policies = folder / "necessity.csv"
    kept = [line for line in policies.read_text(encoding="utf-8").splitlines() if "A50002" not in line]
    policies.write_text("\n".join(kept) + "\n", encoding="utf-8")
    other = tmp_path / "other.bin"
    build_tables(folder, other)

    found = {each["table"]: each for each in alone.json("codesets", "diff", built, other)}

    assert [(each["added"], each["removed"], each["changed"]) for each in found.values()] == [(0, 1, 0), (1, 0, 1)]
    assert found["ptp-outpatient"]["examples"] == [
        ["changed", "G0378 G0379 0, 2020-01-01 to 2026-06-30"],
        ["added", "G0378 G0380 1, 2026-07-01 to now"],
    ]
    assert found["necessity"]["examples"] == [["removed", "A50002 J1100 H81.01, 2024-01-01 to now"]]
    shown = alone.run("codesets", "diff", built, other)
    assert (shown.exit_code, "ptp-outpatient: added G0378 G0380 1" in shown.stdout) == (1, True)


def test_a_file_that_is_not_there_is_named(alone: Terminal, built: Path, tmp_path: Path) -> None:
    done = alone.run("codesets", "diff", built, tmp_path / "none.bin")
    assert (done.exit_code, "none.bin; mend:" in done.stderr) == (2, True)
