"""Every subject ships one example, and every codec is run on it."""

from importlib.resources import files

import pytest

from schemas.codec import Codec
from schemas.compiled import CompiledCodec
from schemas.events import SUBJECTS
from schemas.examples import example, examples
from schemas.registry import committed


@pytest.fixture(scope="module")
def compiled() -> CompiledCodec:
    return CompiledCodec(committed())


def test_every_subject_has_an_example_and_no_other_file_lies_there() -> None:
    names = {path.name for path in files("schemas.examples").iterdir() if path.name.endswith(".json")}
    assert names == {f"{subject}.json" for subject in SUBJECTS}


def test_every_example_is_its_subjects_event() -> None:
    assert {subject: type(event) for subject, event in examples().items()} == SUBJECTS


@pytest.mark.parametrize("subject", SUBJECTS)
def test_an_example_comes_back_from_the_strict_codec_as_it_was(subject: str) -> None:
    codec = Codec(committed())
    assert codec.decode_strict(codec.encode(example(subject))) == example(subject)


@pytest.mark.parametrize("subject", SUBJECTS)
def test_an_example_comes_back_from_the_compiled_codec_as_it_was(subject: str, compiled: CompiledCodec) -> None:
    assert compiled.decode(compiled.encode(example(subject))) == example(subject)


@pytest.mark.parametrize("subject", SUBJECTS)
def test_both_codecs_write_an_example_in_the_same_bytes(subject: str, compiled: CompiledCodec) -> None:
    assert compiled.encode(example(subject)) == compiled.strict.encode(example(subject))
