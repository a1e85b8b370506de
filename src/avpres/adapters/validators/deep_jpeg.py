"""JPEG data, decoded strictly: libjpeg's warnings count, and the codes must add up.

libjpeg repairs what it can and only warns. qpdf takes its warnings for errors, and decodes whatever
stands in a stream of a PDF; so the data are put into one.
"""

import re

from avpres.adapters.validators import jpeg_huffman

MINDED = {"JPEG-SELECTION", "JPEG-STUFFING"}
"""Oddities, by message id, that JHOVE lets pass and libjpeg takes for damage."""

_MOST_BYTES = 2**29  # of pixels: all of them are held
_SIZE = re.compile(rb"\xff[\xc0-\xc3\xc5-\xc7\xc9-\xcb\xcd-\xcf]..(.)(..)(..)(.)", re.DOTALL)


def fault(data: bytes) -> str:
    """Say what is wrong with JPEG data; "" if nothing is."""
    found = jpeg_huffman.fault(data)
    if found:
        text, place = found
        return f"the coded data from byte {place} of the image on are damaged: {text}"
    return by_libjpeg(data)


def joined(tables: bytes, data: bytes) -> bytes:
    """Put the tables of a TIFF (JPEGTables) before the data of a strip."""
    if tables[:2] != b"\xff\xd8" or tables[-2:] != b"\xff\xd9":
        return data
    return tables[:-2] + data[2:]


def by_libjpeg(data: bytes, most: int = _MOST_BYTES) -> str:
    """Give libjpeg's first complaint; "" for an image of more than `most` bytes of pixels."""
    import pikepdf

    if not 0 < _pixels(data) <= most:
        return ""
    with pikepdf.new() as holder:
        stream = pikepdf.Stream(holder, data, Filter=pikepdf.Name.DCTDecode)
        try:
            stream.read_bytes(pikepdf.StreamDecodeLevel.all)
        except (pikepdf.PdfError, pikepdf.DataDecodingError, RuntimeError) as error:
            return _told(str(error))
    return ""


def _told(error: str) -> str:
    """Give the complaint; kinds of images that this libjpeg does not know are no damage."""
    if "unfilterable" in error or "nsupported" in error or "not implemented" in error:
        return ""
    return f"libjpeg cannot decode it without repair: {error.rpartition('::decompress: ')[2]}"


def _pixels(data: bytes) -> int:
    """Give how many bytes the decoded image takes, as its frame says."""
    found = _SIZE.search(data)
    if found is None:
        return 0
    height, width = int.from_bytes(found[2], "big"), int.from_bytes(found[3], "big")
    return width * height * found[4][0]
