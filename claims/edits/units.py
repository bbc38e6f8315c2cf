"""Edits on units (N)."""

from collections.abc import Iterator

from claims.findings import reject
from claims.tables import Reference
from schemas.events.coded import ChartCoded, Finding


def units_not_whole(chart: ChartCoded, _: Reference) -> Iterator[Finding]:
    """N4: a line has at least one unit, and whole ones (837 SV1-04, SV2-05). Reject, CARC 16.

    The wire holds thousandths, so that a dose can be said exactly; a billing unit is never a fraction.
    """
    for at, service in enumerate(chart.services):
        if service.units == 0 or service.units % 1000:
            yield reject(
                "N4",
                "units of a line are zero or a fraction",
                field=f"services[{at}].units",
                line=at + 1,
                value_kind="quantity",
                carc="16",
                citation="837 SV104, SV205",
                mend="give whole units; mend `per_unit` in the chargemaster if it made them",
            )
