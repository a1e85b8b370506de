"""Every flavour of scans and sounds through the whole of cook and uncook, in two films."""

import hashlib
import json
import os

import pytest
import rawcooked_like
import scan_maker
import sound_made
from cook_cases import back, film_of, run, tree, whole_reel

from avpres.adapters.matroska.model import REVERSIBILITY_NAME
from avpres.adapters.reversible.layouts import layout_of
from avpres.adapters.scans.reading import read_scan
from avpres.domain.reversible import Restoration
from avpres.domain.sounding import Encoding, SoundArray
from avpres.services.reversible.opening import open_cooked
from avpres.services.reversible.pictures import array_of

DPX = scan_maker.dpx
TIFF = scan_maker.tiff
ICC = {34675: (7, b"profile " * 40)}
SCANS = {
    "dpx 8 rgb": lambda n: DPX(bits=8, seed=n, number=n),
    "dpx 10 filled a little": lambda n: DPX(order="<", seed=n, padding=-1),
    "dpx 10 filled b": lambda n: DPX(packing=scan_maker.FILLED_B, seed=n),
    "dpx 10 packed": lambda n: DPX(packing=scan_maker.PACKED, seed=n),
    "dpx 12 filled a": lambda n: DPX(bits=12, seed=n, padding=-1),
    "dpx 12 packed little": lambda n: DPX(bits=12, packing=0, order="<", seed=n),
    "dpx 16": lambda n: DPX(bits=16, seed=n, trailer=b"behind" * n),
    "dpx 16 little": lambda n: DPX(bits=16, order="<", seed=n),
    "dpx rgba 10": lambda n: DPX(descriptor=scan_maker.RGBA, seed=n),
    "dpx y 10": lambda n: DPX(descriptor=scan_maker.LUMA, seed=n),
    "dpx two elements": lambda n: DPX(descriptors=(scan_maker.RGB, 4), bits=16, seed=n),
    "tiff 8": lambda n: TIFF(bits=8, seed=n),
    "tiff 16 big endian": lambda n: TIFF(order=">", seed=n),
    "tiff icc": lambda n: TIFF(tags=ICC, seed=n, trailer=bytes(n)),
    "tiff planar": lambda n: TIFF(planar=True, seed=n),
    "tiff strips with gaps": lambda n: TIFF(rows=2, gap=b"gap!", seed=n),
    "tiff tiles": lambda n: TIFF(32, 32, tile=(16, 16), seed=n),
    "tiff cmyk": lambda n: TIFF(bits=8, channels=4, photometric=5, seed=n),
    "tiff gray 1": lambda n: TIFF(bits=1, channels=1, photometric=1, seed=n),
    "tiff float": lambda n: TIFF(bits=32, sample_format=3, seed=n),
    "bigtiff": lambda n: TIFF(big=True, seed=n),
    "cineon": lambda n: scan_maker.cineon(seed=n, number=n),
    "exr half": lambda n: scan_maker.exr(seed=n),
}


@pytest.fixture(scope="module")
def cooked(tmp_path_factory):
    """Cook a reel with a folder for each flavour; each is a track."""
    top = tmp_path_factory.mktemp("flavours")
    for name, make in SCANS.items():
        folder = top / "reel" / name
        folder.mkdir(parents=True)
        for number in range(1, 3):
            (folder / f"f{number:04d}").write_bytes(make(number))
    report = run(top, top / "reel")
    assert report.exit_code == 0, report.findings
    assert back(top, film_of(top)).exit_code == 0
    return top


@pytest.mark.parametrize("name", SCANS)
def test_a_flavour_comes_back(cooked, name):
    found = tree(cooked / "back" / "reel" / name)
    assert found == tree(cooked / "reel" / name)


def test_each_flavour_is_a_track_of_pictures(cooked):
    told = json.loads((cooked / "out/reel/reel.cook.json").read_text())
    assert len(told["tracks"]) == len(SCANS)


PLAIN = [name for name in SCANS if not name.startswith(("exr", "dpx two", "tiff strips"))]


