"""The compiled file: a header, then sections of fixed records that a reader bisects in place, all numbers big-endian.

magic 8 | format u16 | crc32 of the rest u32 | length of the rest u64 | then, of that rest:
release 24s | version 40s | for each section its offset and length, u32 each | the sections

keys      codes without dot, 8 bytes each padded with NUL, in order
entries   title offset u32, title length u16, parent index u32, billable u8, CCSR group 6s, first note u32, notes u16
phrases   fingerprint u64, entry index u32, term offset u32, term length u16 (0: the entry's own title), path u8 (its
          place in PATHS; the high bit marks the default code of an index term that has terms below it), in order
words     fingerprint u64, offset of its postings u32, their number u32, in order
postings  entry indexes u32: the billable codes whose title has the word
notes     kind u8, then where it stands, its text and the codes it names, each as offset u32 and length u16; an entry's
          own ones stand together, a category's with those of its blocks and chapter
text      titles, terms and notes, UTF-8
"""

import struct
from typing import Final, Literal

Path = Literal["title", "inclusion-term", "index"]

MAGIC: Final = b"CLMCODES"
FORMAT: Final = 2
HEADER: Final = struct.Struct(">8sHIQ")
NAMES: Final = struct.Struct(">24s40s")
SECTIONS: Final = ("keys", "entries", "phrases", "words", "postings", "notes", "text")
DIRECTORY: Final = struct.Struct(f">{2 * len(SECTIONS)}I")
KEY: Final = struct.Struct(">8s")
ENTRY: Final = struct.Struct(">IHIB6sIH")
PHRASE: Final = struct.Struct(">QIIHB")
WORD: Final = struct.Struct(">QII")
POSTING: Final = struct.Struct(">I")
NOTE: Final = struct.Struct(">BIHIHIH")
FINGERPRINT: Final = struct.Struct(">Q")
PATHS: Final[tuple[Path, ...]] = ("title", "inclusion-term", "index")
FOLDED: Final = "~ "
"""Before a folded phrase: no phrase as it is begins so."""
DEFAULT: Final = 0x80
NO_PARENT: Final = 0xFFFFFFFF
UNCLASSIFIED: Final = "unclassified"
"""A code that CCSR lacks: never guessed."""
