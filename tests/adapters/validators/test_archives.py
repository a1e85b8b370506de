"""What holds for every archive, whatever is in it."""

import gzip
import io
import tarfile
import zipfile

import pytest
from archive_samples import examined
from hypothesis import given, settings
from hypothesis import strategies as st
from test_epub import book
from test_tar import entry, packed
from test_warc import record, sha1

from avpres.domain.formats import Format

NAMES = st.lists(
    st.text(st.characters(codec="utf-8", exclude_characters="\0/\\:"), min_size=1, max_size=60),
    unique=True,
    max_size=4,
)
CONTENT = st.binary(max_size=300)
QUICK = settings(max_examples=60, deadline=None, derandomize=True)


def zipped(files, method=zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return file.getvalue()


def tarred(files, format=tarfile.PAX_FORMAT) -> bytes:
    return packed(*(entry(name, content) for name, content in files.items()), format=format)


def warc(files) -> list[bytes]:
    return [
        record("resource", content, number, WARC_Block_Digest=sha1(content))
        for number, content in enumerate(files.values())
    ]


WRITERS = {
    "gzip": (Format.GZIP, lambda files: b"".join(map(gzip.compress, files.values()))),
    "zip": (Format.ZIP, zipped),
    "stored zip": (Format.ZIP, lambda files: zipped(files, zipfile.ZIP_STORED)),
    "pax": (Format.TAR, tarred),
    "GNU": (Format.TAR, lambda files: tarred(files, tarfile.GNU_FORMAT)),
    "warc": (Format.WARC, lambda files: b"".join(warc(files))),
    "warc.gz": (Format.WARC, lambda files: b"".join(map(gzip.compress, warc(files)))),
    "epub": (Format.EPUB, lambda files: book({f"OPS/{n}.bin": c for n, c in files.items()})),
}
each_writer = pytest.mark.parametrize("writer", WRITERS)
each_with_checksums = pytest.mark.parametrize(
    "writer", [name for name, (format, _) in WRITERS.items() if format is not Format.TAR]
)


@st.composite
def archives(draw) -> dict[str, bytes]:
    names = draw(NAMES.filter(lambda names: not any(name.strip(".") == "" for name in names)))
    return {"first": draw(CONTENT)} | {name: draw(CONTENT) for name in names}


@each_writer
@QUICK
@given(files=archives())
def test_what_was_written_is_sound(writer, files):
    format, write = WRITERS[writer]
    exam = examined(write(files), format)
    assert exam.status.is_sound, exam.messages


@each_writer
@QUICK
@given(files=archives(), data=st.data())
def test_no_cut_within_the_last_member_is_sound(writer, files, data):
    format, write = WRITERS[writer]
    whole = write(files)
    start = len(write(dict(list(files.items())[:-1]))) if len(files) > 1 else 0
    end = len(whole)
    if format is Format.TAR:
        start, end = 0, len(whole.rstrip(b"\0"))
    elif format in {Format.ZIP, Format.EPUB}:
        start = 0
    cut = data.draw(st.integers(start + 1, end - 1))
    assert not examined(whole[:cut], format).status.is_sound


@each_writer
@QUICK
@given(files=archives(), tail=st.binary(min_size=1, max_size=600))
def test_nothing_can_be_appended_unseen(writer, files, tail):
    format, write = WRITERS[writer]
    assert examined(write(files) + tail, format).messages


@each_writer
@given(junk=st.binary(max_size=400))
@settings(max_examples=100, deadline=None, derandomize=True)
def test_junk_with_the_right_beginning_stops_nothing(writer, junk):
    format, write = WRITERS[writer]
    head = write({"first": b"abc"})[:12]
    assert not examined(head + junk, format).status.is_sound


@each_with_checksums
@given(files=archives(), data=st.data())
@settings(max_examples=60, deadline=None, derandomize=True)
def test_the_content_of_checked_formats_cannot_change_unseen(writer, files, data):
    format, write = WRITERS[writer]
    whole = write(files)
    content = max(files.values(), key=len)
    place = whole.find(content) if len(content) > 8 else -1
    if place >= 0:
        at = place + data.draw(st.integers(0, len(content) - 1))
        changed = whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :]
        assert not examined(changed, format).status.is_sound
