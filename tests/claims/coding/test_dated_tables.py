"""Dated tables: what is valid on a day, what we had learned by a day, and a file that is not whole."""

from collections.abc import Callable
from datetime import date, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.codesets.dated import AddOn, DatedTables, Necessity, Pair, Setting, Term, UnitLimit, open_tables
from claims.codesets.dated_build import Release, compile_tables, release
from claims.codesets.lists import shipped, shipped_tables
from claims.reference import BadReference

NEW_YEAR, SPRING, AUTUMN = date(2026, 1, 1), date(2026, 4, 1), date(2026, 10, 1)
DAY = timedelta(days=1)


def tables(*releases: Release) -> DatedTables:
    return open_tables(compile_tables((*shipped(), *releases)))


PAIRS = release("ptp-outpatient", [Pair("G0463", "G0378", 1, NEW_YEAR, SPRING)])
LIMITS = release("mue-practitioner", [UnitLimit("J1100", 10, 3, NEW_YEAR)])
CODES = release(
    "hcpcs",
    [Term("G0463", "Clinic visit", NEW_YEAR, None, "C"), Term("G0463", "Older", SPRING - DAY * 900, NEW_YEAR - DAY)],
)
EVERYTHING = tables(PAIRS, LIMITS, CODES)


BOTH_SIDES = [
    # reason, day, is the pair in force
    ("the day before the effective date", NEW_YEAR - DAY, False),
    ("the effective date", NEW_YEAR, True),
    ("the deletion date still counts", SPRING, True),
    ("the day after the deletion date", SPRING + DAY, False),
]


@pytest.mark.parametrize(("day", "held"), [row[1:] for row in BOTH_SIDES], ids=[row[0] for row in BOTH_SIDES])
def test_a_pair_holds_from_its_effective_to_its_deletion_date(day: date, held: bool) -> None:
    assert (EVERYTHING.pair("outpatient", "G0463", "G0378", day) is not None) is held


def test_a_pair_has_an_order() -> None:
    assert EVERYTHING.pair("outpatient", "G0378", "G0463", NEW_YEAR) is None


SETTINGS: list[Setting] = ["practitioner", "dme"]


@pytest.mark.parametrize("setting", SETTINGS)
def test_a_pair_of_one_setting_is_none_of_another(setting: Setting) -> None:
    assert EVERYTHING.pair(setting, "G0463", "G0378", NEW_YEAR) is None


def test_a_pair_that_was_never_in_force_does_not_hide_one_that_is() -> None:
    """Indicator 9: effective and deleted on one day, beside a row that counts."""
    void, real = Pair("A0001", "A0002", 9, NEW_YEAR, NEW_YEAR), Pair("A0001", "A0002", 0, NEW_YEAR)
    assert tables(release("ptp-practitioner", [void, real])).pair("practitioner", "A0001", "A0002", NEW_YEAR) == real


def test_of_two_rows_of_one_code_the_day_of_the_service_decides() -> None:
    found = [EVERYTHING.term("hcpcs", "G0463", day) for day in (NEW_YEAR - DAY, NEW_YEAR)]
    assert [(term.title, term.note) for term in found if term] == [("Older", ""), ("Clinic visit", "C")]


def test_a_unit_limit_says_what_it_limits() -> None:
    assert EVERYTHING.unit_limit("practitioner", "J1100", SPRING) == ("J1100", 10, 3, NEW_YEAR, None)


def test_what_is_not_listed_has_no_limit_that_we_know() -> None:
    assert EVERYTHING.unit_limit("practitioner", "J1101", SPRING) is None


def test_an_add_on_has_all_the_bases_that_hold_on_the_day() -> None:
    given = tables(
        release(
            "add-on",
            [
                AddOn("A0001", frozenset({"A0002", "A0003"}), 1, NEW_YEAR),
                AddOn("A0001", frozenset({"A0004"}), 1, SPRING, AUTUMN),
            ],
        )
    )
    bases = [found.bases for day in (NEW_YEAR, SPRING) if (found := given.add_on("A0001", day))]
    assert bases == [{"A0002", "A0003"}, {"A0002", "A0003", "A0004"}]


