"""What one process is told at its start: read once, from the environment (`CLAIMSTREAM_...`), and passed in."""

from pathlib import Path
from typing import Annotated, Any

from pydantic import AliasChoices, AwareDatetime, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from streams.topics import STAGES

INFRA = Path(__file__).resolve().parent.parent / "infra" / "kafka"

# A topic's max.message.bytes measures whole record batches: a batch of many small records must stay below the smallest
# limit in topics.yaml, and the producer must let pass the largest. tests/streams/test_settings.py holds both.
PRODUCER_BATCH_BYTES = 200_000
PRODUCER_MESSAGE_BYTES = 4_000_000

Port = Annotated[int, Field(ge=0, le=65535)]


class Settings(BaseSettings):
    """Every setting with its default; a secret is shown by no repr and no error."""

    model_config = SettingsConfigDict(env_prefix="CLAIMSTREAM_", frozen=True, hide_input_in_errors=True, extra="ignore")

    brokers: str = "127.0.0.1:9092"
    ledger: SecretStr = SecretStr("sqlite:///var/ledger.db")
    """SQLAlchemy URL; a secret, because a PostgreSQL URL may hold a password."""
    infra: Path = INFRA
    """Folder of topics.yaml, partners.yaml and the chargemasters."""
    schema_registry_url: str | None = Field(
        default=None, validation_alias=AliasChoices("CLAIMSTREAM_SCHEMA_REGISTRY_URL", "SCHEMA_REGISTRY_URL")
    )
    """Without one, schema ids come from the committed index of schemas/avro."""

    stages: str = "all"
    """Which stages this process runs: names with commas between, or `all` in one process (the embedded mode)."""
    slot: str = Field(default="1", pattern="^[A-Za-z0-9-]{1,40}$")
    """Which worker of its stages this is. A slot has one living worker; its successor ends what it left open."""

    pseudonym_key: SecretStr | None = None
    """Hexadecimal HMAC key of the pseudonyms; `key_file` is the better place."""
    key_file: Path | None = None
    clock: AwareDatetime | None = None
    """A fixed instant instead of the clock that finds due deadlines: for tests, the demo and comparisons."""

    batch_records: int = Field(default=500, ge=1, le=10_000)
    batch_bytes: int = Field(default=8_000_000, ge=100_000)
    batch_linger_ms: int = Field(default=0, ge=0, le=2_000)
    """How long a stage goes on taking after a batch's first record. More spares the ledger, and makes charts older."""
    partitions: int | None = Field(default=None, ge=1)
    """No topic gets more partitions than this; without it, as many as topics.yaml says. A demo is content with 2."""
    replication: int = Field(default=1, ge=1)
    """3 in production, with min.insync.replicas 2."""
    kafka_jars: Path = INFRA.parent.parent / "var" / "kafka-jars"
    """Where Maven puts Apache Kafka, for a local broker."""
    session_timeout_ms: int = Field(default=6_000, ge=6_000)
    prefetch_kbytes: int = Field(default=8_192, ge=1_024)

    web_host: str = "127.0.0.1"
    web_port: Port = 6066
    log_level: str = Field(default="info", pattern="^(debug|info|warning|error)$")

    security_protocol: str | None = None
    sasl_mechanism: str | None = None
    sasl_username: str | None = None
    sasl_password: SecretStr | None = None
    ssl_ca_location: str | None = None
    ssl_certificate_location: str | None = None
    ssl_key_location: str | None = None
    ssl_key_password: SecretStr | None = None

    @field_validator("stages")
    @classmethod
    def _known(cls, stages: str) -> str:
        unknown = [name for name in _names(stages) if name not in STAGES]
        if unknown:
            raise ValueError(f"no such stage; known: all, {', '.join(STAGES)}")
        return stages

    @property
    def stage_names(self) -> tuple[str, ...]:
        """The stages this process runs, each once, in the order of an event's way."""
        wanted = _names(self.stages)
        return tuple(name for name in STAGES if name in wanted)

    def client_config(self, name: str) -> dict[str, Any]:
        """What every client of ours says: where, as whom, and no more than errors to the log."""
        return {
            "bootstrap.servers": self.brokers,
            "client.id": f"claimstream-{name}",
            # librdkafka would say every failed attempt to connect on stderr; what matters reaches us as an error.
            "log_level": 2,
            "allow.auto.create.topics": False,
            **self._security(),
        }

    def consumer_config(self, group: str) -> dict[str, Any]:
        """A consumer that commits nothing by itself and never guesses where to begin (docs/design.md, promise 1)."""
        return {
            **self.client_config(group),
            "group.id": group,
            "isolation.level": "read_committed",
            "enable.auto.commit": False,
            "enable.auto.offset.store": False,
            "auto.offset.reset": "error",
            # Claiming's inputs are keyed alike over equally many partitions: range gives an account one writer.
            "partition.assignment.strategy": "range",
            "session.timeout.ms": self.session_timeout_ms,
            "heartbeat.interval.ms": self.session_timeout_ms // 4,
            "queued.max.messages.kbytes": self.prefetch_kbytes,
            # A full prefetch queue is looked at again after this long; the default, 1 s, is felt as latency.
            "fetch.queue.backoff.ms": 20,
        }

    def producer_config(self, transactional_id: str | None = None) -> dict[str, Any]:
        """An idempotent producer; transactional when it is given its slot's name, `<stage>-<slot>`."""
        config = {
            **self.client_config(transactional_id or "producer"),
            "enable.idempotence": True,
            "linger.ms": 5,
            "batch.size": PRODUCER_BATCH_BYTES,
            "message.max.bytes": PRODUCER_MESSAGE_BYTES,
        }
        del config["allow.auto.create.topics"]  # a consumer's word; the broker's own auto-create is off
        if transactional_id is not None:
            # Short: an open transaction of a dead worker holds back every read_committed reader behind it.
            config |= {"transactional.id": transactional_id, "transaction.timeout.ms": 10_000}
        return config

    def admin_config(self) -> dict[str, Any]:
        """An administrator's client: `topics apply`, the lag monitor."""
        config = self.client_config("admin")
        del config["allow.auto.create.topics"]
        return config

    def _security(self) -> dict[str, str]:
        """librdkafka's own names are ours with dots: `sasl_mechanism` is `sasl.mechanism`."""
        names = [name for name in type(self).model_fields if name.startswith(("security_", "sasl_", "ssl_"))]
        given = {name.replace("_", "."): getattr(self, name) for name in names}
        return {k: v.get_secret_value() if isinstance(v, SecretStr) else v for k, v in given.items() if v is not None}


def _names(stages: str) -> tuple[str, ...]:
    return STAGES if stages.strip() == "all" else tuple(name.strip() for name in stages.split(","))
