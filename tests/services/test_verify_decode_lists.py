"""Which list of digests speaks of which film, by name and by frames, and in which form."""

import shutil
from pathlib import Path

from decode_cases import CHECKED, by_name, codes, counted, ffmpeg, framemd5, records, run
from normalise_cases import film, sound

from avpres.domain.exit_codes import ExitCode

FORMS = {
    "packed, yuyv422": ("yuv422p", ("-pix_fmt", "yuyv422")),
    "packed, nv12": ("yuv420p", ("-pix_fmt", "nv12")),
    "rgb24": ("bgr0", ("-pix_fmt", "rgb24")),
    "gbrp": ("bgr0", ("-pix_fmt", "gbrp")),
    "big-endian": ("yuv422p10le", ("-pix_fmt", "yuv422p10be")),
    "rgb48": ("gbrp16le", ("-pix_fmt", "rgb48le")),
    "its own": ("yuv411p", ()),
}


def test_every_order_of_the_same_samples_is_found(tmp_path):
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    for number, (stored, words) in enumerate(FORMS.values()):
        made = film(shelf / f"{number}.mkv", *CHECKED, "-pix_fmt", stored, sound=())
        framemd5(made, shelf / f"{number}.source.framemd5", *words)
    report = run(tmp_path, shelf)
    assert (report.exit_code, codes(report)) == (ExitCode.OK, set())
    assert counted(report)["by"]["frame digests"] == len(FORMS)


def test_lists_of_every_name_and_hash_are_found(tmp_path):
    shelf = tmp_path / "shelf"
    (shelf / "metadata" / "frameMD5s" / "objects").mkdir(parents=True)
    (shelf / "objects").mkdir()
    made = film(shelf / "objects" / "a.mkv", *CHECKED, "-c:a", "flac")
    places = {
        "metadata/frameMD5s/objects/a.mkv.framemd5": ("framemd5", ("-an",)),
        "metadata/a_framemd5.txt": ("framemd5", ()),
        "objects/a.framehash": ("framehash", ("-map", "0", "-hash", "sha256")),
        "objects/a.mkv.framesha512": ("framehash", ("-hash", "SHA512")),
        "objects/A.FRAMEMD5": ("framemd5", ("-format_version", "1")),
    }
    for place, (form, words) in places.items():
        framemd5(made, shelf / place, *words, form=form)
    report = run(tmp_path, shelf)
    assert (report.exit_code, codes(report)) == (ExitCode.OK, set())
    [record] = [each for each in records(report) if "held against" in each]
    for place in places:
        assert Path(place).name in record


def test_frames_decide_where_names_do_not(tmp_path):
    """Two films and two lists under names of their own: each list finds its film."""
    shelf = tmp_path / "shelf"
    (shelf / "objects").mkdir(parents=True)
    (shelf / "metadata").mkdir()
    for name, size in (("one", "64x48"), ("two", "64x48"), ("three", "32x32")):
        words = ("-c:a", "pcm_s16le", *(("-vf", "negate", "-af", "volume=0.5") * (name == "two")))
        made = film(shelf / "objects" / f"{name}.mkv", *CHECKED, *words, size=size)
        framemd5(made, shelf / "metadata" / f"reel {name}_source.framemd5", "-map", "0")
    report = run(tmp_path, shelf)
    assert codes(report) == set()
    assert counted(report)["proved"] == 3
    assert counted(report)["by"]["frame digests"] == 3
    (shelf / "objects" / "two.mkv").unlink()
    report = run(tmp_path, shelf)
    assert by_name(report) == {"reel two_source.framemd5": {"DEC-ORPHAN"}}
    assert counted(report)["proved"] == 2


def test_streams_that_are_listed_and_not_there_are_missed(tmp_path):
    two = film(
        tmp_path / "a.mkv", *CHECKED, "-c:a", "flac", sound=("sine=r=48000", "sine=f=880:r=48000")
    )
    framemd5(two, tmp_path / "a.framemd5", "-map", "0")
    assert codes(run(tmp_path, two)) == set()
    ffmpeg("-i", two, "-map", "0:0", "-map", "0:2", "-c", "copy", tmp_path / "less.mkv")
    shutil.move(tmp_path / "less.mkv", two)
    report = run(tmp_path, two)
    assert codes(report) == {"DEC-STREAMS"}
    assert report.exit_code is ExitCode.INCOMPLETE


def test_the_track_that_a_list_means_is_found_among_several(tmp_path):
    """A plain framemd5 lists one film and one sound, whichever ffmpeg takes for the best."""
    made = film(
        tmp_path / "a.mkv", *CHECKED, "-c:a", "flac", sound=("sine=r=48000", "sine=f=880:r=48000")
    )
    framemd5(made, tmp_path / "a.framemd5", "-map", "0:0", "-map", "0:2")
    report = run(tmp_path, made)
    assert (report.exit_code, codes(report)) == (ExitCode.OK, set())
    assert counted(report)["by"]["frame digests"] == 1


def test_sound_in_pieces_of_any_length_is_compared(tmp_path):
    made = sound(tmp_path / "a.flac")
    framemd5(made, tmp_path / "a.framemd5", "-af", "asetnsamples=n=1601:p=0")
    report = run(tmp_path, made)
    assert counted(report)["by"]["frame digests"] == 1
    uneven = "asegment=samples=700|2000[a][b][c];[a][b][c]concat=n=3:v=0:a=1"
    ffmpeg("-i", made, "-af", uneven, "-f", "framemd5", tmp_path / "a.source.framemd5")
    assert "DEC-MISMATCH" not in codes(run(tmp_path, made))


def test_a_list_without_frames_proves_nothing(tmp_path):
    made = film(tmp_path / "a.mkv", *CHECKED, "-c:a", "flac")
    (tmp_path / "a.framemd5").write_text("#format: frame checksums\n#version: 2\n#hash: MD5\n")
    report = run(tmp_path, made)
    assert codes(report) == {"DEC-SIDECAR"}
    assert report.exit_code is ExitCode.NOT_CONFORMANT
