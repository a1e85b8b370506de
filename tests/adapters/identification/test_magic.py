"""First bytes: which format they speak of, and what is left of them after damage."""

import gzip
import io
import tarfile
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from avpres.adapters.identification.magic import begins_like, by_magic
from avpres.adapters.validators.source import Source
from avpres.domain.formats import Format


def source_of(data: bytes) -> Source:
    return Source(io.BytesIO(data), "it", data)


def image(kind: str, **options) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8), "teal").save(buffer, kind, **options)
    return buffer.getvalue()


def tar(format: int) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=format) as archive:
        archive.addfile(tarfile.TarInfo("reel.dpx"), io.BytesIO())
    return buffer.getvalue()


def old_tar() -> bytes:
    """A header as tar wrote it before POSIX: no magic, the checksum alone."""
    header = bytearray(tar(tarfile.USTAR_FORMAT)[:512])
    header[257:265] = bytes(8)
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    return bytes(header) + bytes(1024)


def book() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("mimetype", "application/epub+zip")
    return buffer.getvalue()


def zipped() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("notes.txt", "reel 1")
    return buffer.getvalue()


FIRST_BYTES = {
    "gif": (image("GIF"), Format.GIF),
    "jpeg": (image("JPEG"), Format.JPEG),
    "png": (image("PNG"), Format.PNG),
    "tiff": (image("TIFF"), Format.TIFF),
    "bigtiff": (image("TIFF", big_tiff=True), Format.TIFF),
    "jp2": (image("JPEG2000"), Format.JPEG2000),
    "codestream": (image("JPEG2000", no_jp2=True), Format.JPEG2000),
    "pdf": (image("PDF"), Format.PDF),
    "pdf after a printer's preamble": (b"\x1b%-12345X@PJL\n" + image("PDF"), Format.PDF),
    "gzip": (gzip.compress(b"reel"), Format.GZIP),
    "warc": (b"WARC/1.1\r\n", Format.WARC),
    "compressed warc": (gzip.compress(b"WARC/1.1\r\nWARC-Type: warcinfo\r\n"), Format.WARC),
    "zip": (zipped(), Format.ZIP),
    "epub": (book(), Format.EPUB),
    "ustar": (tar(tarfile.USTAR_FORMAT), Format.TAR),
    "pax": (tar(tarfile.PAX_FORMAT), Format.TAR),
    "gnu": (tar(tarfile.GNU_FORMAT), Format.TAR),
    "old tar": (old_tar(), Format.TAR),
    "mxf after a run-in": (b"\0" * 300 + bytes.fromhex("060e2b34020501010d0102010102"), Format.MXF),
    "mov without brand": (b"\0\0\0\x08wide\0\0\0\x08mdat", Format.MOV),
    "mov": (b"\0\0\0\x14ftypqt  \0\0\0\0qt  ", Format.MOV),
    "mp4": (b"\0\0\0\x18ftypisom\0\0\2\0isommp42", Format.MP4),
    "wave": (b"RIFF\4\0\0\0WAVE", Format.WAVE),
    "rf64": (b"RF64\xff\xff\xff\xffWAVE", Format.WAVE),
    "avi": (b"RIFF\4\0\0\0AVI ", Format.AVI),
    "aifc": (b"FORM\0\0\0\4AIFC", Format.AIFF),
    "flac after a tag": (b"ID3\4\0\0\0\0\0\5-----fLaC", Format.FLAC),
    "dv": (b"\x1f\x07\x00\xbf" + bytes(76), Format.DV),
}


@pytest.mark.parametrize("case", FIRST_BYTES)
def test_first_bytes_name_their_format(case):
    data, format = FIRST_BYTES[case]
    assert by_magic(source_of(data)) is format


@pytest.mark.parametrize(
    "data",
    [b"FORM letter to all archives", b"RIFF raff", b"BM\0\0", b"plain words", b"\0" * 4096, b"PK"],
)
def test_what_only_looks_alike_is_of_no_format(data):
    assert by_magic(source_of(data)) is None


def test_a_stump_of_the_first_bytes_is_known():
    assert begins_like(b"GI", Format.GIF)
    assert begins_like(b"RIF", Format.WAVE)
    assert not begins_like(b"GI", Format.WAVE)
    assert not begins_like(b"", Format.GIF)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(case=st.sampled_from(sorted(FIRST_BYTES)), data=st.data())
def test_nothing_is_raised_whatever_the_bytes_are(case, data):
    whole = bytearray(FIRST_BYTES[case][0])
    for _ in range(data.draw(st.integers(0, 5))):
        whole[data.draw(st.integers(0, min(len(whole), 600) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(whole)))
    by_magic(source_of(bytes(whole[:cut])))
