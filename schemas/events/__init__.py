"""The events, by subject: the name under which a schema is registered, and the model that reads it."""

from schemas.events.chart import ChartCompleted
from schemas.events.claim import ClaimBuilt, PatientBill
from schemas.events.coded import ChartCoded, ChartReturned
from schemas.events.control import ClaimStats, ClaimStatsPublished, DeadlineDue, Refused
from schemas.events.payer import ClaimAcknowledged, ClaimAdjudicated, Remittance
from schemas.events.types import Event, Wire

SUBJECTS: dict[str, type[Wire]] = {
    "chart-completed": ChartCompleted,
    "chart-coded": ChartCoded,
    "chart-returned": ChartReturned,
    "claim-built": ClaimBuilt,
    "patient-bill": PatientBill,
    "claim-acknowledged": ClaimAcknowledged,
    "remittance": Remittance,
    "claim-adjudicated": ClaimAdjudicated,
    "refused": Refused,
    "deadline-due": DeadlineDue,
    "claim-stats": ClaimStats,
    "claim-stats-published": ClaimStatsPublished,
}

__all__ = [
    "SUBJECTS", "ChartCoded", "ChartCompleted", "ChartReturned", "ClaimAcknowledged", "ClaimAdjudicated", "ClaimBuilt",
    "ClaimStats", "ClaimStatsPublished", "DeadlineDue", "Event", "PatientBill", "Refused", "Remittance", "Wire",
]  # fmt: skip
