"""The rules a payer may have off, to a warning or on; without the others a chart can't be claimed at all."""

from typing import Final

# A test holds that these are the rules of CHART_EDITS and ACCOUNT_EDITS (claims/edits), which read partners themselves.
SETTABLE: Final = (
    "$2",
    "B1", "B10", "B2", "B3", "B4", "B5", "B6", "B7", "B8", "B9",
    "C1", "C10", "C2", "C6", "C7", "C8",
    "D1", "D2", "D3", "D4", "D5",
    "H1", "H2", "H3", "H4", "H5", "H6", "H7",
    "I1", "I2", "I3", "I4", "I5", "I6", "I7", "I8",
    "M1", "M2", "M3", "M4", "M5",
    "N1", "N2", "N3", "N4", "N5",
    "P1", "P2", "P3", "P4", "P5", "P6", "P7", "P8",
    "U1",
    "X1", "X10", "X11", "X12", "X13", "X14", "X15", "X16", "X2", "X3", "X4", "X5", "X6", "X7", "X8", "X9",
)  # fmt: skip

# A test holds that these are the templates of claims/completeness that don't hold a chart by themselves.
QUESTIONS: Final = (
    "Q-ADMISSION-ORDER", "Q-ANEMIA-CAUSE", "Q-BREATHING", "Q-DIABETES-LINK", "Q-DIABETES-TYPE", "Q-DRUG",
    "Q-HEART-FAILURE-ACUITY", "Q-HEART-FAILURE-TYPE", "Q-INJURY", "Q-KIDNEY-STAGE", "Q-POA-INSUFFICIENT", "Q-SUBSTANCE",
    "Q-SYMPTOM", "Q-VALIDITY",
)  # fmt: skip
"""The questions a hospital may have off, to a warning or on: then its charts wait for the answer."""
