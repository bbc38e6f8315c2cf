"""What was done to the patient, and the ICD-10-PCS codes of an inpatient stay, as given."""

from collections.abc import Iterator
from typing import Final

from claims.codesets.shapes import ICD_10_PCS, is_inpatient_procedure_shape
from claims.scene import Scene, text_of
from claims.stay import local_day
from schemas.events.chart import Statement
from schemas.events.coded import CodedProcedure, WorkItem

BILLABLE: Final = frozenset({"treatment", "supply", "drug", "laboratory", "device"})


def inpatient_procedures(scene: Scene, statement: Statement) -> Iterator[CodedProcedure | WorkItem]:
    """ICD-10-PCS codes as given, of inpatient stays only (45 CFR 162.1002(c)(3)), of what was done to the patient.

    Without a day, or in a shape that no procedure has, it is a coder's: neither dropped nor guessed.
    """
    given = [coding.code for coding in statement.codings if coding.system in ICD_10_PCS]
    if not (given and scene.inpatient and is_performed(statement)):
        return
    for code in given:
        if not is_inpatient_procedure_shape(code):
            yield _work(statement, "the code given has not the shape of an ICD-10-PCS code")
        elif statement.performed_at is None:
            yield _work(statement, "an operation without its day")
        else:
            yield CodedProcedure(
                code=code,
                performed_at=local_day(statement.performed_at, scene.hospital),
                performer=statement.performer,
                statement=statement.id,
                path="given",
                release=scene.reference.codes.release,
            )


def is_performed(statement: Statement) -> bool:
    """Done, and to the patient: a test without its result is asked about by completeness."""
    done = statement.certainty == "confirmed" and statement.result_present is not False
    return statement.kind in BILLABLE and statement.whose == "patient" and done


def _work(statement: Statement, why: str) -> WorkItem:
    return WorkItem(statement=statement.id, kind="procedure", text=text_of(statement), why=why)
