"""Films that other programs wrote or edited."""

import hashlib
import subprocess

import pytest
from films import attachment, film, pictures
from matroska_made import (
    opened,
    payloads,
)

from avpres.adapters.matroska import ids
from avpres.adapters.matroska.ebml import (
    element,
    text,
)
from avpres.adapters.matroska.model import Kind
from avpres.adapters.matroska.reading import open_matroska
from avpres.adapters.tools.ffmpeg import find_ffmpeg

_FFV1 = ("-c:v", "ffv1", "-level", "3", "-g", "1", "-slices", "4", "-c:a", "flac")
_MADE = {
    "ffmpeg": (*_FFV1, "film.mkv"),
    "live": (*_FFV1, "-f", "matroska", "-live", "1", "film.mkv"),
    "large clusters": (*_FFV1, "-cluster_size_limit", "100000", "film.mkv"),
    "cues in front": (*_FFV1, "-reserve_index_space", "5000", "film.mkv"),
    "pcm": ("-c:v", "mpeg4", "-c:a", "pcm_s24le", "film.mkv"),
    "webm": ("-c:v", "libvpx-vp9", "-c:a", "libopus", "film.webm"),
}
_SOURCE = ("-f", "lavfi", "-i", "testsrc2=s=64x48:r=25:d=1", "-f", "lavfi", "-i", "sine=d=1")


def made(folder, *words):
    path = folder / words[-1]
    command = [str(find_ffmpeg().path), "-v", "error", "-y", *_SOURCE, *words[:-1], str(path)]
    if subprocess.run(command, check=False, stdin=subprocess.DEVNULL).returncode:
        pytest.skip("this ffmpeg cannot make it")
    return path


def packets(path):
    """Let FFmpeg take the frames out: CRC-free digests of each packet, by stream."""
    command = [str(find_ffmpeg().path), "-v", "error", "-i", str(path), "-map", "0:v?", "-map",
               "0:a?", "-c", "copy", "-f", "framehash", "-hash", "md5", "-"]  # fmt: skip
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    lines = [line.split(",") for line in said.splitlines() if line and line[0] != "#"]
    return [(int(line[0]), int(line[4]), line[5].strip()) for line in lines]


def same_packets(path):
    with path.open("rb") as handle:
        file = open_matroska(handle)
        order = sorted(
            file.tracks, key=lambda each: (each.kind != Kind.VIDEO, each.kind != Kind.AUDIO)
        )
        numbers = {each.number: number for number, each in enumerate(order)}
        found = []
        for each in file.blocks():
            data = file.payload(each)
            found.append((numbers[each.track], len(data), hashlib.md5(data).hexdigest()))  # noqa: S324
        assert not file.skipped
        assert not [check for check in file.check_crcs() if check.is_wrong]
    assert sorted(found) == sorted(packets(path))


@pytest.mark.parametrize("how", _MADE)
def test_films_of_ffmpeg_give_the_same_packets(tmp_path, how):
    same_packets(made(tmp_path, *_MADE[how]))


@pytest.mark.programs("mkvmerge")
@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--compression", "0:zlib", "--compression", "1:zlib"),
        ("--enable-durations",),
        ("--engage", "no_simpleblocks"),
        ("--clusters-in-meta-seek",),
        ("--cluster-length", "5000ms"),
        ("--timestamp-scale", "100000"),
    ],
    ids=" ".join,
)
def test_films_of_mkvmerge_give_the_same_packets(tmp_path, words):
    source = made(tmp_path, *_MADE["pcm"])
    target = tmp_path / "merged.mkv"
    subprocess.run(
        ["mkvmerge", "-q", "-o", str(target), *words, str(source)], check=True, capture_output=True
    )
    same_packets(target)


@pytest.mark.programs("mkvmerge")
@pytest.mark.parametrize("sound", ["mp3", "ac3"])
def test_sound_that_mkvmerge_laced_or_stripped_gives_the_same_packets(tmp_path, sound):
    source = made(
        tmp_path,
        "-vn",
        "-map",
        "1",
        "-c:a",
        sound if sound != "mp3" else "libmp3lame",
        f"s.{sound}",
    )
    target = tmp_path / "merged.mka"
    subprocess.run(
        ["mkvmerge", "-q", "-o", str(target), str(source)], check=True, capture_output=True
    )
    same_packets(target)


@pytest.mark.programs("mkvpropedit", "mkvmerge")
def test_a_film_whose_tracks_were_rewritten_is_read(tmp_path):
    path = tmp_path / "film.mkv"
    path.write_bytes(film([attachment("a.txt", b"text"), attachment("b.bin", bytes(99))])[0])
    name = "a name that is longer than any room that was left in front " * 9
    subprocess.run(
        ["mkvpropedit", str(path), "--edit", "track:1", "--set", f"name={name}", "--edit", "info",
         "--set", f"title={name}", "--delete-attachment", "1"],
        check=True, capture_output=True,
    )  # fmt: skip
    with path.open("rb") as handle:
        file = open_matroska(handle)
        assert (file.track(1).name, file.info.title) == (name, name)
        assert [each.name for each in file.attachments] == ["b.bin"]
        assert payloads(file) == pictures()[1]
        assert not [check for check in file.check_crcs() if check.is_wrong]
        assert not file.skipped


def test_attachments_of_ffmpeg_are_read_before_the_clusters_and_data_behind(tmp_path):
    data = tmp_path / "reversible.bin"
    data.write_bytes(element(ids.EBML, text(ids.DOC_TYPE, "rawcooked")) + bytes(70_000))
    path = tmp_path / "film.mkv"
    words = [str(find_ffmpeg().path), "-v", "error", *_SOURCE, *_FFV1, "-attach", str(data)]
    words += ["-metadata:s:t", "mimetype=application/octet-stream"]
    name = "filename=RAWcooked reversibility data"
    subprocess.run([*words, "-metadata:s:t", name, str(path)], check=True)
    file = opened(path.read_bytes())
    (found,) = file.attachments
    assert (found.name, found.offset < file.first_cluster) == ("RAWcooked reversibility data", True)
    assert file.open(found).read() == data.read_bytes()
    behind = opened(path.read_bytes() + data.read_bytes())
    assert behind.source.read(behind.tail, 100_000) == data.read_bytes()
    assert len(list(behind.blocks(1))) == 25
