"""GIF: indices or composited frames, as giflib and FFmpeg see them; damage and hostile sizes."""

import itertools
import re
import struct

import numpy as np
import pytest
from gif_maker import GifFrame, application, comment, gif, sub_blocks, xmp
from opened import outcome, pages_of, refusal, traits_of

from avpres.adapters.images.limits import Limits
from avpres.domain.imaging import Alpha, Colour
from avpres.domain.migration import Reason

RANDOM = np.random.default_rng(7)
CODES = [int(each) for each in RANDOM.integers(0, 16, 64)]
PALETTE = RANDOM.integers(0, 256, (16, 3))


@pytest.mark.parametrize("interlaced", [False, True])
@pytest.mark.parametrize("transparent", [None, 0, 1])
@pytest.mark.parametrize("is_local", [False, True])
@pytest.mark.parametrize("count", [2, 3, 16, 100, 256])
def test_every_index_and_colour_comes_back(count, is_local, transparent, interlaced):
    palette = RANDOM.integers(0, 256, (count, 3))
    indices = RANDOM.integers(0, count, (13, 17)).astype(np.uint8)
    frame = GifFrame(indices, palette=palette if is_local else None, interlaced=interlaced)
    frame.transparent = transparent
    (page,) = pages_of(gif([frame], palette=None if is_local else palette))
    raster = page.raster
    assert np.array_equal(raster.samples[:, :, 0], indices)
    assert np.array_equal(raster.palette.entries[:count, :3], palette)
    assert raster.bits == ((len(raster.palette.entries) - 1).bit_length(),)
    assert (raster.alpha is Alpha.INDEX) == (transparent is not None)
    if transparent is not None:
        hidden = raster.palette.entries[:, 3] == 0
        assert list(np.flatnonzero(hidden)) == [transparent]
    assert len(page.decoders) == 2


@pytest.mark.parametrize("transparent", [None, 5])
@pytest.mark.parametrize("disposals", list(itertools.product((None, 1, 2, 3), repeat=3)))
def test_frames_are_composited_as_a_plain_painter_does(disposals, transparent):
    frames = [_frame(number, each, transparent) for number, each in enumerate(disposals)]
    data = gif(frames, screen=(14, 12), palette=PALETTE, loops=4, background=3)
    pages = pages_of(data)
    assert len(pages) == 3
    for page, wanted in zip(pages, _painted(frames), strict=True):
        seen = page.raster.samples
        if seen.shape[2] == 3:
            assert (wanted[:, :, 3] == 255).all()
            assert np.array_equal(seen, wanted[:, :, :3])
        else:
            assert np.array_equal(seen, wanted)
    told = dict(pages[0].told)
    assert told["loop"] == 4
    assert [dict(page.told)["delay"] for page in pages] == [0, 10, 20]
    assert [dict(page.told)["disposal"] for page in pages] == [each or 0 for each in disposals]


def test_images_without_graphic_controls_are_painted_over_each_other():
    tiles = [((12, 14), 0, 0), ((5, 7), 0, 0), ((5, 7), 7, 3)]
    frames = [
        GifFrame(RANDOM.integers(0, 16, size).astype(np.uint8), left, top)
        for size, left, top in tiles
    ]
    pages = pages_of(gif(frames, palette=PALETTE))
    assert len(pages) == 3
    for page, wanted in zip(pages, _painted(frames), strict=True):
        assert np.array_equal(page.raster.samples, wanted[:, :, :3])


def test_extensions_that_paint_nothing_are_kept_whatever_they_are():
    frame = GifFrame(np.zeros((4, 5), np.uint8), transparent=1)
    between = b"!\xce" + sub_blocks(b"of a later version")
    (page,) = pages_of(gif([frame], palette=PALETTE).replace(b",", between + b",", 1))
    assert dict(page.embedded.others) == {"gif:extension-0xce": b"of a later version"}
    assert page.raster.alpha is Alpha.INDEX
    painted = gif([frame], palette=PALETTE, before=b"!\x77" + sub_blocks(b"a line"))
    assert refusal(painted) is Reason.DAMAGED


