"""Files that are there whole or not at all, and are nobody else's to read: they hold PHI."""

import os
import tempfile
from pathlib import Path


def write_whole(file: Path, raw: bytes) -> None:
    """The bytes under the file's name once all of them are on the disk, even if the machine loses power now."""
    handle, draft = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.draft-")
    try:
        with os.fdopen(handle, "wb") as opened:
            opened.write(raw)
            opened.flush()
            os.fsync(opened.fileno())
        Path(draft).replace(file)
    finally:
        Path(draft).unlink(missing_ok=True)
    settle(file.parent)


def settle(folder: Path) -> None:
    """What a folder lists now is on the disk."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
