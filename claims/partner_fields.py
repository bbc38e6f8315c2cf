"""What partners.yaml says in shapes of its own: ids, names of files and zones, a payer's member ids, what he
authorizes, where care is given, who is enrolled when."""

import re
from functools import lru_cache
from typing import Annotated, Final, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from claims.codesets.shapes import is_procedure_shape, is_revenue_shape
from schemas.events.people import Address
from schemas.events.types import Day, Line, Many, Npi, Wire

_NPI_PREFIX: Final = "80840"  # the card issuer prefix that the check digit is computed over (45 CFR 162.406)
_NINE_DIGITS: Final = re.compile(r"[0-9]{5}-?[0-9]{4}")
_POST_BOX: Final = re.compile(r"\b(p\W{0,2}o\W{0,2}|post office )\s*box\b|\block ?box\b|\bpmb\b", re.IGNORECASE)
# A class or a character, each with how often; no group, no repetition without an end, nothing that looks elsewhere.
_ATOM: Final = r"(?:\[(?:[A-Z0-9](?:-[A-Z0-9])?)+\]|[A-Z0-9-])(?:\?|\{[0-9]{1,2}(?:,[0-9]{1,2})?\})?"
_BRANCH: Final = re.compile(rf"(?:{_ATOM})+")
_OF_ANY_LENGTH: Final = re.compile(r"\?|\{[0-9]+,[0-9]+\}")
_MOST_OPEN: Final = 3  # each doubles back over an id of 64 characters
_LONGEST: Final = 200
_LARGEST: Final = 9_999_999_999  # 99,999,999.99, as every amount
_STATE: Final = re.compile(r"[A-Z]{2}")
_ZIP: Final = re.compile(r"[0-9]{5}(-?[0-9]{4})?")
_REVENUE_SERIES: Final = re.compile(r"[0-9]{3}x")


