"""Files of diagnosis mappings are read at the start; one that no hospital would ask stops it."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from agents.reference import read_reference
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
