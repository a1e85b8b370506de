"""Names against the limits of a file system: what is refused, and which names would be one."""

import os
import re
import unicodedata
from functools import lru_cache

from avpres.adapters.storage.limits import Folding, Form, Limits, NameUnit

_DEVICE = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE | re.DOTALL)
_WINDOWS_REFUSES = re.compile(r'[\x01-\x1f"*:<>?\\|]')
_SURROGATE = re.compile("[\ud800-\udfff]")


def check_name(name: bytes, limits: Limits) -> str | None:
    """Say why a file system cannot hold a name; None when it can.

    Args:
        name: one component of a path, not the path.
        limits: of the file system, from `limits_of`.
    """
    if limits.is_transparent:
        return None if len(name) <= limits.max_name else _too_long(len(name), limits)
    text = os.fsdecode(name)
    return _characters(text, limits) or _length(name, text, limits)


def _characters(text: str, limits: Limits) -> str | None:
    if limits.utf8_only and _SURROGATE.search(text):
        return f"is not UTF-8, which {limits.title} demands"
    found = _forbidden(limits.forbidden).search(text)
    if found:
        return f"contains {_shown(found[0])}, which {limits.title} refuses"
    if limits.trailing and text.endswith(tuple(limits.trailing)):
        return f"ends in {_shown(text[-1])}, which {limits.title} drops"
    if limits.devices_reserved and _DEVICE.fullmatch(text):
        return "is the name of a device on Windows"
    return None


@lru_cache(maxsize=16)
def _forbidden(characters: frozenset[str]) -> re.Pattern[str]:
    """Compile a set of characters; the empty set matches nothing."""
    return re.compile(f"[{re.escape(''.join(sorted(characters)))}]" if characters else "(?!)")


def _length(name: bytes, text: str, limits: Limits) -> str | None:
    """Count a name as the file system does: HFS+ and LTFS after bringing it to their own form."""
    if limits.unit is NameUnit.BYTES:
        length = len(name)
    else:
        stored = text if limits.form is None else _in_form(text, limits.form)
        length = len(stored)
        if limits.unit is NameUnit.UTF16 and not stored.isascii():
            length = len(stored.encode("utf-16-le", "surrogatepass")) // 2
    return _too_long(length, limits) if length > limits.max_name else None


def _too_long(length: int, limits: Limits) -> str:
    most = f"{limits.max_name} {limits.unit.value}"
    return f"is {length} {limits.unit.value} long, and {limits.title} holds {most}"


def _shown(character: str) -> str:
    return f"`{character}`" if character.isprintable() and character != " " else f"{character!r}"


def check_portable(name: bytes) -> str | None:
    """Say why Windows could not open a name that other drivers of the same medium accept.

    exfat-fuse and ntfs-3g write trailing dots, `aux.mov` and, on NTFS, `a:b` without a word; on
    Windows such files can be neither opened nor deleted.
    """
    text = os.fsdecode(name)
    found = _WINDOWS_REFUSES.search(text)
    if found:
        return f"contains {_shown(found[0])}"
    if text.endswith((".", " ")):
        return f"ends in {_shown(text[-1])}"
    return "is the name of a device" if _DEVICE.fullmatch(text) else None


def fold_key(name: bytes, limits: Limits) -> str:
    """Bring a name to the form in which the file system compares it: equal keys, one file."""
    text = os.fsdecode(name)
    return fold(text, limits.folding, limits.form)


def fold(text: str, folding: Folding, form: Form | None) -> str:
    """Fold the letters of a name, and bring it to a Unicode form."""
    if text.isascii():
        return text if folding is Folding.NONE else text.lower()
    if form is not None:
        text = _in_form(text, form)
    if folding is Folding.SIMPLE:
        return "".join(map(_small, text))
    return _in_form(text.casefold(), form or "NFC") if folding is Folding.FULL else text


def _in_form(text: str, form: Form) -> str:
    return text if text.isascii() else unicodedata.normalize(form, text)


@lru_cache(maxsize=4096)
def _small(character: str) -> str:
    """Give the small letter of a capital, one for one, as the tables of FAT and NTFS do.

    They keep apart what has no way back: sharp s and `ss`, dotless i and `i`, long s and `s`
    (seen on exFAT).
    """
    small = character.lower()
    return small if len(small) == 1 and small.upper() == character else character
