"""Notes: Compositions and DocumentReferences, and who answers for them."""

from collections.abc import Iterator
from datetime import datetime

from claims.fhir.elements import LOINC, Resource, codings, first, instant, label, reference, some
from claims.fhir.visit import Visit
from schemas.events.chart import Coding, Document

_SIGNING_MODES = {"legal", "professional", "official"}
_SIGNED = {"final", "amended"}
_GONE = {"entered-in-error", "superseded"}


def read_documents(visit: Visit) -> Iterator[Document]:
    """Every note with a kind that is still in force. A draft is unsigned, whoever attests it; narrative stays with the
    hospital."""
    for composition in visit.of("Composition"):
        yield from _document(visit, composition, *_attested(visit, composition))
    for note in visit.of("DocumentReference"):
        link = reference(note, "authenticator")
        signer = visit.practitioner(link, "DocumentReference.authenticator")
        at = instant(note.get("date"), visit.zone)
        signed = signer is not None and note.get("docStatus", "final") in _SIGNED
        yield from _document(visit, note, signer if signed else None, at if signed else None)


def _document(visit: Visit, note: Resource, signer: str | None, at: datetime | None) -> Iterator[Document]:
    kind = _kind(first(note, "type"))
    if kind and not _GONE & {str(note.get("status")), str(note.get("docStatus"))}:
        yield Document(id=note["id"], kind=kind, signed_by=signer, signed_at=at)


def _attested(visit: Visit, composition: Resource) -> tuple[str | None, datetime | None]:
    """The last attester who signs; `personal` attests authorship, not the record."""
    signer, at = None, None
    for index, attester in enumerate(some(composition, "attester")):
        if attester.get("mode") in _SIGNING_MODES and composition.get("status") in _SIGNED:
            signer = visit.practitioner(reference(attester, "party"), f"Composition.attester[{index}].party")
            at = instant(attester.get("time"), visit.zone)
    return (signer, at) if signer else (None, None)


def _kind(concept: Resource) -> Coding | None:
    given = codings(concept)
    loinc = next((coding for coding in given if coding.system == LOINC), None)
    text = label(concept)
    return loinc or next(iter(given), None) or (Coding(system="text", code=text[:40]) if text else None)
