"""Sources as archives have them: late tracks, uneven frames, false flags, colours of their own."""

import pytest
from access_cases import codes, ffmpeg, lufs, numbers, run, samples, still, streams
from PIL import Image, ImageStat

from avpres.domain.exit_codes import ExitCode


def beep(at, seconds=2):
    """Make a sound with one beep."""
    tone = f"0.6*sin(6000*t)*between(t\\,{at}\\,{at + 0.1})"
    return ("-f", "lavfi", "-i", f"aevalsrc={tone}:s=48000:d={seconds}")


def first_loud(samples):
    return next(place for place, value in enumerate(samples) if abs(value) > 8000) / 48000


def late(path, *, film=0.0, sound=0.0):
    """Make a film of two seconds whose tracks begin at different times; it beeps at 1 s."""
    ffmpeg(
        *("-itsoffset", str(film), "-f", "lavfi", "-i", "testsrc=s=64x48:r=25:d=2"),
        *("-itsoffset", str(sound), *beep(1 - sound)),
        *("-map", "0", "-map", "1", "-c:v", "ffv1", "-c:a", "pcm_s16le", str(path)),
    )
    return path


@pytest.mark.parametrize("profile", ["h264", "xdcam-hd422", "mp3", "aac"])
@pytest.mark.parametrize("which", ["film", "sound"])
def test_tracks_that_begin_late_stay_together_and_are_measured_so(tmp_path, profile, which):
    source = late(tmp_path / "a.mkv", **{which: 0.48})
    report = run(tmp_path, source, profile=profile)
    assert report.exit_code is ExitCode.OK
    (heard,) = samples(report.outputs[0].path, channels=1)
    assert first_loud(heard) == pytest.approx(1.0, abs=0.06 if profile == "mp3" else 0.03)


def test_a_second_track_that_begins_late_is_mixed_in_where_it_belongs(tmp_path):
    ffmpeg(
        *("-f", "lavfi", "-i", "color=gray:s=64x48:r=25:d=2", *beep(0.4)),
        *("-itsoffset", "0.5", *beep(0.6)),
        *("-map", "0", "-map", "1", "-map", "2", "-c:v", "ffv1", "-c:a", "pcm_s16le"),
        *("-t", "2", str(tmp_path / "a.mkv")),
    )
    report = run(tmp_path, tmp_path / "a.mkv", audio="stereo")
    left, right = samples(report.outputs[0].path)
    assert (first_loud(left), first_loud(right)) == (
        pytest.approx(0.4, abs=0.03),
        pytest.approx(1.1, abs=0.03),
    )


@pytest.mark.parametrize("ending", ["mkv", "mp4"])
def test_every_frame_of_an_uneven_film_is_there_once(tmp_path, ending):
    grey = b"".join(bytes([20 + 4 * n]) * (64 * 48) for n in range(48))
    ffmpeg(
        *("-f", "rawvideo", "-pix_fmt", "gray", "-s", "64x48", "-r", "24", "-i", "-"),
        *("-vf", "select='not(mod(n,3))+lt(n,24)'", "-fps_mode", "vfr"),
        *("-c:v", "libx264", "-qp", "1", "-pix_fmt", "yuv420p", str(tmp_path / f"a.{ending}")),
        input=grey,
    )
    report = run(tmp_path, tmp_path / f"a.{ending}")
    assert report.exit_code is ExitCode.OK
    assert numbers(report.outputs[0].path) == [*range(24), *range(24, 48, 3)]


def test_a_poster_of_high_definition_has_its_colours(tmp_path):
    bars = "smptehdbars=s=1280x720:r=25:d=0.2,format=yuv422p10"
    tags = "setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709"
    ffmpeg("-f", "lavfi", "-i", f"{bars},{tags}", "-c:v", "ffv1", str(tmp_path / "a.mkv"))
    run(tmp_path, tmp_path / "a.mkv", profile="poster")
    poster = Image.open(tmp_path / "out" / "a_poster.jpg").convert("RGB")
    for across, colour in [(0.25, (191, 191, 0)), (0.5, (0, 191, 0)), (0.8, (0, 0, 191))]:
        found = poster.getpixel((int(1280 * across), 180))
        assert max(abs(a - b) for a, b in zip(found, colour, strict=True)) < 20


def test_a_contact_sheet_of_few_frames_has_all_its_pictures(tmp_path):
    for frames in (1, 7):
        source = tmp_path / f"a{frames}.mkv"
        ffmpeg(
            *("-f", "lavfi", "-i", "color=white:s=64x48:r=25", "-frames:v", str(frames)),
            *("-c:v", "ffv1", str(source)),
        )
        report = run(tmp_path, source, profile="contact-sheet")
        sheet = Image.open(report.outputs[0].path).convert("L")
        last = sheet.crop((sheet.width - 100, sheet.height - 100, sheet.width - 20, sheet.height))
        assert last.resize((1, 1), box=(0, 0, 80, 80)).getpixel((0, 0)) > 200


def test_a_waveform_is_drawn_on_paper_also_of_silence(tmp_path):
    for name, sound in (("quiet", "anullsrc=r=48000:cl=mono"), ("loud", "sine=r=48000")):
        ffmpeg("-f", "lavfi", "-i", sound, "-t", "1", str(tmp_path / f"{name}.wav"))
        report = run(tmp_path, tmp_path / f"{name}.wav", profile="waveform")
        assert report.totals.copied_files == 1
    quiet, loud = (
        ImageStat.Stat(Image.open(tmp_path / "out" / f"{name}_waveform.png").convert("L")).mean[0]
        for name in ("quiet", "loud")
    )
    assert quiet > 250 > loud


