"""Puts one process together: settings in, runners of stages out. Everything a stage needs is made here, once."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from confluent_kafka.admin import AdminClient

from agents.adjudication import Adjudication
from agents.claiming import Claiming
from agents.clock import Clock
from agents.counting import CountsFirst
from agents.delivery import Delivery
from agents.intake import STAGE as INTAKE
from agents.intake import Intake, IntakeJudgement
from agents.pseudonyms import Pseudonyms
from agents.reference import CODESETS, read_partners, read_reference
from agents.sayings import Sayings
from agents.stage import Judgement, Stage, States, Versions
from agents.statistics import Statistics
from agents.validation import Validation
from claims.partners import Partners
from claims.tables import Reference
from ledger.batches import BatchLedger
from ledger.states import STATES
from ledger.store import Ledger
from schemas.codec import Codec
from schemas.compiled import CompiledCodec
from schemas.registry import Ids, committed
from streams.deadletters import dead_letter_topic
from streams.gate import Gate
from streams.provisioning import topic_ids
from streams.runner import Ledgers, Runner
from streams.schema_registry import registered
from streams.settings import Settings
from streams.source import Source
from streams.topics import FROM_HOSPITALS, FROM_PAYERS, TopicSpec, expand, outer, parse_topics
from streams.transaction import Transactions

SOFTWARE = "claimstream 0.1.0"

_READS: dict[str, tuple[str, ...]] = {
    "validation": Validation.reads,
    "claiming": Claiming.reads,
    "adjudication": Adjudication.reads,
    "statistics": Statistics.reads,
    "delivery": Delivery.reads,
}


class NoKey(RuntimeError):
    """No pseudonym key: without it every worker would call patients something else."""


@dataclass
class Assembly:
    """What the stages of one process share."""

    settings: Settings
    codesets: Path = CODESETS

    @cached_property
    def clock(self) -> Clock:
        return Clock(self.settings.clock)

    @cached_property
    def ids(self) -> Ids:
        url = self.settings.schema_registry_url
        return committed() if url is None else registered(url)

    @cached_property
    def codec(self) -> CompiledCodec:
        return CompiledCodec(self.ids)

    @cached_property
    def strict(self) -> Codec:
        return Codec(self.ids)

    @cached_property
    def states(self) -> States:
        return States(*STATES)

    @cached_property
    def ledger(self) -> Ledger:
        return Ledger(self.settings.ledger.get_secret_value())

    @cached_property
    def pseudonyms(self) -> Pseudonyms:
        return Pseudonyms(_secret(self.settings))

    @cached_property
    def reference(self) -> Reference:
        return read_reference(self.settings.infra, self.codesets)

    @cached_property
    def partners(self) -> Partners:
        """Without the other reference data, which most commands don't need."""
        return read_partners(self.settings.infra)

    @cached_property
    def topics(self) -> tuple[TopicSpec, ...]:
        """Every topic there should be, for the partners of partners.yaml."""
        file = self.settings.infra / "topics.yaml"
        partners = self.partners
        return expand(
            parse_topics(file.read_text(encoding="utf-8"), file.name),
            tuple(partners.hospitals),
            tuple(partners.payers),
            partitions=self.settings.partitions,
            replication=self.settings.replication,
        )

    def stage(self, name: str) -> Judgement | Delivery:
        """A stage with its codec and its ledger's states; `name` is one of STAGES."""
        if name == "delivery":
            partners = self.partners
            return Delivery(frozenset({*partners.hospitals, *partners.payers}), self.limits[dead_letter_topic(name)])
        makers: dict[str, Callable[[], Stage]] = {
            "intake": self._intake,
            "validation": lambda: Validation(self.reference, self.pseudonyms, self.states),
            "claiming": lambda: Claiming(Sayings(self.reference, self.pseudonyms, self.states), self.states),
            "adjudication": lambda: Adjudication(self.codec, self.states, self.pseudonyms),
            "statistics": lambda: Statistics(self.codec, self.states, self.versions),
        }
        made = makers[name]()
        if isinstance(made, Intake):
            return IntakeJudgement(made, self.codec, self.states, self.limits, self._versions(name), strict=self.strict)
        return Judgement(made, self.codec, self.states, self.limits, self._versions(name))

    def _versions(self, name: str) -> Versions:
        """Of a stage; only two of them ask the reference data, and the others do without loading it."""
        if name not in {"validation", "claiming"}:
            return Versions(SOFTWARE)
        return Versions(SOFTWARE, self.reference.codes.version, self.reference.edit_tables)

    @cached_property
    def limits(self) -> dict[str, int]:
        """How large a record of each topic may be, in bytes."""
        return {spec.name: int(spec.configs["max.message.bytes"]) for spec in self.topics}

    @property
    def versions(self) -> str:
        """What statistics were counted with."""
        return f"code sets {self.reference.codes.version}, edits {self.reference.edits}, {SOFTWARE}"

    def reads(self, stage: str) -> tuple[str, ...]:
        """The topics a stage reads; intake's are the partners'."""
        partners = self.partners
        if stage == INTAKE:
            from_hospitals = [outer(family, hospital) for hospital in partners.hospitals for family in FROM_HOSPITALS]
            return (*from_hospitals, *(outer(family, payer) for payer in partners.payers for family in FROM_PAYERS))
        return _READS[stage]

    def runner(self, stage: str, slot: str, point: Callable[[str], None] = lambda _: None) -> Runner:
        """The runner of one stage in one slot; it is started by its first take."""
        reads = self.reads(stage)
        group = self.settings.consumer_config(stage)
        given = self.settings
        source = Source(group, reads, given.batch_records, given.batch_bytes, linger_s=given.batch_linger_ms / 1000)
        kafka = Transactions(self.settings.producer_config(f"{stage}-{slot}"), point)
        ids = topic_ids(AdminClient(self.settings.admin_config()), reads)
        gate = Gate(reads) if stage == INTAKE else None
        judged = self.stage(stage)
        ledger = self.deciding(judged)
        return Runner(judged, source, kafka, ledger, BatchLedger(stage), ids, gate=gate, point=point)

    def deciding(self, judged: Judgement | Delivery) -> Ledgers:
        """The ledger as a stage decides in it."""
        stage = judged.stage if isinstance(judged, Judgement) else None
        return CountsFirst(self.ledger, stage) if isinstance(stage, Statistics) else self.ledger

    def _intake(self) -> Intake:
        return Intake(self.reads("intake"), self.pseudonyms, self.clock.received)


def _secret(settings: Settings) -> bytes:
    """The pseudonym key from its file or the environment, as hexadecimal of at least 32 bytes."""
    if settings.key_file is not None:
        text = settings.key_file.read_text().strip()
    elif settings.pseudonym_key is not None:
        text = settings.pseudonym_key.get_secret_value()
    else:
        raise NoKey("set CLAIMSTREAM_KEY_FILE to a file of at least 64 hexadecimal digits")
    try:
        secret = bytes.fromhex(text)
    except ValueError:
        raise NoKey("the pseudonym key isn't hexadecimal: make one with `openssl rand -hex 32`") from None
    if len(secret) < 32:
        raise NoKey("the pseudonym key has fewer than 32 bytes: make one with `openssl rand -hex 32`")
    return secret
