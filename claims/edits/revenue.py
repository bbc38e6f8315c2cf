"""What Medicare's outpatient editor and manual say of revenue codes: bare values, no titles."""

from typing import Final

_ROOMS: Final = "0100"
_BEYOND_ROOMS: Final = "0220"
LEAVE: Final = "018"
"""Days on which a bed was kept for a patient who was elsewhere."""
OBSERVATION: Final = "0762"

_PACKAGED: Final = frozenset((
    "0240", "0250", "0251", "0252", "0254", "0255", "0257", "0258", "0259", "0260", "0261", "0262", "0263", "0264",
    "0269", "0270", "0271", "0272", "0273", "0275", "0276", "0278", "0279", "0280", "0289", "0290", "0343", "0344",
    "0370", "0371", "0372", "0379", "0390", "0392", "0399", "0621", "0622", "0623", "0624", "0630", "0631", "0632",
    "0633", "0681", "0682", "0683", "0684", "0689", "0700", "0710", "0720", "0721", "0732", "0762", "0801", "0802",
    "0803", "0804", "0809", "0810", "0815", "0819", "0821", "0824", "0825", "0829", "0860", "0861", "0940", "0942",
    "0943", "0964",
))  # fmt: skip
"""Status indicator N or F in the editor's table: a line needs no code, its cost goes with what it was for."""
_UNKNOWN: Final = frozenset({"0500", "0509", "0583", "0669", "0905", "0906", "0907", "0931", "0932"})
_UNKNOWN_FAMILIES: Final = ("100", "210", "310", "0660", "0661", "0662", "0663")
_BYPASSED: Final = frozenset({"0521", "0522", "0524", "0525", "0527", "0528", "0637", "0948"})
_PATIENT_CONVENIENCE: Final = "099"

GOES_WITH: Final[dict[str, str]] = {"G0008": "0771", "G0009": "0771", "G0010": "0771", "G0390": "068"}
"""How the revenue code of a procedure begins."""


def is_accommodation(revenue_code: str) -> bool:
    """Room and board: 010x to 021x."""
    return _ROOMS <= revenue_code < _BEYOND_ROOMS


def is_beyond_medicare(revenue_code: str) -> bool:
    """IOCE 65, in its own words: 100x, 210x, 310x, 0500, 0509, 0583, 066x, 0905 to 0907, 0931, 0932."""
    return revenue_code in _UNKNOWN or revenue_code.startswith(_UNKNOWN_FAMILIES)


def needs_procedure_code(revenue_code: str) -> bool:
    """IOCE 48: not packaged, and none that the edit passes over."""
    passed = revenue_code in _BYPASSED or revenue_code.startswith(_PATIENT_CONVENIENCE)
    return not (passed or revenue_code in _PACKAGED or is_beyond_medicare(revenue_code))
