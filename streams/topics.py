"""The topics: their names, and what infra/kafka/topics.yaml says of each family of them."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

CHART_COMPLETED = "chart-completed"
CODER_ANSWERS = "coder-answers"
CHART_CODED = "chart-coded"
CHART_RETURNED = "chart-returned"
CLAIM_BUILT = "claim-built"
PATIENT_BILL = "patient-bill"
PAYER_ANSWERS = "payer-answers"
CLAIM_ACKNOWLEDGED = "claim-acknowledged"
CLAIM_ADJUDICATED = "claim-adjudicated"
REMITTANCE = "remittance"  # only at the edge: inside it is one of the payer's answers
DEADLINE_DUE = "deadline-due"
REFUSED = "refused"
CLAIM_STATS = "claim-stats"
CLAIM_STATS_PUBLISHED = "claim-stats-published"
DEAD_LETTER = "dead-letter"

STAGES = ("intake", "validation", "claiming", "adjudication", "statistics", "delivery")

FROM_HOSPITALS = (CHART_COMPLETED, CHART_CODED)
FROM_PAYERS = (CLAIM_ACKNOWLEDGED, REMITTANCE, CLAIM_ADJUDICATED)
TO_HOSPITALS = (CHART_RETURNED, PATIENT_BILL)
TO_PAYERS = (CLAIM_BUILT,)

KEYED_BY_PATIENT = (CHART_COMPLETED, CODER_ANSWERS, CHART_CODED, CLAIM_ACKNOWLEDGED, CLAIM_ADJUDICATED, DEADLINE_DUE)
"""What validation and claiming read: equally many partitions, so that an account has one writer."""

_LEGAL = re.compile(r"[a-zA-Z0-9._-]{1,249}")  # Kafka's own rule
_DAY_MS = 86_400_000


def outer(family: str, partner: str) -> str:
    """A partner's own topic: `claim-built.acme-health`."""
    return f"{family}.{partner}"


def partner_of(topic: str) -> tuple[str, str]:
    """The family and the partner of an outer topic; no family's name has a dot."""
    family, dot, partner = topic.partition(".")
    if not (family and dot and partner):
        raise ValueError(f"{topic} is no partner's topic")
    return family, partner


class BadTopics(ValueError):
    """A broken entry of topics.yaml stops the start. `line` and `column` count from 1."""

    def __init__(self, file: str, line: int, column: int, field: str, mend: str) -> None:
        super().__init__(f"{file}:{line}:{column} {field}: {mend}")
        self.file, self.line, self.column, self.field, self.mend = file, line, column, field, mend


