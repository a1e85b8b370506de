"""JPEG as JPEG XL, and the same JPEG back, byte for byte (ISO/IEC 18181-2, Annex A; libjxl).

The coefficients of the JPEG are coded anew, so nothing is lost and the file is smaller. What JPEG
holds beside them is in the box `jbrd`. Any program with libjxl restores it: `djxl IN.jxl OUT.jpg`.
"""

from functools import cache
from typing import cast

from avpres.adapters.processes.memory import MIB, is_to_be_had
from avpres.adapters.transcoding.jpeg_marks import Marks, marks_of, why_not
from avpres.adapters.transcoding.jxl_boxes import plain_metadata, size_of
from avpres.domain.migration import Reason, Unmigratable

MOST_PIXELS = 1 << 30  # of a picture, by its header
ROWS = 256  # compared at a time
_BYTES, _MOST_BYTES = 56, 66  # of memory for a pixel of 4:2:0, 4:4:4 (libjxl 0.11.2)
_RESTORED, _MOST_RESTORED = 18, 24  # the same, when the JPEG comes back
_FIXED = 78 * MIB  # beside these
_LARGE = 1 << 20  # pixels; smaller pictures take less than that
UNLIKE = 24.0  # of 255: the mean difference of two renderings; wrong colours have far more


def transcode(jpeg: bytes | memoryview, *, most_pixels: int = MOST_PIXELS) -> bytes:
    """Make a JPEG XL from which the same bytes were restored.

    Metadata stand in plain boxes beside the picture, so that programs without Brotli see them.

    Raises:
        Unmigratable: it is of a kind that JPEG XL does not take, is damaged, or does not come back.
    """
    import imagecodecs

    view = memoryview(jpeg)
    if not view:
        raise Unmigratable(Reason.EMPTY)
    found = marks_of(view)
    if found.width * found.height > most_pixels:
        raise Unmigratable(Reason.TOO_LARGE, f"{found.width} x {found.height} pixels")
    _require_memory(view, found, _BYTES)
    try:
        coded = imagecodecs.jpegxl_encode_jpeg(cast("bytes", view), usecontainer=True, numthreads=1)
    except (RuntimeError, ValueError) as error:
        _require_memory(view, found, _MOST_BYTES)
        raise why_not(view, found) from error
    made = plain_metadata(bytes(coded))
    if restore(made) != view:
        raise Unmigratable(Reason.NOT_REVERSIBLE, "other bytes came back from the JPEG XL")
    return made


def _require_memory(jpeg: memoryview, found: Marks, each: int) -> None:
    """Tell want of memory, at which libjxl ends the process or refuses the file without a reason.

    Raises:
        Unmigratable: so many bytes for each pixel are not to be had, or it is refused anyway.
    """
    try:
        _require_for(found.width, found.height, each)
    except Unmigratable as wanting:
        known = why_not(jpeg, found)
        raise known if known.reason is not Reason.NOT_REVERSIBLE else wanting from None


def _require_for(width: int, height: int, each: int) -> None:
    need = width * height * each + (_FIXED if width * height > _LARGE else 0)
    if not is_to_be_had(need):
        size = f"{width} x {height} pixels"
        text = f"libjxl takes some {need // MIB:,} MiB for {size}; --memory-limit raises that"
        raise Unmigratable(Reason.MEMORY, text)


def restore(jxl: bytes | memoryview) -> bytes:
    """Give back the JPEG that a JPEG XL was made of.

    Raises:
        Unmigratable: it was not made of a JPEG, or is damaged.
    """
    import imagecodecs

    width, height = size_of(jxl)
    _require_for(width, height, _RESTORED)
    try:
        return bytes(imagecodecs.jpegxl_decode_jpeg(cast("bytes", jxl), numthreads=1))
    except (RuntimeError, ValueError) as error:
        _require_for(width, height, _MOST_RESTORED)
        raise Unmigratable(Reason.NOT_REVERSIBLE, f"no JPEG comes back: {error}") from error


def check_looks(jxl: bytes | memoryview, jpeg: bytes | memoryview) -> float:
    """Give the mean difference, of 255, between the pictures that both decoders show.

    They round, clip and scale colours up in their own ways, so it is seldom 0; identical bytes
    are the proof. This finds a picture that would be shown in wrong colours or sizes.

    Raises:
        Unmigratable: one of them cannot be decoded, or they are other pictures.
    """
    import imagecodecs
    import numpy as np

    try:
        one = imagecodecs.jpegxl_decode(cast("bytes", jxl), keeporientation=True, numthreads=1)
        other = imagecodecs.jpeg_decode(cast("bytes", jpeg))
    except (RuntimeError, ValueError) as error:
        raise Unmigratable(Reason.DECODER_ERROR, str(error)) from error
    if one.ndim < other.ndim:
        text = "the profile is for grey, and of the JPEG XL only that would be seen"
        raise Unmigratable(Reason.ICC_SPACE_MISMATCH, text)
    if one.ndim > other.ndim:  # grey with a profile for colours is shown in these
        other = np.broadcast_to(other[..., np.newaxis], (*other.shape, *one.shape[2:]))
    if one.shape[:2] != other.shape[:2] or one.size != other.size:
        shapes = f"{one.shape} and {other.shape}"
        raise Unmigratable(Reason.QA_DIFFERENCE, f"pictures of the shapes {shapes}")
    other = other.reshape(one.shape)
    total = 0
    for at in range(0, len(one), ROWS):
        here, there = one[at : at + ROWS], other[at : at + ROWS]
        total += int((np.maximum(here, there) - np.minimum(here, there)).sum(dtype=np.int64))
    mean = total / one.size
    if mean > UNLIKE:
        raise Unmigratable(Reason.QA_DIFFERENCE, f"mean difference {mean:.1f} of 255")
    return mean


@cache
def version() -> str:
    """Name the library, as the record tells it: "libjxl 0.11.2"."""
    import imagecodecs

    return str(imagecodecs.jpegxl_version())
