"""IFI packages, MHL, ASC MHL and plain manifests beside or in a tree."""

import subprocess
import sys
from pathlib import Path

import pytest
from foreign_cases import codes, md5, put, read, write

from avpres.adapters.packages.forms import Form
from avpres.adapters.packages.reading import open_foreign
from avpres.domain.fixity import Algorithm, Digest
from avpres.domain.oais import Role

UUID = "0b7e4f8e-2f2f-4a39-9d7a-3a5b8d9c0e11"
PATHS = ("objects/a.mov", "metadata/a.xml", "metadata/supplemental/card.pdf", "logs/x.log")


def fileobject(name: str) -> str:
    digest = f"<hashdigest type='md5'>{md5()}</hashdigest>"
    return f"<fileobject><filename>{name}</filename>{digest}</fileobject>"


@pytest.fixture
def ifi(tmp_path):
    put(tmp_path / "oe1234" / UUID, *PATHS)
    lines = "".join(f"{md5()}  {UUID}/{path}\n" for path in (*PATHS, "objects/gone"))
    write(tmp_path / "oe1234" / f"{UUID}_manifest.md5", lines)
    write(tmp_path / "oe1234" / f"{UUID}_manifest-sha512.txt", f"{'0' * 128}  {UUID}/{PATHS[0]}\n")
    return tmp_path / "oe1234"


@pytest.mark.parametrize("below", ["", UUID])
def test_an_ifi_package_is_found_by_its_own_or_its_parents_folder(ifi, below):
    foreign = open_foreign(ifi / below)
    files, notices = read(foreign)
    assert (foreign.form, foreign.root, foreign.content) == (Form.IFI, ifi / UUID, "objects")
    assert foreign.identifiers == (UUID,)
    assert [one.path for one in foreign.documents] == [
        f"../{UUID}_manifest-sha512.txt",
        f"../{UUID}_manifest.md5",
    ]
    assert set(files) == {*PATHS, "objects/gone"}
    assert [files[path].role for path in PATHS] == [
        *(Role.OBJECT, Role.METADATA, Role.SUPPLEMENTAL, Role.LOG)
    ]
    assert {one.algorithm for one in files[PATHS[0]].digests} == {Algorithm.MD5, Algorithm.SHA512}
    assert notices == []


def test_two_packages_in_one_folder_are_not_taken_for_one(ifi):
    other = UUID.replace("0b", "1c")
    put(ifi / other, *PATHS)
    write(ifi / f"{other}_manifest.md5", f"{md5()}  {other}/{PATHS[0]}\n")
    assert open_foreign(ifi).form is not Form.IFI


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("tree.md5", f"{md5()}  a\n{md5()}  sub/b\n"),
        ("md5sums.txt", f"MD5 (a) = {md5()}\nMD5 (sub/b) = {md5()}\n"),
        (
            "hashdeep.txt",
            f"%%%% HASHDEEP-1.0\n%%%% size,md5,filename\n7,{md5()},a\n7,{md5()},sub/b\n",
        ),
        (
            "dfxml.xml",
            f"<dfxml>{fileobject('a')}{fileobject('sub/b')}</dfxml>",
        ),
    ],
)
def test_a_manifest_in_a_tree_lists_it(tmp_path, name, text):
    put(tmp_path, "a", "sub/b", "unlisted")
    write(tmp_path / name, text)
    foreign = open_foreign(tmp_path)
    files, notices = read(foreign)
    assert foreign.form is Form.MANIFEST
    assert [one.path for one in foreign.documents] == [name]
    assert {path: file.digests for path, file in files.items()} == {
        "a": (Digest(Algorithm.MD5, md5()),),
        "sub/b": (Digest(Algorithm.MD5, md5()),),
    }
    assert notices == []


def test_a_media_hash_list_lists_a_tree(tmp_path):
    put(tmp_path, "a")
    text = (
        '<hashlist version="1.1"><hash><file>a</file><size>7</size>'
        f"<md5>{md5()}</md5></hash></hashlist>"
    )
    write(tmp_path / "a.mhl", text)
    foreign = open_foreign(tmp_path)
    assert foreign.form is Form.MHL
    assert read(foreign)[0]["a"].size == 7


def test_an_asc_mhl_history_made_by_its_own_tool_lists_a_tree(tmp_path):
    put(tmp_path, "card/a.mov", "card/sub/b.mov")
    made = subprocess.run(
        [
            str(Path(sys.executable).with_name("ascmhl")),
            "create",
            "-h",
            "md5",
            str(tmp_path / "card"),
        ],
        capture_output=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    foreign = open_foreign(tmp_path / "card")
    files, _ = read(foreign)
    assert foreign.form is Form.ASCMHL
    assert {path: file.digests for path, file in files.items()} == {
        "a.mov": (Digest(Algorithm.MD5, md5()),),
        "sub/b.mov": (Digest(Algorithm.MD5, md5()),),
    }


def test_a_manifest_that_contradicts_another_is_told_with_the_file(tmp_path):
    put(tmp_path, "a")
    write(tmp_path / "one.md5", f"{md5()}  a\n")
    write(tmp_path / "two.md5", f"{'0' * 32}  a\n")
    files, _ = read(open_foreign(tmp_path))
    assert "0" * 32 in files["a"].disagreement


def test_a_manifest_that_breaks_off_gives_what_came_before(tmp_path):
    names = [f"f{number}" for number in range(40)]
    put(tmp_path, *names)
    lines = "".join(f"{md5()}  {name}\n" for name in names)
    write(tmp_path / "tree.md5", f"{lines}nonsense\n")
    files, notices = read(open_foreign(tmp_path))
    assert set(names[:39]) <= set(files) <= set(names)
    assert codes(notices) == ["IMP-DOCUMENT"]


def test_a_manifest_without_a_line_lists_nothing_and_that_is_told(tmp_path):
    put(tmp_path, "a")
    write(tmp_path / "tree_manifest.md5", "")
    files, notices = read(open_foreign(tmp_path))
    assert files == {}
    assert codes(notices) == ["IMP-DOCUMENT"]


def test_paths_that_lead_out_are_told(tmp_path):
    put(tmp_path, "a")
    write(tmp_path / "x.md5", f"{md5()}  a\n{md5()}  ../../etc/passwd\n")
    files, notices = read(open_foreign(tmp_path))
    assert list(files) == ["a"]
    assert codes(notices) == ["IMP-OUTSIDE"]


def test_a_digest_beside_each_file_lists_a_tree(tmp_path):
    put(tmp_path, "reel/a.mov", "reel/sub/b.mov", "reel/none.txt")
    write(tmp_path / "reel/a.mov.md5", f"{md5()} *old name.mov\n")
    write(tmp_path / "reel/a.mov.sha1", "0" * 40)
    write(tmp_path / "reel/sub/b.mov.md5", "nonsense")
    foreign = open_foreign(tmp_path)
    files, notices = read(foreign)
    assert (foreign.form, foreign.root) == (Form.MANIFEST, tmp_path)
    assert set(files) == {"reel/a.mov", "reel/sub/b.mov"}
    assert files["reel/a.mov"].digests == (
        Digest(Algorithm.MD5, md5()),
        Digest(Algorithm.SHA1, "0" * 40),
    )
    assert [one.path for one in files["reel/a.mov"].records] == [
        "reel/a.mov.md5",
        "reel/a.mov.sha1",
    ]
    assert [(one.code, one.path) for one in notices] == [("IMP-DOCUMENT", "reel/sub/b.mov.md5")]
