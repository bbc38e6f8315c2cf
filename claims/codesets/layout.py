"""The compiled file: a header, then sections of fixed records that a reader bisects in place, all numbers big-endian.

magic 8 | format u16 | crc32 of the rest u32 | length of the rest u64 | then, of that rest:
release 24s | version 40s | for each section its offset and length, u32 each | the sections

keys      codes without dot, 8 bytes each padded with NUL, in order
entries   title offset u32, title length u16, parent index u32, billable u8, CCSR group 6s
phrases   fingerprint u64, entry index u32, term offset u32, term length u16 (0: the entry's own title), in order
words     fingerprint u64, offset of its postings u32, their number u32, in order
postings  entry indexes u32: the billable codes whose title has the word
text      titles and inclusion terms, UTF-8
"""

import struct
from typing import Final

MAGIC: Final = b"CLMCODES"
FORMAT: Final = 1
HEADER: Final = struct.Struct(">8sHIQ")
NAMES: Final = struct.Struct(">24s40s")
SECTIONS: Final = ("keys", "entries", "phrases", "words", "postings", "text")
DIRECTORY: Final = struct.Struct(f">{2 * len(SECTIONS)}I")
KEY: Final = struct.Struct(">8s")
ENTRY: Final = struct.Struct(">IHIB6s")
PHRASE: Final = struct.Struct(">QIIH")
WORD: Final = struct.Struct(">QII")
POSTING: Final = struct.Struct(">I")
FINGERPRINT: Final = struct.Struct(">Q")
NO_PARENT: Final = 0xFFFFFFFF
UNCLASSIFIED: Final = "unclassified"
"""A code that CCSR lacks: never guessed."""
