"""One JPEG image, decoded by libjpeg-turbo and judged by others."""

from collections.abc import Callable
from typing import Any

import imagecodecs
import numpy as np

from avpres.adapters.images import jpeg_apps, jpeg_damage, jpeg_second, pillow
from avpres.adapters.images.jpeg_apps import Apps
from avpres.adapters.images.jpeg_segments import ARITHMETIC, LOSSLESS, Header, bare
from avpres.adapters.images.raster import ALONE, Raster, Samples
from avpres.domain.imaging import Colour
from avpres.domain.migration import Reason, Unmigratable

_MODES = {Colour.GREY: "L", Colour.RGB: "RGB", Colour.YCBCR: "RGB"}
_FOUR = {Colour.CMYK, Colour.YCCK}

Decoded = tuple[Raster, tuple[str, ...]]


def decode(data: bytes, header: Header, apps: Apps) -> Decoded:
    """Give the samples of one image and who agreed on them.

    Raises:
        Unmigratable: it is damaged, of a kind that is not proved, or read differently.
    """
    colour = jpeg_apps.colour(header, apps)
    if colour is Colour.YCBCR and apps.jfif and apps.adobe == 0:
        raise Unmigratable(Reason.UNDEFINED_COLOUR, "JFIF tells of YCbCr, and Adobe of RGB")
    if header.marker in ARITHMETIC:
        raise Unmigratable(Reason.ARITHMETIC)
    jpeg_damage.check_segments(data)
    data = bare(data, header)
    if header.marker in LOSSLESS:
        return _lossless(data, header, colour)
    if header.precision != 8:
        return _deep(data, header, colour)
    strict = jpeg_damage.decoded_strictly(data, header)
    samples = _by_pillow(data, header, colour)
    if not np.array_equal(samples, _uninverted(strict, colour, apps)):
        _agree_with_newer(data, samples)
    del strict  # it is as large as the samples
    jpeg_damage.check_end(data)
    raster = Raster(samples, (8,) * samples.shape[2], _shown(colour))
    raster = raster.noted(*_notes(header, colour, apps))
    if colour in _FOUR:
        return raster.noted(ALONE), (_pillow(),)
    planes = jpeg_second.planes(data, header, is_rgb=colour is Colour.RGB)
    if planes is None:
        return raster.noted(ALONE), (_pillow(),)
    jpeg_second.agree(planes, header, _reference(data, header, colour, samples))
    return raster, (_pillow(), _ffmpeg())


def _by_pillow(data: bytes, header: Header, colour: Colour) -> Samples:
    try:
        with pillow.opened(data, "JPEG") as image:
            if image.mode != _MODES.get(colour, "CMYK") or image.size != (
                header.width,
                header.height,
            ):
                raise Unmigratable(Reason.DECODERS_DISAGREE, f"Pillow takes it for {image.mode}")
            found = np.asarray(image)
    except pillow.FAULTS as error:
        raise Unmigratable(Reason.DECODER_ERROR, f"Pillow: {error}") from error
    return np.ascontiguousarray(found.reshape(header.height, header.width, -1))


def _agree_with_newer(data: bytes, samples: Samples) -> None:
    """Ask another libjpeg-turbo: qpdf's may be older, and repeat what newer ones sample up."""
    try:
        found: Any = imagecodecs.jpeg8_decode(data)
    except (imagecodecs.Jpeg8Error, ValueError, RuntimeError) as error:
        raise Unmigratable(Reason.SECOND_DECODER_ERROR, f"libjpeg-turbo: {error}") from error
    if not np.array_equal(found.reshape(samples.shape), samples):
        raise Unmigratable(Reason.DECODERS_DISAGREE, "libjpeg-turbo, of two versions")


def _uninverted(samples: Samples, colour: Colour, apps: Apps) -> Samples:
    """Turn CMYK about as Pillow does for Adobe's files, where 0 is full ink."""
    return 255 - samples if colour in _FOUR and apps.adobe is not None else samples


def _reference(data: bytes, header: Header, colour: Colour, samples: Samples) -> Samples:
    """Give what FFmpeg's planes are held against: YCbCr before it became RGB."""
    if colour is not Colour.YCBCR:
        return samples
    try:
        found: Any = imagecodecs.jpeg8_decode(data, outcolorspace="YCBCR")
    except (imagecodecs.Jpeg8Error, ValueError, RuntimeError) as error:
        raise Unmigratable(Reason.SECOND_DECODER_ERROR, f"libjpeg-turbo: {error}") from error
    reference: Samples = found.reshape(header.height, header.width, len(header.components))
    return reference


def _lossless(data: bytes, header: Header, colour: Colour) -> Decoded:
    """Decode predicted samples by libjpeg-turbo and by liblj92, which must agree on every one."""
    first = _plain(imagecodecs.jpeg8_decode, data, header)
    second = _plain(imagecodecs.ljpeg_decode, data, header)
    if not np.array_equal(first, second):
        raise Unmigratable(Reason.DECODERS_DISAGREE, "libjpeg-turbo and liblj92")
    raster = Raster(first, (header.precision,) * first.shape[2], _shown(colour))
    return raster, (str(imagecodecs.jpeg8_version()), str(imagecodecs.ljpeg_version()))


def _deep(data: bytes, header: Header, colour: Colour) -> Decoded:
    """Decode 12 bits, which libjpeg-turbo reads alone; its warnings are not heard."""
    jpeg_damage.check_codes(data, header)
    samples = _plain(imagecodecs.jpeg8_decode, data, header)
    raster = Raster(samples, (header.precision,) * samples.shape[2], _shown(colour))
    notes = (*_notes(header, colour, Apps()), ALONE)
    return raster.noted(*notes), (str(imagecodecs.jpeg8_version()),)


def _plain(decoder: Callable[[bytes], Any], data: bytes, header: Header) -> Samples:
    try:
        found = np.asarray(decoder(data))
    except (imagecodecs.Jpeg8Error, imagecodecs.LjpegError, ValueError, RuntimeError) as error:
        raise Unmigratable(Reason.DECODER_ERROR, str(error)) from error
    shape = (header.height, header.width, len(header.components))
    if found.size != shape[0] * shape[1] * shape[2]:
        raise Unmigratable(Reason.DECODER_ERROR, "another number of samples than its frame tells")
    return np.ascontiguousarray(found.reshape(shape))


def _shown(colour: Colour) -> Colour:
    return {Colour.YCBCR: Colour.RGB, Colour.YCCK: Colour.CMYK}.get(colour, colour)


def _notes(header: Header, colour: Colour, apps: Apps) -> tuple[str, ...]:
    notes = []
    if colour in {Colour.YCBCR, Colour.YCCK}:
        notes.append(f"{colour} converted by libjpeg-turbo, ISLOW, fancy upsampling")
    if colour in _FOUR and apps.adobe is not None:
        notes.append("inverted as Adobe's CMYK is")
    if len({(part.across, part.down) for part in header.components}) > 1:
        notes.append("colours sampled up")
    return tuple(notes)


def _pillow() -> str:
    import PIL
    from PIL import features

    return f"Pillow {PIL.__version__} (libjpeg-turbo {features.version('libjpeg_turbo')})"


def _ffmpeg() -> str:
    import av

    codec = ".".join(map(str, av.library_versions["libavcodec"]))
    return f"FFmpeg mjpeg (libavcodec {codec})"
