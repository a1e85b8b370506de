"""PBM, PGM, PPM and PAM of every depth, plain and binary, alone and behind each other."""

import numpy as np
import pytest
from opened import outcome, pages_of, refusal, traits_of

from avpres.adapters.images.limits import Limits
from avpres.domain.imaging import Alpha
from avpres.domain.migration import Reason

RANDOM = np.random.default_rng(17)
TYPES = {b"GRAYSCALE": 1, b"GRAYSCALE_ALPHA": 2, b"RGB": 3, b"RGB_ALPHA": 4}


@pytest.mark.parametrize("depth", range(1, 17))
@pytest.mark.parametrize("kind", [2, 3, 5, 6])
def test_greys_and_colours_of_every_depth_come_back(kind, depth):
    samples = RANDOM.integers(0, 1 << depth, (5, 11, 3 if kind in {3, 6} else 1))
    data = _pnm(kind, samples, depth)
    (page,) = pages_of(data)
    assert np.array_equal(page.raster.samples, samples)
    assert page.raster.bits == (depth,) * samples.shape[2]
    assert len(page.decoders) == 2


@pytest.mark.parametrize("kind", [1, 4])
def test_bits_come_back_turned_about(kind):
    samples = RANDOM.integers(0, 2, (5, 11, 1))
    (page,) = pages_of(_pnm(kind, samples, 1))
    assert np.array_equal(page.raster.samples, samples)
    assert page.raster.notes == ("white-is-zero turned about",)


@pytest.mark.parametrize(
    ("name", "depth"),
    [(name, depth) for name in TYPES for depth in (8, 16)]
    + [(name, depth) for name in (b"GRAYSCALE", b"RGB") for depth in (1, 5, 10, 12)],
)
def test_arbitrary_maps_come_back(name, depth):
    samples = RANDOM.integers(0, 1 << depth, (4, 7, TYPES[name]))
    head = b"P7\nWIDTH 7\nHEIGHT 4\nDEPTH %d\n# a note\nMAXVAL %d\nTUPLTYPE %s\nENDHDR\n"
    data = head % (TYPES[name], (1 << depth) - 1, name) + _words(samples, depth)
    (page,) = pages_of(data)
    assert np.array_equal(page.raster.samples, samples)
    assert (page.raster.alpha is Alpha.UNASSOCIATED) == name.endswith(b"_ALPHA")
    assert page.embedded.others == (("comment", b"a note"),)


def test_pictures_behind_each_other_are_all_given():
    parts = [RANDOM.integers(0, 256, (3 + each, 4, 3)) for each in range(3)]
    data = b"".join(_pnm(6, each, 8) for each in parts)
    assert traits_of(data).frames == 3
    pages = pages_of(data + b"tail")
    assert all(
        np.array_equal(page.raster.samples, part) for page, part in zip(pages, parts, strict=True)
    )
    assert [dict(page.embedded.others).get("trailing") for page in pages] == [None, None, b"tail"]
    assert refusal(_pnm(4, parts[0][:, :, :1] % 2, 1) * 100) is Reason.FRAMES


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"P5 2 2 100\n\1\2\3\4", Reason.UNDEFINED_COLOUR),
        (b"P5 2 2 15\n\1\2\3\x10", Reason.DAMAGED),
        (b"P2 2 2 255\n1 2 3", Reason.DAMAGED),
        (b"P2 2 2 255\n1 2 3 4 5", Reason.DAMAGED),
        (b"P2 2 2 255\n1 2 x 4", Reason.DAMAGED),
        (b"P2 2 2 255\n1 2 # 3\n4", Reason.DECODER_ERROR),
        (b"P2 2 2 255\n1 2 3 4\n\n", None),
        (b"P2 2 2 255\n  001\t2\r\n3 4 ", None),
        (b"P2 2 2 255\n" + b" " * 9, Reason.DAMAGED),
        (b"P2 2 2 255\n1 2 3 000004", Reason.DAMAGED),
        (b"P2 1 1 255\n" + b" " * 9, Reason.DAMAGED),
        (b"P1 2 2\n0 1 2 0", Reason.DAMAGED),
        (b"P1 2 2\n01\n10\n", None),
        (b"P5 0 2 255\n", Reason.DAMAGED),
        (b"P5 2 2 65536\n", Reason.DAMAGED),
        (b"P6 16000 16000 255\nabc", Reason.DAMAGED),
        (b"P6 65535 65535 255\nabc", Reason.TOO_LARGE),
        (b"P7\nWIDTH 1\nHEIGHT 1\nDEPTH 5\nMAXVAL 255\nENDHDR\n12345", Reason.UNDEFINED_COLOUR),
        (b"P7\nWIDTH 1\nHEIGHT 1", Reason.DAMAGED),
    ],
)
def test_what_cannot_be_read_exactly_is_refused(data, reason):
    assert refusal(data, Limits()) is reason


def test_any_byte_changed_gives_a_picture_or_a_reason():
    for kind in (2, 3, 4, 6):
        samples = RANDOM.integers(0, 2, (2, 3, 3 if kind in {3, 6} else 1))
        data = _pnm(kind, samples, 1 if kind == 4 else 8)
        for place in range(len(data)):
            for value in (0, 0xFF, data[place] ^ 1):
                outcome(data[:place] + bytes([value]) + data[place + 1 :])


def _pnm(kind, samples, depth):
    height, width, _ = samples.shape
    head = b"P%d\n# made\n%d %d\n" % (kind, width, height)
    if kind in {1, 4}:
        bits = 1 - samples[:, :, 0]
        plain = b"\n".join(b" ".join(b"%d" % each for each in row) for row in bits)
        return head + (plain if kind == 1 else np.packbits(bits, axis=1).tobytes())
    head += b"%d\n" % ((1 << depth) - 1)
    rows = samples.reshape(height, -1)
    if kind in {2, 3}:
        return head + b"\n".join(b" ".join(b"%d" % each for each in row) for row in rows)
    return head + _words(samples, depth)


def _words(samples, depth):
    return samples.astype(">u2" if depth > 8 else np.uint8).tobytes()
