"""Pictures come out as they are meant to be seen, and marks lie whole on every frame."""

from fractions import Fraction

import pytest

from avpres.domain.picture import Place, Raster, Size, fitted, marked, squared

PAL_4_3 = Raster(Size(720, 576), Fraction(16, 15))


@pytest.mark.parametrize(
    ("raster", "seen"),
    [
        (PAL_4_3, (768, 576)),
        (Raster(Size(720, 576), Fraction(64, 45)), (1024, 576)),
        (Raster(Size(720, 480), Fraction(8, 9)), (640, 480)),
        (Raster(Size(1440, 1080), Fraction(4, 3)), (1920, 1080)),
        (Raster(Size(1280, 720), Fraction(1)), (1280, 720)),
        (Raster(Size(1920, 1080)), (1920, 1080)),
        (Raster(Size(721, 401), Fraction(1)), (718, 400)),
        (Raster(Size(720, 576)), (768, 576)),
    ],
)
def test_pixels_become_square(raster, seen):
    size = squared(raster.size, raster.seen())
    assert abs(size.width - seen[0]) <= 2
    assert size.height == seen[1]
    assert size.width % 2 == 0


def test_lines_are_only_ever_taken_away():
    assert squared(Size(1920, 1080), Fraction(16, 9), 576) == Size(1024, 576)
    assert squared(Size(720, 480), Fraction(4, 3), 576) == Size(640, 480)


def test_the_caller_may_know_the_aspect_better():
    assert PAL_4_3.seen(Fraction(16, 9)) == Fraction(16, 9)


def test_a_picture_is_fitted_whole_and_centred():
    box = fitted(Fraction(4, 3), Size(1920, 1080))
    assert (box.x, box.y, box.size) == (240, 0, Size(1440, 1080))
    box = fitted(Fraction(235, 100), Size(1920, 1080))
    assert (box.x, box.size.width) == (0, 1920)
    assert box.size.height + 2 * box.y == 1080


FRAMES = [(768, 576), (1024, 576), (1280, 720), (1440, 1080), (1920, 1080), (640, 480), (90, 160)]


@pytest.mark.parametrize("frame", FRAMES)
@pytest.mark.parametrize("place", list(Place))
@pytest.mark.parametrize("mark", [(300, 100), (100, 300), (1920, 1080), (16, 16)])
def test_a_mark_lies_whole_on_every_frame(frame, place, mark):
    frame, mark = Size(*frame), Size(*mark)
    box = marked(mark, frame, place, 0.5)
    assert 0 <= box.x <= frame.width - box.size.width
    assert 0 <= box.y <= frame.height - box.size.height
    assert box.size.width <= frame.width / 2
    assert box.size.height <= frame.height / 2
    fills = (box.size.width / frame.width, box.size.height / frame.height)
    assert max(fills) == pytest.approx(0.5, abs=0.03)
    if place is Place.CENTRE:
        assert abs(2 * box.x + box.size.width - frame.width) <= 1
        assert abs(2 * box.y + box.size.height - frame.height) <= 1
