"""How the samples of a frame stand in an AVI, by the description of its pictures."""

import struct
from dataclasses import dataclass

from avpres.adapters.scans.arrays import check, row_size
from avpres.domain.scan import Packing, SampleArray, UncodableScan

SHORTEST = 40  # bytes of BITMAPINFOHEADER
MOST_SIDE = 1 << 16  # pixels
_STRIDE = 65536  # bytes at the end of a row that are still likely
_DIBS = {24: "BGR", 32: "BGRX"}  # by bits of a pixel: what Windows calls RGB
_PLAIN = (b"\0\0\0\0", b"DIB ", b"RGB ", b"RAW ")


@dataclass(frozen=True, slots=True)
class Form:
    """The samples of a kind of AVI: their channels, bits, the word and the step of a row."""

    words: str
    group: str
    bits: int
    span: int = 1
    packing: Packing = Packing.WORDS
    word: int = 8
    big_endian: bool = False
    low_first: bool = False
    step: int = 4  # bytes: rows end at a multiple
    bottom_up: bool = False


_UYVY = Form("YUV 4:2:2 8 bits", "UYVY", 8, span=2, step=1)
_YUY2 = Form("YUV 4:2:2 8 bits", "YUYV", 8, span=2, step=1)
_GREY = Form("Y 8 bits", "Y", 8, step=1)
_FORMS = {
    b"v210": Form(
        "YUV 4:2:2 10 bits", "UYVY", 10, 2, Packing.FILLED_B, 32, low_first=True, step=128
    ),
    b"r210": Form("RGB 10 bits", "RGB", 10, 1, Packing.FILLED_B, 32, big_endian=True, step=256),
    b"R10k": Form("RGB 10 bits", "RGB", 10, 1, Packing.FILLED_A, 32, big_endian=True, step=256),
    b"v308": Form("YUV 4:4:4 8 bits", "VYU", 8, step=1),
    b"v410": Form("YUV 4:4:4 10 bits", "UYV", 10, 1, Packing.FILLED_A, 32, low_first=True),
    **dict.fromkeys((b"UYVY", b"2vuy", b"HDYC", b"UYNV", b"Y422"), _UYVY),
    **dict.fromkeys((b"YUY2", b"YUYV", b"YUNV", b"yuvs"), _YUY2),
    **dict.fromkeys((b"Y800", b"GREY", b"Y8  "), _GREY),
}


@dataclass(frozen=True, slots=True)
class Bitmap:
    """What BITMAPINFOHEADER says; `height` is negative where rows go from top to bottom."""

    width: int
    height: int
    bits: int
    fourcc: bytes

    @property
    def name(self) -> str:
        """The name of the form, for people."""
        if self.fourcc in _PLAIN:
            return f"RGB{self.bits}"
        return self.fourcc.decode("ascii", "backslashreplace").strip()

    @property
    def words(self) -> str:
        """The form in words."""
        return _form(self).words


def read_bitmap(strf: bytes) -> Bitmap:
    """Read the description of a stream of pictures.

    Raises:
        UncodableScan: it is cut, or no picture is like it.
    """
    if len(strf) < SHORTEST:
        raise UncodableScan("HEADER", "its description of the pictures is cut")
    width, height, _, bits = struct.unpack_from("<iihH", strf, 4)
    if not (0 < width <= MOST_SIDE and 0 < abs(height) <= MOST_SIDE):
        raise UncodableScan("GEOMETRY", f"its pictures are said to have {width} x {height} pixels")
    return Bitmap(width, height, bits, strf[16:20])


def array_of(bitmap: Bitmap, size: int) -> SampleArray:
    """Describe the samples of a frame that has so many bytes, as if nothing were before them.

    Raises:
        UncodableScan: its form is not known, or it has too few bytes.
    """
    form, height = _form(bitmap), abs(bitmap.height)
    if bitmap.width % form.span:
        raise UncodableScan("GEOMETRY", f"rows of {bitmap.width} pixels do not fit {form.words}")
    samples = bitmap.width * len(form.group) // form.span
    least = row_size(form.packing, form.bits, form.word, samples)
    stride = -(-least // form.step) * form.step
    if size % height == 0 and stride < size // height <= stride + _STRIDE:
        stride = size // height
    elif stride * height > size >= least * height:
        stride = least
    return check(
        SampleArray(
            width=bitmap.width,
            height=height,
            groups=(form.group,),
            bits=form.bits,
            word=form.word,
            packing=form.packing,
            strides=(stride,),
            segments=((0, stride * height),),
            big_endian=form.big_endian,
            low_first=form.low_first,
            span=form.span,
            bottom_up=form.bottom_up and bitmap.height > 0,
        ),
        size,
    )


def _form(bitmap: Bitmap) -> Form:
    """Find the form of pictures.

    Raises:
        UncodableScan: they are compressed, or in a form that is not known.
    """
    if bitmap.fourcc in _PLAIN and bitmap.bits in _DIBS:
        words = f"RGB 8 bits in {bitmap.bits}"
        return Form(words, _DIBS[bitmap.bits], 8, bottom_up=True)
    found = _FORMS.get(bitmap.fourcc)
    if found is None:
        text = f"its pictures are {bitmap.name}, which is compressed or not known here"
        raise UncodableScan("COMPRESSED", text)
    return found
