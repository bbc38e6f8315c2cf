"""What a rule may ask: code sets, partners and price lists, each with its version. Built once at start, read by
every step."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from claims.chargemaster import Chargemaster
from claims.code_facts import DiagnosisCodes
from claims.codesets import CodeSets
from claims.codesets.dated import DatedTables
from claims.codesets.lists import shipped_tables
from claims.codesets.sides import Side, sides_of
from claims.deidentify import CountedBy
from claims.diagnosis_map import DiagnosisMap
from claims.mce import MedicareCodeEditor
from claims.partners import Partners


@dataclass(frozen=True)
class Reference:
    """Every table a decision depends on; `edits` names the version of the rules.

    Without tables of the user's there are the lists that ship with the program.
    """

    codes: CodeSets
    partners: Partners
    chargemasters: Mapping[str, Chargemaster]
    mce: MedicareCodeEditor
    edits: str
    tables: DatedTables = field(default_factory=shipped_tables)
    diagnosis_maps: Mapping[str, DiagnosisMap] = field(default_factory=dict)

    @property
    def edit_tables(self) -> str:
        """The versions of the rules and of their tables in one line, as events carry them."""
        return f"{self.edits}; {self.mce.version}; {self.tables.version}"

    @cached_property
    def side(self) -> Callable[[str], Side | None]:
        """The side of the body that a diagnosis code says."""
        return sides_of(self.codes)

    @cached_property
    def diagnosis_codes(self) -> DiagnosisCodes:
        """What is asked of diagnosis codes, remembered."""
        return DiagnosisCodes(self.codes, self.mce)

    @cached_property
    def counted_by(self) -> CountedBy:
        """What statistics count by. Departments of all hospitals together: a table is of them all."""
        masters = self.chargemasters.values()
        departments = frozenset[str]().union(*(master.departments for master in masters))
        zones = {hospital.id: hospital.zone for hospital in self.partners.hospitals.values()}
        return CountedBy(self.codes.ccsr, departments, zones)
