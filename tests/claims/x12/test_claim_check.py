"""Somebody's claims held to the edits: each as one chart, by what a claim alone can tell."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from claims.claim_chart import ELSEWHERE, billers, chart_of, with_elsewhere
from claims.claim_check import LATE, NO_GROUP, NOT_OF_A_CLAIM, Checked, ClaimCheck
from claims.claim_edits import claim_findings
from claims.edits import ACCOUNT_EDITS, CHART_EDITS
from claims.tables import Reference
from schemas.events.coded import ChartCoded, Finding
from tests.claims.x12.given_claim_files import CLAIM, HEADER, STAY, institutional, professional, read_one

NOON = datetime(2026, 2, 1, 12, tzinfo=UTC)
OURS = HEADER.replace("1999000817", "1999000114")
SECONDARY = """SBR*P*18*******CI
AMT*D*{paid}
OI***Y***Y
NM1*IL*1*TESTCASE*MIRA****MI*OLD142
NM1*PR*2*EXAMPLE PLAN*****PI*EXPAY9
DTP*573*D8*20260120"""


def checked(file: bytes, reference: Reference, received: date | None = None) -> Checked:
    judge = ClaimCheck(reference, NOON, received)
    found = judge.check(read_one(file, judge.known))
    assert isinstance(found, Checked)
    return found


def said(found: Checked) -> set[tuple[str, str]]:
    return {(finding.rule, finding.severity) for finding in found.findings}


def chart(file: bytes, reference: Reference) -> ChartCoded:
    known = billers(reference.partners)
    return chart_of(read_one(file, known.known()), with_elsewhere(reference), known, NOON, None)


@pytest.mark.parametrize("file", [professional(), institutional()], ids=["professional", "institutional"])
def test_a_claim_without_fault_would_be_taken(file: bytes, reference: Reference) -> None:
    assert said(checked(file, reference)) == set()


def test_a_stay_has_its_group(reference: Reference) -> None:
    drg = checked(institutional(STAY.replace("HI*DR:195\n", "")), reference).drg
    assert drg is not None
    assert drg.code == "195"


@pytest.mark.parametrize(
    ("reason", "old", "new", "rule"),
    [
        ("a code that isn't billable", "ABK:M5450", "ABK:M545", ("X1", "reject")),
        ("units that are not whole", "*40*UN*2*", "*40*UN*2.5*", ("N4", "reject")),
        ("half a drug's product", "00000188501", "0000018850", ("U1", "reject")),
        ("a wrong check digit", "1999001013", "1999001014", ("P2", "reject")),
        ("a day in the future", "20260104\nREF*6R*L2", "20260304\nREF*6R*L2", ("D2", "reject")),
        ("a visit to an inpatient without admission", "***11:B", "***21:B", ("D3", "reject")),
        ("a pointer to nothing", "***1:2", "***1:3", ("X17", "reject")),
        ("the lines are not the total", "*240*", "*241*", ("$1", "reject")),
        ("a replacement of nobody knows what", "11:B:1", "11:B:7", ("C5", "reject")),
        ("work, and a health plan", "Y*A*Y*Y", "Y*A*Y*Y**EM", ("C1", "reject")),
    ],
)  # fmt: skip
def test_a_professional_claim_is_held_to_the_edits(
    reason: str, old: str, new: str, rule: tuple[str, str], reference: Reference
) -> None:
    assert old in CLAIM
    assert rule in said(checked(professional(CLAIM.replace(old, new)), reference)), reason


DOUBTED = [
    # reason, what stands in a stay's claim, what instead, rule, field
    ("a principal diagnosis of ICD-9", "ABK:J189:::::::Y", "BK:486", "X1", "HI01-01, segment 27"),
    ("another diagnosis of ICD-9", "*ABF:E1165:::::::Y", "*BF:V4581:::::::Y", "X1", "HI02-01, segment 30"),
    ("an operation of ICD-9", "BBR:0BH17EZ:D8:20260104", "BR:9604:D8:20260104", "H2", "HI01-01, segment 31"),
    ("an indicator that is none", "J189:::::::Y", "J189:::::::Q", "X12", "HI01-09, segment 27"),
    ("4010's indicator of an exempt code", "J189:::::::Y", "J189:::::::1", "X12", "HI01-09, segment 27"),
    ("several at once", "J189:::::::Y", "J189:::::::YN", "X12", "HI01-09, segment 27"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "rule", "field"), [row[1:] for row in DOUBTED], ids=[row[0] for row in DOUBTED])
def test_what_is_wrong_with_one_code_keeps_the_rest_of_the_claim_judged(
    old: str, new: str, rule: str, field: str, reference: Reference
) -> None:
    assert old in STAY
    total = STAY.replace(old, new).replace("*9150*", "*9151*")
    found = checked(institutional(total), reference).findings
    assert [each.field for each in found if each.rule == rule] == [field]
    assert [each.field for each in found if each.rule == "$1"] == ["CLM02"]
    assert new not in repr(found)


def test_a_line_points_past_a_diagnosis_of_icd_9_to_its_own(reference: Reference) -> None:
    found = checked(professional(CLAIM.replace("ABK:M5450*ABF:I10", "BK:7242*ABF:I10")), reference)
    assert [line.pointers for line in found.claim.lines] == [(1, 2), (1,)]
    assert [each.field for each in found.findings if each.rule == "X1"] == ["HI01-01, segment 23"]


@pytest.mark.parametrize(
    ("reason", "old", "new", "rule"),
    [
        ("room days that are not the stay's", "9000*DA*2", "9000*DA*3", ("B5", "reject")),
        ("an attending that is missing", "NM1*71", "NM1*ZZ", ("P5", "reject")),
        ("what was present is not said", "ABF:E1165:::::::Y", "ABF:L89153", ("X12", "reject")),
        ("no admitting diagnosis", "HI*ABJ:R0902\n", "", ("X14", "reject")),
        ("a line outside of the stay", "D8:20260104\nHI*BE", "D8:20260109\nHI*BE", ("D1", "warn")),
        ("a patient who is still there", "CL1*1*1*01", "CL1*1*1*30", ("B1", "reject")),
        ("another group than ours", "DR:195", "DR:193", ("B8", "warn")),
    ],
)  # fmt: skip
def test_a_stays_claim_is_held_to_the_edits(
    reason: str, old: str, new: str, rule: tuple[str, str], reference: Reference
) -> None:
    assert old in STAY
    assert rule in said(checked(institutional(STAY.replace(old, new)), reference)), reason


@pytest.mark.parametrize(
    ("reason", "old", "new", "rule"),
    [
        ("no member id", "MI*XEH000142", "", ("I1", "reject")),
        ("a tax id that is none", "EI*000000817", "EI*00817", ("P3", "reject")),
        ("a box", "7 SAMPLE ROAD", "PO BOX 7", ("P4", "reject")),
        ("a biller's wrong check digit", "1999000817", "1999000818", ("P2", "reject")),
        ("a biller without NPI", "*****XX*1999000817", "", ("P1", "reject")),
        ("a birth after the visit", "19610719", "20270101", ("I8", "reject")),
        ("a later payer without what the first said", "SBR*P*18", "SBR*S*18", ("C3", "reject")),
    ],
)
def test_who_stands_above_a_claim_is_judged(
    reason: str, old: str, new: str, rule: tuple[str, str], reference: Reference
) -> None:
    assert old in HEADER
    assert rule in said(checked(professional(header=HEADER.replace(old, new)), reference)), reason


@pytest.mark.parametrize(("paid", "balances"), [("240", True), ("230", False)])
def test_an_earlier_answer_balances_or_is_told(paid: str, balances: bool, reference: Reference) -> None:
    claim = CLAIM.replace("LX*1", SECONDARY.format(paid=paid) + "\nLX*1")
    found = said(checked(professional(claim, HEADER.replace("SBR*P*18", "SBR*S*18")), reference))
    assert (("C3", "reject") in found) is not balances


def test_a_hospital_and_a_payer_of_ours_bring_their_own_facts(reference: Reference) -> None:
    known = chart(professional(header=OURS), reference)
    assert (known.hospital, known.coverages[0].payer, known.encounter.providers[0].billing_entity) == (
        "mercy-general", "commercial", "mercy-physicians",
    )  # fmt: skip


def test_who_is_not_ours_is_elsewhere(reference: Reference) -> None:
    assert chart(professional(), reference).hospital == ELSEWHERE


def test_a_payers_own_wishes_are_asked_where_he_is_ours(reference: Reference) -> None:
    claim = CLAIM.replace("HC:J1885", "HC:E0601")
    assert ("C6", "reject") in said(checked(professional(claim), reference))
    authorized = claim.replace("REF*EA*MRN42", "REF*G1*AUTH1\nREF*EA*MRN42")
    assert ("C6", "reject") not in said(checked(professional(authorized), reference))


@pytest.mark.parametrize(
    ("place", "encounter_class"),
    [("11", "ambulatory"), ("21", "ambulatory"), ("23", "emergency"), ("12", "home"), ("10", "virtual")],
)
def test_a_professionals_place_tells_the_class(place: str, encounter_class: str, reference: Reference) -> None:
    file = professional(CLAIM.replace("***11:B", f"***{place}:B"))
    assert chart(file, reference).encounter.encounter_class == encounter_class


@pytest.mark.parametrize(
    ("bill", "revenue", "encounter_class"),
    [
        ("11", "0120", "inpatient"), ("13", "0510", "ambulatory"), ("13", "0450", "emergency"),
        ("13", "0762", "observation"), ("12", "0510", "ambulatory"),
    ],
)  # fmt: skip
def test_a_hospitals_bill_tells_the_class(bill: str, revenue: str, encounter_class: str, reference: Reference) -> None:
    file = institutional(STAY.replace("***11:A", f"***{bill}:A").replace("SV2*0120", f"SV2*{revenue}"))
    assert chart(file, reference).encounter.encounter_class == encounter_class


def test_services_before_an_admission_belong_to_its_claim(reference: Reference) -> None:
    claim = STAY.replace("RD8*20260103-20260105\nDTP*435", "RD8*20260102-20260105\nDTP*435")
    claim = claim.replace(
        "SV2*0636*HC:J1885*150*UN*3\nDTP*472*D8*20260104", "SV2*0636*HC:J1885*150*UN*3\nDTP*472*D8*20260102"
    )
    assert said(checked(institutional(claim), reference)) == set()


def test_days_of_leave_are_no_days_in_the_room(reference: Reference) -> None:
    claim = STAY.replace("HI*BE:80:::2", "HI*BI:74:RD8:20260104-20260104\nHI*BE:80:::1").replace("DA*2", "DA*1")
    assert said(checked(institutional(claim), reference)) == set()


def interim(frequency: str, status: str = "30") -> str:
    """A stay that goes on: its last day counts."""
    claim = STAY.replace("11:A:1", f"11:A:{frequency}").replace("CL1*1*1*01", f"CL1*1*1*{status}")
    return claim.replace("DTP*096*TM*1400\n", "").replace("DA*2", "DA*3")


@pytest.mark.parametrize("frequency", ["2", "3"])
def test_whether_a_payer_takes_an_interim_bill_is_judged_where_he_is_known(
    reference: Reference, frequency: str
) -> None:
    theirs = HEADER.replace("EXPAY1", "UNKNOWN")
    found = checked(institutional(interim(frequency), theirs), reference)
    assert {rule for rule, _ in said(found)}.isdisjoint({"B1", "B5"})
    assert ("B1", "reject") in said(checked(institutional(interim(frequency)), reference))


def with_interim(reference: Reference, interim: str) -> Reference:
    """EXPAY1 is the commercial plan's."""
    payers = {**reference.partners.payers}
    payers["commercial"] = payers["commercial"].model_copy(update={"interim": interim, "interim_days": 3})
    return replace(reference, partners=reference.partners.model_copy(update={"payers": payers}))


