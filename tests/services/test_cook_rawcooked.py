"""Films that cook makes, restored without avpres: by ffmpeg, and a reader like RAWcooked's."""

import hashlib
import subprocess

import pytest
import rawcooked_like as rawcooked
import scan_maker
from cook_cases import film_of, run
from sound_made import aiff, big, chunk, comm, extensible, fmt, hum, ssnd, wave

from avpres.adapters.tools.ffmpeg import find_ffmpeg
from avpres.domain.exit_codes import ExitCode
from avpres.domain.sounding import Encoding, SoundArray

COUNT = 4
FORMS = {  # of DPX, and what ffmpeg writes as DPX with the same samples
    "8": ({"bits": 8, "packing": scan_maker.PACKED}, "rgb24"),
    "10 big": ({"bits": 10}, "gbrp10be"),
    "10 little": ({"bits": 10, "order": "<"}, "gbrp10le"),
    "12 big": ({"bits": 12}, "gbrp12be"),
    "12 little": ({"bits": 12, "order": "<"}, "gbrp12le"),
    "16 big": ({"bits": 16, "packing": scan_maker.PACKED}, "rgb48be"),
    "16 little": ({"bits": 16, "packing": scan_maker.PACKED, "order": "<"}, "rgb48le"),
}
SOUNDS = {
    "16": SoundArray(2, 16, 16, Encoding.SIGNED, False),
    "24 of six": SoundArray(6, 24, 24, Encoding.SIGNED, False),
    "8": SoundArray(1, 8, 8, Encoding.UNSIGNED, False),
    "AIFF": SoundArray(2, 24, 24, Encoding.SIGNED, True),
}
RAW = {"16": "s16le", "24 of six": "s24le", "8": "u8", "AIFF": "s24be"}


def ffmpeg(*words):
    command = [find_ffmpeg().path, "-v", "error", *words]
    done = subprocess.run(command, check=True, capture_output=True, stdin=subprocess.DEVNULL)
    return done.stdout


def data_of(film, tmp):
    """Take the reversibility data out of a film as any program could."""
    content = film.read_bytes()
    if content.count(rawcooked.head(2)):
        return content[content.index(rawcooked.head(2)) :]
    ffmpeg("-dump_attachment:t:0", tmp / "data", "-i", film, "-t", "0", "-f", "null", "-")
    return (tmp / "data").read_bytes()


def pictures(film, tmp, form):
    """Let ffmpeg write the frames as DPX, and take the samples out of them."""
    (tmp / "dpx").mkdir()
    ffmpeg("-i", film, "-map", "0:v", "-pix_fmt", form, "-c:v", "dpx", tmp / "dpx" / "%03d.dpx")
    return [samples_of(path.read_bytes()) for path in sorted((tmp / "dpx").iterdir())]


def samples_of(dpx):
    """Leave out the header of a DPX of ffmpeg, which is followed by nothing but samples."""
    return dpx[int.from_bytes(dpx[4:8], "big" if dpx[:4] == b"SDPX" else "little") :]


def whole(file, samples):
    """Put a file together as RAWcooked does; its MD5 must be the one that was kept."""
    mask = file.get("in", b"")
    if len(mask) == len(samples):
        samples = bytes(a ^ b for a, b in zip(samples, mask, strict=True))
    content = file.get("before", b"") + samples + file.get("after", b"")
    assert hashlib.md5(content, usedforsecurity=False).digest() == file["md5"]
    return content


def made(tmp, form, sound=None):
    """Make a reel; give its files by name."""
    files = {
        b"reel/scan_%05d.dpx" % n: scan_maker.dpx(64, 48, number=n, seed=n, **form)
        for n in range(1, COUNT + 1)
    }
    if sound:
        files[sound[0]] = sound[1]
    for name, content in files.items():
        path = tmp / name.decode()
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
    return files


CASES = [(name, 0) for name in FORMS] + [(name, -1) for name in FORMS if name.startswith("1")][:4]


@pytest.mark.parametrize(("name", "padding"), CASES)
def test_frames_come_back_without_avpres(name, padding, tmp_path):
    form, written = FORMS[name]
    files = made(tmp_path, {**form, "padding": padding, "trailer": b"more"})
    assert run(tmp_path, tmp_path / "reel").exit_code is ExitCode.OK
    film = film_of(tmp_path)
    [(_, kept)], _ = rawcooked.read(data_of(film, tmp_path))
    samples = pictures(film, tmp_path, written)
    found = {file["name"]: whole(file, each) for file, each in zip(kept, samples, strict=True)}
    assert found == files


def bytes_of(name, samples):
    array = SOUNDS[name]
    if name == "AIFF":
        return aiff(big(b"COMM", comm(bits=24, frames=9000)), ssnd(samples), big(b"ANNO", b"abc"))
    form = (
        extensible(channels=6, mask=0x3F)
        if array.channels > 2
        else fmt(1, array.channels, bits=array.word)
    )
    return wave(chunk(b"fmt ", form), chunk(b"data", samples), chunk(b"LIST", b"INFO"))


@pytest.mark.parametrize("name", SOUNDS)
def test_sounds_come_back_without_avpres(name, tmp_path):
    samples = hum(SOUNDS[name], 9_000)
    path = b"reel/sound." + (b"aiff" if name == "AIFF" else b"wav")
    files = made(tmp_path, {"bits": 10}, (path, bytes_of(name, samples)))
    assert run(tmp_path, tmp_path / "reel").exit_code is ExitCode.OK
    film = film_of(tmp_path)
    tracks, _ = rawcooked.read(data_of(film, tmp_path))
    [file] = tracks[1][1]
    raw = ffmpeg("-i", film, "-map", "0:a", "-c:a", f"pcm_{RAW[name]}", "-f", RAW[name], "-")
    assert file["name"] == path
    assert whole(file, raw) == files[path]
