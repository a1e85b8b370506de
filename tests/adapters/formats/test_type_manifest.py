"""Lists that declare types: whatever their columns are called, and only in bounded memory."""

import hashlib
import io
import os
from itertools import islice
from pathlib import Path

import pytest
from description_cases import gif, wave
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from avpres.adapters.formats.description_csv import write_csv
from avpres.adapters.formats.type_manifest import TypeManifest, open_types, read
from avpres.domain.errors import UsageError
from avpres.domain.reconciliation import Entry


def listed(path: Path, content: str | bytes, **options) -> list[Entry]:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return list(read(open_types(path, **options)))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", "path,mime\na.tif,image/tiff\nb c.txt,text/plain\n"),
        ("a.tsv", "File Path\tMIME-Type\na.tif\timage/tiff\nb c.txt\ttext/plain\n"),
        ("a.csv", '"Size";"Filename";"Content Type"\n1;"a.tif";image/tiff\n2;b c.txt;text/plain'),
        ("list.txt", "﻿Name,Media_Type\r\na.tif,image/tiff\r\n\r\nb c.txt,text/plain\r\n"),
        ("a.csv", "format,path,mime\nTIFF,a.tif,image/tiff\nASCII,./b c.txt,text/plain"),
    ],
    ids=["plain", "tabs", "semicolons", "bom-and-crlf", "mime-before-format"],
)
def test_a_table_is_understood_by_the_names_of_its_columns(tmp_path, name, content):
    assert listed(tmp_path / name, content) == [
        Entry("a.tif", "image/tiff"),
        Entry("b c.txt", "text/plain"),
    ]


def test_a_table_without_types_lists_paths(tmp_path):
    assert listed(tmp_path / "a.csv", "path\na.tif\n") == [Entry("a.tif")]
    assert open_types(tmp_path / "a.csv").declares is False


def test_a_checksum_manifest_lists_paths(tmp_path):
    (tmp_path / "a.tif").write_bytes(b"x")
    md5 = hashlib.md5(b"x", usedforsecurity=False).hexdigest()
    assert listed(tmp_path / "files.md5", f"{md5}  a.tif\n") == [Entry("a.tif")]
    found = open_types(tmp_path / "files.md5")
    assert (found.base, found.declares) == (tmp_path, False)


def test_quoted_cells_hold_anything(tmp_path):
    content = 'path,type\n"a ""b"", c\nd.tif",TIFF\n'
    assert listed(tmp_path / "a.csv", content) == [Entry('a "b", c\nd.tif', "TIFF")]


def test_names_that_are_not_utf_8_are_kept(tmp_path):
    assert listed(tmp_path / "a.csv", b"path,type\ncaf\xe9.tif,TIFF\n") == [
        Entry("caf\udce9.tif", "TIFF")
    ]


def test_windows_paths_are_read(tmp_path):
    assert listed(tmp_path / "a.csv", "path\nreel\\a.tif\n") == [Entry("reel/a.tif")]


@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.binary(min_size=1).filter(lambda raw: b"\0" not in raw).map(os.fsdecode))
def test_the_table_that_avpres_writes_can_be_given_back(tmp_path, name):
    if "//" in name or "/." in name or name.startswith("./") or name.strip("/.") == "":
        name = "plain"
    handle = io.BytesIO()
    write_csv(handle, [gif(name.strip("/"))])
    assert listed(tmp_path / "a.csv", handle.getvalue()) == [Entry(name.strip("/"), "image/gif")]


def test_the_base_is_the_folder_below_which_the_files_are(tmp_path):
    root = tmp_path / "scans"
    (root / "deep").mkdir(parents=True)
    (root / "deep" / "a.tif").write_bytes(b"")
    table = tmp_path / "a.csv"
    table.write_text("path,type\ndeep/a.tif,TIFF\n")
    assert open_types(table, roots=[root]).base == root
    table.write_text("path,type\nscans/deep/a.tif,TIFF\n")
    assert open_types(table, roots=[root]).base == tmp_path
    table.write_text(f"path,type\n{root}/deep/a.tif,TIFF\n")
    assert list(read(open_types(table, roots=[root]))) == [Entry("deep/a.tif", "TIFF")]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "column named path"),
        (b"size,type\n1,TIFF\n", "column named path"),
        (b"path,type\n\xff", "too few cells"),
        (b"type,path\nTIFF\n", "line 2: a row with too few cells"),
        (b"path,type\n,TIFF\n", "an empty name"),
        (b"path,type\na\0b,TIFF\n", "NUL"),
        (b"\xff\xfep\0a\0t\0h\0", "UTF-16"),
        (b"path,path_base64\na,!!!\n", "line 2"),
        (b'path\n"' + b"x" * 200_000 + b'"\n', "line"),
    ],
)
def test_a_list_that_makes_no_sense_is_refused_in_a_sentence(tmp_path, content, said):
    with pytest.raises(UsageError) as error:
        listed(tmp_path / "a.csv", content)
    assert said in str(error.value)
    assert str(tmp_path / "a.csv") in str(error.value)


def test_a_list_that_is_not_there_is_refused(tmp_path):
    for name in ("none.csv", "none.md5"):
        with pytest.raises(UsageError, match="none"):
            open_types(tmp_path / name)
    with pytest.raises(UsageError):
        open_types(tmp_path)


def test_a_binary_file_is_no_list(tmp_path):
    file = tmp_path / "a.bin"
    file.write_bytes(bytes(range(256)) * 20)
    with pytest.raises(UsageError, match=r"a\.bin"):
        open_types(file)


def test_only_the_row_at_hand_is_held(tmp_path):
    file = tmp_path / "a.csv"
    file.write_text("path,type\n" + "".join(f"{n}.wav,WAVE\n" for n in range(20_000)))
    rows = read(TypeManifest(file, tmp_path, declares=True))
    assert [entry.path for entry in islice(rows, 3)] == ["0.wav", "1.wav", "2.wav"]
    assert wave().format == next(rows).said
