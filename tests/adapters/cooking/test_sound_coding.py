"""Sound through FLAC and PCM and back; judged by flac and by ffmpeg."""

import hashlib
import subprocess
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sound_made import S16, hum, noise

from avpres.adapters.cooking.ffv1 import CodingError
from avpres.adapters.cooking.flac import streaminfo
from avpres.adapters.cooking.samples import low_bytes, numbers_of
from avpres.adapters.cooking.sound import FLAC, sound_decoder, sound_encoder
from avpres.adapters.tools.ffmpeg import find_ffmpeg
from avpres.domain.sounding import Coding, Encoding, SoundArray, coding

SIGNED, UNSIGNED, FLOAT = Encoding.SIGNED, Encoding.UNSIGNED, Encoding.FLOAT
ARRAYS = {
    "8 unsigned": SoundArray(1, 8, 8, UNSIGNED, False),
    "8 signed": SoundArray(2, 8, 8, SIGNED, False),
    "16 little": S16,
    "16 big": SoundArray(6, 16, 16, SIGNED, True),
    "24 little": SoundArray(2, 24, 24, SIGNED, False),
    "20 in 24 big": SoundArray(8, 24, 20, SIGNED, True),
    "12 in 16": SoundArray(3, 16, 12, SIGNED, False),
    "32 little": SoundArray(2, 32, 32, SIGNED, False),
    "32 big": SoundArray(2, 32, 32, SIGNED, True),
    "64 little": SoundArray(1, 64, 64, SIGNED, False),
    "float big": SoundArray(2, 32, 32, FLOAT, True),
    "double big": SoundArray(1, 64, 64, FLOAT, True),
    "float little": SoundArray(2, 32, 32, FLOAT, False),
    "nine of 8 signed": SoundArray(9, 8, 8, SIGNED, False),
    "twelve of 16": SoundArray(12, 16, 16, SIGNED, False),
}
PCM_OF_FFMPEG = {"8 unsigned": "u8", "8 signed": "s8", "16 little": "s16le", "16 big": "s16be"}
PCM_OF_FFMPEG |= {"24 little": "s24le", "20 in 24 big": "s24be", "12 in 16": "s16le"}


def encoded(array, data, *, rate=48000, pieces=10_000, **options):
    encoder = sound_encoder(array, rate, **options)
    length = len(encoder.private)
    packets = []
    for at in range(0, len(data), pieces):
        packets += encoder.encode(data[at : at + pieces])
    packets += encoder.finish()
    assert len(encoder.private) == length
    return encoder, packets


def decoded(encoder, packets, array):
    decoder = sound_decoder(encoder.codec_id, encoder.private, array)
    back = b"".join(decoder.decode(each.data) for each in packets)
    decoder.finish()
    return back


@pytest.mark.parametrize("array", ARRAYS.values(), ids=ARRAYS)
@pytest.mark.parametrize("made", [hum, lambda array, n: noise(n * array.block)], ids=["hum", "all"])
def test_every_form_of_samples_comes_back_with_its_padding(array, made):
    data = made(array, 10_001)
    encoder, packets = encoded(array, data)
    assert decoded(encoder, packets, array) == data
    assert [each.first for each in packets] == [
        sum(each.samples for each in packets[:number]) for number in range(len(packets))
    ]
    assert sum(each.samples for each in packets) == 10_001


@pytest.mark.parametrize("pieces", [1, 7, 4608 * 4, 100_000])
@pytest.mark.parametrize("name", ["16 little", "32 big"])
def test_packets_are_the_same_for_pieces_of_any_size(pieces, name):
    data = hum(ARRAYS[name], 9_000)
    first, packets = encoded(ARRAYS[name], data)
    second, others = encoded(ARRAYS[name], data, pieces=pieces)
    assert packets == others
    assert first.private == second.private


def test_whole_words_up_to_24_bits_and_eight_channels_are_flac():
    kinds = {name: coding(array, 48000) for name, array in ARRAYS.items()}
    assert {name for name, kind in kinds.items() if kind is Coding.FLAC} == set(PCM_OF_FFMPEG)
    assert coding(S16, 384_000) is Coding.FLAC
    assert coding(S16, 96_001) is Coding.PCM
    assert coding(S16, 768_000) is Coding.PCM


@pytest.mark.programs("flac")
@pytest.mark.parametrize("name", PCM_OF_FFMPEG)
def test_flac_itself_finds_our_stream_sound(name, tmp_path):
    array = ARRAYS[name]
    data = hum(array, 20_000)
    encoder, packets = encoded(array, data)
    stream = tmp_path / "sound.flac"
    stream.write_bytes(encoder.private + b"".join(each.data for each in packets))
    judged = subprocess.run(["flac", "-t", stream], capture_output=True, text=True, check=False)
    assert judged.returncode == 0, judged.stderr
    assert "WARNING" not in judged.stderr


@pytest.mark.parametrize("name", PCM_OF_FFMPEG)
def test_ffmpeg_hears_in_our_flac_what_the_file_holds(name, tmp_path):
    array = ARRAYS[name]
    data = hum(array, 9_500)
    encoder, packets = encoded(array, data)
    stream = tmp_path / "sound.flac"
    stream.write_bytes(encoder.private + b"".join(each.data for each in packets))
    form = PCM_OF_FFMPEG[name]
    heard = subprocess.run(
        [find_ffmpeg().path, "-v", "error", "-i", stream, "-c:a", f"pcm_{form}", "-f", form, "-"],
        capture_output=True,
        check=True,
    )
    assert heard.stdout == data
    assert heard.stderr == b""


