"""Wrappers of sound that hold more, or less, than a reader of samples notices."""

import os
from hashlib import shake_256
from pathlib import Path

import pytest
from normalise_cases import decoded, film, messages, pretender, run

from avpres.adapters.media.foreign import foreign
from avpres.config.normalise import NormaliseOptions
from avpres.domain.exit_codes import ExitCode
from avpres.domain.media import Kind, MediaFile, MediaStream
from avpres.services.context import Context
from avpres.services.normalise import normalise
from avpres.services.normalise.comparing import StreamProof
from avpres.services.normalise.whole import shortfalls

RATE, BYTES = 48000, 2
BEXT = b"bext" + (604).to_bytes(4, "little") + b"Reel".ljust(604, b"\0")


def wav(path: Path, *, channels=2, announced: int | None = None, before=b"", behind=b"") -> Path:
    """Write a tenth of a second of noise; `announced` is what its `data` says of its size."""
    frame = channels * BYTES
    samples = shake_256().digest(RATE // 10 * frame)
    numbers = ((1, 2), (channels, 2), (RATE, 4), (RATE * frame, 4), (frame, 2), (8 * BYTES, 2))
    form = b"".join(number.to_bytes(size, "little") for number, size in numbers)
    size = len(samples) if announced is None else announced
    body = b"WAVEfmt " + len(form).to_bytes(4, "little") + form + before
    body += b"data" + size.to_bytes(4, "little") + samples + behind
    path.write_bytes(b"RIFF" + len(body).to_bytes(4, "little") + body)
    return path


def test_a_second_chunk_of_samples_is_no_part_of_a_lossless_master(tmp_path):
    second = b"data" + (400).to_bytes(4, "little") + b"\1\2" * 200
    report = run(tmp_path, wav(tmp_path / "a.wav", behind=second))
    assert report.exit_code is ExitCode.SOURCE_UNREADABLE
    assert "2 chunks of samples" in messages(report, "NRM-SOURCE")
    assert not (tmp_path / "out/a").exists()


def test_samples_that_are_announced_and_not_there_are_missed_to_the_byte(tmp_path):
    whole = RATE // 10 * 2 * BYTES
    report = run(tmp_path, wav(tmp_path / "a.wav", announced=whole + 4))
    assert report.exit_code is ExitCode.SOURCE_UNREADABLE
    assert "4 bytes of its samples" in messages(report, "NRM-SOURCE")


def test_bytes_behind_the_last_chunk_are_kept(tmp_path):
    source = wav(tmp_path / "a.wav", before=BEXT, behind=b"abc")
    report = run(tmp_path, source)
    assert report.exit_code is ExitCode.OK
    kept = (tmp_path / "out/a/a.chunks.bin").read_bytes()
    assert kept.endswith(b"abc")
    assert BEXT in kept


@pytest.mark.parametrize("announced", [0, 0xFFFFFFFF])
def test_samples_of_a_recording_that_was_never_closed_are_no_chunks(tmp_path, announced):
    source = wav(tmp_path / "a.wav", announced=announced, before=BEXT)
    found = foreign(os.fsencode(source))
    assert found is not None
    assert [piece.size for piece in found.pieces] == [12, 24, len(BEXT), 8]
    assert (found.samples, found.missing) == (1, 0)


@pytest.mark.parametrize("channels", [3, 4, 6, 9])
def test_every_number_of_channels_is_kept(tmp_path, channels):
    source = wav(tmp_path / "a.wav", channels=channels)
    report = run(tmp_path, source)
    assert report.exit_code is ExitCode.OK
    ending = "flac" if channels == 6 else "mka"
    words = ("-c:a", "pcm_s16le", "-af", "asetnsamples=n=99:p=0")
    assert decoded(source, *words) == decoded(tmp_path / f"out/a/a.{ending}", *words)


def test_words_of_a_name_are_no_complaint_of_ffmpeg(tmp_path):
    source = wav(tmp_path / "tape [error] [warning] corrupt decoded frame.wav")
    assert run(tmp_path, source).exit_code is ExitCode.OK


def test_a_folder_beside_the_one_that_is_normalised_is_not_in_it(tmp_path, monkeypatch):
    (tmp_path / "reels").mkdir()
    wav(tmp_path / "reels/a.wav")
    monkeypatch.chdir(tmp_path / "reels")
    options = NormaliseOptions(sources=(Path(),), destination=Path("../masters"))
    assert normalise(options, Context(state_dir=tmp_path / "state")).exit_code is ExitCode.OK
    assert (tmp_path / "masters/a/a.flac").is_file()


def test_a_source_that_is_replaced_after_it_was_looked_at_gives_no_master(tmp_path):
    """Its plan is that of another film: eight bits would have been compared, of ten."""
    source = film(tmp_path / "a.mov", "-c:v", "rawvideo", "-pix_fmt", "uyvy422", sound=())
    other = film(tmp_path / "b.mov", "-c:v", "v210", sound=())
    replaced = f"if os.path.exists({str(other)!r}): os.replace({str(other)!r}, {str(source)!r})"
    looked = f"status = real(words)\n    if names:\n        {replaced}\n    sys.exit(status)"
    ffmpeg = pretender(tmp_path / "bin", "sys.exit(real(words))", looked)
    report = run(tmp_path, source, ffmpeg=ffmpeg)
    assert report.exit_code is ExitCode.SOURCE_UNREADABLE
    assert "changed since the run began" in messages(report, "NRM-SOURCE")
    assert not (tmp_path / "out/a").exists()


def test_where_mediainfo_is_silent_ffmpeg_tells_how_much_there_must_be():
    stream = MediaStream(0, Kind.AUDIO, "pcm_s16le", sample_rate=RATE)
    proof = StreamProof(stream, 5, 5, 0, None, 0.0, 0.0, 100, 0.5)
    for seconds, expected in ((0.5, []), (2.0, ["NRM-SHORT"])):
        found = shortfalls("a.wav", {}, MediaFile("wav", seconds, (stream,)), [proof])
        assert [each.code for each in found] == expected
