"""A compiler that writes half of its file and is killed; `python -m tests.agents.dying_compiler DRAFT`."""

import os
import signal
import sys
from pathlib import Path

if __name__ == "__main__":
    Path(sys.argv[1]).write_bytes(b"CLMTABLE and no more")
    os.kill(os.getpid(), signal.SIGKILL)
