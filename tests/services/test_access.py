"""Access copies are what they should be, as ffmpeg and Pillow see them."""

import hashlib
from array import array

import pytest
from access_cases import (
    codes,
    combed,
    ffmpeg,
    heading,
    lufs,
    numbers,
    pitch,
    run,
    samples,
    steps,
    still,
    streams,
    unflagged,
)
from ltc_maker import ltc
from PIL import Image

from avpres.domain.exit_codes import ExitCode


@pytest.fixture(scope="module")
def interlaced(tmp_path_factory):
    return unflagged(tmp_path_factory.mktemp("unflagged") / "tape.mkv")


def test_unflagged_fields_become_whole_frames_with_everything_as_it_should_be(interlaced, tmp_path):
    before = hashlib.sha256(interlaced.read_bytes()).hexdigest()
    report = run(tmp_path, interlaced, loudness="-23", copyright="The Archive")
    copy = tmp_path / "out" / "tape_h264.mp4"
    assert report.exit_code is ExitCode.OK
    assert combed(interlaced) > 40
    assert combed(copy) == 0
    (film,) = streams(copy, "Video")
    assert "SAR 1:1" in film
    assert "yuv420p(tv, bt470bg/bt470bg/smpte170m" in film
    assert "48000 Hz" in streams(copy, "Audio")[0]
    assert abs(lufs(copy) + 23) <= 0.5
    content = copy.read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")
    assert "The Archive" in heading(copy)
    assert hashlib.sha256(interlaced.read_bytes()).hexdigest() == before
    assert "ACC-FIELDS" in codes(report)


def test_fields_in_the_other_order_are_told_and_shown_at_fifty_a_second(tmp_path):
    source = unflagged(tmp_path / "tape.mkv", seconds=1, order="bff")
    report = run(tmp_path, source, profile="h264-50p", audio="mono")
    copy = tmp_path / "out" / "tape_h264-50p.mp4"
    assert "bff" in " ".join(finding.message for finding in report.findings)
    assert "50 fps" in streams(copy, "Video")[0]
    assert combed(copy) == 0


def test_off_leaves_fields_alone_and_the_check_says_so(interlaced, tmp_path):
    report = run(tmp_path, interlaced, deinterlace="off")
    assert codes(report) == {"ACC-COMBED"}
    assert report.exit_code is ExitCode.OK
    assert combed(tmp_path / "out" / "tape_h264.mp4") > 40


def test_film_is_taken_out_of_its_pulldown(tmp_path):
    source = tmp_path / "film.mkv"
    ffmpeg(
        *("-f", "lavfi", "-i", "mandelbrot=s=320x240:r=24000/1001", "-t", "2"),
        *("-vf", "telecine=pattern=23,setfield=tff", "-c:v", "ffv1", str(source)),
    )
    assert combed(source) > 15
    report = run(tmp_path, source, deinterlace="ivtc")
    copy = tmp_path / "out" / "film_h264.mp4"
    assert report.exit_code is ExitCode.OK
    assert "23.98 fps" in streams(copy, "Video")[0]
    assert combed(copy) == 0


def test_prores_keeps_frame_pixels_and_fields(interlaced, tmp_path):
    report = run(tmp_path, interlaced, profile="prores-hq")
    (film,) = streams(tmp_path / "out" / "tape_prores-hq.mov", "Video")
    assert report.exit_code is ExitCode.OK
    assert "320x240" in film
    assert "SAR 16:15" in film
    assert "top" in film


FRAMES = [
    ("720x576", "16/15", (768, 576)),
    ("720x576", "64/45", (1024, 576)),
    ("1024x576", "1", (1024, 576)),
    ("1280x720", "1", (1280, 720)),
    ("1440x1080", "4/3", (1920, 1080)),
    ("1920x1080", "1", (1920, 1080)),
    ("720x480", "8/9", (640, 480)),
    ("90x160", "1", (90, 160)),
    ("321x241", "1", (320, 240)),
]


