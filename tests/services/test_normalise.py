"""Every kind of film and sound comes out lossless, and what it says of itself survives."""

import json
import subprocess
from pathlib import Path

import pytest
from normalise_cases import FFMPEG, codes, decoded, film, messages, run

from avpres.domain.errors import UsageError
from avpres.domain.exit_codes import ExitCode
from avpres.domain.premis import EventType, Outcome

RAW = ("-c:v", "rawvideo", "-c:a", "pcm_s16le")
PIXELS = {
    "uyvy422": ("avi", "yuv422p"),
    "yuyv422": ("avi", "yuv422p"),
    "bgr24": ("avi", "bgr0"),
    "yuv411p": ("avi", "yuv411p"),
    "yuv410p": ("avi", "yuv410p"),
    "yuv444p12le": ("nut", "yuv444p12le"),
    "yuv420p16be": ("nut", "yuv420p16le"),
    "rgb48be": ("nut", "gbrp16le"),
    "gbrp10le": ("nut", "gbrp10le"),
    "rgb0": ("nut", "bgr0"),
    "0bgr": ("nut", "bgr0"),
    "gray16be": ("nut", "gray16le"),
    "monow": ("nut", "gray"),
    "pal8": ("nut", "bgr0"),
}


@pytest.fixture(scope="module")
def batch(tmp_path_factory):
    """Normalise one film of every kind in one run."""
    tmp = tmp_path_factory.mktemp("batch")
    folder = tmp / "reel"
    folder.mkdir()
    for name, (wrapper, _) in PIXELS.items():
        film(folder / f"{name}.{wrapper}", *RAW, "-pix_fmt", name)
    film(folder / "odd.nut", *RAW, "-pix_fmt", "yuv420p", size="33x17")
    film(folder / "v210.mov", "-c:v", "v210", "-c:a", "pcm_s24le", "-timecode", "01:00:00:00")
    film(
        folder / "ntsc.mov",
        *("-c:v", "v210", "-c:a", "pcm_s24be", "-timecode", "00:59:58;02"),
        rate="30000/1001",
    )
    film(folder / "mute.mov", "-c:v", "qtrle", "-pix_fmt", "rgb24", sound=())
    film(folder / "eight.mov", *RAW, "-pix_fmt", "uyvy422", sound=["sine=r=48000"] * 8)
    film(folder / "full.mkv", *("-c:v", "ffv1", "-pix_fmt", "yuv422p10le", "-color_range", "pc"))
    film(folder / "huff.avi", "-c:v", "huffyuv", "-pix_fmt", "yuv422p", "-c:a", "pcm_u8")
    film(folder / "float.mkv", "-c:v", "ffv1", "-pix_fmt", "yuv444p", "-c:a", "pcm_f32le")
    film(folder / "ljpeg.avi", "-c:v", "ljpeg", "-pix_fmt", "yuvj422p", "-c:a", "pcm_s16le")
    film(
        folder / "vfr.mkv",
        *("-vf", "settb=1/1000,setpts=N*N*20", "-fps_mode", "passthrough"),
        *("-enc_time_base", "1:1000"),
        *("-c:v", "ffv1", "-c:a", "flac"),
    )
    (folder / "notes.txt").write_text("no film")
    report = run(tmp, folder, jobs=2)
    return tmp, report


def record_of(batch, name: str) -> dict:
    return json.loads((batch[0] / "out" / name / f"{name}.normalise.json").read_text())


def test_every_kind_of_film_is_lossless(batch):
    report = batch[1]
    assert {each.code: each.message for each in report.findings if each.severity == "error"} == {}
    assert report.exit_code is ExitCode.OK
    assert report.totals.verified_files == report.totals.files == len(PIXELS) + 10
    assert "every frame and sample equals the source" in report.summary


@pytest.mark.parametrize("name", PIXELS)
def test_packed_pixels_are_stored_in_planes_and_proved_as_they_were(batch, name):
    (picture, _) = record_of(batch, name)["streams"]
    assert (picture["stored"], picture["equal"], picture["frames"]) == (PIXELS[name][1], True, 6)


