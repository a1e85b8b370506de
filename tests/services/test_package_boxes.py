"""`package` into containers and packages of packages, judged by tar, md5sum, zstd and bagit."""

import json
import os
import subprocess
import tarfile

import bagit
import pytest
from lxml import etree
from noise import noise
from packing_cases import DATE, ID, Packer, needs_schemas, only, schema, tree
from pydantic import ValidationError

from avpres.config.package import PackageOptions
from avpres.domain.errors import DestinationExistsError
from avpres.domain.exit_codes import ExitCode
from avpres.domain.oais import PackageKind
from avpres.services.packing.opening import open_package

BOXES = ("tar", "tar.gz", "tar.zst", "zip")
SAME = {"package_id": ID, "date": DATE}


@pytest.fixture
def reel(tmp_path):
    folder = tmp_path / "reel"
    (folder / "inner" / "empty").mkdir(parents=True)
    for number in range(25):
        (folder / "inner" / f"frame {number:02} é.txt").write_text(
            f"frame {number}\n" * 99, "utf-8"
        )
    (folder / "nothing").write_bytes(b"")
    return folder


@pytest.fixture
def pack(tmp_path):
    return Packer(tmp_path / "state")


def unpacked(path, folder):
    """Unpack a container with the program that others have for it."""
    folder.mkdir()
    if path.suffix == ".zip":
        subprocess.run(["unzip", "-q", str(path), "-d", str(folder)], check=True)
    else:
        subprocess.run(["tar", "-xaf", str(path), "-C", str(folder)], check=True)
    return folder


@pytest.mark.programs("zstd", "unzip")
@pytest.mark.parametrize("box", BOXES)
def test_a_package_in_a_container_is_the_package(pack, reel, tmp_path, box):
    assert pack(reel, tmp_path / "plain", **SAME).exit_code is ExitCode.OK
    report = pack(reel, tmp_path / "out", container=box, **SAME)
    assert report.exit_code is ExitCode.OK
    path = tmp_path / "out" / f"{ID}.{box}"
    assert str(path) in [output.path for output in report.outputs]
    inside = unpacked(path, tmp_path / "there")
    assert tree(inside / ID) == tree(tmp_path / "plain" / ID)
    assert bagit.Bag(str(inside / ID)).is_valid()


@pytest.mark.parametrize("box", BOXES)
def test_the_same_package_twice_is_the_same_file(pack, reel, tmp_path, box):
    for out in ("one", "two"):
        pack(reel, tmp_path / out, container=box, **SAME)
    assert tree(tmp_path / "one") == tree(tmp_path / "two")


def test_checksums_beside_a_container_satisfy_their_programs(pack, reel, tmp_path):
    pack(reel, tmp_path / "out", container="tar", **SAME)
    for program in ("md5sum", "sha512sum"):
        beside = f"{ID}.tar.{program.removesuffix('sum')}"
        subprocess.run([program, "--strict", "-c", beside], cwd=tmp_path / "out", check=True)


def test_an_index_leads_to_every_file_of_a_tar(pack, reel, tmp_path):
    pack(reel, tmp_path / "out", container="tar", **SAME)
    lines = (tmp_path / "out" / f"{ID}.tar.idx").read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    with (tmp_path / "out" / f"{ID}.tar").open("rb") as tar:
        for name, content in tree(reel).items():
            if content is not None:
                path = f"{ID}/data/objects/reel/{name}"
                (row,) = [row for row in rows if row.get("path") == path]
                tar.seek(row["offset"])
                assert tar.read(row["size"]) == content


@pytest.mark.programs("zstd")
def test_a_container_says_what_it_amounts_to_inside_too(pack, reel, tmp_path):
    report = pack(reel, tmp_path / "out", container="tar.zst", **SAME)
    facts = report.facts["container"]
    plain = subprocess.run(
        ["zstd", "-dc", str(tmp_path / "out" / f"{ID}.tar.zst")], check=True, capture_output=True
    ).stdout
    assert facts["tar_size"] == len(plain)
    assert facts["size"] == os.path.getsize(tmp_path / "out" / f"{ID}.tar.zst")


