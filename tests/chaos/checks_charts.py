"""What must hold of charts and claims. Each check yields what breaks it, by names and never by content."""

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterator

from tests.chaos.evidence import Evidence, Said
from tests.chaos.wire import Event

_NAMESPACE = uuid.UUID("2a5a40dd-2a0d-5a9f-9f6c-7b1f8d0f6f3e")  # schemas/identity.py, which the checker doesn't ask
_OF_THE_CHART = {"incomplete", "uncodable", "rejected-by-edits", "late-version"}
"""Reasons to return a chart that are its own outcome; what a payer refuses is the outcome of a claim."""


def outcomes(evidence: Evidence) -> dict[str, Counter[str]]:
    """What became of each chart: claimed, billed to the patient at once, or returned."""
    found: dict[str, Counter[str]] = {chart_id: Counter() for chart_id in evidence.charts}
    for said in evidence.of("chart-returned"):
        if said.event["reason"] in _OF_THE_CHART:
            found.setdefault(said.event["chart_id"], Counter())["returned"] += 1
    claimed = {said.event["chart"][1] for said in evidence.of("claim-built")}
    billed = {said.event["chart"][1] for said in evidence.of("patient-bill")}
    for chart_id in claimed:
        found.setdefault(chart_id, Counter())["claimed"] = 1
    for chart_id in billed - claimed:
        found.setdefault(chart_id, Counter())["billed"] = 1
    return found


def charts_without_an_outcome(evidence: Evidence) -> Iterator[str]:
    found = outcomes(evidence)
    yield from (name for name, chart in evidence.charts.items() if chart["sent"] == "ok" and not found[name])


def charts_with_two_outcomes(evidence: Evidence) -> Iterator[str]:
    yield from (f"{name} {dict(had)}" for name, had in outcomes(evidence).items() if had.total() > 1)


def charts_with_an_outcome_nobody_expects(evidence: Evidence) -> Iterator[str]:
    """Another one than the oracle's; or a chart that was never sent."""
    for name, had in outcomes(evidence).items():
        expected = evidence.charts.get(name, {"outcome": "none: it was not sent"})["outcome"]
        yield from (f"{name} is {outcome}, expected {expected}" for outcome in had if outcome != expected)


def charts_in_and_outcomes_differ_in_number(evidence: Evidence) -> Iterator[str]:
    """By hospital: charts in = claimed + billed + returned."""
    found, balance = outcomes(evidence), Counter[str]()
    for name, chart in evidence.charts.items():
        if chart["sent"] == "ok":
            balance[chart["hospital"]] += 1 - found[name].total()
    yield from (f"{hospital}: {left:+d}" for hospital, left in balance.items() if left)


def charts_whose_first_claims_are_not_the_expected(evidence: Evidence) -> Iterator[str]:
    """Kind, payer and cents of every claim to the first payer, once each."""
    claimed: dict[str, Counter[tuple[str, str, int]]] = defaultdict(Counter)
    for claim in _firsts(evidence):
        claimed[claim["chart"][1]][claim["kind"], claim["payer"], claim["total_charge_cents"]] += 1
    for name, chart in evidence.charts.items():
        expected = Counter((kind, payer, cents) for kind, payer, cents in chart["claims"])
        if chart["sent"] == "ok" and claimed[name] != expected:
            yield f"{name}: {sum(expected.values())} claims expected, {claimed[name].total()} found"


def charts_whose_cents_are_missing(evidence: Evidence) -> Iterator[str]:
    """The oracle's cents = the cents of the first claims, or of the bill where there is no payer."""
    for name, (expected, found) in cents(evidence).items():
        if expected != found:
            yield f"{name}: {expected} expected, {found} found"


def cents(evidence: Evidence) -> dict[str, tuple[int, int]]:
    """By chart: the cents the oracle expects, and those that were claimed or billed."""
    found: Counter[str] = Counter()
    for claim in _firsts(evidence):
        found[claim["chart"][1]] += claim["total_charge_cents"]
    for said in evidence.of("patient-bill"):
        name = said.event["chart"][1]
        if evidence.charts.get(name, {}).get("outcome") == "billed" and said.event["revision"] == 1:
            found[name] += said.event["total_charge_cents"]
    sent = {name: chart for name, chart in evidence.charts.items() if chart["sent"] == "ok"}
    return {name: (chart["cents"], found[name]) for name, chart in sent.items()}


