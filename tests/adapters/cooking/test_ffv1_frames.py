"""FFV1 frames: what comes back is what went in, and damage is never silent."""

import numpy as np
import pytest

from avpres.adapters.cooking.ffv1 import CodingError, FrameDecoder, FrameEncoder, equal, raw
from avpres.domain.reel import Coding

FORMS = [
    ("gray", 8),
    ("gray10le", 10),
    ("gray12le", 12),
    ("gray16le", 16),
    ("bgr0", 8),
    ("bgra", 8),
    ("gbrp9le", 9),
    ("gbrp10le", 10),
    ("gbrp12le", 12),
    ("gbrp14le", 14),
    ("gbrp16le", 16),
    ("gbrap10le", 10),
    ("gbrap12le", 12),
    ("gbrap16le", 16),
]


def filled(encoder, bits, seed=1):
    chance = np.random.default_rng(seed)
    for plane in encoder.planes:
        plane[...] = chance.integers(0, 1 << bits, plane.shape)


@pytest.mark.parametrize(("form", "bits"), FORMS, ids=[form for form, _ in FORMS])
def test_a_picture_comes_back_sample_by_sample(form, bits):
    encoder = FrameEncoder(form, 70, 50, Coding(0, 16))
    filled(encoder, bits)
    decoder = FrameDecoder(encoder.private, 70, 50)
    found, planes = decoder.decode(encoder.encode())
    assert found == form
    assert equal(form, encoder.planes, planes)


def test_packets_and_pictures_do_not_depend_on_threads():
    packets, pictures = [], []
    for threads in (1, 2, 5):
        encoder = FrameEncoder("gbrp12le", 700, 500, Coding(0, 16), threads)
        filled(encoder, 12)
        packets.append(encoder.encode())
        decoder = FrameDecoder(encoder.private, 700, 500, threads=threads)
        pictures.append(decoder.decode(packets[-1])[1])
        assert equal("gbrp12le", encoder.planes, pictures[-1])
    assert packets == packets[:1] * 3


def test_damage_is_heard_whatever_works_on_it(capfd):
    encoder = FrameEncoder("gbrp12le", 700, 500, Coding(0, 16))
    filled(encoder, 12)
    packet = encoder.encode()
    for at in range(50, len(packet), len(packet) // 20):
        damaged = bytearray(packet)
        damaged[at] ^= 4
        with pytest.raises(CodingError, match="CRC"):
            FrameDecoder(encoder.private, 700, 500, threads=3).decode(bytes(damaged))
    assert capfd.readouterr().err == ""


def test_one_changed_sample_is_not_equal():
    encoder = FrameEncoder("bgr0", 64, 48, Coding(0, 16))
    filled(encoder, 8)
    _, planes = FrameDecoder(encoder.private, 64, 48).decode(encoder.encode())
    encoder.planes[0][0, 0, 3] ^= 1
    assert equal("bgr0", encoder.planes, planes)
    encoder.planes[0][0, 0, 2] ^= 1
    assert not equal("bgr0", encoder.planes, planes)


def test_a_packet_does_not_depend_on_what_was_encoded_before():
    first = FrameEncoder("gbrp10le", 64, 48, Coding(1, 16))
    filled(first, 10, seed=1)
    first.encode()
    filled(first, 10, seed=2)
    second = FrameEncoder("gbrp10le", 64, 48, Coding(1, 16))
    filled(second, 10, seed=2)
    assert first.encode() == second.encode()


def test_every_flipped_byte_of_a_packet_is_noticed():
    encoder = FrameEncoder("gbrp10le", 64, 48, Coding(0, 16))
    filled(encoder, 10)
    packet = encoder.encode()
    decoder = FrameDecoder(encoder.private, 64, 48)
    for place in range(0, len(packet), 97):
        damaged = bytearray(packet)
        damaged[place] ^= 0x10
        with pytest.raises(CodingError):
            decoder.decode(bytes(damaged))
    assert decoder.decode(packet)[0] == "gbrp10le"


def test_a_number_of_slices_that_cannot_be_is_refused():
    with pytest.raises(CodingError, match="slices"):
        FrameEncoder("gbrp10le", 64, 48, Coding(0, 7))


def test_raw_bytes_are_those_of_the_planes_without_filling():
    encoder = FrameEncoder("gray10le", 5, 48, Coding(0, 4))
    filled(encoder, 10)
    assert b"".join(raw(encoder.planes)) == encoder.planes[0].tobytes()
    assert len(b"".join(raw(encoder.planes))) == 5 * 48 * 2