def test_an_add_on_whose_bases_the_payer_names_lists_none() -> None:
    given = tables(release("add-on", [AddOn("A0001", frozenset(), 2, NEW_YEAR)]))
    assert given.add_on("A0001", NEW_YEAR) == ("A0001", frozenset(), 2, NEW_YEAR, None)


def test_a_code_that_is_no_add_on_needs_no_base() -> None:
    assert tables(release("add-on", [AddOn("A0001", frozenset(), 2, NEW_YEAR)])).add_on("A0002", NEW_YEAR) is None


def test_each_policy_names_its_diagnoses() -> None:
    given = tables(
        release(
            "necessity",
            [Necessity("L1", "A0001", ("I10", "E11*"), NEW_YEAR), Necessity("L2", "A0001", ("G35.D",), SPRING)],
        )
    )
    assert [(found.policy, found.diagnoses) for found in given.necessity("A0001", SPRING)] == [
        ("L1", ("E11*", "I10")),
        ("L2", ("G35.D",)),
    ]
    assert len(given.necessity("A0001", NEW_YEAR)) == 1


NOTHING = ["", "A", "A0001X", "Ä0001", "A0001\0", "A" * 40]


@pytest.mark.parametrize("code", NOTHING, ids=repr)
def test_what_is_no_code_is_in_no_table(code: str) -> None:
    day = NEW_YEAR
    asked = (
        EVERYTHING.term("hcpcs", code, day),
        EVERYTHING.pair("outpatient", code, "G0378", day),
        EVERYTHING.pair("outpatient", "G0463", code, day),
        EVERYTHING.unit_limit("practitioner", code, day),
        EVERYTHING.add_on(code, day),
    )
    assert asked == (None,) * 5
    assert EVERYTHING.necessity(code, day) == ()


def test_a_table_that_was_not_loaded_says_so() -> None:
    assert [EVERYTHING.has(name) for name in ("hcpcs", "ptp-outpatient", "ptp-practitioner")] == [True, True, False]


def test_the_lists_that_ship_are_always_there() -> None:
    office = shipped_tables().term("place-of-service", "11", NEW_YEAR)
    assert office is not None
    assert office.title == "office"


def test_a_list_that_ships_is_added_to_code_by_code() -> None:
    given = tables(release("place-of-service", [Term("11", "ours", NEW_YEAR)], released=SPRING))
    titles = [term.title for code in ("11", "12") if (term := given.term("place-of-service", code, SPRING))]
    assert titles == ["ours", "home"]


def quarters() -> DatedTables:
    """Two quarters of limits, and a correction of the first that came late."""
    return tables(
        release("mue-dme", [UnitLimit("A0001", 1, 2, NEW_YEAR)], released=NEW_YEAR, first=NEW_YEAR, last=SPRING - DAY),
        release("mue-dme", [UnitLimit("A0001", 2, 2, SPRING)], released=SPRING, first=SPRING),
        release("mue-dme", [UnitLimit("A0001", 9, 2, NEW_YEAR)], released=AUTUMN, first=NEW_YEAR, last=SPRING - DAY),
    )


TWO_AXES = [
    # reason, known by, day of the service, units
    ("before we learned anything", NEW_YEAR - DAY, NEW_YEAR, None),
    ("the first quarter as first published", NEW_YEAR, NEW_YEAR, 1),
    ("the second quarter does not unsay the first", SPRING, NEW_YEAR, 1),
    ("the second quarter", SPRING, SPRING, 2),
    ("the second quarter before it was published", SPRING - DAY, SPRING, None),
    ("the first quarter the day before its correction", AUTUMN - DAY, NEW_YEAR, 1),
    ("the first quarter as corrected", AUTUMN, NEW_YEAR, 9),
    ("the correction leaves the second quarter", AUTUMN, SPRING, 2),
]


@pytest.mark.parametrize(("known", "day", "units"), [row[1:] for row in TWO_AXES], ids=[row[0] for row in TWO_AXES])
def test_the_newest_release_known_by_a_day_that_speaks_of_the_service_is_in_force(
    known: date, day: date, units: int | None
) -> None:
    found = quarters().as_known(known).unit_limit("dme", "A0001", day)
    assert (found.units if found else None) == units


