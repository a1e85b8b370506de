"""A font is taken only if it has every letter."""

import pytest

from avpres.adapters.media.access_font import choose, fitting
from avpres.domain.errors import UsageError
from avpres.domain.picture import Size


def test_the_font_that_pillow_carries_serves_plain_texts_and_is_placed_once(tmp_path):
    first = choose("Archive 10:00;00 ©", None, tmp_path)
    assert first.parent == tmp_path / "fonts"
    before = first.stat().st_mtime_ns
    assert choose("0123", None, tmp_path) == first
    assert first.stat().st_mtime_ns == before


def test_a_font_that_was_named_is_never_replaced_by_another(tmp_path):
    plain = choose("a", None, tmp_path)
    with pytest.raises(UsageError, match="no letter 'é'"):
        choose("Musée", plain, tmp_path)
    nothing = tmp_path / "no-font.ttf"
    nothing.write_bytes(b"no font")
    with pytest.raises(UsageError, match="no font that can be read"):
        choose("a", nothing, tmp_path)


def test_letters_that_no_font_has_are_refused(tmp_path):
    with pytest.raises(UsageError, match="no font that is here"):
        choose("\U0010fffd", None, tmp_path)


@pytest.mark.parametrize("frame", [(320, 240), (1920, 1080), (90, 160)])
def test_a_text_fits_its_share_of_the_frame(tmp_path, frame):
    font = choose("a", None, tmp_path)
    size, extent = fitting("Reading room only", font, Size(*frame), 0.6)
    assert size >= 1
    assert extent.width <= 0.6 * frame[0] + size
    assert extent.width >= 0.45 * frame[0]
