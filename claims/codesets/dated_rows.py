"""What the dated tables say: one row as it stands in a table, with the days it is valid for. Both days count."""

from datetime import date
from typing import Literal, NamedTuple

Setting = Literal["practitioner", "outpatient", "dme"]
"""CMS publishes pairs for the first two and unit limits for all three."""


class Term(NamedTuple):
    """A code of a list. `note` is the Medicare coverage code of an HCPCS code, elsewhere empty."""

    code: str
    title: str
    first: date
    last: date | None = None
    note: str | None = ""


class Pair(NamedTuple):
    """NCCI PTP: column 1 is payable and column 2 denied. Indicator 0 never bypassed, 1 by a modifier, 9 to be ignored.

    The deletion date is the last day on which the pair holds.
    """

    column1: str
    column2: str
    indicator: int
    first: date
    last: date | None = None


class UnitLimit(NamedTuple):
    """NCCI MUE. The indicator says what is limited: 1 the line, 2 the day, 3 the day unless documented."""

    code: str
    units: int
    indicator: int
    first: date
    last: date | None = None


class AddOn(NamedTuple):
    """NCCI add-on: a code that is paid beside a base. Kind 1: these bases only, 2: named by the payer, 3: these and
    others."""

    code: str
    bases: frozenset[str]
    kind: int
    first: date
    last: date | None = None


class Necessity(NamedTuple):
    """A coverage policy: the procedure is supported by one of these diagnoses, or by any code below a prefix `E11*`."""

    policy: str
    code: str
    diagnoses: tuple[str, ...]
    first: date
    last: date | None = None


class SourceFile(NamedTuple):
    """A file that was read: its name in the user's folder, and the SHA-256 of its bytes in hexadecimal."""

    name: str
    sha256: str


Row = Term | Pair | UnitLimit | AddOn | Necessity
