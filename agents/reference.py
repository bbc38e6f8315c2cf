"""Reads the reference data a worker needs, once, at its start. A broken row stops the start and names where."""

import sys
from pathlib import Path

from agents.compiling import BROKEN, compiled_apart, mapped
from agents.tables import open_dated
from claims.chargemaster import Chargemaster, parse_chargemaster
from claims.codesets import CodeSets
from claims.diagnosis_map import DiagnosisMap, parse_diagnosis_map
from claims.mce import MedicareCodeEditor
from claims.partners import Partners, parse_partners
from claims.partners_file import read_yaml
from claims.reference import BadReference
from claims.tables import Reference

EDITS_VERSION = "1"
CODESETS = Path(__file__).resolve().parent.parent / "var" / "codesets.bin"
TABLES = "tables.bin"
"""The name of the compiled tables, beside the code sets."""


def read_partners(infra: Path) -> Partners:
    file = infra / "partners.yaml"
    return parse_partners(read_text(file), file.name)


def read_chargemaster(infra: Path, name: str) -> Chargemaster:
    file = infra / "chargemasters" / name
    return parse_chargemaster(read_text(file), f"chargemasters/{name}")


def read_reference(infra: Path, codesets: Path = CODESETS) -> Reference:
    """Every table a step may ask."""
    partners = read_partners(infra)
    return Reference(
        codes=open_codesets(codesets),
        partners=partners,
        chargemasters=_chargemasters(infra, partners),
        mce=MedicareCodeEditor.open(),
        edits=EDITS_VERSION,
        tables=open_dated(codesets.with_name(TABLES)),
        diagnosis_maps=_diagnosis_maps(infra, partners),
    )


def _chargemasters(infra: Path, partners: Partners) -> dict[str, Chargemaster]:
    """Each hospital's; a price list that partners.yaml names and no row has would price nothing by it in silence."""
    masters = {name: read_chargemaster(infra, hospital.chargemaster) for name, hospital in partners.hospitals.items()}
    for name, hospital in partners.hospitals.items():
        for payer, price_list in hospital.price_lists.items():
            if price_list not in masters[name].price_lists:
                file = infra / "partners.yaml"
                mend = f"no row of chargemasters/{hospital.chargemaster} has this price list"
                raise read_yaml(read_text(file), file.name).bad(("hospitals", name, "price_lists", payer), mend)
    return masters


def _diagnosis_maps(infra: Path, partners: Partners) -> dict[str, DiagnosisMap]:
    """One file for each hospital that maps its own codes; none has to. A file of nobody's would map nothing in
    silence."""
    files = sorted((infra / "diagnosis-maps").glob("*.csv"))
    for file in files:
        if file.stem not in partners.hospitals:
            raise BadReference(f"diagnosis-maps/{file.name}", 1, 1, "file", "name it after a hospital of partners.yaml")
    return {file.stem: parse_diagnosis_map(read_text(file), f"diagnosis-maps/{file.name}") for file in files}


def open_codesets(file: Path) -> CodeSets:
    """Maps the compiled code sets; the pages are shared by all workers of a machine."""
    if not file.exists():
        build_codesets(file)
    return CodeSets(mapped(file), file.name)


def build_codesets(file: Path, index: Path | None = None) -> None:
    """Compiles the code sets in a process of its own, for parsing them costs 180 MB; whole or not at all.

    `index` is NCHS's Alphabetic Index, where the user has it.
    """
    compiled_apart("agents.reference", file, *(() if index is None else (str(index),)))


def read_text(file: Path) -> str:
    """A file of the user's; what is not UTF-8 is named by line and by byte of the line."""
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError as missing:
        raise BadReference(file.name, 1, 1, "file", f"put it into {file.parent.name}/") from missing
    except UnicodeDecodeError as error:
        before = bytes(error.object[: error.start])
        line, column = before.count(b"\n") + 1, error.start - before.rfind(b"\n")
        raise BadReference(file.name, line, column, "file", "save it as UTF-8") from error


def _compile(draft: Path, index: Path | None) -> None:
    from claims.codesets.alphabetic import index_terms, of_another_release  # noqa: PLC0415 in this process alone
    from claims.codesets.build import compile_codesets  # noqa: PLC0415
    from claims.codesets.sources import RELEASE, rows  # noqa: PLC0415

    terms = [] if index is None else index_terms(index.read_bytes(), index.name)
    listed = list(rows())
    lacking = of_another_release(terms, (row.code for row in listed), "" if index is None else index.name)
    if lacking:
        print(f"{lacking} paths of the Index lead to codes that the list lacks", file=sys.stderr)  # noqa: T201
    draft.write_bytes(compile_codesets(listed, RELEASE, terms))


if __name__ == "__main__":
    try:
        _compile(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None)
    except BadReference as broken:
        sys.stderr.write(str(broken))
        sys.exit(BROKEN)
