"""Damage in the coded data of a JPEG, which decoders paint over in grey and only warn of.

Three judges: the segments must fit each other (`validators.jpeg`); libjpeg, which qpdf takes at its
word, must not warn; and it must warn once the last byte of the coded data is taken away, else that
byte was never needed. A change that makes another lawful JPEG cannot be told by anyone.
"""

import numpy as np

from avpres.adapters.images.jpeg_segments import PROGRESSIVE, SOS, Header
from avpres.adapters.images.raster import Samples
from avpres.adapters.validators import jpeg, jpeg_huffman
from avpres.adapters.validators.examination import Examination, HaltError, Rules
from avpres.adapters.validators.source import CutError, Source
from avpres.domain.migration import Reason, Unmigratable
from avpres.domain.severity import Severity

_FILLING = b"\xff\x7f\0"  # what encoders put behind the last code, needed or not
_HARMLESS = {  # of segments that no decoder needs for the picture
    "JPEG-ADOBE-LONG",
    "JPEG-BYTE-TOO-MANY",
    "JPEG-JFIF-PLACE",
    "JPEG-JFIF-SIZE",
    "JPEG-NO-FORMAT",
    "JPEG-SPIFF-PLACE",
    "JPEG-SPIFF-SIZE",
}


def check_segments(data: bytes) -> None:
    """Refuse an image whose segments, tables, scans and restart markers do not fit each other."""
    exam = Examination(rules=Rules(deep=True))
    try:
        jpeg.validate(Source(None, "", data), exam)  # type: ignore[arg-type] # held whole
    except (HaltError, CutError) as error:
        text = exam.messages[-1].text if exam.messages else str(error)
        raise Unmigratable(Reason.DAMAGED, text) from error
    for message in exam.messages:
        if message.severity is Severity.ERROR and message.id not in _HARMLESS:
            raise Unmigratable(Reason.DAMAGED, message.text)
    if exam.stopped:
        raise Unmigratable(Reason.DAMAGED, "its segments never come to an end")


def decoded_strictly(data: bytes, header: Header) -> Samples:
    """Give the samples as libjpeg reads them, if it has nothing to complain of."""
    found, complaint = _by_qpdf(data)
    if complaint:
        raise Unmigratable(Reason.DAMAGED, f"libjpeg cannot decode it without repair: {complaint}")
    shape = (header.height, header.width, len(header.components))
    if len(found) != shape[0] * shape[1] * shape[2]:
        raise Unmigratable(Reason.DECODERS_DISAGREE, "libjpeg gives another number of samples")
    return np.frombuffer(found, np.uint8).reshape(shape)


def check_end(data: bytes) -> None:
    """Refuse an image whose last scan does not need its last byte."""
    if not _by_qpdf(_shortened(data))[1]:
        raise Unmigratable(Reason.DAMAGED, "more coded data than the picture needs")


def check_codes(data: bytes, header: Header) -> None:
    """Refuse coded data of 12 bits whose codes do not add up; libjpeg's warnings are not heard.

    The walk is that of 8 bits, whose codes are the same; how bright a block may be is left out.
    """
    if header.marker in PROGRESSIVE:
        raise Unmigratable(Reason.DECODER_ERROR, "progressive with 12 bits, which none can judge")
    found = jpeg_huffman.fault(_for_walk(data))
    if found:
        raise Unmigratable(Reason.DAMAGED, f"the coded data do not add up: {found[0]}")


def _for_walk(data: bytes) -> bytes:
    """Give the image as one of 8 bits whose blocks have no brightness: its first quanta are 0."""
    changed = bytearray(data)
    place = 2
    while (marker := data[place + 1]) != SOS:
        if marker == 0xFF:
            place += 1
            continue
        length = int.from_bytes(data[place + 2 : place + 4], "big")
        if marker == 0xC1:
            changed[place + 4] = 8
        elif marker == 0xDB:
            at = place + 4
            while at < place + 2 + length:
                wide = changed[at] >> 4
                changed[at + 1 : at + 2 + bool(wide)] = bytes(1 + bool(wide))
                at += 129 if wide else 65
        place += 2 + length
    return bytes(changed)


def _shortened(data: bytes) -> bytes:
    """Take the last byte of the coded data away, and what only fills up behind it."""
    end = data.rindex(b"\xff\xd9")
    coded = data[:end].rstrip(_FILLING)
    return coded[:-1].rstrip(b"\xff") + b"\xff\xd9"


def _by_qpdf(data: bytes) -> tuple[bytes, str]:
    """Give libjpeg's samples, or its first complaint; qpdf takes warnings for errors."""
    import pikepdf

    with pikepdf.new() as holder:
        stream = pikepdf.Stream(holder, data, Filter=pikepdf.Name.DCTDecode)
        try:
            return stream.read_bytes(pikepdf.StreamDecodeLevel.all), ""
        except (pikepdf.PdfError, pikepdf.DataDecodingError, RuntimeError) as error:
            return b"", str(error).rpartition("::decompress: ")[2] or "damaged"
