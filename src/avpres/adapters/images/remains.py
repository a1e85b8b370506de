"""What follows the pixels of formats whose headers alone tell where these end."""

from avpres.adapters.images.window import Window
from avpres.domain.migration import Reason, Unmigratable

_PADDING = 1 << 24  # bytes, at most
_STRAY = 16  # bytes, such as the end of a line, that may follow any picture


def behind(window: Window, start: int, end: int, row: int) -> bytes:
    """Give the bytes behind the pixels, of which a row takes so many; none where they are padding.

    Raises:
        Unmigratable: they are so many that the header seems to tell of too few rows.
    """
    count, most = max(end - start, 0), max(row, _STRAY)
    rest = window.peek(start, count) if count <= _PADDING + most else b""
    if len(rest) < count or len(rest.strip(b"\0")) > most:
        raise Unmigratable(Reason.DAMAGED, f"{count:,} bytes follow its pixels, as rows would")
    return rest if rest.strip(b"\0") else b""
