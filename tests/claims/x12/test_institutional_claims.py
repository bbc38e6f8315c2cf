"""837I: what an institutional claim says where, and for which field it is left out."""

from datetime import date

import pytest

from schemas.events.chart import Attachment, Cause, PresentOnAdmission
from schemas.events.claim import ClaimBuilt, ClaimDiagnosis, CodedValue
from schemas.events.coded import CodedProcedure, Drg
from schemas.events.people import Name, Provider
from tests.claims.given_claims import institutional
from tests.claims.x12.given_files import lines, read, why, written

CLAIM = institutional()
SECOND_OF_MARCH = date(2026, 3, 2)


def but(**change: object) -> ClaimBuilt:
    return CLAIM.model_copy(update=change)


def line_but(**change: object) -> ClaimBuilt:
    return but(lines=(CLAIM.lines[0].model_copy(update=change),))


def diagnosed(role: str, code: str = "I10", arrived: PresentOnAdmission | None = None, more: int = 0) -> ClaimBuilt:
    """A principal diagnosis, and another in that role, or as many more as are asked for."""
    others = [ClaimDiagnosis.model_validate({"code": code, "role": role, "present_on_admission": arrived})] * (1 + more)
    if role == "principal":
        return but(diagnoses=tuple(others))
    return but(diagnoses=(ClaimDiagnosis(code="A00.0", role="principal"), *others))


def operated(count: int) -> ClaimBuilt:
    fixed = {"performed_at": SECOND_OF_MARCH, "statement": "s", "path": "given", "release": "2026"}
    return but(procedures=tuple(CodedProcedure.model_validate({"code": f"0FT44Z{n}", **fixed}) for n in range(count)))


def valued(kind: str, code: str, count: int = 1, **other: object) -> ClaimBuilt:
    value = CodedValue.model_validate({"kind": kind, "code": code, **other})
    return but(coded_values=(value,) * count)


SURGEON = Provider(role="operating", npi="1999001096", name=Name(family="Barnes", given="Amy"), taxonomy="208600000X")
MAILED = Attachment(report_type="DS", transmission="BM", control_number="P-2")
ASSISTANT = Provider(role="operating", npi="1999001104", name=Name(family="DeJesus"))

SAID = [
    # reason, claim, tag, one of its segments
    ("bill type in its parts", CLAIM, "CLM", f"CLM*{CLAIM.control_number}*100***13:A:1**A*Y*Y"),
    ("an interim bill", but(bill_type="0112", frequency="2", patient_status="30"), "CLM",
     f"CLM*{CLAIM.control_number}*100***11:A:2**A*Y*Y"),
    ("of a patient who is still there", but(bill_type="0112", frequency="2", patient_status="30"), "CL1", "CL1*9**30"),
    ("a delay's reason stands twentieth", but(delay_reason="7"), "CLM",
     f"CLM*{CLAIM.control_number}*100***13:A:1**A*Y*Y" + "*" * 11 + "7"),
    ("and the bill's note in words", but(delay_reason="7"), "NTE", "NTE*ADD*LATE, ANOTHER PAYER HAD TO ANSWER FIRST"),
    ("after what it says itself", but(delay_reason="15", notes=("SEEN",)), "NTE",
     "NTE*ADD*SEEN; LATE, NATURAL DISASTER"),
    ("another reason is the note itself", but(delay_reason="11", notes=("NO ROAD",)), "NTE", "NTE*ADD*NO ROAD"),
    ("a paper by mail", but(attachments=(MAILED,)), "PWK", "PWK*DS*BM***AC*P-2"),
    ("statement days", CLAIM, "DTP", "DTP*434*RD8*20260302-20260302"),
    ("admitted on a day", but(admission_date=SECOND_OF_MARCH), "DTP", "DTP*435*D8*20260302"),
    ("at an hour", but(admission_date=SECOND_OF_MARCH, admission_hour="9"), "DTP", "DTP*435*DT*202603020900"),
    ("discharged at an hour", but(discharge_hour="14:35"), "DTP", "DTP*096*TM*1435"),
    ("type, source and status", but(admission_type="1", admission_source="7", patient_status="03"), "CL1",
     "CL1*1*7*03"),
    ("the type is not available", but(admission_type=None, admission_source=None), "CL1", "CL1*9**01"),
    ("present on admission stands ninth", diagnosed("principal", arrived="Y"), "HI", "HI*ABK:I10:::::::Y"),
    ("an exempt code has nothing there", diagnosed("principal"), "HI", "HI*ABK:I10"),
    ("admitting", diagnosed("admitting", arrived="Y"), "HI", "HI*ABJ:I10"),
    ("reason for the visit", diagnosed("reason-for-visit"), "HI", "HI*APR:I10"),
    ("external cause", diagnosed("external-cause", "W19.XXXA", "Y"), "HI", "HI*ABN:W19XXXA:::::::Y"),
    ("other", diagnosed("other", "E11.9", "N"), "HI", "HI*ABF:E119:::::::N"),
    ("thirteen others in two segments", diagnosed("other", more=12), "HI", "HI*ABF:I10"),
    ("DRG", but(drg=Drg(version="43", code="470")), "HI", "HI*DR:470"),
    ("the principal operation", operated(1), "HI", "HI*BBR:0FT44Z0:D8:20260302"),
    ("another", operated(2), "HI", "HI*BBQ:0FT44Z1:D8:20260302"),
    ("condition", valued("condition", "02"), "HI", "HI*BG:02"),
    ("occurrence", valued("occurrence", "04", start=SECOND_OF_MARCH), "HI", "HI*BH:04:D8:20260302"),
    ("span", valued("span", "74", start=SECOND_OF_MARCH, end=date(2026, 3, 4)), "HI", "HI*BI:74:RD8:20260302-20260304"),
    ("value", valued("value", "A2", cents=2_550), "HI", "HI*BE:A2:::25.5"),
    ("what the patient paid is a value", but(coded_values=(), patient_paid_cents=500), "HI", "HI*BE:FC:::5"),
    ("attending, with specialty", CLAIM, "NM1", "NM1*71*1*Costa*Ivan****XX*1999001112"),
    ("operating", but(providers=(SURGEON,)), "NM1", "NM1*72*1*Barnes*Amy****XX*1999001096"),
    ("another who operated", but(providers=(SURGEON, ASSISTANT)), "NM1", "NM1*ZZ*1*DeJesus*****XX*1999001104"),
    ("where the automobile accident was", but(causes=(Cause(kind="auto", state="MA"),)), "REF", "REF*LU*MA"),
    ("a service", CLAIM, "SV2", "SV2*0510*HC:G0463*100*UN*1"),
    ("a room by the day", line_but(code=None, revenue_code="0120", unit_kind="DA", units=3000), "SV2",
     "SV2*0120**100*DA*3"),
    ("not covered", line_but(non_covered_cents=1_000), "SV2", "SV2*0510*HC:G0463*100*UN*1**10"),
    ("its day", CLAIM, "DTP", "DTP*472*D8*20260302"),
    ("SBR05 is the professional's alone", but(insurance_type="12"), "SBR", "SBR*P*18*******CI"),
]  # fmt: skip


