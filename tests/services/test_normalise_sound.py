"""Sounds without a film: FLAC where it holds them, and all that stood beside the samples."""

import shutil
import subprocess

import pytest
from normalise_cases import decoded, run, sound

from avpres.domain.exit_codes import ExitCode


def test_sound_alone_becomes_flac_or_matroska(tmp_path):
    sources = [
        sound(tmp_path / "s24.wav", "-c:a", "pcm_s24le"),
        sound(tmp_path / "be.aiff", "-c:a", "pcm_s16be"),
        sound(tmp_path / "f32.wav", "-c:a", "pcm_f32le"),
    ]
    report = run(tmp_path, *sources)
    assert report.exit_code is ExitCode.OK
    assert (tmp_path / "out/s24/s24.flac").is_file()
    assert (tmp_path / "out/be/be.flac").is_file()
    assert (tmp_path / "out/f32/f32.mka").is_file()
    assert decoded(sources[0], "-c:a", "pcm_s24le", "-af", "asetnsamples=n=99:p=0") == decoded(
        tmp_path / "out/s24/s24.flac", "-c:a", "pcm_s24le", "-af", "asetnsamples=n=99:p=0"
    )


WAVE64_CHUNK = (
    b"junk\xf3\xac\xd3\x11\x8c\xd1\0\xc0\x4f\x8e\xdb\x8a" + bytes([32]) + bytes(7) + b"abcdefgh"
)


@pytest.mark.skipif(not shutil.which("flac"), reason="flac is not installed")
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("bext.wav", ("-c:a", "pcm_s24le", "-write_bext", "1", "-metadata", "description=Reel")),
        ("tagged.wav", ("-c:a", "pcm_s16le", "-metadata", "title=Reel 1")),
        ("large.wav", ("-c:a", "pcm_s16le", "-rf64", "always")),
        ("tagged.aiff", ("-c:a", "pcm_s16be", "-metadata", "title=Reel 1")),
        ("tagged.w64", ("-c:a", "pcm_s24le", "-metadata", "title=Reel 1")),
    ],
)
def test_flac_gives_the_source_back_byte_for_byte(tmp_path, name, words):
    source = sound(tmp_path / name, *words)
    more = {".aiff": b"ANNO\0\0\0\x04abcd", ".w64": WAVE64_CHUNK}
    with source.open("ab") as handle:
        handle.write(more.get(source.suffix, b"JUNK\x04\0\0\0abcd"))
    _correct_size(source)
    report = run(tmp_path, source)
    assert report.exit_code is ExitCode.OK
    back = tmp_path / f"back{source.suffix}"
    made = tmp_path / f"out/{source.stem}/{source.stem}.flac"
    command = ["flac", "-s", "-d", "--keep-foreign-metadata", made, "-o", back]
    force = {"large.wav": ["--force-rf64-format"], "tagged.w64": ["--force-wave64-format"]}
    subprocess.run([*command, *force.get(name, [])], check=True)
    assert back.read_bytes() == source.read_bytes()
    assert subprocess.run(["flac", "-st", made], check=False).returncode == 0


def _correct_size(path):
    """Write the size of the whole into the heading, as whoever adds a chunk must."""
    content = bytearray(path.read_bytes())
    size = len(content) - 8
    if content[:4] == b"RIFF":
        content[4:8] = size.to_bytes(4, "little")
    elif content[:4] == b"FORM":
        content[4:8] = size.to_bytes(4, "big")
    elif content[:4] == b"riff":
        content[16:24] = len(content).to_bytes(8, "little")
    else:
        content[20:28] = size.to_bytes(8, "little")
    path.write_bytes(content)


def test_chunks_that_flac_cannot_hold_lie_beside(tmp_path):
    source = sound(tmp_path / "f.wav", "-c:a", "pcm_f32le", "-metadata", "title=Reel 1")
    report = run(tmp_path, source)
    assert report.exit_code is ExitCode.OK
    assert b"Reel 1" in (tmp_path / "out/f/f.chunks.bin").read_bytes()


@pytest.mark.parametrize("codec", ["pcm_alaw", "adpcm_ms"])
def test_coded_sound_is_kept_packet_by_packet(tmp_path, codec):
    source = sound(tmp_path / "a.wav", "-c:a", codec, "-metadata", "title=Reel 1")
    report = run(tmp_path, source)
    assert report.exit_code is ExitCode.OK
    copied = ("-c", "copy")
    assert decoded(source, *copied) == decoded(tmp_path / "out/a/a.mka", *copied)
    assert b"Reel 1" in (tmp_path / "out/a/a.chunks.bin").read_bytes()


def test_what_a_caf_holds_beside_its_samples_lies_beside(tmp_path):
    source = sound(tmp_path / "a.caf", "-c:a", "pcm_s24be", "-metadata", "title=Reel 1")
    report = run(tmp_path, source)
    assert report.exit_code is ExitCode.OK
    assert (tmp_path / "out/a/a.flac").is_file()
    content = (tmp_path / "out/a/a.chunks.bin").read_bytes()
    assert content.startswith(b"caff")
    assert b"desc" in content
    assert len(content) < 4096  # and no samples
