"""Where samples lie in sound files: right ones, wrong ones, cut ones and hostile ones."""

import struct
import subprocess
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sound_made import aiff, big, chunk, comm, extensible, fmt, noise, ssnd, wave

from avpres.adapters.sounds import is_sound, read_header, read_sound
from avpres.adapters.sounds.chunks import MOST_CHUNKS
from avpres.adapters.sounds.wave64 import DATA, FMT, RIFF, WAVE
from avpres.adapters.tools.ffmpeg import find_ffmpeg
from avpres.domain.sounding import Encoding, SoundArray, SoundFormat, UncodableSound

SAMPLES = noise(400)
FMT16, DATA400 = chunk(b"fmt ", fmt()), chunk(b"data", SAMPLES)
PLAIN = wave(FMT16, DATA400)


def read(content):
    return read_sound(BytesIO(content), len(content))


def samples(content):
    sound = read(content)
    return content[sound.offset : sound.offset + sound.size]


def ds64(size, *, riff=0):
    return chunk(b"ds64", struct.pack("<QQQI", riff, size, 100, 0))


def guid(name, content, *, size=None):
    claimed = 24 + len(content) if size is None else size
    return name + struct.pack("<Q", claimed) + content + b"\0" * (-len(content) % 8)


FILES = {
    "plain": PLAIN,
    "chunks behind": wave(FMT16, DATA400, chunk(b"LIST", b"INFO"), chunk(b"junk", b"abc")),
    "bext before": wave(chunk(b"bext", b"\0" * 602), FMT16, DATA400),
    "odd chunk": wave(chunk(b"junk", b"abc"), FMT16, DATA400),
    "odd chunk, padding forgotten": wave(chunk(b"junk", b"abc", padding=b""), FMT16, DATA400),
    "odd chunk, padding of ones": wave(chunk(b"junk", b"abc", padding=b"\xff"), FMT16, DATA400),
    "fmt of 18": wave(chunk(b"fmt ", fmt(more=b"\0\0")), DATA400),
    "fmt behind data": wave(DATA400, FMT16),
    "RIFF size 0": wave(FMT16, DATA400, size=0),
    "RIFF size too large": wave(FMT16, DATA400, size=1 << 31),
    "RIFF and data unknown": wave(FMT16, chunk(b"data", SAMPLES, size=0xFFFFFFFF)),
    "data size 0": wave(FMT16, chunk(b"data", SAMPLES, size=0)),
    "data size too large": wave(FMT16, chunk(b"data", SAMPLES, size=1 << 30)),
    "RF64": wave(ds64(400), FMT16, chunk(b"data", SAMPLES, size=0xFFFFFFFF), form=b"RF64"),
    "RF64, own size": wave(ds64(0), FMT16, DATA400, form=b"RF64"),
    "RF64 without ds64": wave(FMT16, chunk(b"data", SAMPLES, size=0xFFFFFFFF), form=b"RF64"),
    "BW64": wave(ds64(400), FMT16, chunk(b"data", SAMPLES, size=0xFFFFFFFF), form=b"BW64"),
    "W64": RIFF + struct.pack("<Q", 999) + WAVE + guid(FMT, fmt()) + guid(DATA, SAMPLES),
    "AIFF": aiff(big(b"COMM", comm()), ssnd(SAMPLES)),
    "AIFF, offset": aiff(big(b"COMM", comm()), ssnd(SAMPLES, offset=12)),
    "AIFF, SSND first": aiff(ssnd(SAMPLES), big(b"COMM", comm())),
    "AIFF, odd chunk": aiff(big(b"NAME", b"abc"), big(b"COMM", comm()), ssnd(SAMPLES)),
    "AIFF, chunks behind": aiff(big(b"COMM", comm()), ssnd(SAMPLES), big(b"ANNO", b"abc")),
    "AIFF, size too large": aiff(big(b"COMM", comm()), ssnd(SAMPLES, size=1 << 31)),
}
NOT_RESTORED = {name for name in FILES if name.startswith(("RF64", "BW64", "W64"))} | {
    "odd chunk, padding of ones",
    "fmt behind data",
    "RIFF size 0",
    "AIFF, SSND first",
}
WARNED = {
    "RIFF and data unknown",
    "data size 0",
    "data size too large",
    "AIFF, size too large",
}


@pytest.mark.parametrize("name", FILES)
def test_samples_are_found_and_nothing_else(name):
    sound = read(FILES[name])
    assert samples(FILES[name]) == SAMPLES
    assert (sound.rate, sound.samples, sound.file_size) == (48000, 100, len(FILES[name]))
    assert sound.array == SoundArray(2, 16, 16, Encoding.SIGNED, name.startswith("AIFF"))
    assert bool(sound.why_not_rawcooked) == (name in NOT_RESTORED)
    assert bool(sound.warnings) == (name in WARNED)


