"""The questions as people read them: one entry an id, and docs/queries.md, which is made of nothing else."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from claims.completeness import COMPLETENESS, OF_STAYS, TEMPLATES, Rule
from claims.queries import AUTHOR, SIDE, Template

_HEAD: Final = """\
# The questions

Made from the rules themselves (`python -m tests.docs.queries_page`); a test holds that it says what they do.

A chart that lacks something goes back with all its questions at once. A *task* asks for data that somebody looks up or
signs. A *query* asks a clinician, in the form of the AHIMA/ACDIS practice brief of 2022: it quotes what the record says
with its date and place, leads to no answer, and says nothing of payment. Its options are those that the record
supports, then `Other` and `Clinically unable to determine`. It can be answered with yes or no only where it asks
whether a condition was present on admission or is the cause of another. An answered query is not asked again; while the
chart still says the same, its answer is a coder's item.

What *holds* a chart: without it there is no right claim. One that *warns* leaves a finding under the same id on the
coded chart. One that is *off* asks nothing. A hospital may have those that don't hold `off`, to a `warn`ing, or `on`,
so that its charts wait for the answer, from a day of service, under `rules` of its entry in partners.yaml. `topic`
stands in the query and is the same in every version.

Values are known to a rule only where the words have them, so no rule has a threshold: it fires on what was done, given
or found. A condition that is coded to the full is never asked about.

Not asked here: a service or supply without a row of the chargemaster (a coder's item `charge`), a drug line without its
package code or the quantity of it (edit `U1`), and one without JW or JZ (edit `M4`).
"""
# Rules of claims/encoding.py, which knows what is left to choose from.
_OF_ENCODING: Final = {
    SIDE.id: "only the documented side can choose between the codes that fit, and none is documented (OCG I.B.13). "
    "Holds the chart: without it there is no code.",
    AUTHOR.id: "a condition, an ulcer or malnutrition among them, that only a nurse, a dietitian or another clinician "
    "names is the provider's to diagnose (OCG I.A.19, I.B.14). Holds the chart: it is coded or left out by the answer.",
}
_KINDS: Final = {"open": "open", "choice": "choice", "yes-no": "yes or no", "task": "task"}
_MODES: Final = {"on": "holds", "warn": "warns", "off": "off"}
_ID: Final = re.compile(r"Q(?:-[A-Z]+)+")


class Entry(NamedTuple):
    """A template with the rule that asks it."""

    template: Template
    rule: str
    of_stays: bool


def catalogue() -> tuple[Entry, ...]:
    """Every question once, in the order in which a hospital hears them."""
    asking = {name: rule for rule in COMPLETENESS for name in ids(rule)}
    return tuple(_entry(template, asking.get(template.id)) for template in TEMPLATES)


def ids(rule: Rule) -> tuple[str, ...]:
    """The questions that a rule asks: the ids with which its docstring begins."""
    return tuple(_ID.findall(_words(rule).partition(": ")[0]))


def page() -> str:
    """docs/queries.md."""
    return "\n".join((_HEAD, *_dues(), *_lines()))


def _entry(template: Template, rule: Rule | None) -> Entry:
    if rule is None:
        return Entry(template, _OF_ENCODING[template.id], of_stays=False)
    return Entry(template, _words(rule).partition(": ")[2], of_stays=rule in OF_STAYS)


def _words(rule: Rule) -> str:
    return " ".join((rule.__doc__ or "").split())


def _dues() -> Iterator[str]:
    yield "## When an answer is due\n\nFrom the chart's receipt, on the hospital's calendar.\n"
    yield "| days | why |\n| --- | --- |"
    yield from (f"| {due.days} | {due.why} |" for due in sorted({template.due for template in TEMPLATES}))
    yield ""


def _lines() -> Iterator[str]:
    for title, tasks in (("Tasks", True), ("Queries", False)):
        yield f"## {title}\n"
        for entry in catalogue():
            if (entry.template.kind == "task") is tasks:
                yield _paragraph(entry)


def _paragraph(entry: Entry) -> str:
    template = entry.template
    marks = [
        f"topic `{template.topic}`",
        f"to `{template.to}`",
        _KINDS[template.kind],
        _MODES[template.mode],
        "inpatient stays" if entry.of_stays else "every chart",
        f"due in {template.due.days} days",
    ]
    options = "".join(f"> - {option}\n" for option in template.options)
    asked = f"> {template.ask}\n" + (f">\n{options}" if options else "")
    rule = f"{entry.rule[0].upper()}{entry.rule[1:]}"
    return f"**`{template.id}`** {template.gap}. {rule}\n\n*{', '.join(marks)}*; {template.source}.\n\n{asked}"
