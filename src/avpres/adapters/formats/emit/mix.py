"""MIX 2.0 (ANSI/NISO Z39.87): technical metadata of one still image.

A file with several images is described by its first one; the others follow as whole records
inside `Extension`, the place that the schema keeps for what it does not know.
"""

import re

from avpres.adapters.formats.emit import mix_capture
from avpres.adapters.formats.emit.markup import Vocabulary
from avpres.adapters.formats.emit.quantities import digest_name, ratio
from avpres.domain.description import Description
from avpres.domain.formats import Format
from avpres.domain.technical import Image

NAMESPACE = "http://www.loc.gov/mix/v20"
MIX = Vocabulary("mix", NAMESPACE)

_BYTE_ORDERS = {"big": "big endian", "little": "little endian"}
_UNITS = {
    "no absolute unit of measurement": "no absolute unit of measurement",
    "in.": "in.",
    "in": "in.",
    "inch": "in.",
    "cm": "cm",
    "cm.": "cm",
}
_EXTRA_SAMPLES = (
    "unspecified data",
    "associated alpha data (with pre-multiplied color)",
    "unassociated alpha data",
    "range or depth data",
)
_FLOATING = re.compile(r"float|half|ieee", re.IGNORECASE)


def applies_to(description: Description) -> bool:
    """Say whether there is an image to describe."""
    return bool(description.technical.images)


def write(description: Description) -> bytes:
    """Write the record; without an image it says what is known of the file alone."""
    images = description.technical.images or [Image()]
    first, *others = images
    return MIX.document(
        "mix",
        _file(description, first),
        *_about(description, first),
        *(MIX.node("Extension", MIX.node("mix", *_about(description, image))) for image in others),
    )


def _about(description: Description, image: Image) -> list[str]:
    return [
        _characteristics(image),
        mix_capture.capture(MIX, description, image),
        MIX.group("ImageAssessmentMetadata", _spatial(image), _encoding(description, image)),
        mix_capture.changes(MIX, image),
    ]


def _file(description: Description, image: Image) -> str:
    name = MIX.leaf("objectIdentifierType", "file name")
    name += MIX.leaf("objectIdentifierValue", description.path)
    return MIX.group(
        "BasicDigitalObjectInformation",
        MIX.group("ObjectIdentifier", name if description.path else ""),
        MIX.leaf("fileSize", max(description.size, 0)),
        MIX.group(
            "FormatDesignation",
            MIX.leaf("formatName", description.mime or description.format),
            MIX.leaf("formatVersion", description.version),
        ),
        _registry(description.puid),
        MIX.leaf("byteOrder", _byte_order(image.byte_order)),
        MIX.group("Compression", MIX.leaf("compressionScheme", image.compression)),
        *(_fixity(digest_name(one.algorithm), one.value) for one in description.digests),
    )


def _registry(puid: str) -> str:
    if not puid:
        return ""
    name = MIX.leaf("formatRegistryName", "PRONOM")
    return MIX.group("FormatRegistry", name, MIX.leaf("formatRegistryKey", puid))


def _fixity(algorithm: str, value: str) -> str:
    if not algorithm:
        return ""
    name = MIX.leaf("messageDigestAlgorithm", algorithm)
    return MIX.group("Fixity", name, MIX.leaf("messageDigest", value))


def _byte_order(written: str) -> str:
    return _BYTE_ORDERS.get(re.split(r"[\s-]", written.strip().lower())[0], "")


def _characteristics(image: Image) -> str:
    profile = MIX.group("IccProfile", MIX.leaf("iccProfileName", image.icc_profile))
    colour = MIX.leaf("colorSpace", image.colour_space) + MIX.group("ColorProfile", profile)
    return MIX.group(
        "BasicImageInformation",
        MIX.group(
            "BasicImageCharacteristics",
            MIX.leaf("imageWidth", _above_zero(image.width)),
            MIX.leaf("imageHeight", _above_zero(image.height)),
            MIX.group("PhotometricInterpretation", colour),
        ),
    )


def _spatial(image: Image) -> str:
    return MIX.group(
        "SpatialMetrics",
        MIX.leaf("samplingFrequencyUnit", _UNITS.get(image.resolution_unit.strip().lower())),
        _rational("xSamplingFrequency", image.x_resolution),
        _rational("ySamplingFrequency", image.y_resolution),
    )


def _encoding(description: Description, image: Image) -> str:
    bits = [MIX.leaf("bitsPerSampleValue", value) for value in image.bits_per_sample if value > 0]
    unit = MIX.leaf("bitsPerSampleUnit", _unit(description)) if bits else ""
    return MIX.group(
        "ImageColorEncoding",
        MIX.group("BitsPerSample", *bits, unit),
        MIX.leaf("samplesPerPixel", _above_zero(image.samples_per_pixel)),
        *(MIX.leaf("extraSamples", name) for name in _extra_samples(description, image)),
    )


def _unit(description: Description) -> str:
    """Tell whether samples are numbers with a fraction, as the validator has found it."""
    found = str(description.technical.properties.get("sample_format", ""))
    if not found and description.format == Format.OPENEXR:
        return "floating point"
    return "floating point" if _FLOATING.search(found) else "integer"


def _extra_samples(description: Description, image: Image) -> list[str]:
    named = [_EXTRA_SAMPLES[code] for code in image.extra_samples if 0 <= code <= 3]  # noqa: PLR2004
    if named or not image.has_alpha or description.format != Format.PNG:
        return named
    # PNG's alpha is never multiplied in; palettes with transparency have no sample for it.
    return [_EXTRA_SAMPLES[2]] if image.samples_per_pixel in {2, 4} else []


def _rational(name: str, value: float | None) -> str:
    fraction = ratio(value)
    if fraction is None:
        return ""
    numerator = MIX.leaf("numerator", fraction.numerator)
    return MIX.group(name, numerator, MIX.leaf("denominator", fraction.denominator))


def _above_zero(value: int | None) -> int | None:
    return value if value is not None and value > 0 else None
