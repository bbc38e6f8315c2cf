"""Revenue codes: NUBC's values, the department in our own words. A line is a category and the last digits in use.

The values are recalled from Medicare's manuals and public claims data, not read in NUBC's manual, which is not free: an
operator with that manual lists what is missing in a file of her own (docs/tables.md).
"""

from collections.abc import Iterator
from typing import Final

_CATEGORIES: Final = """
000 1 total of all lines
002 234 a rate set by an assessment
010 01 room and board with everything
011 0123456789 room and board, private
012 0123456789 room and board, two beds
013 0123456789 room and board, three or four beds
014 0123456789 room and board, private deluxe
015 0123456789 room and board, ward
016 014679 room and board, other
017 012349 nursery
018 0234589 a day away
019 012349 after acute care
020 012346789 intensive care
021 012349 coronary care
022 012349 special charges
023 0123459 nursing increment
024 01239 everything, ancillary
025 0123456789 pharmacy
026 012349 intravenous therapy
027 0123456789 supplies and devices
028 09 oncology
029 012349 durable equipment
030 012345679 laboratory
031 012349 laboratory, pathology
032 012349 radiology, diagnostic
033 012359 radiology, therapeutic, and chemotherapy
034 012349 nuclear medicine
035 0129 computed tomography
036 01279 operating room
037 01249 anesthesia
038 012345679 blood and its components
039 01239 storing and giving blood
040 012349 other imaging
041 0239 respiratory services
042 012349 physical therapy
043 012349 occupational therapy
044 012349 speech and language therapy
045 01269 emergency room
046 09 pulmonary function
047 0129 audiology
048 01239 cardiology
049 09 ambulatory surgery
050 09 outpatient services
051 012345679 clinic
052 0123456789 freestanding clinic
053 019 osteopathic services
054 0123456789 ambulance
055 0129 skilled nursing at home
056 0129 social services at home
057 0129 home health aide
058 01239 other home health visits
059 09 home health units
060 012349 home oxygen
061 01245689 magnetic resonance
062 1234 supplies, further
063 01234567 drugs with a code of their own
064 0123456789 home infusion
065 01256789 hospice
066 01239 respite care
067 0129 outpatient special residence
068 12349 trauma response
069 01234569 before hospice, palliative
070 09 cast room
071 09 recovery room
072 012349 labor and delivery
073 0129 electrocardiogram
074 09 electroencephalogram
075 09 gastrointestinal services
076 0129 treatment or observation room
077 019 preventive care
078 09 telemedicine
079 09 shock wave treatment of stones
080 012349 dialysis, inpatient
081 0123459 getting organs and cells
082 0123459 hemodialysis, outpatient or home
083 0123459 peritoneal dialysis, outpatient or home
084 0123459 continuous ambulatory peritoneal dialysis
085 0123459 continuous cycling peritoneal dialysis
086 01 magnetoencephalography
087 0123459 cell and gene therapy
088 0129 dialysis, other
089 0129 special processed drugs of cell and gene therapy
090 012345679 behavioral health treatment
091 123456789 behavioral health treatment, further
092 0123459 other diagnostic services
093 12 medical rehabilitation day program
094 0123456789 other therapeutic services
095 123 other therapeutic services, further
096 012349 professional fees
097 123456789 professional fees, further
098 123456789 professional fees, other
099 0123456789 convenience items for patients
100 0123456 behavioral health accommodation
210 01234569 alternative therapy
310 1234569 adult care
"""


def _codes() -> Iterator[str]:
    for line in _CATEGORIES.strip().splitlines():
        category, digits, words = line.split(maxsplit=2)
        yield from (f"{category}{digit} {words}" for digit in digits)


REVENUE_CODES: Final = "\n".join(_codes())
