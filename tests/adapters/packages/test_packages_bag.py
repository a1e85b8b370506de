"""Bags of other archives: versions, hostile lines, fetch.txt, manifests that disagree."""

import pytest
from foreign_cases import codes, entry, group, md5, mets, put, read, write

from avpres.adapters.packages.forms import Form
from avpres.adapters.packages.reading import open_foreign
from avpres.domain.fixity import Algorithm, Digest
from avpres.domain.oais import Role


def bag(root, lines: str, *, version: str = "1.0", name: str = "manifest-md5.txt"):
    text = f"BagIt-Version: {version}\nTag-File-Character-Encoding: UTF-8\n"
    write(root / "bagit.txt", text)
    write(root / name, lines)
    return root


def test_a_bag_lists_what_its_manifests_list(tmp_path):
    put(tmp_path, "data/a")
    bag(tmp_path, f"{md5()}  data/a\n{md5()}  data/gone\n")
    write(
        tmp_path / "bag-info.txt", "External-Identifier: one\nBag-Software-Agent: bagit.py v1.9\n"
    )
    foreign = open_foreign(tmp_path)
    files, notices = read(foreign)
    assert (foreign.form, foreign.version, foreign.content) == (Form.BAG, "1.0", "data")
    assert foreign.identifiers == ("one",)
    assert [(one.name, one.version) for one in foreign.creators] == [("bagit.py", "1.9")]
    assert {path: file.digests for path, file in files.items()} == {
        "data/a": (Digest(Algorithm.MD5, md5()),),
        "data/gone": (Digest(Algorithm.MD5, md5()),),
    }
    assert notices == []


@pytest.mark.parametrize(
    ("version", "expected"),
    [("0.97", "data/100%25"), ("0.93", "data/100%25"), ("1.0", "data/100%")],
)
def test_a_percent_sign_is_read_as_the_version_has_it(tmp_path, version, expected):
    bag(tmp_path, f"{md5()}  data/100%25\n", version=version)
    (file,) = read(open_foreign(tmp_path))[0].values()
    assert file.path == expected
    assert {file.path, *file.candidates} == {"data/100%25", "data/100%"}


def test_a_path_that_is_on_disk_is_meant_whatever_the_version_says(tmp_path):
    put(tmp_path, "data/100%25")
    bag(tmp_path, f"{md5()}  data/100%25\n")
    assert list(read(open_foreign(tmp_path))[0]) == ["data/100%25"]


def test_one_wrong_line_hides_no_other(tmp_path):
    bag(tmp_path, f"nonsense\n{md5()}  ../out\n123  data/b\n{md5()}  data/c\n")
    files, notices = read(open_foreign(tmp_path))
    assert files["data/c"].digests
    assert files["data/b"].digests == ()
    assert codes(notices) == ["IMP-DOCUMENT", "IMP-OUTSIDE", "IMP-DOCUMENT"]


def test_manifests_that_disagree_on_membership_are_told_of(tmp_path):
    bag(tmp_path, f"{md5()}  data/a\n{md5()}  data/b\n")
    write(tmp_path / "manifest-sha1.txt", f"{'0' * 40}  data/a\n")
    files, notices = read(open_foreign(tmp_path))
    assert len(files["data/a"].digests) == 2
    assert [(one.code, one.path) for one in notices] == [("IMP-MANIFESTS", "data/b")]


def test_what_is_elsewhere_is_told_and_not_fetched(tmp_path):
    bag(tmp_path, f"{md5()}  data/a\n")
    write(tmp_path / "fetch.txt", "http://127.0.0.1:9/a 7 data/a\nhttp://x/y - /etc/passwd\n")
    files, notices = read(open_foreign(tmp_path))
    assert list(files) == ["data/a"]
    assert codes(notices) == ["IMP-FETCH", "IMP-OUTSIDE"]


def test_a_mets_in_a_bag_tells_more_of_what_the_bag_digests(tmp_path):
    put(tmp_path, "data/objects/a.txt", "data/log.txt")
    inside = mets(group(entry("objects/a.txt", 'SIZE="7" MIMETYPE="text/plain"'), use="logs"))
    write(tmp_path / "data/METS.xml", inside)
    lines = [f"{md5()}  data/{name}\n" for name in ("objects/a.txt", "log.txt", "METS.xml")]
    bag(tmp_path, "".join(lines))
    foreign = open_foreign(tmp_path)
    files, _ = read(foreign)
    assert foreign.form is Form.METS
    assert set(files) == {"data/objects/a.txt", "data/log.txt", "data/METS.xml"}
    file = files["data/objects/a.txt"]
    assert (file.size, file.mime, file.role) == (7, "text/plain", Role.LOG)
    assert file.digests == (Digest(Algorithm.MD5, md5()),)


def test_a_tree_is_what_it_holds(tmp_path):
    put(tmp_path, "a", "b/c")
    foreign = open_foreign(tmp_path)
    assert foreign.form is Form.TREE
    assert {path: file.size for path, file in read(foreign)[0].items()} == {"a": 7, "b/c": 7}


def test_a_tree_in_a_folder_of_its_own_keeps_that_folder(tmp_path):
    put(tmp_path, "reel/a/b", ".DS_Store")
    foreign = open_foreign(tmp_path)
    assert (foreign.form, foreign.root) == (Form.TREE, tmp_path)
    assert "reel/a/b" in read(foreign)[0]


def test_a_package_in_a_folder_of_its_own_in_a_bag_is_found(tmp_path):
    put(tmp_path, "data/aip/objects/a")
    write(tmp_path / "data/aip/METS.xml", mets(group(entry("objects/a"))))
    bag(tmp_path, f"{md5()}  data/aip/objects/a\n")
    foreign = open_foreign(tmp_path)
    assert (foreign.form, foreign.root) == (Form.METS, tmp_path)
    assert "data/aip/objects/a" in read(foreign)[0]


def test_a_bag_that_has_lost_its_declaration_is_held_against_its_manifests(tmp_path):
    put(tmp_path, "data/a")
    bag(tmp_path, f"{md5()}  data/a\n{md5()}  data/gone\n")
    (tmp_path / "bagit.txt").unlink()
    foreign = open_foreign(tmp_path)
    files, notices = read(foreign)
    assert (foreign.form, set(files)) == (Form.BAG, {"data/a", "data/gone"})
    assert [(one.code, one.path) for one in notices] == [("IMP-DOCUMENT", "bagit.txt")]


def test_a_tree_with_a_folder_data_is_no_bag(tmp_path):
    put(tmp_path, "data/a")
    write(tmp_path / "tagmanifest-md5.txt", f"{md5()}  data/a\n")
    assert open_foreign(tmp_path).form is Form.TREE


@pytest.mark.parametrize("name", ["tagmanifest-md5.txt", "other.txt"])
def test_a_bag_without_a_manifest_of_its_payload_is_told(tmp_path, name):
    put(tmp_path, "data/a")
    bag(tmp_path, f"{md5()}  bagit.txt\n", name=name)
    _, notices = read(open_foreign(tmp_path))
    assert "no manifest of the payload" in notices[0].message
    assert (notices[0].code, notices[0].exit_code.name) == ("IMP-DOCUMENT", "NOT_CONFORMANT")