@pytest.mark.parametrize("between", [comment(b"note"), b"!\xfe\0"], ids=["a note", "an empty one"])
def test_a_comment_between_control_and_image_changes_nothing(between):
    frames = [_frame(number, 1, 5) for number in range(3)]
    data = gif(frames, screen=(14, 12), palette=PALETTE)
    control = re.compile(rb"(!\xf9\x04....\x00),", re.DOTALL)
    parted = control.sub(lambda found: found[1] + between + b",", data)
    assert parted != data
    assert outcome(parted) == outcome(data)


def test_one_frame_smaller_than_its_screen_is_seen_on_it():
    frame = GifFrame(np.full((3, 4), 2, np.uint8), left=2, top=1)
    (page,) = pages_of(gif([frame], screen=(10, 8), palette=PALETTE))
    assert page.raster.samples.shape == (8, 10, 4)
    assert page.raster.alpha is Alpha.UNASSOCIATED
    assert int((page.raster.samples[:, :, 3] == 255).sum()) == 12
    assert dict(page.told)["offset"] == (2, 1)


def test_headers_tell_frames_transparency_and_sizes():
    frames = [_frame(number, 2, 5) for number in range(3)]
    traits = traits_of(gif(frames, screen=(14, 12), palette=PALETTE, loops=0))
    assert (traits.frames, traits.width, traits.height) == (3, 14, 12)
    assert (traits.colour, traits.bits, traits.alpha) == (Colour.PALETTE, (4,), Alpha.INDEX)
    assert {"animated", "partial", "disposal", "loop"} <= traits.flags


def test_what_stands_beside_the_picture_is_kept():
    packet = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'/>"
    before = comment(b"a view") + xmp(packet) + application(b"ICCRGBG1012", b"no profile")
    before += application(b"WHATEVER1.0", b"kept")
    data = gif(
        [GifFrame(np.zeros((4, 4), np.uint8))], palette=PALETTE, before=before, after=b"tail"
    )
    (page,) = pages_of(data)
    others = dict(page.embedded.others)
    assert page.embedded.xmp == packet
    assert page.embedded.icc == b"no profile"
    assert others["comment"] == b"a view"
    assert others["gif:WHATEVER1.0"] == b"kept"
    assert others["trailing"] == b"tail"
    assert traits_of(data).metadata == {"comment", "xmp", "other"}


def test_another_gif_behind_the_first_is_kept_as_bytes():
    frames = [_frame(number, 1, None) for number in range(2)]
    one = gif(frames, screen=(14, 12), palette=PALETTE)
    pages = pages_of(one + one)
    assert len(pages) == 2
    assert dict(pages[0].embedded.others)["trailing"] == one


def test_more_frames_than_allowed_are_refused_and_counted_fast():
    one = gif([GifFrame(np.zeros((1, 1), np.uint8))], palette=PALETTE)
    body = one[13 + 48 : -1]
    data = one[: 13 + 48] + body * 100_000 + b";"
    assert traits_of(data).frames == 100_000
    assert refusal(data) is Reason.FRAMES


def test_claimed_sizes_are_refused_before_memory_is_taken():
    data = gif([GifFrame(np.zeros((1, 1), np.uint8))], palette=PALETTE)
    huge = data[:6] + struct.pack("<HH", 65535, 65535) + data[10:]
    assert refusal(huge) is Reason.TOO_LARGE
    large = data[:6] + struct.pack("<HH", 16000, 16000) + data[10:]
    assert refusal(large, Limits()) is Reason.TOO_LARGE
    place = 13 + 48 + 1
    frame = large[:place] + struct.pack("<HHHH", 0, 0, 16000, 16000) + large[place + 8 :]
    assert refusal(frame, Limits()) is Reason.DAMAGED


@pytest.mark.parametrize(
    ("frames", "palette", "reason"),
    [
        ([GifFrame(np.zeros((4, 4), np.uint8))], None, Reason.UNDEFINED_COLOUR),
        ([GifFrame(np.full((4, 4), 3, np.uint8), palette=PALETTE[:2])], None, Reason.DAMAGED),
        ([GifFrame(np.zeros((4, 4), np.uint8), left=90)], PALETTE, Reason.DAMAGED),
    ],
    ids=["no colour table", "an index beyond it", "outside of the screen"],
)
def test_what_decoders_show_differently_is_refused(frames, palette, reason):
    screen = (20, 20) if frames[0].left else None
    assert refusal(gif(frames, screen=screen, palette=palette)) is reason


