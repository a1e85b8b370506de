"""What a page says of itself in a clean TIFF: baseline tags, profile, metadata, resolution."""

import numpy as np

from avpres.adapters.images import tiff_words as words
from avpres.adapters.images.raster import Embedded, Page, Palette, Raster
from avpres.adapters.transcoding.tiff_entries import (
    BYTE,
    LONG,
    SHORT,
    UNDEFINED,
    Entry,
    Output,
)
from avpres.adapters.transcoding.tiff_exif import entries_of, values_of
from avpres.adapters.transcoding.tiff_strips import Compression, is_predicted, rows_of
from avpres.adapters.transcoding.tiff_texts import texts_of
from avpres.domain.imaging import Alpha, Colour
from avpres.domain.migration import Reason, Unmigratable

INCH, CENTIMETRE = 2, 3
PER_METRE = {INCH: (254, 10000), CENTIMETRE: (1, 100)}  # the unit in metres, as a fraction
KINDS = {"reduced": 1, "page": 2, "mask": 4}  # NewSubfileType
PHOTOMETRICS = {Colour.GREY: 1, Colour.RGB: 2, Colour.PALETTE: 3, Colour.CMYK: 5, Colour.LAB: 8}
REFUSED = {Colour.YCBCR: Reason.YCBCR, Colour.YCCK: Reason.YCCK, Colour.LOGLUV: Reason.FLOAT}
FORMATS = {"u": 1, "b": 1, "i": 2, "f": 3, "c": 6}  # SampleFormat
EXTRA = {Alpha.ASSOCIATED: 1, Alpha.UNASSOCIATED: 2}
MOST_INDEX = 16  # bits of an index
RESOLUTIONS = {words.X_RESOLUTION, words.Y_RESOLUTION, words.RESOLUTION_UNIT}
LABS = {8, 9, 10}  # PhotometricInterpretation
LAB_BITS = {8, 16}


def stored(raster: Raster) -> Raster:
    """Give a picture as TIFF holds it: a palette has 16 bits, and an entry for every index.

    Raises:
        Unmigratable: TIFF has no place for its opacity, or its indices are too deep.
    """
    palette = raster.palette
    if palette is None:
        return raster
    if palette.entries.shape[1] != 3 or raster.bits[0] > MOST_INDEX:  # noqa: PLR2004 - R, G, B
        said = "the opacity of its palette has no place in TIFF"
        raise Unmigratable(Reason.METADATA_LOST, said)
    entries = np.zeros((1 << raster.bits[0], 3), np.uint16)
    scaled = palette.entries.astype(np.uint32) * 65535 // ((1 << palette.bits) - 1)
    entries[: len(scaled)] = scaled[: len(entries)]
    return Raster(
        *(raster.samples, raster.bits, raster.colour, raster.alpha, Palette(entries, 16)),
        raster.notes,
    )


def entries_for(page: Page, output: Output, compression: Compression) -> list[Entry]:
    """Make the entries of a page, but for those that tell where its strips are.

    Raises:
        Unmigratable: its colours are of a kind that is not written.
    """
    raster = page.raster
    found = [*_baseline(page, output, compression), *_colours(page, output)]
    found += _resolution(page, output)
    found += _metadata(page, output)
    kinds = [FORMATS[raster.samples.dtype.kind]] * raster.channels
    if kinds[0] != 1:
        found.append(output.numbers(words.SAMPLE_FORMAT, SHORT, *kinds))
    return found


def _baseline(page: Page, output: Output, compression: Compression) -> list[Entry]:
    raster, numbers = page.raster, output.numbers
    is_unlike = page.kind == "mask" and raster.bits != (1,)  # TIFF 6.0 has no such masks
    found = [
        numbers(words.NEW_SUBFILE_TYPE, LONG, 0 if is_unlike else KINDS.get(page.kind, 0)),
        numbers(words.WIDTH, LONG, raster.width),
        numbers(words.HEIGHT, LONG, raster.height),
        numbers(words.BITS, SHORT, *raster.bits),
        numbers(words.COMPRESSION, SHORT, 8 if compression == "deflate" else 1),
        numbers(words.SAMPLES, SHORT, raster.channels),
        numbers(words.ROWS_PER_STRIP, LONG, rows_of(raster)),
        numbers(words.PLANAR, SHORT, 1),
    ]
    told = page.embedded.exif and (0, words.ORIENTATION) in values_of(page.embedded.exif)
    if page.orientation != 1 or told:
        found.append(numbers(words.ORIENTATION, SHORT, page.orientation))
    if is_predicted(raster, compression):
        found.append(numbers(words.PREDICTOR, SHORT, 2))
    return found


