"""835s as the real world sends them: what is a finding, what suspends a transaction, and what an answer holds."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.x12.answers import read_answers
from claims.x12.envelopes import Note
from claims.x12.segments import X12Fault
from claims.x12.transactions import Result
from schemas.events import ClaimAdjudicated, Remittance
from schemas.events.claim import Adjustment
from schemas.events.people import Name
from tests.claims.x12.given_835 import claim, events, interchange, results, said_by, transaction

ONE = interchange(transaction(claim()))


def codes(notes: tuple[Note, ...]) -> list[str]:
    return [note.code for note in notes]


def answer(*segments: str, **other: str) -> ClaimAdjudicated:
    """The answer of a transaction with one claim that has more segments."""
    said = events(interchange(transaction([*claim(**other), *segments])))[0]
    assert isinstance(said, ClaimAdjudicated)
    return said


AS_GOOD = [
    ("no line ends", interchange(transaction(claim()), end="")),
    ("line ends of another system", interchange(transaction(claim()), end="\r\n")),
    ("other separators", interchange(transaction(claim()), separators="|!>\x1e")),
    ("the terminator is a line end", interchange(transaction(claim()), separators="*^:\n", end="")),
    ("a byte-order mark", b"\xef\xbb\xbf" + ONE),
]


@pytest.mark.parametrize(("reason", "file"), AS_GOOD, ids=[row[0] for row in AS_GOOD])
def test_however_it_is_written_it_says_the_same(reason: str, file: bytes) -> None:
    assert events(file) == events(ONE), reason


def test_a_name_in_windows_1252_is_read() -> None:
    (said, _) = events(interchange(transaction(claim(name="MU?OZ"))).replace(b"?", b"\xd1"))
    assert isinstance(said, ClaimAdjudicated)
    assert said.patient_name == Name(family="MUÑOZ", given="PAT")


def test_whom_and_when_an_answer_is_about_is_kept() -> None:
    said = answer()
    assert (said.member_id, said.service_from, said.service_to) == ("MEMBER1", date(2026, 3, 2), date(2026, 3, 2))


def test_a_day_of_service_that_is_none_stops_no_money() -> None:
    file = interchange([s.replace("20260302", "20261302") for s in transaction(claim())])
    (result,) = results(file)
    assert result.is_whole


@given(st.integers(1, 200))
def test_the_size_of_the_pieces_changes_nothing(size: int) -> None:
    assert said_by(*(ONE[at : at + size] for at in range(0, len(ONE), size))) == said_by(ONE)


def test_several_interchanges_and_transactions_are_each_read() -> None:
    first = interchange(transaction(claim()), transaction(claim(), trace="T2", number="0002"))
    second = interchange(transaction(claim(), trace="T3"), number=2, separators="|!>\n", end="")
    assert [result.trace for result in results(first + second)] == ["T1", "T2", "T3"]


def test_the_payment_follows_its_answers_and_counts_them() -> None:
    said = events(interchange(transaction(claim("A"), claim("B"), amount="160")))
    assert [type(each) for each in said] == [ClaimAdjudicated, ClaimAdjudicated, Remittance]
    payment = said[-1]
    assert isinstance(payment, Remittance)
    assert (payment.claims_count, payment.claims_paid_cents, payment.payment_cents) == (2, 16_000, 16_000)
    assert (payment.method, payment.date, payment.payee_npi) == ("ACH", date(2026, 3, 20), "1234567893")


def test_the_same_file_says_the_same_events_and_other_content_has_other_ids() -> None:
    assert events(ONE) == events(interchange(transaction(claim(), number="0009"), number=9, separators="|!>\n"))
    other = interchange(transaction(claim(cas="CAS*CO*97*20")))
    assert events(other)[0].event_id != events(ONE)[0].event_id


@pytest.mark.parametrize(
    ("reason", "file", "code"),
    [
        ("SE counts wrong", interchange(transaction(claim(), count=99)), "trailer"),
        ("SE closes another", ONE.replace(b"SE*14*0001", b"SE*14*0002"), "trailer"),
        ("GE counts wrong", ONE.replace(b"GE*1*1", b"GE*7*1"), "trailer"),
        ("GE closes another", ONE.replace(b"GE*1*1", b"GE*1*8"), "trailer"),
        ("IEA counts wrong", ONE.replace(b"IEA*1*", b"IEA*x*"), "trailer"),
        ("IEA is missing", ONE[: ONE.index(b"IEA")], "no-end"),
        ("a reversal names the patient's part",
         interchange(transaction(claim(status="22", charge="-100", paid="-80", responsibility="-5"), amount="0",
                                 plb=["PLB*1234567893*20261231*FB*-80"])), "reversal-responsibility"),
        ("the edition before", interchange(transaction(claim()), guide="004010X091A1"), "other-guide"),
        ("sent on and not to whom", interchange(transaction(claim(status="19"))), "no-carrier"),
    ],
)  # fmt: skip
def test_what_is_wrong_and_stops_nothing_is_found(reason: str, file: bytes, code: str) -> None:
    said = said_by(file)
    (result,) = results(file)
    found = [*result.findings, *(each for each in said if isinstance(each, Note))]
    assert (result.is_whole, codes(tuple(found))) == (True, [code]), reason
    assert len(events(file)) == 2, reason


SUSPENDED = [
    ("a cent of a line is missing", transaction(claim(cas="CAS*CO*45*19.99")), "line-unbalanced"),
    ("a claim's own adjustments are not in what is paid",
     transaction([*claim()[:1], "CAS*CO*45*5", *claim()[1:]]), "claim-unbalanced"),
    ("the lines are not the claim", transaction([*claim(), "SVC*HC:G0463*1*1"]), "lines-sum"),
    ("BPR is not the claims", transaction(claim(), amount="80.01"), "remittance-unbalanced"),
    ("BPR is not the claims less the provider's",
     transaction(claim(), plb=["PLB*1234567893*20261231*FB*10"]), "remittance-unbalanced"),
    ("a negative payment", transaction(claim(status="22", charge="-100", paid="-80"), amount="-80"),
     "payment-negative"),
    ("a reversal that takes nothing back", transaction(claim(status="22")), "wrong-sign"),
    ("no amount", transaction(claim(cas="CAS*CO*45*2O")), "unreadable"),
    ("three places of a cent", transaction(claim(), amount="80.001"), "unreadable"),
    ("an amount beyond its field", transaction(claim(charge="1000000000", paid="1000000000"), amount="1000000000"),
     "amount-too-large"),
    ("a status there is not", transaction(claim(status="77")), "invalid-field"),
    ("a group there is not", transaction(claim(cas="CAS*XX*45*20")), "invalid-field"),
    ("a payment of years after its file", [s.replace("*20260320", "*20620320") for s in transaction(claim())],
     "unreadable"),
    ("neither charge nor payment, which adds up to nothing", transaction(claim(), ["CLP*OURS2*1"]), "unreadable"),
    ("no control number", transaction(claim(number="")), "unreadable"),
    ("a day there is not", [s.replace("20260320", "20261320") for s in transaction(claim())], "unreadable"),
    ("no trace number", [s for s in transaction(claim()) if not s.startswith("TRN")], "unreadable"),
    ("a payer whom nobody knows", transaction(claim(), payer="OTHER"), "unreadable"),
    ("Canadian dollars", [*transaction(claim(), count=15)[:2], "CUR*PR*CAD", *transaction(claim(), count=15)[2:]],
     "unreadable"),
    ("neither credit nor debit", [s.replace("*80*C*ACH", "*80**ACH") for s in transaction(claim())], "unreadable"),
    ("a prenotification, which moves no money", [s.replace("BPR*I*", "BPR*P*") for s in transaction(claim())],
     "unreadable"),
    ("no amount of payment", transaction(claim(charge="0", paid="0"), amount=""), "unreadable"),
    ("a tag in small letters", transaction(claim(), [s.lower() for s in claim("B", charge="0", paid="0")]),
     "unreadable"),
    ("a line whose claim is lost", transaction(claim(), ["LX*2", *claim("B", charge="0", paid="0")[1:]]),
     "unreadable"),
    ("two payments", [*transaction(claim())[:2], *transaction(claim())[1:]], "unreadable"),
    ("another's money", [s.replace("1234567893", "1999999984") for s in transaction(claim())], "another-payee"),
]  # fmt: skip


@pytest.mark.parametrize(("reason", "segments", "code"), SUSPENDED, ids=[row[0] for row in SUSPENDED])
def test_what_does_not_balance_or_cannot_be_read_is_suspended_whole(
    reason: str, segments: list[str], code: str
) -> None:
    good = transaction(claim(), trace="T2", number="0002")
    file = interchange(segments, good)
    bad, fine = results(file)
    assert code in codes(bad.faults), reason
    assert not [each for each in events(file) if isinstance(each, Remittance) and each.trace_number == "T1"], reason
    assert (fine.is_whole, fine.trace) == (True, "T2"), reason


@pytest.mark.parametrize(
    ("reason", "segments", "where"),
    [
        ("a line", transaction(claim(), claim("B", cas="CAS*CO*45*19"), amount="160"), (19, "SVC03")),
        ("a line's adjustment", transaction(claim(cas="CAS*XX*45*20")), (14, "CAS")),
        ("a line's amounts", transaction([*claim(cas="CAS*CO*45*-1E5")]), (14, "CAS03")),
        ("what is too large", transaction(claim(charge="1000000000", paid="1000000000")), (9, "CLP04")),
        ("a claim", transaction([claim()[0], "CAS*CO*45*5", *claim()[1:]]), (9, "CLP04")),
        ("the payment", transaction(claim(), amount="79"), (4, "BPR02")),
        ("what is taken", transaction(claim(), plb=["PLB*1*20261231*WO*5", "PLB*1*20261231**5"]), (17, "PLB03")),
        ("what is taken, and how much is not said", transaction(claim(), plb=["PLB*1*20261231*WO"]), (16, "PLB04")),
        ("the day of payment", [s.replace("*20260320", "*18000101") for s in transaction(claim())], (4, "BPR16")),
    ],
)
def test_what_is_wrong_is_told_with_its_segment_and_element(
    reason: str, segments: list[str], where: tuple[int, str]
) -> None:
    faults = results(interchange(segments))[0].faults
    assert where in [(each.at, each.why.split(":")[0]) for each in faults], (reason, faults)


def test_who_is_paid_is_ours_by_one_of_his_numbers() -> None:
    """A payee's own NPI may be nobody's here, as a lockbox's is; his tax id tells."""
    by_tax_id = [
        s.replace("*XX*1234567893", "*XX*1999999984~REF*TJ*00-0000101") for s in transaction(claim(), count=14)
    ]
    assert results(interchange(by_tax_id))[0].faults == ()
    without = [s.replace("*XX*1234567893", "") for s in transaction(claim())]
    assert results(interchange(without))[0].faults == ()


