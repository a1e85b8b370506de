"""Films written: read back, judged by other programs, broken off, and taken up again."""

import errno
import io
import json
import os
import re
import subprocess
from dataclasses import replace
from fractions import Fraction

import pytest
from films import FRAMES, RATE, attachment, begin, end, film, frames, pictures, reversible, tracks
from hypothesis import given, settings
from hypothesis import strategies as st

from avpres.adapters.matroska import ids
from avpres.adapters.matroska.attaching import AttachmentChangedError
from avpres.adapters.matroska.ebml import MatroskaError, element, text
from avpres.adapters.matroska.model import Attachment, Colour, Encoding, Info, Kind, TrackHeader
from avpres.adapters.matroska.reading import open_matroska
from avpres.adapters.matroska.timing import display_size, frame_number, ticks, time_ns
from avpres.adapters.matroska.writing import MatroskaWriter, Placed
from avpres.adapters.tools.ffmpeg import find_ffmpeg
from avpres.adapters.validators.examination import Examination
from avpres.adapters.validators.registry import examine
from avpres.adapters.validators.source import Source
from avpres.domain.formats import Format
from avpres.domain.validity import Status

SIDECARS = (attachment("notes.txt", b"seen at the archive"), attachment("grade.bin", bytes(3000)))
SECRET = element(ids.EBML, text(ids.DOC_TYPE, "rawcooked")) + b"\x20\x72\x63" + bytes(800)


def opened(data):
    return open_matroska(io.BytesIO(data))


def payloads(file, track):
    return [file.payload(block) for block in file.blocks(track)]


def test_everything_written_is_read_back():
    data, places, _ = film(SIDECARS, reserve=2000, data=SECRET)
    file = opened(data)
    assert file.info.title == "Réel 1"
    assert file.info.uuid == bytes(range(1, 17))
    assert file.info.duration_ns == pytest.approx(time_ns(FRAMES, RATE), abs=1)
    assert list(file.tracks) == tracks()
    assert {(tag.name, tag.value, tag.track_uid) for tag in file.tags} >= {
        ("TIMECODE", "01:00:00:00", 0),
        ("NUMBER_OF_FRAMES", "25", 11),
        ("DURATION", "00:00:01.041666667", 22),
    }
    assert payloads(file, 1) == pictures()[1]
    assert [(block.track, block.offset) for block in file.blocks()] == [
        (track, offset) for track, _, offset in places
    ]
    assert [file.open(each).read() for each in file.attachments] == [
        b"seen at the archive",
        bytes(3000),
        SECRET,
    ]
    assert not file.skipped
    assert (file.missing, file.tail) == (0, len(data))


def test_every_part_has_a_check_sum_that_is_right():
    data, _, _ = film(SIDECARS, reserve=2000, data=SECRET)
    checks = list(opened(data).check_crcs())
    assert {check.name for check in checks} == {
        "SeekHead", "Info", "Tracks", "Tags", "Attachments", "Cluster", "Cues"
    }  # fmt: skip
    assert all(check.stated == check.found is not None for check in checks)


def test_the_same_film_is_the_same_bytes():
    assert film(SIDECARS, 2000, SECRET) == film(SIDECARS, 2000, SECRET)


@pytest.mark.parametrize("sidecars", [(), SIDECARS], ids=["alone", "beside others"])
@pytest.mark.parametrize("left", [0, 1, 2, 3, 127, 128, 129, 130, 131, 300])
def test_reversibility_data_fit_into_their_room_to_the_byte(sidecars, left):
    head = _head_of_room(sidecars)
    data, _, placed = film(sidecars, head + len(SECRET) + left, SECRET)
    assert placed is Placed.V1
    file = opened(data)
    assert file.open(file.attachments[-1]).read() == SECRET
    assert len(file.attachments) == len(sidecars) + 1
    assert not [check for check in file.check_crcs() if check.is_wrong or check.stated is None]
    assert not file.skipped


def _head_of_room(sidecars):
    data = reversible(SECRET)
    rooms = range(len(SECRET), len(SECRET) + 200)
    fitting = [room for room in rooms if begin(io.BytesIO(), sidecars, room).fits(data)]
    assert film(sidecars, fitting[0] - 1, SECRET)[2] is Placed.V2
    return fitting[0] - len(SECRET)


@pytest.mark.parametrize("sidecars", [(), SIDECARS], ids=["alone", "beside others"])
def test_reversibility_data_that_do_not_fit_go_behind_the_segment(sidecars):
    data, _, placed = film(sidecars, 500, SECRET)
    assert placed is Placed.V2
    file = opened(data)
    assert data[file.tail :] == SECRET
    assert len(file.attachments) == len(sidecars)
    assert not file.skipped


