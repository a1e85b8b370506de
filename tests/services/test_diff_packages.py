"""`diff` of packages: folders, bags and containers by path and content."""

import os
import tarfile
import zipfile
from pathlib import Path

import pytest
from bag_cases import make_bag
from fixity_cases import Runner, codes, found, md5

from avpres.domain.errors import IncompleteError, NotConformantError
from avpres.domain.exit_codes import ExitCode


@pytest.fixture
def runner(tmp_path):
    return Runner(tmp_path / "state")


@pytest.fixture
def bag(tmp_path):
    return make_bag(tmp_path / "bag")


def tar(folder: Path, ending: str = "tar", name: str = "bag") -> Path:
    path = folder.with_name(f"box.{ending}")
    with tarfile.open(path, "w:gz" if ending == "tar.gz" else "w") as archive:
        archive.add(folder, name)
    return path


def zipped(folder: Path) -> Path:
    path = folder.with_name("box.zip")
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(folder.rglob("*")):
            archive.write(file, file.relative_to(folder.parent))
    return path


@pytest.mark.parametrize("kind", ["tar", "tar.gz", "zip"])
def test_a_container_and_the_folder_it_was_made_of_are_the_same(runner, bag, kind):
    box = zipped(bag) if kind == "zip" else tar(bag, kind)
    for sides in ((box, bag), (bag, box)):
        report = runner.diff(*sides)
        assert (report.exit_code, codes(report)) == (ExitCode.OK, {}), report.findings
    assert os.listdir(runner.state / "diff") == []


def test_what_differs_between_a_container_and_a_folder_is_told(runner, bag):
    box = tar(bag)
    (bag / "data/text-file.txt").write_bytes(b"some test\n")
    (bag / "data/new.txt").write_bytes(b"new")
    (bag / "bag-info.txt").unlink()
    report = runner.diff(box, bag)
    assert report.exit_code is ExitCode.FIXITY_MISMATCH
    told = codes(report)
    assert sum(told.values()) == 3, report.findings
    assert str(runner.state) not in "".join(f"{f.path}{f.message}" for f in report.findings)


def test_two_containers_with_other_names_inside_are_compared_by_content(runner, bag):
    report = runner.diff(tar(bag, name="one"), zipped(bag))
    assert report.exit_code is ExitCode.OK, report.findings


def test_two_bags_are_compared_by_path_and_content(runner, tmp_path, bag):
    other = make_bag(tmp_path / "other")
    assert runner.diff(bag, other).exit_code is ExitCode.OK
    (other / "data/text-file.txt").rename(other / "data/text.txt")
    report = runner.diff(bag, other)
    assert report.exit_code is ExitCode.INCOMPLETE
    assert len(found(report, next(iter(codes(report))))) == 1


def test_beside_a_manifest_a_container_is_a_file_like_any_other(runner, bag):
    box = tar(bag)
    sums = box.with_name("box.tar.md5")
    sums.write_text(f"{md5(box.read_bytes())}  box.tar\n")
    assert runner.diff(box, sums).exit_code is ExitCode.OK


def test_a_container_that_is_damaged_or_empty_is_never_the_same(runner, bag):
    box = tar(bag)
    os.truncate(box, 4000)
    with pytest.raises(NotConformantError):
        runner.diff(box, bag)
    with tarfile.open(box, "w"):
        pass
    with pytest.raises(IncompleteError, match="holds no files"):
        runner.diff(box, bag)
