"""What must hold of answers and bills: each answer applied once, the books equal to their sum, bills that balance."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from tests.chaos.evidence import Evidence
from tests.chaos.wire import Event

_CONTRACTUAL = {"23", "24", "45", "94", "131", "209", "253"}  # reasons that write off and deny nothing


def answers_not_settled_once(evidence: Evidence) -> Iterator[str]:
    """What a payer said by payer, trace and position stands once among the settled answers, and nothing else does."""
    sent = {_place(said.event) for said in evidence.family("claim-adjudicated")}
    settled = Counter(_place(said.event) for said in evidence.of("claim-adjudicated"))
    yield from (
        f"{' '.join(map(str, at))}: {settled[at]}" for at in sent | settled.keys() if settled[at] != (at in sent)
    )


def answers_not_closed_in_the_ledger(evidence: Evidence) -> Iterator[str]:
    """The ledger has the same answers, all of them settled."""
    sent = {_place(said.event) for said in evidence.family("claim-adjudicated")}
    rows = {(row["payer"], row["trace"], row["position"]): row["state"] for row in evidence.rows["answers"]}
    yield from (f"{' '.join(map(str, at))}" for at in sent | rows.keys() if rows.get(at) != "settled" or at not in sent)


def acknowledgements_not_passed_on_once(evidence: Evidence) -> Iterator[str]:
    sent = {(said.event["payer"], said.event["control_number"]) for said in evidence.family("claim-acknowledged")}
    passed = Counter((said.event["payer"], said.event["control_number"]) for said in evidence.of("claim-acknowledged"))
    yield from (" ".join(at) for at in sent | passed.keys() if passed[at] != (at in sent))


def claims_without_an_answer(evidence: Evidence) -> Iterator[str]:
    """Every claim is acknowledged by its payer, and answered unless he rejected it: nothing waits on the way."""
    acknowledged = {s.event["control_number"]: s.event["accepted"] for s in evidence.of("claim-acknowledged")}
    answered = {said.event["control_number"] for said in evidence.of("claim-adjudicated")}
    for claim in (said.event for said in evidence.of("claim-built")):
        number = claim["control_number"]
        accepted = acknowledged.get(number)
        void = claim["frequency"] == "8"  # answered by the reversal of what it takes back
        if accepted is None or (accepted and not void and number not in answered):
            yield f"{number} {'not acknowledged' if accepted is None else 'not answered'}"


def remittances_that_do_not_balance(evidence: Evidence) -> Iterator[str]:
    """Number and cents of a remittance's settled answers are as announced."""
    answers = _answers_by(evidence, "trace_number")
    for said in evidence.family("remittance"):
        payment, own = said.event, answers[said.event["trace_number"]]
        if (payment["claims_count"], payment["claims_paid_cents"]) != (len(own), sum(a["paid_cents"] for a in own)):
            yield f"{payment['payer']} {payment['trace_number']}"


def claims_whose_books_are_wrong(evidence: Evidence) -> Iterator[str]:
    """The ledger's claim: its charge as said, and paid and left to the patient as its settled answers sum up."""
    answers = _answers_by(evidence, "control_number")
    rows = {row["control_number"]: row for row in evidence.rows["claims"]}
    built = {said.event["control_number"]: said.event for said in evidence.of("claim-built")}
    yield from (f"{number}: only in the ledger" for number in rows.keys() - built.keys())
    for number, claim in built.items():
        row, own = rows.get(number), answers[number]
        should = (claim["total_charge_cents"], sum(a["paid_cents"] for a in own), sum(_patient(a) for a in own))
        if row is None or should != (row["charge_cents"], row["paid_cents"], row["patient_cents"]):
            yield f"{number} of {claim['chart'][1]}"


def claims_whose_answers_exceed_their_charge(evidence: Evidence) -> Iterator[str]:
    """Corrections and reversals cancel out: what is answered of a claim is its charge, or nothing yet."""
    answers = _answers_by(evidence, "control_number")
    for claim in (said.event for said in evidence.of("claim-built")):
        answered = sum(answer["charge_cents"] for answer in answers[claim["control_number"]])
        if answered not in {0, claim["total_charge_cents"]}:
            yield f"{claim['control_number']} of {claim['chart'][1]}"


def claims_a_next_payer_did_not_get(evidence: Evidence) -> Iterator[str]:
    """What a payer leaves to the patient goes to the next one, if there is one; each claim has one successor."""
    answers = _answers_by(evidence, "control_number")
    following = {_lines(claim): claim for claim in _claims(evidence) if claim["payer_sequence"] == 2}
    for claim in _claims(evidence):
        payers = evidence.charts.get(claim["chart"][1], {"payers": ()})["payers"]
        if claim["payer_sequence"] == 1 and len(payers) > 1 and claim["revision"] == 1:
            left = sum(_patient(answer) for answer in answers[claim["control_number"]])
            if left > 0 and _lines(claim) not in following:
                yield f"{claim['control_number']} of {claim['chart'][1]}"