@pytest.mark.parametrize("name", ["uyvy422", "bgr24", "yuv411p", "yuv420p16be", "odd"])
def test_another_program_finds_the_same_frames(batch, name):
    tmp, _ = batch
    (source,) = (tmp / "reel").glob(f"{name}.*")
    form = "yuv420p" if name == "odd" else name
    words = ("-map", "0:v", "-pix_fmt", form)
    output = tmp / "out" / name / f"{name}.mkv"
    assert decoded(source, *words) == decoded(output, *words)


def test_ffv1_is_of_version_3_with_slices_crcs_and_key_frames_only(batch):
    text = (batch[0] / "out/v210/v210.mediainfo.xml").read_text()
    for words in ("<Format_Version>3.4<", "<Format_Settings_GOP>N=1<", "Per slice"):
        assert words in text
    assert "<Format_Settings_SliceCount>16<" in text


def test_sound_of_24_bits_is_never_cut(batch):
    _, audio, _ = record_of(batch, "v210")["streams"]
    assert (audio["to"], audio["compared"], audio["equal"]) == ("flac", "pcm_s24le", True)
    text = (batch[0] / "out/v210/v210.mediainfo.xml").read_text()
    assert "<BitDepth>24</BitDepth>" in text


@pytest.mark.parametrize(
    ("name", "codec", "form"), [("float", "copy", "pcm_f32le"), ("huff", "copy", "pcm_u8")]
)
def test_sound_that_flac_cannot_hold_stays_pcm(batch, name, codec, form):
    audio = record_of(batch, name)["streams"][1]
    assert (audio["to"], audio["compared"], audio["equal"]) == (codec, form, True)


def test_all_eight_tracks_of_sound_are_there_and_proved(batch):
    streams = record_of(batch, "eight")["streams"]
    assert [each["equal"] for each in streams] == [True] * 9


@pytest.mark.parametrize(("name", "timecode"), [("v210", "01:00:00:00"), ("ntsc", "00:59:58;02")])
def test_timecode_survives_as_a_tag_and_its_track_beside(batch, name, timecode):
    tmp, report = batch
    text = (tmp / "out" / name / f"{name}.mediainfo.xml").read_text()
    assert f"<TimeCode_FirstFrame>{timecode}<" in text
    assert (tmp / "out" / name / f"{name}.stream2.bin").stat().st_size == 4
    assert f"{name}.stream2.bin" in messages(report, "NRM-BESIDE")


def test_frames_of_varying_length_keep_their_times(batch):
    folder = batch[0] / "out/vfr"
    times = [
        [line.split(",")[2].strip() for line in path.read_text().splitlines() if line[:2] == "0,"]
        for path in (folder / "vfr.source.framemd5", folder / "vfr.framemd5")
    ]
    assert times[0] == times[1]
    assert times[0] == ["0", "20", "80", "180", "320", "500"]


def test_a_result_is_listed_in_a_manifest_that_md5sum_takes(batch):
    folder = batch[0] / "out/v210"
    done = subprocess.run(["md5sum", "-c", "--quiet", "v210.md5"], cwd=folder, check=False)
    assert done.returncode == 0
    listed = {line.split("  ")[1] for line in (folder / "v210.md5").read_text().splitlines()}
    assert listed == {path.name for path in folder.iterdir()} - {"v210.md5"}


def test_the_source_s_digest_is_in_the_record_and_in_the_events(batch):
    import hashlib

    tmp, report = batch
    content = (tmp / "reel/v210.mov").read_bytes()
    md5 = hashlib.md5(content, usedforsecurity=False).hexdigest()
    assert record_of(batch, "v210")["source"]["digests"] == {"md5": md5}
    assert md5 in {
        digest.value
        for event in report.events
        if event.type is EventType.MESSAGE_DIGEST_CALCULATION
        for digest in event.digests
    }


def test_each_file_has_its_three_events(batch):
    report = batch[1]
    kinds = [event.type for event in report.events if event.objects[0].endswith("/v210.mov")]
    assert kinds == [
        EventType.NORMALIZATION,
        EventType.MESSAGE_DIGEST_CALCULATION,
        EventType.VALIDATION,
    ]
    assert {event.outcome for event in report.events} == {Outcome.SUCCESS}


