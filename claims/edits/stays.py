"""An inpatient stay as the Medicare Code Editor and the grouper read it."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from claims import claim_diagnoses
from claims.claimed_stays import Condition, Stay
from claims.stay import years_between
from schemas.events.claim import ClaimDiagnosis
from schemas.events.coded import ChartCoded, CodedDiagnosis, CodedProcedure

SECONDARY: Final = ("other", "external-cause")
"""In which order the claim has them."""
_ALL_FIT: Final = 13
"""So many diagnoses fit on a claim whatever their roles: one principal and twelve causes."""


def inpatient_stay(chart: ChartCoded) -> Stay | None:
    """The whole stay, as the editor reads it; None without a principal diagnosis or a birth date."""
    return _stay(chart, chart.diagnoses, chart.procedures)


def billed_stay(chart: ChartCoded, whole: Stay | None = None) -> Stay | None:
    """The stay as its payer's claim tells it, which is what his grouper reads: what the patient paid in full so that
    no plan sees it must not show in the DRG either (45 CFR 164.522(a)(1)(vi)). `whole`: where it was made before."""
    whole = whole or inpatient_stay(chart)
    if whole is not None and not chart.restrictions and len(chart.diagnoses) <= _ALL_FIT:
        return whole
    return _stay(chart, claim_diagnoses.institutional(chart), claim_diagnoses.disclosed_procedures(chart))


def _stay(
    chart: ChartCoded, diagnoses: Sequence[CodedDiagnosis | ClaimDiagnosis], procedures: Sequence[CodedProcedure]
) -> Stay | None:
    facts, born = chart.encounter, chart.patient.birth_date
    if facts.encounter_class != "inpatient" or born is None:
        return None
    by_role: dict[str, list[Condition]] = defaultdict(list)
    for diagnosis in diagnoses:
        by_role[diagnosis.role].append(Condition(diagnosis.code, diagnosis.present_on_admission))
    if not by_role["principal"]:
        return None
    return Stay(
        discharge_day=facts.end_day,
        age=years_between(born, facts.start_day),
        sex=chart.patient.sex,
        status=facts.discharge_status,
        principal=by_role["principal"][0],
        others=tuple([condition for role in SECONDARY for condition in by_role[role]]),
        procedures=tuple([procedure.code for procedure in procedures]),
    )
