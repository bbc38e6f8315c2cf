"""Given: an 835 as payers send it. Fixed data; each test says what differs."""

from collections.abc import Iterable, Sequence

from claims.x12.answers import read_answers
from claims.x12.envelopes import Note
from claims.x12.transactions import Result, Said, WhatWasSent

SEPARATORS = "*^:~"


def claim(number: str = "OURS1", status: str = "1", charge: str = "100", paid: str = "80", **other: str) -> list[str]:
    """One claim with one line; what is not paid is contractual."""
    off = f"{float(charge) - float(paid):g}"
    said = {"responsibility": "", "payers_number": "P1", "cas": f"CAS*CO*45*{off}", "line": "L1", **other}
    return [
        f"CLP*{number}*{status}*{charge}*{paid}*{said['responsibility']}*12*{said['payers_number']}*22*1",
        f"NM1*QC*1*{said.get('name', 'EXAMPLE')}*PAT****MI*MEMBER1",
        "DTM*232*20260302",
        *said.get("claim_says", "").split("|")[: bool(said.get("claim_says")) * 9],
        f"SVC*HC:G0463*{charge}*{paid}**1",
        "DTM*472*20260302",
        *([said["cas"]] if float(off) else []),
        f"REF*6R*{said['line']}",
    ]


def transaction(
    *claims: Sequence[str], amount: str = "80", trace: str = "T1", plb: Iterable[str] = (), number: str = "0001",
    payer: str = "EXPAY1", count: int | None = None,
) -> list[str]:  # fmt: skip
    """ST to SE."""
    body = [
        f"ST*835*{number}",
        f"BPR*I*{amount}*C*ACH************20260320",
        f"TRN*1*{trace}*1000000001",
        f"N1*PR*EXAMPLE MUTUAL INSURANCE*XV*{payer}",
        "N1*PE*MERCY GENERAL HOSPITAL*XX*1234567893",
        "LX*1",
        *(segment for each in claims for segment in each),
        *plb,
    ]
    return [*body, f"SE*{len(body) + 1 if count is None else count}*{number}"]


def interchange(
    *transactions: Sequence[str], number: int = 1, separators: str = SEPARATORS, end: str = "\n", kind: str = "HP",
    guide: str = "005010X221A1", usage: str = "P",
) -> bytes:  # fmt: skip
    """ISA to IEA, with whatever separators and line ends."""
    segments = [
        "ISA*00*          *00*          *ZZ*SENDER         *ZZ*999000000101   "
        f"*260320*0600*^*00501*{number:09d}*0*{usage}*:",
        f"GS*{kind}*SENDER*999000000101*20260320*0600*{number}*X*{guide}",
        *(segment for each in transactions for segment in each),
        f"GE*{len(transactions)}*{number}",
        f"IEA*1*{number:09d}",
    ]
    text = "".join(f"{segment}~{end}" for segment in segments)
    return text.translate(str.maketrans(SEPARATORS, separators)).encode()


def said_by(
    *pieces: bytes, payer: str | None = "commercial", sent: WhatWasSent | None = None
) -> list[Said | Result | Note]:
    """Claims whose number begins with HOUSE were sent to Medicare, and a clearing house may answer them."""
    return list(
        read_answers(
            pieces,
            lambda ids: payer if "EXPAY1" in ids else None,
            lambda number: "medicare" if number.startswith("HOUSE") else None,
            is_ours=lambda number: number in {"1234567893", "000000101"},
            sent=sent,
        )
    )


def results(*pieces: bytes) -> list[Result]:
    return [each for each in said_by(*pieces) if isinstance(each, Result)]


def events(*pieces: bytes) -> list[Said]:
    return [each for each in said_by(*pieces) if not isinstance(each, Result | Note)]
