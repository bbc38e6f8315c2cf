"""Words to a code only where the rules allow one answer; everything else to a coder, with candidates and reasons."""

from datetime import UTC, datetime

import pytest

from claims.encoding import Encoded, encode
from claims.ranking import diagnoses, undecided_principal
from claims.tables import Reference
from schemas.events.chart import ChartCompleted, Coding, Statement
from tests.claims.coding.builders import phrase, said
from tests.claims.coding.test_encoding import found, scene

CODED = [
    # reason, statement, codes
    ("an abbreviation in a title", phrase("T2DM w/o complications"), ["E11.9"]),
    ("a nonessential modifier left out", phrase("Essential hypertension (HTN)"), ["I10"]),
    ("the words in another order", phrase("knee pain, left"), ["M25.562"]),
    ("a side short", phrase("Rt knee pain"), ["M25.561"]),
    ("a side in a field", phrase("knee pain", laterality="left"), ["M25.562"]),
    ("both sides, and no code for both", phrase("bilateral knee pain"), ["M25.562", "M25.561"]),
    ("one side where a code says both limbs", phrase("Carpal tunnel syndrome, left"), ["G56.02"]),
    ("both sides, and a code for both", phrase("bilateral carpal tunnel syndrome"), ["G56.03"]),
    ("the side is unspecified in so many words", phrase("Pain in unspecified knee"), ["M25.569"]),
    ("side and episode in words", phrase("Sprained ankle NOS, left, initial encounter"), ["S93.402A"]),
    ("an official title of a fracture", phrase(
        "Unspecified fracture of unspecified forearm, initial encounter for closed fracture"), ["S52.90XA"]),
    ("an official title of a sequela", phrase(
        "Sprain of unspecified ligament of left ankle, sequela"), ["S93.402S"]),
    ("personal history", phrase("h/o malignant neoplasm of breast"), ["Z85.3"]),
    ("personal history by its field", phrase("malignant neoplasm of breast", certainty="history-of"), ["Z85.3"]),
    ("family history", phrase("Family history of malignant neoplasm of breast"), ["Z80.3"]),
    ("a relative's disease", phrase("malignant neoplasm of breast", whose="family"), ["Z80.3"]),
    ("history in a code's own title", phrase("History of falling"), ["Z91.81"]),
    ("NOS for unspecified", phrase("COPD NOS"), ["J44.9"]),
]  # fmt: skip


@pytest.mark.parametrize(("statement", "expected"), [row[1:] for row in CODED], ids=[row[0] for row in CODED])
def test_words_with_one_answer_are_coded(
    chart: ChartCompleted, reference: Reference, statement: Statement, expected: list[str]
) -> None:
    encoded = encode(scene(chart, reference, statement))

    assert ([each.code for each in encoded.found], encoded.worklist) == (expected, ())


DROPPED = [
    ("negated", "no evidence of multiple sclerosis"),
    ("denied", "denies pain in left knee"),
    ("ruled out", "Multiple sclerosis ruled out"),
    ("uncertain, outpatient (OCG IV.H)", "probable essential hypertension"),
    ("a question, outpatient", "essential hypertension?"),
    ("to be ruled out, outpatient", "r/o COPD"),
]


@pytest.mark.parametrize("words", [row[1] for row in DROPPED], ids=[row[0] for row in DROPPED])
def test_what_the_words_do_not_confirm_is_not_coded(chart: ChartCompleted, reference: Reference, words: str) -> None:
    assert encode(scene(chart, reference, phrase(words))) == Encoded()


WORK = [
    # reason, statement, kind, candidate, its reason
    ("default for what says no more", phrase("COPD"), "default", "J44.9", "not specified further"),
    ("no side", phrase("knee pain"), "ambiguous", "M25.561", "names a side, and none is documented"),
    ("another side", phrase("Pain in left knee", laterality="right"), "side", "M25.561", "shares words"),
    ("no episode", phrase("Sprained ankle NOS", laterality="left"), "ambiguous", "S93.402A", "no episode"),
    ("a fracture's letter", phrase("Broken forearm NOS", episode="initial"), "ambiguous", "S52.90XA", "more than side"),
    ("a sequela", phrase("sequela of sprained ankle"), "sequela", "S93.401S", "names a side"),
    ("a sequela by its field", phrase("Sprained ankle NOS", laterality="left", episode="sequela"), "sequela",
     "S93.402S", "coded first"),
    ("a part denied", phrase("denies chest pain, has acute cough"), "uncertain", "R05.1", "shares words"),
    ("one or the other", phrase("acute cough versus COPD"), "uncertain", "R05.1", "shares words"),
    ("history without a Z code", phrase("history of multiple sclerosis"), "history", "G35.D", "shares words"),
    ("family history without one", phrase("family history of acute cough"), "history", "R05.1", "shares words"),
    ("a side that the code has not", phrase("left-sided essential hypertension"), "phrase", "I10", "says also"),
    ("an abbreviation with two meanings", phrase("MS"), "phrase", None, ""),
    ("more than the phrase says", phrase("Sprain of ankle"), "phrase", "S93.401A", "names a side"),
]  # fmt: skip


