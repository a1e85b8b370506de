"""What ffmpeg complains of, what a FLAC says of itself, and how much a file announces."""

import struct
import subprocess

import pytest

from avpres.adapters.media.announced import announcement
from avpres.adapters.media.decoding import WholeDigest, complaint, decode_words
from avpres.adapters.media.flac_head import read_head
from avpres.adapters.media.pixels import alike
from avpres.adapters.tools.ffmpeg import find_ffmpeg
from avpres.domain.errors import NotConformantError
from avpres.domain.media import Kind, MediaFile, MediaStream

COMPLAINTS = {
    b"[ffv1 @ 0x5637e5fa46c0] slice CRC mismatch 3D524DEB!at 0.480000 seconds": (
        "[ffv1] slice CRC mismatch 3D524DEB!",
        "ffv1",
        None,
        0.48,
    ),
    b"Error while decoding stream #0:1: Invalid data": (
        "Error while decoding stream #0:1: Invalid data",
        "",
        1,
        None,
    ),
    b"[aist#0:2/flac @ 0x55] [dec:flac @ 0x56] Decoding error: Invalid data": (
        "[aist#0:2/flac] [dec:flac] Decoding error: Invalid data",
        "",
        2,
        None,
    ),
    b"\xff\x1b[31m at x seconds": ("??[31m at x seconds", "", None, None),
}


@pytest.mark.parametrize(("line", "wanted"), COMPLAINTS.items())
def test_a_complaint_names_stream_and_time_where_ffmpeg_does(line, wanted):
    told = complaint(line)
    assert (told.text, told.decoder, told.stream, told.seconds) == wanted


@pytest.mark.parametrize("bits", [7, 8, 12, 16, 20, 24, 29, 32])
def test_samples_of_any_bits_are_aligned_as_flac_has_them(tmp_path, bits):
    """The decoder gives them at the left of 16 or 32 bits; a gain moves them back exactly."""
    values = [-(1 << bits - 1), -1, 0, 1, 3, (1 << bits - 1) - 1] * 50
    wide = 16 if bits <= 16 else 32
    raw = b"".join((v << wide - bits).to_bytes(wide // 8, "little", signed=True) for v in values)
    (tmp_path / "raw.wav").write_bytes(_wave(raw, wide))
    ffmpeg = find_ffmpeg()
    whole = [WholeDigest(0, bits, tmp_path / "md5")]
    words = decode_words(bytes(tmp_path / "raw.wav"), (), whole, ffmpeg=ffmpeg, threads=0)
    place = words.index("md5")
    shown = [*words[: place - 1], "-f", words[words.index("-c") + 1][4:], tmp_path / "out"]
    subprocess.run([ffmpeg.path, *shown], check=True, capture_output=True)
    size = (bits + 7) // 8
    told = b"".join(v.to_bytes(size, "little", signed=True) for v in values)
    assert (tmp_path / "out").read_bytes() == told


def _wave(data: bytes, bits: int) -> bytes:
    size = bits // 8
    form = struct.pack("<HHIIHH", 1, 1, 48000, 48000 * size, size, bits)
    chunks = b"fmt " + struct.pack("<I", 16) + form + b"data" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks


def test_a_flac_says_how_much_it_holds(tmp_path):
    made = tmp_path / "a.flac"
    source = ["-f", "lavfi", "-i", "sine=r=44100:d=0.5", "-ac", "2", "-sample_fmt", "s32"]
    subprocess.run([find_ffmpeg().path, "-v", "error", *source, made], check=True)
    head = read_head(made)
    assert (head.sample_rate, head.channels, head.bits, head.samples) == (44100, 2, 24, 22050)
    assert len(head.md5) == 32
    made.write_bytes(made.read_bytes()[:30])
    with pytest.raises(NotConformantError):
        read_head(made)


def test_each_track_of_matroska_is_held_to_its_own_length():
    film = MediaStream(0, Kind.VIDEO, "ffv1", metadata={"duration": "00:00:02.520000000"})
    sound = MediaStream(1, Kind.AUDIO, "flac")
    tracks = [
        {"@type": "General", "Format": "Matroska"},
        {"@type": "Video", "Duration": "9", "FrameCount": "63", "extra": {"IsTruncated": "Yes"}},
        {"@type": "Audio", "Duration": "9"},
    ]
    told = announcement({"media": {"track": tracks}}, MediaFile("matroska", 9.0, (film, sound)))
    assert told.is_cut
    assert (told.of(film).seconds, told.of(film).frames, told.of(film).crc) == (2.52, 63, False)
    assert (told.of(sound).seconds, told.of(sound).frames) == (None, None)


@pytest.mark.parametrize(
    ("stored", "packed"),
    [("yuv422p", "uyvy422"), ("yuv422p", "yuyv422"), ("bgr0", "rgb24"), ("gbrp16le", "rgb48be")],
)
def test_the_same_samples_in_another_order_are_looked_for_both_ways(stored, packed):
    assert packed in alike(stored)
    assert stored in alike(packed)
    assert stored not in alike(stored)
