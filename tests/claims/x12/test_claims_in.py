"""Somebody's 837 read: what a claim says, whatever the file looks like, and everything that can't be read of it."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.x12.claims_in import ClaimRead, Known, Unread
from claims.x12.segments import Delimiters
from schemas.events.claim import Adjustment, ClaimDiagnosis, CodedValue, PriorLine
from schemas.events.people import Address, Name
from tests.claims.x12.given_claim_files import (
    CLAIM,
    HEADER,
    INSTITUTIONAL,
    STAY,
    institutional,
    interchange,
    professional,
    read,
    read_one,
    told,
    transaction,
    written,
)

STAYS = interchange(transaction(HEADER, STAY, guide=INSTITUTIONAL), guide=INSTITUTIONAL)
OTHER = Delimiters("|", "!", ">", "\n")
SECONDARY = """SBR*P*18*GRP7******CI
CAS*PR*1*20
AMT*D*150
OI***Y***Y
NM1*IL*1*TESTCASE*MIRA*Q***MI*OLD142
NM1*PR*2*EXAMPLE PLAN*****PI*EXPAY9
REF*F8*THEIRS-1"""
ANSWERED = """SVD*EXPAY9*150*HC:G0463:25**1
CAS*CO*45*30**94*-10
CAS*PR*2*10
DTP*573*D8*20260120"""


def test_a_professional_claim_has_its_identity_parties_and_amounts() -> None:
    claim = read_one(professional()).claim
    assert (claim.kind, claim.control_number, claim.frequency, claim.place_of_service) == (
        "professional", "PATIENT-1", "1", "11",
    )  # fmt: skip
    assert (claim.total_charge_cents, claim.statement_from, claim.occurred_at) == (
        24_000, date(2026, 1, 4), datetime(2026, 1, 5, 12, tzinfo=UTC),
    )  # fmt: skip
    assert (claim.billing_provider.npi, claim.billing_provider.tax_id) == ("1999000817", "000000817")
    assert (claim.payer, claim.filing_indicator, claim.member_id, claim.group) == ("EXPAY1", "CI", "XEH000142", "GRP7")
    assert (claim.patient.mrn, claim.patient.birth_date, claim.patient.sex) == ("MRN42", date(1961, 7, 19), "female")


def test_an_address_is_as_charts_have_it() -> None:
    assert read_one(professional()).claim.billing_provider.address == Address(
        lines=("7 SAMPLE ROAD", "SUITE 2"), city="SPRINGFIELD", state="MA", postal_code="01103-0007", country="US"
    )


def test_lines_have_their_codes_amounts_days_and_who_rendered_them() -> None:
    first, second = read_one(professional()).claim.lines
    assert (first.control_number, first.code, first.modifiers, first.pointers) == ("L1", "G0463", ("25",), (1, 2))
    assert (first.charge_cents, first.units, first.place_of_service) == (20_000, 1000, "11")
    assert {first.rendering_npi, second.rendering_npi} == {"1999001013"}
    assert (second.ndc, second.ndc_quantity, second.ndc_unit) == ("00000188501", 2000, "ML")


def test_an_institutional_claim_has_its_stay() -> None:
    claim = read_one(institutional()).claim
    assert (claim.bill_type, claim.statement_from, claim.statement_to) == ("0111", date(2026, 1, 3), date(2026, 1, 5))
    assert (claim.admission_date, claim.admission_hour, claim.discharge_hour) == (date(2026, 1, 3), "0930", "14")
    assert (claim.admission_type, claim.admission_source, claim.patient_status) == ("1", "1", "01")
    assert [(provider.role, provider.npi) for provider in claim.providers] == [
        ("attending", "1999001120"), ("operating", "1999001096"),
    ]  # fmt: skip
    assert [line.revenue_code for line in claim.lines] == ["0120", "0636"]


def test_codes_have_their_role_day_amount_and_what_was_present_on_admission() -> None:
    claim = read_one(institutional()).claim
    assert claim.diagnoses[:3] == (
        ClaimDiagnosis(code="J18.9", role="principal", present_on_admission="Y"),
        ClaimDiagnosis(code="R09.02", role="admitting"),
        ClaimDiagnosis(code="I10", role="other", present_on_admission="Y"),
    )
    assert [(each.code, each.performed_at) for each in claim.procedures] == [("0BH17EZ", date(2026, 1, 4))]
    assert claim.coded_values == (CodedValue(kind="value", code="80", cents=200),)
    assert claim.drg is not None
    assert claim.drg.code == "195"


def test_spans_occurrences_and_conditions_have_their_days() -> None:
    codes = "HI*BI:74:RD8:20260103-20260104\nHI*BH:04:D8:20260102\nHI*BG:02"
    claim = read_one(institutional(STAY.replace("HI*BE:80:::2", codes))).claim
    assert claim.coded_values == (
        CodedValue(kind="span", code="74", start=date(2026, 1, 3), end=date(2026, 1, 4)),
        CodedValue(kind="occurrence", code="04", start=date(2026, 1, 2)),
        CodedValue(kind="condition", code="02"),
    )
    assert [(cause.kind, cause.date) for cause in claim.causes] == [("employment", date(2026, 1, 2))]


@pytest.mark.parametrize(
    ("reason", "said", "kind", "day"),
    [
        ("its code says no automobile, its state does", "HI*BH:05:D8:20260102", "auto", date(2026, 1, 2)),
        ("nothing but its state is said", "HI*BE:80:::2", "auto", None),
    ],
)
def test_where_an_automobile_accident_was_tells_that_it_was_one(
    reason: str, said: str, kind: str, day: date | None
) -> None:
    stay = STAY.replace("HI*BE:80:::2", said).replace("REF*EA*", "REF*LU*MA\nREF*EA*")
    assert [(c.kind, c.date, c.state) for c in read_one(institutional(stay)).claim.causes] == [(kind, day, "MA")], (
        reason
    )


def test_a_professional_claims_cause_has_its_day_and_place() -> None:
    claim = read_one(professional(CLAIM.replace("Y*A*Y*Y", "Y*A*Y*Y**AA:::MA\nDTP*439*D8*20260103"))).claim
    assert [(cause.kind, cause.date, cause.state) for cause in claim.causes] == [("auto", date(2026, 1, 3), "MA")]


def test_a_dependent_is_another_person_than_the_subscriber() -> None:
    dependent = (
        "HL*3*2*23*0\nPAT*19\nNM1*QC*1*TESTCASE*LEO\nN3*14 LINDEN ROW\nN4*SPRINGFIELD*MA*01103\nDMG*D8*20200102*M"
    )
    header = HEADER.replace("HL*2*1*22*0\nSBR*P*18", "HL*2*1*22*1\nSBR*P*")
    claim = read_one(professional(header=f"{header}\n{dependent}")).claim
    assert claim.patient.name == Name(family="TESTCASE", given="LEO")
    assert (claim.subscriber.relationship, claim.subscriber.birth_date) == ("child", date(1961, 7, 19))


def test_an_earlier_payers_answer_is_kept_line_by_line() -> None:
    claim = CLAIM.replace("LX*1", f"{SECONDARY}\nLX*1").replace("REF*6R*L1", f"REF*6R*L1\n{ANSWERED}")
    read_claim = read_one(professional(claim, HEADER.replace("SBR*P*18", "SBR*S*18")))
    (prior,) = read_claim.claim.prior
    assert (read_claim.claim.payer_sequence, prior.sequence, prior.payer, prior.paid_cents) == (2, 1, "EXPAY9", 15_000)
    assert (prior.payer_claim_number, prior.member_id, prior.adjudicated_on) == (
        "THEIRS-1", "OLD142", date(2026, 1, 20),
    )  # fmt: skip
    assert prior.adjustments == (Adjustment(group="PR", carc="1", cents=2000),)
    assert prior.lines == (
        PriorLine(
            control_number="L1",
            paid_cents=15_000,
            code="G0463",
            modifiers=("25",),
            units=1000,
            adjustments=(
                Adjustment(group="CO", carc="45", cents=3000),
                Adjustment(group="CO", carc="94", cents=-1000),
                Adjustment(group="PR", carc="2", cents=1000),
            ),
        ),
    )


@pytest.mark.parametrize("payers", ["", f"{SECONDARY}\n".replace("EXPAY9", "EXPAY8")])
def test_an_answer_of_a_payer_whom_the_claim_does_not_name_is_told(payers: str) -> None:
    """The day and the money of an answer that is nobody's would be passed over."""
    claim = CLAIM.replace("LX*1", f"{payers}LX*1").replace("REF*6R*L1", f"REF*6R*L1\n{ANSWERED}")
    found = [(element, why) for _, element, why in told(read(professional(claim)))]
    assert ("SVD01", "an answer of a payer whom the claim does not name") in found


