"""TIFFs whose pictures have no directories of their own, as microscopes' programs write them.

Readers that follow directories see the first picture of such a stack alone.
"""

import json
import re

from avpres.adapters.images import tiff_words as words
from avpres.adapters.images.tiff_directory import Directory
from avpres.domain.migration import Reason, Unmigratable

_METAMORPH = {33628, 33629, 33630, 33631}
_LONG = 1 << 16  # bytes of a description that is looked at
_IMAGES = re.compile(rb"^images=(\d+)\s*$", re.MULTILINE)


def refuse_stack(page: Directory, pages: int) -> None:
    """Refuse a file that tells of more pictures than it has directories.

    Raises:
        Unmigratable: it does.
    """
    if _METAMORPH & page.entries.keys():
        raise Unmigratable(Reason.FRAMES, "a stack of MetaMorph, whose planes have no directories")
    entry = page.entries.get(words.DESCRIPTION)
    if entry is None or entry.size > _LONG:
        return
    told = _told(page.raw(words.DESCRIPTION))
    if told > pages:
        text = f"it tells of {told} pictures, and has directories for {pages}"
        raise Unmigratable(Reason.FRAMES, text)


def _told(text: bytes) -> int:
    """Count the pictures that ImageJ or tifffile tell of; 0 if neither wrote this."""
    if text.startswith(b"ImageJ="):
        found = _IMAGES.search(text)
        return int(found[1][:9]) if found else 0
    if b'"truncated": true' in text:
        try:
            return 1 << 30 if json.loads(text.rstrip(b"\0")).get("truncated") else 0
        except (ValueError, AttributeError, RecursionError):
            return 0
    return 0