@pytest.mark.parametrize("name", PLAIN)
def test_a_header_alone_tells_how_samples_lie(name):
    """RAWcooked keeps no description: what is before and behind the samples must do."""
    data = SCANS[name](1)
    array = read_scan(data).array
    begin = min(offset for offset, _ in array.segments)
    end = max(offset + size for offset, size in array.segments)
    kept = Restoration(b"x", data[:begin], data[end:])
    if not name.startswith("dpx"):
        kept = Restoration(b"x", data[:begin], data[end:], size=len(data))
    assert layout_of(array_of(kept)) == layout_of(array)


def array(channels, word, encoding=Encoding.SIGNED, *, big_endian=False):
    return SoundArray(channels, word, word, encoding, big_endian)


def wave(form, tag=1):
    content = sound_made.hum(form, 5000)
    fmt = sound_made.fmt(tag, form.channels, 48000, form.word)
    return sound_made.wave(
        sound_made.chunk(b"bext", b"history " * 80),
        sound_made.chunk(b"fmt ", fmt),
        sound_made.chunk(b"data", content),
        sound_made.chunk(b"LIST", b"INFOISFTmaker "),
    )


SOUNDS = {
    "8.wav": lambda: wave(array(1, 8, Encoding.UNSIGNED)),
    "16.wav": lambda: wave(array(2, 16)),
    "24 of three.wav": lambda: wave(array(3, 24)),
    "24 of seven.wav": lambda: wave(array(7, 24)),
    "32.wav": lambda: wave(array(2, 32)),
    "float.wav": lambda: wave(array(2, 32, Encoding.FLOAT), 3),
    "float 64.wav": lambda: wave(array(2, 64, Encoding.FLOAT), 3),
    "ten channels.wav": lambda: wave(array(10, 16)),
    "aiff.aif": lambda: sound_made.aiff(
        sound_made.big(b"COMM", sound_made.comm(2, 24, frames=3000)),
        sound_made.big(
            b"SSND", sound_made.ssnd(sound_made.hum(array(2, 24, big_endian=True), 3000))
        ),
    ),
}


@pytest.fixture(scope="module")
def sounding(tmp_path_factory):
    top = tmp_path_factory.mktemp("sounds")
    reel = top / "reel"
    reel.mkdir()
    (reel / "f1.dpx").write_bytes(DPX())
    for name, make in SOUNDS.items():
        (reel / name).write_bytes(make())
    report = run(top, reel)
    assert report.exit_code == 0, report.findings
    assert back(top, film_of(top)).exit_code == 0
    return top


@pytest.mark.parametrize("name", SOUNDS)
def test_a_sound_comes_back(sounding, name):
    assert (sounding / "back/reel" / name).read_bytes() == (sounding / "reel" / name).read_bytes()


def test_each_sound_is_a_track(sounding):
    told = json.loads((sounding / "out/reel/reel.cook.json").read_text())
    assert len(told["sounds"]) == len(SOUNDS)


def test_a_reader_like_rawcooked_finds_what_it_needs(cooked):
    with open_cooked(film_of(cooked)) as film, film_of(cooked).open("rb") as handle:
        handle.seek(film.span[0])
        tracks, attached = rawcooked_like.read(handle.read(film.span[1]))
    assert attached == []
    assert len(tracks) == len(SCANS)
    for _, files in tracks:
        for file in files:
            data = (cooked / os.fsdecode(file["name"])).read_bytes()
            assert hashlib.md5(data, usedforsecurity=False).digest() == file["md5"]
            assert data.startswith(file["before"])
            assert data.endswith(file.get("after", b""))
            assert data[:4] in {b"SDPX", b"XPDS"} or file["size"] == len(data)


def test_a_reader_like_rawcooked_finds_attachments_and_sounds(tmp_path):
    reel = whole_reel(tmp_path)
    run(tmp_path, reel)
    with open_cooked(film_of(tmp_path)) as film, film_of(tmp_path).open("rb") as handle:
        handle.seek(film.span[0])
        tracks, attached = rawcooked_like.read(handle.read(film.span[1]))
        names = {each.name for each in film.film.attachments}
    assert [len(files) for _, files in tracks] == [6, 1]
    assert tracks[1][1][0]["name"] == b"reel/sound.wav"
    listed = {file["name"].decode(): file["size"] for file in attached}
    sidecars = ("notes/scan.xml", ".DS_Store", "Thumbs.db", "empty.txt")
    assert listed == {f"reel/{name}": (reel / name).stat().st_size for name in sidecars}
    assert names == {name for name, size in listed.items() if size} | {REVERSIBILITY_NAME}