def test_a_transaction_without_its_beginning_is_told() -> None:
    """ST is lost, and with it a payment, of which GE's count alone would tell."""
    second = transaction(claim(), trace="T2", number="0002")[1:]
    said = said_by(interchange(transaction(claim()), second, transaction(claim(), trace="T3", number="0003")))
    assert [each.trace for each in said if isinstance(each, Result)] == ["T1", "T3"]
    assert codes(tuple(each for each in said if isinstance(each, Note))) == ["outside", "trailer"]


def test_a_test_interchange_posts_nothing_but_on_a_system_for_tests() -> None:
    """ISA15 T: a payer's trial of real claims, say before he goes over to 835s, pays nobody."""
    file = interchange(transaction(claim()), usage="T")
    (result,) = results(file)
    assert (codes(result.faults), events(file)) == (["test-file"], [])
    said = read_answers([file], lambda _: "commercial", takes_tests=True)
    assert [type(each) for each in said] == [ClaimAdjudicated, Remittance, Result]


def test_no_value_of_a_file_is_in_what_is_said_of_it() -> None:
    file = interchange(transaction(claim(number="CANARY1", status="CANARY2", cas="CAS*CANARY3*45*20")))
    assert "CANARY" not in repr(results(file)[0].faults)


@pytest.mark.parametrize("cut", [b"SE*", b"CLP*", b"SVC*", b"463*"])
def test_of_a_transaction_that_is_cut_off_nothing_is_posted(cut: bytes) -> None:
    """Between segments or within one; what came before it in the file is."""
    file = interchange(transaction(claim()), transaction(claim(), trace="T2", number="0002"))
    first, second = (each for each in until_it_breaks(file[: file.rindex(cut)]) if isinstance(each, Result))
    assert (first.is_whole, second.is_whole, codes(second.faults)) == (True, False, ["truncated"])


