"""A price list that a hospital's entry names and its chargemaster does not have stops the start."""

import shutil
from pathlib import Path

import pytest

from agents.reference import read_reference
from claims.reference import BadReference
from streams.settings import INFRA

HERE = "    chargemaster: st-anna.csv\n"


def test_a_list_that_no_row_has_is_named_in_partners_yaml(tmp_path: Path) -> None:
    infra = shutil.copytree(INFRA, tmp_path / "infra")
    text = (infra / "partners.yaml").read_text()
    (infra / "partners.yaml").write_text(text.replace(HERE, f"{HERE}    price_lists: {{medicare: contract}}\n"))

    with pytest.raises(BadReference) as caught:
        read_reference(infra)

    line = text[: text.index(HERE)].count("\n") + 2
    field = "hospitals.st-anna.price_lists.medicare"
    assert (caught.value.file, caught.value.line, caught.value.field) == ("partners.yaml", line, field)
    assert "st-anna.csv" in caught.value.mend
