"""To a payer who takes no cumulative bills each interim bill has its own days: 0112, 0113, at the discharge 0114."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from claims.accounts import Account, live_claims, with_claim
from claims.edits import check_account
from claims.forming import Formed, Now, follow_up
from claims.history import PatientHistory, remembered
from claims.partners import Partners
from claims.settlement import apply, stands_again
from claims.shares import chains
from claims.tables import Reference
from schemas.events.claim import ClaimBuilt
from schemas.events.coded import ChartCoded, CodedProcedure
from tests.claims.coding.changes import with_stay
from tests.claims.coding.given_interim_bills import ROOM, billed, day, paid, shown, stays
from tests.claims.given_accounts import account, answer, committed_partners, coverage, diagnosis, sent, service

PLAN, NEXT = coverage("commercial"), coverage("medicaid")


def in_sequence(partners: Partners, payer: str = "commercial", **other: Any) -> Partners:
    takes = partners.payers[payer].model_copy(update={"interim": "sequential", **other})
    return partners.model_copy(update={"payers": {**partners.payers, payer: takes}})


@pytest.fixture
def theirs(partners: Partners) -> Partners:
    return in_sequence(partners)


def with_lines(said: ChartCoded, *more: Any) -> ChartCoded:
    return said.model_copy(update={"services": (*said.services, *more)})


def drug(at: int, cents: int = 700) -> Any:
    return service(f"drug-{at}", cents=cents, revenue_code="0250", service_from=day(at), service_to=day(at))


def versions(theirs: Partners, *charts: ChartCoded) -> tuple[list[Formed], Account]:
    """What each version in turn makes, everything before it paid."""
    kept, made = account(), []
    for said in charts:
        formed, kept = billed(said, paid(kept), theirs)
        made.append(formed)
    return made, kept


def days_of(claim: ClaimBuilt) -> tuple[date, date]:
    return claim.statement_from, claim.statement_to


def value(claim: ClaimBuilt, code: str) -> int | None:
    return next((value.cents for value in claim.coded_values if value.code == code), None)


def standing(kept: Account) -> list[ClaimBuilt]:
    return [each.claim for each in live_claims(kept, "c1")]


def test_each_bill_has_its_own_days(theirs: Partners) -> None:
    made, _ = versions(theirs, stays(1, 60, "30", PLAN), stays(2, 120, "30", PLAN), stays(3, 130, "01", PLAN))
    assert [[shown(claim) for claim in formed.claims] for formed in made] == [
        [("0112", "2", "30", day(60), 6_000_000)],
        [("0113", "3", "30", day(120), 6_000_000)],
        [("0114", "4", "01", day(130), 900_000)],
    ]
    last = made[2].claims[0]
    assert [days_of(formed.claims[0])[0] for formed in made] == [day(1), day(61), day(121)]
    assert {formed.claims[0].admission_date for formed in made} == {day(1)}
    assert [value(formed.claims[0], "80") for formed in made] == [6_000, 6_000, 900]
    assert (last.original_reference, last.discharge_hour) == (None, "11")


def test_a_piece_of_a_line_has_a_number_of_its_own_in_every_version(theirs: Partners) -> None:
    made, _ = versions(theirs, stays(1, 60, "30", PLAN), stays(2, 120, "30", PLAN), stays(3, 130, "01", PLAN))
    room, *later = (formed.claims[0].lines[0] for formed in made)
    names = [f"{room.control_number}{first:%Y%m%d}" for first in (day(61), day(121))]
    assert [line.control_number for line in later] == names
    assert [(line.units, line.service_from, line.service_to) for line in (room, *later)] == [
        (60_000, day(1), day(60)),
        (60_000, day(61), day(120)),
        (9_000, day(121), day(130)),
    ]


def test_the_further_bill_waits_for_the_answer_to_the_one_before(theirs: Partners) -> None:
    first, kept = billed(stays(1, 60, "30", PLAN), account(), theirs)
    again, _ = billed(stays(2, 120, "30", PLAN), kept, theirs)
    assert (again.claims, again.awaited) == ((), (first.claims[0].claim_id,))


def test_a_paid_bill_stays_as_it_went_out_when_other_diagnoses_are_found(theirs: Partners) -> None:
    more = {"diagnoses": (diagnosis("J18.9", "principal"), diagnosis("I10"))}
    made, _ = versions(theirs, stays(1, 60, "30", PLAN), stays(2, 120, "30", PLAN).model_copy(update=more))
    (claim,) = made[1].claims
    assert (claim.frequency, [each.code for each in claim.diagnoses]) == ("3", ["J18.9", "I10"])


@pytest.mark.parametrize(
    ("reason", "version"),
    [
        ("a line more on its days", with_lines(stays(2, 120, "30", PLAN), drug(7))),
        ("another price of its days", stays(2, 120, "30", PLAN)),
        ("another number of the member", stays(2, 120, "30", coverage("commercial", member_id="M-2"))),
    ],
)  # fmt: skip
def test_a_paid_bill_is_corrected_when_something_else_is_said_of_it(
    theirs: Partners, reason: str, version: ChartCoded
) -> None:
    if "price" in reason:
        dearer = version.services[0].model_copy(update={"charge_cents": 24_000_000})
        version = version.model_copy(update={"services": (dearer,)})
    made, _ = versions(theirs, stays(1, 60, "30", PLAN), version)
    assert [(claim.bill_type, days_of(claim)) for claim in made[1].claims] == [
        ("0117", (day(1), day(60))),
        ("0113", (day(61), day(120))),
    ], reason


@pytest.mark.parametrize(("days", "status"), [(120, "30"), (130, "01")])
def test_the_newest_bill_is_corrected_by_any_change(theirs: Partners, days: int, status: str) -> None:
    known = {"diagnoses": (diagnosis("J18.9", "principal"),)}
    first, second = stays(1, 60, "30", PLAN), stays(2, days, status, PLAN)
    made, _ = versions(theirs, first, second, stays(3, days, status, PLAN).model_copy(update=known))
    assert [(claim.bill_type, days_of(claim)) for claim in made[2].claims] == [("0117", (day(61), day(days)))]


def test_what_was_folded_stands_on_the_first_bill(theirs: Partners) -> None:
    before = service("before", chart_id="c0", service_from=day(-1), service_to=day(-1))
    said = [stays(1, 60, "30", PLAN), stays(2, 120, "30", PLAN)]
    made, _ = versions(theirs, *(with_lines(each, before).model_copy(update={"folds": ("c0",)}) for each in said))
    assert [[days_of(claim) for claim in formed.claims] for formed in made] == [
        [(day(-1), day(60))],
        [(day(61), day(120))],
    ]
    assert made[1].claims[0].frequency == "3"


def test_a_denied_bill_is_corrected_by_what_is_known_since(theirs: Partners) -> None:
    first, kept = billed(stays(1, 60, "30", PLAN), account(), theirs)
    denied = answer(first.claims[0], 0, [("CO", "11", 6_000_000)], payer_claim_number="ICN-1")
    kept = with_claim(kept, apply(sent(first.claims[0]), denied))
    known = stays(2, 120, "30", PLAN).model_copy(update={"diagnoses": (diagnosis("J18.9", "principal"),)})
    assert [claim.bill_type for claim in billed(known, kept, theirs)[0].claims] == ["0117", "0113"]


def test_a_bill_that_was_never_filed_goes_again_as_what_it_was(theirs: Partners) -> None:
    first, kept = billed(stays(1, 60, "30", PLAN), account(), theirs)
    kept = with_claim(kept, sent(first.claims[0]).model_copy(update={"state": "rejected"}))
    again = billed(stays(2, 120, "30", PLAN), kept, theirs)[0].claims
    assert [(claim.bill_type, claim.submission) for claim in again] == [("0112", 2), ("0113", 1)]
    assert again[0].claim_id == first.claims[0].claim_id


def test_what_turns_out_shorter_corrects_the_last_bill(theirs: Partners) -> None:
    made, kept = versions(theirs, stays(1, 60, "30", PLAN), stays(2, 120, "30", PLAN), stays(3, 100, "01", PLAN))
    assert [(claim.bill_type, days_of(claim)) for claim in made[2].claims] == [("0117", (day(61), day(100)))]
    assert sum(claim.total_charge_cents for claim in standing(kept)) == 9_900_000


def test_a_discharge_without_any_line_corrects_the_last_bill(theirs: Partners) -> None:
    made, _ = versions(theirs, stays(1, 60, "30", PLAN), stays(2, 120, "30", PLAN), stays(3, 121, "01", PLAN))
    (claim,) = made[2].claims
    assert (claim.bill_type, claim.patient_status, days_of(claim)) == ("0117", "01", (day(61), day(121)))
    assert value(claim, "80") == 6_000


def test_the_day_of_discharge_alone_has_no_day_in_the_house(theirs: Partners) -> None:
    left = with_lines(stays(2, 61, "01", PLAN), drug(61))
    made, _ = versions(theirs, stays(1, 60, "30", PLAN), left)
    (claim,) = made[1].claims
    assert (claim.bill_type, days_of(claim), claim.total_charge_cents) == ("0114", (day(61), day(61)), 700)
    assert value(claim, "80") == 0


def test_days_of_leave_are_of_the_bill_that_has_their_line(theirs: Partners) -> None:
    def away(said: ChartCoded) -> ChartCoded:
        leave = service(
            "leave", cents=0, units=2_000, service_from=day(71), service_to=day(72), **{**ROOM, "revenue_code": "0183"}
        )
        room = said.services[0]
        before = room.model_copy(update={"service_to": day(70), "units": 70_000, "charge_cents": 7_000_000})
        after = {"statement": "again", "service_from": day(73), "units": 48_000, "charge_cents": 4_800_000}
        services = (before, leave, room.model_copy(update=after))
        return with_stay(said, leave_days=2).model_copy(update={"services": services})

    made, _ = versions(
        theirs, stays(1, 60, "30", PLAN), away(stays(2, 120, "30", PLAN)), away(stays(3, 120, "30", PLAN))
    )
    (claim,) = made[1].claims
    assert (claim.bill_type, value(claim, "80"), value(claim, "81")) == ("0113", 5_800, 200)
    unsaid = with_stay(stays(2, 120, "30", PLAN), leave_days=2)
    (finding,) = versions(theirs, stays(1, 60, "30", PLAN), unsaid)[0][1].refused
    assert (finding.rule, finding.field) == ("B1", "encounter.leave_days")


@pytest.mark.parametrize(
    ("reason", "line", "refused"),
    [
        ("a therapy, though of as many units as days", {"revenue_code": "0420", "units": 21_000}, ["B1"]),
        ("rooms of fewer days than it spans", {"revenue_code": "0120", "units": 40_000}, ["B1"]),
        ("a therapy that ends with the bill", {"revenue_code": "0420", "units": 40_000, "service_to": day(60)}, []),
    ],
)  # fmt: skip
def test_a_line_that_cannot_be_cut_by_its_days_goes_back(
    theirs: Partners, reason: str, line: dict[str, Any], refused: list[str]
) -> None:
    _, kept = billed(stays(1, 60, "30", PLAN), account(), theirs)
    over = service("over", **{"service_from": day(50), "service_to": day(70), **line})
    formed, _ = billed(with_lines(stays(2, 120, "30", PLAN), over), paid(kept), theirs)
    assert [finding.rule for finding in formed.refused] == refused, reason
    assert bool(formed.claims) == (not refused)


def test_an_operation_stands_on_the_bill_of_its_day(theirs: Partners) -> None:
    fixed = {"statement": "s", "path": "given", "release": "2026"}
    done = tuple(
        CodedProcedure.model_validate({"code": f"0FT44Z{n}", "performed_at": day(n), **fixed}) for n in (1, 70)
    )
    said = [stays(1, 60, "30", PLAN), stays(2, 120, "30", PLAN), stays(3, 130, "01", PLAN)]
    made, _ = versions(theirs, *(each.model_copy(update={"procedures": done[:n]}) for n, each in enumerate(said, 1)))
    assert [[each.code for each in formed.claims[0].procedures] for formed in made] == [["0FT44Z1"], ["0FT44Z70"], []]


def test_the_next_payer_gets_each_bill_as_what_it_is(theirs: Partners) -> None:
    """By its days also where the first payer's own was a correction."""
    kept, said = account(), []
    whole = [(60, "30", ()), (120, "30", ()), (130, "01", ()), (130, "01", (drug(70),))]
    for version, (days, status, more) in enumerate(whole, start=1):
        chart = with_lines(stays(version, days, status, PLAN, NEXT), *more)
        formed, kept = billed(chart, paid(kept), theirs)
        for claim in formed.claims:
            settled = answer(claim, reasons=[("PR", "1", 1_000)], trace_number=f"t{version}", payer_claim_number="ICN")
            answered = apply(sent(claim), settled)
            kept = with_claim(kept, answered)
            then = follow_up(chart, [answered], kept, theirs, Now(settled, day(200)))
            said.append([(each.payer, each.bill_type, days_of(each)) for each in then.claims])
    assert said == [
        [("medicaid", "0112", (day(1), day(60)))],
        [("medicaid", "0113", (day(61), day(120)))],
        [("medicaid", "0114", (day(121), day(130)))],
        [("medicaid", "0113", (day(61), day(120)))],
    ]


