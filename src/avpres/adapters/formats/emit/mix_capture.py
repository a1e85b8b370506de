"""How an image came to be, as MIX 2.0 has it: capture, orientation, software."""

from avpres.adapters.formats.emit.markup import Vocabulary
from avpres.adapters.formats.emit.quantities import moment
from avpres.domain.description import Description
from avpres.domain.formats import Format
from avpres.domain.technical import Image

_ORIENTATIONS = {
    1: "normal*",
    2: "normal, image flipped",
    3: "normal, rotated 180°",
    4: "normal, image flipped, rotated 180°",
    5: "normal, image flipped, rotated cw 90°",
    6: "normal, rotated ccw 90°",
    7: "normal, image flipped, rotated ccw 90°",
    8: "normal, rotated cw 90°",
}
"""The schema's words for TIFF's numbers, asterisk included, in TIFF's order."""

_SCANNED = frozenset({Format.TIFF, Format.DPX})
"""Formats whose Make and Model name a scanner; elsewhere they are Exif's, and name a camera."""


def capture(mix: Vocabulary, description: Description, image: Image) -> str:
    """Write when, by whom and with which device the image was made, and which way is up."""
    return mix.group(
        "ImageCaptureMetadata",
        mix.group(
            "GeneralCaptureInformation",
            mix.leaf("dateTimeCreated", moment(image.created)),
            mix.leaf("imageProducer", image.artist),
        ),
        _device(mix, "scanner" if description.format in _SCANNED else "digitalCamera", image),
        mix.leaf("orientation", _ORIENTATIONS.get(image.orientation or 0)),
    )


def changes(mix: Vocabulary, image: Image) -> str:
    """Write the software that the file names: the last that is known to have changed it."""
    name = mix.leaf("processingSoftwareName", image.software)
    return mix.group(
        "ChangeHistory", mix.group("ImageProcessing", mix.group("ProcessingSoftware", name))
    )


def _device(mix: Vocabulary, kind: str, image: Image) -> str:
    upper = kind[0].upper() + kind[1:]
    return mix.group(
        f"{upper}Capture",
        mix.leaf(f"{kind}Manufacturer", image.make),
        mix.group(f"{upper}Model", mix.leaf(f"{kind}ModelName", image.model)),
    )
