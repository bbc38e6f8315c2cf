"""Abbreviations that mean one thing wherever a diagnosis is documented, written out in the Tabular List's words.

As of 2026-04-01. An abbreviation stands here only if no other meaning is in clinical use as a diagnosis: MS (multiple
sclerosis, mitral stenosis), PE (embolism, effusion), RA (arthritis, atrium), CP (palsy, chest pain), PT, DM, DM1 (also
myotonic dystrophy), ARF (renal, respiratory), AML (leukemia, angiomyolipoma), CVA (accident, angle), OCD (obsessive,
osteochondritis), MI, OA, HA, BPD, CHF (failure, fibrosis), HIV (infection or status, OCG I.C.1.a) do not, and are a
coder's to read.
"""

import re
from typing import Final

ABBREVIATIONS: Final = {
    "abd": "abdominal",
    "adhd": "attention-deficit hyperactivity disorder",
    "afib": "atrial fibrillation",
    "aki": "acute kidney injury",
    "ards": "acute respiratory distress syndrome",
    "bph": "benign prostatic hyperplasia",
    "bppv": "benign paroxysmal positional vertigo",
    "ckd": "chronic kidney disease",
    "cll": "chronic lymphocytic leukemia",
    "cml": "chronic myeloid leukemia",
    "copd": "chronic obstructive pulmonary disease",
    "dvt": "deep vein thrombosis",
    "esrd": "end stage renal disease",
    "gad": "generalized anxiety disorder",
    "gerd": "gastro-esophageal reflux disease",
    "hld": "hyperlipidemia",
    "hfpef": "heart failure with preserved ejection fraction",
    "hfref": "heart failure with reduced ejection fraction",
    "htn": "hypertension",
    "ibs": "irritable bowel syndrome",
    "ihd": "ischemic heart disease",
    "mdd": "major depressive disorder",
    "mrsa": "methicillin resistant staphylococcus aureus",
    "mssa": "methicillin susceptible staphylococcus aureus",
    "nstemi": "non-ST elevation myocardial infarction",
    "osa": "obstructive sleep apnea",
    "pcos": "polycystic ovarian syndrome",
    "ptsd": "post-traumatic stress disorder",
    "sob": "shortness of breath",
    "stemi": "ST elevation myocardial infarction",
    "t1dm": "type 1 diabetes mellitus",
    "t2dm": "type 2 diabetes mellitus",
    "tia": "transient cerebral ischemic attack",
    "unspec": "unspecified",
    "uri": "upper respiratory infection",
    "uti": "urinary tract infection",
    "w/": "with",
    "w/o": "without",
}

_TOKEN = re.compile(r"(?<![\w/])(?:w/o?(?=\s)|[A-Za-z0-9]+)(?![\w/])")
_TOLD_TWICE = re.compile(r"\s*[(\[]\s*([A-Za-z0-9]+)\s*[)\]]")


def expanded(phrase: str) -> str:
    """The phrase with what it abbreviates written out, once: "Hypertension (HTN)" is "Hypertension"."""
    single = _TOLD_TWICE.sub(lambda found: "" if _repeats(found, phrase) else found[0], phrase)
    return _TOKEN.sub(lambda found: ABBREVIATIONS.get(found[0].lower(), found[0]), single)


def _repeats(found: re.Match[str], phrase: str) -> bool:
    """The parentheses abbreviate what stands before them."""
    meaning = ABBREVIATIONS.get(found[1].lower())
    return meaning is not None and set(meaning.lower().split()) <= set(phrase[: found.start()].lower().split())