def test_the_patient_is_billed_for_his_part_of_all_bills(theirs: Partners) -> None:
    kept, bills = account(), []
    for version, (days, status) in enumerate([(60, "30"), (130, "01")], start=1):
        chart = stays(version, days, status, PLAN)
        chart = chart.model_copy(update={"services": (chart.services[0].model_copy(update={"text": "a bed"}),)})
        formed, kept = billed(chart, paid(kept), theirs)
        (claim,) = formed.claims
        settled = answer(
            claim, reasons=[("PR", "1", 1_000)], trace_number=f"t{version}", payer_claim_number=f"I{version}"
        )
        answered = apply(sent(claim), settled)
        kept = with_claim(kept, answered)
        bills.append(follow_up(chart, [answered], kept, theirs, Now(settled, day(200))).bills)
    assert [[(bill.owed_cents, bill.total_charge_cents) for bill in each] for each in bills] == [
        [(1_000, 6_000_000)],
        [(2_000, 12_900_000)],
    ]
    assert [line.text for line in bills[1][0].lines] == ["a bed", "a bed"]


def test_other_days_between_bills_are_the_payers_word(reference: Reference, theirs: Partners) -> None:
    def found(days: int, interim_days: int) -> list[str]:
        known = replace(reference, partners=in_sequence(theirs, interim_days=interim_days))
        history = remembered(PatientHistory(), stays(1, 30, "30", PLAN))
        return [each.rule for each in check_account(stays(2, days, "30", PLAN), history, known).findings]

    assert (found(60, 30), found(59, 30), found(60, 31)) == ([], ["B1"], ["B1"])


