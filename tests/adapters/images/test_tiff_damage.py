"""Damaged and hostile TIFFs give the samples of the undamaged file, or are refused by name."""

import io
import logging
import struct
import time
import tracemalloc

import imagecodecs
import numpy as np
import pytest
import tiff_maker as make
from hypothesis import given, settings
from hypothesis import strategies as some
from PIL import Image

from avpres.adapters.images import tiff_pages, tiff_probe
from avpres.adapters.images.limits import Limits
from avpres.domain.migration import Reason, Unmigratable

LIMITS = Limits(pixels=1 << 22, frames=20)


def outcome(data: bytes) -> list[np.ndarray] | Reason:
    """Read a file; anything that is raised but a refusal fails the test."""
    try:
        traits = tiff_probe.probe(io.BytesIO(data), len(data))
        found = tiff_pages.pages(memoryview(data), traits, LIMITS)
        return [page.raster.samples for page in found]
    except Unmigratable as refused:
        return refused.reason


def is_same(found: list[np.ndarray] | Reason, wanted: np.ndarray) -> bool:
    return not isinstance(found, Reason) and len(found) == 1 and np.array_equal(found[0], wanted)


def saved(picture: Image.Image, **how: object) -> bytes:
    held = io.BytesIO()
    picture.save(held, "TIFF", **how)
    return held.getvalue()


def small() -> dict[str, tuple[bytes, np.ndarray]]:
    grey, rgb, bits = make.grain(4, 5), make.grain(5, 6, 3), make.grain(6, 9, 1, 1)
    fax = saved(Image.fromarray(bits[:, :, 0] * 255).convert("1"), compression="group4")
    return {
        "plain": (make.tiff(grey), grey),
        "big": (make.tiff(grey, big=True, order=">"), grey),
        "strips": (make.tiff(rgb, rows=2), rgb),
        "lzw": (make.tiff(rgb, compression=5, predictor=2), rgb),
        "deflate": (make.tiff(rgb, compression=8, planar=True), rgb),
        "packbits": (make.tiff(bits, bits=1, compression=32773), bits),
        "lzma": (make.tiff(grey, compression=34925), grey),
        "fax": (fax, bits),
    }


@pytest.mark.parametrize("name", list(small()))
def test_a_file_cut_anywhere_is_refused(name):
    data, samples = small()[name]
    assert is_same(outcome(data), samples)
    for length in range(len(data)):
        assert isinstance(outcome(data[:length]), Reason), length


@pytest.mark.parametrize("name", list(small()))
def test_a_flipped_bit_in_a_directory_never_gives_a_picture_of_another_form(name):
    """What may be read otherwise says so itself: geometry, colour, and where samples stand."""
    data, samples = small()[name]
    traits = tiff_probe.probe(io.BytesIO(data), len(data))
    start, length = directory(data)
    for at in range(start, start + length):
        for bit in range(8):
            hurt = bytearray(data)
            hurt[at] ^= 1 << bit
            found = outcome(bytes(hurt))
            if isinstance(found, Reason) or is_same(found, samples):
                continue
            told = tiff_probe.probe(io.BytesIO(hurt), len(hurt))
            same_form = (told.width, told.height, told.bits) == (
                *(traits.width, traits.height, traits.bits),
            )
            assert not same_form or tag_at(data, start, at) in {259, 262, 266, 273, 317}


def test_flipped_bits_of_data_that_have_a_checksum_are_found():
    for compression in (make.DEFLATE, make.LZMA):
        samples = make.grain(5, 6, 3)
        data = make.tiff(samples, compression=compression)
        start, _ = directory(data)
        for at in range(8, start - 8):
            hurt = bytearray(data)
            hurt[at] ^= 4
            found = outcome(bytes(hurt))
            assert isinstance(found, Reason) or is_same(found, samples), at


@pytest.mark.parametrize("compression", ["group3", "group4", "tiff_ccitt"])
def test_damaged_rows_of_fax_are_found_where_they_can_be(compression):
    chance = np.random.default_rng(3)
    text = np.kron(chance.integers(0, 2, (20, 9)), np.ones((3, 7))).astype(np.uint8)
    data = saved(Image.fromarray(text * 255).convert("1"), compression=compression)
    start, _ = directory(data)
    refused = 0
    for at in range(8, start - 1, 3):
        hurt = bytearray(data)
        hurt[at] ^= 0x10
        refused += isinstance(outcome(bytes(hurt)), Reason)
    assert refused > (start - 9) // 3 * 0.7  # other rows of the right length cannot be told


