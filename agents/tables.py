"""The dated tables on the disk: compiled from the folder of an operator, and opened by a worker."""

import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path

from agents.compiling import BROKEN, compiled_apart, mapped
from claims.codesets.dated import DatedTables, open_tables
from claims.codesets.dated_build import compile_tables
from claims.codesets.lists import shipped, shipped_tables
from claims.codesets.tables_file import MANIFEST, TableFile, parse_manifest, releases
from claims.reference import BadReference


def open_dated(file: Path) -> DatedTables:
    """Maps the compiled tables; where none were built, the lists that ship with the program serve."""
    if not file.exists():
        return shipped_tables()
    return open_tables(mapped(file), file.name)


def build_tables(folder: Path, file: Path) -> None:
    """Compiles the tables that a folder's tables.yaml names, and the lists that ship; NotBuilt at a broken row."""
    read_manifest(folder)
    compiled_apart("agents.tables", file, str(folder))


def read_manifest(folder: Path) -> tuple[TableFile, ...]:
    try:
        return parse_manifest((folder / MANIFEST).read_text(encoding="utf-8"), MANIFEST)
    except (FileNotFoundError, NotADirectoryError):
        raise BadReference(MANIFEST, 1, 1, "file", "put it into the folder; docs/tables.md says how it is") from None
    except UnicodeDecodeError as error:
        raise BadReference(MANIFEST, 1, error.start + 1, "file", "save it as UTF-8") from None


def sum_of(file: Path) -> str | None:
    """SHA-256 of a file's bytes; null where there is none."""
    if not file.is_file():
        return None
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _compile(folder: Path, draft: Path) -> None:
    entries = read_manifest(folder)
    sums = {name: _sum(folder, name) for entry in entries for name in entry.file}

    def lines(name: str) -> Iterator[bytes]:
        with (folder / name).open("rb") as opened:
            yield from opened

    draft.write_bytes(compile_tables((*shipped(), *releases(entries, lines, sums))))


def _sum(folder: Path, name: str) -> str:
    found = sum_of(folder / name)
    if found is None:
        raise BadReference(name, 1, 1, "file", f"{MANIFEST} names it, and it is not in the folder")
    return found


if __name__ == "__main__":
    try:
        _compile(Path(sys.argv[2]), Path(sys.argv[1]))
    except BadReference as broken:
        sys.stderr.write(str(broken))
        sys.exit(BROKEN)
