"""What the bare loop reads at its start, by the pure functions; nothing of streams/ or agents/ is imported."""

import hmac
import mmap
import uuid
from collections.abc import Callable
from pathlib import Path

from claims.accounts import Account
from claims.chargemaster import parse_chargemaster
from claims.codesets import CodeSets
from claims.codesets.dated import DatedTables, open_tables
from claims.codesets.lists import shipped_tables
from claims.facts import Fact
from claims.history import PatientHistory
from claims.mce import MedicareCodeEditor
from claims.partners import parse_partners
from claims.tables import Reference
from schemas.compiled import compile_pair
from schemas.events import Event

_ROOT = Path(__file__).resolve().parent.parent
_INFRA = _ROOT / "infra" / "kafka"

dump_account, load_account = compile_pair(Account)
dump_history, load_history = compile_pair(PatientHistory)
dump_fact, _ = compile_pair(Fact)


def reference() -> Reference:
    partners = parse_partners((_INFRA / "partners.yaml").read_text(encoding="utf-8"), "partners.yaml")
    chargemasters = {
        hospital.id: parse_chargemaster(
            (_INFRA / "chargemasters" / hospital.chargemaster).read_text(encoding="utf-8"), hospital.chargemaster
        )
        for hospital in partners.hospitals.values()
    }
    with (_ROOT / "var" / "codesets.bin").open("rb") as opened:
        codes = CodeSets(mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ), "codesets.bin")
    return Reference(codes, partners, chargemasters, MedicareCodeEditor.open(), "1", _tables())


def _tables() -> DatedTables:
    file = _ROOT / "var" / "tables.bin"
    if not file.exists():
        return shipped_tables()
    with file.open("rb") as opened:
        return open_tables(mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ), file.name)


def pseudonym(key_file: Path) -> Callable[..., str]:
    """The same pseudonyms as every worker's."""
    secret = bytes.fromhex(key_file.read_text().strip())

    def of(*parts: str) -> str:
        message = b"".join(len(said).to_bytes(4, "big") + said for said in map(str.encode, parts))
        return hmac.digest(secret, message, "sha256").hex()[:32]

    return of


def headers(event: Event, partner: str) -> tuple[tuple[str, bytes], ...]:
    trace = uuid.UUID(event.correlation_id or event.event_id).hex
    span = uuid.UUID(event.event_id).hex[-16:]
    return (
        ("content-type", b"application/avro"),
        ("traceparent", f"00-{trace}-{span}-01".encode()),
        ("partner", partner.encode()),
    )
