"""Edits on procedure codes (H)."""

from collections.abc import Iterator
from typing import Final

from claims.codesets.shapes import is_inpatient_procedure_shape, is_procedure_shape
from claims.codesets.titles import is_unlisted
from claims.edits.ncci import DayLine
from claims.edits.rule import Fault, Rule, rule
from claims.edits.subject import Subject


@rule(
    "H1",
    "reject",
    carc="181",
    citation="IOCE 6; 837 SV101-2, SV202-2",
    mend="a capital letter but D and four digits, or five digits; none where a revenue code stands alone",
    fixed=True,
    needs="codes without shape",
)
def no_procedure_code(subject: Subject) -> Iterator[Fault]:
    """A line's code has the shape of HCPCS, never of the D series (IOCE 6; SV101-2, SV202-2)."""
    for at, service in enumerate(subject.services):
        if service.code is not None and not is_procedure_shape(service.code):
            yield Fault("a procedure code that is none", f"services[{at}].code", at, "HCPCS code")


@rule(
    "H1",
    "reject",
    carc="181",
    citation="IOCE 6",
    mend="use a code that was valid on the day of the service",
    needs="hcpcs table",
)
def procedure_code_not_valid(subject: Subject) -> Iterator[Fault]:
    """A code of HCPCS Level II is in CMS's file, and valid on the day of its line (IOCE 6).

    Without the user's file for that day nothing is said. Codes of Level I, which begin with a digit, are not in it and
    are known by their shape only.
    """
    if not subject.tables.has("hcpcs"):
        return
    for at, term in enumerate(subject.terms):
        if term is not None:
            continue
        code, day = subject.services[at].code, subject.services[at].service_from
        if code is None or code[0] <= "9" or not is_procedure_shape(code):
            continue
        if subject.tables.speaks_of("hcpcs", day):
            yield Fault("a code that was not valid on the day", f"services[{at}].code", at, "HCPCS code")


@rule(
    "H2",
    "reject",
    carc="181",
    citation="MCE 1",
    mend="seven digits and capital letters, never I or O",
    fixed=True,
    needs="operations",
)
def no_inpatient_procedure_code(subject: Subject) -> Iterator[Fault]:
    """A stay's procedures have the seven characters of ICD-10-PCS, never I or O (MCE 1)."""
    for at, procedure in enumerate(subject.chart.procedures):
        if not is_inpatient_procedure_shape(procedure.code):
            yield Fault("an inpatient procedure code that is none", f"procedures[{at}].code", None, "ICD-10-PCS code")


@rule(
    "H5",
    "reject",
    carc="16",
    citation="837 SV101-7, SV202-7",
    mend="describe the service, or use the code that names it",
    needs="hcpcs table",
)
def unlisted_without_text(subject: Subject) -> Iterator[Fault]:
    """A code that names no one service has a text that does (837 SV101-7, SV202-7).

    Its title in CMS's file says so: unlisted, unclassified, miscellaneous, not otherwise classified or specified.
    Without that file nothing is said.
    """
    if not subject.tables.has("hcpcs"):
        return
    for at, term in enumerate(subject.terms):
        if term is not None and is_unlisted(term.title) and subject.services[at].text is None:
            yield Fault("a code for what is not listed, without words", f"services[{at}].text", at, "text")


@rule(
    "H6",
    "reject",
    carc="107",
    citation="NCCI add-on codes",
    mend="add the service that it belongs to, or take the add-on away",
    needs="add-on table",
)
def add_on_without_base(subject: Subject) -> Iterator[Fault]:
    """An add-on code stands beside one of its bases, of the same provider and day (NCCI add-on codes).

    Those of kind 1 have the listed bases only. Of kinds 2 and 3 the payer names bases too, so that any other service,
    which is no add-on itself, will do. Without the user's file nothing is said. A base on another chart of the patient
    isn't seen.
    """
    if not subject.tables.has("add-on"):
        return
    for (_, _, day), lines in subject.provider_days.items():
        for line in lines:
            add_on = subject.tables.add_on(line.code, day)
            if add_on is None or line.at is None:
                continue
            beside = {other.code for other in lines} - {line.code}
            if not beside.isdisjoint(add_on.bases):
                continue
            if add_on.kind == 1 or all(subject.tables.add_on(code, day) for code in beside):
                yield _alone(line)


def _alone(line: DayLine) -> Fault:
    return Fault("an add-on code without the service it belongs to", f"services[{line.at}].code", line.at, "HCPCS code")


PROCEDURES: Final[tuple[Rule, ...]] = (
    no_procedure_code,
    procedure_code_not_valid,
    no_inpatient_procedure_code,
    unlisted_without_text,
    add_on_without_base,
)
