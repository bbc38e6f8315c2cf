"""Diabetes: its type, and what it has led to."""

from typing import Final

from claims.completeness.case import Case, Said
from claims.completeness.indicators import named
from claims.completeness.wording import Vague, vaguely
from claims.queries import ANSWERED, JUDGE, OTHERWISE, Template

DIABETES_TYPE: Final = Template(
    id="Q-DIABETES-TYPE",
    topic="diabetes-type",
    to="provider",
    kind="choice",
    gap="type of diabetes",
    ask=f"The record documents diabetes as quoted here without its type. Please document the type, {JUDGE}",
    options=("Type 1", "Type 2", "Due to another condition", "Due to a drug or chemical", *OTHERWISE),
    due=ANSWERED,
    source="OCG I.C.4.a",
    mode="warn",
)
_DIABETES: Final = Vague(
    family=("E08", "E09", "E10", "E11", "E13", "O24"),
    codes=frozenset(),
    words=named("diabetes", "diabetic", "dm"),
    said=named(
        "type", "t[12]dm", "iddm", "gestational", "secondary", "due to", "induced", "insipidus", "steroid", "drug"
    ),
)


def diabetes_type(case: Case) -> Said:
    """Q-DIABETES-TYPE: diabetes is of a type (OCG I.C.4.a). Where none is documented E11 is the default (I.C.4.a.2), so
    that the claim is right without it: a finding, no hold.
    """
    for entry in vaguely(case, _DIABETES):
        yield case.about(DIABETES_TYPE, entry)


DIABETES_LINK: Final = Template(
    id="Q-DIABETES-LINK",
    topic="diabetes-link",
    to="provider",
    kind="yes-no",
    gap="whether a condition is due to the diabetes",
    ask="The record documents both conditions quoted here and says nothing of a relation. "
    f"Is the second due to the first, {JUDGE[:-1]}?",
    options=("Yes", "No", *OTHERWISE),
    due=ANSWERED,
    source="OCG I.A.15",
    allows="cause-and-effect",
    mode="warn",
)
# Diabetes with no complication of the kidney, nerves, eye, vessels or foot; and what the index has under 'with'.
_UNCOMPLICATED: Final = ("E089", "E099", "E109", "E119", "E139")
_LINKED: Final = ("N18", "G629", "I739", "L97", "M86")


def diabetes_link(case: Case) -> Said:
    """Q-DIABETES-LINK: the index presumes diabetes to be the cause of what it lists under 'with', unless the record
    says that it is not (OCG I.A.15). The two coded apart are a contradiction that only the provider resolves.

    Inpatients only: what an outpatient was not seen for is carried over from list to list. No hold: both codes are
    valid as they stand, and an answer changes how they are combined. A documented cause answers it.
    """
    diabetes = [code for code in case.codes if code.startswith(_DIABETES.family)]
    if len(diabetes) == 1 and diabetes[0] in _UNCOMPLICATED:
        for entry in case.coded(_LINKED):
            if entry.statement.due_to is None:
                yield case.related(DIABETES_LINK, case.coded(_UNCOMPLICATED)[0], entry)


TEMPLATES: Final = (DIABETES_TYPE, DIABETES_LINK)
RULES: Final = (diabetes_type,)
OF_STAYS: Final = (diabetes_link,)