def test_what_is_no_film_is_passed_over_and_said(batch):
    assert "films and sounds" in messages(batch[1], "NRM-SKIPPED")


def test_run_again_makes_nothing_anew(batch):
    tmp, _ = batch
    before = {path: path.stat().st_mtime_ns for path in (tmp / "out").rglob("*")}
    report = run(tmp, tmp / "reel")
    assert report.exit_code is ExitCode.OK
    assert report.totals.already_there == report.totals.files
    assert {path: path.stat().st_mtime_ns for path in (tmp / "out").rglob("*")} == before


def test_the_same_source_gives_the_same_bytes(batch, tmp_path):
    tmp, _ = batch
    report = run(tmp_path, tmp / "reel/v210.mov")
    assert report.exit_code is ExitCode.OK
    one, other = tmp / "out/v210/v210.mkv", tmp_path / "out/v210/v210.mkv"
    assert one.read_bytes() == other.read_bytes()


def test_another_source_under_the_same_name_is_refused(batch):
    tmp, _ = batch
    other = tmp / "other"
    other.mkdir()
    source = film(other / "v210.mov", "-c:v", "v210", sound=())
    report = run(tmp, source)
    assert (report.exit_code, codes(report)) == (ExitCode.DESTINATION_EXISTS, {"NRM-EXISTS"})


def test_field_order_aspect_and_colour_survive(tmp_path):
    tags = "setparams=color_primaries=bt470bg:color_trc=bt709:colorspace=bt470bg,setsar=16/15"
    for order in ("tff", "bff"):
        film(
            tmp_path / f"{order}.mov",
            *("-vf", f"setfield={order},{tags}", "-c:v", "v210", "-c:a", "pcm_s16le"),
        )
    report = run(tmp_path, tmp_path / "tff.mov", tmp_path / "bff.mov")
    assert report.exit_code is ExitCode.OK
    assert codes(report) == set()
    for order in ("TFF", "BFF"):
        name = order.lower()
        text = (tmp_path / f"out/{name}/{name}.mediainfo.xml").read_text()
        assert f"<ScanOrder>{order}<" in text
        assert "<PixelAspectRatio>1.067<" in text
        assert "<colour_primaries>BT.601 PAL<" in text


def with_field_order(path: Path, detail: int) -> Path:
    """Change the second byte of a QuickTime file's `fiel`: the order of its two fields."""
    content = bytearray(path.read_bytes())
    content[content.index(b"fiel") + 5] = detail
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("codec", ["v210", "png"])  # whose decoder hands it on, and does not
@pytest.mark.parametrize(("detail", "order"), [(1, "TFF"), (6, "BFF"), (9, "TFF"), (14, "BFF")])
def test_every_way_to_write_a_field_order_survives(tmp_path, codec, detail, order):
    form = "yuv422p10le" if codec == "v210" else "rgb24"
    words = ("-vf", "setfield=tff", "-c:v", codec, "-pix_fmt", form)
    source = with_field_order(film(tmp_path / "a.mov", *words, sound=()), detail)
    report = run(tmp_path, source)
    assert report.exit_code is ExitCode.OK
    assert codes(report) == set()
    before, after = (
        (tmp_path / f"out/a/a{side}.mediainfo.xml").read_text() for side in (".source", "")
    )
    assert f"<ScanOrder>{order}<" in before
    assert f"<ScanOrder>{order}<" in after