def denials_not_told_once(evidence: Evidence) -> Iterator[str]:
    """A claim that a payer rejected or denied whole goes back to its hospital once, and no other does."""
    answers, due = _answers_by(evidence, "control_number"), Counter[tuple[str, str]]()
    rejected = {s.event["control_number"] for s in evidence.of("claim-acknowledged") if not s.event["accepted"]}
    for claim in _claims(evidence):
        own = answers[claim["control_number"]]
        due[claim["chart"][1], "rejected-by-payer"] += claim["control_number"] in rejected
        due[claim["chart"][1], "denied-by-payer"] += any(_is_denial(answer) for answer in own)
    told = Counter(
        (said.event["chart_id"], said.event["reason"])
        for said in evidence.of("chart-returned")
        if said.event["reason"].endswith("-by-payer")
    )
    yield from (f"{' '.join(at)}: {told[at]} for {due[at]}" for at in due | told if told[at] != due[at])


def bills_that_do_not_balance(evidence: Evidence) -> Iterator[str]:
    """Charges = lines = what payers took + the patient's share; the share = owed + paid - refund = its reasons."""
    for bill in (said.event for said in evidence.of("patient-bill")):
        share = bill["owed_cents"] + bill["patient_paid_cents"] - bill["refund_cents"]
        if not bill["lines"] == bill["total_charge_cents"] == bill["taken"] + share or bill["reasons"] != share:
            yield f"{bill['bill_id']} of {bill['chart'][1]}"


def bills_said_twice(evidence: Evidence) -> Iterator[str]:
    """One revision, one record; revisions count 1, 2, 3."""
    revisions: dict[str, list[int]] = defaultdict(list)
    for bill in (said.event for said in evidence.of("patient-bill")):
        revisions[bill["bill_id"]].append(bill["revision"])
    yield from (name for name, own in revisions.items() if sorted(own) != list(range(1, len(own) + 1)))


def bills_that_ask_for_something_else(evidence: Evidence) -> Iterator[str]:
    """The newest bill of a chart asks for what the last payer of each of its claims left to the patient."""
    standing: dict[str, tuple[int, int]] = {}
    for bill in (said.event for said in evidence.of("patient-bill")):
        name = bill["chart"][1]
        standing[name] = max(standing.get(name, (0, 0)), (bill["revision"], bill["owed_cents"] - bill["refund_cents"]))
    for name, share in _shares(evidence).items():
        if standing.get(name, (0, 0))[1] != share:
            yield f"{name}: {share} expected, {standing.get(name, (0, 0))[1]} billed"


def _shares(evidence: Evidence) -> dict[str, int]:
    """By chart the patient's part, where every claim that stands is answered."""
    answers = _answers_by(evidence, "control_number")
    states = {row["control_number"]: row["state"] for row in evidence.rows["claims"]}
    chains: dict[str, dict[tuple[str, str, str], Event]] = defaultdict(dict)
    unfinished: set[str] = set()
    for claim in sorted(_claims(evidence), key=lambda claim: int(claim["payer_sequence"])):
        name, state = claim["chart"][1], states.get(claim["control_number"])
        if state == "replaced" or claim["frequency"] == "8":
            continue
        if state not in {"answered", "denied"}:
            unfinished.add(name)
        chains[name][claim["kind"], claim["billing"], claim["lines"][0][0]] = claim
    return {
        name: sum(_patient(answer) for last in own.values() for answer in answers[last["control_number"]])
        for name, own in chains.items()
        if name not in unfinished
    }


def _claims(evidence: Evidence) -> Iterator[Event]:
    yield from (said.event for said in evidence.of("claim-built"))


def _lines(claim: Event) -> tuple[str, ...]:
    return tuple(number for number, _ in claim["lines"])


def _place(answer: Event) -> tuple[str, str, int]:
    return answer["payer"], answer["trace_number"], answer["position"]


def _patient(answer: Event) -> int:
    return int(answer["groups"].get("PR", 0))


def _is_denial(answer: Event) -> bool:
    """Nothing paid, nothing left to the patient, and a reason that no contract explains."""
    nothing = answer["paid_cents"] == 0 and not answer["groups"].get("PR") and answer["charge_cents"] > 0
    return nothing and not answer["carcs"] <= _CONTRACTUAL


def _answers_by(evidence: Evidence, field: str) -> dict[str, list[Event]]:
    """The payers' answers as they sent them, each place once."""
    places = {_place(said.event): said.event for said in evidence.family("claim-adjudicated")}
    found: dict[str, list[Event]] = defaultdict(list)
    for answer in places.values():
        found[answer[field]].append(answer)
    return found


CHECKS = (
    answers_not_settled_once,
    answers_not_closed_in_the_ledger,
    acknowledgements_not_passed_on_once,
    claims_without_an_answer,
    remittances_that_do_not_balance,
    claims_whose_books_are_wrong,
    claims_whose_answers_exceed_their_charge,
    claims_a_next_payer_did_not_get,
    denials_not_told_once,
    bills_that_do_not_balance,
    bills_said_twice,
    bills_that_ask_for_something_else,
)
