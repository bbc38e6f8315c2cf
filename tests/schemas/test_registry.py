"""The committed index: what an id names never changes."""

from importlib.resources import files

import pytest
from fastavro import parse_schema

from schemas.events import SUBJECTS
from schemas.registry import Ids, SchemaVersion, committed, newest, schema


def test_every_subject_has_an_id() -> None:
    assert {version.subject for version in committed().of} == set(SUBJECTS)


def test_no_id_names_two_schemas() -> None:
    assert len(committed().versions) == len(committed().of)


def test_the_ids_of_the_first_versions_stay_what_they_were() -> None:
    assert [committed().of[SchemaVersion(subject, 1)] for subject in SUBJECTS] == list(range(1, 13))


def test_every_committed_schema_is_in_the_index() -> None:
    folders = [folder for folder in (files("schemas") / "avro").iterdir() if folder.is_dir()]
    lying = {(folder.name, file.name) for folder in folders for file in folder.iterdir()}
    assert lying == {(version.subject, f"{version.version}.avsc") for version in committed().of}


@pytest.mark.parametrize("version", sorted(committed().of), ids=str)
def test_every_committed_schema_is_avro(version: SchemaVersion) -> None:
    assert parse_schema(schema(version))


def test_the_newest_version_is_the_highest_not_the_last_in_the_alphabet() -> None:
    ids = Ids({SchemaVersion("a", number): number for number in (1, 2, 10)})
    assert newest(ids, "a") == SchemaVersion("a", 10)


def test_a_subject_without_a_version_has_no_newest() -> None:
    assert newest(committed(), "unheard-of") is None
