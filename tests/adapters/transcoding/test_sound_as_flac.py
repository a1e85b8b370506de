"""WAVE and AIFF as FLAC: the same file comes back, from avpres and from flac itself."""

import io
import re
import struct
import subprocess
import tracemalloc
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sound_made import aiff, big, chunk, comm, extensible, fmt, hum, noise, ssnd, wave

from avpres.adapters.cooking.flac import FlacDecoder
from avpres.adapters.sounds import wave64
from avpres.adapters.transcoding import flac
from avpres.adapters.transcoding.flac_coder import DepthEncoder
from avpres.adapters.transcoding.native_flac import MOST_BLOCKS, blocks, info_of
from avpres.adapters.transcoding.sound_words import words_of
from avpres.domain.fixity import Algorithm
from avpres.domain.migration import Reason, Unmigratable
from avpres.domain.sounding import Encoding, SoundArray

S16, S24, U8 = (
    SoundArray(2, 16, 16, Encoding.SIGNED, False),
    SoundArray(2, 24, 24, Encoding.SIGNED, False),
    SoundArray(1, 8, 8, Encoding.UNSIGNED, False),
)
BEXT = chunk(b"bext", b"a description".ljust(602, b"\0") + b"A=PCM\r\n")
AFTER = chunk(b"iXML", b"<BWFXML/>x") + chunk(b"axml", b"<a/>") + chunk(b"LIST", b"INFOabc")
FVER = big(b"FVER", struct.pack(">I", 0xA2805140))
OPEN = 0xFFFFFFFF


