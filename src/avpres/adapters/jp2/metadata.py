"""Which metadata of a picture goes into a JP2, and which has no place there and goes beside it."""

from dataclasses import dataclass, replace
from fractions import Fraction
from xml.parsers import expat

from avpres.adapters.images import icc
from avpres.adapters.images.raster import Embedded
from avpres.adapters.jp2.boxes import rational, told


class _HasDoctypeError(Exception):
    """A packet of XMP declares a document type, which none may."""


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """Metadata as it is written, what is left over, and what was done with it."""

    embedded: Embedded
    left_over: tuple[tuple[str, bytes], ...]
    notes: tuple[str, ...]


def placed(embedded: Embedded) -> Placed:
    """Find a place for everything; nothing is dropped without being given back."""
    parts = (_profile(embedded), _xmp(embedded), _resolution(embedded))
    changed = replace(
        embedded,
        icc=parts[0][0],
        exif=embedded.exif or None,
        xmp=parts[1][0],
        iptc=embedded.iptc or None,
        resolution=parts[2][0],
        others=(),
    )
    left = [each for part in parts for each in part[1]]
    notes = [part[2] for part in parts if part[2]]
    return Placed(changed, (*embedded.others, *left), tuple(notes))


Part = tuple[tuple[tuple[str, bytes], ...], str]


def _profile(embedded: Embedded) -> tuple[bytes | None, tuple[tuple[str, bytes], ...], str]:
    if not embedded.icc:
        return None, (), ""
    profile = icc.trimmed(embedded.icc)
    over = embedded.icc[len(profile) :]
    if not over:
        return profile, (), ""
    note = f"{len(over)} bytes behind the ICC profile's own end were left away"
    return profile, (("icc-padding", over),) if over.strip(b"\0") else (), note


def _xmp(embedded: Embedded) -> tuple[bytes | None, tuple[tuple[str, bytes], ...], str]:
    """Place what is well-formed XML; a JP2 with anything else is not valid by jpylyzer."""
    if not embedded.xmp:
        return None, (), ""
    packet = embedded.xmp.rstrip(b"\0")
    if not _is_wellformed(packet):
        return None, (("xmp", embedded.xmp),), "the XMP is not well-formed XML; it is kept beside"
    over = len(embedded.xmp) - len(packet)
    return packet, (), f"{over} NUL bytes behind the XMP were left away" if over else ""


def _is_wellformed(packet: bytes) -> bool:
    parser = expat.ParserCreate(namespace_separator="}")
    parser.StartDoctypeDeclHandler = _refuse
    try:
        parser.Parse(packet, True)
    except (expat.ExpatError, _HasDoctypeError, ValueError, LookupError):
        return False
    return True


def _refuse(*_told: object) -> None:
    raise _HasDoctypeError


def _resolution(
    embedded: Embedded,
) -> tuple[tuple[Fraction, Fraction] | None, tuple[tuple[str, bytes], ...], str]:
    if embedded.resolution is None:
        return None, (), ""
    across, down = embedded.resolution
    whole = (("resolution", f"{across} x {down} pixels in a metre\n".encode()),)
    try:
        near = told(*rational(across)), told(*rational(down))
    except ValueError:
        return None, whole, "the resolution has no place in JP2; it is kept beside"
    if near == embedded.resolution:
        return near, (), ""
    return near, whole, "the resolution is written as near as 16 bits allow; it is kept beside"
