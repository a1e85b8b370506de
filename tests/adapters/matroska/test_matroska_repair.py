"""Damaged films made whole: from a second copy, or with frames that were made again."""

import io
import subprocess

import pytest
from films import attachment, film, pictures, tracks

from avpres.adapters.matroska import clusters, ids
from avpres.adapters.matroska.ebml import MatroskaError, element, text
from avpres.adapters.matroska.mending import Stretch, Taken, mend
from avpres.adapters.matroska.reading import open_matroska
from avpres.adapters.matroska.rewriting import Frame, rewrite
from avpres.adapters.tools.ffmpeg import find_ffmpeg

BEHIND = element(ids.EBML, text(ids.DOC_TYPE, "rawcooked")) + bytes(3000)


def opened(data):
    return open_matroska(io.BytesIO(data))


@pytest.fixture(scope="module", params=["clusters of one frame", "clusters of many"])
def whole(request):
    limit = clusters.LIMIT
    clusters.LIMIT = 1 if request.param == "clusters of one frame" else 50_000
    yield film([attachment("a.txt", b"text"), attachment("b.bin", bytes(9999))], 500, BEHIND)[0]
    clusters.LIMIT = limit


def extents(data, name):
    checks = opened(data).check_crcs()
    return [(check.offset, check.size) for check in checks if check.name == name]


def damaged(data, *places):
    found = bytearray(data)
    for place in places:
        found[place] ^= 0x55
    return bytes(found)


def mended(first, second):
    target = io.BytesIO()
    stretches = list(mend(opened(first), opened(second), target))
    return target.getvalue(), stretches


@pytest.mark.parametrize("at", [0, 3, 5, 14, 30, -1], ids="in the {}th byte".format)
@pytest.mark.parametrize("name", ["Cluster", "Info", "Tracks", "Attachments", "Cues", "SeekHead"])
def test_two_copies_damaged_in_other_places_give_the_film(whole, name, at):
    offset, size = extents(whole, name)[-1]
    other, other_size = extents(whole, "Cluster")[1]
    first = damaged(whole, offset + at % size)
    second = damaged(whole, other + other_size // 2)
    for pair in ((first, second), (second, first)):
        data, stretches = mended(*pair)
        assert data == whole
        assert len(stretches) >= 1
        assert {each.taken for each in stretches} == {Taken.SECOND}


def test_copies_damaged_in_the_same_place_are_told(whole):
    offset, size = extents(whole, "Cluster")[3]
    first = damaged(whole, offset + size // 2)
    second = damaged(whole, offset + size // 2 + 1)
    data, stretches = mended(first, second)
    assert stretches == [Stretch(offset, size, Taken.UNDECIDED)]
    assert data == first


def test_data_without_a_check_sum_that_differ_are_told(whole):
    data, stretches = mended(whole, damaged(whole, len(whole) - 5))
    assert data == whole
    assert [each.taken for each in stretches] == [Taken.UNDECIDED]
    assert stretches[0].offset + stretches[0].size == len(whole)


def test_films_of_other_sizes_are_no_copies(whole):
    with pytest.raises(ValueError, match="same size"):
        mended(whole, whole + b"x")


def frames_of(file):
    return [Frame(each.track, each.time_ns, file.payload(each), each.key) for each in file.blocks()]


def test_a_film_whose_frames_are_whole_again_comes_back_to_the_byte(whole):
    offset, size = extents(whole, "Cluster")[4]
    file = opened(damaged(whole, offset + size // 2))
    target = io.BytesIO()
    rewrite(file, frames_of(opened(whole)), target)
    assert target.getvalue() == whole


def test_a_frame_of_another_length_moves_all_that_follows(whole, tmp_path):
    file = opened(whole)
    other = pictures()[1][20]
    frames = [
        frame._replace(data=other) if frame.data == pictures()[1][3] else frame
        for frame in frames_of(file)
    ]
    target = io.BytesIO()
    rewrite(file, frames, target)
    new = opened(target.getvalue())
    assert [new.payload(each) for each in new.blocks()] == [frame.data for frame in frames]
    assert not [check for check in new.check_crcs() if check.is_wrong]
    assert not new.skipped
    assert list(new.tracks) == tracks()
    assert [(each.name, new.open(each).read()) for each in new.attachments] == [
        (each.name, file.open(each).read()) for each in file.attachments
    ]
    assert target.getvalue()[new.tail :] == BEHIND
    path = tmp_path / "film.mkv"
    path.write_bytes(target.getvalue()[: new.tail])
    command = [str(find_ffmpeg().path), "-v", "error", "-ss", "0.8", "-i", str(path)]
    run = subprocess.run(
        [*command, "-map", "0:v", "-f", "null", "-"], capture_output=True, check=True
    )
    assert not run.stderr


def test_parts_that_are_damaged_are_not_carried_on(whole):
    offset, size = extents(whole, "Attachments")[0]
    file = opened(damaged(whole, offset + size - 1))
    with pytest.raises(MatroskaError, match="Attachments at"):
        rewrite(file, frames_of(opened(whole)), io.BytesIO())


def test_films_of_ffmpeg_can_be_written_again(tmp_path):
    path = tmp_path / "film.mkv"
    command = [str(find_ffmpeg().path), "-v", "error", "-f", "lavfi", "-i", "testsrc2=s=64x48:d=1"]
    subprocess.run([*command, "-c:v", "ffv1", "-level", "3", str(path)], check=True)
    file = opened(path.read_bytes())
    target = io.BytesIO()
    rewrite(file, frames_of(file), target)
    new = opened(target.getvalue())
    assert frames_of(new) == frames_of(file)
    assert (new.tracks, new.tags) == (file.tracks, file.tags)
    assert not [check for check in new.check_crcs() if check.is_wrong]
