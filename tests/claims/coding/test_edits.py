"""Every edit: a chart that it lets pass, and one that it finds."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from claims.edits import ACCOUNT_EDITS, CHART_EDITS, FAMILIES, check_chart
from claims.edits.interim import INTERIM_ACROSS
from claims.edits.rule import Rule
from claims.edits.subject import Subject
from claims.edits.visits import VISITS
from claims.partners import RuleSetting
from claims.tables import Reference
from schemas.events.coded import ChartCoded, CodedDiagnosis, Finding
from tests.claims.coding.builders import with_line
from tests.claims.coding.changes import with_coverage

Case = tuple[Rule, str, str, str | None, Any]
TESTED_ELSEWHERE = (
    "identity",
    "eligibility",
    "dates",
    "timely filing",
    "providers",
    "orders",
    "coverage",
    "authorization",
    "diagnosis",
    "guidelines",
    "inpatient",
    "present on admission",
    "institutional",
    "interim bills",
    "days and hours",
)  # test_edits_*.py
BAD_NPI = "1234567890"


def with_principal(chart: ChartCoded, code: str, *others: str) -> ChartCoded:
    """The chart with these diagnoses and its admitting one."""
    principal = chart.diagnoses[0].model_copy(update={"code": code})
    rest = [principal.model_copy(update={"code": other, "role": "other", "rank": 2}) for other in others]
    admitting = [diagnosis for diagnosis in chart.diagnoses if diagnosis.role == "admitting"]
    return chart.model_copy(update={"diagnoses": (principal, *rest, *admitting)})


def found(edit: Rule, chart: ChartCoded, reference: Reference) -> list[Finding]:
    return list(edit.findings(Subject(chart, reference)))


def every_case() -> Iterator[Case]:
    """The rows of each FIRES table of this folder, the rules of a family beside each other."""
    for file in sorted(Path(__file__).parent.glob("test_*.py")):
        module = import_module(f"tests.claims.coding.{file.stem}")
        for name in vars(module):
            if name.startswith("FIRES"):
                yield from getattr(module, name)


def test_every_edit_has_a_case_and_cites_its_rule() -> None:
    cases = {row[0] for row in every_case()}

    elsewhere = {rule for family in TESTED_ELSEWHERE for rule in FAMILIES[family]}

    assert {*CHART_EDITS, *ACCOUNT_EDITS} - {*VISITS, *INTERIM_ACROSS} - elsewhere == cases - elsewhere
    assert all(edit.words for edit in (*CHART_EDITS, *ACCOUNT_EDITS))


def test_nothing_is_found_in_a_good_chart(coded: ChartCoded, stay: ChartCoded, reference: Reference) -> None:
    assert check_chart(coded, reference) == check_chart(stay, reference) == ()


def test_all_findings_come_at_once(coded: ChartCoded, reference: Reference) -> None:
    wrong = with_coverage(with_line(with_principal(coded, "E11"), units=0), member_id=None)

    assert {finding.rule for finding in check_chart(wrong, reference)} == {"X1", "N4", "I1"}


def test_a_finding_never_repeats_the_value(coded: ChartCoded, reference: Reference) -> None:
    wrong = with_line(with_principal(coded, "Q99.ZZZ"), modifiers=("zzz",), performer_npi=BAD_NPI)

    said = "".join(finding.model_dump_json() for finding in check_chart(wrong, reference))

    assert not [value for value in ("Q99.ZZZ", "zzz", BAD_NPI) if value in said]


def test_an_invalid_diagnosis_of_a_stay_is_said_once(stay: ChartCoded, reference: Reference) -> None:
    said = check_chart(with_principal(stay, "I50.9", "E11"), reference)

    assert [finding.rule for finding in said if finding.severity == "reject"] == ["X1"]


def payer_says(reference: Reference, mode: Any, since: date = date(2026, 1, 1)) -> Reference:
    commercial = reference.partners.payer("commercial")
    rules = {"N4": RuleSetting(mode=mode, since=since), "M2": RuleSetting(mode=mode, since=since)}
    payers = {**reference.partners.payers, "commercial": commercial.model_copy(update={"rules": rules})}
    return replace(reference, partners=reference.partners.model_copy(update={"payers": payers}))


@pytest.mark.parametrize(("mode", "said"), [("off", []), ("warn", ["warn"]), ("on", ["reject"])])
def test_a_payer_sets_a_rule_off_to_a_warning_or_on(
    coded: ChartCoded, reference: Reference, mode: str, said: list[str]
) -> None:
    for wrong in (with_line(coded, units=0), with_line(coded, modifiers=("LT", "RT"))):
        assert [finding.severity for finding in check_chart(wrong, payer_says(reference, mode))] == said


def test_a_payers_setting_does_not_reach_back(coded: ChartCoded, reference: Reference) -> None:
    later = payer_says(reference, "off", date(2026, 3, 11))

    assert [finding.rule for finding in check_chart(with_line(coded, units=0), later)] == ["N4"]


def test_an_external_cause_alone_is_no_diagnosis(coded: ChartCoded, reference: Reference) -> None:
    cause = CodedDiagnosis(
        code="W19.XXXA", role="external-cause", rank=1, statement="s", path="given", release="2026-04-01"
    )

    said = check_chart(coded.model_copy(update={"diagnoses": (cause,)}), reference)

    assert [finding.rule for finding in said] == ["X1"]
