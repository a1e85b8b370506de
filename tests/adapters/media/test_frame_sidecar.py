"""Lists of digests of frames are read as far as they can be believed, and no further."""

import subprocess
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from avpres.adapters.media.frame_sidecar import is_frame_sidecar, survey
from avpres.adapters.tools.ffmpeg import find_ffmpeg
from avpres.domain.errors import NotConformantError
from avpres.domain.media import Kind

FFMPEG = str(find_ffmpeg().path)


def made(path: Path, *words: str) -> Path:
    inputs = ["-f", "lavfi", "-i", "testsrc2=s=64x48:r=25:d=0.2"]
    inputs += ["-f", "lavfi", "-i", "sine=r=48000:d=0.25"]
    command = [FFMPEG, "-v", "error", *inputs, "-map", "0", "-map", "1", *words, str(path)]
    subprocess.run(command, check=True)
    return path


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (("-f", "framemd5"), "MD5"),
        (("-f", "framehash"), "SHA256"),
        (("-f", "framehash", "-hash", "murmur3"), "MURMUR3"),
        (("-f", "framehash", "-hash", "sha512/224"), "SHA512/224"),
    ],
    ids=["framemd5", "framehash", "murmur3", "sha512/224"],
)
def test_what_ffmpeg_writes_is_read_whole(tmp_path, words, name):
    sidecar = survey(made(tmp_path / "a", "-af", "asetnsamples=n=4800:p=0", *words))
    film, sound = sidecar.streams
    assert sidecar.hash == name
    assert (film.kind, film.codec, film.width, film.height) == (Kind.VIDEO, "rawvideo", 64, 48)
    assert (film.frames, film.end) == (5, pytest.approx(0.2))
    assert (sound.kind, sound.codec, sound.sample_rate) == (Kind.AUDIO, "pcm_s16le", 48000)
    assert (sound.frames, sound.piece(48000), sound.size) == (3, 4800, 24000)
    assert [size for size, _ in sound.head] == [9600, 9600, 4800]


def test_pieces_of_unequal_length_are_told(tmp_path):
    lines = (made(tmp_path / "a", "-f", "framemd5")).read_text().splitlines(keepends=True)
    pieces = [at for at, line in enumerate(lines) if line.startswith("1,")]
    fields = lines[pieces[1]].split(",")
    lines[pieces[1]] = ",".join([*fields[:3], "  7", *fields[4:]])
    (tmp_path / "b").write_text("".join(lines))
    assert survey(tmp_path / "a").streams[1].piece(48000) == 1024
    assert survey(tmp_path / "b").streams[1].piece(48000) == 0


def test_a_list_that_names_no_codecs_is_read(tmp_path):
    """As ffmpeg wrote them before it had a second version of the format."""
    lines = made(tmp_path / "a", "-f", "framemd5").read_text().splitlines(keepends=True)
    kept = (line for line in lines if not line.startswith("#") or line.startswith("#tb"))
    (tmp_path / "a").write_text("".join(kept))
    sidecar = survey(tmp_path / "a")
    assert [stream.kind for stream in sidecar.streams] == [Kind.UNKNOWN, Kind.UNKNOWN]
    assert sidecar.hash == "MD5"


BROKEN = {
    "nothing": "",
    "no frame": "#format: frame checksums\n#hash: MD5\n#tb 0: 1/25\n",
    "another hash": "#hash: CRC32\n0, 0, 0, 1, 10, 0123456789abcdef0123456789abcdef\n",
    "a digest of another length": "#hash: SHA256\n0,0,0,1,10,0123456789abcdef0123456789abcdef\n",
    "a line that is cut": "#hash: MD5\n0,0,0,1,10,0123456789abcdef0123456789abcdef\n0,1,1,1,1",
    "too many streams": "".join(f"{n},0,0,1,9,{'0' * 32}\n" for n in range(300)),
}


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN)
def test_what_cannot_be_compared_is_refused(tmp_path, text):
    (tmp_path / "a").write_text(text)
    with pytest.raises(NotConformantError):
        survey(tmp_path / "a")


def test_numbers_beyond_measure_cost_nothing(tmp_path):
    head = "#hash: MD5\n#tb 0: 1e99999999/1\n#tb 99999999999999999999: 1/25\n"
    head += f"#dimensions 0: {'9' * 1500}x{'9' * 1500}\n#sample_rate 0: {'9' * 900}\n"
    (tmp_path / "a").write_text(head + f"0, {'9' * 1500}, 0, 1, 1, {'0' * 32}\n")
    [only] = survey(tmp_path / "a").streams
    assert (only.width, only.sample_rate, only.frames) == (0, 0, 1)


@settings(max_examples=200, derandomize=True, deadline=None)
@given(st.lists(st.sampled_from([*BROKEN.values(), "#\n", "\x00\n", "#tb 0: 1/0\n", "0,0\n"])))
def test_any_text_is_read_or_refused(tmp_path_factory, pieces):
    path = tmp_path_factory.getbasetemp() / "any"
    path.write_text("".join(pieces))
    with suppress(NotConformantError):
        assert survey(path).streams


def test_a_list_is_told_by_how_it_begins(tmp_path):
    assert is_frame_sidecar(made(tmp_path / "a", "-f", "framemd5"))
    (tmp_path / "b").write_text("# film.mkv\n0123456789abcdef0123456789abcdef  film.mkv\n")
    assert not is_frame_sidecar(tmp_path / "b")
    assert not is_frame_sidecar(tmp_path / "absent")
