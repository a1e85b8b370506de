"""Names of targets: the source's own, with another ending, and never one for two sources."""

import hashlib
import os
import unicodedata
from collections.abc import Callable

from avpres.adapters.storage.durable import NAME_LIMIT

Naming = Callable[[bytes, str, int], bytes]
"""Gives a name of a place, an ending and the number of a page, 0 for none."""

_WITHIN = 0x80  # begins, with two bits, a byte of UTF-8 within a character
_LONGEST = 4  # bytes of a character in UTF-8
_MARK = 9  # characters that tell apart what was shortened


def folded(path: bytes) -> str:
    """Give a path in a form that is the same for all that some file system takes for it."""
    text = unicodedata.normalize("NFC", os.fsdecode(path)).casefold()
    return unicodedata.normalize("NFC", text).encode("utf-8", "backslashreplace").decode()


def stem_of(place: bytes) -> bytes:
    """Take the ending off a path; a name that is nothing but an ending stays."""
    return os.path.splitext(place)[0]


def plain(place: bytes, ending: str, page: int) -> bytes:
    """Name a target: `photo.tif` becomes `photo.jp2`, its second page `photo-p0002.jp2`."""
    return _fitting(stem_of(place), _paged(ending, page))


def distinct(place: bytes, ending: str, page: int) -> bytes:
    """Name a target so that the source's ending stays in it: `photo.tif.jp2`."""
    return _fitting(place, _paged(ending, page))


def marked(place: bytes, path: bytes) -> bytes:
    """Tell two sources apart that have one place, by a digest of the whole path."""
    stem, ending = os.path.splitext(place)
    return stem + b"~" + hashlib.sha256(path).hexdigest()[: _MARK - 1].encode() + ending


def as_if_alone(place: bytes, path: bytes) -> bytes:
    """Give the name that a target would have if its source's ending did not stay in it."""
    return stem_of(place) + path[len(place) :] if path.startswith(place) else path


def beside(place: bytes, ending: str) -> bytes:
    """Name what lies beside a target, by the whole name of the source."""
    return _fitting(place, ending)


def _paged(ending: str, page: int) -> str:
    return f"-p{page:04}{ending}" if page else ending


def _fitting(path: bytes, ending: str) -> bytes:
    """Put an ending on; a name that would be too long is cut, and marked by a digest of itself."""
    folder, name = os.path.split(path)
    room = NAME_LIMIT - len(ending.encode())
    if len(name) > room:
        mark = "~" + hashlib.sha256(name).hexdigest()[: _MARK - 1]
        name = _cut(name, room - _MARK) + mark.encode()
    return os.path.join(folder, name + ending.encode())


def _cut(name: bytes, most: int) -> bytes:
    """Cut a name, between characters where it is text."""
    for length in range(most, most - _LONGEST, -1):
        if name[length] & 0xC0 != _WITHIN:
            return name[:length]
    return name[:most]
