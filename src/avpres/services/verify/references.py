"""Where in a package the references of its documents lead."""

import os
from collections.abc import Iterable

from avpres.adapters.formats import names
from avpres.services.verify.documents import Document
from avpres.services.verify.holding import Holding


def bases(path: bytes, home: bytes) -> list[bytes]:
    """Give the folders that a document's references may begin in, the likeliest first."""
    folder = path[: path.rfind(b"/") + 1]
    above = folder[: folder[:-1].rfind(b"/") + 1]
    is_below = folder[len(home) :].startswith(b"metadata/")
    order = [home, above, folder] if is_below else [folder, above, home]
    return list(dict.fromkeys([*order, b""]))


def find(
    holding: Holding, document: Document, readings: Iterable[str]
) -> tuple[bytes | None, bool]:
    """Find the file that one of several readings of a path means, and where it begins.

    The base by which it is found is the first that is tried for the next.

    Returns:
        Its path in the package or None, and whether every reading leads out of the package.
    """
    written = [names.to_bytes(reading) for reading in readings]
    outside = bool(written)
    for base in document.bases:
        for each in written:
            path = os.path.normpath(base + each)
            if path.startswith((b"/", b"../")) or path == b"..":
                continue
            outside = False
            if holding.find(path) is not None:
                if base is not document.bases[0]:
                    document.bases.remove(base)
                    document.bases.insert(0, base)
                return path, False
    return None, outside
