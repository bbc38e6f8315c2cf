"""How a worker's memory is kept: one heap for all threads, and start-up's objects out of the collector's way."""

import ctypes
import gc
import sys

_M_TRIM_THRESHOLD, _M_ARENA_MAX = -1, -8  # malloc.h of glibc
_KEPT_FREE = 1_000_000


def one_arena() -> None:
    """All threads share one malloc arena, and what is free at its end goes back. Called before there are threads.

    glibc gives each thread its own and keeps what a batch has freed there: all stages in one process stood at 292 MB
    instead of 226. Elsewhere than on glibc nothing is to be done.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, 1)
        mallopt(_M_TRIM_THRESHOLD, _KEPT_FREE)


def spare_the_collector() -> None:
    """What was made at the start stays as long as the process: Python's garbage collector looks at it no more.

    A batch makes hundreds of thousands of short-lived objects, and each full collection went through all tables and
    modules for them: a seventh of a worker's time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)
