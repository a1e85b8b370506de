import io
import subprocess
import tarfile
import time

import pytest
from archive_samples import cuts, examined, flagged_share, ids, mutated
from hypothesis import given, settings
from hypothesis import strategies as st

from avpres.adapters.validators import tar as validator
from avpres.adapters.validators.examination import Examination
from avpres.adapters.validators.source import Source
from avpres.domain.formats import Format
from avpres.domain.validity import Status

TEXT = b"".join(b"%d reels of nitrate\n" % number for number in range(600))
LONG = "a/" + "reel" * 60 + ".txt"


def entry(name, content=b"", **fields) -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(name)
    info.size = len(content)
    info.mtime = 1_115_270_706
    for key, value in fields.items():
        setattr(info, key, value)
    return info, content


def packed(*entries, format=tarfile.PAX_FORMAT) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=format) as archive:
        for info, content in entries:
            archive.addfile(info, io.BytesIO(content))
    return file.getvalue()


def with_checksum(data: bytes, place: int = 0) -> bytes:
    """Put the right checksum into a header that was changed on purpose."""
    block = bytearray(data[place : place + 512])
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    return data[:place] + bytes(block) + data[place + 512 :]


def judge(data: bytes) -> Examination:
    return examined(data, Format.TAR)


@pytest.fixture
def reels() -> bytes:
    folder = entry("box", type=tarfile.DIRTYPE)
    return packed(folder, entry("box/one.txt", TEXT), entry("two.txt", TEXT[:700]))


def test_a_tar_is_valid_and_described(reels):
    exam = judge(reels)
    assert (exam.status, exam.messages) == (Status.VALID, [])
    assert (exam.profile, exam.mime) == ("ustar", "application/x-tar")
    box = exam.technical.container
    assert (box.members, box.folders, box.size) == (2, 1, len(TEXT) + 700)
    assert exam.technical.properties["newest_member"] == "2005-05-05T05:25:06+00:00"


@pytest.mark.parametrize(
    ("format", "profile"), [(tarfile.GNU_FORMAT, "GNU"), (tarfile.PAX_FORMAT, "pax")]
)
def test_long_names_and_links_are_followed(format, profile):
    names = entry(LONG, b"x"), entry("hard", type=tarfile.LNKTYPE, linkname=LONG)
    exam = judge(packed(*names, format=format))
    assert (exam.status, exam.messages, exam.profile) == (Status.VALID, [], profile)
    assert exam.technical.container.members == 2


@pytest.mark.parametrize("kind", ["v7", "oldgnu", "gnu", "ustar", "posix"])
def test_what_tar_itself_writes_is_valid(tmp_path, kind):
    (tmp_path / "box").mkdir()
    (tmp_path / "box/one.txt").write_bytes(TEXT)
    (tmp_path / "box/link").symlink_to("one.txt")
    with (tmp_path / "box/sparse").open("wb") as file:
        for place in range(0, 40 << 20, 1 << 20):
            file.seek(place)
            file.write(b"x")
    command = ["tar", f"--format={kind}", "-cf", tmp_path / "a.tar"]
    command += ["--sparse"] if kind in {"gnu", "posix"} else ["--exclude=sparse"]
    command += ["-C", tmp_path, "box"]
    subprocess.run(command, check=True)
    exam = judge((tmp_path / "a.tar").read_bytes())
    assert (exam.status, exam.messages) == (Status.VALID, [])
    assert exam.technical.container.folders == 1


def test_an_archive_without_members_is_valid():
    assert judge(packed()).status is Status.VALID


def test_archives_that_end_with_two_blocks_of_zeros_are_valid(reels):
    assert judge(
        reels.rstrip(b"\0") + bytes(512 - len(reels.rstrip(b"\0")) % 512 + 1024)
    ).status is (Status.VALID)


def test_a_cut_tar_is_not_sound(reels):
    assert [judge(cut).status.is_sound for cut in cuts(reels)] == [False] * 5
    short = packed(entry("a", b"x"))
    assert [judge(cut).status.is_sound for cut in cuts(short)] == [False] * 5


def test_every_cut_up_to_the_end_of_the_content_is_seen():
    data = packed(entry("a", b"x" * 600), entry(LONG, b""))
    end = len(data.rstrip(b"\0")) + 512
    assert [n for n in range(end) if judge(data[:n]).status.is_sound] == []


def test_every_changed_byte_of_a_header_is_found(reels):
    assert flagged_share(reels[:512] + bytes(1024), Format.TAR) == 1