@pytest.mark.parametrize(("size", "sar", "seen"), FRAMES, ids=str)
def test_a_watermark_lies_whole_and_centred_on_every_frame(tmp_path, size, sar, seen):
    mark = tmp_path / "mark.png"
    Image.new("RGBA", (300, 100), (255, 255, 255, 255)).save(mark)
    source = still(tmp_path / "a.mkv", size, sar=sar)
    report = run(tmp_path, source, profile="watermark", watermark=mark, opacity=1.0)
    copy = tmp_path / "out" / "a_watermark.mp4"
    assert report.exit_code is ExitCode.OK
    assert len(streams(copy, "Video")) == 1
    ffmpeg("-i", str(copy), "-frames:v", "1", str(tmp_path / "frame.png"))
    frame = Image.open(tmp_path / "frame.png").convert("L")
    left, top, right, bottom = frame.point(lambda grey: 255 * (grey > 128)).getbbox()
    assert abs(frame.width - seen[0]) <= 1
    assert frame.height == seen[1]
    assert abs(left - (frame.width - right)) <= 3
    assert abs(top - (frame.height - bottom)) <= 3
    assert (right - left) / (bottom - top) == pytest.approx(3, rel=0.1)
    assert max((right - left) / frame.width, (bottom - top) / frame.height) == pytest.approx(
        0.6, abs=0.03
    )


def test_a_text_is_written_as_it_is_and_as_faint_as_was_asked(tmp_path):
    source = still(tmp_path / "a.mkv", "640x480")
    text = "it's 50%: [a],b;c\\d {x} ©"
    run(tmp_path, source, watermark_text=text, opacity=0.5)
    ffmpeg("-i", str(tmp_path / "out" / "a_h264.mp4"), "-frames:v", "1", str(tmp_path / "a.png"))
    frame = Image.open(tmp_path / "a.png").convert("L")
    left, _, right, _ = frame.point(lambda grey: 255 * (grey > 60)).getbbox()
    assert abs(left - (640 - right)) <= 12
    assert (right - left) / 640 == pytest.approx(0.6, abs=0.05)
    assert 100 < frame.getextrema()[1] < 160


@pytest.mark.parametrize(
    ("rate", "first", "at"),
    [("25", "09:59:59:20", 7), ("30000/1001", "00:00:59;25", 9)],
    ids=["25", "drop-frame"],
)
def test_burnt_in_timecode_is_the_one_that_ffmpeg_counts_too(tmp_path, rate, first, at):
    source = still(tmp_path / "a.mkv", frames=12, rate=rate, more=("-timecode", first))
    report = run(tmp_path, source, profile="bitc")
    made = report.outputs[0].path
    command = report.events[0].facts["command"]
    font = command.partition("drawtext=fontfile=")[2].partition(":")[0]
    told = first.replace(":", "\\:").replace(";", "\\;")
    graph = (
        f"drawtext=fontfile={font}:timecode='{told}':rate={rate}:fontsize=20:fontcolor=white:"
        "box=1:boxcolor=black@0.6:boxborderw=3:x=(w-tw)/2:y=h-40,format=gray"
    )
    pick = f"select=eq(n\\,{at}),format=gray"
    theirs = ffmpeg("-i", str(source), "-vf", graph, "-f", "rawvideo", "-")
    ours = ffmpeg("-i", made, "-vf", pick, "-frames:v", "1", "-f", "rawvideo", "-")
    size = 320 * 240
    wanted, other = (theirs[n * size : (n + 1) * size] for n in (at, at + 1))

    def away(one, two):
        return sum(abs(a - b) for a, b in zip(one, two, strict=True)) / size

    assert away(ours, wanted) < away(ours, other) / 3


@pytest.mark.parametrize(
    ("first", "beyond", "shown"),
    [
        ("10:00:00:10", "10:00:01:15", range(10, 40)),
        ("0.4", "1.6", range(10, 40)),
        (None, "10:00:00:05", range(5)),
        ("10:00:01:20", None, range(45, 50)),
    ],
)
def test_cuts_are_to_the_frame(tmp_path, first, beyond, shown):
    report = run(tmp_path, steps(tmp_path / "a.mov"), begin=first, end=beyond)
    assert report.exit_code is ExitCode.OK
    assert numbers(tmp_path / "out" / "a_h264.mp4") == list(shown)


