"""Example charts from a clinosim export: chosen, pruned to what the reader reads, freed of licensed codes.

    python -m bench.make_charts --source FHIR_DIR --out charts --encounters 240 --longest 400
    python -m bench.make_charts --simulate 1000 --out var/charts

What is dropped: codings of CPT (AMA) and SNOMED CT everywhere, every description that came with a CPT code, narrative,
vital signs and the orders for them, names of real insurers. What is unbillable, unpriced or unanswered stays.
"""

import argparse
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

Resource = dict[str, Any]

HOSPITALS = ("mercy-general", "st-anna", "riverside")
LOCAL = "urn:claimstream:service"
# What a coding's system may begin with: what may be shipped. CPT and SNOMED CT may not.
FREE = (
    "http://hl7.org/fhir/sid/", "http://terminology.hl7.org/", "http://loinc.org", "http://unitsofmeasure.org",
    "http://www.nlm.nih.gov/research/umls/rxnorm", "http://hospital.example.org/", "urn:",
)  # fmt: skip
FOREIGN = "urn:oid:1.2.392."  # the fee schedule of another country

# What the reader uses of each type. The order is the order of the files.
KEPT: dict[str, tuple[str, ...]] = {
    "Patient": ("identifier", "name", "gender", "birthDate", "deceasedDateTime", "address", "telecom"),
    "Practitioner": ("name",),
    "Coverage": ("status", "subscriberId", "subscriber", "beneficiary", "payor", "relationship", "period", "class"),
    "Encounter": (
        "status", "class", "subject", "priority", "period", "reasonCode", "participant", "diagnosis", "hospitalization",
        "serviceProvider",
    ),
    "Condition": (
        "verificationStatus", "code", "subject", "encounter", "bodySite", "onsetDateTime", "recordedDate", "asserter",
    ),
    "Composition": ("status", "type", "subject", "encounter", "date", "attester"),
    "ServiceRequest": (
        "status", "intent", "category", "code", "subject", "encounter", "occurrenceDateTime", "requester", "performer",
    ),
    "Observation": ("status", "code", "encounter", "basedOn"),
    "DiagnosticReport": ("status", "code", "encounter", "basedOn"),
    "Procedure": (
        "status", "code", "subject", "encounter", "performedDateTime", "performedPeriod", "performer", "usedCode",
    ),
    "MedicationAdministration": (
        "status", "medicationCodeableConcept", "subject", "context", "effectiveDateTime", "performer", "dosage",
    ),
    "Immunization": (
        "status", "vaccineCode", "patient", "encounter", "occurrenceDateTime", "primarySource", "performer",
        "doseQuantity",
    ),
}  # fmt: skip
NOISE = {"display", "extension", "assigner", "note", "conclusionCode"}
# Orders for vital signs are no services, and the vital signs are not kept.
VITAL_SIGN_ORDERS = {"SpO2"}
# Our own names for procedures whose only text is a licensed description, by the export's second code.
OWN_NAMES = {
    "D002": "bladder-catheter",
    "D215": "heart-ultrasound",
    "G005-2": "central-line",
    "G005-3": "arterial-line",
    "K0461": "hip-fixation",
    "K546": "coronary-balloon",
    "K636": "abdominal-exploration",
    "K920": "blood-given",
    "M001-2": "beam-radiation",
}


def read(source: Path, kind: str) -> Iterator[Resource]:
    path = source / f"{kind}.ndjson"
    if path.exists():
        with path.open(encoding="utf-8") as lines:
            yield from (json.loads(line) for line in lines if line.strip())


def link(resource: Mapping[str, Any], *names: str) -> str | None:
    """The id a reference names, of the first of these elements that has one."""
    for name in names:
        if isinstance(resource.get(name), dict) and "reference" in resource[name]:
            return str(resource[name]["reference"]).rpartition("/")[2]
    return None


def longest(source: Path, limit: int) -> set[str | None]:
    """Encounters with more orders and administrations than an example should hold."""
    sizes = Counter(
        link(resource, "encounter", "context")
        for kind in ("ServiceRequest", "MedicationAdministration")
        for resource in read(source, kind)
    )
    return {encounter for encounter, size in sizes.items() if size > limit}


