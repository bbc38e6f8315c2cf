"""A small code set of real rows, a small chargemaster, and one whole chart that tests take pieces away from."""

from collections.abc import Callable, Iterator
from datetime import date

import pytest

from claims.chargemaster import Chargemaster, parse_chargemaster
from claims.codesets import CodeSets
from claims.codesets.build import Row, compile_codesets
from claims.codesets.notes import RowNote
from claims.mce import MedicareCodeEditor
from claims.partners import Partners
from claims.tables import Reference
from claims.validation import validate
from schemas.events.chart import (
    Admission,
    ChartCompleted,
    Coding,
    Coverage,
    Discharge,
    Document,
    Encounter,
    Order,
)
from schemas.events.coded import ChartCoded
from schemas.events.people import Name, Patient, Provider, Subscriber
from tests.claims.coding.builders import CHARGEMASTER, ICD, at, done, said

EPISODES = {"A": "initial encounter", "D": "subsequent encounter", "S": "sequela"}
FRACTURE = {
    "A": "initial encounter for closed fracture",
    "B": "initial encounter for open fracture",
    "D": "subsequent encounter for fracture with routine healing",
    "S": "sequela",
}
ROWS = (
    Row("A00", "Cholera", False),
    Row("A00.0", "Cholera due to Vibrio cholerae 01, biovar cholerae", True, "A00", ("Classical cholera",), "DIG001"),
    Row("A00.9", "Cholera, unspecified", True, "A00", (), "DIG001"),
    Row("C50", "Malignant neoplasm of breast", False),
    Row("E10.9", "Type 1 diabetes mellitus without complications", True),
    Row("E11", "Type 2 diabetes mellitus", False, notes=(
        RowNote("excludes1", "E11", "type 1 diabetes mellitus (E10.-)"),
        RowNote("use-additional", "E11", "code to identify control using: insulin (Z79.4)"),
    )),
    Row("E11.9", "Type 2 diabetes mellitus without complications", True, "E11", (), "END002"),
    Row("G56.0", "Carpal tunnel syndrome", False),
    Row("G56.01", "Carpal tunnel syndrome, right upper limb", True, "G56.0"),
    Row("G56.02", "Carpal tunnel syndrome, left upper limb", True, "G56.0"),
    Row("G56.03", "Carpal tunnel syndrome, bilateral upper limbs", True, "G56.0"),
    Row("G35", "Multiple sclerosis", False, None, (), "NVS005"),
    Row("G35.D", "Multiple sclerosis, unspecified", True, "G35", ("Multiple sclerosis NOS",)),
    Row("H47.1", "Papilledema", False),
    Row("H47.10", "Unspecified papilledema", True, "H47.1"),
    Row("H47.142", "Foster-Kennedy syndrome, left eye", True, "H47.1"),
    Row("H81.0", "Ménière's disease", False),
    Row("H81.01", "Ménière's disease, right ear", True, "H81.0"),
    Row("H81.02", "Ménière's disease, left ear", True, "H81.0"),
    Row("I10", "Essential (primary) hypertension", True, None, ("High blood pressure",), "CIR007"),
    Row("J44", "Other chronic obstructive pulmonary disease", False),
    Row("J44.9", "Chronic obstructive pulmonary disease, unspecified", True, "J44"),
    Row("M25.56", "Pain in knee", False),
    *(
        Row(f"M25.56{n}", f"Pain in {side} knee", True, "M25.56")
        for n, side in ((1, "right"), (2, "left"), (9, "unspecified"))
    ),
    Row("N18", "Chronic kidney disease (CKD)", False, notes=(
        RowNote("code-first", "N18", "any associated: hypertensive chronic kidney disease (I12.-, I13.-)"),
    )),
    Row("I12.9", "Hypertensive chronic kidney disease with stage 1 chronic kidney disease", True),
    Row("N18.1", "Chronic kidney disease, stage 1", True, "N18"),
    Row("R05.1", "Acute cough", True),
    Row("S52", "Fracture of forearm", False, notes=tuple(
        RowNote("seventh", "S52", f"{letter}={said}") for letter, said in FRACTURE.items()
    )),
    Row("S52.90", "Unspecified fracture of unspecified forearm", False, "S52", ("Broken forearm NOS",)),
    *(
        Row(f"S52.90X{letter}", f"Unspecified fracture of unspecified forearm, {said}", True, "S52.90")
        for letter, said in FRACTURE.items()
    ),
    Row("I50.9", "Heart failure, unspecified", True, None, (), "CIR019"),
    Row("O80", "Encounter for full-term uncomplicated delivery", True, None, (), "PRG023"),
    Row("R07.9", "Chest pain, unspecified", True, None, (), "SYM011"),
    Row("S93.40", "Sprain of unspecified ligament of ankle", False, None, ("Sprained ankle NOS",), notes=tuple(
        RowNote("seventh", "S93", f"{letter}={said}") for letter, said in EPISODES.items()
    )),
    *(
        Row(f"S93.40{side}{letter}", f"Sprain of unspecified ligament of {name} ankle, {episode}", True, "S93.40")
        for side, name in (("1", "right"), ("2", "left"), ("9", "unspecified"))
        for letter, episode in EPISODES.items()
    ),
    Row("W19", "Unspecified fall", False),
    Row("W19.XXXA", "Unspecified fall, initial encounter", True, "W19", (), "EXT003"),
    Row("Z37.0", "Single live birth", True, None, (), "PRG030"),
    Row("Z28.310", "Unvaccinated for COVID-19", True),
    Row("Z79.4", "Long term (current) use of insulin", True),
    Row("Z80.3", "Family history of malignant neoplasm of breast", True, None, (), "FAC021"),
    Row("Z85.3", "Personal history of malignant neoplasm of breast", True, None, (), "FAC022"),
    Row("Z91.81", "History of falling", True),
)  # fmt: skip


