import io
import random
import struct
import subprocess
import time
import zipfile

import pytest
from archive_samples import cuts, examined, flagged_share, ids, mutated
from hypothesis import given, settings
from hypothesis import strategies as st

from avpres.adapters.validators import zip as validator
from avpres.adapters.validators.examination import Examination
from avpres.adapters.validators.source import Source
from avpres.domain.formats import Format
from avpres.domain.validity import Status

TEXT = b"".join(b"%d reels of nitrate\n" % number for number in range(300))
TYPES = (
    b'<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/'
    b'content-types"><Override PartName="/word/document.xml" ContentType="application/vnd.'
    b'openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
ODT = b"application/vnd.oasis.opendocument.text"


def packed(*members, method=zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in members:
            archive.writestr(zipfile.ZipInfo(name, (2005, 5, 5, 5, 5, 6)), content, method)
    return file.getvalue()


class Pipe(io.BytesIO):
    """What cannot be wound back, so that sizes are written behind the data."""

    def seekable(self):
        return False

    def seek(self, *_):
        raise io.UnsupportedOperation


def judge(data: bytes) -> Examination:
    return examined(data, Format.ZIP)


def swapped(data: bytes, old: bytes, new: bytes, count=1) -> bytes:
    assert old in data
    return data.replace(old, new, count)


@pytest.fixture
def reels() -> bytes:
    return packed(("box/", b""), ("box/one.txt", TEXT), ("two.txt", TEXT[::-1]), ("empty", b""))


def test_a_zip_is_valid_and_described(reels):
    exam = judge(reels)
    assert (exam.status, exam.messages, exam.mime) == (Status.VALID, [], "application/zip")
    box = exam.technical.container
    assert (box.members, box.folders, box.size) == (3, 1, 2 * len(TEXT))
    assert (box.compression, box.encrypted) == (("Deflate",), False)


@pytest.mark.parametrize("options", [[], ["-0"], ["-fz"], ["-X"]])
def test_what_zip_itself_writes_is_valid(tmp_path, options):
    (tmp_path / "réel.txt").write_bytes(TEXT)
    command = ["zip", "-q", *options, "a.zip", "réel.txt"]
    if subprocess.run(["which", "zip"], check=False, capture_output=True).returncode:
        pytest.skip("zip is not there")
    subprocess.run(command, cwd=tmp_path, check=True)
    exam = judge((tmp_path / "a.zip").read_bytes())
    assert (exam.status, exam.messages) == (Status.VALID, [])


def test_sizes_behind_the_data_are_read():
    file = Pipe()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a", TEXT)
        with archive.open("b", "w", force_zip64=True) as member:
            member.write(TEXT)
    data = file.getvalue()
    assert b"PK\x07\x08" in data
    assert (judge(data).status, judge(data).messages) == (Status.VALID, [])
    place = data.index(b"PK\x07\x08")
    damaged = data[: place + 5] + b"\x99" + data[place + 6 :]
    assert ids(judge(damaged)) == {"ZIP-DESCRIPTOR", "ZIP-GAP"}


def test_zip64_is_read():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for number in range(65_540):
            archive.writestr(zipfile.ZipInfo(str(number)), b"")
    exam = judge(file.getvalue())
    assert (exam.status, exam.version) == (Status.VALID, "ZIP64")
    assert exam.technical.container.members == 65_540


def test_an_archive_without_members_is_valid():
    assert judge(packed()).status is Status.VALID


def test_a_cut_zip_is_not_well_formed(reels):
    assert {judge(cut).status for cut in cuts(reels)} == {Status.NOT_WELL_FORMED}


def test_every_cut_of_a_small_zip_is_seen():
    data = packed(("a", b"abc"), ("b", b"x" * 30))[:-2] + b"\x03\0end"
    assert judge(data).status is Status.VALID
    assert [n for n in range(len(data)) if judge(data[:n]).status.is_sound] == []


def test_nine_of_ten_changed_bytes_are_found(reels):
    assert flagged_share(reels, Format.ZIP) >= 0.89


@pytest.mark.parametrize(
    ("damage", "id", "status"),
    [
        (lambda data: data + b"x", "ZIP-TRAILING", Status.NOT_VALID),
        (lambda data: b"junk" + data, "ZIP-PREFIX", Status.NOT_VALID),
        (lambda data: b"#!/bin/sh\n" + data, "ZIP-PREFIX", Status.VALID),
        (lambda data: swapped(data, b"two.txt", b"TWO.txt"), "ZIP-HEADERS-DIFFER", None),
        (lambda data: swapped(data, b"two.txt", b"/wo.txt", 2), "ZIP-UNSAFE-NAME", Status.VALID),
        (lambda data: swapped(data, b"two.txt", b"../.txt", 2), "ZIP-UNSAFE-NAME", Status.VALID),
        (lambda data: swapped(data, b"two.txt", b"two\0txt", 2), "ZIP-NAME", Status.NOT_VALID),
        (lambda data: data[:-12] + b"\x09\0" + data[-10:], "ZIP-COUNT", Status.NOT_WELL_FORMED),
        (lambda data: data[:-18] + b"\x01\0" + data[-16:], "ZIP-SPLIT", Status.NOT_WELL_FORMED),
        (lambda _: b"", "ZIP-EMPTY", Status.NOT_WELL_FORMED),
        (lambda data: data[:-22], "ZIP-END-MISSING", Status.NOT_WELL_FORMED),
        (lambda data: data[:-10] + b"\xff\xff\xff\0" + data[-6:], "ZIP-DIRECTORY", None),
    ],
)
def test_what_is_wrong_is_named(reels, damage, id, status):
    exam = judge(damage(reels))
    assert id in ids(exam)
    assert exam.status is (status or Status.NOT_WELL_FORMED)


def test_a_wrong_crc_is_found():
    data = packed(("a", TEXT), method=zipfile.ZIP_STORED)
    assert ids(judge(swapped(data, b"7 reels", b"9 reels"))) == {"ZIP-CRC"}


def test_data_that_cannot_be_unpacked_are_found(reels):
    place = reels.index(b"box/one.txt") + 11 + 40
    damaged = reels[:place] + b"\xff" * 20 + reels[place + 20 :]
    assert ids(judge(damaged)) & {"ZIP-DAMAGED", "ZIP-CRC", "ZIP-MEMBER-SIZE"}


def test_the_same_name_twice_is_told():
    with pytest.warns(UserWarning, match="Duplicate"):
        data = packed(("a", b"1"), ("a", b"2"))
    assert ids(judge(data)) == {"ZIP-DUPLICATE-NAME"}


def test_encrypted_members_leave_the_archive_undecided(reels):
    data = bytearray(reels)
    for magic, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = -1
        while (place := data.find(magic, place + 1)) >= 0:
            data[place + at] |= 1
    exam = judge(bytes(data))
    assert (exam.status, ids(exam)) == (Status.UNKNOWN, {"ZIP-ENCRYPTED"})
    assert exam.technical.container.encrypted


def test_a_method_that_is_not_unpacked_leaves_the_archive_undecided():
    exam = judge(packed(("a", TEXT), method=zipfile.ZIP_LZMA))
    assert (exam.status, ids(exam)) == (Status.UNKNOWN, {"ZIP-METHOD"})
    assert exam.technical.container.compression == ("LZMA",)


def test_entries_for_one_place_are_taken_for_a_bomb():
    one = packed(("a", bytes(100_000)))
    end = one.rindex(b"PK\x05\x06")
    start = struct.unpack_from("<I", one, end + 16)[0]
    entry, count = one[start:end], 60_000
    data = one[:start] + entry * count + b"PK\x05\x06\0\0\0\0"
    data += struct.pack("<2H2IH", count, count, len(entry) * count, start, 0)
    began = time.process_time()
    exam = judge(data)
    assert time.process_time() - began < 2
    assert "ZIP-OVERLAP" in ids(exam)
    assert exam.status is Status.NOT_WELL_FORMED


def test_members_that_overlap_are_taken_for_a_bomb():
    inner = packed(("b", TEXT), method=zipfile.ZIP_STORED)
    data = bytearray(packed(("a", inner), ("b", TEXT), method=zipfile.ZIP_STORED))
    place = data.rindex(b"PK\x01\x02") + 42
    data[place : place + 4] = struct.pack("<I", data.index(b"PK\x03\x04", 4))
    assert "ZIP-OVERLAP" in ids(judge(bytes(data)))


def test_a_bomb_is_left_quickly_and_never_called_valid():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for number in range(4):
            archive.writestr(str(number), bytes(150 << 20))
    data = file.getvalue()
    began = time.process_time()
    exam = judge(data)
    assert time.process_time() - began < 1
    assert (exam.status, ids(exam)) == (Status.UNKNOWN, {"ZIP-BOMB", "ZIP-CRC-NOT-CHECKED"})


def test_a_member_that_grows_beyond_its_size_is_stopped_at_once():
    data = packed(("a", bytes(40 << 20)))
    data = data.replace(struct.pack("<I", 40 << 20), struct.pack("<I", 1000))
    assert ids(judge(data)) == {"ZIP-MEMBER-SIZE"}


def test_beyond_the_budget_only_the_deep_pass_compares_crcs(tmp_path):
    noise = random.Random(5).randbytes(1 << 20) * 70  # noqa: S311 - a sample, no secret
    path = tmp_path / "large.zip"
    path.write_bytes(packed(("a", noise), method=zipfile.ZIP_STORED))
    with path.open("r+b") as file:
        file.seek(50 << 20)
        file.write(b"damage")
        file.flush()
        exam, source = Examination(), Source(file, str(path))
        validator.validate(source, exam)
        assert (exam.status, ids(exam)) == (Status.VALID, {"ZIP-CRC-NOT-CHECKED"})
        validator.decode_all(source, exam)
    assert exam.status is Status.NOT_WELL_FORMED
    assert ids(exam) == {"ZIP-CRC-NOT-CHECKED", "DEEP-ZIP-CRC"}


def test_an_office_document_is_told_and_its_parts_are_parsed():
    parts = [("[Content_Types].xml", TYPES), ("_rels/.rels", b"<r/>"), ("word/document.xml", b"")]
    exam = judge(packed(*parts))
    assert (exam.status, exam.profile) == (Status.VALID, "OOXML docx")
    assert exam.mime.endswith("officedocument.wordprocessingml.document")
    assert ids(judge(packed(*parts[::2]))) == {"ZIP-OOXML-PART"}
    parts[1] = ("_rels/.rels", b"<r>")
    assert ids(judge(packed(*parts))) == {"ZIP-OOXML-XML"}


def test_an_open_document_is_told_and_its_parts_are_parsed():
    parts = [("mimetype", ODT), ("content.xml", b"<c/>"), ("META-INF/manifest.xml", b"<m/>")]
    exam = judge(packed(*parts))
    assert (exam.status, exam.profile, exam.mime) == (Status.VALID, "ODF text", ODT.decode())
    assert ids(judge(packed(*parts[:2]))) == {"ZIP-ODF-PART"}


@pytest.mark.parametrize(
    ("members", "kind"),
    [
        ([("mimetype", b"application/epub+zip"), ("a", b"")], "EPUB"),
        ([("mimetype", ODT)], "ODF"),
        ([("[Content_Types].xml", TYPES)], "OOXML"),
        ([("word/document.xml", b""), ("[Content_Types].xml", TYPES)], "OOXML"),
        ([("META-INF/MANIFEST.MF", b"")], "JAR"),
        ([("a", b""), ("META-INF/container.xml", b"")], "EPUB"),
        ([("a", b"")], "ZIP"),
        ([("mimetype", b"text/plain")], "ZIP"),
    ],
)
def test_the_kinds_of_packages_are_told_apart(members, kind):
    data = packed(*members, method=zipfile.ZIP_STORED)
    assert validator.kind_of(Source(io.BytesIO(), "", data)) == kind


def test_what_is_no_zip_is_a_plain_one_for_identification(reels):
    for data in (b"", b"PK\x03\x04", b"%PDF-1.4", reels[:60]):
        assert validator.kind_of(Source(io.BytesIO(), "", data)) == "ZIP"


@given(st.integers(min_value=0))
@settings(max_examples=300, deadline=None, derandomize=True)
def test_no_damage_stops_the_validator(seed):
    data = packed(("[Content_Types].xml", TYPES), ("_rels/.rels", b"<r/>"), ("a", TEXT))
    damaged = mutated(data, seed)
    judge(damaged)
    validator.kind_of(Source(io.BytesIO(), "", damaged))