def chosen(encounters: Iterable[Resource], wanted: int | None) -> list[Resource]:
    """Finished encounters: every inpatient and emergency one, then ambulatory ones, a patient's next in each round."""
    finished = sorted(
        (e for e in encounters if e["status"] == "finished"), key=lambda e: (e["period"]["start"], e["id"])
    )
    rare = [encounter for encounter in finished if encounter["class"]["code"] != "AMB"]
    rounds: dict[str, int] = {}
    common: list[tuple[int, str, Resource]] = []
    for encounter in finished:
        if encounter["class"]["code"] == "AMB":
            patient = link(encounter, "subject") or ""
            rounds[patient] = rounds.get(patient, -1) + 1
            common.append((rounds[patient], encounter["id"], encounter))
    ordered = rare + [encounter for _, _, encounter in sorted(common, key=lambda entry: entry[:2])]
    return ordered[:wanted]


def hospital_of(patient: str) -> str:
    """A patient goes to one hospital, the same in every run."""
    return HOSPITALS[int(hashlib.sha256(patient.encode()).hexdigest(), 16) % len(HOSPITALS)]


def pruned(resource: Resource) -> Resource:
    kept = {name: clean(resource[name]) for name in KEPT[resource["resourceType"]] if name in resource}
    return {
        "resourceType": resource["resourceType"],
        "id": resource["id"],
        **{k: v for k, v in kept.items() if v != {}},
    }


def clean(value: Any) -> Any:
    """Without licensed codings, narrative, displays, and what became empty by that."""
    if isinstance(value, list):
        entries = [clean(entry) for entry in value if not licensed(entry)]
        return [entry for entry in entries if entry not in ({}, [])]
    if isinstance(value, dict):
        entries_ = {key: clean(entry) for key, entry in value.items() if key not in NOISE and not licensed(entry)}
        return {key: entry for key, entry in entries_.items() if entry not in ({}, [])}
    return value


def licensed(value: Any) -> bool:
    """A coding of a system that is not free. A telecom's system is a bare word and none."""
    system = str(value.get("system", "")) if isinstance(value, dict) else ""
    return ":" in system and (not system.startswith(FREE) or system.startswith(FOREIGN))


def shaped(resource: Resource) -> Resource | None:
    """A resource as it is committed, or null where it is no part of a chart."""
    kind = resource["resourceType"]
    if kind == "Procedure":
        return {**pruned(resource), "code": service_name(resource["code"])}
    if kind == "ServiceRequest" and resource["code"].get("text") in VITAL_SIGN_ORDERS:
        return None
    if kind == "Observation" and not (is_laboratory(resource) and resource.get("basedOn")):
        return None
    small = pruned(resource)
    if kind == "Patient":
        small["identifier"] = [entry for entry in small["identifier"] if "type" in entry]
        small["telecom"] = [entry for entry in small.get("telecom", []) if entry.get("system") == "phone"][:1]
    elif kind == "Coverage":
        small["class"] = [{key: entry[key] for key in ("type", "value")} for entry in small.get("class", [])]
    elif kind == "MedicationAdministration":
        dose = small.pop("dosage", {}).get("dose")
        small |= {"dosage": {"dose": {key: dose[key] for key in ("value", "code") if key in dose}}} if dose else {}
    elif kind == "Encounter":
        small["participant"] = [entry for entry in small["participant"] if codes_of(entry["type"]) - {"ADM", "DIS"}]
        small["diagnosis"] = [
            {key: entry[key] for key in ("condition", "rank")} for entry in small.get("diagnosis", [])
        ]
    elif kind == "ServiceRequest":
        small["category"] = [{"coding": entry["coding"]} for entry in small["category"] if "coding" in entry]
    return small


def codes_of(concepts: Iterable[Mapping[str, Any]]) -> set[str]:
    return {str(coding.get("code")) for concept in concepts for coding in concept.get("coding", [])}


def is_laboratory(resource: Resource) -> bool:
    return "laboratory" in codes_of(resource["category"])


def service_name(concept: Mapping[str, Any]) -> Resource:
    """A procedure under a name of our own: clinosim's order name, or one that says less than the licensed text."""
    text = str(concept.get("text", ""))
    codes = [str(coding["code"]) for coding in concept.get("coding", [])]
    described = any(re.fullmatch(r"[0-9]{5}|[0-9]{4}[A-Z]", code) for code in codes)  # the shape of CPT
    own = next((OWN_NAMES[code] for code in codes if code in OWN_NAMES), None)
    if described and not own and not re.fullmatch(r"[a-z0-9_]+", text):
        own = f"procedure-{hashlib.sha256(text.encode()).hexdigest()[:4]}"
    name = own or re.sub(r"[^a-z0-9]+", "-", text.split(":", maxsplit=1)[0].lower()).strip("-")
    return {"coding": [{"system": LOCAL, "code": name}], "text": name.replace("-", " ")}


