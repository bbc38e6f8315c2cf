"""What tests of coding are made of: an hour, a diagnosis, a service, and what services cost."""

from datetime import UTC, datetime
from typing import Any

from schemas.events.chart import Coding, Statement
from schemas.events.coded import ChartCoded

ICD = "http://hl7.org/fhir/sid/icd-10-cm"
GOOD_NPI = "1234567893"

CHARGEMASTER = """\
system,code,description,hcpcs,modifiers,revenue_code,unit,per_unit,price_cents,component,department,start,end
class,ambulatory,Clinic visit,G0463,,0510,,,18500,facility,visits,2025-01-01,2025-12-31
class,ambulatory,Clinic visit,G0463,,0510,,,19200,facility,visits,2026-01-01,
class,ambulatory,"Clinic visit, professional",T1015,,0983,,,13700,professional,visits,2025-01-01,
class,observation,Observation,G0378,,0762,h,1,9500,facility,visits,2025-01-01,
class,inpatient,Room and board,,,0120,d,1,150000,facility,beds,2025-01-01,
class,inpatient/icu,Intensive care,,,0200,d,1,450000,facility,beds,2025-01-01,
loinc,2345-7,Glucose,P2028,,0301,,,2100,facility,laboratory,2025-01-01,
rxnorm,7804,A drug per 10 mg,J1100,,0636,mg,10,1250,facility,pharmacy,2025-01-01,
text,wound dressing,Dressing,A6402,,0270,,,900,facility,supplies,2025-01-01,
local,X-17,Brace,L1902,RT,0274,,,8800,facility,supplies,2025-01-01,
"""


def at(day: int, hour: int = 15) -> datetime:
    """An hour of March 2026, UTC."""
    return datetime(2026, 3, day, hour, tzinfo=UTC)


def said(code: str, **fields: Any) -> Statement:
    """A diagnosis given in ICD-10-CM."""
    return Statement(**{"id": f"d-{code}", "kind": "diagnosis", "codings": (Coding(system=ICD, code=code),), **fields})


def phrase(text: str, **fields: Any) -> Statement:
    """A diagnosis in words."""
    return Statement(**{"id": "d-phrase", "kind": "diagnosis", "text": text, **fields})


def done(code: str = "2345-7", system: str = "http://loinc.org", **fields: Any) -> Statement:
    """A service performed on the day of the chart."""
    common = {
        "id": f"s-{code}",
        "kind": "laboratory",
        "performed_at": at(10),
        "codings": (Coding(system=system, code=code),),
    }
    return Statement(**{**common, **fields})


def with_line(chart: ChartCoded, **fields: Any) -> ChartCoded:
    """The chart with a first line that differs."""
    first, *others = chart.services
    return chart.model_copy(update={"services": (first.model_copy(update=fields), *others)})