def test_a_container_that_is_there_is_left_alone(pack, reel, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / f"{ID}.tar").write_text("another", "utf-8")
    with pytest.raises(DestinationExistsError):
        pack(reel, tmp_path / "out", container="tar", **SAME)
    assert (tmp_path / "out" / f"{ID}.tar").read_text("utf-8") == "another"


def parts(folder):
    return sorted((folder / "data" / "objects").glob("*.tar"))


def test_files_are_divided_by_number(pack, reel, tmp_path):
    report = pack(reel, tmp_path / "out", max_files=10, **SAME)
    assert report.exit_code is ExitCode.OK
    whole = only(tmp_path / "out")
    assert bagit.Bag(str(whole)).is_valid()
    found = {}
    for number, path in enumerate(parts(whole)):
        inside = unpacked(path, tmp_path / f"part {number}")
        (bag,) = inside.iterdir()
        assert bagit.Bag(str(bag)).is_valid()
        opened = open_package(bag)
        assert opened.package.kind is PackageKind.AIU
        assert str(opened.package.part.of) == ID
        names = [file.path for file in opened.files()]
        assert len(names) <= 10
        found |= {name: (bag / name).read_bytes() for name in names}
    assert {
        name.removeprefix("data/objects/reel/"): content for name, content in found.items()
    } == {name: content for name, content in tree(reel).items() if content is not None}


def test_a_divided_package_knows_its_parts(pack, reel, tmp_path):
    pack(reel, tmp_path / "out", max_files=10, **SAME)
    whole = open_package(only(tmp_path / "out"))
    children = whole.package.children
    assert [child.files for child in children] == [10, 10, 6]
    assert [child.label for child in children] == [f"reel ({number} of 3)" for number in (1, 2, 3)]
    for child in children:
        path = whole.tree / child.path
        said = subprocess.run(["sha512sum", str(path)], check=True, capture_output=True).stdout
        assert said.decode().split()[0] == child.digest.value
    mets = etree.parse(whole.tree / whole.places.mets)
    pointers = mets.xpath("//m:mptr/@x:href", namespaces=NAMES)
    assert pointers == [f"urn:uuid:{child.id}" for child in children]
    files = set(mets.xpath("//m:structMap[@TYPE='logical']//m:fptr/@FILEID", namespaces=NAMES))
    assert files <= set(mets.xpath("//m:file/@ID", namespaces=NAMES))
    assert len(files) == 3


NAMES = {"m": "http://www.loc.gov/METS/", "x": "http://www.w3.org/1999/xlink"}


@needs_schemas
def test_a_divided_package_is_valid_mets(pack, reel, tmp_path):
    pack(reel, tmp_path / "out", max_files=10, **SAME)
    whole = open_package(only(tmp_path / "out"))
    schema().assertValid(etree.parse(whole.tree / whole.places.mets))


def test_parts_belong_to_a_group_of_bags(pack, reel, tmp_path):
    pack(reel, tmp_path / "out", max_files=10, **SAME)
    for number, path in enumerate(parts(only(tmp_path / "out"))):
        (bag,) = unpacked(path, tmp_path / f"part {number}").iterdir()
        info = bagit.Bag(str(bag)).info
        assert info["Bag-Group-Identifier"] == ID
        assert info["Bag-Count"] in {f"{each} of 3" for each in (1, 2, 3)}


def test_a_part_never_exceeds_the_size_that_was_asked_for(pack, tmp_path):
    folder = tmp_path / "large"
    folder.mkdir()
    for number in range(12):
        (folder / f"{number}").write_bytes(noise(300_000, number))
    pack(folder, tmp_path / "out", max_size="1.5MB", **SAME)
    sizes = [path.stat().st_size for path in parts(only(tmp_path / "out"))]
    assert len(sizes) == 3
    assert max(sizes) <= 1_500_000


def test_a_file_larger_than_the_limit_stands_alone_and_is_told(pack, tmp_path):
    folder = tmp_path / "large"
    folder.mkdir()
    for number, size in enumerate((10, 3_000_000, 10)):
        (folder / f"{number}").write_bytes(noise(size, number))
    report = pack(folder, tmp_path / "out", max_size="1MB", **SAME)
    assert report.exit_code is ExitCode.OK
    assert report.finding_counts["PKG-LARGER"] == 1
    assert len(parts(only(tmp_path / "out"))) == 3