@pytest.mark.parametrize(
    ("tag", "form", "planes"),
    [
        ("v410", "v30xle", "yuv444p10le"),
        ("v308", "vyu444", "yuv444p"),
        ("v408", "uyva", "yuva444p"),
    ],
)
def test_packed_444_is_proved_and_its_unused_bits_are_no_picture(tmp_path, tag, form, planes):
    words = ("-c:v", "rawvideo", "-pix_fmt", form, "-tag:v", tag)
    try:
        source = film(tmp_path / "a.mov", *words, sound=())
    except subprocess.CalledProcessError:
        pytest.skip("this ffmpeg has another name for it")
    plain = decoded(source, "-pix_fmt", planes)
    if tag == "v410":  # two bits of each pixel mean nothing, and may be anything
        content = bytearray(source.read_bytes())
        begin = content.index(b"mdat") + 4
        for at in range(begin, begin + 64 * 48 * 4 * 6, 4):
            content[at] ^= 3
        source.write_bytes(content)
        assert decoded(source) != decoded(film(tmp_path / "b.mov", *words, sound=()))
    report = run(tmp_path, source)
    assert report.exit_code is ExitCode.OK
    assert plain == decoded(tmp_path / "out/a/a.mkv", "-pix_fmt", planes)


@pytest.mark.parametrize(("width", "height"), [(33, 31), (61, 2), (35, 35)])
def test_odd_frames_get_as_many_slices_as_they_can_have(tmp_path, width, height):
    words = ("-vf", f"scale={width}:{height}", "-c:v", "rawvideo", "-pix_fmt", "yuv420p")
    source = film(tmp_path / "a.nut", *words, sound=())
    report = run(tmp_path, source)
    assert report.exit_code is ExitCode.OK
    command = json.loads((tmp_path / "out/a/a.normalise.json").read_text())["commands"][0]
    other = command[command.index("-slices:0") + 1] != "16"
    assert ("NRM-SLICES" in codes(report)) == other
    assert decoded(source) == decoded(tmp_path / "out/a/a.mkv")


def test_a_number_of_slices_that_no_frame_can_have_becomes_the_nearest(tmp_path):
    report = run(tmp_path, film(tmp_path / "a.mov", "-c:v", "v210", sound=()), slices=5)
    assert report.exit_code is ExitCode.OK
    assert "cannot have 5 slices, and got 4" in messages(report, "NRM-SLICES")


def test_the_timecode_of_mxf_is_found_again(tmp_path):
    words = ("-c:v", "jpeg2000", "-pred", "1", "-c:a", "pcm_s24le", "-timecode", "10:00:00:00")
    report = run(tmp_path, film(tmp_path / "a.mxf", *words))
    assert report.exit_code is ExitCode.OK
    assert "timecode" not in messages(report, "NRM-LOST")
    assert "10:00:00:00" in (tmp_path / "out/a/a.mediainfo.xml").read_text()


def test_what_is_written_of_a_result_names_no_hidden_folder(tmp_path):
    source = film(tmp_path / "a.mov", "-c:v", "v210")
    run(tmp_path, source)
    for path in (tmp_path / "out/a").glob("*.xml"):
        assert ".part" not in path.read_text()
    assert 'ref="a.mkv"' in (tmp_path / "out/a/a.mediainfo.xml").read_text()
    assert f'ref="{source}"' in (tmp_path / "out/a/a.source.mediainfo.xml").read_text()


def test_the_large_model_of_neighbours_is_used_when_asked_for(tmp_path):
    source = film(tmp_path / "a.mov", "-c:v", "v210", sound=())
    for context in (0, 1):
        assert run(tmp_path / str(context), source, context=context).exit_code is ExitCode.OK
        folder = tmp_path / str(context) / "out/a"
        command = json.loads((folder / "a.normalise.json").read_text())["commands"][0]
        assert command[command.index("-context:0") + 1] == str(context)


def test_corrections_are_made_only_when_asked_for_and_change_no_pixel(tmp_path):
    source = film(tmp_path / "a.mov", "-c:v", "v210", sound=())
    report = run(tmp_path, source, aspect="16:9", field_order="bff", colour="bt709")
    assert report.exit_code is ExitCode.OK
    text = (tmp_path / "out/a/a.mediainfo.xml").read_text()
    for words in ("DisplayAspectRatio>1.778", "ScanOrder>BFF", "matrix_coefficients>BT.709"):
        assert words in text
    changed = messages(report, "NRM-CHANGED")
    assert "display aspect ratio" in changed
    assert json.loads((tmp_path / "out/a/a.normalise.json").read_text())["settings"]["aspect"]