def test_streaminfo_tells_all_that_libflac_would():
    data = hum(S16, 10_000)
    encoder, packets = encoded(S16, data)
    info = streaminfo(encoder.private)
    form = int.from_bytes(info[10:18], "big")
    assert (form >> 44, (form >> 41 & 7) + 1, (form >> 36 & 31) + 1) == (48000, 2, 16)
    assert form & (1 << 36) - 1 == 10_000
    sizes = [len(each.data) for each in packets]
    assert int.from_bytes(info[4:7], "big") == min(sizes)
    assert int.from_bytes(info[7:10], "big") == max(sizes)
    assert info[18:34] == hashlib.md5(data, usedforsecurity=False).digest()
    assert encoder.private[:8] == b"fLaC\x80\x00\x00\x22"


def test_unusual_loudspeakers_are_named_in_a_comment():
    usual, _ = encoded(S16, hum(S16, 100), mask=0x3)
    unusual, packets = encoded(S16, hum(S16, 100), mask=0x30)
    assert len(usual.private) == 42
    assert b"WAVEFORMATEXTENSIBLE_CHANNEL_MASK=0x30" in unusual.private
    assert unusual.private[4] == 0
    assert decoded(unusual, packets, S16) == hum(S16, 100)


@pytest.mark.parametrize("place", [0.1, 0.5, 0.9, 0.999])
def test_a_flipped_bit_in_a_packet_is_noticed(place):
    encoder, packets = encoded(S16, hum(S16, 4608))
    broken = bytearray(packets[0].data)
    broken[int(len(broken) * place)] ^= 4
    with pytest.raises(CodingError):
        sound_decoder(FLAC, encoder.private, S16).decode(bytes(broken))


def test_a_lost_packet_and_another_sound_are_noticed():
    encoder, packets = encoded(S16, hum(S16, 10_000))
    with pytest.raises(CodingError, match="claims 10000"):
        decoded(encoder, packets[:-1], S16)
    _, others = encoded(S16, hum(S16, 10_000, seed=8))
    with pytest.raises(CodingError, match="MD5"):
        decoded(encoder, others, S16)


def test_sound_that_ends_within_a_sample_is_refused():
    for flac in (True, False):
        encoder = sound_encoder(S16, 48000, flac=flac)
        encoder.encode(b"\0" * 41)
        with pytest.raises(CodingError, match="within a sample"):
            encoder.finish()


@pytest.mark.parametrize("private", [b"", b"fLaC", b"fLaC\x80\0\0\x22" + b"\0" * 33, b"\0" * 42])
def test_a_track_without_streaminfo_is_refused(private):
    with pytest.raises(CodingError):
        sound_decoder(FLAC, private, S16)


def test_a_track_of_another_kind_is_refused():
    encoder, _ = encoded(S16, hum(S16, 100))
    with pytest.raises(CodingError, match="channels"):
        sound_decoder(FLAC, encoder.private, ARRAYS["16 big"])
    with pytest.raises(CodingError, match="A_PCM/INT/BIG"):
        sound_decoder("A_PCM/INT/LIT", b"", ARRAYS["32 big"])
    with pytest.raises(CodingError, match="A_AAC"):
        sound_decoder("A_AAC", b"", S16)


def test_big_endian_floats_are_turned_round_for_matroska():
    array = ARRAYS["float big"]
    encoder, packets = encoded(array, bytes(range(16)))
    assert encoder.codec_id == "A_PCM/FLOAT/IEEE"
    assert packets[0].data == bytes((3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12))


@settings(derandomize=True, max_examples=40)
@given(
    st.sampled_from(sorted(PCM_OF_FFMPEG)),
    st.integers(1, 200),
    st.binary(min_size=4, max_size=4),
)
def test_any_bytes_come_back(name, samples, seed):
    array = ARRAYS[name]
    data = noise(samples * array.block, list(seed))
    encoder, packets = encoded(array, data)
    assert decoded(encoder, packets, array) == data
    wide = numbers_of(data, array)
    md5 = hashlib.md5(low_bytes(wide, encoder.bits), usedforsecurity=False)
    assert md5.digest() == encoder.private[26:42]


@settings(derandomize=True, max_examples=60)
@given(st.binary(max_size=300))
def test_hostile_packets_are_errors_of_one_kind(packet):
    encoder, _ = encoded(S16, hum(S16, 100))
    decoder = sound_decoder(FLAC, encoder.private, S16)
    with pytest.raises(CodingError):
        decoder.decode(packet)


@settings(derandomize=True, max_examples=60)
@given(st.binary(min_size=34, max_size=34), st.binary(max_size=60))
def test_hostile_descriptions_are_errors_of_one_kind(info, packet):
    with pytest.raises(CodingError):
        sound_decoder(FLAC, b"fLaC\x80\0\0\x22" + info, S16).decode(packet)


@pytest.mark.parametrize("name", ["16 little", "float big"])
def test_a_long_sound_takes_no_memory(name):
    array = ARRAYS[name]
    piece = hum(array, 100_000)
    encoder = sound_encoder(array, 48000)
    decoder = sound_decoder(encoder.codec_id, encoder.private, array)
    tracemalloc.start()
    try:
        for _ in range(20):
            for packet in encoder.encode(piece):
                assert len(decoder.decode(packet.data)) == packet.samples * array.block
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 4 * len(piece)
