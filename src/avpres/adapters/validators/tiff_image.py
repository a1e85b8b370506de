"""A TIFF image in the words of MIX 2.0."""

from avpres.adapters.validators import icc
from avpres.adapters.validators.exif import iso_date
from avpres.adapters.validators.tiff_layout import Pieces
from avpres.adapters.validators.tiff_reader import Directory
from avpres.adapters.validators.tiff_values import COMPRESSIONS, PHOTOMETRICS, UNITS
from avpres.domain.technical import Image

_TEXTS = {
    269: "document_name",
    270: "description",
    285: "page_name",
    316: "host_computer",
    32781: "image_id",
    33432: "copyright",
    50708: "camera_model",
    50735: "camera_serial_number",
}
_NUMBERS = {
    254: "new_subfile_type",
    266: "fill_order",
    278: "rows_per_strip",
    284: "planar_configuration",
    297: "page_number",
    317: "predictor",
    322: "tile_width",
    323: "tile_length",
    339: "sample_format",
    530: "ycbcr_subsampling",
    531: "ycbcr_positioning",
    34735: "geo_keys",
    50706: "dng_version",
}
_EXIF = {
    33434: "exposure_time",
    33437: "f_number",
    34855: "iso_speed",
    37386: "focal_length",
    40961: "colour_space",
}
_MOST_VALUES = 64  # of one tag, in the properties
_MOST_SAMPLES = 64  # bits per sample that are listed


def image_of(found: Directory, exif: Directory | None) -> Image:
    """Describe one image; its Exif directory adds when the picture was taken."""
    samples = found.whole(277, 1) or 1
    bits = tuple(int(bit) for bit in found.numbers(258, _MOST_SAMPLES)) or (1,)
    if len(bits) < samples:
        bits = bits[:1] * min(samples, _MOST_SAMPLES)
    extra = tuple(int(number) for number in found.numbers(338, _MOST_SAMPLES))
    photometric, turned = found.whole(262), found.whole(274)
    across, down = found.numbers(282, 1), found.numbers(283, 1)
    return Image(
        width=found.whole(256),
        height=found.whole(257),
        bits_per_sample=bits,
        samples_per_pixel=samples,
        colour_space=PHOTOMETRICS.get(-1 if photometric is None else photometric, ""),
        compression=COMPRESSIONS.get(found.whole(259, 1) or 0, ""),
        byte_order="big endian" if found.reader.order == ">" else "little endian",
        orientation=turned if turned is not None and 1 <= turned <= 8 else None,
        x_resolution=float(across[0]) if across else None,
        y_resolution=float(down[0]) if down else None,
        resolution_unit=UNITS.get(found.whole(296, 2) or 0, "") if across or down else "",
        icc_profile=_profile(found),
        extra_samples=extra,
        has_alpha=bool({1, 2} & set(extra)),
        created=_created(found, exif),
        make=found.text(271),
        model=found.text(272),
        software=found.text(305),
        artist=found.text(315),
    )


def properties_of(
    found: Directory, exif: Directory | None, pieces: Pieces | None
) -> dict[str, object]:
    """Give what MIX has no place for, of the first image."""
    given: dict[str, object] = {}
    for tag, name in _TEXTS.items():
        if tag in found.entries and (text := found.text(tag)):
            given[name] = text
    for tag, name in _NUMBERS.items():
        if tag in found.entries and (numbers := found.numbers(tag, _MOST_VALUES)):
            given[name] = numbers[0] if len(numbers) == 1 else list(numbers)
    if pieces is not None:
        given["tiles" if pieces.tiled else "strips"] = len(pieces.offsets)
    if exif is not None:
        given["exif"] = _exif(exif)
    return given


def _exif(found: Directory) -> dict[str, object]:
    given: dict[str, object] = {}
    version = found.raw(36864, 4)
    if version.isdigit():
        given["version"] = version.decode()
    for tag, name in _EXIF.items():
        if numbers := found.numbers(tag, 1):
            given[name] = numbers[0]
    return given


def _profile(found: Directory) -> str:
    if 34675 not in found.entries:
        return ""
    return icc.description(found.raw(34675, 1024 * 1024))


def _created(found: Directory, exif: Directory | None) -> str:
    taken = iso_date(exif.text(36867)) if exif is not None else ""
    return taken or iso_date(found.text(306))
