"""Edits on bills of a stay that goes on (B1): who takes them, and how often."""

from collections.abc import Iterator
from typing import Final

from claims.edits.rule import Fault, Rule, rule
from claims.edits.subject import Subject
from claims.interim import takes_interim_bills
from claims.stay import STILL_A_PATIENT, admission_day

_FIELD, _STATUS = "encounter.discharge_status", "patient status"
_CITATION: Final = "837I CL103; CPM 1/50.2, 3/150.19; the payer's interim in partners.yaml"


@rule(
    "B1",
    "reject",
    carc="306",
    citation=_CITATION,
    mend="send the chart when the stay has ended, or once it has lasted 60 days (interim_days of the payer) to one who "
    "takes interim bills",
    of="inpatient",
    needs="patient status",
)
def interim_bill_not_taken(subject: Subject) -> Iterator[Fault]:
    """A stay that goes on (patient status 30) is billed from its 60th day, to a first payer who takes interim bills.

    Who does, his entry says: `interim: cumulative`, each bill with everything since the admission; `sequential`, each
    with its own days; or `none`. It may say other days (`interim_days`). By itself Medicare takes cumulative ones (CPM
    1/50.2 and 3/150.19, read in contractors' digests).
    """
    unknown = subject.first is not None and subject.payer is None
    if subject.stay.discharge_status != STILL_A_PATIENT or unknown:
        return
    admitted = admission_day(subject.stay) or subject.stay.start_day
    if subject.payer is None or not takes_interim_bills(subject.payer):
        yield Fault("an interim bill, and the payer takes none", _FIELD, None, _STATUS)
    elif (subject.stay.end_day - admitted).days + 1 < subject.payer.interim_days:
        yield Fault("an interim bill of a stay of too few days", _FIELD, None, _STATUS)


@rule(
    "B1",
    "reject",
    carc="306",
    citation=_CITATION,
    mend="send the next interim bill 60 days after the one before (interim_days of the payer), or the chart when the "
    "stay has ended",
    of="inpatient",
)
def interim_bill_too_soon(subject: Subject) -> Iterator[Fault]:
    """Between interim bills of a stay lie at least 60 days (CPM 1/50.2; 3/150.19), or as many as the payer's entry says
    (`interim_days`); one of the same days corrects."""
    if not subject.inpatient or subject.stay.discharge_status != STILL_A_PATIENT or subject.payer is None:
        return
    least = subject.payer.interim_days
    own = (subject.chart.hospital, subject.chart.chart_id)
    for visit in subject.history.visits:
        if (visit.hospital, visit.chart_id) == own and 0 < (subject.stay.end_day - visit.end).days < least:
            yield Fault("an interim bill too soon after the one before", _FIELD, None, _STATUS)


INTERIM: Final[tuple[Rule, ...]] = (interim_bill_not_taken,)
INTERIM_ACROSS: Final[tuple[Rule, ...]] = (interim_bill_too_soon,)
