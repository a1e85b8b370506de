"""Sound of 24 bits in words of 32 becomes FLAC, where every word has room for it."""

import numpy as np
import pytest
from cook_cases import comes_back, film_of, frames, run
from hypothesis import given, settings
from hypothesis import strategies as st
from sound_made import chunk, fmt, noise

from avpres.adapters.cooking.sound import FLAC, sound_decoder, sound_encoder
from avpres.adapters.matroska.reading import open_matroska
from avpres.adapters.reversible.layouts import layout_of, sound_array
from avpres.domain.sounding import Encoding, SoundArray, UncodableSound

SAMPLES = 4 * 48_000


def padded(samples: int = SAMPLES, lowest: bytes = b"\0") -> bytes:
    words = np.frombuffer(noise(4 * samples), np.uint8).reshape(-1, 4).copy()
    words[:, 0] = 0
    data = words.tobytes()
    return data[:-4] + lowest + data[-3:]


def wave(data: bytes, *, tag: int = 1) -> bytes:
    content = b"WAVE" + chunk(b"fmt ", fmt(tag, bits=32)) + chunk(b"data", data)
    return chunk(b"RIFF", content)


def codec(path) -> str:
    with path.open("rb") as handle:
        return open_matroska(handle).tracks[-1].codec_id


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (wave(padded()), "A_FLAC"),
        (wave(padded(lowest=b"\1")), "A_PCM/INT/LIT"),
        (wave(padded(), tag=3), "A_PCM/FLOAT/IEEE"),
    ],
    ids=["free", "one bit in the last sample", "floats"],
)
def test_only_words_whose_lowest_bits_are_free_become_flac(tmp_path, data, found):
    reel = frames(tmp_path / "reel")
    (reel / "sound.wav").write_bytes(data)
    comes_back(tmp_path, reel)
    assert codec(film_of(tmp_path)) == found


def test_what_becomes_flac_is_smaller(tmp_path):
    reel = frames(tmp_path / "reel")
    sizes = []
    for number, lowest in enumerate((b"\0", b"\1")):
        (reel / "sound.wav").write_bytes(wave(padded(lowest=lowest)))
        assert run(tmp_path, reel, out=f"out{number}").exit_code == 0
        sizes.append(film_of(tmp_path, out=f"out{number}").stat().st_size)
    assert sizes[0] < 0.8 * sizes[1]


@settings(deadline=None, derandomize=True, max_examples=20)
@given(st.integers(1, 8), st.booleans(), st.integers(1, 10_000))
def test_padded_words_come_back_in_either_order(channels, big, samples):
    array = SoundArray(channels, 32, 24, Encoding.SIGNED, big, 8)
    words = np.frombuffer(padded(channels * samples), np.uint8).reshape(-1, 4)
    data = (words[:, ::-1] if big else words).tobytes()
    encoder = sound_encoder(array, 48_000)
    packets = encoder.encode(data) + encoder.finish()
    assert encoder.codec_id == FLAC
    decoder = sound_decoder(FLAC, encoder.private, array)
    assert b"".join(decoder.decode(each.data) for each in packets) == data
    decoder.finish()
    assert sound_array(layout_of(array)) == array


@pytest.mark.parametrize("low", [1, 16, -8, "8", True])
def test_a_description_of_other_padding_is_no_description(low):
    found = {"channels": 2, "word": 32, "bits": 24, "encoding": "signed", "big_endian": False}
    with pytest.raises(UncodableSound):
        SoundArray.from_dict(found | {"low": low})
