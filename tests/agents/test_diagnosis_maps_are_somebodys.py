"""Files of diagnosis mappings are read at the start; one that no hospital would ask stops it."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from agents.other_tables import other_tables
from agents.reference import CODESETS, read_reference
from claims.reference import BadReference
from streams.settings import INFRA

ROWS = "system,code,icd10cm,start,end\nurn:example:terms,t-high,I10,2025-01-01,\n"


def _with_map(folder: Path, name: str) -> Path:
    infra = Path(shutil.copytree(INFRA, folder / "infra"))
    (infra / "diagnosis-maps").mkdir()
    (infra / "diagnosis-maps" / name).write_text(ROWS)
    return infra


def test_a_hospitals_mapping_is_read(tmp_path: Path) -> None:
    maps = read_reference(_with_map(tmp_path, "st-anna.csv")).diagnosis_maps

    assert maps["st-anna"].on("urn:example:terms", "t-high", date(2026, 1, 1)) == ("I10",)


def test_a_mapping_of_nobodys_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadReference, match=r"diagnosis-maps/st-ann\.csv:1:1 file: name it after a hospital"):
        read_reference(_with_map(tmp_path, "st-ann.csv"))


def test_a_comparison_with_other_prices_keeps_the_mappings(tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(INFRA / "chargemasters", other / "chargemasters")
    with other_tables(other, _with_map(tmp_path, "st-anna.csv"), CODESETS) as reference:
        assert set(reference.diagnosis_maps) == {"st-anna"}
