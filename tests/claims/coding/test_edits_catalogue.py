"""The rules as `claimstream edits` lists them."""

from claims.edits.catalogue import entries


def test_a_rule_is_listed_with_all_that_is_known_of_it() -> None:
    (listed,) = (entry.facts for entry in entries() if entry.rule.name == "sex_conflict")
    assert listed == {
        "id": "X6",
        "family": "inpatient",
        "name": "sex_conflict",
        "severity": "warn",
        "carc": "10",
        "of": "inpatient stays",
        "since": None,
        "until": "2024-09-30",
        "citation": "Medicare Code Editor, edit 5",
        "rule": "No code of the other sex (MCE 5, which ended with discharges of 2024-09-30). Of inpatients only: the "
        "tables of the Integrated OCE have no sexes any more (its edit 3 is inactive).",
        "mend": "check the code and the recorded sex",
        "fixed": False,
    }


def test_a_rule_that_began_is_listed_with_its_first_day() -> None:
    assert [entry.facts["since"] for entry in entries() if entry.rule.name == "unspecified_side"] == ["2022-04-01"]


def test_every_rule_has_an_entry_of_its_own() -> None:
    names = [(entry.rule.id, entry.rule.name) for entry in entries()]
    assert len(set(names)) == len(names)
