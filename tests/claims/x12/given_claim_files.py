"""Given: 837 files of somebody else's billing system. Invented people; each test says what differs."""

from collections.abc import Iterable

from claims.x12.claims_in import ClaimRead, Known, Unread, read_claims
from claims.x12.segments import Delimiters, X12Fault

PROFESSIONAL, INSTITUTIONAL = "005010X222A1", "005010X223A2"
USUAL = Delimiters()

HEADER = """BHT*0019*00*1*20260105*1200*CH
NM1*41*2*SAMPLE BILLING SERVICE*****46*SUBMIT1
PER*IC*HELP DESK*TE*5550100
NM1*40*2*EXAMPLE MUTUAL*****46*EXPAY1
HL*1**20*1
PRV*BI*PXC*193200000X
NM1*85*2*SAMPLE CLINIC*****XX*1999000817
N3*7 SAMPLE ROAD*SUITE 2
N4*SPRINGFIELD*MA*011030007
REF*EI*000000817
HL*2*1*22*0
SBR*P*18*GRP7******CI
NM1*IL*1*TESTCASE*MIRA*Q***MI*XEH000142
N3*14 LINDEN ROW
N4*SPRINGFIELD*MA*01103
DMG*D8*19610719*F
NM1*PR*2*EXAMPLE MUTUAL*****PI*EXPAY1"""

CLAIM = """CLM*PATIENT-1*240***11:B:1*Y*A*Y*Y
REF*EA*MRN42
HI*ABK:M5450*ABF:I10
NM1*82*1*LIM*DAVIS****XX*1999001013
PRV*PE*PXC*207RC0000X
LX*1
SV1*HC:G0463:25*200*UN*1***1:2
DTP*472*D8*20260104
REF*6R*L1
LX*2
SV1*HC:J1885*40*UN*2***1
DTP*472*D8*20260104
REF*6R*L2
LIN**N4*00000188501
CTP****2*ML"""

STAY = """CLM*STAY-1*9150***11:A:1**A*Y*Y
DTP*096*TM*1400
DTP*434*RD8*20260103-20260105
DTP*435*DT*202601030930
CL1*1*1*01
REF*EA*MRN43
HI*ABK:J189:::::::Y
HI*ABJ:R0902
HI*DR:195
HI*ABF:I10:::::::Y*ABF:E1165:::::::Y
HI*BBR:0BH17EZ:D8:20260104
HI*BE:80:::2
NM1*71*1*MARSH*DEREK****XX*1999001120
PRV*AT*PXC*207R00000X
NM1*72*1*BARNES*AMY****XX*1999001096
LX*1
SV2*0120**9000*DA*2
DTP*472*RD8*20260103-20260105
REF*6R*R1
LX*2
SV2*0636*HC:J1885*150*UN*3
DTP*472*D8*20260104
REF*6R*R2"""


def transaction(*body: str, guide: str = PROFESSIONAL, number: str = "0001", counted: int | None = None) -> str:
    """ST to SE, counted right where nothing else is said."""
    lines = [line for text in body for line in text.splitlines()]
    count = len(lines) + 2 if counted is None else counted
    return "\n".join([f"ST*837*{number}*{guide}", *lines, f"SE*{count}*{number}"])


def interchange(*transactions: str, number: str = "000000001", guide: str = PROFESSIONAL, ends: bool = True) -> str:
    isa = f"ISA*00*{' ' * 10}*00*{' ' * 10}*ZZ*{'SUBMIT1':15}*ZZ*{'EXPAY1':15}*260105*1200*^*00501*{number}*0*T*:"
    group = f"GS*HC*SUBMIT1*EXPAY1*20260105*1200*1*X*{guide}"
    trailers = (f"GE*{len(transactions)}*1", f"IEA*1*{number}") if ends else ()
    return "\n".join([isa, group, *transactions, *trailers])


def written(text: str, delimiters: Delimiters = USUAL, line_end: str = "") -> bytes:
    """The lines of a file as segments in these delimiters."""
    one = str.maketrans({"*": delimiters.element, "^": delimiters.repetition, ":": delimiters.component})
    return "".join(f"{line.translate(one)}{delimiters.segment}{line_end}" for line in text.splitlines()).encode()


def professional(claim: str = CLAIM, header: str = HEADER) -> bytes:
    return written(interchange(transaction(header, claim)))


def institutional(claim: str = STAY, header: str = HEADER) -> bytes:
    return written(interchange(transaction(header, claim, guide=INSTITUTIONAL), guide=INSTITUTIONAL))


def stranger() -> Known:
    """Nobody of the file is known."""
    return Known(lambda npi: None, lambda number: None)


def read(*chunks: bytes, known: Known | None = None) -> list[ClaimRead | Unread | X12Fault]:
    return list(read_claims(chunks, known or stranger()))


def read_one(file: bytes, known: Known | None = None) -> ClaimRead:
    (only,) = read(file, known=known)
    assert isinstance(only, ClaimRead), only
    return only


def told(found: Iterable[ClaimRead | Unread | X12Fault]) -> list[tuple[int, str | None, str]]:
    """Segment, element and why of everything that can't be read."""
    said = [each for each in found if not isinstance(each, ClaimRead)]
    faults = [fault for each in said for fault in (each.faults if isinstance(each, Unread) else (each,))]
    return [(fault.at, fault.element, fault.why) for fault in faults]
