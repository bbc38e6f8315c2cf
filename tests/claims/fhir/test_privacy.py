"""What the patient allowed and forbade."""

from datetime import date

from schemas.events.chart import Estimate, Restriction
from tests.claims.fhir.given_resources import (
    Json,
    Reader,
    concept,
    condition,
    dose,
    encounter,
    order,
    patient,
    ref,
)


def paid_in_full(item: str, cents: float = 79.9) -> list[Json]:
    parts = [{"url": "item", "valueReference": ref(item)}, {"url": "paid", "valueMoney": {"value": cents}}]
    return [{"url": "urn:claimstream:paid-in-full", "extension": parts}]


def test_an_item_paid_in_full_is_restricted(read: Reader) -> None:
    parts = [{"url": "item", "valueReference": ref("ServiceRequest/a")}, {"url": "paid", "valueMoney": {"value": 79.9}}]

    chart = read.chart(
        patient(), encounter(extension=[{"url": "urn:claimstream:paid-in-full", "extension": parts}]), order("a")
    )

    assert chart.restrictions == (Restriction(statement="a", paid_cents=7990),)


def test_a_restriction_that_leads_nowhere_is_kept_to_be_asked_about(read: Reader) -> None:
    """45 CFR 164.522(a)(1)(vi): dropped, the item would go to a plan."""
    chart = read.chart(patient(), encounter(extension=paid_in_full("ServiceRequest/lost")), order("a"))

    assert chart.restrictions == (Restriction(statement="lost", paid_cents=7990),)


def test_a_dose_that_is_paid_in_full_is_no_part_of_the_day_s_sum(read: Reader) -> None:
    doses = [dose("one", "2026-03-02T14:05:00Z", 5), dose("two", "2026-03-02T14:10:00Z", 5)]

    chart = read.chart(patient(), encounter(extension=paid_in_full("MedicationAdministration/two")), *doses)

    assert [(s.id, s.quantity) for s in chart.statements] == [("one", 5000), ("two", 5000)]


def test_a_part_2_label_on_anything_in_the_encounter_counts(read: Reader) -> None:
    labelled = condition("c", "F11.20", "Opioid dependence", meta={"security": [{"code": "42CFRPart2"}]})

    assert read.chart(patient(), encounter(), labelled).part2 is not None


def test_a_consent_that_denies_is_no_consent(read: Reader) -> None:
    denied = {
        "resourceType": "Consent", "id": "k", "status": "active", "patient": ref("Patient/p1"),
        "category": [concept("x", "42-CFR-2")], "dateTime": "2026-02-01", "provision": {"type": "deny"},
    }  # fmt: skip

    part2 = read.chart(patient(), encounter(meta={"security": [{"code": "42CFRPart2"}]}), denied).part2

    assert part2 is not None
    assert (part2.applies, part2.start) == (True, None)


def test_a_part_2_chart_without_consent_has_none(read: Reader) -> None:
    part2 = read.chart(patient(), encounter(meta={"security": [{"code": "42CFRPart2"}]})).part2

    assert part2 is not None
    assert (part2.applies, part2.start) == (True, None)


def test_a_part_2_consent_counts_from_the_day_it_was_given(read: Reader) -> None:
    consent = {
        "resourceType": "Consent", "id": "k", "status": "active", "patient": ref("Patient/p1"),
        "category": [concept("x", "42-CFR-2")], "dateTime": "2026-02-01",
        "provision": {"period": {"end": "2027-01-31"}},
    }  # fmt: skip

    part2 = read.chart(patient(), encounter(meta={"security": [{"code": "42CFRPart2"}]}), consent).part2

    assert part2 is not None
    assert (part2.start, part2.end, part2.revoked) == (date(2026, 2, 1), date(2027, 1, 31), None)


def told(cents: float | None, **days: str) -> list[Json]:
    amount = [{"url": "amount", "valueMoney": {"value": cents}}] if cents is not None else []
    parts = [*amount, *({"url": name, "valueDate": value} for name, value in days.items())]
    return [{"url": "urn:claimstream:estimate", "extension": parts}]


def test_an_estimate_has_its_amount_and_its_days(read: Reader) -> None:
    chart = read.chart(patient(), encounter(extension=told(140.5, given="2026-02-20", requested="2026-02-19")))

    expected = Estimate(cents=14_050, given=date(2026, 2, 20), requested=date(2026, 2, 19))
    assert chart.estimate == expected


def test_an_estimate_without_an_amount_is_none(read: Reader) -> None:
    assert read.chart(patient(), encounter(extension=told(None, given="2026-02-20"))).estimate is None


def test_whether_he_agreed_to_be_billed_is_said_or_unknown(read: Reader) -> None:
    agreed = [{"url": "urn:claimstream:surprise-consent", "valueBoolean": False}]

    assert read.chart(patient(), encounter(extension=agreed)).surprise_consent is False
    assert read.chart(patient(), encounter()).surprise_consent is None
