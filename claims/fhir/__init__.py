"""FHIR R4 in, chart-completed out. Pure: the caller opens the files.

`read_export` is the door; the modules behind it are named after what they read.
"""

from claims.fhir.export import Reading, Unpublished, read_export
from claims.fhir.sources import BadChartFile
from claims.fhir.visit import Unresolved

__all__ = ["BadChartFile", "Reading", "Unpublished", "Unresolved", "read_export"]