def low(bits: int, word: int, count: int) -> bytes:
    """Words whose lowest bits are zero."""
    whole = noise(4 * count)
    numbers = struct.unpack(f"<{count}i", whole)
    kept = [number & -(1 << 32 - bits) & OPEN for number in numbers]
    return b"".join(struct.pack("<I", each)[4 - word // 8 :] for each in kept)


def rf64(form: bytes, data: bytes, *, samples: int, before: bytes = b"", after: bytes = b""):
    own = b"data" + struct.pack("<I", OPEN) + data + b"\0" * (len(data) % 2)
    inner = chunk(b"fmt ", form) + before + own + after
    ds64 = struct.pack("<QQQI", 4 + 36 + len(inner), len(data), samples, 0)
    return wave(chunk(b"ds64", ds64), inner, form=b"RF64", size=OPEN)


def plain(form: bytes, data: bytes, *, before: bytes = b"", after: bytes = b"") -> bytes:
    return wave(chunk(b"fmt ", form), before, chunk(b"data", data), after)


def form_of(samples: bytes, *, kind: bytes = b"AIFF", after: bytes = b"", **said: object) -> bytes:
    before = FVER if kind == b"AIFC" else b""
    return aiff(before, big(b"COMM", comm(**said)), ssnd(samples), after, form=kind)


def guid(name: bytes, content: bytes, *, padding: bytes = b"\0") -> bytes:
    size = struct.pack("<Q", 24 + len(content))
    return name + wave64.TAIL + size + content + padding * (-len(content) % 8)


def w64(*chunks: bytes, size: int | None = None) -> bytes:
    inner = wave64.WAVE + b"".join(chunks)
    return wave64.RIFF + struct.pack("<Q", 24 + len(inner) if size is None else size) + inner


JUNK = guid(b"junk", b"abc", padding=b"X")
OLD = {  # restored by flac 1.4.2 and later
    "Wave64": w64(guid(b"fmt ", fmt()), guid(b"data", hum(S16, 5000))),
    "Wave64, chunks around": w64(JUNK, guid(b"fmt ", fmt()), JUNK, guid(b"data", noise(400)), JUNK),
    "Wave64, 24 bits": w64(
        guid(b"fmt ", extensible(channels=1, mask=4)), guid(b"data", noise(303))
    ),
    "Wave64, 5.1": w64(
        guid(b"fmt ", extensible(channels=6, mask=0x3F)), guid(b"data", noise(18 * 300))
    ),
    "16 bits": plain(fmt(), hum(S16, 9000)),
    "8 bits": plain(fmt(channels=1, bits=8), hum(U8, 9001)),
    "16 bits, chunks before fmt": wave(BEXT, chunk(b"fmt ", fmt()), chunk(b"data", noise(400))),
    "padding that is not zero": plain(fmt(), noise(400), before=b"junk\3\0\0\0abcX"),
    "one sample": plain(fmt(channels=1), b"\1\2"),
    "24 bits, extensible": plain(extensible(), hum(S24, 5000), before=BEXT, after=AFTER),
    "5.1": plain(extensible(channels=6, mask=0x3F), noise(18 * 300)),
    "5.1, at the sides": plain(extensible(channels=6, mask=0x60F), noise(18 * 300)),
    "7.1": plain(extensible(channels=8, mask=0x63F), noise(24 * 300)),
    "20 bits in 24": plain(extensible(channels=1, valid=20, mask=4), low(20, 24, 900)),
    "32 bits, extensible": plain(extensible(bits=32, valid=32), noise(8000)),
    "192 kHz": plain(extensible(rate=192_000), hum(S24, 5000)),
    "1 Hz": plain(fmt(rate=1), noise(40_000)),
    "AIFF": form_of(noise(400), after=big(b"NAME", b"abc") + big(b"ANNO", b"abcd")),
    "AIFF, 8 bits": form_of(noise(401), channels=1, bits=8, frames=401),
    "AIFF, 12 bits": form_of(low(12, 16, 200)[::-1], bits=16),
    "AIFF, 24 bits": form_of(noise(600), bits=24),
    "AIFF, 32 bits": form_of(noise(800), bits=32),
}
RF64 = {  # by flac 1.4.2 with --force-rf64-format
    "RF64": rf64(fmt(), noise(4000), samples=1000, before=BEXT, after=AFTER),
    "RF64, 24 bits": rf64(extensible(), noise(6000), samples=1000),
    "RF64, odd": rf64(fmt(channels=1, bits=8), noise(401), samples=401),
}
NEW = {  # by flac 1.4.3 and later
    "24 bits": plain(fmt(bits=24), hum(S24, 5000)),
    "BWF": plain(fmt(bits=24, rate=96_000), hum(S24, 5000), before=BEXT, after=AFTER),
    "32 bits": plain(fmt(bits=32), noise(8000)),
    "three channels": plain(fmt(channels=3), noise(600)),
    "16 bits, extensible": plain(extensible(bits=16, valid=16), noise(400)),
    "AIFF-C": form_of(noise(600), kind=b"AIFC", coding=b"NONE", bits=24),
    "AIFF-C, little-endian": form_of(noise(400), kind=b"AIFC", coding=b"sowt"),
}
OURS = {  # by avpres alone
    "a fmt of 18 bytes": plain(fmt(more=b"\0\0"), noise(400)),
    "loudspeakers not said": plain(extensible(mask=0), noise(600)),
    "a wrong byte rate": plain(fmt(rate=48_000, block=4)[:8] + bytes(4) + fmt()[12:], noise(400)),
    "a wrong size of the file": wave(chunk(b"fmt ", fmt()), chunk(b"data", noise(400)), size=0),
    "24 bits in 32": plain(extensible(bits=32, valid=24), noise(800)),
    "12 bits in 16": plain(fmt(bits=12, block=4), noise(400)),
    "Wave64, plain 24 bits": w64(guid(b"fmt ", fmt(bits=24)), guid(b"data", noise(600))),
    "Wave64 of a wrong size": w64(guid(b"fmt ", fmt()), guid(b"data", noise(400)), size=8),
    "BW64": rf64(fmt(), noise(400), samples=100).replace(b"RF64", b"BW64"),
    "RF64, without its samples' number": rf64(fmt(), noise(400), samples=0),
    "RF64, plain 24 bits": rf64(fmt(bits=24), noise(600), samples=100),
    "AIFF with an offset": aiff(big(b"COMM", comm()), ssnd(noise(400), offset=6)),
    "AIFF, another number": form_of(noise(400), frames=99),
    "AIFF-C, twos": form_of(noise(400), kind=b"AIFC", coding=b"twos"),
    "AIFF-C, in24": form_of(noise(600), kind=b"AIFC", coding=b"in24", bits=24),
    "AIFF-C, raw": form_of(noise(200), kind=b"AIFC", coding=b"raw ", bits=8),
}
ALL = OLD | RF64 | NEW | OURS
REFUSED = {
    "nothing": (b"", Reason.EMPTY),
    "no sound at all": (b"RIFF\4\0\0\0AVI ", Reason.UNKNOWN_FORMAT),
    "no samples": (plain(fmt(), b""), Reason.EMPTY),
    "float": (plain(fmt(tag=3, bits=32), noise(800)), Reason.FLOAT),
    "64 bits": (plain(fmt(bits=64), noise(1600)), Reason.BITS),
    "nine channels": (plain(fmt(channels=9), noise(1800)), Reason.CHANNELS),
    "compressed": (plain(fmt(tag=2, bits=4), noise(400)), Reason.COMPRESSED),
    "768 kHz": (plain(fmt(rate=768_000), noise(400)), Reason.NOT_REVERSIBLE),
    "88,201 Hz": (plain(fmt(rate=88_201), noise(400)), Reason.NOT_REVERSIBLE),
    "cut": (plain(fmt(), noise(400))[:-10], Reason.DAMAGED),
    "a chunk behind the samples that is cut": (
        plain(fmt(), noise(400), after=AFTER)[:-3],
        Reason.DAMAGED,
    ),
    "an open end": (
        wave(chunk(b"fmt ", fmt()), chunk(b"data", noise(400), size=OPEN), size=OPEN),
        Reason.DAMAGED,
    ),
    "no length": (
        wave(chunk(b"fmt ", fmt()), chunk(b"data", noise(400), size=0), size=0),
        Reason.DAMAGED,
    ),
    "within a sample": (plain(fmt(), noise(402)), Reason.DAMAGED),
    "two data": (plain(fmt(), noise(400), after=chunk(b"data", b"ab")), Reason.NOT_REVERSIBLE),
    "two fmt": (plain(fmt(), noise(400), before=chunk(b"fmt ", fmt())), Reason.NOT_REVERSIBLE),
    "fmt behind data": (
        wave(chunk(b"data", noise(400)), chunk(b"fmt ", fmt())),
        Reason.NOT_REVERSIBLE,
    ),
    "bytes behind it": (plain(fmt(), noise(400)) + b"abc", Reason.NOT_REVERSIBLE),
    "odd, not padded": (
        wave(chunk(b"fmt ", fmt(channels=1, bits=8)), b"data\3\0\0\0abc"),
        Reason.NOT_REVERSIBLE,
    ),
    "odd, padded with something": (
        wave(chunk(b"fmt ", fmt(channels=1, bits=8)), b"data\3\0\0\0abcX"),
        Reason.NOT_REVERSIBLE,
    ),
    "a chunk too large for a block": (
        plain(fmt(), noise(400), before=chunk(b"axml", bytes((1 << 24) - 12))),
        Reason.NOT_REVERSIBLE,
    ),
    "bits below those told": (
        plain(extensible(channels=1, valid=20, mask=4), noise(900)),
        Reason.NOT_REVERSIBLE,
    ),
    "Wave64, not padded": (
        w64(guid(b"fmt ", fmt()), guid(b"data", noise(404))[:-4]),
        Reason.NOT_REVERSIBLE,
    ),
    "Wave64, padded with something": (
        w64(guid(b"fmt ", fmt()), guid(b"data", noise(404), padding=b"X")),
        Reason.NOT_REVERSIBLE,
    ),
    "Wave64, a chunk of no size": (
        w64(guid(b"fmt ", fmt()), guid(b"data", noise(400)), bytes(24)),
        Reason.NOT_REVERSIBLE,
    ),
    "Wave64, cut": (
        w64(guid(b"fmt ", fmt()), guid(b"data", noise(400)), JUNK)[:-4],
        Reason.DAMAGED,
    ),
    "unaligned AIFF": (
        aiff(big(b"COMM", comm()), ssnd(noise(400)[:-1])),
        Reason.DAMAGED,
    ),
}


def made_of(content: bytes, folder: Path, **options: object) -> tuple[Path, flac.FlacMade]:
    source, target = folder / name_of(content), folder / "made.flac"
    source.write_bytes(content)
    with target.open("w+b") as handle:
        return target, flac.to_flac(source, handle, **options)


def name_of(content: bytes) -> str:
    if content.startswith(wave64.RIFF):
        return "a.w64"
    return {b"AIFF": "a.aiff", b"AIFC": "a.aifc"}.get(content[8:12], "a.wav")


def restored(path: Path) -> bytes:
    into = io.BytesIO()
    flac.restore(path, into)
    return into.getvalue()


def run_flac(*words: object) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["flac", "-s", "-f", *map(str, words)], capture_output=True, check=False)


@cache
def flac_version() -> tuple[int, ...]:
    said = subprocess.run(["flac", "--version"], capture_output=True, text=True, check=True).stdout
    return tuple(int(each) for each in re.findall(r"\d+", said)[:3])


@pytest.mark.parametrize("name", ALL)
def test_the_same_file_comes_back(name: str, tmp_path: Path):
    target, made = made_of(ALL[name], tmp_path, by_program=False)

    assert restored(target) == ALL[name]
    assert made.restored_by[1:] == (
        () if name in OURS else ("flac 1.4.3",) if name in NEW else ("flac 1.4.2",)
    )


@pytest.mark.parametrize("name", ALL)
@pytest.mark.programs("flac")
def test_flac_gives_the_same_file_or_it_was_foretold_that_it_does_not(name: str, tmp_path: Path):
    target, _ = made_of(ALL[name], tmp_path, by_program=False)
    is_new = flac_version() >= (1, 4, 3)
    more = ["--force-rf64-format"] if ALL[name].startswith(b"RF64") and not is_new else []
    out = tmp_path / ("out-" + name_of(ALL[name]))

    run_flac("-d", "--keep-foreign-metadata", *more, target, "-o", out)

    same = out.exists() and out.read_bytes() == ALL[name]
    assert same is (name in OLD or name in RF64 or (is_new and name in NEW))


@pytest.mark.parametrize("name", ALL)
@pytest.mark.programs("flac")
def test_flac_finds_the_stream_sound(name: str, tmp_path: Path):
    target, _ = made_of(ALL[name], tmp_path, by_program=False)

    said = run_flac("-t", "-w", target)

    assert (said.returncode, said.stderr) == (0, b"")


@pytest.mark.parametrize("name", sorted((OLD | RF64 | NEW).keys() - {"three channels"}))
@pytest.mark.programs("flac")
def test_what_flac_made_is_restored(name: str, tmp_path: Path):
    source, target = tmp_path / name_of(ALL[name]), tmp_path / "its.flac"
    source.write_bytes(ALL[name])

    run_flac("--lax", "--keep-foreign-metadata", source, "-o", target)

    assert restored(target) == ALL[name]


@pytest.mark.parametrize(
    "name", ["BWF", "5.1, at the sides", "AIFF", "RF64", "Wave64, chunks around"]
)
@pytest.mark.programs("flac")
def test_the_blocks_are_those_that_flac_writes(name: str, tmp_path: Path):
    ours, _ = made_of(ALL[name], tmp_path)
    its = tmp_path / "its.flac"
    run_flac("--keep-foreign-metadata", tmp_path / name_of(ALL[name]), "-o", its)

    assert applications(ours) == applications(its)


def applications(path: Path) -> list[bytes]:
    content = path.read_bytes()
    with path.open("rb") as handle:
        found = list(blocks(handle, len(content)))
    return [content[each.at : each.at + each.size] for each in found if each.kind == 2]


@pytest.mark.parametrize("name", REFUSED)
def test_what_does_not_come_back_is_refused_by_reason(name: str, tmp_path: Path):
    content, reason = REFUSED[name]
    allowed = {} if name == "bits below those told" else {"by_program": False}

    with pytest.raises(Unmigratable) as caught:
        made_of(content, tmp_path, **allowed)

    assert caught.value.reason is reason


@pytest.mark.parametrize("name", OURS)
def test_what_flac_would_not_restore_is_refused_unless_allowed(name: str, tmp_path: Path):
    with pytest.raises(Unmigratable, match="avpres alone") as caught:
        made_of(OURS[name], tmp_path)

    assert caught.value.reason is Reason.NOT_REVERSIBLE


def test_the_record_tells_what_was_proved(tmp_path: Path):
    told: list[int] = []
    content = OLD["24 bits, extensible"]
    target, made = made_of(
        content, tmp_path, progress=told.append, algorithms=(Algorithm.MD5, Algorithm.SHA256)
    )

    assert [each.algorithm for each in made.digests] == [Algorithm.SHA256, Algorithm.MD5]
    assert sum(told) == 2 * len(content)  # once coded, once proved
    info = info_of(target.read_bytes()[8:42])
    assert (info.samples, info.rate, info.bits) == (5000, 48_000, 24)
    assert made.as_dict()["md5"] == info.md5.hex()


def test_the_same_source_gives_the_same_flac(tmp_path: Path):
    one, _ = made_of(OLD["8 bits"], tmp_path)
    first = one.read_bytes()

    assert made_of(OLD["8 bits"], tmp_path)[0].read_bytes() == first


@pytest.mark.parametrize("place", [0.05, 0.3, 0.6, 0.95])
def test_a_changed_flac_is_refused(place: float, tmp_path: Path):
    target, _ = made_of(OLD["16 bits"], tmp_path)
    content = bytearray(target.read_bytes())
    frames = content.index(b"\xff\xf8")
    content[frames + int(place * (len(content) - frames))] ^= 0x10
    target.write_bytes(content)

    with pytest.raises(Unmigratable) as caught:
        restored(target)

    assert caught.value.reason is Reason.DAMAGED


@pytest.mark.parametrize("cut", [1, 3, 10, 30, 41, 200, 2000, -1, -3000])
def test_a_cut_flac_is_refused(cut: int, tmp_path: Path):
    target, _ = made_of(OLD["16 bits"], tmp_path)
    target.write_bytes(target.read_bytes()[:cut])

    with pytest.raises(Unmigratable):
        restored(target)


def test_a_flac_without_a_heading_is_refused(tmp_path: Path):
    target, _ = made_of(OLD["16 bits"], tmp_path)
    target.write_bytes(target.read_bytes().replace(b"riff", b"test"))

    with pytest.raises(Unmigratable, match="keeps no heading") as caught:
        restored(target)

    assert caught.value.reason is Reason.NOT_REVERSIBLE


def test_a_comment_that_is_no_text_does_not_matter(tmp_path: Path):
    target, _ = made_of(OLD["16 bits"], tmp_path)
    target.write_bytes(target.read_bytes().replace(b"avpres", b"\x80\xff\0pre"))

    assert restored(target) == OLD["16 bits"]


def test_blocks_without_end_are_refused(tmp_path: Path):
    target = tmp_path / "a.flac"
    target.write_bytes(b"fLaC\0\0\0\x22" + bytes(34) + b"\1\0\0\0" * (MOST_BLOCKS + 1))

    with pytest.raises(Unmigratable, match="metadata blocks"):
        restored(target)


def test_memory_does_not_grow_with_the_sound(tmp_path: Path):
    short, long = (
        peak_of(plain(fmt(bits=24), hum(S24, samples), before=BEXT), tmp_path)
        for samples in (200_000, 800_000)
    )

    assert long - short < 500_000


def peak_of(content: bytes, folder: Path) -> int:
    tracemalloc.start()
    try:
        made_of(content, folder)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@settings(max_examples=60, deadline=None, derandomize=True)
@given(bits=st.integers(4, 32), channels=st.integers(1, 8), data=st.data())
def test_our_own_frames_are_read_by_ffmpeg(bits: int, channels: int, data: st.DataObject):
    word = max(8, -(-bits // 8) * 8)
    array = SoundArray(channels, word, bits, Encoding.SIGNED, big_endian=False)
    kind = data.draw(st.sampled_from(["noise", "hum", "steps", "silence", "loud"]))
    samples = sound_of(kind, bits, data.draw(st.integers(1, 9000)), channels)
    content = words_of(samples.astype(np.int32), array)
    encoder = DepthEncoder(array, 44_100, bits)

    packets = [*encoder.encode(content), *encoder.finish()]
    frames = b"".join(packet.data for packet in packets)

    decoder = FlacDecoder(b"fLaC\x80\0\0\x22" + encoder.info, array)
    found = b"".join(decoder.decode(packet.data) for packet in packets)
    decoder.finish()
    assert found == content
    assert frames.count(b"\xff\xf8") >= len(packets)


def sound_of(kind: str, bits: int, count: int, channels: int) -> np.ndarray:
    """Samples in the highest bits of 32."""
    random, shape = np.random.default_rng(count), (count, channels)
    most = (1 << bits - 1) - 1
    if kind == "noise":
        values = random.integers(-most - 1, most, shape, endpoint=True)
    elif kind == "hum":
        values = (np.sin(np.arange(count)[:, None] / 9) * most * 0.9 + 0 * shape[1]).astype(
            np.int64
        )
        values = np.repeat(values[:, :1], channels, 1)
    elif kind == "steps":
        values = random.integers(0, 2, shape) * (most // 2 & -4)
    else:
        values = np.full(shape, 0 if kind == "silence" else most)
        values[::2] = -values[::2] - (kind == "loud")
    return (values.astype(np.int64) << 32 - bits).reshape(-1)