@pytest.mark.parametrize(("claim", "tag", "said"), [row[1:] for row in SAID], ids=[row[0] for row in SAID])
def test_a_claim_says(claim: ClaimBuilt, tag: str, said: str) -> None:
    assert said in lines(claim, tag=tag)


def test_a_line_of_another_operator_names_him_and_the_claim_does_not() -> None:
    own, his = (
        CLAIM.lines[0].model_copy(update={"number": n, "control_number": f"L{n}", "operating_npi": who.npi})
        for n, who in enumerate((SURGEON, ASSISTANT), start=1)
    )
    said = but(lines=(own, his), total_charge_cents=20_000, providers=(SURGEON, ASSISTANT))
    tags = [(s.tag, s.element(1), s.element(3)) for s in read(said) if s.tag in {"LX", "NM1"}]
    assert tags[-4:] == [("NM1", "72", "Barnes"), ("LX", "1", ""), ("LX", "2", ""), ("NM1", "72", "DeJesus")]


def lines_of(count: int) -> ClaimBuilt:
    (one,) = CLAIM.lines
    numbered = tuple(one.model_copy(update={"number": n, "control_number": f"L{n}"}) for n in range(1, count + 1))
    return but(lines=numbered, total_charge_cents=count * one.charge_cents)


REFUSED = [
    # reason, claim, field
    ("1,000 lines", lines_of(1_000), "lines"),
    ("no bill type", but(bill_type=None), "bill_type"),
    ("a line operated by nobody of the claim", line_but(operating_npi="1999001138"), "lines.1.operating_npi"),
    ("one rendered by nobody of it", line_but(rendering_npi="1999001138"), "lines.1.rendering_npi"),
    ("no patient status", but(patient_status=None), "patient_status"),
    ("no principal diagnosis", but(diagnoses=(ClaimDiagnosis(code="I10", role="other"),)), "diagnoses"),
    ("two principal diagnoses", diagnosed("principal", more=1), "diagnoses.principal"),
    ("25 others", diagnosed("other", more=24), "diagnoses.other"),
    ("four reasons for the visit", diagnosed("reason-for-visit", more=3), "diagnoses.reason-for-visit"),
    ("13 external causes", diagnosed("external-cause", more=12), "diagnoses.external-cause"),
    ("26 operations", operated(26), "procedures"),
    ("25 conditions", valued("condition", "02", 25), "coded_values.condition"),
    ("an occurrence without its day", valued("occurrence", "04"), "coded_values.occurrence"),
    ("a value of eleven digits", valued("value", "A2", cents=10**10), "coded_values.value"),
    ("a line without a revenue code", line_but(revenue_code=None), "lines.1.revenue_code"),
    ("an hour that no day has", but(discharge_hour="25"), "discharge_hour"),
    ("nor an hour's minute", but(discharge_hour="1261"), "discharge_hour"),
]


@pytest.mark.parametrize(("claim", "field"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_a_claim_that_cannot_be_written_is_left_out_for_a_field(claim: ClaimBuilt, field: str) -> None:
    assert why(claim) == field


MOST = [
    ("999 lines", lines_of(999)),
    ("24 others", diagnosed("other", more=23)),
    ("25 operations", operated(25)),
    ("24 conditions", valued("condition", "02", 24)),
]


@pytest.mark.parametrize("claim", [row[1] for row in MOST], ids=[row[0] for row in MOST])
def test_a_claim_holds_up_to(claim: ClaimBuilt) -> None:
    assert written(claim).claims == (claim,)


def test_health_codes_stand_in_the_order_of_the_guide() -> None:
    everything = operated(2).model_copy(
        update={
            "diagnoses": tuple(
                ClaimDiagnosis.model_validate({"code": "I10", "role": role})
                for role in ("other", "external-cause", "reason-for-visit", "admitting", "principal")
            ),
            "drg": Drg(version="43", code="470"),
            "coded_values": tuple(
                CodedValue.model_validate({"kind": kind, "code": "02", "start": SECOND_OF_MARCH, "cents": 1})
                for kind in ("condition", "value", "occurrence", "span")
            ),
        }
    )
    kinds = [segment.components(1)[0] for segment in read(everything) if segment.tag == "HI"]
    assert kinds == ["ABK", "ABJ", "APR", "ABN", "DR", "ABF", "BBR", "BBQ", "BI", "BH", "BE", "BG"]
