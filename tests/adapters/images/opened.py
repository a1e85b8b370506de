"""What tests ask of image files: their traits, their pictures, or why they are refused."""

import io

from avpres.adapters.images import opening, probing
from avpres.adapters.images.limits import Limits
from avpres.domain.migration import Unmigratable

LIMITS = Limits(pixels=2**24, frames=60)


def traits_of(data):
    """Give what the headers tell."""
    return probing.probe(io.BytesIO(data), len(data))


def pages_of(data, limits=LIMITS):
    """Give all pictures."""
    return list(opening.pages(memoryview(data), traits_of(data), limits))


def refusal(data, limits=LIMITS):
    """Give the reason for which a file is refused; None if it is read."""
    try:
        pages_of(data, limits)
    except Unmigratable as told:
        return told.reason
    return None


def outcome(data, limits=LIMITS):
    """Give the digests of all pictures, or the reason; any other exception is the test's end."""
    try:
        return tuple(page.raster.digest() for page in pages_of(data, limits))
    except Unmigratable as told:
        return told.reason
