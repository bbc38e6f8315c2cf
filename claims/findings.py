"""How a rule says that something is wrong: always with its rule, mend and source, never with the value."""

from schemas.events.coded import Finding

RETURN, LINE, INFORM = "return-to-provider", "line-rejection", "informational"
"""Dispositions in the words of the Integrated OCE; what only warns informs."""


def reject(
    rule: str,
    message: str,
    *,
    mend: str,
    citation: str,
    carc: str | None = None,
    field: str | None = None,
    line: int | None = None,
    value_kind: str | None = None,
) -> Finding:
    """What would be refused or denied, with the CARC it would be denied with."""
    return Finding(
        rule=rule,
        severity="reject",
        disposition=RETURN if line is None else LINE,
        message=message,
        field=field,
        line=line,
        value_kind=value_kind,
        mend=mend,
        citation=citation,
        carc=carc,
    )


def warn(
    rule: str,
    message: str,
    *,
    mend: str,
    citation: str,
    carc: str | None = None,
    field: str | None = None,
    line: int | None = None,
    value_kind: str | None = None,
) -> Finding:
    """What may be denied, or wants a second look; the chart goes on."""
    return Finding(
        rule=rule,
        severity="warn",
        disposition=INFORM,
        message=message,
        field=field,
        line=line,
        value_kind=value_kind,
        mend=mend,
        citation=citation,
        carc=carc,
    )