@pytest.mark.parametrize("case", [row[1:] for row in WORK], ids=[row[0] for row in WORK])
def test_words_without_one_answer_are_a_coders_with_the_reason_of_each_candidate(
    chart: ChartCompleted, reference: Reference, case: tuple[Statement, str, str | None, str]
) -> None:
    statement, kind, code, reason = case

    encoded = encode(scene(chart, reference, statement))

    assert (found(encoded), [item.kind for item in encoded.worklist]) == ([], [kind])
    whys = {each.code: each.why for each in encoded.worklist[0].candidates}
    assert code is None or reason in whys[code]


def test_the_fitting_candidates_come_first(chart: ChartCompleted, reference: Reference) -> None:
    (item,) = encode(scene(chart, reference, phrase("some pain of the left knee"))).worklist

    assert item.candidates[0].code == "M25.562"
    assert "another side" in {each.code: each.why for each in item.candidates}["M25.561"]


EPISODES = [
    # reason, statement, the 7th characters of its candidates in turn
    ("nothing said, several codes", phrase("Sprained ankle NOS"), "AAADDDSS"),
    ("nothing said, titles near to it", phrase("Sprain of ankle"), "AAA"),
    ("not said to be open is closed", phrase("Broken forearm NOS"), "ABDS"),
    ("an episode that is documented", phrase("Broken forearm NOS", episode="subsequent"), "DABS"),
    ("words of healing", phrase("healing fracture of the forearm"), "DDDDA"),
    ("words of a sequela", phrase("sequela of a fracture of the forearm"), "SSSSA"),
]


@pytest.mark.parametrize(("statement", "letters"), [row[1:] for row in EPISODES], ids=[row[0] for row in EPISODES])
def test_the_initial_encounter_comes_first_unless_the_words_say_another(
    chart: ChartCompleted, reference: Reference, statement: Statement, letters: str
) -> None:
    item = encode(scene(chart, reference, statement)).worklist[0]

    injuries = [each.code for each in item.candidates if each.code.startswith("S")]
    assert "".join(code[-1] for code in injuries).startswith(letters)


def test_uncertain_words_of_an_inpatient_are_a_coders(inpatient: ChartCompleted, reference: Reference) -> None:
    encoded = encode(scene(inpatient, reference, phrase("probable COPD")))

    assert [item.kind for item in encoded.worklist] == ["uncertain"]


GIVEN = [
    # reason, statement, kind, candidate
    ("never existed", said("Q99.99"), "unknown-code", None),
    ("the 7th character without its padding", said("W19.A"), "unknown-code", "W19.XXXA"),
    ("a category with too few characters", said("S93.40"), "ambiguous", "S93.401A"),
    ("a category with several codes below", said("S52"), "ambiguous", "S52.90XA"),
    ("only before the day, with nothing below", said("E78.01"), "not-on-day", None),
    ("words that deny it", said("I10", text="hypertension ruled out"), "uncertain", "I10"),
    ("words that doubt it", said("I10", text="probable hypertension"), "uncertain", "I10"),
    ("words that say history", said("I10", text="history of hypertension"), "history", "I10"),
    ("words that say the other side", said("M25.561", text="pain in left knee"), "side", "M25.561"),
]


@pytest.mark.parametrize(("statement", "kind", "candidate"), [row[1:] for row in GIVEN], ids=[row[0] for row in GIVEN])
def test_a_given_code_that_cannot_stand_is_a_coders(
    chart: ChartCompleted, reference: Reference, statement: Statement, kind: str, candidate: str | None
) -> None:
    encoded = encode(scene(chart, reference, statement))

    assert (found(encoded), [item.kind for item in encoded.worklist]) == ([], [kind])
    assert candidate is None or candidate in [each.code for each in encoded.worklist[0].candidates]


