"""The texts of an ID3v2 tag, which WAVE, AIFF and FLAC files may carry."""

HEAD = 10  # bytes of the header of a tag, and of a frame since version 2.3
MOST_FRAMES = 256
MOST_TEXT = 4096  # bytes of one text that are kept
ENCODINGS = ("latin-1", "utf-16", "utf-16-be", "utf-8")
UNSYNCHRONISED = 0x80
SYNCHSAFE = 4  # the version whose frame sizes have seven bits a byte
NAMES = {
    "TIT2": "title",
    "TPE1": "artist",
    "TALB": "album",
    "TRCK": "track",
    "TYER": "year",
    "TDRC": "recorded",
    "TCON": "genre",
    "TCOP": "copyright",
    "TPUB": "publisher",
    "TENC": "encoded_by",
    "TSSE": "encoder",
    "TSRC": "isrc",
}


def synchsafe(field: bytes) -> int:
    """Give a number of which every byte holds seven bits."""
    value = 0
    for byte in field:
        value = value << 7 | byte & 0x7F
    return value


def read_id3(tag: bytes) -> dict[str, object]:
    """Give the texts of a tag; what cannot be read is left out, for no format depends on it."""
    if tag[:3] != b"ID3" or len(tag) < HEAD or tag[3] not in {3, SYNCHSAFE}:
        return {}
    version, flags, size = tag[3], tag[5], synchsafe(tag[6:10])
    body = tag[HEAD : HEAD + size]
    if flags & UNSYNCHRONISED and version < SYNCHSAFE:
        body = body.replace(b"\xff\0", b"\xff")
    found: dict[str, object] = {}
    place = 0
    for _ in range(MOST_FRAMES):
        name, field = body[place : place + 4], body[place + 4 : place + 8]
        if not name.isalnum() or len(field) < len(name):
            break
        length = synchsafe(field) if version == SYNCHSAFE else int.from_bytes(field, "big")
        if name[:1] == b"T" and length:
            content = body[place + HEAD : place + HEAD + min(length, MOST_TEXT)]
            key = name.decode("latin-1")
            found[NAMES.get(key, key)] = _text(content)
        place += HEAD + length
    return found


def _text(content: bytes) -> str:
    code = content[0] if content else 0
    encoding = ENCODINGS[code] if code < len(ENCODINGS) else ENCODINGS[0]
    return content[1:].decode(encoding, "replace").strip("\0 ").replace("\0", "; ")
