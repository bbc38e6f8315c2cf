"""A run for each planted fault, with the faults of a machine that bring it to light."""

from tests.chaos.faults import Quota
from tests.chaos.scenario import Result, Run

HARMLESS = {"answers-by-account"}
"""Planted, and no fault: the run must be clean."""

_SLEEPERS = ("decided",)


def planted_run(name: str, charts: int, seed: int) -> Run:
    """Deaths at every point for all; for late metadata, workers stopped between ledger and Kafka for long."""
    if name == "late-metadata":
        quota = Quota(kills=6, deaths=0, stops=8, broker=0, payers=0)
        return Run(charts, seed, quota, name, stop_s=16.0, stop_at=_SLEEPERS, patience_s=600)
    return Run(charts, seed, Quota(kills=10, deaths=3, stops=1, broker=0, payers=0), name, patience_s=600)


def caught(result: Result) -> str | None:
    """How the fault came to light: a guard of the product stopped the stage, or the checker found something broken."""
    if result.refused is not None:
        return f"stopped by a guard: {result.refused}"
    found = ", ".join(f"{count} {name}" for name, count in result.broken.items())
    return f"found by the checker: {found}" if found else None