def test_a_cut_far_into_a_film_takes_picture_and_sound_together(tmp_path):
    sound = array("h", [0] * 48000 * 8)
    sound[int(48000 * 6.2) : int(48000 * 6.3)] = array("h", [20000] * 4800)
    frames = [n % 50 for n in range(200)]
    source = tmp_path / "a.mkv"
    (tmp_path / "a.pcm").write_bytes(sound.tobytes())
    ffmpeg(
        *("-f", "rawvideo", "-pix_fmt", "gray", "-s", "64x48", "-r", "25", "-i", "-"),
        *("-f", "s16le", "-ar", "48000", "-ac", "1", "-i", str(tmp_path / "a.pcm")),
        *("-c:v", "libx264", "-g", "50", "-qp", "1", "-pix_fmt", "yuv420p"),
        *("-c:a", "pcm_s16le", str(source)),
        input=b"".join(bytes([20 + 4 * n]) * (64 * 48) for n in frames),
    )
    report = run(tmp_path, source, begin="6", end="7.2")
    copy = tmp_path / "out" / "a_h264.mp4"
    assert report.exit_code is ExitCode.OK
    assert numbers(copy) == frames[150:180]
    (heard,) = samples(copy, channels=1)
    first = next(place for place, value in enumerate(heard) if abs(value) > 8000)
    assert first / 48000 == pytest.approx(0.2, abs=0.005)


def two_tracks(path, first, second):
    ffmpeg(
        *("-f", "lavfi", "-i", "color=gray:s=64x48:d=2"),
        *("-f", "lavfi", "-i", first, "-f", "lavfi", "-i", second, "-map", "0", "-map", "1"),
        *("-map", "2", "-t", "2", "-c:v", "ffv1", "-c:a", "pcm_s16le", str(path)),
    )
    return path


def test_all_keeps_the_second_track_and_stereo_makes_a_pair(tmp_path):
    source = two_tracks(tmp_path / "a.mkv", "sine=f=440:r=48000", "sine=f=1000:r=48000")
    run(tmp_path, source)
    copy = tmp_path / "out" / "a_h264.mp4"
    assert [round(pitch(samples(copy, n)[0]), -1) for n in (0, 1)] == [440, 1000]
    run(tmp_path, source, out="pair", audio="stereo", loudness="-24")
    copy = tmp_path / "pair" / "a_h264.mp4"
    assert len(streams(copy, "Audio")) == 1
    assert [round(pitch(each), -1) for each in samples(copy)] == [440, 1000]
    assert abs(lufs(copy) + 24) <= 0.5
    run(tmp_path, source, out="right", audio="right")
    right = samples(tmp_path / "right" / "a_h264.mp4")
    assert [round(pitch(each), -1) for each in right] == [1000, 1000]


def test_silence_is_told_and_left_out_of_stereo(tmp_path):
    source = two_tracks(tmp_path / "a.mkv", "anullsrc=cl=mono:r=48000", "sine=f=700:r=48000")
    report = run(tmp_path, source, audio="stereo")
    assert "channel 1 of sound track 1 is silent" in [f.message for f in report.findings]
    heard = samples(tmp_path / "out" / "a_h264.mp4")
    assert [round(pitch(each), -1) for each in heard] == [700, 700]


def test_timecode_recorded_as_sound_is_told_from_sound(tmp_path):
    source = steps(tmp_path / "a.mkv", sound=ltc())
    report = run(tmp_path, source)
    assert "ACC-LTC" in codes(report)
    assert report.exit_code is ExitCode.OK


@pytest.mark.parametrize(
    ("profile", "ending"),
    [
        *[("mp3", ".mp3"), ("aac", ".m4a"), ("poster", ".jpg"), ("contact-sheet", ".jpg")],
        *[("waveform", ".png"), ("web-capped", ".mp4"), ("low", ".mp4"), ("film-scan", ".mp4")],
    ],
)
def test_every_profile_makes_a_copy_that_passes_its_checks(tmp_path, profile, ending):
    source = tmp_path / "a.mov"
    ffmpeg(
        *("-f", "lavfi", "-i", "mandelbrot=s=160x120:r=25", "-f", "lavfi", "-i", "sine=r=48000"),
        *("-t", "1", "-c:v", "mpeg4", "-q:v", "2", "-c:a", "pcm_s16le", str(source)),
    )
    report = run(tmp_path, source, profile=profile)
    assert report.exit_code is ExitCode.OK
    assert (tmp_path / "out" / f"a_{profile}{ending}").stat().st_size > 500