def _firsts(evidence: Evidence) -> Iterator[Event]:
    """Original claims to the first payer."""
    for said in evidence.of("claim-built"):
        claim = said.event
        if (claim["payer_sequence"], claim["revision"], claim["submission"]) == (1, 1, 1):
            yield claim


def claims_said_twice(evidence: Evidence) -> Iterator[str]:
    """One claim id and submission, one record."""
    yield from _twice((said.event["claim_id"], said.event["submission"]) for said in evidence.of("claim-built"))


def lines_claimed_twice(evidence: Evidence) -> Iterator[str]:
    """One line of a chart's version, one original claim to each payer."""
    yield from _twice(
        (*claim["chart"], claim["payer"], claim["payer_sequence"], claim["kind"], number)
        for claim in (said.event for said in evidence.of("claim-built"))
        if claim["frequency"] == "1" and claim["submission"] == 1
        for number, _ in claim["lines"]
    )


def claims_whose_id_is_not_derived(evidence: Evidence) -> Iterator[str]:
    """A claim's id is the uuid5 of what it names, so that whoever forms it again forms the same."""
    for claim in (said.event for said in evidence.of("claim-built")):
        period = f"{claim['chart'][1]} {claim['statement_from']} {claim['statement_to']}"
        names = (
            "claim", claim["hospital"], claim["account_number"], claim["kind"], claim["billing"], period,
            claim["lines"][0][0], claim["payer"], claim["payer_sequence"], claim["revision"],
        )  # fmt: skip
        if claim["claim_id"] != str(uuid.uuid5(_NAMESPACE, "/".join(map(_escaped, names)))):
            yield f"{claim['claim_id']} of {claim['chart'][1]}"


def _escaped(part: object) -> str:
    return str(part).replace("\\", "\\\\").replace("/", "\\/")


def claims_whose_control_total_is_wrong(evidence: Evidence) -> Iterator[str]:
    """The claim's charge is the sum of its lines'."""
    for claim in (said.event for said in evidence.of("claim-built")):
        if claim["total_charge_cents"] != sum(charge for _, charge in claim["lines"]):
            yield str(claim["claim_id"])


def records_not_delivered_once(evidence: Evidence) -> Iterator[str]:
    """What we say to a partner stands in his own topic once, byte for byte as we said it inside."""
    for family in ("claim-built", "patient-bill", "chart-returned", "refused"):
        inside = Counter(said.digest for said in evidence.of(family))
        outside = Counter(said.digest for said in evidence.family(family))
        names = {said.digest: f"{said.topic} {said.event_id}" for said in _both(evidence, family)}
        for digest in inside.keys() | outside.keys():
            if (inside[digest], outside[digest]) != (1, 1):
                yield f"{names[digest]}: {inside[digest]} said, {outside[digest]} delivered"


def records_at_another_partner(evidence: Evidence) -> Iterator[str]:
    """Every record of a partner's topic is that partner's."""
    whose = {"claim-built": "payer", "chart-returned": "hospital", "refused": "partner"}
    for family, name in whose.items():
        for said in evidence.family(family):
            if said.event[name] != said.topic.partition(".")[2]:
                yield f"{said.topic} {said.event_id}"
    for said in evidence.family("patient-bill"):
        if said.event["chart"][0] != said.topic.partition(".")[2]:
            yield f"{said.topic} {said.event_id}"


def _both(evidence: Evidence, family: str) -> Iterator[Said]:
    yield from evidence.of(family)
    yield from evidence.family(family)


def _twice(names: Iterator[tuple[object, ...]]) -> Iterator[str]:
    yield from (" ".join(map(str, name)) for name, times in Counter(names).items() if times > 1)


CHECKS = (
    charts_without_an_outcome,
    charts_with_two_outcomes,
    charts_with_an_outcome_nobody_expects,
    charts_in_and_outcomes_differ_in_number,
    charts_whose_first_claims_are_not_the_expected,
    charts_whose_cents_are_missing,
    claims_said_twice,
    lines_claimed_twice,
    claims_whose_id_is_not_derived,
    claims_whose_control_total_is_wrong,
    records_not_delivered_once,
    records_at_another_partner,
)
