"""Boxes of an MP4 are walked without trust in their sizes."""

import pytest

from avpres.adapters.media.access_boxes import is_fast_start


def box(name, content=b"", size=None):
    return (size if size is not None else 8 + len(content)).to_bytes(4, "big") + name + content


LONG = (1).to_bytes(4, "big") + b"free" + (24).to_bytes(8, "big") + bytes(8)


@pytest.mark.parametrize(
    ("content", "fast"),
    [
        (box(b"ftyp") + box(b"moov") + box(b"mdat"), True),
        (box(b"ftyp") + LONG + box(b"moov") + box(b"mdat", size=0), True),
        (box(b"ftyp") + box(b"mdat", b"moov") + box(b"moov"), False),
        (box(b"ftyp") + box(b"mdat", size=0) + box(b"moov"), False),
        (box(b"ftyp", size=2**32 - 1) + box(b"moov"), False),
        (box(b"free", size=3), False),
        (b"", False),
        (b"\0\0\0\1mdat", False),
    ],
)
def test_the_index_counts_only_before_the_media(tmp_path, content, fast):
    path = tmp_path / "a.mp4"
    path.write_bytes(content)
    assert is_fast_start(path) is fast
