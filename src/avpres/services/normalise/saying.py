"""What is said of a picture in every frame of it, before it is encoded."""

from collections.abc import Iterator

from avpres.config.normalise import NormaliseOptions
from avpres.domain.media import MediaStream


def said_in_frames(stream: MediaStream, options: NormaliseOptions) -> Iterator[str]:
    """Say in every frame what was asked for, else the field order that the wrapper tells.

    Many decoders (PNG, HuffYUV, JPEG 2000 …) do not hand the wrapper's field order on.
    """
    if order := options.field_order.value if options.field_order else _told_order(stream):
        yield f"setfield={'prog' if order == 'progressive' else order}"
    if options.aspect:
        yield f"setdar={options.aspect.value.replace(':', '/')}"
    if options.colour:
        primaries, transfer, matrix = _COLOURS[options.colour.value]
        yield f"setparams=color_primaries={primaries}:color_trc={transfer}:colorspace={matrix}"


def _told_order(stream: MediaStream) -> str:
    return next((order for words, order in _ORDERS.items() if words in stream.colour), "")


_ORDERS = {
    "top first": "tff",
    "bottom first": "bff",
    "top coded first (swapped)": "tff",  # `fiel` 9: both fields' lines in turn, the top one earlier
    "bottom coded first (swapped)": "bff",  # `fiel` 14
}

_COLOURS = {
    "bt601-625": ("bt470bg", "bt709", "bt470bg"),
    "bt601-525": ("smpte170m", "bt709", "smpte170m"),
    "bt709": ("bt709", "bt709", "bt709"),
}
