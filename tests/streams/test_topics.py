"""topics.yaml says how each family is kept; partners and stages fill the families with topics."""

from pathlib import Path

import pytest

from streams.settings import INFRA
from streams.topics import KEYED_BY_PATIENT, STAGES, BadTopics, Family, expand, outer, parse_topics, partner_of

ONE = "families:\n  chart-coded: {partitions: 8, retention_days: 14, max_message_bytes: 300000}\n"
HOSPITALS, PAYERS = ("mercy-general", "lakeside"), ("acme-health", "state-medicaid")


def committed() -> dict[str, Family]:
    path = Path(INFRA) / "topics.yaml"
    return dict(parse_topics(path.read_text(), path.name))


def test_the_committed_file_makes_each_partners_and_each_stages_topics() -> None:
    names = {spec.name for spec in expand(committed(), HOSPITALS, PAYERS)}
    assert names >= {
        "chart-completed", "chart-completed.mercy-general", "chart-coded.lakeside", "claim-built.acme-health",
        "remittance.state-medicaid", "refused", "refused.lakeside", "refused.acme-health", "claim-stats-published",
        *(f"dead-letter.{stage}" for stage in STAGES),
    }  # fmt: skip


def test_no_hospital_gets_a_payers_topic() -> None:
    names = {spec.name for spec in expand(committed(), HOSPITALS, PAYERS)}
    assert "claim-built.lakeside" not in names


def test_what_partners_write_bears_the_brokers_clock() -> None:
    specs = {spec.name: spec.configs for spec in expand(committed(), HOSPITALS, PAYERS)}
    written = ("chart-completed.lakeside", "chart-coded.lakeside", "claim-acknowledged.acme-health",
               "remittance.acme-health", "claim-adjudicated.acme-health")  # fmt: skip
    assert {specs[name]["message.timestamp.type"] for name in written} == {"LogAppendTime"}


def test_statistics_are_kept_by_size_because_their_timestamp_is_their_years_start() -> None:
    configs = committed()["claim-stats"].configs()
    assert (configs["retention.ms"], configs["retention.bytes"]) == ("-1", "1073741824")


def test_a_dead_letter_has_room_for_the_largest_input() -> None:
    families = committed()
    limit = families.pop("dead-letter.{stage}").max_message_bytes
    assert limit > max(family.max_message_bytes for family in families.values())


@pytest.mark.parametrize("cap", [None, 2])
def test_what_claiming_reads_together_has_equally_many_partitions(cap: int | None) -> None:
    specs = {spec.name: spec.partitions for spec in expand(committed(), HOSPITALS, PAYERS, partitions=cap)}
    assert {specs[name] for name in KEYED_BY_PATIENT} == {cap or 8}


def test_a_cap_never_adds_partitions() -> None:
    specs = {spec.name: spec.partitions for spec in expand(committed(), HOSPITALS, PAYERS, partitions=16)}
    assert specs["dead-letter.intake"] == 1


def test_replicated_topics_need_two_replicas_in_sync() -> None:
    (spec,) = expand(parse_topics(ONE, "topics.yaml"), (), (), replication=3)
    assert (spec.replication, spec.configs["min.insync.replicas"]) == (3, "2")


def test_a_hospital_and_a_payer_of_one_id_would_share_their_refusals() -> None:
    with pytest.raises(ValueError, match=r"used twice: lakeside"):
        expand(committed(), HOSPITALS, ("lakeside",))


def test_a_partner_whose_id_is_no_topic_name_is_refused() -> None:
    with pytest.raises(ValueError, match="can't be a topic"):
        expand(committed(), ("st mary",), ())


def test_an_outer_name_is_taken_apart_as_it_was_made() -> None:
    assert partner_of(outer("claim-built", "acme-health")) == ("claim-built", "acme-health")


@pytest.mark.parametrize("topic", ["claim-built", "claim-built.", ".acme"])
def test_an_inner_topic_has_no_partner(topic: str) -> None:
    with pytest.raises(ValueError, match="no partner's topic"):
        partner_of(topic)


@pytest.mark.parametrize(
    ("text", "where", "field"),
    [
        ("families:\n  a: {partitions: [\n", (3, 1), "yaml"),
        ("families: 3\n", (1, 1), "families"),
        ("", (1, 1), "families"),
        ("topics:\n  a: {}\n", (1, 1), "topics"),
        (ONE.replace("partitions: 8", "partitions: 0"), (2, 29), "chart-coded.partitions"),
        (ONE.replace("partitions: 8", "partitions: many"), (2, 29), "chart-coded.partitions"),
        (ONE.replace("partitions: 8, ", ""), (2, 16), "chart-coded.partitions"),
        (ONE.replace("retention_days", "retention"), (2, 16), "chart-coded.retention_days"),
        (ONE.replace("chart-coded", "chart-coded.{doctor}"), (2, 3), "chart-coded.{doctor}"),
        (ONE.replace("14", "14, compaction: 1"), (2, 64), "chart-coded.compaction"),
        (ONE + ONE.splitlines(keepends=True)[1], (3, 3), "chart-coded"),
        (ONE + ONE.splitlines()[1].replace("chart-coded", "coder-answers").replace("8", "4"), (1, 1), "partitions"),
    ],
)
def test_a_broken_entry_is_named_by_file_line_column_and_field(text: str, where: tuple[int, int], field: str) -> None:
    with pytest.raises(BadTopics) as bad:
        parse_topics(text, "topics.yaml")
    assert (bad.value.file, (bad.value.line, bad.value.column), bad.value.field) == ("topics.yaml", where, field)
