"""Whether a target can hold a file, as far as the file's header tells."""

from collections.abc import Callable

from avpres.config.migration_policy import Jp2, Jxl, Limits, Refuse, Target, Text
from avpres.domain.imaging import Colour, Icc, ImageFormat, SampleKind, Traits
from avpres.domain.migration import Reason, Unmigratable
from avpres.domain.migration_class import TEXT, Migrant, SoundTraits, TextTraits
from avpres.domain.sounding import FLAC_ANY_RATE, FLAC_CHANNELS, FLAC_RATE

JXL_BITS = 8  # of a JPEG that can be transcoded
PALETTE_BITS = 10  # of indices; JP2 holds 1,024 entries
FLAC_BITS = 32  # of a word
ALREADY = ("UTF-8", "US-ASCII")
_JP2_COLOURS = {
    Colour.CMYK: Reason.CMYK,
    Colour.YCCK: Reason.YCCK,
    Colour.LAB: Reason.LAB,
    Colour.LOGLUV: Reason.FLOAT,
    Colour.OTHER: Reason.UNDEFINED_COLOUR,
}
_TIFF_COLOURS = {
    Colour.YCCK: Reason.YCCK,
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
    "odd-sampling": Reason.NOT_REVERSIBLE,
}

_JPEG_WORDS = {"odd-sampling": "JPEG XL has no form for colours sampled like that (4:1:1, 4:1:0)"}


def unfit(target: Target, migrant: Migrant, limits: Limits) -> Unmigratable | None:
    """Say why a target cannot hold a file; None where nothing in its header stands in the way."""
    if isinstance(target, Refuse):
        return Unmigratable(target.reason)
    if isinstance(target, Jp2):
        found = _jp2(target, migrant)
    elif isinstance(target, Text):
        found = _text(target, migrant)
    else:
        judge = _JUDGES.get(target.kind)
        found = judge(migrant) if judge else None
    if found is None and isinstance(migrant, Traits) and not isinstance(target, Jxl):
        return _beyond(migrant, limits)
    return found


def _jp2(target: Jp2, migrant: Migrant) -> Unmigratable | None:
    if not isinstance(migrant, Traits):
        return Unmigratable(Reason.UNKNOWN_FORMAT, f"{migrant.format} does not become JP2")
    reason = (
        _JP2_KINDS.get(migrant.kind)
        or _JP2_COLOURS.get(migrant.colour)
        or (None if _is_sycc(migrant) else _ycbcr(migrant))
        or _jpeg(migrant)
        or _JP2_ICC.get(migrant.icc)
    )
    if reason is not None:
        return Unmigratable(reason)
    if max(migrant.bits, default=0) > target.max_bits:
        text = f"{max(migrant.bits)} bits, the policy takes {target.max_bits}"
        return Unmigratable(Reason.BITS, text)
    if migrant.orientation != 1 and target.orientation == "refuse":
        return Unmigratable(Reason.POLICY, f"its orientation is {migrant.orientation}, not 1")
    if _has_large_palette(migrant):
        return Unmigratable(Reason.PALETTE, f"{2 ** migrant.bits[0]:,} entries")
    return _channels(migrant)


def _has_large_palette(traits: Traits) -> bool:
    """TIFF's palettes have an entry for every number that its indices can be."""
    is_palette = traits.format is ImageFormat.TIFF and traits.colour is Colour.PALETTE
    return is_palette and traits.bits[0] > PALETTE_BITS


def _channels(traits: Traits) -> Unmigratable | None:
    """JP2 takes the colours and one channel of opacity."""
    colours = {Colour.GREY: 1, Colour.RGB: 3, Colour.YCBCR: 3, Colour.PALETTE: 1}[traits.colour]
    extra = traits.channels - colours
    if extra > 1 or (extra == 1 and traits.colour is Colour.PALETTE):
        return Unmigratable(Reason.MULTI_ALPHA, f"{extra} channels beside the colours")
    return None