def test_a_code_that_is_not_yet_in_force_says_so(chart: ChartCompleted, reference: Reference) -> None:
    early = day_of(chart, "2025-09-30T12:00:00-04:00")

    (item,) = encode(scene(early, reference, said("D71.8"))).worklist

    assert (item.kind, item.why) == ("not-on-day", "the code given is valid only after the day of service")


def test_a_given_code_stands_beside_words_that_deny_something_else(chart: ChartCompleted, reference: Reference) -> None:
    statement = said("I10", text="Hypertension, no evidence of heart failure")

    assert found(encode(scene(chart, reference, statement))) == [("I10", "given")]


def test_a_given_code_stands_beside_the_title_of_another_meaning(chart: ChartCompleted, reference: Reference) -> None:
    """The words are the code's own, whatever they say of history."""
    assert found(encode(scene(chart, reference, said("Z91.81", text="History of falling")))) == [("Z91.81", "given")]


def test_an_excludes1_pair_is_flagged_when_the_encoder_found_one_of_it(
    chart: ChartCompleted, reference: Reference
) -> None:
    words = phrase("Type 1 diabetes mellitus without complications")

    (item,) = encode(scene(chart, reference, said("E11.9"), words)).worklist

    assert (item.kind, item.statement) == ("excludes1", words.id)
    assert "Excludes1 at E11" in item.why


def test_an_excludes1_pair_that_the_hospital_gave_is_left_to_the_edits(
    chart: ChartCompleted, reference: Reference
) -> None:
    assert encode(scene(chart, reference, said("E11.9"), said("E10.9"))).worklist == ()


def test_a_candidate_that_is_excluded_beside_a_given_code_says_so(chart: ChartCompleted, reference: Reference) -> None:
    (item,) = encode(scene(chart, reference, said("E11.9"), phrase("Type 1 diabetes mellitus of some kind"))).worklist

    assert {each.code: each.why for each in item.candidates}["E10.9"] == "excluded beside E11.9 (Excludes1 at E11)"


def test_a_symptom_in_words_beside_a_diagnosis_is_a_coders(chart: ChartCompleted, reference: Reference) -> None:
    (item,) = encode(scene(chart, reference, said("J44.9"), phrase("acute cough"))).worklist

    assert item.kind == "symptom"


def test_a_symptom_alone_is_coded(chart: ChartCompleted, reference: Reference) -> None:
    assert found(encode(scene(chart, reference, phrase("acute cough"), said("Z91.81")))) == [
        ("R05.1", "title"),
        ("Z91.81", "given"),
    ]


def test_a_coded_diagnosis_keeps_its_phrase_and_what_it_met(chart: ChartCompleted, reference: Reference) -> None:
    place = scene(chart, reference, phrase("high blood pressure", rank=1))

    (coded,) = diagnoses(place, encode(place).found)

    assert (coded.phrase, coded.note, coded.release) == (
        "high blood pressure",
        "inclusion-term: High blood pressure",
        "2026-04-01",
    )


SEQUENCES = [
    # reason, statements, codes in order
    ("code first, against the ranks", (said("N18.1", rank=1), said("I12.9", rank=2)), ["I12.9", "N18.1"]),
    ("what is put first goes right before it", (said("N18.1", rank=1), said("J44.9", rank=2), said("I12.9", rank=3)),
     ["I12.9", "N18.1", "J44.9"]),
    ("an additional code, unranked", (said("Z79.4"), said("E11.9")), ["E11.9", "Z79.4"]),
    ("an additional code that was ranked first", (said("Z79.4", rank=1), said("E11.9", rank=2)), ["Z79.4", "E11.9"]),
    ("no note", (said("J44.9", rank=1), said("I10", rank=2)), ["J44.9", "I10"]),
]  # fmt: skip


@pytest.mark.parametrize(("statements", "expected"), [row[1:] for row in SEQUENCES], ids=[row[0] for row in SEQUENCES])
def test_notes_of_the_list_put_documented_codes_in_order(
    chart: ChartCompleted, reference: Reference, statements: tuple[Statement, ...], expected: list[str]
) -> None:
    place = scene(chart, reference, *statements)

    assert [each.code for each in diagnoses(place, encode(place).found)] == expected


