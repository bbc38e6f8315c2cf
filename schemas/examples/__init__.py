"""One readable example of every event: an invented patient's visit, from chart to bill. Every codec is run on them."""

from importlib.resources import files

from schemas.events import SUBJECTS
from schemas.events.types import Wire


def example(subject: str) -> Wire:
    """The subject's example, validated as JSON by its model."""
    return SUBJECTS[subject].model_validate_json((files(__name__) / f"{subject}.json").read_bytes())


def examples() -> dict[str, Wire]:
    return {subject: example(subject) for subject in SUBJECTS}
