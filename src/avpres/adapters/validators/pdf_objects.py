"""All objects of a PDF file, and the data of its compressed streams."""

import zlib
from typing import TYPE_CHECKING

from avpres.adapters.validators.examination import Examination

if TYPE_CHECKING:
    import pikepdf

MOST_OBJECTS = 200_000  # objects that are looked at one by one
_COMPRESSED = 32 * 1024 * 1024  # bytes of streams that are decompressed of one file
_LARGEST = 8 * 1024 * 1024  # bytes of one stream that is
_UNPACKED = 128 * 1024 * 1024  # bytes that may come of it
_PIECE = 1024 * 1024
_BOMB = 500  # times its size that nothing honest grows to
_PROBED = 64 * 1024  # bytes of a stream that is too large, looked at for that
_HELD = 64 * 1024 * 1024  # bytes of the largest stream of which that is done
_PROBES = 20
_FLUSHED = b"\0\0\xff\xff"  # an empty block: what a compressor puts out when it is asked to flush


def check_objects(pdf: "pikepdf.Pdf", exam: Examination) -> None:
    """Read every object; count fonts and images; decompress what is small enough."""
    import pikepdf

    streams = Streams(exam)
    fonts = images = 0
    for count, thing in enumerate(pdf.objects):
        if count >= MOST_OBJECTS:
            exam.note("PDF-MANY-OBJECTS", f"only the first {MOST_OBJECTS} objects were looked at")
            break
        if isinstance(thing, pikepdf.Stream):
            images += thing.get("/Subtype") == "/Image"
            if not pdf.is_encrypted:
                streams.check(thing)
        elif isinstance(thing, pikepdf.Dictionary):
            fonts += thing.get("/Type") == "/Font"
    document = exam.technical.document
    if document is not None:
        document.fonts, document.images = fonts, images


class Streams:
    """Decompresses Flate data and throws the outcome away; its checksum tells of damage."""

    def __init__(self, exam: Examination) -> None:
        self._exam = exam
        self._left = _COMPRESSED
        self._room = _UNPACKED
        self._probes = _PROBES

    def check(self, stream: "pikepdf.Stream") -> None:
        """Decompress one stream, if it is compressed so and not too large."""
        filters = stream.get("/Filter")
        length = stream.get("/Length")
        name = _first_name(filters)
        if name not in {"/FlateDecode", "/Fl"} or not isinstance(length, int):
            return
        if length > min(_LARGEST, self._left) or self._room <= 0:
            self._probe(stream, length)
            return
        raw = stream.read_raw_bytes()
        self._left -= len(raw)
        self._inflate(raw, stream)

    def _probe(self, stream: "pikepdf.Stream", length: int) -> None:
        """Look at the beginning of a stream that is too large to be decompressed."""
        if not _PROBED < length <= _HELD or self._probes <= 0:
            return
        self._probes -= 1
        start = stream.read_raw_bytes()[:_PROBED]
        try:
            found = len(zlib.decompressobj().decompress(start, _BOMB * _PROBED))
        except zlib.error:
            return
        if found == _BOMB * _PROBED:
            number = stream.objgen[0]
            self._exam.stop("PDF-BOMB", f"the data of object {number} grow out of proportion")

    def _inflate(self, raw: bytes, stream: "pikepdf.Stream") -> None:
        inflater = zlib.decompressobj()
        number = stream.objgen[0]
        try:
            piece = inflater.decompress(raw, _PIECE)
            while piece and self._room > 0:
                self._room -= len(piece)
                piece = inflater.decompress(inflater.unconsumed_tail, _PIECE)
        except zlib.error as error:
            text = f"the compressed data of object {number} is damaged: {error}"
            self._exam.broken("PDF-STREAM-DAMAGED", text)
            return
        if self._room <= 0 and _BOMB * (_COMPRESSED - self._left) < _UNPACKED:
            self._exam.stop("PDF-BOMB", f"the data of object {number} grow out of proportion")
        if not inflater.eof and self._room > 0 and raw:
            text = f"the compressed data of object {number} ends too early"
            if _is_complete(raw):
                self._exam.warn("PDF-STREAM-OPEN", f"{text}: its checksum is missing")
            else:
                self._exam.broken("PDF-STREAM-CUT", text)


def _is_complete(raw: bytes) -> bool:
    """Say whether nothing but the end mark or the checksum is missing, as Acrobat writes."""
    if raw.endswith(_FLUSHED):
        return True
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    piece = inflater.decompress(raw[2:], _PIECE)
    while piece:
        piece = inflater.decompress(inflater.unconsumed_tail, _PIECE)
    return inflater.eof


def _first_name(filters: object) -> str:
    import pikepdf

    if isinstance(filters, pikepdf.Array):
        return str(filters[0]) if len(filters) else ""
    return str(filters) if isinstance(filters, pikepdf.Name) else ""
