"""`claimstream check` of 837 files: each claim judged as it comes, and what can't be read named."""

import json
import os
import tracemalloc
from collections.abc import Iterator
from itertools import repeat
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from claims.x12.claims_in import ClaimRead, read_claims
from console.main import app
from tests.claims.x12.given_claim_files import (
    CLAIM,
    HEADER,
    institutional,
    interchange,
    professional,
    stranger,
    transaction,
    written,
)
from tests.pipeline import ROOT

NOON = {"CLAIMSTREAM_CLOCK": "2026-02-01T12:00:00Z"}
WRONG = CLAIM.replace("PATIENT-1*240", "PATIENT-2*250")
UNREADABLE = CLAIM.replace("PATIENT-1*240", "PATIENT-3*TWO")


def check(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["check", *map(str, arguments)], env=NOON)


def file(tmp_path: Path, content: bytes, name: str = "claims.837") -> Path:
    made = tmp_path / name
    made.write_bytes(content)
    return made


def test_claims_that_would_be_taken_end_in_status_0(tmp_path: Path) -> None:
    done = check(file(tmp_path, professional()), file(tmp_path, institutional(), "stays.x12"))
    assert done.exit_code == 0
    assert "Claim PATIENT-1 (claims.837, segment 21): would be taken, $240.00" in done.stdout
    assert "Claim STAY-1 (stays.x12, segment 21): would be taken, $9,150.00, MS-DRG 195" in done.stdout
    assert "2 claims checked, 0 would be returned" in done.stdout


def test_a_name_that_is_no_utf8_is_shown_by_its_bytes(tmp_path: Path) -> None:
    done = check(file(tmp_path, professional(), os.fsdecode(b"m\xe4rz.837")))
    assert (done.exit_code, "Claim PATIENT-1 (m\\xe4rz.837, segment 21)" in done.stdout) == (0, True)


def test_what_a_claim_alone_cannot_tell_is_said(tmp_path: Path) -> None:
    done = check(file(tmp_path, professional()))
    assert "D4: the day on which the payer gets the claim is not known" in done.stdout
    assert "$2: what the hospital's chargemaster asks is not known" in done.stdout


def test_where_no_claim_could_be_read_nothing_is_said_of_what_was_not_judged(tmp_path: Path) -> None:
    assert "Not judged" not in check(file(tmp_path, b"", "empty.837")).stdout


def test_a_claim_that_would_be_returned_ends_in_status_1_with_its_findings(tmp_path: Path) -> None:
    done = check(file(tmp_path, professional(WRONG)))
    assert done.exit_code == 1
    assert all(word in done.stdout for word in ("would be returned", "$1", "reject", "CLM02", "mend:"))


def test_machines_get_a_line_of_json_for_each_claim(tmp_path: Path) -> None:
    content = written(interchange(transaction(HEADER, CLAIM, WRONG, UNREADABLE)))
    done = check("--json", file(tmp_path, content))
    first, second, third = map(json.loads, done.stdout.splitlines())
    assert (first["claim"], first["returned"], first["findings"], "D4" in first["not_judged"]) == (
        "PATIENT-1", False, [], True,
    )  # fmt: skip
    assert [(finding["rule"], finding["field"]) for finding in second["findings"]] == [("$1", "CLM02")]
    assert (third["claim"], third["not_read"]) == (
        "PATIENT-3",
        [{"segment": 51, "element": "CLM02", "why": "no amount",
          "mend": "send a decimal number of at most 2 places"}],
    )  # fmt: skip
    assert done.exit_code == 1


def test_a_bad_claim_among_good_ones_is_named_and_they_are_checked(tmp_path: Path) -> None:
    content = written(interchange(transaction(HEADER, CLAIM, UNREADABLE, CLAIM)))
    done = check(file(tmp_path, content))
    assert (done.exit_code, "2 claims checked" in done.stdout) == (1, True)
    assert all(word in done.stdout for word in ("Claim PATIENT-3 (claims.837): can't be read", "36", "CLM02"))


@pytest.mark.parametrize(
    ("reason", "content", "why"),
    [
        ("nothing", b"", "there is nothing in it"),
        ("no X12", b"\x89PNG" * 40, "no interchange begins here"),
        ("an interchange of nothing", written(interchange()), "no claim is in it"),
        ("a wrong count", written(interchange(transaction(HEADER, CLAIM, counted=7))), "SE01"),
        ("a file cut off", professional()[:-80], "breaks off"),
    ],
)
def test_a_bad_file_is_named_and_the_others_are_checked(reason: str, content: bytes, why: str, tmp_path: Path) -> None:
    done = check(file(tmp_path, content, "bad.837"), file(tmp_path, professional()))
    assert (done.exit_code, "bad.837" in done.stdout, why in done.stdout) == (1, True, True), (reason, done.stdout)
    assert "Claim PATIENT-1 (claims.837, segment 21): would be taken" in done.stdout


def test_a_byte_order_mark_and_windows_letters_are_read(tmp_path: Path) -> None:
    content = b"\xef\xbb\xbf" + professional(header=HEADER.replace("TESTCASE", "MUNOZ")).replace(b"MUNOZ", b"MU\xd1OZ")
    assert check(file(tmp_path, content)).exit_code == 0


def test_charts_and_claims_are_checked_together(tmp_path: Path) -> None:
    bundle = ROOT / "charts/handmade/mercy-general/01-work-injury.json"
    done = check("--hospital", "mercy-general", bundle, file(tmp_path, professional()))
    assert "1 chart checked" in done.stdout
    assert "1 claim checked" in done.stdout


def test_charts_without_a_hospital_are_refused() -> None:
    done = check(ROOT / "charts/handmade/mercy-general/01-work-injury.json")
    assert (done.exit_code, "--hospital" in done.stderr) == (2, True)


def test_timely_filing_is_judged_by_the_day_that_is_told(tmp_path: Path) -> None:
    done = check(file(tmp_path, professional()), "--received", "2026-12-01")
    assert (done.exit_code, "D4" in done.stdout) == (1, True)


def test_a_large_file_is_never_held() -> None:
    """A million segments would be some hundred megabytes; a claim is a few kilobytes."""

    def pieces(claims: int) -> Iterator[bytes]:
        whole = professional()
        start, end = whole.index(b"CLM*"), whole.rindex(b"SE*")
        yield whole[:start]
        yield from repeat(whole[start:end], claims)
        yield whole[end:]

    tracemalloc.start()
    found = sum(isinstance(each, ClaimRead) for each in read_claims(pieces(3_000), stranger()))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (found, peak < 2_000_000) == (3_000, True), peak
