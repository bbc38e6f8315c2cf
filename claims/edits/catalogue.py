"""The rules as people read them: one entry an id, and docs/edits.md, which is made of nothing else."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from claims.edits import ACCOUNT_EDITS, FAMILIES
from claims.edits.rule import Rule

_OF: Final = {
    "any": "every chart",
    "inpatient": "inpatient stays",
    "outpatient": "all but inpatient stays",
    "facility": "charts with a line of the hospital's own",
    "professional": "charts with a professional's line",
}
_HEAD: Final = """\
# The edits

Made from the rules themselves by `claimstream edits page`; a test holds that it says what they do.

Each rule looks at a coded chart, or over all charts of a patient, and says everything that is wrong at once. A finding
names the rule, its severity, the disposition in the words of the Integrated OCE, the field, the mend, the citation, and
the CARC that a payer would deny with. `claimstream edits explain ID` shows one rule.

A payer or a hospital may have a rule `off`, to a `warn`ing, or `on` (rejecting) from a day of service, under `rules` of
its entry in partners.yaml; what the first payer says comes before what the hospital says. A *fixed* rule can't be set:
without it a chart can't be counted, claimed or billed at all.
"""


class Entry(NamedTuple):
    """A rule as it is listed: its family, and the generator that is it."""

    family: str
    rule: Rule

    @property
    def facts(self) -> dict[str, str | bool | None]:
        rule = self.rule
        return {
            "id": rule.id,
            "family": self.family,
            "name": rule.name,
            "severity": rule.severity,
            "carc": rule.carc,
            "of": _OF[rule.of],
            "since": None if rule.since is None else rule.since.isoformat(),
            "until": None if rule.until is None else rule.until.isoformat(),
            "citation": rule.citation,
            "rule": rule.words,
            "mend": rule.mend,
            "fixed": rule.fixed,
        }


def entries() -> Iterator[Entry]:
    for family, rules in FAMILIES.items():
        yield from (Entry(family, rule) for rule in rules)
    yield from (Entry("across charts", rule) for rule in ACCOUNT_EDITS)


def page() -> str:
    """docs/edits.md."""
    return "\n".join((_HEAD, *_lines()))


def _lines() -> Iterator[str]:
    family = None
    for entry in entries():
        if entry.family != family:
            family = entry.family
            yield f"## {family[0].upper()}{family[1:]}\n"
        yield _paragraph(entry.rule)


def _paragraph(rule: Rule) -> str:
    marks = [rule.severity, f"CARC {rule.carc}" if rule.carc else "no CARC", _OF[rule.of], *_days(rule)]
    marks += ["fixed"] if rule.fixed else []
    return f"**`{rule.id}`** {rule.words}\n\n*{', '.join(marks)}*; {rule.citation}. Mend: {rule.mend}.\n"


def _days(rule: Rule) -> Iterator[str]:
    if rule.since is not None:
        yield f"from {rule.since.isoformat()}"
    if rule.until is not None:
        yield f"to {rule.until.isoformat()}"