def test_lzw_that_ends_early_is_damage():
    samples = make.grain(20, 30, 3)
    coded = imagecodecs.lzw_encode(samples.tobytes())
    for cut in (1, len(coded) // 2, len(coded) - 40):
        data = make.tiff(samples, compression=5, coded=[coded[:cut]])
        assert outcome(data) is Reason.DAMAGED


@pytest.mark.parametrize("compression", [make.LZW, make.DEFLATE, make.PACKBITS, make.ZSTD])
def test_a_strip_that_gives_too_few_samples_is_damage(compression):
    short, samples = make.grain(4, 30, 3), make.grain(5, 30, 3)
    coded = make.page(short, compression=compression).pieces
    data = make.tiff(samples, compression=compression, coded=coded)
    assert outcome(data) in {Reason.DAMAGED, Reason.SECOND_DECODER_ERROR}


def test_a_last_strip_may_be_as_long_as_the_others():
    samples = make.grain(8, 30, 3)
    for compression in (make.NONE, make.LZW, make.DEFLATE, make.ZSTD, make.LZMA):
        page = make.page(samples, rows=4, compression=compression)
        page.tags[257] = (make.LONG, b"\6\0\0\0")
        assert is_same(outcome(make.book([page])), samples[:6]), compression


@pytest.mark.parametrize(
    ("tag", "value"),
    [
        (273, [0, 100]),
        (273, [4, 100]),
        (273, [1 << 20, 100]),
        (273, [100]),
        (279, [0, 60]),
        (279, [60, 1 << 30]),
        (279, [60]),
        (279, [59, 60]),
        (279, [90, 60]),
        (278, [1]),
        (256, [0]),
        (257, [0]),
        (277, [0]),
        (277, [4]),
        (258, [0, 0, 0]),
        (284, [3]),
        (266, [0]),
        (317, [9]),
    ],
)
def test_sizes_and_places_that_do_not_add_up_are_damage(tag, value):
    page = make.page(make.grain(4, 10, 3), rows=2)
    page.tags[tag] = (make.LONG, make.values(make.LONG, "<", *value))
    found = outcome(make.book([page]))
    assert isinstance(found, Reason)
    assert found in {Reason.DAMAGED, Reason.DECODERS_DISAGREE}


@pytest.mark.parametrize(
    ("tag", "kind", "value"),
    [
        (258, make.SHORT, b"\x08\0"),
        (339, make.SHORT, b"\1\0"),
        (278, make.LONG, b"\xff\xff\xff\xff"),
        (274, make.SHORT, b"\0\0"),
        (338, make.SHORT, b"\0\0"),
        (274, make.SHORT, b"\1\0\1\0"),
        (305, make.SHORT, b"\1\0"),
        (297, make.SHORT, b"\1\0"),
        (279, make.LONG, bytes(4)),  # a size of zero is reckoned, as a missing one is
    ],
)
def test_what_writers_often_get_wrong_does_no_harm(tag, kind, value):
    samples = make.grain(4, 10, 3)
    page = make.page(samples)
    page.tags[tag] = (kind, value)
    assert is_same(outcome(make.book([page])), samples)


def test_missing_sizes_are_reckoned_for_samples_that_are_not_compressed():
    samples = make.grain(4, 10, 3)
    page = make.page(samples)
    data = bytearray(make.book([page]))
    at = data.index(struct.pack("<HH", 279, 4))
    start, length = directory(bytes(data))
    del data[at : at + 12]
    struct.pack_into("<H", data, start, (length - 2) // 12 - 1)
    assert is_same(outcome(bytes(data)), samples)


def test_directories_in_a_loop_are_damage():
    for big in (False, True):
        data = make.tiff(make.grain(4, 5), big=big)
        start, _ = directory(data)
        page = make.page(make.grain(4, 5))
        assert outcome(make.book([page], big=big, after=start)) is Reason.DAMAGED
        assert outcome(make.book([page], big=big, after=1 << 30)) is Reason.DAMAGED


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"II*\0",
        b"II*\0\0\0\0\0",
        b"II*\0\x08\0\0\0",
        b"II*\0\x08\0\0\0\xff\xff",
        b"II+\0\x08\0\0\0" + bytes(8),
        b"II+\0\x10\0\0\0" + bytes(8),
        b"MM\0*\xff\xff\xff\xff",
        b"MM\0+\0\x08\0\0\xff\xff\xff\xff\xff\xff\xff\xff",
    ],
)
def test_headers_that_lead_nowhere_are_refused(data):
    assert outcome(data) in {Reason.EMPTY, Reason.DAMAGED}


def test_claims_take_neither_memory_nor_time():
    wide = [(make.LONG, struct.pack("<I", 2000)), (make.LONG, struct.pack("<I", 0x7FFFFFF0))]
    claims = [
        {256: wide[0], 257: wide[0]},
        {256: wide[1], 257: wide[1]},
        {257: wide[1], 278: wide[1]},
        {277: (make.SHORT, b"\xff\0"), 256: wide[0]},
        {322: wide[1], 323: wide[1]},
        {
            322: wide[0],
            323: wide[1],
            324: (make.LONG, b"\x08\0\0\0"),
            325: (make.LONG, b"\1\0\0\0"),
        },
    ]
    tracemalloc.start()
    began = time.process_time()
    for claim in claims:
        for compression in (1, 5, 8, 32773, 34925, 50000, 4):
            page = make.page(make.grain(4, 5), compression=compression)
            page.tags |= claim
            assert isinstance(outcome(make.book([page])), Reason)
    assert time.process_time() - began < 5
    assert tracemalloc.get_traced_memory()[1] < 200 << 20
    tracemalloc.stop()


