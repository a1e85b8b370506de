"""Whether a target can hold a file, as far as the file's header tells."""

from collections.abc import Callable

from avpres.config.migration_policy import Limits, Target
from avpres.domain.imaging import Colour, Icc, ImageFormat, SampleKind, Traits
from avpres.domain.migration import Reason, Unmigratable
from avpres.domain.migration_class import Migrant, SoundTraits, TextTraits
from avpres.domain.sounding import FLAC_ANY_RATE, FLAC_CHANNELS, FLAC_RATE, SoundFormat

JP2_BITS = 16  # proved by two decoders; from 25 on OpenJPEG loses bits without a word
JXL_BITS = 8  # of a JPEG that can be transcoded
FLAC_BITS = 32
_JP2_COLOURS = {
    Colour.CMYK: Reason.CMYK,
    Colour.YCCK: Reason.YCCK,
    Colour.LAB: Reason.LAB,
    Colour.LOGLUV: Reason.FLOAT,
    Colour.OTHER: Reason.UNDEFINED_COLOUR,
}
_JP2_KINDS = {
    SampleKind.FLOAT: Reason.FLOAT,
    SampleKind.COMPLEX: Reason.COMPLEX,
    SampleKind.SIGNED: Reason.SIGNED,
}
_JP2_ICC = {
    Icc.FULL: Reason.ICC_NOT_RESTRICTED,
    Icc.MISMATCH: Reason.ICC_SPACE_MISMATCH,
    Icc.DAMAGED: Reason.ICC_DAMAGED,
}
_JPEG_FLAGS = {
    "arithmetic": Reason.ARITHMETIC,
    "lossless": Reason.LOSSLESS_JPEG,
    "hierarchical": Reason.NOT_REVERSIBLE,
}


def unfit(target: Target, migrant: Migrant, limits: Limits) -> Unmigratable | None:
    """Say why a target cannot hold a file; None where nothing in its header stands in the way."""
    judge = _JUDGES.get(target.kind)
    if target.kind == "refuse":
        return Unmigratable(target.reason)
    if judge is None:
        return None
    found = judge(migrant)
    if found is None and isinstance(migrant, Traits) and target.kind != "jxl":
        return _beyond(migrant, limits)
    return found


def _jp2(migrant: Migrant) -> Unmigratable | None:
    if not isinstance(migrant, Traits):
        return Unmigratable(Reason.UNKNOWN_FORMAT, f"{migrant.format} does not become JP2")
    reason = (
        _JP2_KINDS.get(migrant.kind)
        or _JP2_COLOURS.get(migrant.colour)
        or _ycbcr(migrant)
        or _jpeg(migrant)
        or _JP2_ICC.get(migrant.icc)
    )
    if reason is not None:
        return Unmigratable(reason)
    if max(migrant.bits, default=0) > JP2_BITS:
        return Unmigratable(Reason.BITS, f"{max(migrant.bits)} bits, JP2 is proved with 16")
    return None


def _ycbcr(traits: Traits) -> Reason | None:
    """JPEG's YCbCr becomes RGB by one rule; that of other codings has many."""
    coded = "jpeg" in traits.compression.lower()
    return Reason.YCBCR if traits.colour is Colour.YCBCR and not coded else None


def _jpeg(traits: Traits) -> Reason | None:
    if traits.format is not ImageFormat.JPEG:
        return None
    return Reason.ARITHMETIC if "arithmetic" in traits.flags else None


def _jxl(migrant: Migrant) -> Unmigratable | None:
    if not isinstance(migrant, Traits) or migrant.format is not ImageFormat.JPEG:
        return Unmigratable(Reason.UNKNOWN_FORMAT, "only JPEG becomes JPEG XL byte for byte")
    for flag, reason in _JPEG_FLAGS.items():
        if flag in migrant.flags:
            return Unmigratable(reason)
    if migrant.colour in {Colour.CMYK, Colour.YCCK}:
        reason = Reason.CMYK if migrant.colour is Colour.CMYK else Reason.YCCK
        return Unmigratable(reason, "JPEG XL does not take JPEG of four components")
    if max(migrant.bits, default=0) > JXL_BITS:
        return Unmigratable(Reason.BITS, f"{max(migrant.bits)} bits, JPEG XL takes JPEG of 8")
    return None


def _tiff(migrant: Migrant) -> Unmigratable | None:
    if not isinstance(migrant, Traits):
        return Unmigratable(Reason.UNKNOWN_FORMAT, f"{migrant.format} does not become TIFF")
    return None


def _flac(migrant: Migrant) -> Unmigratable | None:
    if not isinstance(migrant, SoundTraits) or migrant.format is SoundFormat.W64:
        return Unmigratable(Reason.UNKNOWN_FORMAT, f"{migrant.format} does not become FLAC")
    if migrant.kind is SampleKind.FLOAT:
        return Unmigratable(Reason.FLOAT, "FLAC holds whole numbers")
    if max(migrant.bits) > FLAC_BITS:
        return Unmigratable(Reason.BITS, f"{max(migrant.bits)} bits, FLAC holds {FLAC_BITS}")
    if migrant.channels > FLAC_CHANNELS:
        return Unmigratable(Reason.CHANNELS, f"{migrant.channels}, FLAC holds {FLAC_CHANNELS}")
    if migrant.rate > FLAC_RATE or (migrant.rate > FLAC_ANY_RATE and migrant.rate % 10):
        return Unmigratable(Reason.UNKNOWN_FORMAT, f"FLAC does not hold {migrant.rate:,} Hz")
    return None


def _text(migrant: Migrant) -> Unmigratable | None:
    if not isinstance(migrant, TextTraits):
        return Unmigratable(Reason.UNKNOWN_FORMAT, f"{migrant.format} is no plain text")
    return None


def _beyond(traits: Traits, limits: Limits) -> Unmigratable | None:
    if traits.pixels > limits.max_pixels:
        text = f"{traits.width} x {traits.height} pixels, {limits.max_pixels:,} at most"
        return Unmigratable(Reason.TOO_LARGE, text)
    if traits.frames > limits.max_frames:
        return Unmigratable(Reason.FRAMES, f"{traits.frames:,}, {limits.max_frames:,} at most")
    return None


_JUDGES: dict[str, Callable[[Migrant], Unmigratable | None]] = {
    "jp2": _jp2,
    "jxl": _jxl,
    "tiff": _tiff,
    "flac": _flac,
    "text": _text,
}
