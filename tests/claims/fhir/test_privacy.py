"""What the patient allowed and forbade."""

from datetime import date

from schemas.events.chart import Restriction
from tests.claims.fhir.given_resources import Json, Reader, concept, condition, dose, encounter, order, patient, ref


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