def test_an_attachment_that_grew_or_shrank_is_told():
    for real in (b"four", b"sixsix"):
        other = Attachment("a", "text/plain", 5, lambda real=real: io.BytesIO(real), 1)
        with pytest.raises(AttachmentChangedError, match="a was to have 5 bytes"):
            begin(io.BytesIO(), [other])


def test_a_hole_in_the_times_stays_a_hole():
    handle = io.BytesIO()
    writer = begin(handle)
    numbers = [0, 1, 2, 50, 51, 5000]
    for number in numbers:
        writer.add(1, time_ns(number, RATE), b"frame")
    end(writer)
    found = [frame_number(block.time_ns, RATE) for block in opened(handle.getvalue()).blocks(1)]
    assert found == numbers


@pytest.mark.parametrize(
    ("rate", "first"),
    [
        (Fraction(24), [0, 42, 83, 125, 167]),
        (Fraction(25), [0, 40, 80, 120, 160]),
        (Fraction(24000, 1001), [0, 42, 83, 125, 167]),
        (Fraction(30000, 1001), [0, 33, 67, 100, 133]),
        (Fraction(16), [0, 63, 125, 188, 250]),
    ],
)
def test_times_are_those_that_ffmpeg_writes(rate, first):
    assert [ticks(time_ns(number, rate), 1_000_000) for number in range(5)] == first


@given(st.fractions(min_value=1, max_value=400, max_denominator=1001), st.integers(0, 10**7))
@settings(derandomize=True, max_examples=60)
def test_the_number_of_a_frame_comes_back_from_its_time(rate, number):
    rounded = ticks(time_ns(number, rate), 1_000_000) * 1_000_000
    assert frame_number(rounded, rate) == number


def test_pixels_that_are_not_square_are_shown_in_their_shape():
    assert display_size(720, 576, Fraction(16, 15)) == (768, 576, 0)
    assert display_size(720, 486, Fraction(8, 9)) == (640, 486, 0)
    width, height, unit = display_size(1000, 700, Fraction(10, 11))
    assert unit == 3
    assert Fraction(width, height) == Fraction(1000 * 10, 700 * 11)


def test_sound_that_comes_a_little_late_is_borne():
    handle = io.BytesIO()
    writer = begin(handle)
    times = [
        (1, 0),
        (1, 8_000_000_000),
        (2, 7_500_000_000),
        (1, 15_000_000_000),
        (2, 9_000_000_000),
    ]
    for track, time in times:
        writer.add(track, time, b"frame")
    end(writer)
    assert [(block.track, block.time_ns) for block in opened(handle.getvalue()).blocks()] == times


def test_a_frame_far_out_of_order_is_refused():
    writer = begin(io.BytesIO())
    writer.add(1, 100_000_000_000, b"frame")
    with pytest.raises(ValueError, match="before"):
        writer.add(2, 0, b"frame")


@pytest.mark.parametrize("scale", [1000, 100_000, 10_000_000])
def test_other_time_scales_hold_the_same_times(scale):
    file = opened(film(scale_ns=scale)[0])
    assert file.info.scale_ns == scale
    for block, (_, time, data) in zip(file.blocks(), frames(), strict=True):
        assert abs(block.time_ns - time) <= scale / 2
        assert file.payload(block) == data


def test_wrong_tracks_are_refused():
    one = tracks()[0]
    for wrong in ([], [one, one], [TrackHeader(0, 1, Kind.VIDEO, "V_FFV1")]):
        with pytest.raises(ValueError, match="track"):
            MatroskaWriter(io.BytesIO(), wrong, info=Info("t"))
    with pytest.raises(ValueError, match="no track 9"):
        begin(io.BytesIO()).add(9, 0, b"")


def test_all_that_can_be_said_of_a_track_comes_back():
    picture = TrackHeader(
        number=1,
        uid=(1 << 64) - 1,
        kind=Kind.VIDEO,
        codec_id="V_FFV1",
        private=b"private",
        default_duration_ns=40_000_000,
        width=720,
        height=576,
        display_width=16,
        display_height=9,
        display_unit=3,
        interlaced=1,
        field_order=9,
        colour=Colour(matrix=5, range=1, transfer=6, primaries=5, bits=10),
        name="Rolle 1: Körper",
        language="de",
        is_default=False,
        codec_delay_ns=7,
    )
    info = Info("muxer", "title", "writer", uuid=None, date_ns=-5)
    handle = io.BytesIO()
    MatroskaWriter(handle, [picture], info=info).finish(3_000_000_000)
    file = opened(handle.getvalue())
    assert list(file.tracks) == [picture]
    assert file.info == replace(info, duration_ns=3_000_000_000)
    assert list(file.blocks()) == []