@pytest.fixture(scope="session")
def buffer() -> bytes:
    return compile_codesets(ROWS, "2026-04-01")


@pytest.fixture(scope="session")
def codes(buffer: bytes) -> CodeSets:
    return CodeSets(buffer)


@pytest.fixture(scope="session")
def mce() -> Iterator[MedicareCodeEditor]:
    editor = MedicareCodeEditor.open()
    yield editor
    editor.close()


@pytest.fixture(scope="session")
def chargemaster() -> Chargemaster:
    return parse_chargemaster(CHARGEMASTER, "mercy-general.csv")


@pytest.fixture(scope="session")
def reference(codes: CodeSets, mce: MedicareCodeEditor, chargemaster: Chargemaster, partners: Partners) -> Reference:
    return Reference(codes, partners, {"mercy-general": chargemaster}, mce, "edits test")


@pytest.fixture(scope="session")
def whole_chart() -> ChartCompleted:
    """A clinic visit of 10 March 2026 that lacks nothing. Charts are frozen: one serves all tests."""
    return ChartCompleted(
        event_id="e-1",
        occurred_at=at(11),
        producer="mercy-general",
        hospital="mercy-general",
        chart_id="c-1",
        version=1,
        account_number="A1",
        received_at=at(12),
        patient=Patient(mrn="m-1", name=Name(family="Doe", given="Ann"), birth_date=date(1960, 5, 4), sex="female"),
        encounter=Encounter(
            id="v-1",
            encounter_class="ambulatory",
            start=at(10, 14),
            end=at(10, 16),
            providers=(Provider(role="attending", local_id="DR-IM-001"),),
        ),
        documents=(
            Document(
                id="n-1",
                kind=Coding(system="http://loinc.org", code="34131-3", display="Progress note"),
                signed_by="DR-IM-001",
                signed_at=at(10, 17),
            ),
        ),
        statements=(said("I10", rank=1), done(order_id="o-1", result_present=True)),
        orders=(Order(id="o-1", text="Glucose", status="completed"),),
        coverages=(
            Coverage(
                id="p-1",
                payer="commercial",
                kind="insurer",
                plan_kind="CI",
                member_id="M1",
                subscriber=Subscriber(relationship="self"),
            ),
        ),
    )


@pytest.fixture
def chart(whole_chart: ChartCompleted) -> ChartCompleted:
    return whole_chart


@pytest.fixture
def inpatient(chart: ChartCompleted) -> ChartCompleted:
    """A stay of 3 to 6 March 2026 for heart failure that lacks nothing."""
    stay = Encounter(
        id="v-1",
        encounter_class="inpatient",
        start=at(3),
        end=at(6),
        providers=chart.encounter.providers,
        admission=Admission(type="1", source="1", diagnosis=Coding(system=ICD, code="R07.9")),
        discharge=Discharge(status="01"),
    )
    summary = chart.documents[0].model_copy(update={"kind": Coding(system="http://loinc.org", code="18842-5")})
    return chart.model_copy(
        update={"encounter": stay, "documents": (summary,), "statements": (said("I50.9", rank=1),), "orders": ()}
    )


@pytest.fixture
def coded(chart: ChartCompleted, reference: Reference) -> ChartCoded:
    """The clinic visit in codes, with no findings."""
    answer = validate(chart, reference)
    assert isinstance(answer, ChartCoded)
    return answer


@pytest.fixture
def stay(inpatient: ChartCompleted, reference: Reference) -> ChartCoded:
    """The stay in codes."""
    answer = validate(inpatient, reference)
    assert isinstance(answer, ChartCoded)
    return answer


@pytest.fixture(scope="session")
def coded_once(whole_chart: ChartCompleted, reference: Reference) -> Callable[[bool], ChartCoded]:
    """For properties, which take no fixture of one test: a coded visit, or the same as a stay."""
    visit = validate(whole_chart, reference)
    assert isinstance(visit, ChartCoded)
    stay = visit.model_copy(
        update={"encounter": visit.encounter.model_copy(update={"encounter_class": "inpatient"}), "chart_id": "c-2"}
    )
    return lambda stays: stay if stays else visit
