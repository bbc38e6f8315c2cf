"""What NCCI says of lines, by brute force over CMS's files: it shares no code with the rules, and imports none of ours.

A row of a pair: column 1 is paid and column 2 denied, for one patient, provider and day, from its effective date to its
deletion date, both counted. Indicator 0 is never parted, 9 ignored, 1 parted by an associated modifier on either code;
before 1 July 2019 by 59 and X{EPSU} on column 2 only. A limit: indicator 1 of a line, 2 and 3 of a day.
"""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product
from pathlib import Path

FILES = Path(__file__).parent / "ncci"
_SPELLED = (
    "E1 E2 E3 E4 FA F1 F2 F3 F4 F5 F6 F7 F8 F9 TA T1 T2 T3 T4 T5 T6 T7 T8 T9 LT RT LC LD RC LM RI 24 25 57 58 78 79 27 "
    "59 91 XE XS XP XU"
)
ASSOCIATED = set(_SPELLED.split())
LIMITS = [
    # setting, first day, last day
    ("practitioner", "20190401", "20190630"),
    ("practitioner", "20190701", "99991231"),
    ("outpatient", "20190701", "99991231"),
    ("dme", "20190701", "99991231"),
]


@dataclass(frozen=True)
class Item:
    """A line as the oracle sees it; the day as CMS writes it."""

    number: int
    code: str
    modifiers: tuple[str, ...]
    units: int
    day: str
    provider: str
    setting: str


def limits_file(setting: str, first: str) -> Path:
    return FILES / f"{setting}-limits-{first[:4]}-{first[4:6]}-{first[6:]}.csv"


def denied(items: Iterable[Item]) -> set[tuple[str, int]]:
    """N1 and N2 with the number of the denied line."""
    items = list(items)
    found = set()
    for setting in ("practitioner", "outpatient"):
        for row in (FILES / f"{setting}-pairs.txt").read_text("latin-1").splitlines():
            cells = row.split("\t")
            if not cells[3].isdigit() or cells[5] == "9":
                continue
            for one, two in product(items, items):
                kind = {"dme": "practitioner"}.get(one.setting, one.setting)
                same = (one.day, one.provider) == (two.day, two.provider) and kind == setting
                if not same or (one.code, two.code) != (cells[0], cells[1]):
                    continue
                if one.day < cells[3] or (cells[4] != "*" and one.day > cells[4]):
                    continue
                if cells[5] == "0":
                    found.add(("N1", two.number))
                elif not _parted(one, two):
                    found.add(("N2", two.number))
    return found


def _parted(one: Item, two: Item) -> bool:
    for modifier in two.modifiers:
        if modifier in ASSOCIATED:
            return True
    for modifier in one.modifiers:
        if modifier in ASSOCIATED and (one.day >= "20190701" or modifier not in {"59", "XE", "XS", "XP", "XU"}):
            return True
    return False


def excessive(items: Iterable[Item]) -> set[tuple[str, int]]:
    """The indicator, and the number of the line, or of a day's first one."""
    items = list(items)
    found = set()
    for setting, first, last in LIMITS:
        with limits_file(setting, first).open(newline="") as file:
            rows = [cells for cells in csv.reader(file) if cells[1].isdigit()]
        for code, value, indicator, _ in rows:
            mine = [
                item for item in items if (item.code, item.setting) == (code, setting) and first <= item.day <= last
            ]
            for item in mine:
                if indicator[0] == "1":
                    units, number = item.units, item.number
                else:
                    day = [each for each in mine if (each.day, each.provider) == (item.day, item.provider)]
                    units, number = sum(each.units for each in day), min(each.number for each in day)
                if units > int(value):
                    found.add((indicator[0], number))
    return found