def test_colours_of_interlaced_film_stay_in_their_fields(tmp_path):
    red, blue = "color=red:s=64x64:r=25", "color=blue:s=64x64:r=25"
    graph = (
        "[0][1]interleave,setpts=N/50/TB,format=yuv444p,interlace=scan=tff:lowpass=0,"
        "scale=64:64:interl=1,format=yuv420p,setfield=tff,setsar=1[v]"
    )
    ffmpeg(
        *("-f", "lavfi", "-i", red, "-f", "lavfi", "-i", blue, "-filter_complex", graph),
        *("-map", "[v]", "-frames:v", "5", "-c:v", "ffv1", "-flags", "+ildct"),
        str(tmp_path / "a.mkv"),
    )
    report = run(tmp_path, tmp_path / "a.mkv", profile="prores-hq")
    assert "top" in streams(report.outputs[0].path, "Video")[0]
    ffmpeg(
        *("-i", report.outputs[0].path, "-frames:v", "1", "-pix_fmt", "yuv422p"),
        *("-f", "rawvideo", str(tmp_path / "f.raw")),
    )
    chroma = (tmp_path / "f.raw").read_bytes()[64 * 64 + 64 * 32 :]
    lines = [chroma[32 * line + 16] for line in range(20, 40)]
    assert min(abs(a - b) for a, b in zip(lines[::2], lines[1::2], strict=True)) > 110


PQ = "setparams=color_primaries=bt2020:color_trc=smpte2084:colorspace=bt2020nc"


def test_wide_colours_are_kept_and_never_called_narrow_ones(tmp_path):
    source = still(tmp_path / "a.mkv", more=("-vf", f"setsar=1,format=yuv420p10,{PQ}"))
    report = run(tmp_path, source)
    assert "bt2020nc/bt2020/smpte2084" in streams(report.outputs[0].path, "Video")[0]
    report = run(tmp_path, source, profile="xdcam-hd422")
    assert (codes(report), report.exit_code) == ({"ACC-GAMUT"}, ExitCode.NOT_CONFORMANT)


def test_rates_that_a_profile_cannot_hold_are_refused_with_those_that_it_can(tmp_path):
    source = still(tmp_path / "a.mkv", rate="16")
    report = run(tmp_path, source, profile="xdcam-hd422")
    assert codes(report) == {"ACC-FRAME-RATE"}
    assert "25" in report.findings[0].message
    assert codes(run(tmp_path, source, deinterlace="ivtc")) == {"ACC-PULLDOWN"}


def test_a_flag_that_moves_backwards_is_told_where_it_matters(tmp_path):
    source = tmp_path / "a.mov"
    ffmpeg(
        *("-f", "lavfi", "-i", "mandelbrot=s=320x240:r=50", "-t", "1"),
        *("-vf", "interlace=scan=tff,format=yuv422p10,setfield=bff", "-c:v", "v210", str(source)),
    )
    report = run(tmp_path, source, profile="h264-50p")
    assert report.totals.copied_files == 1
    assert "taken as it says" in report.findings[0].message
    assert codes(run(tmp_path, source)) == set()


SOUNDS = {
    "clicks": "aevalsrc='0.02*sin(1900*t)+0.9*lt(mod(t\\,1)\\,0.0008)':s=48000:d=6",
    "one shout": "aevalsrc='sin(1900*t)*(0.01+0.6*between(t\\,3\\,4))':s=48000:d=6",
    "steady": "anoisesrc=c=pink:a=0.02:r=44100:d=6:seed=1",
}


@pytest.mark.parametrize("sound", SOUNDS)
def test_loudness_is_reached_and_peaks_stay_below_full_scale(tmp_path, sound):
    ffmpeg("-f", "lavfi", "-i", SOUNDS[sound], "-c:a", "pcm_s24le", str(tmp_path / "a.wav"))
    report = run(tmp_path, tmp_path / "a.wav", profile="aac", loudness="-23")
    assert report.exit_code is ExitCode.OK
    copy = report.outputs[0].path
    assert lufs(copy) == pytest.approx(-23, abs=0.5)
    assert max(abs(value) for side in samples(copy) for value in side) < 32767 * 0.95


def test_a_part_without_sound_keeps_its_track(tmp_path):
    ffmpeg(
        *("-f", "lavfi", "-i", "color=gray:s=64x48:r=25:d=3", "-f", "lavfi", "-i", "sine=d=0.3"),
        *("-c:v", "ffv1", "-c:a", "pcm_s16le", str(tmp_path / "a.mkv")),
    )
    for profile, out in (("h264", "a"), ("xdcam-hd422", "b")):
        report = run(tmp_path, tmp_path / "a.mkv", out=out, profile=profile, begin="1", end="2")
        assert report.exit_code is ExitCode.OK
        (heard,) = samples(report.outputs[0].path, channels=1)
        assert len(heard) / 48000 == pytest.approx(1, abs=0.05)
        assert max(map(abs, heard)) < 10


def test_the_last_frames_are_there_also_where_the_sound_ends_before(tmp_path):
    ffmpeg(
        *("-f", "lavfi", "-i", "color=gray:s=64x48:r=25:d=2", "-f", "lavfi", "-i", "sine=d=1"),
        *("-c:v", "ffv1", "-c:a", "pcm_s16le", str(tmp_path / "a.mkv")),
    )
    report = run(tmp_path, tmp_path / "a.mkv", profile="xdcam-hd422", loudness="-23")
    assert report.exit_code is ExitCode.OK
    assert len(numbers(report.outputs[0].path)) == 50