def test_one_picture_takes_few_times_its_own_memory():
    samples = make.grain(1000, 2000, 3)
    for compression, predictor in ((1, 1), (5, 2), (8, 2), (32773, 1)):
        form = {"compression": compression, "predictor": predictor}
        for more in ({}, {"rows": 16}, {"tile": (256, 256)}, {"planar": True}):
            data = make.tiff(samples, **form, **more)
            tracemalloc.start()
            assert is_same(outcome(data), samples)
            most = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            assert most < 4.2 * samples.nbytes, (form, more)


def test_values_that_lie_upon_one_another_are_damage():
    tags = {65000 + n: (make.UNDEFINED, bytes(4000)) for n in range(3)}
    data = bytearray(make.tiff(make.grain(4, 5), tags=tags))
    for n in range(3):
        at = data.index(struct.pack("<HH", 65000 + n, make.UNDEFINED))
        struct.pack_into("<II", data, at + 4, len(data) - 100, 50)
    assert outcome(bytes(data)) is Reason.DAMAGED


def test_nothing_is_logged_or_warned_of(caplog, capfd):
    files = small()
    caplog.set_level(logging.DEBUG)
    caplog.clear()
    for data, _ in files.values():
        outcome(data)
        outcome(data[:-20])
    assert not caplog.records
    assert capfd.readouterr() == ("", "")


@settings(derandomize=True, deadline=None, max_examples=300)
@given(
    name=some.sampled_from(list(small())),
    changes=some.lists(
        some.tuples(some.integers(0, 600), some.binary(min_size=1, max_size=6)),
        min_size=1,
        max_size=4,
    ),
)
def test_hostile_bytes_are_refused_or_read_but_nothing_else(name, changes):
    data = bytearray(small()[name][0])
    for place, value in changes:
        at = place % len(data)
        data[at : at + len(value)] = value
    outcome(bytes(data))


@settings(derandomize=True, deadline=None, max_examples=200)
@given(
    tags=some.dictionaries(
        some.sampled_from([254, 256, 257, 258, 259, 262, 266, 273, 277, 278, 279, 284, 317, 320])
        | some.sampled_from([322, 323, 324, 325, 330, 338, 339, 347, 530, 34665, 34675, 33723]),
        some.tuples(some.sampled_from([1, 2, 3, 4, 5, 7, 11, 13, 16]), some.binary(max_size=24)),
        max_size=5,
    ),
    big=some.booleans(),
)
def test_hostile_tags_are_refused_or_read_but_nothing_else(tags, big):
    whole = {tag: (kind, value[: len(value) // 8 * 8]) for tag, (kind, value) in tags.items()}
    page = make.page(make.grain(4, 5, 3))
    page.tags |= whole
    outcome(make.book([page], big=big))


def directory(data: bytes) -> tuple[int, int]:
    """Say where the first directory stands, and how many bytes its entries take."""
    order = "<" if data[:2] == b"II" else ">"
    if data[2:4] in {b"+\0", b"\0+"}:
        (start,) = struct.unpack_from(order + "Q", data, 8)
        return start, 8 + 20 * struct.unpack_from(order + "Q", data, start)[0]
    (start,) = struct.unpack_from(order + "I", data, 4)
    return start, 2 + 12 * struct.unpack_from(order + "H", data, start)[0]


def tag_at(data: bytes, start: int, at: int) -> int:
    """Say which tag the byte of a directory belongs to."""
    order = "<" if data[:2] == b"II" else ">"
    head, size = (8, 20) if data[2:4] in {b"+\0", b"\0+"} else (2, 12)
    entry = start + head + (at - start - head) // size * size
    return int(struct.unpack_from(order + "H", data, entry)[0])


@pytest.mark.parametrize("compression", [make.NONE, make.LZW, make.DEFLATE, make.PACKBITS])
def test_strips_that_the_height_does_not_ask_for_are_damage(compression):
    wanted = make.grain(16, 9, 3)
    short = {257: (make.LONG, make.values(make.LONG, "<", 8))}

    assert is_same(outcome(make.tiff(wanted, compression=compression, rows=4)), wanted)
    changed = make.tiff(wanted, compression=compression, rows=4, tags=short)
    assert outcome(changed) is Reason.DAMAGED


def test_lzw_that_gives_more_than_its_strip_is_damage():
    narrow = {256: (make.LONG, make.values(make.LONG, "<", 88))}

    changed = make.tiff(make.grain(16, 90, 3), compression=make.LZW, rows=4, tags=narrow)

    assert outcome(changed) is Reason.DAMAGED
