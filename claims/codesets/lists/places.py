"""Where and how a patient was treated: places of service, types of bill, kinds and sources of an admission.

Places of service: CMS's code set with the effective dates that its page gives (read in a copy of the database of
2 May 2024 with 66 added; 22, 49 and 57 were worded anew later and are older than that). Bill types, admission types and
sources are NUBC's values as Medicare's manuals name them (CPM 25/75); their dates are recalled, not read there.
"""

from typing import Final

PLACES_OF_SERVICE: Final = """
01 2003-10-01/ pharmacy
02 2017-01-01/ telehealth away from home
03 2003-01-01/ school
04 2003-01-01/ homeless shelter
05 2003-01-01/ Indian Health Service, freestanding
06 2003-01-01/ Indian Health Service, with a provider
07 2003-01-01/ tribal, freestanding
08 2003-01-01/ tribal, with a provider
09 2006-07-01/ prison
10 2022-01-01/ telehealth at home
11 office
12 home
13 2003-10-01/ assisted living
14 2003-10-01/ group home
15 2003-01-01/ mobile unit
16 2008-01-01/ hotel or other short lodging
17 2010-05-01/ walk-in retail clinic
18 2013-01-01/ place of work
19 2016-01-01/ hospital outpatient, off campus
20 2003-01-01/ urgent care
21 hospital inpatient
22 hospital outpatient, on campus
23 hospital emergency room
24 surgical center
25 birthing center
26 military facility
27 2023-10-01/ street outreach
31 skilled nursing, covered stay
32 nursing home
33 custodial care
34 hospice
41 ambulance, land
42 ambulance, air or water
49 2003-10-01/ independent clinic
50 federally qualified health center
51 psychiatric inpatient
52 psychiatric day hospital
53 community mental health center
54 intermediate care for intellectual disability
55 residential substance-use treatment
56 residential psychiatric treatment
57 2003-10-01/ substance-use treatment, not residential
58 2020-01-01/ opioid treatment, not residential
60 mass immunization
61 rehabilitation inpatient
62 rehabilitation outpatient
65 dialysis center
66 2024-08-01/ center of a program for the frail elderly (PACE)
71 public health clinic
72 rural health clinic
81 independent laboratory
99 elsewhere
"""

BILL_TYPES: Final = """
011 hospital, inpatient under Part A
012 hospital, inpatient under Part B
013 hospital, outpatient
014 hospital, laboratory for people who are no patients
018 hospital, swing bed
021 skilled nursing, inpatient under Part A
022 skilled nursing, inpatient under Part B
023 skilled nursing, outpatient
028 skilled nursing, swing bed
032 home health under a plan of care
033 /2013-09-30 home health under Part A
034 home health without a plan of care
041 religious nonmedical, inpatient
043 religious nonmedical, outpatient
065 intermediate care, level I
066 intermediate care, level II
071 rural health clinic
072 dialysis center
073 freestanding clinic; until March 2010 a federally qualified health center
074 outpatient rehabilitation
075 comprehensive outpatient rehabilitation
076 community mental health center
077 2010-04-01/ federally qualified health center
078 freestanding emergency center
079 another clinic
081 hospice, not in a hospital
082 hospice, in a hospital
083 surgical center
084 freestanding birthing center
085 critical access hospital
086 residential facility
087 2020-01-01/ opioid treatment program
089 another special facility
"""
"""The first three digits, with the leading zero: facility and care. The fourth is the frequency."""

ADMISSION_TYPES: Final = """
1 at once: life or limb
2 urgent: the next bed
3 planned
4 newborn
5 trauma center, its team called
9 not known
"""

ADMISSION_SOURCES: Final = """
1 from where people live; of a newborn until September 2007, a normal delivery
2 a clinic or a doctor's office
3 /2007-09-30 the health plan's referral
4 another hospital
5 a nursing or intermediate care facility; of a newborn: born here
6 another health care facility; of a newborn: born elsewhere
7 /2010-06-30 the emergency room
8 court or police
9 not known
A /2007-09-30 a critical access hospital
B /2010-06-30 another home health agency
C /2010-06-30 the same home health agency again
D another distinct unit of this hospital, on a claim of its own
E 2007-10-01/ a surgical center
F 2007-10-01/ hospice
G 2020-07-01/ a disaster care site
"""