def test_a_newer_release_that_drops_a_code_unsays_it() -> None:
    given = tables(
        release("hcpcs", [Term("A0001", "One", NEW_YEAR), Term("A0002", "Two", NEW_YEAR)], released=NEW_YEAR),
        release("hcpcs", [Term("A0001", "One", NEW_YEAR)], released=SPRING),
    )
    assert given.term("hcpcs", "A0002", AUTUMN) is None
    assert given.as_known(SPRING - DAY).term("hcpcs", "A0002", AUTUMN) is not None


def test_what_was_known_has_the_version_it_had_then() -> None:
    first = release("hcpcs", [Term("A0001", "One", NEW_YEAR)], released=NEW_YEAR)
    later = release("hcpcs", [Term("A0001", "Two", NEW_YEAR)], released=SPRING)
    then, now = tables(first), tables(*map(anew, (first, later)))
    assert now.version != then.version == now.as_known(NEW_YEAR).version


def anew(of: Release) -> Release:
    """Rows are read once; these are at hand again."""
    return release(of.table, [Term("A0001", "Two" if of.released == SPRING else "One", NEW_YEAR)], released=of.released)


def test_the_same_rows_give_the_same_bytes_in_any_order() -> None:
    rows = [Pair("A0001", f"B{n:04}", n % 2, NEW_YEAR) for n in range(20)]
    terms = [Term(f"B{n:04}", f"Title {n}", NEW_YEAR) for n in range(20)]
    one = compile_tables([release("ptp-outpatient", rows), release("hcpcs", terms)])
    assert one == compile_tables([release("hcpcs", terms[::-1]), release("ptp-outpatient", rows[::-1])])


OVERLAPS = [
    # reason, table, rows, is it a fault
    ("a row twice", "ptp-outpatient", [Pair("A0001", "A0002", 1, NEW_YEAR)] * 2, True),
    (
        "on one day: the last day still counts",
        "hcpcs",
        [Term("A0001", "x", NEW_YEAR, SPRING), Term("A0001", "y", SPRING)],
        True,
    ),
    ("one after the other", "hcpcs", [Term("A0001", "x", NEW_YEAR, SPRING - DAY), Term("A0001", "y", SPRING)], False),
    ("another base", "add-on", [AddOn("A0001", frozenset({b}), 1, NEW_YEAR) for b in ("A0002", "A0003")], False),
    ("another policy", "necessity", [Necessity(p, "A0001", ("I10",), NEW_YEAR) for p in ("L1", "L2")], False),
    ("without an end, then again", "mue-dme", [UnitLimit("A0001", 1, 1, d) for d in (NEW_YEAR, SPRING)], True),
]


@pytest.mark.parametrize(("table", "rows", "fault"), [row[1:] for row in OVERLAPS], ids=[row[0] for row in OVERLAPS])
def test_no_entry_is_valid_twice_on_one_day(table: str, rows: list[Term], fault: bool) -> None:
    if not fault:
        compile_tables([release(table, rows)])
        return
    with pytest.raises(BadReference, match="rows:2:1 dates: the same entry is valid twice"):
        compile_tables([release(table, rows)])


@pytest.mark.parametrize("last", [NEW_YEAR - DAY, date(2079, 6, 7)], ids=["before it begins", "past all days"])
def test_days_that_are_no_span_are_a_fault(last: date) -> None:
    with pytest.raises(BadReference, match="rows:1:1 dates"):
        compile_tables([release("hcpcs", [Term("A0001", "x", NEW_YEAR, last)])])


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda raw: raw[:-1], id="truncated"),
        pytest.param(lambda raw: raw[:10], id="a piece of the header"),
        pytest.param(lambda raw: b"", id="empty"),
        pytest.param(lambda raw: b"PK" + raw[2:], id="another file"),
        pytest.param(lambda raw: raw[:-40] + b"!" + raw[-39:], id="a byte changed"),
        pytest.param(lambda raw: raw[:9] + b"\xff" + raw[10:], id="another format"),
    ],
)
def test_a_file_that_is_not_whole_says_how_to_build_it(damage: Callable[[bytes], bytes]) -> None:
    with pytest.raises(BadReference, match="claimstream codesets build"):
        open_tables(damage(compile_tables(shipped())), "tables.bin")


