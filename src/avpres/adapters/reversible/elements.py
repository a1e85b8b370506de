"""Element ids of RAWcooked's reversibility data, and those that this program adds.

Ids are written as on the wire, with their marker (RFC 8794, 5). RAWcooked's source writes them
without: 0x7263 there is 20 72 63 here (Source/Lib/Compressed/RAWcooked/RAWcooked.cpp). One id can
mean two things: in a Track 91, 83, 84 and 86 are masks, in a Block they are values to add to them.
"""

EBML = 0x1A45DFA3
DOC_TYPE = 0x4282
DOC_TYPE_VERSION = 0x4287
DOC_TYPE_READ_VERSION = 0x4285
DOC_TYPE_NAME = b"rawcooked"

ROOT = 0x207263  # "rc", of version 2: holds all of the following
SEGMENT = 0x207273  # "rs"
ATTACHMENT = 0x207261  # "ra"
TRACK = 0x207274  # "rt"
BLOCK = 0x207262  # "rb": a sibling of its track that follows it, not a child

BEFORE, AFTER, MASKED_BEFORE, MASKED_AFTER, IN, MASKED_IN = 0x81, 0x82, 0x83, 0x84, 0x85, 0x86
NAME, MASKED_NAME = 0x90, 0x91
HASH = 0xA0  # vint of the algorithm (0: MD5), then the hash
SIZE = 0xB0
LIBRARY_NAME, LIBRARY_VERSION, PATH_SEPARATOR = 0xF0, 0xF1, 0xF2

# What this program adds: "av" behind the first byte of a 4-byte id. RAWcooked and every other
# reader of EBML skip them with all that they hold; ids inside of them mean nothing outside.
MORE = 0x11617601  # in a Track, Block or Attachment: more about this file
FOLDER = 0x11617602  # beside Tracks: a folder
COPY = 0x11617603  # beside Tracks: a Track once more
CHECK = 0x11617604  # the last: a check sum of all before it

MORE_SHA256 = 0x81  # 32 bytes
MORE_MTIME = 0x82  # signed integer, nanoseconds since 1970
MORE_MODE = 0x83  # unsigned integer, the POSIX permissions
MORE_SIZE = 0x84  # unsigned integer, bytes of the file
MORE_GAPS = 0x85  # compressed value
MORE_LAYOUT = 0x86  # compressed value: JSON; in a Track: that of blocks that have none
MORE_UID = 0x87  # unsigned integer, the FileUID of Matroska's attachment
MORE_CODING = 0x88  # text
MORE_NAME = 0x89  # compressed value: the name of a folder
MORE_AT = 0x8D  # unsigned integer: where in its file a piece begins
MORE_NUMBER = 0x8E  # unsigned integer: the frame of the film's time at which a piece is shown
COPY_NUMBER = 0x8A  # unsigned integer, the place of the Track among Tracks, from 1
COPY_CRC = 0x8B  # 4 bytes: CRC-32 of zlib over what the Track holds; in a Check: over all before it
COPY_TRACK = 0x8C  # what the Track holds
