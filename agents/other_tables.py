"""Reference data as a folder has it; what the folder lacks is as it is in force."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from agents.compiling import NotBuilt
from agents.reference import TABLES, read_reference
from agents.tables import build_tables
from claims.codesets.tables_file import MANIFEST
from claims.reference import BadReference
from claims.tables import Reference

_OF_PARTNERS = ("partners.yaml", "chargemasters", "diagnosis-maps")
_KNOWN = (*_OF_PARTNERS, "codesets.bin", TABLES, MANIFEST)


@contextmanager
def other_tables(folder: Path, infra: Path, codesets: Path) -> Iterator[Reference]:
    """The tables of a folder, which may hold any of partners.yaml, chargemasters/, diagnosis-maps/, codesets.bin, and
    tables.bin or the tables.yaml it is compiled from. BadReference where it holds none of them, or a broken one."""
    if not any((folder / name).exists() for name in _KNOWN):
        raise BadReference(folder.name, 1, 1, "folder", f"holds none of {', '.join(_KNOWN)}")
    with TemporaryDirectory(prefix="claimstream-tables-") as place:
        home = Path(place)
        for name in _OF_PARTNERS:
            _linked(home / name, folder / name, infra / name)
        _linked(home / "codesets.bin", folder / "codesets.bin", codesets)
        if (folder / MANIFEST).exists() and not (folder / TABLES).exists():
            _built(folder, home / TABLES)
        else:
            _linked(home / TABLES, folder / TABLES, codesets.with_name(TABLES))
        yield read_reference(home, home / "codesets.bin")


def _linked(place: Path, *candidates: Path) -> None:
    """The first that is there, under the name that readers look for."""
    found = next((candidate for candidate in candidates if candidate.exists()), None)
    if found is not None:
        place.symlink_to(found.resolve())


def _built(folder: Path, file: Path) -> None:
    try:
        build_tables(folder, file)
    except NotBuilt as broken:
        raise BadReference(MANIFEST, 1, 1, "tables", str(broken)) from broken
