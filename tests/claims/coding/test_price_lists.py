"""Several price lists in one file: which one prices a chart, and what a list does not have."""

from datetime import date

import pytest

from claims.tables import Reference
from schemas.events.chart import Cause, ChartCompleted, Coding, Coverage
from tests.claims.coding.builders import done
from tests.claims.coding.given_charges import TEST, master_of, row, with_master
from tests.claims.coding.test_services import only, priced

DAY = date(2026, 3, 10)
GLUCOSE = (Coding(system="http://loinc.org", code="2345-7"),)

STANDARD = row()
CONTRACT = row(price_cents="1900", price_list="contract", start="2026-01-01", end="2026-06-30")
READING = row(TEST, component="professional", revenue_code="0971", price_cents="700")

LISTS = [
    # reason, list, day, prices of facility and professional
    ("no list is the standard one", None, DAY, {"facility": 2100, "professional": 700}),
    ("the list's own price, and the standard one of the other component", "contract", DAY,
     {"facility": 1900, "professional": 700}),
    ("a list without a row of this service", "other", DAY, {"facility": 2100, "professional": 700}),
    ("the last day of the list's row", "contract", date(2026, 6, 30), {"facility": 1900, "professional": 700}),
    ("the day after the list's row ended", "contract", date(2026, 7, 1), {"facility": 2100, "professional": 700}),
    ("the day before the list's row begins", "contract", date(2025, 12, 31), {"facility": 2100, "professional": 700}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "day", "prices"), [r[1:] for r in LISTS], ids=[r[0] for r in LISTS])
def test_a_list_prices_what_it_has_and_the_standard_one_the_rest(
    name: str | None, day: date, prices: dict[str, int]
) -> None:
    found = master_of(STANDARD, CONTRACT, READING).charges(GLUCOSE, None, day, name)

    assert {charge.component: charge.price_cents for charge in found} == prices


def test_a_visit_is_priced_by_its_list() -> None:
    visit = {**TEST, "system": "class", "code": "ambulatory"}
    master = master_of(row(visit), row(visit, price_cents="50", price_list="contract"))

    assert [charge.price_cents for charge in master.visit("ambulatory", DAY, "contract")] == [50]


def test_one_service_may_have_a_price_in_each_list_on_one_day() -> None:
    assert len(master_of(STANDARD, CONTRACT)) == 2


def test_a_file_without_the_column_has_no_lists(reference: Reference) -> None:
    assert reference.chargemasters["mercy-general"].price_lists == frozenset()


def coverage(payer: str, kind: str = "insurer", plan_kind: str = "CI") -> Coverage:
    like = {"id": payer, "payer": payer, "kind": kind, "plan_kind": plan_kind, "subscriber": {"relationship": "self"}}
    return Coverage.model_validate(like)


ASKED = [
    # reason, coverages, whether it happened at work, price
    ("the payer has no list", ("medicare",), False, 2100),
    ("the payer has a list", ("commercial",), False, 1900),
    ("the first payer decides, whoever comes second", ("medicare", "commercial"), False, 2100),
    ("the compensation answers for a work injury only", ("workers-compensation", "commercial"), False, 1900),
    ("the compensation is asked first after a work injury", ("commercial", "workers-compensation"), True, 2500),
    ("nobody else is asked: the patient's own list", ("patient",), False, 1500),
    ("no coverage at all", (), False, 2100),
]


@pytest.mark.parametrize(("payers", "at_work", "price"), [r[1:] for r in ASKED], ids=[r[0] for r in ASKED])
def test_the_list_is_that_of_the_first_payer_asked(
    chart: ChartCompleted, reference: Reference, payers: tuple[str, ...], at_work: bool, price: int
) -> None:
    lists = {"commercial": "contract", "workers-compensation": "schedule", "patient": "self-pay"}
    others = [row(price_cents="2500", price_list="schedule"), row(price_cents="1500", price_list="self-pay")]
    told = with_master(reference, STANDARD, CONTRACT, *others, price_lists=lists)
    kinds = {"workers-compensation": ("insurer", "WC"), "patient": ("patient", "09")}
    coverages = tuple(coverage(payer, *kinds.get(payer, ("insurer", "CI"))) for payer in payers)
    causes = (Cause(kind="employment"),) if at_work else ()

    line = only(priced(chart, told, done(), coverages=coverages, causes=causes))

    assert line.charge_cents == price


MISSING = [
    # reason, rows, what the item says
    ("no row ever", (row(code="other"),), "has never had a row"),
    ("the row ended", (row(end="2025-12-31"),), "ended on 2025-12-31, and none follows"),
    ("the row begins later", (row(start="2026-04-01"),), "begins on 2026-04-01, after its day"),
    ("the row of a later period", (row(start="2026-04-01", end="2026-12-31"),), "begins on 2026-04-01, after its day"),
    ("between two rows", (row(end="2026-01-31"), row(start="2026-04-01")), "2026-01-31, and the next begins on"),
    ("the row of another payer's list is none", (row(price_list="contract"),), "has never had a row"),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "why"), [r[1:] for r in MISSING], ids=[r[0] for r in MISSING])
def test_an_item_says_whether_there_was_a_row_and_until_or_from_when(
    chart: ChartCompleted, reference: Reference, rows: tuple[str, ...], why: str
) -> None:
    (item,) = priced(chart, with_master(reference, *rows), done()).worklist

    assert (item.kind, why in item.why, item.why.endswith("its dollars are unknown")) == ("charge", True, True)


def test_an_item_of_a_visit_says_so_too(chart: ChartCompleted, reference: Reference) -> None:
    ended = row({**TEST, "system": "class", "code": "ambulatory"}, end="2025-12-31")

    (item,) = priced(chart, with_master(reference, ended)).worklist

    assert (item.kind, "ended on 2025-12-31" in item.why) == ("visit", True)