def _is_sycc(traits: Traits) -> bool:
    """Say whether samples are what JP2 calls sYCC; it has no profile for these."""
    return "sycc" in traits.flags and traits.icc is Icc.NONE


def _ycbcr(traits: Traits) -> Reason | None:
    """JPEG's YCbCr becomes RGB by one rule; that of other codings has many."""
    coded = "jpeg" in traits.compression.lower() and "2000" not in traits.compression
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
            return Unmigratable(reason, _JPEG_WORDS.get(flag, ""))
    if migrant.colour in {Colour.CMYK, Colour.YCCK}:
        reason = Reason.CMYK if migrant.colour is Colour.CMYK else Reason.YCCK
        return Unmigratable(reason, "JPEG XL does not take JPEG of four components")
    if max(migrant.bits, default=0) > JXL_BITS:
        return Unmigratable(Reason.BITS, f"{max(migrant.bits)} bits, JPEG XL takes JPEG of 8")
    if migrant.icc is Icc.DAMAGED:
        return Unmigratable(Reason.NOT_REVERSIBLE, "libjxl takes no damaged ICC profile")
    return None


def _tiff(migrant: Migrant) -> Unmigratable | None:
    if not isinstance(migrant, Traits):
        return Unmigratable(Reason.UNKNOWN_FORMAT, f"{migrant.format} does not become TIFF")
    reason = _TIFF_COLOURS.get(migrant.colour) or _ycbcr(migrant)
    return Unmigratable(reason) if reason else None


def _flac(migrant: Migrant) -> Unmigratable | None:
    if not isinstance(migrant, SoundTraits):
        return Unmigratable(Reason.UNKNOWN_FORMAT, f"{migrant.format} does not become FLAC")
    bits, rate = max(migrant.bits), migrant.rate
    for holds, reason, text in (
        (migrant.kind is not SampleKind.FLOAT, Reason.FLOAT, "FLAC holds whole numbers"),
        (bits <= FLAC_BITS, Reason.BITS, f"{bits} bits, FLAC holds {FLAC_BITS}"),
        (migrant.channels <= FLAC_CHANNELS, Reason.CHANNELS, f"{migrant.channels}, FLAC holds 8"),
        (_is_rate(rate), Reason.NOT_REVERSIBLE, f"FLAC does not hold {rate:,} Hz"),
    ):
        if not holds:
            return Unmigratable(reason, text)
    return None


def _is_rate(rate: int) -> bool:
    return rate < FLAC_RATE and (rate <= FLAC_ANY_RATE or rate % 10 == 0)


def _text(target: Text, migrant: Migrant) -> Unmigratable | None:
    if not isinstance(migrant, TextTraits):
        return Unmigratable(Reason.UNKNOWN_FORMAT, f"{migrant.format} is no plain text")
    if migrant.format != TEXT:
        return Unmigratable(Reason.UNKNOWN_FORMAT, "it is markup, which tells its charset itself")
    if not target.charset and not migrant.charset.startswith(("UTF-16", "UTF-32", *ALREADY)):
        return Unmigratable(Reason.CHARSET_UNKNOWN, "name the charset in the policy")
    return None


def is_already(target: Target, migrant: Migrant) -> bool:
    """Say whether a file is what the target would make of it, and stays for that."""
    if not isinstance(target, Text) or not isinstance(migrant, TextTraits):
        return False
    return migrant.format == TEXT and migrant.charset in ALREADY


def _beyond(traits: Traits, limits: Limits) -> Unmigratable | None:
    if traits.pixels > limits.max_pixels:
        text = f"{traits.width} x {traits.height} pixels, {limits.max_pixels:,} at most"
        return Unmigratable(Reason.TOO_LARGE, text)
    most = limits.frames_of(traits)
    if traits.frames > most:
        return Unmigratable(Reason.FRAMES, f"{traits.frames:,}, {most:,} at most")
    return None


_JUDGES: dict[str, Callable[[Migrant], Unmigratable | None]] = {
    "jxl": _jxl,
    "tiff": _tiff,
    "flac": _flac,
}