def test_what_matroska_cannot_hold_is_refused():
    with pytest.raises(ValueError, match="16 bytes"):
        MatroskaWriter(io.BytesIO(), tracks(), info=Info("t", uuid=b"short"))
    nobody = Attachment("a", "text/plain", 1, lambda: io.BytesIO(b"a"), 0)
    with pytest.raises(ValueError, match="never 0"):
        begin(io.BytesIO(), [nobody])
    with pytest.raises(ValueError, match="uid of its own"):
        begin(io.BytesIO(), [attachment("a", b"a", 5), attachment("b", b"b", 5)])
    encoded = replace(tracks()[0], encodings=(Encoding(0, 1, 0),))
    with pytest.raises(ValueError, match="content encodings"):
        MatroskaWriter(io.BytesIO(), [encoded], info=Info("t"))


def test_a_description_of_an_attachment_comes_back():
    handle = io.BytesIO()
    told = replace(attachment("a.txt", b"text"), description="the label of the can")
    end(begin(handle, [told]))
    (found,) = opened(handle.getvalue()).attachments
    assert (found.description, found.mime, found.uid) == (told.description, told.mime, told.uid)


def test_a_codec_private_of_another_length_is_refused_before_anything_is_written():
    handle = io.BytesIO()
    writer = begin(handle)
    writer.add(1, 0, b"frame")
    with pytest.raises(ValueError, match="CodecPrivate"):
        writer.finish(1, {2: b"short"})
    assert end(writer) is Placed.NOWHERE


def test_a_codec_private_known_at_the_end_replaces_the_first():
    handle = io.BytesIO()
    writer = begin(handle)
    last = tracks()[1].private[:-16] + b"m" * 16
    writer.finish(1, {2: last})
    file = opened(handle.getvalue())
    assert file.private(2) == last
    assert not [check for check in file.check_crcs() if check.is_wrong]


def heavy():
    """List the frames with so much behind those of the picture that they fill four clusters."""
    return [(track, time, data + bytes(700_000 * (track == 1))) for track, time, data in frames()]


@pytest.mark.parametrize("stop", [0, 1, 7, 20, 35])
def test_a_film_broken_off_is_taken_up_to_the_same_bytes(tmp_path, stop):
    whole = io.BytesIO()
    writer = begin(whole, SIDECARS, 2000)
    for frame in heavy():
        writer.add(*frame)
    end(writer, SECRET)
    path = tmp_path / "film.mkv"
    with path.open("w+b") as handle:
        writer = begin(handle, SIDECARS, 2000)
        for frame in heavy()[:stop]:
            writer.add(*frame)
        state = json.loads(json.dumps(writer.state()))
        for frame in heavy()[stop : stop + 20]:
            writer.add(*frame)
        end(writer, SECRET)
    with path.open("r+b") as handle:
        writer = MatroskaWriter.resume(handle, state)
        done = dict(writer.state()["frames"])
        assert (sum(done.values()) > 0) == (stop > 8)
        for track, time, data in heavy():
            if done[track]:
                done[track] -= 1
            else:
                writer.add(track, time, data)
        end(writer, SECRET)
    assert path.read_bytes() == whole.getvalue()


def test_a_state_whose_clusters_are_damaged_is_refused(tmp_path):
    path = tmp_path / "film.mkv"
    with path.open("w+b") as handle:
        writer = begin(handle)
        for frame in heavy():
            writer.add(*frame)
        state = writer.state()
        with pytest.raises(MatroskaError, match="frames"):
            MatroskaWriter.resume(handle, state | {"frames": [[1, 3]]})
        handle.seek(state["first"])
        handle.write(bytes(20))
        handle.flush()
        with pytest.raises(MatroskaError, match="damaged at"):
            MatroskaWriter.resume(handle, state)


def test_a_state_of_another_file_is_refused(tmp_path):
    path = tmp_path / "film.mkv"
    path.write_bytes(film()[0])
    with path.open("r+b") as handle:
        writer = begin(io.BytesIO())
        state = writer.state()
        with pytest.raises(MatroskaError, match="before the state"):
            MatroskaWriter.resume(handle, state | {"end": 10**9})
        with pytest.raises(MatroskaError, match="version"):
            MatroskaWriter.resume(handle, state | {"version": 0})
    assert path.read_bytes() == film()[0]


