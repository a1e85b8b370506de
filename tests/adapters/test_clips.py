"""Reading AVI: whatever the bytes are, pieces are the whole file or nothing."""

from io import BytesIO

import clip_maker as make
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from avpres.adapters.clips.avi import pieces, read_clip
from avpres.domain.clip import Piece
from avpres.domain.scan import UncodableScan


@pytest.mark.parametrize("size", [0, 4, 12, 60, 200, 400])
def test_a_header_that_breaks_off_is_uncodable(size):
    data = make.avi()[:size]
    with pytest.raises(UncodableScan):
        read_clip(BytesIO(data), len(data))


@settings(deadline=None, derandomize=True, max_examples=300)
@given(
    st.lists(st.tuples(st.integers(0, 1600), st.integers(0, 255)), max_size=4),
    st.integers(0, 4000),
)
def test_changed_bytes_never_do_more_than_to_be_told(changes, cut):
    data = bytearray(make.avi(width=6, height=2, count=3, junk=8, sounds=((1, 2, 16),)))
    for at, value in changes:
        data[at % len(data)] = value
    data = data[: len(data) - cut % 500]
    handle = BytesIO(data)
    try:
        clip = read_clip(handle, len(data))
    except UncodableScan:
        return
    end = 0
    found = list(pieces(handle, len(data), clip))
    for piece in found:
        assert piece.at == end
        assert Piece.from_text(piece.as_text()) == piece
        end += piece.extent
    assert end == len(data)
    assert len(found) == clip.frames
    kept = sum(hole.size for piece in found for hole in piece.holes)
    assert kept == sum(stream.sound.size for stream in clip.streams)


def test_a_sound_in_tiny_pieces_is_no_attack_on_memory():
    data = make.avi(width=6, height=2, count=1, sounds=((1, 1, 8),))
    many = data + make.chunk(b"01wb", b"ab") * 5000
    with pytest.raises(UncodableScan):
        read_clip(BytesIO(many), len(many))