def test_a_later_payer_who_has_not_answered_is_only_named() -> None:
    later = "SBR*S*18*******MC\nOI***Y***Y\nNM1*IL*1*TESTCASE*MIRA****MI*MA1\nNM1*PR*2*STATE PLAN*****PI*EXPAY3"
    found = read_one(professional(CLAIM.replace("LX*1", f"{later}\nLX*1")))
    assert found.claim.prior == ()
    assert [(other.payer, other.sequence, other.member_id) for other in found.others] == [("EXPAY3", 2, "MA1")]


def test_who_is_ours_is_called_as_we_call_him() -> None:
    known = Known({"1999000817": "mercy-general"}.get, {"EXPAY1": ("commercial", "insurer")}.get)  # type: ignore[arg-type]
    claim = read_one(professional(), known).claim
    assert (claim.hospital, claim.payer) == ("mercy-general", "commercial")


def test_the_same_claim_has_the_same_id_in_another_file() -> None:
    again = written(interchange(transaction(HEADER, CLAIM, number="0009"), number="000000009"), OTHER)
    assert read_one(again).claim == read_one(professional()).claim


@pytest.mark.parametrize(
    ("reason", "file", "claims"),
    [
        ("two claims of one subscriber", interchange(transaction(HEADER, CLAIM, CLAIM)), 2),
        ("two subscribers", interchange(transaction(HEADER, CLAIM, HEADER[HEADER.index("HL*2") :], CLAIM)), 2),
        ("two transactions", interchange(transaction(HEADER, CLAIM), transaction(HEADER, CLAIM, number="0002")), 2),
        ("two interchanges", "\n".join([interchange(transaction(HEADER, CLAIM))] * 2), 2),
        ("both kinds in one file",
         interchange(transaction(HEADER, CLAIM)) + "\n" + STAYS, 2),
    ],
)  # fmt: skip
def test_every_claim_of_a_file_is_read(reason: str, file: str, claims: int) -> None:
    found = read(written(file))
    assert [isinstance(each, ClaimRead) for each in found] == [True] * claims, reason


