"""Whether Medicare or a group health plan pays first, as far as the facts say (42 CFR 411; billing.md section 6)."""

from datetime import date, timedelta
from typing import Final

from schemas.events.chart import PriorityFacts

_AGED: Final = 65
_FEW, _MANY = 20, 100  # employees, from which a plan is first: of an aged, of a disabled person
_COORDINATION: Final = 30  # months


def medicare_is_first(facts: PriorityFacts, born: date | None, day: date) -> bool | None:
    """Of a group plan and Medicare on a day; None where the facts leave it open."""
    if born is None:
        return None
    work = _first_by_work(facts, born, day)
    start = facts.esrd_start
    if start is None or day < start:
        return work
    if not is_coordinated(start, day):
        return True
    # Where it was first before the kidneys failed it stays so (POMS HI 00801.247).
    return is_aged(born, start) and _first_by_work(facts, born, start) is True


def is_by_current_work(facts: PriorityFacts | None) -> bool | None:
    """Whether a plan is one of who works, and not of who is retired or has it continued (COBRA); None: unknown."""
    if facts is None:
        return None
    return False if facts.retired or facts.continued else facts.working


def is_coordinated(start: date, day: date) -> bool:
    """Whether a day is in the months, from that of eligibility on, in which a plan goes before Medicare for who has
    end-stage renal disease."""
    return start <= day and _months(start, day) < _COORDINATION


def is_aged(born: date, day: date) -> bool:
    """From the first of the month in which he attains 65: on the day before the birthday (42 CFR 411.170(c))."""
    eve = born - timedelta(days=1)
    return (day.year, day.month) >= (eve.year + _AGED, eve.month)


def _first_by_work(facts: PriorityFacts, born: date, day: date) -> bool | None:
    """By current work and the employer's size; the facts are taken as they are on every day that is asked for."""
    if not facts.working:
        return True if facts.retired or facts.working is False else None
    if facts.employer_size is None:
        return None
    return facts.employer_size < (_FEW if is_aged(born, day) else _MANY)


def _months(start: date, day: date) -> int:
    """Months after the first one: the coordination period begins with the month of eligibility."""
    return (day.year - start.year) * 12 + day.month - start.month
