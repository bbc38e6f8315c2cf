"""What a payer's denial means in our words: its cause, the rule that should have caught it, and the mend.

CARC -> (rule of claims/edits, meaning, mend); no rule where none of ours could know. One CARC may have several causes:
the commonest is named, and where a CARC says little (16, 252, A1) the remarks (RARC) say what is meant. Sources: the
CARC of each edit; the lists themselves are X12's and CMS's and not repeated here.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

NO_RULE: Final = "none"


class Reason(NamedTuple):
    """`rule` is `none` where a new one is worth writing."""

    cause: str
    rule: str
    message: str
    mend: str


def reason(carc: str, remarks: Sequence[str] = ()) -> Reason:
    """What a CARC means; a remark that is known says it closer where the CARC alone says little."""
    if carc in _VAGUE:
        carc = next((remark for remark in remarks if remark in _REMARKS), carc)
    told = _REMARKS.get(carc) or _CARCS.get(carc)
    rule, message, mend = told or (None, f"the payer gave reason {carc}", _LOOK_UP)
    return Reason(_cause(carc, rule), rule or NO_RULE, message, mend)


def _cause(code: str, rule: str | None) -> str:
    """By the reason itself where it is one of its own, else by the room of the rule."""
    return _BY_CODE.get(code) or _BY_RULE.get(rule or "") or _BY_ROOM.get((rule or " ")[0], "other")


_LOOK_UP: Final = "look the reason and its remarks up, and correct or appeal"
_VAGUE: Final = frozenset({"16", "96", "125", "226", "251", "252", "A1"})
_BY_CODE: Final = {
    "18": "duplicate", "B13": "duplicate", "29": "timely filing", "97": "bundling", "236": "bundling",
    "5": "coding", "8": "provider", "12": "provider", "170": "provider", "242": "provider",
    "35": "not covered", "119": "not covered", "226": "records asked for", "227": "records asked for",
    "252": "records asked for", "129": "another payer", "MA04": "another payer", "N4": "another payer",
}  # fmt: skip
_BY_RULE: Final = {
    "D4": "timely filing", "C6": "authorization", "C7": "authorization", "H4": "not covered", "H7": "medical necessity",
    "N1": "bundling", "N2": "bundling", "N3": "units", "N4": "units", "N5": "duplicate",
}  # fmt: skip
_BY_ROOM: Final = {
    "I": "member and coverage", "P": "provider", "D": "dates", "X": "coding", "H": "coding", "M": "coding",
    "B": "facility bill", "U": "coding", "C": "another payer", "$": "amounts", "N": "units",
}  # fmt: skip

_CARCS: Final[dict[str, tuple[str | None, str, str]]] = {
    "4": ("M2", "the modifier does not go with the service", "correct or add the modifier"),
    "6": ("H3", "the service does not fit the patient's age", "check the service and the birth date"),
    "7": ("H3", "the service does not fit the patient's sex", "check the service and the patient's sex"),
    "9": ("X5", "the diagnosis does not fit the patient's age", "check the diagnosis and the birth date"),
    "10": ("X6", "the diagnosis does not fit the patient's sex", "check the diagnosis and the patient's sex"),
    "11": ("H7", "the diagnosis does not explain the service", "point the line to the diagnosis it was for"),
    "5": (None, "the service does not fit the place", "correct the place of service or the bill type"),
    "8": (None, "the service does not fit the provider's specialty", "check who performed it, and his taxonomy"),
    "12": (None, "the diagnosis does not fit the provider's specialty", "check who performed it, and his taxonomy"),
    "13": ("I7", "the service is after the patient's death", "check the dates"),
    "14": ("I8", "the service is before the patient's birth", "check the birth date"),
    "16": ("I3", "the claim lacks something the payer needs", "see the remarks; complete the chart and send it again"),
    "18": ("N5", "the payer has this line or claim already", "find the earlier claim; send a modifier if it differs"),
    "19": ("C1", "a work injury: workers' compensation pays first", "add the workers' compensation coverage"),
    "20": ("C1", "an accident: the liability insurer pays first", "add the liability coverage"),
    "21": ("C1", "an accident: the no-fault insurer pays first", "add the no-fault coverage"),
    "22": ("C2", "another plan pays first", "correct the order of the coverages"),
    "26": ("I4", "the service is before the coverage began", "check the coverage of that day"),
    "27": ("I4", "the service is after the coverage ended", "check the coverage of that day"),
    "29": ("D4", "the claim came after the filing limit", "send proof of timely filing, if there is one"),
    "31": ("I1", "the payer does not know the member", "check member id, name and birth date"),
    "32": ("I3", "the patient is not covered as a dependent", "check the subscriber and the relationship"),
    "33": ("I3", "the subscriber has no cover for dependents", "check the subscriber and the relationship"),
    "35": (None, "the plan's lifetime benefit is used up", "ask the next plan; the patient may owe it"),
    "39": ("C6", "authorization was asked for and denied", "appeal with the record"),
    "49": ("H4", "routine care, which the plan does not cover", "check the coverage; the patient may owe it"),
    "50": ("H7", "the payer does not hold the service necessary", "add the diagnosis that was its reason, or appeal"),
    "60": ("B7", "outpatient services too near to an inpatient stay", "put them on the stay's claim"),
    "96": ("H4", "the plan does not cover the service", "check the coverage; the patient may owe it"),
    "97": ("N1", "the service is part of another one", "remove it, or add the modifier that tells them apart"),
    "107": ("H6", "the service it belongs to is missing", "add the base service"),
    "109": ("I6", "another payer is responsible", "check which plan the patient belongs to"),
    "110": ("D2", "the bill is older than the service", "check the dates of service"),
    "116": ("M5", "the notice the patient signed does not suffice", "send the notice, or remove the modifier"),
    "119": (None, "the plan's benefit of the period is used up", "ask the next plan; the patient may owe it"),
    "129": (None, "an earlier payer's answer is missing or wrong", "send it again with the earlier answer"),
    "140": ("I2", "name and member id belong to different people", "check the name and the member id"),
    "146": ("X1", "the diagnosis is not valid on that day", "code it by the release of the date of service"),
    "150": ("H7", "the payer does not see the need for this level", "document the need, or appeal"),
    "151": ("N3", "more units than the payer allows", "check the units, or document the need"),
    "167": ("H7", "the plan does not cover the diagnosis", "check the diagnosis; the patient may owe it"),
    "170": (None, "this kind of provider is not paid for it", "check who performed it, and his taxonomy"),
    "181": ("H1", "the procedure code is not valid on that day", "code it by the release of the date of service"),
    "182": ("M1", "the modifier is not valid on that day", "correct the modifier"),
    "183": ("P6", "the referring provider may not refer this", "correct the referring provider"),
    "184": ("P6", "the ordering provider may not order this", "correct the ordering provider"),
    "185": ("P7", "the rendering provider may not bill this", "check his enrolment on that day"),
    "197": ("C6", "there is no authorization", "add the authorization, or ask for one afterwards"),
    "198": ("C6", "more than was authorized", "have the authorization extended"),
    "199": ("B4", "revenue code and procedure do not go together", "correct the chargemaster's row"),
    "200": ("I4", "the coverage had lapsed", "check the coverage of that day"),
    "204": ("H4", "the plan does not cover the service", "check the coverage; the patient may owe it"),
    "206": ("P1", "a provider's NPI is missing", "add the NPI to the roster"),
    "207": ("P2", "a provider's NPI is wrong", "correct the NPI in the roster"),
    "208": ("P2", "the payer does not know the NPI", "check the NPI, and the enrolment with this payer"),
    "226": (None, "the payer asked for something and did not get it", "send what was asked for"),
    "227": (None, "the patient did not tell the payer what it asked", "ask the patient to answer the payer"),
    "233": ("X13", "a complication that hospital care brought about", "check present-on-admission"),
    "236": ("N1", "the pair of services is not paid on one day", "remove one, or add the modifier if they were apart"),
    "239": ("D5", "the claim spans two coverages", "split it where the coverage changed"),
    "242": (None, "the provider is outside the plan's network", "check the contract; the patient may be protected"),
    "243": ("C7", "the patient's own physician did not send him", "add the referral"),
    "252": (None, "a document is asked for", "send the document"),
    "267": ("D5", "the claim spans two months", "split it by month"),
    "268": ("D5", "the claim spans two years", "split it by year"),
    "282": ("B4", "the procedure does not go with the bill type", "correct the revenue code or the bill type"),
    "284": ("C6", "the authorization is for something else", "add the authorization of this service"),
    "288": ("C7", "there is no referral", "add the referral"),
    "302": ("C6", "the authorization has expired", "have the authorization renewed"),
    "306": ("B1", "bill type and patient status disagree", "correct the patient status"),
    "A8": ("B8", "the stay cannot be grouped", "check principal diagnosis, procedures and discharge status"),
    "A1": (None, "denied for a reason that only remarks tell", "see the remarks"),
    "B7": ("P7", "the provider was not enrolled on that day", "check his enrolment on that day"),
    "B23": ("P8", "the laboratory has no certificate for the test", "add the CLIA number"),
    "B13": ("N5", "the payer has paid this before", "find the earlier claim; send a modifier if it differs"),
    "B15": ("H6", "the service it belongs to is missing", "add the base service"),
    "P2": ("C1", "workers' compensation: the injury is not of work", "bill the patient's plan"),
    "P4": ("C1", "workers' compensation: the claim is not compensable", "bill the patient's plan"),
}

_REMARKS: Final[dict[str, tuple[str | None, str, str]]] = {
    "M20": ("B3", "a line lacks its procedure code", "add the procedure code"),
    "M50": ("B2", "a revenue code is missing or wrong", "correct the chargemaster's row"),
    "M51": ("H1", "a procedure code is missing or wrong", "correct the code"),
    "M52": ("D2", "a first day of service is missing or wrong", "correct the dates"),
    "M53": ("N4", "units are missing or wrong", "correct the units"),
    "M59": ("D2", "a last day of service is missing or wrong", "correct the dates"),
    "M62": ("C6", "the authorization's number is missing or wrong", "add the number"),
    "M64": ("X1", "another diagnosis is missing or wrong", "correct the diagnosis"),
    "M76": ("X1", "a diagnosis is missing or wrong", "correct the diagnosis"),
    "M79": ("$1", "a charge is missing or wrong", "correct the charge"),
    "M119": ("U1", "a drug's NDC is missing or wrong", "add the NDC with its quantity and unit"),
    "MA04": (None, "the earlier payer's answer is missing", "send it again with the earlier answer"),
    "MA27": ("I1", "the member's number or name is wrong", "check member id and name"),
    "MA30": ("B1", "the bill type is missing or wrong", "correct class and status of the encounter"),
    "MA36": ("I2", "the patient's name is missing or wrong", "check the name against the plan's answer"),
    "MA40": ("D3", "the day of admission is missing or wrong", "give the day of admission"),
    "MA43": ("B1", "the patient status is missing or wrong", "give where the patient went"),
    "MA61": ("I1", "the member's number is missing or wrong", "check the member id"),
    "MA63": ("X8", "the principal diagnosis is missing or wrong", "correct the principal diagnosis"),
    "MA65": ("X14", "the admitting diagnosis is missing or wrong", "give the admitting diagnosis"),
    "MA120": ("P8", "the laboratory's certificate number is missing", "add the CLIA number"),
    "MA130": ("I3", "the claim can not be processed as it is", "complete it and send it as a new claim"),
    "N4": (None, "the earlier payer's answer is missing", "send it again with the earlier answer"),
    "N56": ("H1", "the code is not the one for this service or day", "correct the code"),
    "N257": ("P1", "the biller's NPI is missing or wrong", "correct the NPI in partners.yaml"),
    "N258": ("P4", "the biller's address is missing or wrong", "give a street and ZIP+4 in partners.yaml"),
    "N264": ("P6", "who ordered it is missing or wrong", "name who ordered it"),
    "N265": ("P6", "the NPI of who ordered it is missing or wrong", "add the NPI to the roster"),
    "N286": ("P6", "the NPI of who referred is missing or wrong", "add the NPI to the roster"),
    "N290": ("P1", "the NPI of who performed it is missing or wrong", "add the NPI to the roster"),
    "N382": ("I1", "the member's number is missing or wrong", "check the member id"),
    "N519": ("M2", "modifiers do not go together", "correct the modifiers"),
    "N522": ("N5", "the payer has this claim, also from another payer", "find the earlier claim"),
    "N822": ("M2", "a modifier is missing", "add the modifier"),
    "N823": ("M1", "a modifier is wrong", "correct the modifier"),
}
"""RARC -> (rule, meaning, mend)."""
