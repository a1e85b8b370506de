"""Of which colours a picture without an ICC profile is, by what else the file says of them.

A target that calls such a picture sRGB must not contradict its source. Cameras tell Adobe RGB
(1998) by DCF 2.0: InteroperabilityIndex R03, ColorSpace uncalibrated, and no profile.
"""

from dataclasses import dataclass
from fractions import Fraction

from avpres.adapters.images.exif_colours import Colours, colours
from avpres.adapters.images.matrix_profile import ADOBE_RGB, profile
from avpres.adapters.images.raster import Embedded
from avpres.domain.imaging import Colour
from avpres.domain.migration import Reason, Unmigratable

_SRGB, _ADOBE = 1, "R03"
_NEAR = Fraction(15, 1000)  # cameras and scanners round
_SRGB_POINTS = tuple(map(Fraction, ("0.64", "0.33", "0.3", "0.6", "0.15", "0.06")))
_ADOBE_POINTS = (*ADOBE_RGB.red, *ADOBE_RGB.green, *ADOBE_RGB.blue)
_WHITE = ADOBE_RGB.white  # sRGB's too
_TELLING = ("png:sRGB", "png:cICP", "png:gAMA", "png:cHRM")  # seen to be those of sRGB


@dataclass(frozen=True, slots=True)
class Untagged:
    """What to declare: a profile that is made, or sRGB; and whether that is known or assumed."""

    profile: bytes | None = None
    is_known: bool = True
    why: str = ""  # what the record must tell


def untagged(embedded: Embedded, colour: Colour) -> Untagged:
    """Judge a picture that has no profile.

    Raises:
        Unmigratable: what it says of its colours contradicts itself.
    """
    if embedded.exif is None or any(name in _TELLING for name, _ in embedded.others):
        return Untagged()
    found = colours(embedded.exif)
    if found.index == _ADOBE:
        return _adobe(found, colour)
    doubt = _doubt(found, colour)
    if not doubt:
        return Untagged()
    why = f"{doubt}, and there is no ICC profile: which colours are meant is not known"
    return Untagged(None, is_known=False, why=why)


def _adobe(found: Colours, colour: Colour) -> Untagged:
    if found.space == _SRGB:
        text = "its Exif says sRGB (ColorSpace 1) and Adobe RGB (interoperability R03) at once"
        raise Unmigratable(Reason.UNDEFINED_COLOUR, text)
    if not _is_near(found.primaries, _ADOBE_POINTS) or not _is_near(found.white, _WHITE):
        text = "its Exif says Adobe RGB (interoperability R03), with other primaries or white"
        raise Unmigratable(Reason.UNDEFINED_COLOUR, text)
    if colour not in {Colour.RGB, Colour.PALETTE}:
        why = f"the Exif says Adobe RGB (interoperability R03) of a picture of {colour}"
        return Untagged(None, is_known=False, why=why)
    why = (
        f"the Exif says {ADOBE_RGB.name} (interoperability R03, ColorSpace {found.space}) and "
        "there is no ICC profile: one of its published primaries, white and gamma was made"
    )
    return Untagged(profile(ADOBE_RGB), why=why)


def _doubt(found: Colours, colour: Colour) -> str:
    """Say what speaks against sRGB; of a grey picture, only what concerns its curve."""
    if found.space not in {None, _SRGB}:
        return f"the Exif says ColorSpace {found.space}, which is not sRGB"
    if found.transfer:
        return "the source tells a curve of its own (TransferFunction)"
    if colour is Colour.GREY:
        return ""
    if not _is_near(found.primaries, _SRGB_POINTS) or not _is_near(found.white, _WHITE):
        return "the source tells primaries or a white that are not those of sRGB"
    return ""


def _is_near(found: tuple[Fraction, ...], wanted: tuple[Fraction, ...]) -> bool:
    """Say whether coordinates are these, or are not told."""
    pairs = zip(found, wanted, strict=True) if found else ()
    return all(abs(one - other) <= _NEAR for one, other in pairs)