def collect(source: Path, encounters: Sequence[Resource]) -> Iterator[tuple[str, Resource]]:
    """(hospital, resource) of everything the chosen encounters need; staff last, once who is needed is known."""
    patient_of = {encounter["id"]: link(encounter, "subject") or "" for encounter in encounters}
    patients = set(patient_of.values())
    diagnoses = {link(d, "condition") for encounter in encounters for d in encounter.get("diagnosis", [])}
    staff: dict[str, set[str]] = {hospital: set() for hospital in HOSPITALS}
    for kind in KEPT:
        if kind == "Practitioner":
            continue
        for resource in encounters if kind == "Encounter" else read(source, kind):
            patient = link(resource, "subject", "patient", "beneficiary") or resource["id"]
            encounter = link(resource, "encounter", "context")
            wanted = {
                "Patient": patient in patients,
                "Coverage": patient in patients,
                "Encounter": True,
                "Condition": resource["id"] in diagnoses or encounter in patient_of,
            }.get(kind, encounter in patient_of)
            small = shaped(resource) if wanted else None
            if small:
                staff[hospital_of(patient)] |= set(re.findall(r'"Practitioner/([^"]+)"', json.dumps(small)))
                yield hospital_of(patient), small
    for resource in read(source, "Practitioner"):
        for hospital in HOSPITALS:
            if resource["id"] in staff[hospital]:
                yield hospital, pruned(resource)


def write(out: Path, resources: Iterable[tuple[str, Resource]]) -> dict[str, int]:
    """One NDJSON file per hospital and type, sorted by id; how many encounters each hospital has."""
    files: dict[tuple[str, str], list[Resource]] = {}
    for hospital, resource in resources:
        files.setdefault((hospital, resource["resourceType"]), []).append(resource)
    for (hospital, kind), entries in files.items():
        folder = out / hospital
        folder.mkdir(parents=True, exist_ok=True)
        lines = (json.dumps(entry, ensure_ascii=False, separators=(",", ":")) for entry in sorted(entries, key=_id))
        (folder / f"{kind}.ndjson").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return {hospital: len(files.get((hospital, "Encounter"), [])) for hospital in HOSPITALS}


def _id(resource: Resource) -> str:
    return str(resource["id"])


def simulate(population: int, seed: int, folder: Path, *, quiet: bool = False) -> Path:
    """A fresh export by clinosim's own command line."""
    here = Path(sys.executable).with_name("clinosim")
    command = str(here) if here.exists() else shutil.which("clinosim")
    if command is None:
        raise SystemExit("clinosim is not installed; it comes with the extra 'charts': pip install -e '.[charts]'")
    span = ["--country", "US", "--start", "2025-09-01", "--end", "2026-09-01", "--format", "fhir-r4"]
    sized = ["-o", str(folder), "-p", str(population), "-s", str(seed)]
    output = subprocess.DEVNULL if quiet else None
    subprocess.run([command, "simulate", *sized, *span], check=True, stdout=output, stderr=output)
    return folder / "fhir_r4"


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.make_charts", description=(__doc__ or "").split("\n")[0])
    origin = parser.add_mutually_exclusive_group(required=True)
    origin.add_argument("--source", type=Path, help="a clinosim export: the folder fhir_r4")
    origin.add_argument(
        "--simulate", type=int, metavar="N", help="run clinosim for a population of N (about 4 charts each)"
    )
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--encounters", type=int, help="how many; all finished ones if not given")
    parser.add_argument("--longest", type=int, metavar="N", help="leave out encounters of more than N orders and doses")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as scratch:
        source = options.source or simulate(options.simulate, options.seed, Path(scratch))
        left_out = longest(source, options.longest) if options.longest else set()
        encounters = chosen((e for e in read(source, "Encounter") if e["id"] not in left_out), options.encounters)
        counts = write(options.out, collect(source, encounters))
    print(", ".join(f"{hospital}: {count}" for hospital, count in counts.items()), "encounters in", options.out)


if __name__ == "__main__":
    main()
