"""Pictures inside of a PDF, decoded more strictly than qpdf does: JPEG and fax data."""

import io
import struct
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from avpres.adapters.validators.deep_jpeg import fault

if TYPE_CHECKING:
    import pikepdf

_MOST_PIXELS = 2**30
_FAX = {"/CCITTFaxDecode", "/CCF"}
_JPEG = {"/DCTDecode", "/DCT"}


def faults(pdf: "pikepdf.Pdf") -> Iterator[str]:
    """Decode every picture that is packed as JPEG or fax alone, and say which are damaged."""
    import pikepdf

    for thing in pdf.objects:
        if not isinstance(thing, pikepdf.Stream):
            continue
        name, parameters = _only(thing.get("/Filter")), _only(thing.get("/DecodeParms"))
        text = ""
        if name in _JPEG:
            text = fault(thing.read_raw_bytes())
        elif name in _FAX:
            text = _fax(thing, parameters)
        if text:
            yield f"the picture in object {thing.objgen[0]} is damaged: {text}"


def _only(value: Any) -> Any:
    """Give the one item of an array that has one, and anything else as it is."""
    import pikepdf

    if isinstance(value, pikepdf.Array):
        return value[0] if len(value) == 1 else None
    return value


def _fax(stream: "pikepdf.Stream", parameters: Any) -> str:
    """Let libtiff decode fax data, as the one strip of a TIFF."""
    from avpres.adapters.validators.deep_images import decoded

    given = parameters if hasattr(parameters, "get") else {}
    width, height = given.get("/Columns", 1728), stream.get("/Height") or given.get("/Rows", 0)
    kind = given.get("/K", 0)
    if not isinstance(width, int) or not isinstance(height, int) or not isinstance(kind, int):
        return ""
    is_plain = not given.get("/EncodedByteAlign", False) and not given.get("/EndOfLine", False)
    if kind >= 0 or not is_plain or not 0 < width * height <= _MOST_PIXELS:
        return ""
    return decoded(io.BytesIO(_tiff(stream.read_raw_bytes(), width, height)))


def _tiff(data: bytes, width: int, height: int) -> bytes:
    tags = [(256, width), (257, height), (258, 1), (259, 4), (262, 0), (273, 122), (277, 1)]
    tags += [(278, height), (279, len(data))]
    table = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags)
    return b"II*\0\x08\0\0\0" + struct.pack("<H", len(tags)) + table + bytes(4) + data