def test_a_film_that_was_never_finished_does_not_look_finished():
    handle = io.BytesIO()
    writer = begin(handle, SIDECARS, 2000)
    for track, time, data in frames():
        writer.add(track, time, data * 40)
    file = opened(handle.getvalue())
    assert file.info.duration_ns is None
    assert handle.getvalue()[44:52] == b"\x01" + b"\xff" * 7  # the size is unknown
    assert 0 < len(list(file.blocks(1))) < FRAMES
    assert not file.skipped


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_a_full_disk_is_an_error_of_the_system():
    with open("/dev/full", "r+b", buffering=0) as handle, pytest.raises(OSError, match="No space"):
        begin(handle)


class _Filling(io.BytesIO):
    """A disk with so many bytes left, written to in parts as unbuffered files are."""

    room = 0

    def write(self, data):
        taken = min(len(data), 70_000, self.room - self.tell())
        if taken <= 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        return super().write(bytes(data)[:taken])


@pytest.mark.parametrize("room", [30, 500, 5_000, 100_000, -100, -1])
def test_after_a_failed_write_nothing_is_claimed(room):
    disk = _Filling()
    disk.room = room if room > 0 else len(film(SIDECARS)[0]) + room
    with pytest.raises(OSError, match="No space"):
        _fill(disk)
    if disk.room > 1000:
        assert opened(disk.getvalue()).info.duration_ns is None


def _fill(disk):
    writer = begin(disk, SIDECARS)
    try:
        for track, time, data in frames():
            writer.add(track, time, data)
        end(writer)
    except OSError:
        with pytest.raises(ValueError, match="failed"):
            writer.add(1, 0, b"")
        with pytest.raises(ValueError, match="failed"):
            end(writer)
        raise


def test_a_handle_that_takes_parts_gets_every_byte():
    disk = _Filling()
    disk.room = 10**9
    writer = begin(disk)
    for track, time, data in frames():
        writer.add(track, time, data)
    end(writer)
    assert disk.getvalue() == film()[0]


def test_large_frames_have_clusters_of_their_own():
    handle = io.BytesIO()
    writer = begin(handle)
    for number in range(4):
        writer.add(1, time_ns(number, RATE), bytes(4_000_000))
    end(writer)
    file = opened(handle.getvalue())
    clusters = [check for check in file.check_crcs() if check.name == "Cluster"]
    assert len(clusters) == 4
    found = [block.time_ns for block in file.blocks(1, from_ns=time_ns(2, RATE))]
    assert found == [83_000_000, 125_000_000]


@pytest.fixture
def written(tmp_path):
    path = tmp_path / "film.mkv"
    path.write_bytes(film(SIDECARS, 2000, SECRET)[0])
    return path


def test_ffmpeg_decodes_every_frame_without_a_word(tmp_path):
    plain = tmp_path / "plain.mkv"
    plain.write_bytes(film()[0])
    ffmpeg = str(find_ffmpeg().path)
    words = [ffmpeg, "-v", "warning", "-i", str(plain), "-map", "0", "-f", "framemd5", "-"]
    run = subprocess.run(words, capture_output=True, text=True, check=True)
    assert not run.stderr
    lines = [line.split(",") for line in run.stdout.splitlines() if line[0] != "#"]
    assert len([line for line in lines if line[0] == "0"]) == FRAMES
    assert "#dar 0: 4/3" in run.stdout or "#sar 0: 1/1" in run.stdout


def test_ffmpeg_goes_to_a_frame_by_the_cues(tmp_path):
    plain = tmp_path / "plain.mkv"
    handle = io.BytesIO()
    writer = begin(handle)
    for track, time, data in frames():
        if track == 1:
            writer.add(track, time * 10, data)
    end(writer)
    plain.write_bytes(handle.getvalue())
    words = [str(find_ffmpeg().path), "-v", "warning", "-ss", "5.1", "-copyts", "-i", str(plain)]
    words += ["-map", "0:v", "-fps_mode", "passthrough", "-enc_time_base", "1:1000"]
    run = subprocess.run(
        [*words, "-f", "framemd5", "-"], capture_output=True, text=True, check=True
    )
    assert not run.stderr
    lines = [line.split(",") for line in run.stdout.splitlines() if line[0] != "#"]
    assert int(lines[0][2]) == 5417