@pytest.mark.parametrize("name", sorted(FILES.keys() - {"fmt behind data", "AIFF, SSND first"}))
def test_the_bytes_before_the_samples_tell_what_they_are(name):
    whole = read(FILES[name])
    again = read_header(FILES[name][: whole.offset])
    assert (again.array, again.rate, again.mask) == (whole.array, whole.rate, whole.mask)
    assert (again.format, again.offset) == (whole.format, whole.offset)


SIGNED, UNSIGNED, FLOAT = Encoding.SIGNED, Encoding.UNSIGNED, Encoding.FLOAT
KINDS = {
    "8 bits": (fmt(bits=8), SoundArray(2, 8, 8, UNSIGNED, False)),
    "24 bits": (fmt(bits=24), SoundArray(2, 24, 24, SIGNED, False)),
    "12 bits": (fmt(bits=12, block=4), SoundArray(2, 16, 12, SIGNED, False)),
    "20 bits": (extensible(valid=20), SoundArray(2, 24, 20, SIGNED, False)),
    "24 in 32": (extensible(bits=32), SoundArray(2, 32, 24, SIGNED, False)),
    "float": (fmt(3, bits=32), SoundArray(2, 32, 32, FLOAT, False)),
    "double": (extensible(3, bits=64, valid=64), SoundArray(2, 64, 64, FLOAT, False)),
    "block of nothing": (fmt(block=0), SoundArray(2, 16, 16, SIGNED, False)),
    "block of nonsense": (fmt(block=3), SoundArray(2, 16, 16, SIGNED, False)),
    "many channels": (fmt(channels=64), SoundArray(64, 16, 16, SIGNED, False)),
}


@pytest.mark.parametrize("name", KINDS)
def test_fmt_tells_the_form_of_samples(name):
    description, array = KINDS[name]
    content = wave(chunk(b"fmt ", description), chunk(b"data", noise(3 * array.block + 1)))
    sound = read(content)
    assert sound.array == array
    assert sound.samples == 3
    assert "cut" in " ".join(sound.warnings)


CODINGS = {
    b"NONE": (16, SoundArray(2, 16, 16, SIGNED, True)),
    b"twos": (24, SoundArray(2, 24, 24, SIGNED, True)),
    b"sowt": (16, SoundArray(2, 16, 16, SIGNED, False)),
    b"raw ": (8, SoundArray(2, 8, 8, UNSIGNED, True)),
    b"in24": (24, SoundArray(2, 24, 24, SIGNED, True)),
    b"42ni": (24, SoundArray(2, 24, 24, SIGNED, False)),
    b"in32": (32, SoundArray(2, 32, 32, SIGNED, True)),
    b"23ni": (32, SoundArray(2, 32, 32, SIGNED, False)),
    b"fl32": (32, SoundArray(2, 32, 32, FLOAT, True)),
    b"FL64": (64, SoundArray(2, 64, 64, FLOAT, True)),
}


@pytest.mark.parametrize("coding", CODINGS)
def test_comm_tells_the_form_of_samples(coding):
    bits, array = CODINGS[coding]
    content = aiff(big(b"COMM", comm(bits=bits, coding=coding)), ssnd(SAMPLES[:192]), form=b"AIFC")
    sound = read(content)
    assert (sound.format, sound.array) == (SoundFormat.AIFC, array)
    assert samples(content) == SAMPLES[:192]


def test_aiff_of_8_bits_is_signed():
    assert read(aiff(big(b"COMM", comm(bits=8)), ssnd(SAMPLES))).array.encoding is SIGNED


def test_loudspeakers_and_time_of_day_are_read():
    bext = bytearray(602)
    bext[338:346] = struct.pack("<Q", 172_800_000)
    sound = read(wave(chunk(b"bext", bytes(bext)), chunk(b"fmt ", extensible(mask=0x30)), DATA400))
    assert (sound.mask, sound.first) == (0x30, 172_800_000)
    assert "loudspeakers" in sound.why_not_rawcooked


@pytest.mark.parametrize("size", [8000, 22050, 44100, 48000, 96000, 192_000])
def test_rates_of_aiff_are_read(size):
    assert read(aiff(big(b"COMM", comm(rate=size)), ssnd(SAMPLES))).rate == size


def test_a_sound_of_more_than_4_gib_is_read_by_its_header_alone(tmp_path):
    size = (5 << 30) + 4
    head = wave(ds64(size), FMT16, chunk(b"data", b"", size=0xFFFFFFFF), form=b"RF64")
    with (tmp_path / "sparse.wav").open("w+b") as handle:
        handle.write(head)
        handle.truncate(len(head) + size)
        sound = read_sound(handle, len(head) + size)
    assert (sound.offset, sound.size, sound.warnings) == (len(head), size, ())


def rated(rate):
    return aiff(big(b"COMM", comm()[:8] + rate), ssnd(SAMPLES))