def until_it_breaks(file: bytes) -> Iterator[object]:
    with suppress(X12Fault):
        yield from read_answers([file], lambda _: "commercial")


@pytest.mark.parametrize("lost", [b"SE*", b"GE*"])
def test_a_transaction_whose_end_is_lost_within_a_file_stands_for_itself(lost: bytes) -> None:
    first = interchange(transaction(claim()))
    file = (
        first[: first.index(b"\nSE*") + 1]
        + first[first.index(b"\nGE*") + 1 :]
        + interchange(transaction(claim(), trace="T2"), number=2)
    )
    bad, fine = results(file)
    assert (codes(bad.faults), fine.is_whole) == (["truncated"], True), lost


def test_a_transaction_that_answers_no_claim_is_passed_over() -> None:
    (result,) = results(interchange(["ST*271*0001", "BHT*0022*11*1*20260101*1200", "SE*3*0001"], kind="HB"))
    assert (result.is_whole, codes(result.findings), result.event_id) == (True, ["no-answer"], None)


TOLD = [
    # reason, SVC, (code, modifiers, revenue code, units) as adjudicated, (code, modifiers, units) as sent
    ("a revenue code alone", "NU:0250*0*0**3*HC:G0378*5", (None, (), "0250", 3000), ("G0378", (), 5000)),
    ("modifiers of each", "HC:G0463:25:LT*0*0*0510*2*HC:G0378:RT*3",
     ("G0463", ("25", "LT"), "0510", 2000), ("G0378", ("RT",), 3000)),
    ("what was sent is the same", "HC:G0463:25*0*0**1", ("G0463", ("25",), None, 1000), (None, (), None)),
    ("one was paid of those that were sent", "HC:G0463*0*0****4", ("G0463", (), None, 1000), (None, (), 4000)),
    ("no count at all", "HC:G0463*0*0", ("G0463", (), None, None), (None, (), None)),
    ("words beside it", "HC:G0463:::::a visit*0*0", ("G0463", (), None, None), (None, (), None)),
]  # fmt: skip


