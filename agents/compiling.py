"""Reference data is compiled in a process of its own, whose memory ends with it, and takes its place whole or not at
all."""

import mmap
import os
import subprocess
import sys
import tempfile
from pathlib import Path

BROKEN = 3
"""The exit status of a compiler that found a broken row; its last words say where."""


class NotBuilt(Exception):
    """A row of the source that can't be read: where it stands and what mends it. The file that stood goes on to."""


def compiled_apart(module: str, file: Path, *arguments: str) -> None:
    """Runs a module with a draft's name and the arguments; the draft becomes the file when all of it is on the disk."""
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=file.parent, prefix=f"{file.name}.draft-")
    os.close(handle)
    try:
        command = [sys.executable, "-m", module, draft, *arguments]
        done = subprocess.run(command, stderr=subprocess.PIPE, text=True, check=False)  # noqa: S603 our own module
        if done.returncode == BROKEN:
            raise NotBuilt(done.stderr.strip())
        sys.stderr.write(done.stderr)
        done.check_returncode()
        _settle(Path(draft), file)
    finally:
        Path(draft).unlink(missing_ok=True)


def mapped(file: Path) -> bytes | mmap.mmap:
    """A compiled file's bytes, whose pages all workers of a machine share; a file of no bytes can't be mapped."""
    with file.open("rb") as opened:
        return mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) if file.stat().st_size else b""


def _settle(draft: Path, file: Path) -> None:
    """The draft in the file's place, even if the machine loses power now."""
    with draft.open("rb") as written:
        os.fsync(written.fileno())
    draft.chmod(0o644)  # a draft is its maker's alone, and workers may be somebody else
    draft.replace(file)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