@pytest.mark.parametrize(
    ("damage", "id", "status"),
    [
        (lambda data: data + b"x", "TAR-TRAILING", Status.NOT_VALID),
        (lambda data: data + b"\0", "TAR-FILE-SIZE", Status.NOT_VALID),
        (lambda data: data + data, "TAR-TRAILING", Status.NOT_VALID),
        (lambda data: data[:-1024], "TAR-RECORD", Status.NOT_VALID),
        (lambda data: data[:1536] + bytes(512), "TAR-END-SHORT", None),
        (lambda data: data[:1536], "TAR-END-MISSING", Status.NOT_WELL_FORMED),
        (lambda data: data[:1200], "TAR-CUT", Status.NOT_WELL_FORMED),
        (lambda data: data[:300], "TAR-CUT", Status.NOT_WELL_FORMED),
        (lambda _: b"", "TAR-EMPTY", Status.NOT_WELL_FORMED),
        (lambda data: b"b" + data[1:], "TAR-CHECKSUM", Status.NOT_WELL_FORMED),
        (lambda data: with_checksum(bytes(100) + data[100:]), "TAR-NAME", Status.NOT_VALID),
        (lambda data: with_checksum(b"/" + data[1:]), "TAR-UNSAFE-NAME", Status.VALID),
        (lambda data: data[:1200] + b"x" + data[1201:], "TAR-PADDING", Status.VALID),
        (
            lambda data: with_checksum(data[:100] + b"zz" + data[102:]),
            "TAR-NUMBER",
            Status.NOT_VALID,
        ),
        (lambda data: with_checksum(data[:124] + b"zz" + data[126:]), "TAR-SIZE", None),
        (lambda data: with_checksum(data[:124] + b"\xff" * 12 + data[136:]), "TAR-SIZE", None),
        (lambda data: with_checksum(data[:156] + b"Q" + data[157:]), "TAR-TYPE", Status.VALID),
        (lambda data: with_checksum(data[:257] + b"star" + data[261:]), "TAR-MAGIC", Status.VALID),
        (lambda data: with_checksum(data[:156] + b"2" + data[157:]), "TAR-LINK", None),
    ],
)
def test_what_is_wrong_is_named(damage, id, status):
    data = packed(entry("a", b"x" * 600))
    assert judge(data).status is Status.VALID
    exam = judge(damage(data))
    assert id in ids(exam)
    assert not status or exam.status is status


def test_links_to_nothing_and_names_twice_are_told():
    data = packed(entry("a"), entry("a"), entry("b", type=tarfile.LNKTYPE, linkname="c"))
    assert ids(judge(data)) == {"TAR-DUPLICATE-NAME", "TAR-LINK-TARGET"}


def test_a_damaged_extended_header_is_found():
    data = packed(entry(LONG, b"x"))
    place = data.index(b" path=")
    assert ids(judge(data[: place - 1] + b"9" + data[place:])) == {"TAR-PAX"}


def test_an_extended_header_of_gigabytes_is_not_read():
    data = packed(entry(LONG, b"x"))
    huge = with_checksum(data[:124] + b"77777777777\0" + data[136:])
    assert ids(judge(huge)) == {"TAR-LONG-HEADER", "TAR-CUT"}


def test_sizes_beyond_eight_gigabytes_are_read_and_no_data_need_be(tmp_path):
    path = tmp_path / "large.tar"
    size = 9 << 30
    info, _ = entry("film.mov", b"")
    info.size = size
    with path.open("w+b") as file:
        file.write(info.tobuf(tarfile.GNU_FORMAT))
        file.truncate(512 + size + 1024)
        began = time.process_time()
        exam = Examination()
        validator.validate(Source(file, str(path)), exam)
    assert time.process_time() - began < 0.5
    assert (exam.status, exam.technical.container.size) == (Status.VALID, size)


def test_a_flood_of_headers_is_walked_quickly():
    header = packed(entry("a"))[:512]
    began = time.process_time()
    judge(header * 32_000 + bytes(1024))
    assert time.process_time() - began < 2


@given(st.integers(min_value=0), st.booleans())
@settings(max_examples=300, deadline=None, derandomize=True)
def test_no_damage_stops_the_validator(seed, repaired):
    data = packed(entry(LONG, b"x" * 600), entry("b", b"y" * 10))
    damaged = mutated(data, seed)
    judge(with_checksum(damaged) if repaired else damaged)