REFUSED = {
    "nothing": (b"", "EMPTY"),
    "text": (b"RIFFabcdWAVX" + SAMPLES, "UNKNOWN"),
    "no fmt": (wave(DATA400), "HEADER"),
    "no data": (wave(FMT16), "HEADER"),
    "short fmt": (wave(chunk(b"fmt ", fmt()[:14]), DATA400), "HEADER"),
    "no samples": (wave(FMT16, chunk(b"data", b"")), "NO-SOUND"),
    "no samples, but a chunk": (wave(FMT16, chunk(b"data", b""), chunk(b"LIST", b"a")), "NO-SOUND"),
    "one byte": (wave(FMT16, chunk(b"data", b"a")), "NO-SOUND"),
    "A-law": (wave(chunk(b"fmt ", fmt(6, bits=8)), DATA400), "COMPRESSED"),
    "no channels": (wave(chunk(b"fmt ", fmt(channels=0)), DATA400), "FLAVOUR"),
    "no bits": (wave(chunk(b"fmt ", fmt(bits=0)), DATA400), "FLAVOUR"),
    "40 bits": (wave(chunk(b"fmt ", fmt(bits=40)), DATA400), "FLAVOUR"),
    "no rate": (wave(chunk(b"fmt ", fmt(rate=0)), DATA400), "HEADER"),
    "too many chunks": (wave(*[chunk(b"junk", b"")] * (MOST_CHUNKS + 1), FMT16), "HEADER"),
    "no COMM": (aiff(ssnd(SAMPLES)), "HEADER"),
    "short COMM": (aiff(big(b"COMM", comm()[:16]), ssnd(SAMPLES)), "HEADER"),
    "ulaw": (aiff(big(b"COMM", comm(coding=b"ulaw")), ssnd(SAMPLES), form=b"AIFC"), "COMPRESSED"),
    "infinite rate": (rated(b"\x7f\xff" + b"\0" * 8), "HEADER"),
    "huge rate": (rated(b"\x7f\xfe" + b"\xff" * 8), "HEADER"),
    "negative rate": (rated(b"\xc0\x0e" + b"\xff" * 8), "HEADER"),
    "tiny rate": (rated(b"\0\1" + b"\xff" * 8), "HEADER"),
    "W64 without data": (RIFF + b"\0" * 8 + WAVE + guid(FMT, fmt()), "HEADER"),
    "W64 of size 0": (RIFF + b"\0" * 8 + WAVE + guid(FMT, fmt(), size=0) * 3, "HEADER"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_holds_no_plain_samples_is_refused_in_one_sentence(name):
    content, code = REFUSED[name]
    with pytest.raises(UncodableSound) as found:
        read(content)
    assert found.value.code == code
    assert str(found.value) == found.value.sentence != ""


@pytest.mark.parametrize("name", ["plain", "RF64", "W64", "AIFF", "AIFF, offset"])
def test_a_file_cut_anywhere_gives_the_samples_that_are_left_or_an_error(name):
    content = FILES[name]
    start = read(content).offset
    for length in range(len(content)):
        try:
            sound = read(content[:length])
        except UncodableSound:
            assert length < start + 4
            continue
        assert sound.offset == start
        assert sound.size == (length - start) // 4 * 4
        assert length == len(content) or sound.warnings


@settings(derandomize=True, max_examples=300)
@given(
    st.sampled_from(sorted(FILES)),
    st.lists(st.tuples(st.integers(0, 120), st.integers(0, 255)), min_size=1, max_size=6),
)
def test_damaged_headers_give_a_sound_within_the_file_or_one_error(name, changes):
    content = bytearray(FILES[name])
    for at, value in changes:
        content[at] = value
    try:
        sound = read(bytes(content))
    except UncodableSound:
        return
    assert 0 < sound.offset <= sound.offset + sound.size <= len(content)
    assert sound.size == sound.samples * sound.array.block > 0


@settings(derandomize=True, max_examples=200)
@given(st.sampled_from([b"RIFFabcdWAVE", b"FORMabcdAIFC", RIFF + b"12345678" + WAVE]), st.binary())
def test_any_bytes_behind_a_mark_are_read_or_refused(mark, rest):
    content = mark + rest
    assert is_sound(content[:40])
    with pytest.raises(UncodableSound):
        read(content)


LITTLE = ("u8", "s16le", "s24le", "s32le", "f32le", "f64le")
BIG = ("s8", "s16be", "s24be", "s32be", "f32be", "f64be")
MADE = [(codec, form) for form in ("wav", "w64") for codec in LITTLE] + [(c, "aiff") for c in BIG]


@pytest.mark.parametrize(("codec", "form"), MADE)
def test_files_of_ffmpeg_hold_what_ffmpeg_reads_in_them(codec, form, tmp_path):
    path = tmp_path / f"sound.{form}"
    ffmpeg = [find_ffmpeg().path, "-v", "error"]
    source = ["-f", "lavfi", "-i", "anoisesrc=d=0.1:r=44100:seed=3,aformat=channel_layouts=5.1"]
    subprocess.run([*ffmpeg, *source, "-c:a", f"pcm_{codec}", path], check=True)
    judge = [*ffmpeg, "-i", path, "-c:a", f"pcm_{codec}", "-f", codec, "-"]
    judged = subprocess.run(judge, capture_output=True, check=True)
    assert samples(path.read_bytes()) == judged.stdout
