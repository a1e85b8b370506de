"""ICC profiles inside images: what they are called and whether they are whole (ICC.1:2022)."""

import struct

HEADER = 128  # bytes
_MOST_TAGS = 256  # real profiles have under 40; a table that claims more is not followed


def description(profile: bytes) -> str:
    """Give the profile's own name, or "embedded" where it has none that can be read."""
    for signature, offset, size in _tags(profile):
        if signature == b"desc":
            return _text(profile[offset : offset + min(size, 4096)]) or "embedded"
    return "embedded"


def faults(profile: bytes) -> list[str]:
    """Say what is wrong with a profile; its header and tag table are looked at."""
    if len(profile) < HEADER + 4:
        return [f"the ICC profile is only {len(profile)} bytes long"]
    found = []
    (size,) = struct.unpack_from(">I", profile)
    if size > len(profile):  # less is no fault: writers pad profiles to words
        found.append(f"the ICC profile says it has {size} bytes, but {len(profile)} are there")
    if profile[36:40] != b"acsp":
        found.append("the ICC profile lacks its signature (acsp)")
    elif any(offset + length > len(profile) for _, offset, length in _tags(profile)):
        found.append("the ICC profile's tag table points outside of the profile")
    return found


def _tags(profile: bytes) -> list[tuple[bytes, int, int]]:
    if len(profile) < HEADER + 4:
        return []
    (count,) = struct.unpack_from(">I", profile, HEADER)
    fits = (len(profile) - HEADER - 4) // 12
    table = profile[HEADER + 4 : HEADER + 4 + 12 * min(count, fits, _MOST_TAGS)]
    return list(struct.iter_unpack(">4sII", table))


def _text(tag: bytes) -> str:
    if tag[:4] == b"desc" and len(tag) > 12:  # version 2: a counted ASCII string
        (count,) = struct.unpack_from(">I", tag, 8)
        return tag[12 : 12 + count].split(b"\0")[0].decode("latin-1").strip()
    if tag[:4] == b"mluc" and len(tag) >= 28:  # version 4: the first of several languages
        length, offset = struct.unpack_from(">II", tag, 20)
        return tag[offset : offset + length].decode("utf-16-be", "replace").strip("\0 ")
    return ""
