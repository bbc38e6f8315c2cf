"""The example payer's remittances as 835 files (X221A1), for a payer who answers by file and not on Kafka.

A file is one payment. It appears whole under its trace number, so that a restart writes the same file again.
"""

from pathlib import Path


def into_files(told, known, where):
    """Writes the remittances among (topic, key, event), if `where` says into which folder and under which payer id.
    What is left is for Kafka."""
    if where is None:
        return list(told)
    folder, payer_id, told = Path(where[0]), where[1], list(told)
    folder.mkdir(parents=True, exist_ok=True)
    payments = {key: event for topic, key, event in told if topic.startswith("remittance.")}
    answered = [event for topic, _, event in told if topic.startswith("claim-adjudicated.")]
    for trace, payment in payments.items():
        once = {each["position"]: each for each in answered if each["trace_number"] == trace}
        begun = folder / f".{trace}"
        begun.write_text(interchange(payment, [once[position] for position in sorted(once)], known, payer_id))
        begun.replace(folder / f"{trace}.835")
    return [each for each in told if each[0].startswith("claim-acknowledged.")]


def interchange(payment, answers, known, payer_id):
    """ISA to IEA with one transaction; its control number derives from the trace number."""
    number, day = int(payment["trace_number"][:7], 16) % 10**9, payment["date"]
    body = list(transaction(payment, answers, known, payer_id))
    envelope = f"{payer_id:<15}*ZZ*{'CLEARINGHOUSE':<15}*{day:%y%m%d}*0600*^*00501*{number:09d}*0*P*:"
    segments = [
        f"ISA*00*{'':10}*00*{'':10}*ZZ*{envelope}",
        f"GS*HP*{payer_id}*CLEARINGHOUSE*{day:%Y%m%d}*0600*{number}*X*005010X221A1",
        "ST*835*0001", *body, f"SE*{len(body) + 2}*0001", f"GE*1*{number}", f"IEA*1*{number:09d}",
    ]  # fmt: skip
    return "".join(f"{segment}~\n" for segment in segments)


def transaction(payment, answers, known, payer_id):
    """Header, a loop for each answer, and what the payment carries over."""
    day = f"{payment['date']:%Y%m%d}"
    yield f"BPR*I*{dollars(payment['payment_cents'])}*C*{payment['method']}************{day}"
    yield f"TRN*1*{payment['trace_number']}*1000000001"
    yield f"N1*PR*{payment['payer'].upper()}*XV*{payer_id}"
    yield f"N1*PE*PROVIDER*XX*{payment['payee_npi']}"
    yield "LX*1"
    for answer in answers:
        yield from one_claim(answer, known[answer["payer_claim_number"]])
    for each in payment["provider_adjustments"]:
        cents, until = dollars(each["cents"]), f"{each['fiscal_date']:%Y}1231"
        yield f"PLB*{each['provider']}*{until}*{each['code']}*{cents}"


def one_claim(answer, claim):
    """CLP, who it is for, and the lines as they were sent."""
    owed = answer["patient_responsibility_cents"]
    money = [dollars(answer["charge_cents"]), dollars(answer["paid_cents"]), "" if owed is None else dollars(owed)]
    named = f"{claim['filing_indicator']}*{answer['payer_claim_number']}"
    yield f"CLP*{answer['control_number']}*{answer['status']}*{'*'.join(money)}*{named}"
    name = claim["patient"]["name"]
    yield f"NM1*QC*1*{plain(name['family'])}*{plain(name['given'])}****MI*{plain(claim['member_id'])}"
    if answer["remarks"]:
        yield "MOA***" + "*".join(answer["remarks"])
    sent = {line["control_number"]: line for line in claim["lines"]}
    for line in answer["lines"]:
        yield from one_line(line, sent[line["control_number"]])


def one_line(line, sent):
    code = f"HC:{sent['code']}" if sent["code"] else f"NU:{sent['revenue_code']}"
    yield f"SVC*{code}*{dollars(line['charge_cents'])}*{dollars(line['paid_cents'])}**{line['units'] / 1000:g}"
    yield f"DTM*472*{sent['service_from']:%Y%m%d}"
    for each in line["adjustments"]:
        yield f"CAS*{each['group']}*{each['carc']}*{dollars(each['cents'])}"
    yield f"REF*6R*{line['control_number']}"


def plain(words):
    """Without what would end an element or a segment."""
    return "".join(each for each in (words or "").upper() if each not in "*~:^")


def dollars(cents):
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02d}"
