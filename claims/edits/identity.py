"""Edits on who the patient is: member id, name, birth and death (I1, I2, I3, I7, I8)."""

import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from claims.edits.rule import Fault, Rule, rule
from claims.edits.subject import Subject
from claims.payers import pays_for_work
from schemas.events.chart import Coverage
from schemas.events.people import Name

OLDEST: Final = 124
_LETTERS: Final = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", **dict.fromkeys("'’‘ʼʻ`´", "")}
)
"""Letters that Unicode doesn't take apart, as they are written without their mark; and apostrophes."""
_OF_WORDS: Final = frozenset("LM")
"""Letters, and marks that are no accents, by the first letter of their Unicode category."""
_SUFFIXES: Final = frozenset({"jr", "sr", "ii", "iii", "iv", "v"})


@rule("I1", "reject", carc="31", citation="837 2010BA NM109", mend="give the id on the member's card")
def member_id_missing(subject: Subject) -> Iterator[Fault]:
    """An insurer knows its member by his id (837 loop 2010BA NM109).

    The id has the shape that the payer's entry gives (`member_id` in partners.yaml); without one every id has it.
    """
    for at, (coverage, payer) in enumerate(zip(subject.coverages, subject.payers, strict=True)):
        member_id = coverage.member_id
        if member_id is None:
            if coverage.kind == "insurer" and not pays_for_work(coverage):
                yield Fault("an insurer's coverage without the member's id", f"coverages[{at}].member_id")
        elif payer is not None and payer.member_id is not None and not payer.knows(member_id):
            yield Fault("a member's id that this payer doesn't give", f"coverages[{at}].member_id", None, "member id")


@rule(
    "I2",
    "warn",
    carc="140",
    citation="eligibility 271, 2100C NM1 and DMG",
    mend="correct what is registered, or ask the plan again under the right person",
    needs="plan's answers",
)
def not_whom_the_plan_knows(subject: Subject) -> Iterator[Fault]:
    """The plan's answer (271) names the patient as the chart does: same family name, given name and date of birth.

    Case, accents, punctuation, suffixes and middle names don't count, and an initial stands for its name.
    """
    for at, coverage in enumerate(subject.coverages):
        answered, born = coverage.eligible_name, coverage.eligible_birth_date
        if answered is not None and subject.patient.name is not None and not _same(answered, subject.patient.name):
            message = "the plan answered another name than the patient's"
            yield Fault(message, f"coverages[{at}].eligible_name", None, "name")
        if born is not None and subject.patient.birth_date not in {None, born}:
            message = "the plan answered another date of birth than the patient's"
            yield Fault(message, f"coverages[{at}].eligible_birth_date", None, "day")


@rule(
    "I3",
    "reject",
    carc="16",
    citation="837 2010BA, 2010CA N3, N4, DMG",
    mend="give the patient's relationship to the subscriber, and of both what a claim names",
)
def subscriber_or_dependent_unclear(subject: Subject) -> Iterator[Fault]:
    """Who is the subscriber himself is not somebody else; a dependent has an address, a date of birth and a sex.

    837 loop 2010CA needs N3, N4 and DMG of a patient who is not the subscriber, and 2010BA the subscriber's name. A sex
    that is unknown can be sent (DMG03 U), so that it warns. Of one family name and one day of birth it is the same
    person, whatever he is called.
    """
    patient = subject.patient
    for at, coverage in enumerate(subject.coverages):
        subscriber = coverage.subscriber
        if subscriber.relationship == "self":
            if subscriber.name is not None and _is_another(coverage, subject):
                message = "the patient is said to be the subscriber, who is somebody else"
                yield Fault(message, f"coverages[{at}].subscriber.relationship", None, "relationship")
        elif coverage.kind == "insurer":
            if subscriber.name is None:
                yield Fault("a dependent without the subscriber's name", f"coverages[{at}].subscriber.name")
            if patient.address is None or not patient.address.lines:
                yield Fault("a dependent without an address", "patient.address")
            if patient.birth_date is None:
                yield Fault("a dependent without a date of birth", "patient.birth_date")
            if patient.sex == "unknown":
                yield Fault("a dependent whose sex is unknown", "patient.sex", severity="warn")


def _is_another(coverage: Coverage, subject: Subject) -> bool:
    subscriber, patient = coverage.subscriber, subject.patient
    if subscriber.birth_date is not None and patient.birth_date not in {None, subscriber.birth_date}:
        return True
    if subscriber.name is None or patient.name is None or _same(subscriber.name, patient.name):
        return False
    of_one_day = subscriber.birth_date is not None and subscriber.birth_date == patient.birth_date
    return not (of_one_day and _family(subscriber.name.family) == _family(patient.name.family))


def _same(one: Name, other: Name) -> bool:
    """Two spellings of one person's name."""
    if _family(one.family) != _family(other.family):
        return False
    given, known = _words(one.given or ""), _words(other.given or "")
    return not given or not known or given[0].startswith(known[0]) or known[0].startswith(given[0])


def _family(name: str) -> str:
    """Run together: double names are written with a hyphen, a space or neither."""
    words = _words(name)
    return "".join(words[:-1] if len(words) > 1 and words[-1] in _SUFFIXES else words)


@lru_cache(1024)
def _words(name: str) -> tuple[str, ...]:
    """The letters of any script, without their accents; a name that has no letter is as it is written."""
    bare = unicodedata.normalize("NFKD", name.casefold().translate(_LETTERS)).casefold()
    spaced = "".join(c if unicodedata.category(c)[0] in _OF_WORDS else " " for c in bare if not _is_accent(c))
    return tuple(spaced.split() or name.casefold().split())


def _is_accent(mark: str) -> bool:
    """A mark that a spelling may leave out. Those of classes 7 to 9 make another letter (a nukta, a voiced kana, a
    virama), and vowel signs have class 0."""
    return unicodedata.combining(mark) not in {0, 7, 8, 9}


@rule("I7", "reject", carc="13", citation="CARC 13", mend="correct the day of service or of death", needs="death")
def after_death(subject: Subject) -> Iterator[Fault]:
    """No service after the day of death."""
    died = subject.patient.deceased_date
    if died is None:
        return
    for at, service in enumerate(subject.services):
        if service.service_from > died:
            yield Fault("a service after the patient's death", f"services[{at}].service_from", at, "day")


@rule(
    "I8",
    "reject",
    carc="14",
    citation="MCE 14, IOCE 25",
    mend="correct the date of birth or of the encounter",
    needs="impossible age",
)
def before_birth_or_too_old(subject: Subject) -> Iterator[Fault]:
    """Nobody is treated before his birth, or older than 124 (MCE 14, IOCE 25)."""
    if subject.age is not None and not 0 <= subject.age <= OLDEST:
        yield Fault("the date of birth gives no possible age", "patient.birth_date", None, "day")


IDENTITY: Final[tuple[Rule, ...]] = (
    member_id_missing,
    not_whom_the_plan_knows,
    subscriber_or_dependent_unclear,
    after_death,
    before_birth_or_too_old,
)