@pytest.mark.parametrize(("svc", "adjudicated", "sent"), [row[1:] for row in TOLD], ids=[row[0] for row in TOLD])
def test_a_line_is_told_as_sent_and_as_adjudicated(
    svc: str, adjudicated: tuple[Any, ...], sent: tuple[Any, ...]
) -> None:
    line = answer(f"SVC*{svc}").lines[1]
    assert (line.code, line.modifiers, line.revenue_code, line.units) == adjudicated
    assert (line.submitted_code, line.submitted_modifiers, line.submitted_units) == sent


def test_the_remarks_of_a_line_are_kept() -> None:
    assert answer("SVC*HC:G0463*0*0", "LQ*HE*N130", "LQ*HE*M15").lines[1].remarks == ("N130", "M15")


def test_six_reasons_of_a_group_are_six_adjustments() -> None:
    cas = "CAS*CO*45*1*2*97*2**50*3**16*4**18*5**29*5"
    said = answer(cas=cas)
    assert [(each.carc, each.cents) for each in said.lines[0].adjustments] == [
        ("45", 100), ("97", 200), ("50", 300), ("16", 400), ("18", 500), ("29", 500),
    ]  # fmt: skip
    assert said.lines[0].adjustments[0] == Adjustment(group="CO", carc="45", cents=100, quantity=2_000)


