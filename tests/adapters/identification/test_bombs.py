"""Archives that Siegfried is not to unpack."""

import io
import os
import zipfile

import pytest
from noise import noise

from avpres.adapters.identification.bombs import is_bomb

MIB = 1024 * 1024


def archive(members):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return buffer.getvalue()


def judged(tmp_path, data):
    path = tmp_path / "file"
    path.write_bytes(data)
    descriptor = os.open(path, os.O_RDONLY)
    try:
        return is_bomb(descriptor, len(data))
    finally:
        os.close(descriptor)


def test_a_member_that_grows_out_of_proportion_is_a_bomb(tmp_path):
    assert judged(tmp_path, archive({"a": b"a", "zeros": bytes(65 * MIB)}))


def test_an_archive_comment_does_not_hide_it(tmp_path):
    data = archive({"zeros": bytes(65 * MIB)})

    assert judged(tmp_path, data[:-2] + b"\x05\x00words")


def test_usual_archives_are_none(tmp_path):
    assert not judged(tmp_path, archive({"a.txt": b"text " * 1000, "noise": noise(MIB)}))


@pytest.mark.parametrize("data", [b"PK\x03\x04", b"PK\x05\x06", b"PK\x05\x06" + b"\xff" * 18])
def test_stumps_are_none(data, tmp_path):
    assert not judged(tmp_path, data)