def in_rooms(said: ChartCoded, moved: int, cents: int, apart: int) -> ChartCoded:
    """The patient's rooms, another from the day after `moved`; what is apart is not covered."""
    whole, nights = said.services[0], said.services[0].units // 1000
    price = {"charge_cents": cents, "non_covered_cents": cents * apart // 100}
    if moved >= nights:
        return said.model_copy(update={"services": (whole.model_copy(update=price),)})
    first = whole.model_copy(update={"service_to": day(moved), "units": moved * 1000, **price})
    left = {
        "statement": "other",
        "service_from": day(moved + 1),
        "units": (nights - moved) * 1000,
        "revenue_code": "0200",
    }
    return said.model_copy(update={"services": (first, whole.model_copy(update={**left, **price}))})


@given(
    lasts=st.lists(st.integers(1, 40), min_size=2, max_size=5),
    gone=st.booleans(),
    cents=st.integers(0, 10_000_000),
    drugs=st.lists(st.integers(1, 80), unique=True, max_size=6),
    apart=st.integers(0, 100),
    moved=st.integers(1, 100),
)
@example(lasts=[2, 1, 2], gone=False, cents=3, drugs=[], apart=67, moved=100)
def test_all_bills_together_are_the_chart_and_each_day_is_on_one(
    *, lasts: list[int], gone: bool, cents: int, drugs: Sequence[int], apart: int, moved: int
) -> None:
    """Whatever the price and however it is rounded, wherever he lies, and where bills are corrected for it."""
    theirs, kept, ends = in_sequence(committed_partners()), account(), 0
    for version, more in enumerate(lasts, start=1):
        ends += more
        last = version == len(lasts)
        said = in_rooms(stays(version, ends, "01" if last and gone else "30", PLAN), moved, cents, apart)
        said = with_lines(said, *(drug(at) for at in drugs if at <= ends))
        formed, kept = billed(said, paid(kept), theirs)
        assert (formed.refused, formed.awaited) == ((), ())
    bills = sorted(standing(kept), key=days_of)
    lines = [line for claim in bills for line in claim.lines]
    rooms = [line for line in lines if line.unit_kind == "DA"]
    for summed in ("charge_cents", "non_covered_cents", "units"):
        assert sum(getattr(line, summed) for line in lines) == sum(getattr(each, summed) for each in said.services)
    assert all(0 <= line.non_covered_cents <= line.charge_cents for line in lines)
    assert len({line.control_number for line in lines}) == len(lines)
    assert sum(value(claim, "80") or 0 for claim in bills) * 10 == sum(line.units for line in rooms)
    assert all(days_of(bill)[0] <= line.service_from <= days_of(bill)[1] for bill in bills for line in bill.lines)
    assert (bills[0].statement_from, bills[-1].statement_to) == (day(1), day(ends))
    assert all(after.statement_from - before.statement_to == timedelta(1) for before, after in pairwise(bills))


def test_no_day_is_on_the_patients_bill_twice_where_a_payer_keeps_the_bills_of_another(theirs: Partners) -> None:
    """Another plan gets the stay whole, and the first one will not take back his bills of parts of it."""
    kept = account()
    for version, days, status, plan in ((1, 60, "30", PLAN), (2, 120, "01", PLAN), (3, 120, "01", NEXT)):
        _, kept = billed(stays(version, days, status, plan), paid(kept), theirs)
    for void in [each for each in kept.claims if each.claim.frequency == "8"]:
        kept = with_claim(kept, void.model_copy(update={"state": "rejected"}))
        stands = stands_again(kept, void)
        assert stands is not None
        kept = with_claim(kept, stands)
    first = [chain[0].claim for chain in chains(paid(kept), "c1")]
    assert [(claim.payer, claim.total_charge_cents) for claim in first] == [(NEXT.payer, 11_900_000)]