_CODE = st.from_regex(r"[A-CE-V][0-9]{4}", fullmatch=True)
_SPANS = st.lists(st.dates(NEW_YEAR - 9 * DAY, NEW_YEAR + 9 * DAY), max_size=8, unique=True).map(sorted)


@given(st.dictionaries(st.tuples(_CODE, _CODE), _SPANS, max_size=20))
def test_every_pair_that_was_compiled_is_found_on_its_days_and_on_no_other(
    spans: dict[tuple[str, str], list[date]],
) -> None:
    rows = [
        Pair(*codes, 1, first, last)
        for codes, days in spans.items()
        for first, last in zip(days[::2], days[1::2], strict=False)
    ]
    given = tables(release("ptp-practitioner", rows))
    for codes in spans:
        for day in (NEW_YEAR + n * DAY for n in range(-10, 11)):
            held = [row for row in rows if row[:2] == codes and row.first <= day <= (row.last or day)]
            assert given.pair("practitioner", *codes, day) == (held[0] if held else None)


_SHORT = st.dates(NEW_YEAR, NEW_YEAR + 9 * DAY)
_WINDOW = st.one_of(
    st.just((None, None)), st.tuples(_SHORT, st.none()), st.tuples(_SHORT, _SHORT).map(sorted).map(tuple)
)


@st.composite
def _publications(draw: st.DrawFn) -> list[tuple[date, date | None, date | None, dict[str, int]]]:
    """Releases of limits of two codes: learned each on a day of its own, speaking of some days."""
    learned = draw(st.lists(_SHORT, max_size=5, unique=True))
    limits = st.dictionaries(st.sampled_from(["A0001", "A0002"]), st.integers(1, 9))
    return [(day, *draw(_WINDOW), draw(limits)) for day in learned]


@given(_publications(), _SHORT, _SHORT)
def test_what_is_in_force_is_what_a_reader_of_the_publications_would_say(
    published: list[tuple[date, date | None, date | None, dict[str, int]]], known: date, day: date
) -> None:
    """The oracle reads the releases like newspapers: the last one it has got by then that speaks of the day."""
    given = tables(
        *(
            release(
                "mue-dme",
                [UnitLimit(code, units, 1, first or date(2000, 1, 1), last) for code, units in limits.items()],
                released=learned,
                first=first,
                last=last,
            )
            for learned, first, last, limits in published
        )
    )
    speaking = [
        (learned, limits)
        for learned, first, last, limits in published
        if learned <= known and (first is None or first <= day) and (last is None or day <= last)
    ]
    expected = max(speaking, key=lambda each: each[0])[1] if speaking else {}
    for code in ("A0001", "A0002"):
        found = given.as_known(known).unit_limit("dme", code, day)
        assert (found.units if found else None) == expected.get(code)


def test_what_was_known_on_days_between_two_releases_is_one_view() -> None:
    given = quarters()
    assert given.as_known(SPRING) is given.as_known(SPRING + DAY)
    assert given.as_known(AUTUMN) is given


def test_of_many_codes_the_same_pairs_are_found_as_of_few() -> None:
    codes = tuple(f"A{number:04}" for number in range(100))
    pairs = [Pair(one, other, 1, SPRING) for one in codes[::7] for other in codes[::5] if one != other]
    newer = [pair for pair in pairs if pair.column1 != codes[7]]
    given = tables(
        release("ptp-outpatient", pairs),
        release("ptp-outpatient", newer, released=SPRING, first=AUTUMN),
    )

    for day in (NEW_YEAR, SPRING, AUTUMN):
        asked = [given.pair("outpatient", *two, day) for two in permutations(codes, 2)]
        assert list(given.pairs_among("outpatient", codes, day)) == [pair for pair in asked if pair]


def test_what_is_no_code_is_under_no_pair_of_many() -> None:
    codes = (*(f"A{number:04}" for number in range(100)), *NOTHING)
    given = tables(release("ptp-outpatient", [Pair("A0001", "A0002", 0, SPRING)]))

    assert [pair[:2] for pair in given.pairs_among("outpatient", codes, SPRING)] == [("A0001", "A0002")]
