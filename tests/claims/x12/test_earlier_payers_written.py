"""A later payer's claim: what each earlier payer answered, on the claim and on its lines."""

from datetime import date

import pytest

from schemas.events.claim import Adjustment, ClaimBuilt, PriorAnswer, PriorLine
from schemas.events.people import Subscriber
from tests.claims.given_accounts import adjustments
from tests.claims.given_claims import institutional, professional
from tests.claims.x12.given_files import lines, read, why

CLAIM = professional(payer="medicaid")
LINE = CLAIM.lines[0]
ANSWERED = date(2026, 3, 20)


def answer(**other: object) -> PriorAnswer:
    """Commercial paid 30 of the line's 50; 12 are contractual, 8 the patient's."""
    line = PriorLine(
        control_number=LINE.control_number,
        paid_cents=3_000,
        adjustments=adjustments((("CO", "45", 1_200), ("PR", "1", 500), ("PR", "2", 300))),
        remaining_cents=800,
    )
    fixed = {
        "payer": "commercial", "sequence": 1, "adjudicated_on": ANSWERED, "paid_cents": 3_000, "lines": (line,),
        "member_id": "M1", "subscriber": Subscriber(relationship="self"), "payer_claim_number": "ICN1",
        "remaining_cents": 800, "filing_indicator": "CI", "group": "G1",
    }  # fmt: skip
    return PriorAnswer.model_validate({**fixed, **other})


def after(*answers: PriorAnswer, claim: ClaimBuilt = CLAIM) -> ClaimBuilt:
    return claim.model_copy(update={"prior": answers, "payer_sequence": 1 + len(answers)})


def line_answer(**other: object) -> PriorAnswer:
    (line,) = answer().lines
    return answer(lines=(line.model_copy(update=other),))


WHOLE = answer(lines=(), adjustments=adjustments((("CO", "45", 1_200), ("PR", "2", 800))))
STAY = institutional(payer="medicaid")

SAID = [
    # reason, claim, tag, one of its segments
    ("who paid first", after(answer()), "SBR", "SBR*P*18*G1******CI"),
    ("the claim's own payer is second", after(answer()), "SBR", "SBR*S*18*******MC"),
    ("what he paid", after(answer()), "AMT", "AMT*D*30"),
    ("nothing paid is said", after(answer(paid_cents=0)), "AMT", "AMT*D*0"),
    ("what he left to the patient", after(answer()), "AMT", "AMT*EAF*8"),
    ("assigned and released", after(answer()), "OI", "OI***Y***Y"),
    ("whose policy it was", after(answer()), "NM1", "NM1*IL*1*Example*****MI*M1"),
    ("who he is", after(answer()), "NM1", "NM1*PR*2*Example Mutual Insurance*****PI*EXPAY1"),
    ("his number", after(answer()), "REF", "REF*F8*ICN1"),
    ("a line: who, paid, code, units", after(answer()), "SVD", "SVD*EXPAY1*30*HC:G0463**1"),
    ("the code he took it for", after(line_answer(code="G2211", modifiers=("25",), units=2000)), "SVD",
     "SVD*EXPAY1*30*HC:G2211:25**2"),
    ("reasons of one group together", after(answer()), "CAS", "CAS*PR*1*5**2*3"),
    ("the others apart", after(answer()), "CAS", "CAS*CO*45*12"),
    ("a quantity", after(answer(lines=(), adjustments=(Adjustment(group="CO", carc="45", cents=100, quantity=2000),))),
     "CAS", "CAS*CO*45*1*2"),
    ("the day of a line's answer", after(answer()), "DTP", "DTP*573*D8*20260320"),
    ("the day of a claim's answer", after(WHOLE), "DTP", "DTP*573*D8*20260320"),
    ("a claim's reasons", after(WHOLE), "CAS", "CAS*CO*45*12"),
    ("remarks", after(answer(remarks=("MA01", "N1"))), "MOA", "MOA***MA01*N1"),
    ("a stay's remarks",
     after(answer(lines=(), remarks=("MA01", "N1")), claim=STAY.model_copy(update={"bill_type": "0111"})), "MIA",
     "MIA*0****MA01***************N1"),
]  # fmt: skip


@pytest.mark.parametrize(("claim", "tag", "said"), [row[1:] for row in SAID], ids=[row[0] for row in SAID])
def test_a_later_payers_claim_says(claim: ClaimBuilt, tag: str, said: str) -> None:
    assert said in lines(claim, tag=tag)


def test_a_line_that_was_paid_with_another_has_its_number() -> None:
    paid, bundled = (LINE.model_copy(update={"number": n, "control_number": f"L{n}"}) for n in (1, 2))
    (one,) = answer().lines
    told = [
        one.model_copy(update={"control_number": "L1"}),
        one.model_copy(update={"control_number": "L2", "bundled_into": "L1", "code": "G2211"}),
    ]
    claim = after(answer(lines=tuple(told)), claim=CLAIM.model_copy(update={"lines": (paid, bundled)}))
    assert lines(claim, tag="SVD") == ["SVD*EXPAY1*30*HC:G0463**1", "SVD*EXPAY1*30*HC:G2211**1*1"]


def test_a_claim_of_answered_lines_has_no_date_of_its_own() -> None:
    assert lines(after(answer()), tag="DTP").count("DTP*573*D8*20260320") == 1


def test_seven_reasons_of_a_group_take_two_segments() -> None:
    many = adjustments(tuple(("CO", str(number), 100) for number in range(1, 8)))
    found = [segment for segment in read(after(answer(lines=(), adjustments=many))) if segment.tag == "CAS"]
    assert [len([each for each in segment.elements[2::3] if each]) for segment in found] == [6, 1]


def test_a_reason_of_nothing_is_left_out() -> None:
    assert lines(after(answer(lines=(), adjustments=adjustments((("CO", "45", 0),)))), tag="CAS") == []


def test_each_earlier_payer_has_his_own_answer_to_a_line() -> None:
    second = answer(payer="medicare", sequence=2, filing_indicator="MB")
    assert [said.split("*")[1] for said in lines(after(answer(), second), tag="SVD")] == ["EXPAY1", "EXPAY2"]


TOO_MANY = adjustments(tuple(("CO", str(number), 100) for number in range(31)))
REFUSED = [
    # reason, claim, field
    ("nobody knows the member", after(answer(member_id=None)), "prior.0.member_id"),
    ("a payer whom nobody knows", after(answer(payer="elsewhere")), "prior.0.payer"),
    ("31 reasons", after(answer(lines=(), adjustments=TOO_MANY)), "prior.0.adjustments"),
    ("eleven payers", after(*[answer()] * 10).model_copy(update={"prior": (answer(),) * 11}), "prior"),
    ("an amount of eleven digits", after(answer(paid_cents=10**10)), "prior.0.paid_cents"),
]


@pytest.mark.parametrize(("claim", "field"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_a_claim_that_cannot_be_written_is_left_out_for_a_field(claim: ClaimBuilt, field: str) -> None:
    assert why(claim) == field