@given(
    st.sampled_from([Delimiters(), OTHER, Delimiters("\x1d", "^", "\x1f", "\x1c")]),
    st.sampled_from(["", "\n", "\r\n"]),
    st.integers(1, 4000),
)
def test_delimiters_line_ends_and_pieces_change_nothing(delimiters: Delimiters, line_end: str, size: int) -> None:
    text = interchange(transaction(HEADER, CLAIM)) + "\n" + STAYS
    file, expected = written(text, delimiters, line_end), read(written(text))
    assert read(*(file[at : at + size] for at in range(0, len(file), size))) == expected


def test_interchanges_of_other_delimiters_follow_one_another() -> None:
    file = written(interchange(transaction(HEADER, CLAIM)))
    assert len(read(file + written(interchange(transaction(HEADER, CLAIM)), OTHER) + file)) == 3


@pytest.mark.parametrize(
    ("reason", "old", "new", "fault"),
    [
        ("letters in an amount", "*200*UN", "*2OO*UN", (27, "SV102")),
        ("letters in the charge", "PATIENT-1*240", "PATIENT-1*24O", (21, "CLM02")),
        ("a part of a cent", "PATIENT-1*240", "PATIENT-1*240.005", (21, "CLM02")),
        ("no amount at all", "J1885*40*", "J1885**", (31, "SV102")),
        ("no day of the calendar", "DTP*472*D8*20260104\nREF*6R*L1", "DTP*472*D8*20260230\nREF*6R*L1", (28, "DTP03")),
        ("no format of days", "DTP*472*D8*20260104\nREF*6R*L1", "DTP*472*XX*20260104\nREF*6R*L1", (28, "DTP02")),
        ("a line without its day", "DTP*472*D8*20260104\nREF*6R*L1\n", "", (26, "LX01")),
        ("a line without its service", "SV1*HC:G0463:25*200*UN*1***1:2\n", "", (26, "LX01")),
        ("a code of another system", "SV1*HC:J1885", "SV1*ER:J1885", (31, "SV101-01")),
        ("a pointer in letters", "***1:2", "***A", (27, "SV107-01")),
        ("an unknown qualifier", "ABF:I10", "XYZ:I10", (23, "HI02-01")),
        ("a qualifier without its code", "ABF:I10", "ABF", (23, "HI02-02")),
        ("no lines", CLAIM[CLAIM.index("LX*1") :], "NTE*ADD*NONE", (21, "CLM01")),
        ("components of another sign", "11:B:1", "11>B>1", (21, "CLM05")),
        ("fewer than none", "J1885*40*UN*2", "J1885*40*UN*-2", (31, "SV1")),
        ("no number of its own", "CLM*PATIENT-1*", "CLM**", (21, "CLM01")),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_named_by_segment_and_element(
    reason: str, old: str, new: str, fault: tuple[int, str]
) -> None:
    assert old in CLAIM
    found = read(written(interchange(transaction(HEADER, CLAIM.replace(old, new, 1), CLAIM))))
    assert [(at, element) for at, element, _ in told(found)] == [fault], reason
    assert isinstance(found[-1], ClaimRead), "the next claim is read all the same"


def test_everything_wrong_with_a_claim_is_said_at_once() -> None:
    broken = CLAIM.replace("*240*", "*x*").replace("20260104", "2026").replace("ABF:I10", "XYZ:I10")
    (unread,) = read(professional(broken))
    assert isinstance(unread, Unread)
    assert unread.control_number == "PATIENT-1"
    assert [fault.element for fault in unread.faults] == ["CLM02", "HI02-01", "DTP03", "DTP03"]


def test_an_npi_that_is_none_is_said_once() -> None:
    (unread,) = read(professional(CLAIM.replace("1999001013", "19990")))
    assert isinstance(unread, Unread)
    assert [(fault.at, fault.element) for fault in unread.faults] == [(24, "NM109")]


@pytest.mark.parametrize(
    ("reason", "old", "new", "fault"),
    [
        ("statement days missing", "DTP*434*RD8*20260103-20260105\n", "", (21, "CLM01")),
        ("half a range", "20260103-20260105\nDTP*435", "20260103\nDTP*435", (23, "DTP03")),
        ("no patient status", "CL1*1*1*01\n", "", (21, "CLM01")),
        ("an operation without its day", "0BH17EZ:D8:20260104", "0BH17EZ", (31, "HI01-04")),
        ("a value in letters", "BE:80:::2", "BE:80:::two", (32, "HI01-05")),
        ("a revenue code missing", "SV2*0120", "SV2*", (37, "SV201")),
    ],
)  # fmt: skip
def test_a_stays_faults_are_named_too(reason: str, old: str, new: str, fault: tuple[int, str]) -> None:
    assert old in STAY
    found = told(read(institutional(STAY.replace(old, new, 1))))
    assert fault in [(at, element) for at, element, _ in found], (reason, found)


@pytest.mark.parametrize(
    ("reason", "old", "new", "fault"),
    [
        ("no payer", "NM1*PR*2*EXAMPLE MUTUAL*****PI*EXPAY1", "REF*SY*1", "a claim without its payer"),
        ("no billing provider", "NM1*85*", "NM1*87*", "a claim without a billing provider"),
        ("no place in the order", "SBR*P*18", "SBR*Z*18", "no place in the order of payers"),
        ("a level that there isn't", "HL*2*1*22*0", "HL*2*1*21*0", "a level that an 837 doesn't have"),
        ("a birth date that is none", "DMG*D8*19610719", "DMG*D8*19611319", "no day"),
        ("no time of day", "20260105*1200*CH", "20260105*2500*CH", "no time of day"),
        ("a name too long for anything", "TESTCASE*MIRA", f"{'X' * 300}*MIRA", "family: "),
        ("amounts in Canadian dollars", "NM1*85*2", "CUR*85*CAD\nNM1*85*2", "not in dollars"),
    ],
)
def test_what_stands_above_a_claim_is_judged_with_it(reason: str, old: str, new: str, fault: str) -> None:
    assert old in HEADER
    assert fault in " ".join(why for _, _, why in told(read(professional(header=HEADER.replace(old, new, 1))))), reason


@pytest.mark.parametrize(
    ("reason", "file", "fault"),
    [
        ("a wrong count", interchange(transaction(HEADER, CLAIM, counted=99)), (36, "SE01")),
        ("a wrong number", interchange(transaction(HEADER, CLAIM)).replace("SE*34*0001", "SE*34*0002"), (36, "SE02")),
        ("a wrong number of transactions", interchange(transaction(HEADER, CLAIM)).replace("GE*1*", "GE*4*"),
         (37, "GE01")),
        ("a wrong number of groups", interchange(transaction(HEADER, CLAIM)).replace("IEA*1*", "IEA*2*"),
         (38, "IEA01")),
    ],
)  # fmt: skip
def test_a_wrong_count_is_told_and_the_claim_is_read(reason: str, file: str, fault: tuple[int, str]) -> None:
    found = read(written(file))
    assert isinstance(found[0], ClaimRead), reason
    assert [(at, element) for at, element, _ in told(found)] == [fault], reason


def test_a_subscriber_without_a_claim_is_told() -> None:
    found = read(written(interchange(transaction(HEADER, HEADER[HEADER.index("HL*2") :], CLAIM))))
    assert [(at, why) for at, _, why in told(found)] == [(14, "a level without a claim: CLM is missing")]
    assert isinstance(found[-1], ClaimRead)


def test_a_level_under_another_than_it_follows_is_told() -> None:
    found = read(professional(header=HEADER.replace("HL*2*1*22", "HL*2*7*22")))
    assert [(at, element) for at, element, _ in told(found)] == [(14, "HL02")]
    assert isinstance(found[-1], ClaimRead)


@pytest.mark.parametrize("cut", ["within a segment", "between segments"])
def test_of_a_file_that_breaks_off_the_claims_before_its_last_are_read(cut: str) -> None:
    file = written(interchange(transaction(HEADER, CLAIM, CLAIM), ends=False))
    file = file[: file.rindex(b"REF*6R*L2") + (3 if cut == "within a segment" else 0)]
    found = read(file)
    assert [isinstance(each, ClaimRead) for each in found].count(True) == 1
    assert "the transaction breaks off within this claim" in [why for _, _, why in told(found)]


@pytest.mark.parametrize(
    ("reason", "file", "why"),
    [
        ("a picture", b"\x89PNG\r\n" * 30, "no interchange begins here"),
        ("words", b"hello", "no interchange begins here"),
        ("another transaction", written(interchange(transaction("BPR*I*0").replace("ST*837", "ST*835"))),
         "a transaction that is no 837P and no 837I"),
        ("a dentist's", written(interchange(transaction(HEADER, CLAIM, guide="005010X224A2"), guide="005010X224A2")),
         "a transaction that is no 837P and no 837I"),
    ],
)  # fmt: skip
def test_what_holds_no_claims_of_ours_is_named(reason: str, file: bytes, why: str) -> None:
    assert [said for _, _, said in told(read(file))] == [why], reason


def test_a_claim_of_another_guide_is_told_by_the_element_that_names_it() -> None:
    guide = "004010X098A1"
    file = written(interchange(transaction(HEADER, CLAIM, guide=guide), guide=guide))
    assert [element for _, element, _ in told(read(file))] == ["GS08"]


def test_a_claim_without_end_is_not_held() -> None:
    endless = "\n".join([HEADER, CLAIM, *["NTE*ADD*AGAIN"] * 60_000, CLAIM])
    found = read(written(interchange(transaction(endless))))
    assert [why for _, _, why in told(found)] == ["a claim of more segments than any has"]
    assert isinstance(found[-1], ClaimRead)


def test_a_fault_never_repeats_what_was_sent() -> None:
    secret = CLAIM.replace("*240*", "*SECRET*").replace("20260104", "SECRET").replace("ABF:I10", "SECRET:I10")
    header = HEADER.replace("19610719", "SECRET").replace("TESTCASE", "S\x7fSECRET")
    assert "SECRET" not in str(told(read(professional(secret, header))))