def _colours(page: Page, output: Output) -> list[Entry]:
    raster, told = page.raster, dict(page.told)
    if raster.colour not in PHOTOMETRICS:
        raise Unmigratable(REFUSED.get(raster.colour, Reason.UNDEFINED_COLOUR))
    lab = told.get("photometric")
    photometric = lab if raster.colour is Colour.LAB and lab in LABS else None
    if raster.colour is Colour.LAB and not set(raster.bits) <= LAB_BITS:
        raise Unmigratable(Reason.BITS, f"CIELAB of {raster.bits[0]} bits; TIFF knows 8 and 16")
    if page.kind == "mask" and raster.bits == (1,):
        photometric = words.MASK
    value = photometric if isinstance(photometric, int) else PHOTOMETRICS[raster.colour]
    found = [output.numbers(words.PHOTOMETRIC, SHORT, value)]
    beyond = raster.channels - words.COLOUR_CHANNELS.get(raster.colour, 3)
    if beyond < 0:
        said = f"{raster.channels} channels of {raster.colour}"
        raise Unmigratable(Reason.UNDEFINED_COLOUR, said)
    if beyond and raster.palette is not None:
        raise Unmigratable(Reason.MULTI_ALPHA, "beside a palette, where TIFF has none")
    if beyond:
        found.append(output.numbers(words.EXTRA_SAMPLES, SHORT, *_extra(page, beyond)))
    if raster.palette is not None:
        planes = raster.palette.entries.T.reshape(-1).tolist()
        found.append(output.numbers(words.COLOUR_MAP, SHORT, *planes))
    return found


def _extra(page: Page, beyond: int) -> tuple[int, ...]:
    """Say what the channels beyond the colours are; where none tells, the last may be opacity."""
    told = dict(page.told).get("extra_samples")
    if isinstance(told, list | tuple) and len(told) == beyond:
        return tuple(told)
    return (0,) * (beyond - 1) + (EXTRA.get(page.raster.alpha, 0),)


def _resolution(page: Page, output: Output) -> list[Entry]:
    """Tell the resolution in inches or centimetres, whichever holds it exactly."""
    if page.embedded.resolution is None:
        return []
    for unit, (above, below) in PER_METRE.items():
        try:
            found = [
                output.fraction(tag, value * above / below)
                for tag, value in zip(
                    (words.X_RESOLUTION, words.Y_RESOLUTION), page.embedded.resolution, strict=True
                )
            ]
        except ValueError:
            continue
        return [*found, output.numbers(words.RESOLUTION_UNIT, SHORT, unit)]
    raise Unmigratable(Reason.METADATA_LOST, "TIFF does not hold its resolution exactly")


def settled(embedded: Embedded) -> set[int]:
    """Name the tags of Exif's first directory that the page tells in its own way."""
    texts = {each.tag for each in texts_of(embedded)}
    return texts | {words.ORIENTATION} | (RESOLUTIONS if embedded.resolution else set())


def _metadata(page: Page, output: Output) -> list[Entry]:
    embedded = page.embedded
    blocks = (
        (words.XMP, BYTE, embedded.xmp),
        (words.IPTC, UNDEFINED, embedded.iptc),
        (words.ICC, UNDEFINED, embedded.icc),
    )
    found = [Entry(tag, kind, value) for tag, kind, value in blocks if value]
    found += texts_of(embedded)
    if embedded.exif:
        taken = settled(embedded)
        found += [each for each in entries_of(embedded.exif, output) if each.tag not in taken]
    return found
