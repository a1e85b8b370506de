"""Decoding still images with Pillow, every frame of them."""

import io
import warnings

from avpres.adapters.validators.examination import Examination
from avpres.adapters.validators.source import Source

MOST_PIXELS = 2**30  # beyond that a frame does not fit into the memory that a worker has
MOST_FRAMES = 100_000


def decode_image(source: Source, exam: Examination) -> None:
    """Decode every frame; what Pillow cannot decode makes the file not well-formed.

    Kinds of images that Pillow does not know at all (some TIFF codecs) are told and left.
    """
    from PIL import Image, UnidentifiedImageError

    Image.MAX_IMAGE_PIXELS = None  # the limit here is our own
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            data = source.data
            with Image.open(io.BytesIO(data) if data is not None else source.path) as image:
                _every_frame(image, exam)
    except UnidentifiedImageError:
        exam.warn("DEEP-NO-DECODER", "not decoded: Pillow does not know this kind of image")
    except Warning as warning:
        exam.broken("DEEP-DECODE", f"Pillow decodes it with a complaint: {warning}")
    except (OSError, ValueError, SyntaxError, EOFError, IndexError, KeyError, TypeError) as error:
        exam.broken("DEEP-DECODE", f"Pillow cannot decode it: {error}")


def _every_frame(image: "object", exam: Examination) -> None:
    from PIL import Image

    if not isinstance(image, Image.Image):
        return
    for frame in range(min(getattr(image, "n_frames", 1), MOST_FRAMES)):
        image.seek(frame)
        if image.width * image.height > MOST_PIXELS:
            exam.warn("DEEP-TOO-LARGE", "not decoded: too large for the memory of a worker")
            return
        image.load()
