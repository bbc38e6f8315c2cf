"""The headers of what we say."""

import re
from hashlib import sha256

from schemas.events import Event

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def headers_of(event: Event, partner: str | None) -> tuple[tuple[str, bytes], ...]:
    """Content type, W3C trace context (derived from the chart's first event), and the partner; nothing about a
    person."""
    trace, span = _trace(event.correlation_id or event.event_id, 32), _trace(event.event_id, 16)
    headers = (("content-type", b"application/avro"), ("traceparent", b"00-%s-%s-01" % (trace, span)))
    return headers if partner is None else (*headers, ("partner", partner.encode()))


def _trace(event_id: str, width: int) -> bytes:
    """The last `width` digits of a UUID. Partners send ids of their own: any other may say something, and is hashed."""
    if _UUID.fullmatch(event_id):
        return event_id.replace("-", "")[-width:].encode()
    return sha256(event_id.encode()).hexdigest()[:width].encode()
