"""The judge: reads what stands in Kafka and in the ledger, and counts what breaks a promise.

It imports nothing of agents/, claims/, streams/ or ledger/ (tests/chaos/test_checker.py holds that).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from tests.chaos import checks_answers, checks_charts, checks_records
from tests.chaos.checks_charts import cents, outcomes
from tests.chaos.evidence import Evidence

__all__ = ["CHECKS", "Evidence", "Verdict", "judge"]

CHECKS = (*checks_charts.CHECKS, *checks_answers.CHECKS, *checks_records.CHECKS)
_EXAMPLES = 5


@dataclass
class Verdict:
    broken: dict[str, int] = field(default_factory=dict)
    examples: dict[str, list[str]] = field(default_factory=dict)
    figures: dict[str, Any] = field(default_factory=dict)


def judge(evidence: Evidence) -> Verdict:
    """Every check, with how often it was broken and the first few examples."""
    verdict = Verdict(figures=_figures(evidence))
    for check in CHECKS:
        first, count = _counted(check(evidence))
        if count:
            name = check.__name__.replace("_", " ")
            verdict.broken[name], verdict.examples[name] = count, first
    return verdict


def _counted(broken: Iterable[str]) -> tuple[list[str], int]:
    left: Iterator[str] = iter(broken)
    first = list(islice(left, _EXAMPLES))
    return first, len(first) + sum(1 for _ in left)


def _figures(evidence: Evidence) -> dict[str, Any]:
    """What there was to judge: a check of nothing holds nothing."""
    found = outcomes(evidence)
    became = {name: sum(had[name] > 0 for had in found.values()) for name in ("claimed", "billed", "returned")}
    money = cents(evidence)
    return {
        "checks": len(CHECKS),
        "charts": sum(chart["sent"] == "ok" for chart in evidence.charts.values()),
        "outcomes": became,
        "claims": len(evidence.of("claim-built")),
        "answers": len(evidence.of("claim-adjudicated")),
        "bills": len(evidence.of("patient-bill")),
        "dead_letters": len(list(evidence.family("dead-letter"))),
        "cents_expected": sum(expected for expected, _ in money.values()),
        "cents_found": sum(found for _, found in money.values()),
        "records": sum(map(len, evidence.said.values())),
        "records_tried": evidence.tried.total(),
        "said_more_than_once": evidence.tried.total() - len(evidence.attempts),
    }