def test_chapters_titles_languages_and_attachments_survive(tmp_path):
    first = film(tmp_path / "first.mkv", "-c:v", "ffv1", "-c:a", "pcm_s16le")
    words = tmp_path / "words.srt"
    words.write_text("1\n00:00:00,000 --> 00:00:00,200\nhello\n")
    chapters = tmp_path / "chapters"
    chapters.write_text(
        ";FFMETADATA1\ntitle=Reel 1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=100\ntitle=A\n"
        "[CHAPTER]\nTIMEBASE=1/1000\nSTART=100\nEND=240\ntitle=B\n"
    )
    source = tmp_path / "all.mkv"
    command = [FFMPEG, "-v", "error", "-i", first, "-i", words, "-i", chapters, "-map", "0"]
    command += ["-map", "1", "-map_metadata", "2", "-c", "copy", "-metadata:s:a", "language=gle"]
    command += ["-attach", chapters, "-metadata:s:t", "mimetype=text/plain"]
    subprocess.run([*command, source], check=True)
    report = run(tmp_path, source)
    assert report.exit_code is ExitCode.OK
    output = tmp_path / "out/all/all.mkv"
    text = subprocess.run([FFMPEG, "-i", output], capture_output=True, text=True, check=False)
    for part in ("(gle)", "Reel 1", "Chapter #0:1", "Subtitle: subrip", "Attachment:"):
        assert part in text.stderr
    streams = json.loads((tmp_path / "out/all/all.normalise.json").read_text())["streams"]
    assert [each["equal"] for each in streams] == [True, True, True, True]


def test_dv_is_kept_as_it_is_and_prores_only_touched_when_asked(tmp_path):
    dv = film(
        tmp_path / "tape.avi",
        *("-c:v", "dvvideo", "-pix_fmt", "yuv420p", "-c:a", "pcm_s16le"),
        size="720x576",
    )
    prores = film(tmp_path / "edit.mov", "-c:v", "prores", "-c:a", "pcm_s16le")
    report = run(tmp_path, dv, prores)
    assert "NRM-LOSSY" in codes(report)
    assert report.exit_code is ExitCode.INCOMPLETE
    assert not (tmp_path / "out/edit").exists()
    picture, audio = json.loads((tmp_path / "out/tape/tape.normalise.json").read_text())["streams"]
    assert (picture["to"], picture["compared"], picture["equal"]) == ("copy", "packets", True)
    assert (audio["to"], audio["equal"]) == ("flac", True)
    report = run(tmp_path, prores, lossy="transcode")
    assert report.exit_code is ExitCode.OK
    assert (tmp_path / "out/edit/edit.mkv").is_file()


def test_jpeg_2000_is_normalised_only_where_it_is_lossless(tmp_path):
    coding = ("-c:v", "jpeg2000", "-pix_fmt", "yuv422p10le", "-c:a", "pcm_s24le")
    lossless = film(tmp_path / "lossless.mxf", *coding, "-pred", "dwt53", size="128x96")
    lossy = film(tmp_path / "lossy.mov", *coding, "-pred", "dwt97int", size="128x96")
    report = run(tmp_path, lossless, lossy)
    assert (report.totals.verified_files, report.totals.failed) == (1, 1)
    assert "jpeg2000" in messages(report, "NRM-LOSSY")
    assert (tmp_path / "out/lossless/lossless.mkv").is_file()


def test_dates_and_comments_survive(tmp_path):
    words = ("-metadata", "creation_time=2001-02-03T04:05:06Z", "-metadata", "comment=From a shelf")
    source = film(tmp_path / "a.mov", "-c:v", "v210", *words, sound=())
    report = run(tmp_path, source)
    assert (report.exit_code, codes(report)) == (ExitCode.OK, set())
    text = (tmp_path / "out/a/a.mediainfo.xml").read_text()
    assert "<Encoded_Date>2001-02-03 04:05:06 UTC<" in text
    assert "<Comment>From a shelf<" in text


