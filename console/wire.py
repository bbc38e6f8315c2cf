"""What commands share of the wire: a broker that answers, and the strict codec with the registry's ids."""

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from console.faults import Mendable
from schemas.codec import Codec
from schemas.registry import committed
from streams.schema_registry import registered
from streams.settings import Settings

QUIET = {"log_level": 0}
"""For clients of short commands: what they can't do is said once, by us."""
_ANSWER_S = 6.0


def reachable(settings: Settings) -> AdminClient:
    """A client of a broker that has just answered; asked first, so that no command waits half a minute for nothing."""
    admin = AdminClient({**settings.admin_config(), **QUIET})
    try:
        admin.list_topics(timeout=_ANSWER_S)
    except KafkaException as silent:
        kind = silent.args[0].name()
        mend = "start it (`claimstream kafka up`), or say in CLAIMSTREAM_BROKERS where it is"
        raise Mendable(f"no broker answers at {settings.brokers} ({kind})", mend) from silent
    return admin


def strict_codec(settings: Settings) -> Codec:
    url = settings.schema_registry_url
    return Codec(committed() if url is None else registered(url))
