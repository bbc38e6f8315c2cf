"""What a rule may ask: code sets, partners and price lists, each with its version. Built once at start, read by
every step."""

from collections.abc import Mapping
from dataclasses import dataclass

from claims.chargemaster import Chargemaster
from claims.codesets import CodeSets
from claims.mce import MedicareCodeEditor
from claims.partners import Partners


@dataclass(frozen=True)
class Reference:
    """Every table a decision depends on; `edits` names the version of the rules."""

    codes: CodeSets
    partners: Partners
    chargemasters: Mapping[str, Chargemaster]
    mce: MedicareCodeEditor
    edits: str

    @property
    def edit_tables(self) -> str:
        """The versions of the rules and of their tables in one word, as events carry them."""
        return f"{self.edits}; {self.mce.version}"
