"""The code and identifier systems that a claim in FHIR R4 names.

HL7 and NUBC codes as HL7 Terminology and the CARIN Blue Button guide (hl7.org/fhir/us/carin-bb, 2.1) name their
systems. What nobody has published a system for is `urn:claimstream:...`; docs/hospital.md lists those.
"""

from typing import Final

ICD_10_PCS: Final = "http://www.cms.gov/Medicare/Coding/ICD10"
HCPCS: Final = "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"
MS_DRG: Final = "https://www.cms.gov/Medicare/Medicare-Fee-for-Service-Payment/AcuteInpatientPPS/MS-DRG-Classifications-and-Software"
PLACE_OF_SERVICE: Final = "https://www.cms.gov/Medicare/Coding/place-of-service-codes/Place_of_Service_Code_Set"
TAXONOMY: Final = "http://nucc.org/provider-taxonomy"
TAX_ID: Final = "urn:oid:2.16.840.1.113883.4.4"

TYPE_OF_BILL: Final = "https://www.nubc.org/CodeSystem/TypeOfBill"
REVENUE: Final = "https://www.nubc.org/CodeSystem/RevenueCodes"
ADMISSION_TYPE: Final = "https://www.nubc.org/CodeSystem/PriorityTypeOfAdmitOrVisit"
POINT_OF_ORIGIN: Final = "https://www.nubc.org/CodeSystem/PointOfOrigin"
POINT_OF_ORIGIN_NEWBORN: Final = "https://www.nubc.org/CodeSystem/PointOfOriginNewborn"
DISCHARGE_STATUS: Final = "https://www.nubc.org/CodeSystem/PatDischargeStatus"
CODED_VALUES: Final = {
    "condition": "https://www.nubc.org/CodeSystem/ConditionCodes",
    "occurrence": "http://terminology.hl7.org/CodeSystem/v2-0350",
    "span": "http://terminology.hl7.org/CodeSystem/v2-0351",
    "value": "http://terminology.hl7.org/CodeSystem/v2-0153",
}

CARC: Final = "https://x12.org/codes/claim-adjustment-reason-codes"
RARC: Final = "https://x12.org/codes/remittance-advice-remark-codes"

_HL7: Final = "http://terminology.hl7.org/CodeSystem/"
ACCIDENT: Final = _HL7 + "v3-ActCode"
ADJUDICATION: Final = _HL7 + "adjudication"
CARE_TEAM: Final = _HL7 + "claimcareteamrole"
CLAIM_TYPE: Final = _HL7 + "claim-type"
COVERAGE_CLASS: Final = _HL7 + "coverage-class"
DATA_ABSENT: Final = _HL7 + "data-absent-reason"
DIAGNOSIS_TYPE: Final = _HL7 + "ex-diagnosistype"
IDENTIFIER_TYPE: Final = _HL7 + "v2-0203"
ON_ADMISSION: Final = _HL7 + "ex-diagnosis-on-admission"
ORGANIZATION_TYPE: Final = _HL7 + "organization-type"
PAYEE: Final = _HL7 + "payeetype"
PAYMENT: Final = _HL7 + "ex-paymenttype"
PRIORITY: Final = _HL7 + "processpriority"
PROCEDURE_TYPE: Final = _HL7 + "ex-procedure-type"
RELATED_CLAIM: Final = _HL7 + "ex-relatedclaimrelationship"
SUBSCRIBER: Final = _HL7 + "subscriber-relationship"

_CARIN: Final = "http://hl7.org/fhir/us/carin-bb/CodeSystem/"
C4BB_ADJUDICATION: Final = _CARIN + "C4BBAdjudication"
C4BB_CARE_TEAM: Final = _CARIN + "C4BBClaimCareTeamRole"
C4BB_DIAGNOSIS_TYPE: Final = _CARIN + "C4BBClaimDiagnosisType"
C4BB_DISCRIMINATOR: Final = _CARIN + "C4BBAdjudicationDiscriminator"
C4BB_IDENTIFIER_TYPE: Final = _CARIN + "C4BBIdentifierType"
C4BB_SUBTYPE: Final = _CARIN + "C4BBInstitutionalClaimSubType"
C4BB_SUPPORTING: Final = _CARIN + "C4BBSupportingInfoType"

LEVEL_I: Final = "urn:claimstream:hcpcs-level-i"  # a licensed system, which nothing here may name (tests/repository.py)
CLAIM_ID: Final = "urn:claimstream:claim"
CONTROL_NUMBER: Final = "urn:claimstream:control-number"  # CLM01, echoed by the payer
LINE: Final = "urn:claimstream:line-control-number"  # extension; REF 6R
GROUP: Final = "urn:claimstream:adjustment-group"  # extension; CAS01
ANSWER_STATUS: Final = "urn:claimstream:claim-status"  # extension; CLP02
NON_COVERED: Final = "urn:claimstream:non-covered"  # extension; SV207
AUTHORIZATION: Final = "urn:claimstream:authorization"  # extension; REF G1 of a line
REMITTANCE: Final = "urn:claimstream:remittance"
ANSWER: Final = "urn:claimstream:answer"  # a remittance and the place of an answer in it
PAYER: Final = "urn:claimstream:payer"
FILING: Final = "urn:claimstream:filing-indicator"
SUPPORTING: Final = "urn:claimstream:supporting-info"
CAUSE: Final = "urn:claimstream:cause"
ATTACHMENT: Final = "urn:claimstream:attachment-report-type"
DELAY: Final = "urn:claimstream:delay-reason"
INSURANCE_TYPE: Final = "urn:claimstream:insurance-type"
FREQUENCY: Final = "urn:claimstream:frequency"
INTEREST: Final = "urn:claimstream:adjudication"


def of_payer(payer: str) -> str:
    """The system of the numbers a payer gives: unique with him alone."""
    return f"urn:claimstream:payer:{payer}"


def of_hospital(hospital: str, what: str) -> str:
    """The system of the numbers a hospital gives: its records, accounts and practitioners."""
    return f"urn:claimstream:hospital:{hospital}:{what}"


def procedure_system(code: str) -> str:
    """HCPCS Level II is a letter and four digits; Level I has four digits in front, in each of its categories."""
    return LEVEL_I if code[:4].isdigit() else HCPCS


def modifier_system(code: str) -> str:
    """Level I's modifiers are two digits; the others are Level II's."""
    return LEVEL_I if code.isdigit() else HCPCS