def test_supplements_stay_with_the_whole(pack, reel, tmp_path):
    (tmp_path / "card.txt").write_text("reel one", "utf-8")
    pack(reel, tmp_path / "out", max_files=10, supplement=[tmp_path / "card.txt"], **SAME)
    whole = only(tmp_path / "out")
    assert (whole / "data/metadata/supplemental/card.txt").read_text("utf-8") == "reel one"
    with tarfile.open(parts(whole)[0]) as part:
        assert not [name for name in part.getnames() if name.endswith("card.txt")]


def test_folders_that_hold_nothing_are_in_one_part_or_with_the_supplements(pack, reel, tmp_path):
    (tmp_path / "donor" / "no letters").mkdir(parents=True)
    (tmp_path / "donor" / "card.txt").write_text("card\n", "utf-8")
    report = pack(reel, tmp_path / "out", max_files=10, supplement=[tmp_path / "donor"], **SAME)
    whole = open_package(only(tmp_path / "out"))
    assert list(whole.folders()) == ["data/metadata/supplemental/donor/no letters"]
    assert (whole.tree / "data/metadata/supplemental/donor/no letters").is_dir()
    found = []
    for number, child in enumerate(whole.package.children):
        parts = unpacked(whole.tree / child.path, tmp_path / f"part {number}")
        part = open_package(parts / child.id)
        found += [folder for folder in part.folders() if (part.tree / folder).is_dir()]
    assert found == ["data/objects/reel/inner/empty"]
    assert report.finding_counts["PKG-EMPTY-FOLDER"] == 2


def test_a_divided_package_twice_is_the_same(pack, reel, tmp_path):
    for out in ("one", "two"):
        pack(reel, tmp_path / out, max_files=10, **SAME)
    assert tree(tmp_path / "one") == tree(tmp_path / "two")


def test_packages_can_be_packaged(pack, reel, tmp_path):
    first, second, whole = (tmp_path / name for name in ("first", "second", "whole"))
    pack(reel, first, label="Reel one", kind="AIP")
    pack(reel, second, label="Reel two", container="tar.zst")
    (tmp_path / "reel.tar").write_bytes(b"no container at all")
    (boxed,) = second.glob("*.tar.zst")
    pack(only(first), boxed, tmp_path / "reel.tar", whole)
    opened = open_package(only(whole))
    children = {child.label: child for child in opened.package.children}
    assert set(children) == {"Reel one", "Reel two"}
    one, two = children["Reel one"], children["Reel two"]
    assert (one.kind, one.is_file, two.kind, two.is_file) == ("AIP", False, "SIP", True)
    content = [each for each in tree(reel).values() if each is not None]
    for child in (one, two):
        assert (child.files, child.size) == (len(content), sum(map(len, content)))
    assert two.digest in next(file.digests for file in opened.files() if file.path == two.path)
    mets = etree.parse(opened.tree / opened.places.mets)
    pointers = mets.xpath("//m:mptr/@x:href", namespaces=NAMES)
    assert set(pointers) == {f"urn:uuid:{one.id}", f"urn:uuid:{two.id}"}


def test_parts_have_their_manifests_inside(tmp_path):
    with pytest.raises(ValidationError, match="ifi-bag"):
        PackageOptions(sources=[tmp_path], destination=tmp_path, max_files=1, layout="ifi")


@pytest.mark.parametrize("size", ["", "many", "12XB", "-1GB", "0"])
def test_a_size_that_is_none_is_refused(tmp_path, size):
    with pytest.raises(ValidationError):
        PackageOptions(sources=[tmp_path], destination=tmp_path, max_size=size)


@pytest.mark.parametrize(
    ("written", "size"),
    [("512", 512), ("2.5TB", 2_500_000_000_000), ("2TiB", 2 * 1024**4), ("10 gb", 10_000_000_000)],
)
def test_sizes_are_read_as_people_write_them(tmp_path, written, size):
    options = PackageOptions(sources=[tmp_path], destination=tmp_path, max_size=written)
    assert options.max_size == size