def has_check_digit(npi: str) -> bool:
    """Luhn over 80840 + NPI: 1234567893 passes, 1234567890 fails."""
    digits = [int(digit) for digit in reversed(_NPI_PREFIX + npi)]
    doubled = (sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0


def _checked_npi(npi: str) -> str:
    if not has_check_digit(npi):
        raise ValueError("the check digit is wrong (Luhn over 80840 + NPI); take the NPI from NPPES")
    return npi


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (LookupError, ValueError, OSError) as error:
        raise ValueError("not a time zone; write one such as America/Chicago") from error
    return name


def _bare_file(name: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", name):
        raise ValueError("the bare name of a file in chargemasters/, such as mercy-general.csv")
    return name


Days = Annotated[int, Field(ge=0, le=36_525)]
"""A century: with more a day could lie behind the last one of the calendar."""
PartnerId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$")]
"""Part of topic names and principals, so only a-z, 0-9 and the hyphen."""
CheckedNpi = Annotated[Npi, AfterValidator(_checked_npi)]
TaxId = Annotated[str, StringConstraints(pattern=r"^[0-9]{9}$")]
Taxonomy = Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{9}X$")]
Phone = Annotated[str, StringConstraints(pattern=r"^[0-9]{10}$")]
"""Ten digits, without a sign: X12 TE."""
Web = Annotated[str, StringConstraints(pattern=r"^https://[A-Za-z0-9.-]+(/[A-Za-z0-9._~/-]*)?$", max_length=200)]
"""A page that a bill names: https://, a host and a path."""
TimeZone = Annotated[str, AfterValidator(_known_zone)]
FileName = Annotated[str, AfterValidator(_bare_file)]
"""Of a file in a folder of ours: no path leads anywhere else."""


def _member_id_shape(shape: str) -> str:
    """A regular expression that no id makes slow."""
    branches = shape.split("|")
    if len(shape) > _LONGEST or not all(map(_BRANCH.fullmatch, branches)):
        raise ValueError(
            "a shape such as [A-Z]{3}[0-9]{6,9}|W[0-9]{8}: capitals, digits, hyphens and [classes] of them, "
            "each with ?, {n} or {n,m}; | between whole shapes"
        )
    if any(len(_OF_ANY_LENGTH.findall(branch)) > _MOST_OPEN for branch in branches):
        raise ValueError(f"at most {_MOST_OPEN} parts of a shape have no fixed length ({{n,m}} or ?)")
    try:
        re.compile(shape)
    except re.error as error:
        raise ValueError(f"not a shape: {error.msg}") from error
    return shape


@lru_cache(1024)
def member_id_pattern(shape: str) -> re.Pattern[str]:
    """The shape, compiled once."""
    return re.compile(shape)


def _item(code: str) -> str:
    if not (is_procedure_shape(code) or is_revenue_shape(code) or _REVENUE_SERIES.fullmatch(code)):
        raise ValueError("a procedure code, a revenue code of four digits, or a series of them such as 012x")
    return code


MemberIdShape = Annotated[str, AfterValidator(_member_id_shape)]
Item = Annotated[str, AfterValidator(_item)]
"""A procedure code, a revenue code, or a series of revenue codes (`012x`)."""
Clia = Annotated[str, StringConstraints(pattern=r"^[0-9]{2}D[0-9]{7}$")]
"""Ten characters, the third of them D (CPM 16/70.10 has such a format; read: a contractor's digest of it)."""


def no_street(address: Address) -> str | None:
    """Why an address is none where care is given: a box, or in this country a ZIP code without its nine digits."""
    return _unusable(address.lines, address.postal_code, address.country)


@lru_cache(4096)
def _unusable(lines: tuple[str, ...], postal_code: str | None, country: str | None) -> str | None:
    if any(map(_POST_BOX.search, lines)):
        return "a box instead of the street where care is given"
    if country in {None, "US", "USA"} and not _NINE_DIGITS.fullmatch(postal_code or ""):
        return "a ZIP code without its nine digits"
    return None


class Enrolment(Wire):
    """From when to when a payer has somebody enrolled; both days count. Without an end it goes on."""

    since: Day
    until: Day | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.until is not None and self.until < self.since:
            raise ValueError("`until` is before `since`")
        return self

    def holds(self, day: Day) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)


class PatientContact(Wire):
    """Whom a patient asks about a bill, and where the financial assistance policy is to be read (26 CFR 1.501(r)-4)."""

    phone: Phone
    hours: Line | None = None
    web: Web | None = None
    assistance_web: Web | None = None


def _whole(address: Address) -> Address:
    """What N3 and N4 of a claim need, or no claim with this address could be written."""
    here = address.country in {None, "US", "USA"}
    if not (address.lines and address.city):
        raise ValueError("an address has `lines` and `city`")
    if here and not (_STATE.fullmatch(address.state or "") and _ZIP.fullmatch(address.postal_code or "")):
        raise ValueError("an address has its `state` in two letters and its `postal_code` of five or nine digits")
    return address


WholeAddress = Annotated[Address, AfterValidator(_whole)]


class SelfPayDiscount(Wire):
    """What the hospital takes off the charges of who pays himself, from a day of service: hundredths of a percent (4000
    is 40 %), or an amount."""

    since: Day
    percent_hundredths: Annotated[int, Field(ge=1, le=10_000)] | None = None
    cents: Annotated[int, Field(ge=1, le=_LARGEST)] | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.percent_hundredths is None) == (self.cents is None):
            raise ValueError("either `percent_hundredths` or `cents`")
        return self


def _each_from_its_own_day(discounts: tuple[SelfPayDiscount, ...]) -> tuple[SelfPayDiscount, ...]:
    if len({each.since for each in discounts}) < len(discounts):
        raise ValueError("two begin on one day; keep the one that holds")
    return discounts


SelfPayDiscounts = Annotated[Many[SelfPayDiscount], AfterValidator(_each_from_its_own_day)]