def test_what_is_said_by_the_way_is_kept() -> None:
    said = answer(status="19")
    assert said.crossover_carrier is None
    more = [*claim(status="19")[:2], "NM1*TT*2*OTHER INSURER*****PI*X1", "NM1*74*1******C*MENDED1", "NM1*PR*2*FIRST",
            "MOA***MA18*N89", "AMT*I*1.5", *claim()[2:]]  # fmt: skip
    kept = events(interchange(transaction(more)))[0]
    assert isinstance(kept, ClaimAdjudicated)
    assert (kept.crossover_carrier, kept.corrected_member_id, kept.corrected_payer) == (
        "OTHER INSURER", "MENDED1", "FIRST",
    )  # fmt: skip
    assert (kept.remarks, kept.interest_cents) == (("MA18", "N89"), 150)


def test_provider_adjustments_of_both_signs_are_read_with_their_references() -> None:
    plb = ["PLB*1234567893*20261231*WO:P9*50*L6*-1.25", "PLB*1234567893*20261231*FB:P8*-10"]
    payment = events(interchange(transaction(claim(), amount="41.25", plb=plb)))[-1]
    assert isinstance(payment, Remittance)
    assert [(each.code, each.reference, each.cents) for each in payment.provider_adjustments] == [
        ("WO", "P9", 5_000), ("L6", None, -125), ("FB", "P8", -1_000),
    ]  # fmt: skip


def test_a_reversal_keeps_quantities_and_leaves_the_patients_part_out() -> None:
    segments = claim(status="22", charge="-100", paid="-80", responsibility="-5", cas="CAS*CO*45*-20*-1")
    said = events(interchange(transaction(segments, amount="0", plb=["PLB*1*20261231*FB*-80"])))[0]
    assert isinstance(said, ClaimAdjudicated)
    assert (said.patient_responsibility_cents, said.lines[0].adjustments[0].quantity) == (None, 1_000)


def test_what_informs_is_kept() -> None:
    """billing.md: what an answer must keep beside the money."""
    said = answer(
        "AMT*B6*90",
        status="1",
        claim_says="NM1*74*1*EXEMPLAR*PATRICIA****C*MEMBER9|DTM*050*20260305|AMT*AU*95.5|QTY*CA*3",
    )
    assert (said.filing_indicator, said.received_on, said.allowed_cents) == ("12", date(2026, 3, 5), 9_550)
    assert (said.covered_days, said.lines[0].allowed_cents) == (3_000, 9_000)
    assert (said.corrected_name, said.corrected_member_id) == (Name(family="EXEMPLAR", given="PATRICIA"), "MEMBER9")


def test_a_drg_is_kept_with_its_weight() -> None:
    segments = [s.replace("*22*1", "*11*1**470*1.8999") if s.startswith("CLP") else s for s in claim()]
    (said, _) = events(interchange(transaction(segments)))
    assert isinstance(said, ClaimAdjudicated)
    assert (said.drg, said.drg_weight) == ("470", "1.8999")


def test_covered_days_are_taken_from_the_inpatient_segment_where_no_quantity_says_them() -> None:
    assert answer(claim_says="MIA*4***0").covered_days == 4_000
    assert answer(claim_says="MIA*4***0|QTY*CA*3").covered_days == 3_000


@pytest.mark.parametrize("said", ["AMT*AU*much", "QTY*CA*x", "DTM*050*20261305"])
def test_what_informs_and_cannot_be_read_stops_no_money(said: str) -> None:
    (result,) = results(interchange(transaction(claim(claim_says=said))))
    assert (result.is_whole, codes(result.findings)) == (True, ["not-kept"])


@pytest.mark.parametrize(
    ("reason", "count", "charge", "found"),
    [
        ("as it is", "2", "200", 0),
        ("unsaid", "", "", 0),
        ("a claim too many", "3", "200", 1),
        ("another sum", "2", "200.01", 1),
        ("no sum at all", "2", "much", 1),
        ("both", "1", "100", 2),
    ],
)
def test_a_providers_totals_that_are_not_so_are_found_and_stop_no_money(
    reason: str, count: str, charge: str, found: int
) -> None:
    ts3 = f"TS3*1234567893*11*20261231*{count}*{charge}"
    first, second = claim("A"), [*claim("B"), "LX*2", "TS3*1234567893*13*20261231*1*100"]
    file = interchange(transaction([ts3, *first], second, claim("C"), amount="240"))
    (result,) = results(file)
    assert (result.is_whole, codes(result.findings)) == (True, ["provider-totals"] * found), reason
