"""What the example payer decides: price, shares, denials, corrections. Pure, and a stand-in for a real payer's system.

Everything derives from the claim (a dict as Avro gives it), so two runs decide alike: fates by a hash of its control
number, dates from its last day of service. On each line charge - adjustments = paid, in signed cents.
"""

import hashlib
from datetime import UTC, datetime, timedelta

# By claim filing indicator: percent of the charge allowed, the patient's percent of that, his deductible in cents.
FEES = {"CI": (72, 20, 2500), "MB": (58, 20, 1500), "MA": (58, 0, 5000), "16": (62, 15, 1000), "MC": (45, 0, 0)}
OTHER = (85, 0, 0)  # workers' compensation and employers leave nothing to the patient
REJECTED, UNNECESSARY, INCOMPLETE, CORRECTED, TWICE = range(3), range(3, 7), range(7, 10), range(10, 20), range(20, 30)


def digest(*parts):
    return hashlib.sha256("/".join(map(str, parts)).encode()).hexdigest()[:24].upper()


def fate(claim):
    """0 to 99: what becomes of a claim."""
    return int(digest(claim["control_number"]), 16) % 100


def event(claim, what, days, **fields):
    """What we say of a claim so many days after its service, with the fields that every event has."""
    day = claim["statement_to"] + timedelta(days=days)
    return {
        "event_id": digest(claim["payer"], claim["claim_id"], claim["submission"], what),
        "occurred_at": datetime(day.year, day.month, day.day, tzinfo=UTC),
        "causation_id": claim["event_id"],
        "correlation_id": claim["correlation_id"],
        "producer": claim["payer"],
        "payer": claim["payer"],
        "control_number": claim["control_number"],
        "payer_claim_number": digest(claim["claim_id"]),
    } | fields


def accepts(claim, known):
    """Some first submissions are rejected; so is a replacement (7) or void (8) of a claim that we don't know."""
    if claim["frequency"] in ("7", "8"):
        return claim["original_reference"] in known
    return claim["submission"] > 1 or fate(claim) not in REJECTED


def acknowledge(claim, known):
    """277CA: category A2 accepted under our number, or A3 rejected."""
    accepted = accepts(claim, known)
    codes = [{"category": "A2", "status": "20"} if accepted else {"category": "A3", "status": "21"}]
    number = digest(claim["claim_id"]) if accepted else None
    return event(claim, "acknowledged", 1, claim_id=claim["claim_id"], accepted=accepted, codes=codes,
                 payer_claim_number=number, receipt_date=claim["statement_to"] + timedelta(days=1))  # fmt: skip


def reasons(claim, line, deductible):
    """Why a line is not paid in full, as (group, CARC, cents)."""
    charge, (percent, share, _) = line["charge_cents"], FEES.get(claim["filing_indicator"], OTHER)
    if fate(claim) in UNNECESSARY or fate(claim) in INCOMPLETE:
        return [("CO", "50" if fate(claim) in UNNECESSARY else "16", charge)]
    if claim["prior"]:  # a later payer pays what the one before left to the patient
        before = [each for each in claim["prior"][-1]["lines"] if each["control_number"] == line["control_number"]]
        left = sum(a["cents"] for each in before for a in each["adjustments"] if a["group"] == "PR")
        return [("OA", "23", charge - left)]
    covered = charge - line["non_covered_cents"]
    allowed = covered * percent // 100
    due = min(deductible, allowed)
    coinsurance = (allowed - due) * share // 100
    return [("CO", "45", covered - allowed), ("PR", "96", charge - covered), ("PR", "1", due), ("PR", "2", coinsurance)]


def answer_line(line, why, sign):
    return {
        "control_number": line["control_number"],
        "code": line["code"],
        "submitted_code": line["code"],
        "units": line["units"],
        "charge_cents": sign * line["charge_cents"],
        "paid_cents": sign * (line["charge_cents"] - sum(cents for *_, cents in why)),
        "adjustments": [{"group": group, "carc": carc, "cents": sign * cents} for group, carc, cents in why if cents],
    }


def adjudicate(claim, what="answer", days=14, waived=False, sign=1):
    """835: the answer to one claim. A correction waives the deductible; a reversal (22) is an answer negated."""
    lines, owed = [], 0
    deductible = 0 if waived else FEES.get(claim["filing_indicator"], OTHER)[2]
    for line in claim["lines"]:
        why = reasons(claim, line, deductible)
        deductible -= sum(cents for _, carc, cents in why if carc == "1")
        owed += sum(cents for group, _, cents in why if group == "PR")
        lines.append(answer_line(line, why, sign))
    return event(
        claim, what, days, lines=lines, adjudicated_on=claim["statement_to"] + timedelta(days=days),
        status="22" if sign < 0 else str(min(claim["payer_sequence"], 3)),
        charge_cents=sum(line["charge_cents"] for line in lines), paid_cents=sum(line["paid_cents"] for line in lines),
        patient_responsibility_cents=None if sign < 0 else owed,
        remarks=["M51"] if fate(claim) in INCOMPLETE else [],  # CO 16 asks for a remark code
    )  # fmt: skip


def corrected(claim):
    return fate(claim) in CORRECTED and claim["frequency"] not in ("7", "8")


def answers(claim, known):
    """All answers with their turn: 0 the first remittance, 1 the next one, where a correction precedes its reversal."""
    if not accepts(claim, known):
        return
    if claim["frequency"] != "8":
        yield 0, adjudicate(claim)
    if claim["frequency"] in ("7", "8"):
        old = known[claim["original_reference"]]
        yield 0, adjudicate(old, "replaced", 45, waived=corrected(old), sign=-1)
    elif corrected(claim):
        yield 1, adjudicate(claim, "correction", 28, waived=True)
        yield 1, adjudicate(claim, "reversal", 28, sign=-1)