@pytest.mark.parametrize(
    ("frequency", "status", "taken"),
    [("2", "30", {"cumulative", "sequential"}), ("3", "30", {"sequential"}), ("4", "01", {"sequential"})],
)
def test_bills_of_their_own_days_go_to_who_takes_them_in_sequence(
    reference: Reference, frequency: str, status: str, taken: set[str]
) -> None:
    claim = STAY.replace("11:A:1", f"11:A:{frequency}") if status == "01" else interim(frequency)
    for said_of in ("cumulative", "sequential", "none"):
        found = said(checked(institutional(claim), with_interim(reference, said_of)))
        assert (("B1", "reject") in found) == (said_of not in taken)
    found = said(checked(institutional(claim), with_interim(reference, "sequential")))
    assert {rule for rule, _ in found}.isdisjoint({"B1", "B5"})


@pytest.mark.parametrize(("frequency", "status"), [("2", "01"), ("3", "20"), ("1", "30"), ("4", "30")])
def test_the_frequency_says_whether_the_stay_goes_on(reference: Reference, frequency: str, status: str) -> None:
    theirs = HEADER.replace("EXPAY1", "UNKNOWN")
    wrong, right = (checked(institutional(interim(f, status), theirs), reference) for f in (frequency, "7"))
    assert [f.field for f in wrong.findings if f.rule == "B1" and f.carc == "306"] == ["CLM05-3"]
    assert [f for f in right.findings if f.rule == "B1"] == []


