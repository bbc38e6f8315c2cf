"""FHIR R4 in, chart-completed out; claims and their answers in, FHIR R4 out. Pure: the caller opens the files.

`read_export` and `bundle` are the doors; the modules behind them are named after what they read and write.
"""

from claims.fhir.bundles import bundle
from claims.fhir.export import Reading, Unpublished, read_export
from claims.fhir.sources import BadChartFile
from claims.fhir.visit import Unresolved

__all__ = ["BadChartFile", "Reading", "Unpublished", "Unresolved", "bundle", "read_export"]
