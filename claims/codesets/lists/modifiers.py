"""Modifiers: two characters that say how a service was given. A line is codes, a colon, days where known, and words.

Level II values are CMS's, read in a public project's list of them and worded by us; of those of Level I, and of
physical status P1-P6, we have the bare values and our own words. CMS's file, where it is given, comes before this list.
"""

from collections.abc import Iterator
from itertools import product
from typing import Final

_GROUPS: Final = """
22: more work than usual
23: general anesthesia where it is unusual
24: a visit after surgery, for something else
25: a visit of its own on the day of a procedure
26: the professional part
27: another outpatient visit that day
32: demanded by an authority
33: preventive
47: anesthesia by the surgeon
50: both sides
51: several procedures
52: less than the whole
53: broken off
54 55 56: surgery alone, or the care after or before it alone
57: a visit that decided on surgery
58: planned or related, after surgery
59: apart from the other
62: two surgeons
63: an infant below 4 kg
66: a team of surgeons
73: broken off before anesthesia, hospital or surgical center
74: broken off after anesthesia, hospital or surgical center
76: again, by the same
77: again, by another
78: back to the operating room, unplanned
79: after surgery, for something else
80 81 82 AS: assistant at surgery
90: sent to an outside laboratory
91: a test repeated that day
92: another laboratory platform
93 2022-01-01/: telehealth by voice
95 2017-01-01/: telehealth by voice and picture
96 97 2018-01-01/: gaining or regaining skills
99: more modifiers than fit
1P 2P 3P 8P: a measure of quality not met, and why
P1 P2 P3 P4 P5 P6: anesthesia, state of the patient
A1 A2 A3 A4 A5 A6 A7 A8 A9: dressing, number of wounds
AA AD QK QX QY QZ: who gives and directs anesthesia
G8 G9 QS: monitored anesthesia care
AB 2023-01-01/: audiologist without an order
AE AF AG AH AI AJ AK AM: who treats
AO AP AQ AR AT: how a physician treats, or where
AU AV AW AX AY: supply beside another service
AZ: dental shortage area
BA BL BO: nutrition or blood
BP BR BU: bought or rented
CA: inpatient procedure, the patient died before admission
CB CD CE CF: dialysis patient, laboratory and other services
CC: the code was changed
CG: policy criteria applied
CH CI CJ CK CL CM CN: how far function is impaired
CO CQ: therapy assistant
CR CS: disaster, or cost sharing waived
CT FX FY: imaging equipment below the standard
DA: oral health, not by a dentist
E1 E2 E3 E4: eyelid
EA EB EC ED EE GS: drug that stimulates red cells
EJ: further claim of a course
EM: emergency reserve
EP: screening of children under Medicaid
ER PN PO: where in or off the campus
ET: emergency
EV: visit verified electronically
EX: beneficiary abroad
EY: no order
FA F1 F2 F3 F4 F5 F6 F7 F8 F9: finger
FB FC: device free or at a discount
FP: family planning
FQ FR FS FT 2022-01-01/: how a visit was given or supervised
G0 2019-01-01/: telehealth for acute stroke
G1 G2 G3 G4 G5: how well dialysis clears urea
G6: fewer than six dialysis sessions that month
G7: pregnancy, for a grave cause
GA GU GX GY GZ GK GL: notice to the patient, or coverage expected
GB: outside a demonstration
GC GE GR: resident
GF: not a physician, critical access hospital
GG GH: mammograms of one day
GJ: opted-out physician, emergency
GM: several patients in one ambulance
GN GO GP: plan of therapy
GQ GT: telehealth
GV GW: hospice patient
H9: ordered by a court
HA HB HC HD HE HF HG HH HI HJ HK: kind of program
HL HM HN HO HP: schooling of who treats
HQ HR HS HT: in a group, with a family, by a team
HU HV HW HX HY HZ: who funds
J1 J2 J3: competitive acquisition of drugs
J4 J5: competitive bidding
JA JB JE JK JL: how or how long a drug is given
JC JD: skin substitute
JF: compounded drug
JG TB: drug bought at the 340B discount
JW: drug thrown away
JZ 2023-01-01/: no drug thrown away
K0 K1 K2 K3 K4: function with a leg prosthesis
KA KB KC KD KE KF KG KH KI KJ KK KL KM KN KO KP KQ KR KS KT KU KV KW KX KY KZ: equipment, prosthetics and supplies
LC LD LM RC RI: coronary artery
LL: rental against purchase
LR: laboratory round trip
LS: lens under study
LT: left
LU 2022-01-01/: cell therapy paid in parts
M2: Medicare pays second
MA MB MC MD ME MF MG MH QQ: decision support for imaging
MS: maintenance fee
N1 N2 N3: oxygen, coverage group
NB: nebulizer for one drug
NR NU UE RR RA RB RD RE: new, used, rented or replaced equipment, or drug given out
PA PB PC: surgery on the wrong part, patient, or the wrong surgery
PD: within the days before an admission
PI PS: imaging of a tumor
PL: lenses
PM: after death
PT: screening that became diagnostic
Q0 Q1 Q2: study or demonstration
Q3: live donor
Q4: referral exempt
Q5 Q6: substitute
Q7 Q8 Q9: findings that allow foot care
QA QB QE QF QG QH QR: oxygen flow
QC QD QT: recording
QJ: in custody
QL QM QN: ambulance
QP: laboratory panel
QW: waived test
RT: right
SA SB SD SW: who treats, further
SC: medically necessary
SE: public program
SF SM SN: second or third opinion
SG: surgical center, facility
SH SJ: further infusion at once
SK SY: risk of the patient or a contact
SL: vaccine supplied by the state
SQ SS SU SV: home health, infusion, office equipment, drug unused
ST: injury
TA T1 T2 T3 T4 T5 T6 T7 T8 T9: toe
TC: the technical part
TD TE TF TG TH: nurse, level or kind of care
TJ TK TL TM TN TP TQ TR TS TT TU TV TW: program, transport, follow-up, rate
U1 U2 U3 U4 U5 U6 U7 U8 U9 UA UB UC UD: as each state's Medicaid has it
UF UG UH UJ: time of day
UK: for somebody other than the client
UN UP UQ UR US: several patients served
V1 V2 V3 V4 V5 V6 V7 V8 V9: demonstration, or access for dialysis
VM VP: diabetes prevention online, or eye without a lens
X1 X2 X3 X4 X5 2018-01-01/: how long the physician cares
XE XP XS XU 2015-01-01/: apart from the other: visit, practitioner, structure, unusual
ZA ZB ZC: maker of a drug
"""

_PLACES: Final = "DEGHIJNPRS"
"""Ambulance: first letter where it came from, second where it went (CPM 15/30); X is a stop at a doctor's."""


def _codes() -> Iterator[str]:
    seen: set[str] = set()
    for line in _GROUPS.strip().splitlines():
        codes, _, words = line.partition(": ")
        *named, last = codes.split()
        days = f"{last} " if "/" in last else ""
        for code in named if days else (*named, last):
            seen.add(code)
            yield f"{code} {days}{words}"
    for origin, destination in product(_PLACES, f"{_PLACES}X"):
        if (code := origin + destination) not in seen:
            yield f"{code} ambulance, from and to"


MODIFIERS: Final = "\n".join(_codes())
