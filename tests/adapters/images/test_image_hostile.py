"""Image files made to do harm: a reason or pictures, quickly, and nothing else."""

import io
import struct
import time
from contextlib import suppress

import numpy as np
import pytest
from bmp_maker import bmp
from gif_maker import GifFrame, gif
from hypothesis import given, settings
from hypothesis import strategies as st
from jpeg_maker import jpeg, photo, segment, with_segments
from opened import LIMITS, outcome, refusal, traits_of
from png_maker import png
from simple_makers import pcx, tga

from avpres.adapters.images import opening, probing
from avpres.adapters.images.limits import Limits
from avpres.domain.imaging import ImageFormat
from avpres.domain.migration import Reason, Unmigratable

RANDOM = np.random.default_rng(21)
PALETTE = RANDOM.integers(0, 256, (16, 3))
INDICES = RANDOM.integers(0, 16, (6, 7)).astype(np.uint8)
SAMPLES = {
    "bmp": bmp(INDICES, 4, palette=PALETTE, rle=4),
    "gif": gif(
        [GifFrame(INDICES, disposal=2), GifFrame(INDICES[:3, :4], 1, 2, transparent=1)],
        palette=PALETTE,
        loops=1,
    ),
    "jpeg": jpeg(photo(19, 13), quality=40),
    "jpeg progressive": jpeg(photo(19, 13), quality=40, progressive=True),
    "pcx": pcx(RANDOM.integers(0, 256, (4, 3, 6)), 8),
    "png": png(RANDOM.integers(0, 65536, (4, 5, 3)), 16, 2, interlaced=True, filter="all"),
    "pnm": b"P6\n# note\n5 4\n255\n" + bytes(range(60)),
    "tga": tga(RANDOM.integers(0, 256, (4, 5, 4)).astype(np.uint8), 2, 32, attributes=8),
}


@pytest.mark.parametrize("name", SAMPLES)
def test_each_format_is_told_by_its_content(name):
    assert traits_of(SAMPLES[name]).format is ImageFormat[name.split()[0].upper()]


@settings(max_examples=60, derandomize=True)
@given(
    st.sampled_from(sorted(SAMPLES)),
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 6), st.binary(max_size=6)), max_size=5),
)
def test_any_splice_gives_pictures_or_a_reason(name, splices):
    data = SAMPLES[name]
    for share, length, bytes_ in splices:
        place = int(share * len(data))
        data = data[:place] + bytes_ + data[place + length :]
    outcome(data)


@settings(max_examples=100, derandomize=True)
@given(
    st.sampled_from([b"", b"GIF89a", b"\xff\xd8\xff", b"BM", b"P5 ", b"P7\n", b"\n\5\1\x08"]),
    st.binary(max_size=200),
)
def test_any_bytes_behind_a_mark_give_pictures_or_a_reason(mark, rest):
    outcome(mark + rest)


@pytest.mark.parametrize("name", SAMPLES)
def test_what_a_probe_told_may_have_changed_meanwhile(name):
    """The file may be another when it is opened; its own headers then count."""
    traits = traits_of(SAMPLES[name])
    for other in SAMPLES.values():
        with suppress(Unmigratable):
            list(opening.pages(memoryview(other), traits, LIMITS))


@pytest.mark.parametrize("name", SAMPLES)
def test_a_file_that_became_shorter_ends_in_nothing_else(name):
    data = SAMPLES[name]
    with suppress(Unmigratable):
        probing.probe(io.BytesIO(data[: len(data) // 2]), len(data))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (with_segments(SAMPLES["jpeg"], *[segment(0xFE, b"")] * 100_000), Reason.DAMAGED),
        (b"\xff\xd8" + b"\xff" * 3_000_000 + SAMPLES["jpeg"][2:], Reason.DAMAGED),
        (SAMPLES["gif"][:61] + b"!\xfe\0" * 1_000_000 + SAMPLES["gif"][61:], Reason.TOO_LARGE),
        (b"P4 1 1\n\0" * 100_001, Reason.FRAMES),
        (b"P5 #" + b" " * 3_000_000, Reason.DAMAGED),
    ],
    ids=["segments", "fill bytes", "empty comments", "pictures", "a comment"],
)
def test_what_never_comes_to_an_end_is_left_early(data, reason):
    start = time.process_time()
    assert refusal(data) is reason
    assert time.process_time() - start < 5


def test_limits_are_held_against_every_picture():
    data = SAMPLES["gif"]
    assert refusal(data, Limits(pixels=41, frames=60)) is Reason.TOO_LARGE
    assert refusal(data, Limits(pixels=42, frames=1)) is Reason.FRAMES
    assert refusal(data, Limits(pixels=42, frames=2)) is None
    second = b"P5 9 9 255\n" + bytes(81)
    assert refusal(b"P5 1 1 255\n\0" + second, Limits(pixels=80)) is Reason.TOO_LARGE


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", Reason.EMPTY),
        (b"FUJIFILMCCD-RAW 0201", Reason.RAW_CAMERA),
        (b"II*\0\x10\0\0\0CR\2\0", Reason.RAW_CAMERA),
        (b"%PDF-1.7", Reason.UNKNOWN_FORMAT),
        (b"\0" * 100, Reason.UNKNOWN_FORMAT),
        (struct.pack("<2sIHHII", b"BM", 100, 0, 0, 54, 41) + bytes(90), Reason.DAMAGED),
        (b"BM is a make of motor cars", Reason.UNKNOWN_FORMAT),
        (b"P5 has a red door", Reason.UNKNOWN_FORMAT),
    ],
)
def test_what_is_no_image_is_told(data, reason):
    assert refusal(data) is reason
