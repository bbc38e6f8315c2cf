"""How much one amount may be, in a chart, a claim and a payer's answer."""

from typing import Final

LARGEST: Final = 99_999_999_99
"""Ten digits, cents included: what the 837 and 835 guides leave of X12's R fields (appendix B; recalled, not read).

Far below what a number of the wire holds, so that sums over lines, answers and months can always be said.
"""
