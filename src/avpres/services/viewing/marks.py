"""Watermarks and fonts: looked at once, before the first copy is made."""

import hashlib
import os
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from avpres.adapters.media.access_font import choose, fitting
from avpres.adapters.media.access_graph import ImageMark, TextMark
from avpres.config.access import AccessOptions
from avpres.domain.access import AccessProfile
from avpres.domain.errors import UsageError
from avpres.domain.picture import Box, Place, Size, marked

_DIGITS = "0123456789:;"


@dataclass(frozen=True, slots=True)
class Marks:
    """What is laid over every picture of a run. `identity` changes whenever they do.

    In `fonts_folder` the font is put that Pillow carries, if it is needed.
    """

    options: AccessOptions
    fonts_folder: Path
    image: Path | None = None
    size: Size | None = None
    text_font: Path | None = None
    clock_font: Path | None = None
    identity: str = ""

    def image_on(self, frame: Size, pixel_aspect: Fraction) -> ImageMark | None:
        """Place the image on a frame, in its own proportions as they are seen."""
        if self.image is None or self.size is None:
            return None
        seen = Size(max(1, round(frame.width * pixel_aspect)), frame.height)
        options = self.options
        box = marked(self.size, seen, options.watermark_place, options.watermark_size)
        if pixel_aspect != 1:
            width = max(1, int(box.size.width / pixel_aspect))
            box = Box(int(box.x / pixel_aspect), box.y, Size(width, box.size.height))
        return ImageMark(self.image, box, options.opacity)

    def text_on(self, frame: Size) -> TextMark | None:
        """Fit the text to a frame."""
        text, font = self.options.watermark_text, self.text_font
        if text is None or font is None:
            return None
        size, _ = fitting(text, font, frame, self.options.watermark_size)
        at = _at(self.options.watermark_place, frame)
        return TextMark(text, font, size, self.options.opacity, at)


def marks_of(options: AccessOptions, profile: AccessProfile, folder: Path) -> Marks:
    """Look at the image and choose the fonts.

    Raises:
        UsageError: the image cannot be read, no font has the letters, or the profile lacks a mark.
    """
    if profile.needs_mark and not (options.watermark or options.watermark_text):
        raise UsageError(
            f"the profile {profile.name} lays a watermark over the picture; name it with "
            "--watermark IMAGE or --watermark-text TEXT, or in the settings of [access]"
        )
    image = None if options.watermark is None else Path(os.path.abspath(options.watermark))
    size, digest = (None, "") if image is None else _image(image)
    text = options.watermark_text
    return Marks(
        options,
        folder,
        image,
        size,
        text_font=choose(text, options.font, folder) if text else None,
        clock_font=choose(_DIGITS, options.font, folder) if profile.timecode else None,
        identity=digest,
    )


def _image(path: Path) -> tuple[Size, str]:
    try:
        with Image.open(path) as image:
            image.load()
            size = Size(*image.size)
        return size, hashlib.sha256(path.read_bytes()).hexdigest()
    except (OSError, UnidentifiedImageError, Image.DecompressionBombError, SyntaxError) as error:
        raise UsageError(f"{path}: no image that can be read ({error}); name another") from error


def _at(place: Place, frame: Size) -> tuple[str, str]:
    if place is Place.CENTRE:
        return "(w-tw)/2", "(h-th)/2"
    margin = frame.width // 25
    vertical, _, horizontal = place.value.partition("-")
    return (
        str(margin) if horizontal == "left" else f"w-tw-{margin}",
        str(margin) if vertical == "top" else f"h-th-{margin}",
    )
