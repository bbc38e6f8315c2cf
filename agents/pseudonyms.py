"""Keys that tell nothing: an HMAC of who it is about, under a secret of ours.

A pseudonym is still derived from a person, so it is a Kafka key and a ledger key and never part of a statistic
(45 CFR 164.514(c)).
"""

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache


@dataclass(frozen=True, repr=False)
class Pseudonyms:
    """Makes pseudonyms of 32 hex digits; the same secret gives the same pseudonyms on every worker."""

    secret: bytes

    def patient(self, hospital: str, mrn: str) -> str:
        return self._of("patient", hospital, mrn)

    def remittance(self, payer: str, trace_number: str) -> str:
        return self._of("remittance", payer, trace_number)

    def counted(self, hospital: str, mrn: str) -> str:
        """The token a statistics window counts patients by: another one than the Kafka key, so that they can't be
        joined."""
        return self._of("counted", hospital, mrn)

    @cached_property
    def _of(self) -> Callable[..., str]:
        """Remembered for a while: a step asks for its patient five times, a batch has several charts of one."""
        return lru_cache(maxsize=4096)(self._derived)

    def _derived(self, *parts: str) -> str:
        message = b"".join(len(said).to_bytes(4, "big") + said for said in map(str.encode, parts))
        return hmac.digest(self.secret, message, "sha256").hex()[:32]