@pytest.mark.parametrize(
    ("codes", "extra", "reason"),
    [
        ([16, *CODES, 17], b"", None),
        ([16, *CODES], b"", None),
        ([*CODES, 17], b"", None),
        ([16, 16, *CODES, 17], b"", None),
        ([16, *CODES, 17], b"more" * 100, None),
        ([16, *CODES[:-1], 17], b"", Reason.DAMAGED),
        ([16, *CODES, 3, 17], b"", Reason.DAMAGED),
        ([16, *CODES[:30], 60, *CODES[31:], 17], b"", Reason.DAMAGED),
        ([16, 19, *CODES[1:], 17], b"", Reason.DAMAGED),
    ],
    ids=[
        "as it must be",
        "no end code",
        "no clear code",
        "two clear codes",
        "bytes behind the end",
        "a pixel too few",
        "a pixel too many",
        "a code before its meaning",
        "a first code that stands for nothing",
    ],
)
def test_image_data_must_add_up(codes, extra, reason):
    data = _coded(codes, extra)
    assert refusal(data) is reason
    if reason is None:
        (page,) = pages_of(data)
        assert page.raster.samples.ravel().tolist() == CODES


def test_a_full_table_of_codes_is_used_on():
    values = [int(each) for each in RANDOM.integers(0, 16, 9000)]
    (page,) = pages_of(_coded([16, *values, 17], b"", (90, 100)))
    assert page.raster.samples.ravel().tolist() == values


def test_a_file_cut_anywhere_is_refused():
    data = gif([_frame(0, 1, None), _frame(1, 2, 5)], screen=(14, 12), palette=PALETTE)
    reasons = {refusal(data[:end]) for end in range(1, len(data))}
    assert reasons <= {Reason.DAMAGED, Reason.UNKNOWN_FORMAT, Reason.EMPTY}


def _frame(number, disposal, transparent):
    """Give a frame of random pixels; the first fills the screen of 14 by 12."""
    if not number:
        pixels = RANDOM.integers(0, 16, (12, 14)).astype(np.uint8)
        return GifFrame(pixels, transparent=transparent, disposal=disposal)
    height, width = RANDOM.integers(2, 9, 2)
    left, top = int(RANDOM.integers(0, 15 - width)), int(RANDOM.integers(0, 13 - height))
    pixels = RANDOM.integers(0, 16, (height, width)).astype(np.uint8)
    frame = GifFrame(pixels, left, top, transparent=transparent, disposal=disposal)
    frame.delay = number * 10
    return frame


def _painted(frames):
    """Paint pixel by pixel, and give what is seen after each frame."""
    screen = np.zeros((12, 14, 4), np.uint8)
    for frame in frames:
        before = screen.copy()
        for (row, column), index in np.ndenumerate(frame.indices):
            if index != frame.transparent:
                screen[frame.top + row, frame.left + column] = [*PALETTE[index], 255]
        yield screen.copy()
        if frame.disposal == 3:
            screen = before
        elif frame.disposal == 2:
            height, width = frame.indices.shape
            screen[frame.top : frame.top + height, frame.left : frame.left + width] = 0


def _coded(codes, extra, size=(8, 8)):
    """Give a GIF with just these codes of five bits and more, and bytes behind them."""
    width, following, held, bits, out = 5, 18, 0, 0, bytearray()
    has_last = False
    for code in codes:
        held |= code << bits
        bits += width
        while bits >= 8:
            out.append(held & 255)
            held, bits = held >> 8, bits - 8
        if code == 16:
            width, following, has_last = 5, 18, False
            continue
        if has_last and following < 4096:
            following += 1
            width += following == 1 << width and width < 12
        has_last = True
    out.append(held & 255)
    head = b"GIF89a" + struct.pack("<HHBBB", *size, 0xF3, 0, 0) + PALETTE.astype(np.uint8).tobytes()
    image = b"," + struct.pack("<HHHHB", 0, 0, *size, 0) + b"\4"
    return head + image + sub_blocks(bytes(out) + extra) + b";"
