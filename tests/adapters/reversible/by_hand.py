"""Reversibility data put together by hand, byte for byte as RAWcooked's source writes them.

Nothing here uses the code under test. Sizes are counted, ids are written as on the wire; values of
few bytes are stored (0x80 stands before them), as zlib makes them no smaller.
"""

HEAD_1 = bytes.fromhex("1A45DFA3 94  4282 89") + b"rawcooked" + bytes.fromhex("4287 8101 4285 8101")
HEAD_2 = bytes.fromhex("1A45DFA3 94  4282 89") + b"rawcooked" + bytes.fromhex("4287 8102 4285 8102")
SEGMENT = bytes.fromhex("207273 92  F0 89") + b"RAWcooked" + bytes.fromhex("F1 85") + b"21.09"

MD5_A, MD5_B, MD5_C, MD5_D = (bytes([value]) * 16 for value in (0xAA, 0xBB, 0xCC, 0xDD))

ATTACHED = (
    bytes.fromhex("207261 A0  90 88 80")
    + b"r/a.txt"
    + bytes.fromhex("A0 91 80")
    + MD5_A
    + bytes.fromhex("B0 81 05")
)
EMPTY = bytes.fromhex("207261 8D  90 88 80") + b"r/empty" + bytes.fromhex("B0 81 00")

# The first file is r/1.dpx: "SDPX", samples, "end". The second is r/2.dpx: "SDPXy", samples.
TRACK = (
    bytes.fromhex("207274 97  91 88 80")
    + b"r/1.dpx"
    + bytes.fromhex("83 85 80")
    + b"SDPX"
    + bytes.fromhex("84 84 80")
    + b"end"
)
BLOCK_1 = (
    bytes.fromhex("207262 AA  91 88 80 00000000000000")
    + bytes.fromhex("83 85 80 00000000")
    + bytes.fromhex("84 84 80 000000")
    + bytes.fromhex("A0 91 80")
    + MD5_B
)
BLOCK_2 = (
    bytes.fromhex("207262 B0  91 88 80 00000100000000")
    + bytes.fromhex("83 86 80 00000000 79")
    + bytes.fromhex("85 85 80 01020304")
    + bytes.fromhex("A0 91 80")
    + MD5_C
    + bytes.fromhex("B0 82 0102")
)
SOUND = (
    bytes.fromhex("207274 A4  90 88 80")
    + b"r/s.wav"
    + bytes.fromhex("81 85 80")
    + b"RIFF"
    + bytes.fromhex("A0 91 80")
    + MD5_D
)

ELEMENTS = SEGMENT + ATTACHED + EMPTY + TRACK + BLOCK_1 + BLOCK_2 + SOUND
VERSION_1 = HEAD_1 + ELEMENTS
VERSION_2 = HEAD_2 + bytes.fromhex("207263 40F0") + ELEMENTS

# The second alpha: no head, no Segment, the library is named in the Track.
ALPHA = (
    bytes.fromhex("207274 A7  F0 8D")
    + b"__RAWcooked__"
    + bytes.fromhex("F1 85")
    + b"Alpha"
    + bytes.fromhex("91 88 80")
    + b"r/1.dpx"
    + bytes.fromhex("83 85 80")
    + b"SDPX"
    + bytes.fromhex("207262 91  91 88 80 00000100000000  83 85 80 00000001")
)

# A sound of RAWcooked 18.10: the algorithm of the hash has no marker. Its bytes before the samples
# are a hundred times "A", as zlib 1.2.13 compresses them at level 1; 0xE4 is a vint of 100.
OLD_SOUND = (
    bytes.fromhex("207274 AC  90 88 80")
    + b"r/s.wav"
    + bytes.fromhex("81 8D E4 78017374A43D000002E91965")
    + bytes.fromhex("A0 91 00")
    + MD5_D
)

# An AVI that RAWcooked took apart: its name and headers stand in the Segment.
AVI = HEAD_1 + (
    bytes.fromhex("207273 A3  F0 89")
    + b"RAWcooked"
    + bytes.fromhex("F1 85")
    + b"25.12"
    + bytes.fromhex("90 88 80")
    + b"r/a.avi"
    + bytes.fromhex("85 85 80")
    + b"RIFF"
)
