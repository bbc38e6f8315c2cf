"""Manifests of exports: which files a run wrote, with their digests. Others may have written into the folder, too."""

import json
import re
from pathlib import Path
from typing import Final

_NUMBERED: Final = re.compile(r"(?:\.|^manifest-fhir-)([0-9]{9})\.(?:fhir\.ndjson|json)$")


class BadManifest(Exception):
    """A manifest that is needed to know what an earlier run wrote, and isn't one."""

    def __init__(self, file: Path, why: str) -> None:
        super().__init__(f"{file}: {why}")
        self.file, self.why = file, why


def manifest_of(folder: Path, first: int, kind: str = "") -> Path:
    """By the number of its run's first file."""
    return folder / f"manifest-{kind}{first:09d}.json"


def digest_listed(file: Path, number: int) -> str | None:
    """The digest under which a run's manifest lists the file. Runs don't overlap: it is the last that began before."""
    if not file.parent.is_dir():
        raise BadManifest(file.parent, "the folder of an export that did not end is not there")
    found = sorted(
        each for each in file.parent.glob("manifest-[0-9]*.json") if each <= manifest_of(file.parent, number)
    )
    return _files(found[-1]).get(file.name) if found else None


def next_in(folder: Path) -> int:
    """The number of the next file of a folder whose files no ledger numbers."""
    named = (_NUMBERED.search(each.name) for each in folder.iterdir() if ".fhir." in each.name or "-fhir-" in each.name)
    return max((int(each[1]) for each in named if each), default=0) + 1


def _files(manifest: Path) -> dict[str, str]:
    """Digests by the names of files."""
    try:
        said = json.loads(manifest.read_bytes())
        return {str(each["file"]): str(each["sha256"]) for each in said["files"]}
    except (ValueError, RecursionError):
        raise BadManifest(manifest, "no JSON, or not all of it") from None
    except (KeyError, TypeError):
        raise BadManifest(manifest, "it lists no files with their sha256") from None
