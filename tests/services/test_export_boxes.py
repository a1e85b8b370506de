"""Packages that lie in containers are exported as those in folders are."""

import os
import subprocess

import pytest
from export_cases import (
    HEAD,
    Exporter,
    contents,
    dip,
    listed,
    packaged,
    require_true,
    statement,
    unpacked,
)
from noise import noise
from packing_cases import Packer

from avpres.domain.errors import NotConformantError
from avpres.domain.exit_codes import ExitCode


@pytest.fixture
def run(tmp_path):
    return Exporter(tmp_path / "state")


@pytest.fixture
def out(tmp_path):
    return tmp_path / "out"


@pytest.mark.parametrize(
    ("box", "target"), [("tar", "folder"), ("tar.gz", "tar"), ("tar.zst", "folder"), ("zip", "tar")]
)
def test_a_package_in_a_container_is_exported_as_one_in_a_folder(run, tmp_path, out, box, target):
    files = {b"a": b"a", b"b/new\nline": b"c", b"b/other": b"d"}
    package = boxed(tmp_path, files, layout="ifi-bag", container=box)
    run(package, out, container=target, exclude=["other"])
    tree = unpacked(dip(out), tmp_path / "tree") if target == "tar" else dip(out)
    assert contents(tree / "content") == {b"reel/a": b"a", b"reel/b/new\nline": b"c"}
    require_true(tree, listed(tree / "mets.xml"))


def boxed(root, files, **options):
    """Make a package in a container."""
    for path, content in files.items():
        full = root / "reel" / os.fsdecode(path)
        full.parent.mkdir(parents=True, exist_ok=True)
        full.write_bytes(content)
    Packer(root / "state")(root / "reel", root / "store", **options)
    ends = (".tar", ".gz", ".zst", ".zip")
    (found,) = [path for path in (root / "store").iterdir() if path.suffix in ends]
    return found


def test_a_damaged_container_gives_no_dip(run, tmp_path, out):
    content = noise(5000)
    package = boxed(tmp_path, {b"a": content, b"b": b"b"}, layout="ifi", container="tar")
    package.write_bytes(package.read_bytes().replace(content[1000:1100], bytes(100)))
    report = run(package, out)
    assert report.exit_code is ExitCode.FIXITY_MISMATCH
    assert [each.path for each in report.findings if each.code == "EXP-MISMATCH"] == [
        "objects/reel/a"
    ]
    assert list(out.iterdir()) == []
    assert run(package, out, exclude=["a"]).exit_code is ExitCode.OK


def test_a_container_without_a_package_must_be_imported(run, tmp_path, out):
    (tmp_path / "x").mkdir()
    (tmp_path / "x/files.txt").write_bytes(b"")
    subprocess.run(["tar", "-cf", "x.tar", "x"], cwd=tmp_path, check=True)
    with pytest.raises(NotConformantError, match="avpres import"):
        run(tmp_path / "x.tar", out)
    assert list(out.iterdir()) == []


@pytest.mark.parametrize("box", ["folder", "tar"])
def test_a_divided_package_is_exported_as_one(run, tmp_path, out, box):
    files = {b"%d" % number: b"content %d" % number for number in range(5)}
    (tmp_path / "rights.xml").write_text(HEAD + statement("use", "reel/3") + "</premis:premis>")
    more = {"max_files": 2, "supplement": [tmp_path / "rights.xml"]}
    package = packaged(tmp_path, files, layout="ifi-bag", **more)
    report = run(package, out, container=box, exclude=["4"])
    tree = unpacked(dip(out), tmp_path / "tree") if box == "tar" else dip(out)
    kept = {b"reel/" + name: files[name] for name in (b"0", b"1", b"2")}
    assert contents(tree / "content") == kept
    require_true(tree, listed(tree / "mets.xml"))
    assert report.facts["sources"] == [package.name]
    assert report.finding_counts["EXP-RIGHT"] == 1