@pytest.mark.parametrize(
    ("codec", "bits", "code"),
    [
        ("A_PCM/INT/LIT", 16, "s16le"),
        ("A_PCM/INT/LIT", 24, "s24le"),
        ("A_PCM/INT/BIG", 24, "s24be"),
        ("A_PCM/INT/LIT", 32, "s32le"),
        ("A_PCM/FLOAT/IEEE", 32, "f32le"),
        ("A_PCM/FLOAT/IEEE", 64, "f64le"),
    ],
)
def test_ffmpeg_gives_the_samples_that_were_put_in(tmp_path, codec, bits, code):
    samples = bytes(range(1, 97)) * 100
    header = TrackHeader(
        1, 1, Kind.AUDIO, codec, sampling_rate=96_000.0, channels=2, bits=bits, interlaced=0
    )
    path = tmp_path / "sound.mka"
    with path.open("wb") as handle:
        writer = MatroskaWriter(handle, [header], info=Info("avpres test"))
        for at in range(0, len(samples), 4800):
            writer.add(1, time_ns(at * 8 // bits // 2, 96_000), samples[at : at + 4800])
        writer.finish(time_ns(len(samples) * 8 // bits // 2, 96_000))
    words = [str(find_ffmpeg().path), "-v", "warning", "-i", str(path), "-c", "copy"]
    run = subprocess.run([*words, "-f", code, "-"], capture_output=True, check=True)
    assert run.stdout == samples
    assert not [each for each in run.stderr.splitlines() if b"Guessed Channel Layout" not in each]


@pytest.mark.programs("mkvmerge")
def test_mkvmerge_knows_all_parts(written):
    run = subprocess.run(["mkvmerge", "-J", str(written)], capture_output=True, check=True)
    said = json.loads(run.stdout)
    assert not said["errors"] + said["warnings"]
    assert [each["size"] for each in said["attachments"]] == [19, 3000, len(SECRET)]
    assert [each["codec"] for each in said["tracks"]] == ["V_FFV1", "FLAC"]
    assert said["tracks"][0]["properties"]["default_duration"] == 41_666_667
    assert said["tracks"][0]["properties"]["display_dimensions"] == "64x48"
    assert said["container"]["properties"]["segment_uid"] == bytes(range(1, 17)).hex()


@pytest.mark.programs("mkvinfo")
def test_mkvinfo_finds_nothing_that_it_does_not_know(written):
    run = subprocess.run(
        ["mkvinfo", "-v", "-v", str(written)], capture_output=True, text=True, check=True
    )
    assert not re.search("unknown|invalid|error|warning", run.stdout, re.IGNORECASE)
    assert run.stdout.count("Simple block") == len(frames())


@pytest.mark.programs("mkvpropedit")
def test_attachments_put_in_by_others_are_found(written, tmp_path):
    late = tmp_path / "late.bin"
    late.write_bytes(bytes(5000))
    subprocess.run(
        ["mkvpropedit", str(written), "--add-attachment", str(late)],
        capture_output=True,
        check=True,
    )
    with written.open("rb") as handle:
        file = open_matroska(handle)
        assert [each.name for each in file.attachments][-2:] == [
            "RAWcooked reversibility data",
            "late.bin",
        ]
        assert file.open(file.attachments[-2]).read() == SECRET
        assert not [check for check in file.check_crcs() if check.is_wrong]
        assert payloads(file, 1) == pictures()[1]


@pytest.mark.programs("mkvpropedit")
def test_data_behind_the_segment_are_found_after_an_edit_stretched_it(tmp_path):
    path, late = tmp_path / "film.mkv", tmp_path / "late.bin"
    path.write_bytes(film(SIDECARS, 500, SECRET)[0])
    late.write_bytes(bytes(5000))
    words = ["mkvpropedit", str(path), "--add-attachment", str(late)]
    subprocess.run(words, capture_output=True, check=True)
    with path.open("rb") as handle:
        file = open_matroska(handle)
        assert file.source.read(file.tail, len(SECRET)) == SECRET
        assert "late.bin" in [each.name for each in file.attachments]


def test_mediaconch_finds_no_rule_broken(written):
    pytest.importorskip("mediaconch")
    from avpres.adapters.tools.mediaconch import MediaConch, find_mediaconch

    with MediaConch(find_mediaconch()) as judge:
        assert judge.check(os.fsencode(written)) == []


def test_our_own_rules_call_it_valid(written):
    exam = Examination()
    with written.open("rb") as file:
        examine(Source(file, str(written)), Format.MATROSKA, exam)
    assert exam.status is Status.VALID
    assert not exam.messages
