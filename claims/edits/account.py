"""Edits over the patient's other charts: what one chart, or one claim, can't tell."""

from typing import Final

from claims.edits.duplicates import DUPLICATES_ACROSS
from claims.edits.interim import INTERIM_ACROSS
from claims.edits.pairs import PAIRS_ACROSS
from claims.edits.rule import Rule
from claims.edits.units import UNITS_ACROSS
from claims.edits.visits import VISITS

ACCOUNT: Final[tuple[Rule, ...]] = (*DUPLICATES_ACROSS, *PAIRS_ACROSS, *UNITS_ACROSS, *VISITS, *INTERIM_ACROSS)
