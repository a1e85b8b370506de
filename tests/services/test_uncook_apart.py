"""AVI files that RAWcooked took apart, its data by an independent writer, the rest by ffmpeg."""

import hashlib
import struct
import subprocess

import clip_maker
import pytest
import rawcooked_like as rawcooked
from cook_cases import back
from decode_cases import run

from avpres.adapters.tools.ffmpeg import find_ffmpeg
from avpres.domain.exit_codes import ExitCode

CODERS = "-c:v ffv1 -coder 1 -context 1 -g 1 -level 3 -slicecrc 1 -slices 4 -c:a"
LISTS = {b"RIFF": (b"AVI ", b"AVIX"), b"LIST": (b"hdrl", b"strl", b"movi")}


def kept_of(content, samples=(b"00dc", b"00db", b"01wb"), within=b""):
    """What stays of an AVI without its samples, list within list."""
    kept, at = b"", 0
    while at + 8 <= len(content):
        name, size = content[at : at + 4], struct.unpack_from("<I", content, at + 4)[0]
        body = content[at + 8 : at + 8 + size]
        pad = content[at + 8 + size : at + 8 + size + size % 2]
        kept += content[at : at + 8]
        if name in LISTS and body[:4] in LISTS[name]:
            kept += body[:4] + kept_of(body[4:], samples, body[:4])
        elif within != b"movi" or name not in samples:
            kept += body
        kept += pad
        at += 8 + size + size % 2
    return kept + content[at:]


def film_of(tmp, content, *, codec="flac", name=b"tape.avi", digest=None, cut=None):
    """Let ffmpeg make the film as RAWcooked asks it to."""
    (tmp / "source").mkdir()
    source = tmp / "source" / "tape.avi"
    source.write_bytes(content)
    md5 = digest or hashlib.md5(content, usedforsecurity=False).digest()
    data = rawcooked.head(1) + rawcooked.block(
        rawcooked.SEGMENT,
        rawcooked.block(0x70, b"RAWcooked")
        + rawcooked.block(0x71, b"23.12")
        + rawcooked.compressable(rawcooked.NAME, name)
        + rawcooked.compressable(rawcooked.IN, kept_of(content)[:cut])
        + rawcooked.block(rawcooked.HASH, rawcooked.eb(0) + md5)
        + rawcooked.number(rawcooked.SIZE, len(content)),
    )
    (tmp / "data").write_bytes(data)
    words = [find_ffmpeg().path, "-v", "error", "-xerror", "-i", source, "-map", "0"]
    words += [
        *CODERS.split(),
        codec,
        "-attach",
        tmp / "data",
        "-metadata:s:t:0",
        "mimetype=application/octet-stream",
    ]
    words += ["-metadata:s:t:0", "filename=RAWcooked reversibility data", "-f", "matroska"]
    film = tmp / "tape.mkv"
    subprocess.run([*words, film], check=True, stdin=subprocess.DEVNULL)
    return film


CASES = {
    "as it is": {},
    "without sound": {"sounds": ()},
    "sound of 24 bits": {"sounds": ((1, 2, 24),)},
    "sound ahead": {"ahead": True},
    "segments of OpenDML": {"segments": 3},
    "without index": {"index": False},
    "more behind": {"tail": b"more than it needs"},
    "one frame": {"count": 1},
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_it_comes_back_whole(case, tmp_path):
    content = clip_maker.avi(**case)
    film = film_of(tmp_path, content)
    report = back(tmp_path, film)
    assert report.exit_code is ExitCode.OK, report.findings
    [path] = (tmp_path / "back").rglob("tape.avi")
    assert path.read_bytes() == content


def test_sound_that_stayed_as_it_was_comes_back(tmp_path):
    content = clip_maker.avi()
    back(tmp_path, film_of(tmp_path, content, codec="copy"))
    [path] = (tmp_path / "back").rglob("tape.avi")
    assert path.read_bytes() == content


@pytest.mark.parametrize("segments", [1, 2])
def test_it_is_proved_without_being_written(segments, tmp_path):
    film = film_of(tmp_path, clip_maker.avi(segments=segments))
    report = run(tmp_path, film, decode=False)
    assert not {code for code in report.finding_counts if code.startswith("REV-")}
    assert "every one matches its digests" in report.summary


def test_another_digest_is_told(tmp_path):
    film = film_of(tmp_path, clip_maker.avi(), digest=bytes(16))
    assert "REV-DAMAGED" in run(tmp_path, film, decode=False).finding_counts
    report = back(tmp_path, film)
    assert report.exit_code is not ExitCode.OK
    assert not list((tmp_path / "back").rglob("tape.avi"))


@pytest.mark.parametrize("cut", [4, 100, 200, 400, -17])
def test_what_is_damaged_is_told(cut, tmp_path):
    film = film_of(tmp_path, clip_maker.avi(), cut=cut)
    report = back(tmp_path, film)
    assert report.exit_code is not ExitCode.OK
    assert not list((tmp_path / "back").rglob("tape.avi"))