class Family(BaseModel):
    """How the topics of one family are kept."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    partitions: Annotated[int, Field(ge=1, le=1000)]
    retention_days: Annotated[int, Field(ge=1)] | None
    retention_bytes: Annotated[int, Field(ge=1_048_576)] | None = None
    cleanup: Literal["delete", "compact"] = "delete"
    timestamps: Literal["append", "create"] = "create"
    max_message_bytes: Annotated[int, Field(ge=262_144)]

    def configs(self) -> dict[str, str]:
        """The topic's configuration in Kafka's words; -1 is for ever, or without limit."""
        return {
            "cleanup.policy": self.cleanup,
            "retention.ms": "-1" if self.retention_days is None else str(self.retention_days * _DAY_MS),
            "retention.bytes": "-1" if self.retention_bytes is None else str(self.retention_bytes),
            "message.timestamp.type": "LogAppendTime" if self.timestamps == "append" else "CreateTime",
            "max.message.bytes": str(self.max_message_bytes),
        }


@dataclass(frozen=True)
class TopicSpec:
    """One topic as it should be."""

    name: str
    partitions: int
    replication: int
    configs: Mapping[str, str]


def parse_topics(text: str, file: str) -> Mapping[str, Family]:
    """The families by their pattern, `chart-completed.{hospital}`; BadTopics names file, line and column."""
    try:
        root = yaml.compose(text, yaml.SafeLoader)
    except yaml.MarkedYAMLError as broken:
        mark = broken.problem_mark or broken.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise BadTopics(file, line, column, "yaml", broken.problem or "this is no YAML") from broken
    families: dict[str, Family] = {}
    for name, value in _entries(_families_node(root, file), file):
        if name.value in families:
            raise _bad(file, name, name.value, "it stands here twice: keep one")
        _check_pattern(name, file)
        families[name.value] = _family(name.value, value, file)
    _check_together(families, file)
    return families


def expand(
    families: Mapping[str, Family],
    hospitals: Sequence[str],
    payers: Sequence[str],
    *,
    stages: Sequence[str] = STAGES,
    partitions: int | None = None,
    replication: int = 1,
) -> tuple[TopicSpec, ...]:
    """Every topic there should be. `partitions` caps what a family asks for, equally for all of them."""
    both = Counter([*hospitals, *payers])
    twice = [partner for partner, times in both.items() if times > 1]
    if twice:
        raise ValueError(f"partner ids are used twice: {', '.join(twice)}; `refused.{twice[0]}` would be shared")
    fillings = {"hospital": hospitals, "payer": payers, "partner": [*hospitals, *payers], "stage": stages}
    return tuple(
        _spec(name, family, partitions, replication)
        for pattern, family in families.items()
        for name in _names(pattern, fillings)
    )


def _spec(name: str, family: Family, partitions: int | None, replication: int) -> TopicSpec:
    if not _LEGAL.fullmatch(name):
        raise ValueError(f"{name!r} can't be a topic: letters, digits, '.', '_' and '-', at most 249")
    configs = family.configs()
    if replication > 1:
        configs["min.insync.replicas"] = "2"  # one replica may be away; an acknowledged record is on two disks
    return TopicSpec(name, min(family.partitions, partitions or family.partitions), replication, configs)


def _names(pattern: str, fillings: Mapping[str, Sequence[str]]) -> Iterator[str]:
    family, _, placeholder = pattern.partition(".")
    if not placeholder:
        yield pattern
        return
    for filling in fillings[placeholder.strip("{}")]:
        yield outer(family, filling)


def _families_node(root: yaml.Node | None, file: str) -> yaml.MappingNode:
    if isinstance(root, yaml.MappingNode):
        for name, value in _entries(root, file):
            if name.value != "families":
                raise _bad(file, name, str(name.value), "unknown; the file has one entry, 'families'")
            if isinstance(value, yaml.MappingNode):
                return value
    raise BadTopics(file, 1, 1, "families", "it must be a mapping of topic families")


def _entries(node: yaml.MappingNode, file: str) -> Iterator[tuple[yaml.ScalarNode, yaml.Node]]:
    for name, value in node.value:
        if not isinstance(name, yaml.ScalarNode):
            raise _bad(file, name, "families", "a family's name is a plain word")
        yield name, value


def _check_pattern(name: yaml.ScalarNode, file: str) -> None:
    if not re.fullmatch(r"[a-z][a-z-]*(\.\{(hospital|payer|partner|stage)\})?", name.value):
        mend = "a name of a-z and '-', perhaps with '.{hospital}', '.{payer}', '.{partner}' or '.{stage}'"
        raise _bad(file, name, name.value, mend)


def _family(name: str, node: yaml.Node, file: str) -> Family:
    try:
        return Family.model_validate(yaml.SafeLoader("").construct_document(node))
    except ValidationError as refused:
        error = refused.errors(include_input=False, include_url=False)[0]
        field = ".".join(str(part) for part in error["loc"])
        raise _bad(file, _child(node, error["loc"]), f"{name}.{field}".rstrip("."), error["msg"]) from None


def _child(node: yaml.Node, where: tuple[int | str, ...]) -> yaml.Node:
    """The node an error is about: the field's value, or the entry when the field is missing."""
    if where and isinstance(node, yaml.MappingNode):
        return next((value for name, value in node.value if name.value == where[0]), node)
    return node


def _check_together(families: Mapping[str, Family], file: str) -> None:
    counts = {name: families[name].partitions for name in KEYED_BY_PATIENT if name in families}
    if len(set(counts.values())) > 1:
        told = ", ".join(f"{name} {count}" for name, count in counts.items())
        raise BadTopics(file, 1, 1, "partitions", f"these need equally many, they are read together: {told}")


def _bad(file: str, node: yaml.Node, field: str, mend: str) -> BadTopics:
    return BadTopics(file, node.start_mark.line + 1, node.start_mark.column + 1, field, mend)
