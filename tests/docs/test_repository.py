"""The repository holds nothing that it must not hold, and the checker sees it when it does."""

import json
import subprocess
from pathlib import Path

import pytest

from tests import repository
from tests.repository import CHARTS_BYTES, MEGABYTE, File, files, main, violations

ROOT = Path(__file__).resolve().parent.parent.parent
FIVE = "99" + "213"  # no code of ours: five digits, put together
DENTAL = "D" + "0120"
HCPCS = "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"
SNOMED = "http://snomed.info/" + "sct"


def coding(system: str, code: str) -> str:
    return json.dumps({"code": {"coding": [{"system": system, "code": code}]}}) + "\n"


PLANTED = [
    # reason, file, content, what is said of it
    ("CPT's system by URI", "charts/a.md", "see www.ama-" + "assn.org/go/cpt\n", "names CPT's code system"),
    ("CPT's system by OID", "notes.md", "urn:oid:2.16.840.1.113883.6." + "12\n", "names CPT's code system"),
    ("five digits in FHIR", "charts/h/Procedure.ndjson", coding(HCPCS, FIVE), "a procedure code of CPT's shape"),
    ("under a local system", "charts/b.json", coding("urn:local", FIVE), "a procedure code of CPT's shape"),
    ("on a claim's line", "e.json", json.dumps({"lines": [{"code": FIVE}]}) + "\n", "a procedure code of CPT's shape"),
    ("in a test", "tests/x.py", f'line(code="{FIVE}")\n', "a procedure code of CPT's shape"),
    ("in prose", "docs/x.md", f"the C{'PT'} code {FIVE}\n", "a procedure code of CPT's shape"),
    ("billed by a chargemaster", "c.csv", f"system,code,hcpcs\nlocal,x,{FIVE}\n", "a procedure code of CPT's shape"),
    ("as a service's own code", "c.csv", f"system,code,hcpcs\nlocal,{FIVE},\n", "a procedure code of CPT's shape"),
    ("dental in FHIR", "charts/d.json", coding(HCPCS, DENTAL), "a procedure code of CDT's shape"),
    ("dental in a test", "tests/y.py", f'bad = "{DENTAL}"\n', "a procedure code of CDT's shape"),
    ("SNOMED CT in FHIR", "charts/s.ndjson", coding(SNOMED, "1" * 8), "a SNOMED CT coding"),
    ("SNOMED CT in a chargemaster", "c.csv", "system,code,hcpcs\nsnomed,1,\n", "a SNOMED CT coding"),
    ("SNOMED CT in a test", "tests/z.py", f'("{SNOMED}", "{"1" * 8}")\n', "a SNOMED CT coding"),
    ("a home folder", "README.md", "cd /ho" + "me/someone/x\n", "an absolute path of a machine"),
    ("a Mac's home folder", "a.yaml", "file: /Us" + "ers/someone\n", "an absolute path of a machine"),
    ("a registry in a lock", "requirements.lock", "a==1  # https://py" + "pi.org\n", "names a package registry's host"),
    ("any address in a lock", "requirements.lock", "a @ https" + "://x.example/a.whl\n", "a lock with an address"),
    ("an index in the settings", "pip.toml", "extra-index-" + "url = 'https://x'\n", "names a package registry's host"),
    ("a private key", "a.txt", "-----BEGIN " + "RSA PRIVATE KEY-----\n", "looks like a secret"),
    ("a cloud's key", "a.py", "AKIA" + "A" * 16 + "\n", "looks like a secret"),
    ("a key by its name", "pseudonym.key", "11\n", "a file of secrets by its name"),
    ("unfinished work", "a.py", "# TO" + "DO: the rest\n", "a word of unfinished work"),
    ("a step without a body", "a.py", "raise NotImplemented" + "Error\n", "a word of unfinished work"),
    ("no last newline", "a.py", "x = 1", "no newline at the end"),
    ("a large file", "a.bin", "x" * MEGABYTE + "\n", "larger than 1,000,000 bytes"),
]

CLEAN = [
    # reason, file, content
    (
        "RxNorm's codes are numbers",
        "charts/a.json",
        coding("http://www.nlm.nih.gov/research/umls/rxnorm", "197" + "54"),
    ),
    ("a LOINC code has a hyphen", "charts/b.json", coding("http://loinc.org", "18842-5")),
    ("a diagnosis without its dot", "a.json", coding("http://hl7.org/fhir/sid/icd-10-cm", "D64" + "81")),
    ("Level II", "c.csv", "system,code,hcpcs\nclass,ambulatory,G0463\n"),
    ("a ZIP code", "e.json", '{"postal_code": "01103"}\n'),
    ("a seventh character", "a.py", 'code = "W19.XXXA"\n'),
    ("a temporary folder", "a.py", 'Path("/tmp/x")\n'),
    ("the system's name, to refuse it", "claims/a.py", f'SYSTEMS = {{"{SNOMED}": "snomed"}}\n'),
    ("a chart file may be large", "charts/big.ndjson", "\n" * (MEGABYTE + 1)),
]


def told(name: str, content: str) -> set[str]:
    return {violation.what for violation in violations([File(name, content.encode())])}


def test_the_repository_is_clean() -> None:
    assert [str(violation) for violation in violations(files(ROOT))] == []


@pytest.mark.parametrize(("name", "content", "what"), [row[1:] for row in PLANTED], ids=[row[0] for row in PLANTED])
def test_each_planted_violation_is_found(name: str, content: str, what: str) -> None:
    assert what in told(name, content)


@pytest.mark.parametrize(("name", "content"), [row[1:] for row in CLEAN], ids=[row[0] for row in CLEAN])
def test_what_is_allowed_is_not_found(name: str, content: str) -> None:
    assert told(name, content) == set()


def test_every_check_is_met_by_a_planted_violation() -> None:
    met = {check for check in repository.CHECKS for _, name, text, _ in PLANTED if [*check(File(name, text.encode()))]}
    assert met == set(repository.CHECKS)


def test_charts_have_a_limit_together() -> None:
    halves = [File(f"charts/{n}.ndjson", b"\n" * (CHARTS_BYTES // 2 + 1)) for n in range(2)]
    assert [violation.file for violation in violations(halves)] == ["charts"]


def test_a_violation_is_told_with_its_line_and_without_the_value() -> None:
    (found,) = violations([File("tests/a.py", f'x = 1\ncode = "{FIVE}"\n'.encode())])
    assert str(found) == "tests/a.py:2 a procedure code of CPT's shape"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A repository of its own with an ignored file, a committed one and one that git doesn't know yet."""
    for command in (["init", "-q"], ["config", "user.email", "a@example.org"], ["config", "user.name", "a"]):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)
    (tmp_path / ".gitignore").write_text("var/\n")
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "log.txt").write_text("# TO" + "DO\n")
    (tmp_path / "known.py").write_text("x = 1\n")
    subprocess.run(["git", "add", "."], cwd=tmp_path, check=True)
    return tmp_path


def test_what_git_ignores_is_not_looked_at(tree: Path) -> None:
    assert [file.name for file in files(tree)] == [".gitignore", "known.py"]


def test_a_new_file_is_looked_at_before_it_is_added(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tree / "new.py").write_text("# TO" + "DO\n")
    assert main([str(tree)]) == 1
    assert capsys.readouterr().out == "new.py:1 a word of unfinished work\n"


def test_a_clean_tree_ends_with_status_0(tree: Path) -> None:
    assert main([str(tree)]) == 0