def test_a_manifestation_is_no_candidate_for_the_principal_diagnosis(
    inpatient: ChartCompleted, reference: Reference
) -> None:
    place = scene(inpatient, reference, said("N18.1"), said("I12.9"))

    assert list(undecided_principal(place, encode(place).found)) == []


def test_another_code_system_gives_no_diagnosis(chart: ChartCompleted, reference: Reference) -> None:
    codings = tuple(
        Coding(system=system, code="38341003")
        for system in ("http://snomed.info/sct", "http://loinc.org", "http://www.nlm.nih.gov/research/umls/rxnorm")
    )

    encoded = encode(scene(chart, reference, Statement(id="d", kind="diagnosis", codings=codings)))

    assert (found(encoded), [item.kind for item in encoded.worklist]) == ([], ["no-text"])


def day_of(chart: ChartCompleted, start: str, end: str | None = None) -> ChartCompleted:
    """The chart on other days."""
    times = {
        "start": datetime.fromisoformat(start).astimezone(UTC),
        "end": datetime.fromisoformat(end or start).astimezone(UTC),
    }
    return chart.model_copy(update={"encounter": chart.encounter.model_copy(update=times)})


BOUNDARIES = [
    # reason, code, start, end, coded as an outpatient, as an inpatient
    ("deleted 1 October, the day before", "G35", "2025-09-30T10:00:00-04:00", None, True, True),
    ("deleted 1 October, that day", "G35", "2025-10-01T10:00:00-04:00", None, False, False),
    ("deleted, admitted before and discharged after", "G35", "2025-09-30T10:00:00-04:00", "2025-10-01T10:00:00-04:00",
     True, False),
    ("new 1 October, the day before", "D71.8", "2025-09-30T10:00:00-04:00", None, False, False),
    ("new 1 October, that day", "D71.8", "2025-10-01T10:00:00-04:00", None, True, True),
    ("new, admitted before and discharged after", "D71.8", "2025-09-30T10:00:00-04:00", "2025-10-01T10:00:00-04:00",
     False, True),
    ("late on 30 September where it happened", "D71.8", "2025-09-30T23:30:00-04:00", None, False, False),
    ("deleted 1 April, the day before", "Z59.1", "2023-03-31T10:00:00-04:00", None, True, True),
    ("deleted 1 April, that day", "Z59.1", "2023-04-01T10:00:00-04:00", None, False, False),
    ("new 1 April, the day before", "T74.A1XA", "2023-03-31T10:00:00-04:00", None, False, False),
    ("new 1 April, that day", "T74.A1XA", "2023-04-01T10:00:00-04:00", None, True, True),
    ("new 1 April, admitted before and discharged on it", "T74.A1XA", "2023-03-31T10:00:00-04:00",
     "2023-04-01T10:00:00-04:00", False, True),
]  # fmt: skip


@pytest.mark.parametrize("case", [row[1:] for row in BOUNDARIES], ids=[row[0] for row in BOUNDARIES])
def test_a_code_is_valid_by_the_first_day_of_a_visit_and_the_discharge_day_of_a_stay(
    chart: ChartCompleted,
    inpatient: ChartCompleted,
    reference: Reference,
    case: tuple[str, str, str | None, bool, bool],
) -> None:
    code, start, end, *expected = case

    coded = [
        any(each.path == "given" for each in encode(scene(day_of(it, start, end), reference, said(code))).found)
        for it in (chart, inpatient)
    ]

    assert coded == expected


@pytest.mark.parametrize(
    ("day", "expected"),
    [("2022-03-31T10:00:00-04:00", []), ("2022-04-01T10:00:00-04:00", ["Z28.310"])],
    ids=["the day before it is in force", "the day it is in force"],
)
def test_a_phrase_is_coded_only_with_a_code_in_force(
    chart: ChartCompleted, reference: Reference, day: str, expected: list[str]
) -> None:
    encoded = encode(scene(day_of(chart, day), reference, phrase("Unvaccinated for COVID-19")))

    assert [each.code for each in encoded.found] == expected


@pytest.mark.parametrize(
    "words",
    [
        "Essential hypertension (-)",
        "+/- Essential hypertension",
        "Ø essential hypertension",
        "не essential hypertension",
    ],
)
def test_words_that_a_mark_denies_are_a_coders(chart: ChartCompleted, reference: Reference, words: str) -> None:
    encoded = encode(scene(chart, reference, phrase(words)))

    assert (encoded.found, [item.kind for item in encoded.worklist]) == ((), ["uncertain"])
