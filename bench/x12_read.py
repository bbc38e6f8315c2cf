"""How fast an 835 is read, and how much memory a large one takes. The figures are part of `python -m bench.x12`."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from claims.x12.answers import read_answers
from claims.x12.transactions import Result

_PIECE = 1 << 16
_CLAIMS_A_TRANSACTION = 5_000
_ISA = "ISA*00*          *00*          *ZZ*EXPAY1         *ZZ*999000000101   *260320*0600*^*00501*000000001*0*P*:~\n"
_LINE = (
    "SVC*HC:G0463*{charge}*{paid}**1~\nDTM*472*20260302~\nCAS*CO*45*30~\nCAS*PR*2*10~\nREF*6R*{line}~\nAMT*B6*110~\n"
)
_CLAIM = (
    "CLP*C{n:011d}*1*300*220*20*12*P{n:09d}*22*1~\nNM1*QC*1*EXAMPLE*PAT****MI*MEMBER{n}~\nDTM*232*20260302~\n"
    + _LINE.format(charge=150, paid=110, line="L{n}A")
    + _LINE.format(charge=150, paid=110, line="L{n}B")
)
_SEGMENTS = _CLAIM.count("~")


def read_835_per_s(claims: int = 20_000) -> float:
    """Claims of two lines that one core reads into events in a second; no file, no Kafka."""
    pieces = list(_in_pieces(_transactions(claims)))
    begun = time.process_time()
    read = sum(said.claims for said in read_answers(pieces, lambda _: "commercial") if isinstance(said, Result))
    taken = time.process_time() - begun
    assert read == claims
    return claims / taken


def peak_mb_200mb_file(megabytes: int = 200) -> float:
    """The most that a fresh process held while it read such a file."""
    with tempfile.TemporaryDirectory() as home:
        file = Path(home) / "large.835"
        with file.open("wb") as written:
            for piece in _in_pieces(_transactions(megabytes * 1_000_000 // len(_CLAIM.format(n=0)) + 1)):
                written.write(piece)
        assert file.stat().st_size >= megabytes * 1_000_000
        done = subprocess.run(
            [sys.executable, "-m", "bench.x12_read", file], check=True, capture_output=True, text=True
        )
    return float(done.stdout)


def _transactions(claims: int) -> Iterator[str]:
    """One interchange with as many transactions as are needed, all of them balanced."""
    whole = range(0, claims, _CLAIMS_A_TRANSACTION)
    yield _ISA + "GS*HP*EXPAY1*999000000101*20260320*0600*1*X*005010X221A1~\n"
    for number, first in enumerate(whole, start=1):
        here = min(_CLAIMS_A_TRANSACTION, claims - first)
        yield f"ST*835*{number:04d}~\nBPR*I*{220 * here}*C*ACH************20260320~\nTRN*1*T{number}*1000000001~\n"
        yield "N1*PR*EXAMPLE*XV*EXPAY1~\nN1*PE*MERCY GENERAL HOSPITAL*XX*1234567893~\nLX*1~\n"
        yield from (_CLAIM.format(n=n) for n in range(first, first + here))
        yield f"SE*{here * _SEGMENTS + 7}*{number:04d}~\n"
    yield f"GE*{len(whole)}*1~\nIEA*1*000000001~\n"


def _in_pieces(said: Iterator[str]) -> Iterator[bytes]:
    held = bytearray()
    for each in said:
        held += each.encode()
        while len(held) >= _PIECE:
            yield bytes(held[:_PIECE])
            del held[:_PIECE]
    yield bytes(held)


def _peak_mb(file: Path) -> float:
    with file.open("rb") as opened:
        for said in read_answers(iter(lambda: opened.read(_PIECE), b""), lambda _: "commercial"):
            assert not isinstance(said, Result) or (said.is_whole and not said.findings)
    status = Path("/proc/self/status").read_text(
        encoding="ascii", errors="replace"
    )  # getrusage keeps the parent's peak
    (peak,) = (line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))
    return int(peak) * 1024 / 1e6


if __name__ == "__main__":
    print(_peak_mb(Path(sys.argv[1])))