def test_a_stay_in_a_nursing_facility_has_no_group(reference: Reference) -> None:
    claim = STAY.replace("11:A:1", "21:A:1").replace("ABK:J189", "ABK:Z794")
    found = checked(institutional(claim), reference)
    assert (found.drg, ("B8", "warn") in said(found)) == (None, False)
    assert ("B8", "warn") in said(checked(institutional(claim.replace("21:A:1", "11:A:1")), reference))


def test_timely_filing_is_judged_where_the_day_is_known(reference: Reference) -> None:
    late = checked(professional(), reference, received=date(2026, 12, 1))
    assert ("D4", "reject") in said(late)
    assert "D4" not in late.not_judged
    assert "D4" in checked(professional(), reference).not_judged


def test_a_laboratory_with_its_number_on_the_claim_has_one(reference: Reference) -> None:
    header = HEADER.replace("EXPAY1", "EXPAY3").replace("*CI", "*MC")
    test = CLAIM.replace("HC:G0463:25", "HC:P3000")
    assert ("P8", "reject") in said(checked(professional(test, header), reference))
    with_number = test.replace("REF*EA", "REF*X4*00D0000099\nREF*EA")
    assert ("P8", "reject") not in said(checked(professional(with_number, header), reference))


def test_what_is_not_judged_are_rules_that_there_are() -> None:
    rules = {rule.id for rule in (*CHART_EDITS, *ACCOUNT_EDITS)} | {"C9"}
    assert rules >= {*NOT_OF_A_CLAIM, *LATE, *NO_GROUP}


def test_no_finding_repeats_a_value_of_the_claim(reference: Reference) -> None:
    file = professional(CLAIM.replace("*240*", "*987*").replace("1999001013", "1999001014"))
    found = " ".join(finding.message + finding.mend for finding in checked(file, reference).findings)
    assert not {"987", "1999001014", "TESTCASE"}.intersection(found.split())


def test_findings_of_claims_name_their_element(reference: Reference) -> None:
    claim = read_one(professional(CLAIM.replace("*240*", "*241*"))).claim
    found: list[Finding] = list(claim_findings(claim, None, None))
    assert [(finding.rule, finding.field, finding.carc) for finding in found] == [("$1", "CLM02", "16")]