def test_frames_that_an_edit_list_hides_are_told(tmp_path):
    whole = film(tmp_path / "whole.mov", "-c:v", "v210", sound=())
    source = tmp_path / "edited.mov"
    command = [FFMPEG, "-v", "error", "-itsoffset", "-0.08", "-i", whole, "-c", "copy", "-copyts"]
    subprocess.run([*command, "-avoid_negative_ts", "disabled", source], check=True)
    report = run(tmp_path, source)
    assert report.exit_code is ExitCode.OK
    assert "edit list" in messages(report, "NRM-HIDDEN")


def test_what_matroska_holds_of_mp4_is_copied_and_the_rest_lies_beside(tmp_path):
    words = tmp_path / "words.srt"
    words.write_text("1\n00:00:00,000 --> 00:00:00,200\nhello\n")
    picture = tmp_path / "cover.png"
    cover = ["-f", "lavfi", "-i", "testsrc2=s=32x32", "-frames:v", "1", picture]
    subprocess.run([FFMPEG, "-v", "error", *cover], check=True)
    first = film(tmp_path / "first.mp4", "-c:v", "mpeg4", "-c:a", "aac")
    source = tmp_path / "all.mp4"
    inputs = ["-i", first, "-i", picture, "-i", words]
    maps = ["-map", "0:v", "-map", "1", "-map", "0:a", "-map", "2", "-c", "copy", "-c:s"]
    command = [FFMPEG, "-v", "error", *inputs, *maps, "mov_text", "-disposition:v:1"]
    subprocess.run([*command, "attached_pic", source], check=True)
    report = run(tmp_path, source, lossy="rewrap")
    assert report.exit_code is ExitCode.OK
    streams = json.loads((tmp_path / "out/all/all.normalise.json").read_text())["streams"]
    found = sorted((each["kind"], each["fate"], each["equal"]) for each in streams)
    pictures = [("video", "copied", True)] * 2
    assert found == [("audio", "copied", True), ("subtitle", "sidecar", None), *pictures]
    (beside,) = (tmp_path / "out/all").glob("*.bin")
    assert b"hello" in beside.read_bytes()


def test_names_of_any_bytes_are_taken(tmp_path):
    import os

    name = os.fsdecode(b"tape \xff%03d\n'x'.mov")
    source = film(tmp_path / "plain.mov", "-c:v", "v210", sound=())
    odd = source.rename(tmp_path / name)
    report = run(tmp_path, odd)
    assert report.exit_code is ExitCode.OK
    assert (tmp_path / "out" / odd.stem / f"{odd.stem}.mkv").is_file()


def test_sources_may_stand_in_a_list(tmp_path):
    first = film(tmp_path / "a.mov", "-c:v", "v210", sound=())
    second = film(tmp_path / "b ü.mov", "-c:v", "v210", sound=())
    listed = tmp_path / "list.txt"
    listed.write_text(f"{first}\n\n'{second}'\n")
    report = run(tmp_path, from_list=listed)
    assert report.exit_code is ExitCode.OK
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["a", "b ü"]
    listed.write_text("\n")
    with pytest.raises(UsageError, match="names no source"):
        run(tmp_path, from_list=listed)


def test_two_films_of_one_name_do_not_meet(tmp_path):
    one = film(tmp_path / "a.mov", "-c:v", "v210", sound=())
    other = film(tmp_path / "a.avi", "-c:v", "huffyuv", sound=())
    report = run(tmp_path, one, other)
    assert report.exit_code is ExitCode.OK
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["a.avi", "a.mov"]


def test_nothing_is_written_into_a_source(tmp_path):
    from avpres.domain.errors import UsageError

    folder = tmp_path / "reel"
    folder.mkdir()
    with pytest.raises(UsageError, match="nothing is written into a source"):
        run(folder, folder)


def test_what_is_no_film_at_all_is_told_and_the_others_go_on(tmp_path):
    text = tmp_path / "text.mov"
    text.write_text("#EXTM3U\nfile:///etc/passwd\n")
    good = film(tmp_path / "good.mov", "-c:v", "v210", sound=())
    report = run(tmp_path, text, good)
    assert (report.exit_code, codes(report)) == (ExitCode.NOT_CONFORMANT, {"NRM-UNREADABLE"})
    assert (tmp_path / "out/good/good.mkv").is_file()
    assert not list(Path(tmp_path / "out").glob(".*"))
