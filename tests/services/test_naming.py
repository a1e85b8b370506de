"""Where a package appears and under which name; what goes with it besides."""

import os
import re
import subprocess
import sys
import tarfile
from concurrent.futures import ThreadPoolExecutor

import pytest
from lxml import etree
from packing_cases import DATE, ID, Packer, film, only, tree
from pydantic import ValidationError

from avpres.config.site import IdPatterns, Site
from avpres.config.verify import VerifyOptions
from avpres.domain.errors import DestinationExistsError, IncompleteError, UsageError
from avpres.domain.exit_codes import ExitCode
from avpres.services.context import Context
from avpres.services.packing.opening import open_package
from avpres.services.packing.parents import reserve
from avpres.services.verify import verify


@pytest.fixture
def reel(tmp_path):
    (tmp_path / "reel" / "inner" / "nothing").mkdir(parents=True)
    (tmp_path / "reel" / "a.txt").write_text("a\n", "utf-8")
    (tmp_path / "reel" / "inner" / "b.txt").write_text("b\n", "utf-8")
    return tmp_path / "reel"


@pytest.fixture
def pack(tmp_path):
    return Packer(tmp_path / "state")


def names(folder):
    return sorted(os.listdir(folder))


def test_a_parent_is_made_and_the_manifest_lies_in_it(pack, reel, tmp_path):
    pack(reel, tmp_path / "out", layout="ifi", parent="oe1234", package_id=ID)
    assert names(tmp_path / "out") == ["oe1234"]
    assert names(tmp_path / "out/oe1234") == [
        ID, f"{ID}_manifest-sha512.txt", f"{ID}_manifest.md5"
    ]  # fmt: skip
    assert open_package(tmp_path / "out/oe1234" / ID).package.identifiers == {"oe": "oe1234"}


def test_numbers_go_on_from_the_highest_that_is_there(pack, reel, tmp_path):
    for name in ("oe0007", "oe12", "oe99x", "xoe100"):
        (tmp_path / "out" / name).mkdir(parents=True)
    pack(reel, tmp_path / "out", parent="oe{number:04}", label="one")
    pack(reel, tmp_path / "out", parent="oe{number:04}", label="two")
    assert [name for name in names(tmp_path / "out") if re.fullmatch(r"oe00\d\d", name)] == [
        "oe0007", "oe0013", "oe0014"
    ]  # fmt: skip


def test_two_at_a_time_never_get_one_number(tmp_path):
    with ThreadPoolExecutor(8) as crew:
        made = list(crew.map(lambda _: reserve(tmp_path, "oe{number}"), range(40)))
    assert sorted(int(name[2:]) for name, _ in made) == list(range(1, 41))


def test_a_run_that_makes_no_package_leaves_no_number(pack, tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(IncompleteError):
        pack(tmp_path / "empty", tmp_path / "out", parent="oe{number}")
    assert names(tmp_path / "out") == []


def test_a_parent_that_was_there_stays(pack, tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "out" / "oe1").mkdir(parents=True)
    with pytest.raises(IncompleteError):
        pack(tmp_path / "empty", tmp_path / "out", parent="oe1")
    assert names(tmp_path / "out") == ["oe1"]


def test_a_number_that_is_none_of_the_institution_is_refused(reel, tmp_path):
    site = Site(ids=IdPatterns(item=r"oe\d{4,5}"))
    pack = Packer(tmp_path / "state", site=site)
    with pytest.raises(UsageError, match="no item number"):
        pack(reel, tmp_path / "out", parent="aaa1234")
    assert not (tmp_path / "out").exists() or names(tmp_path / "out") == []
    pack(reel, tmp_path / "out", parent="oe1234")


@pytest.mark.parametrize(
    "pattern",
    ["a/b", "..", "oe{number}{number}", "oe{name}", "oe{number:s}", "oe{", "oe{number!r}"],
)
def test_patterns_that_are_none_are_refused(pack, reel, tmp_path, pattern):
    with pytest.raises(ValidationError):
        pack(reel, tmp_path / "out", parent=pattern)


def test_a_media_id_names_the_package_of_cuny_tv(pack, reel, tmp_path):
    pack(reel, tmp_path / "out", layout="mm", media_id="MTA_0042")
    found = names(tmp_path / "out")
    assert found == ["MTA_0042", "MTA_0042_manifest-sha512.txt", "MTA_0042_manifest.md5"]
    judged = verify(
        VerifyOptions(paths=[tmp_path / "out/MTA_0042"]), Context(state_dir=tmp_path / "verifying")
    )
    assert judged.exit_code is ExitCode.OK
    opened = open_package(tmp_path / "out/MTA_0042")
    assert opened.package.identifiers == {"media": "MTA_0042"}
    with pytest.raises(DestinationExistsError):
        pack(reel, tmp_path / "out", layout="mm", media_id="MTA_0042", label="another")
    assert names(tmp_path / "out") == found


def test_a_container_has_the_media_id_inside_and_outside(pack, reel, tmp_path):
    pack(reel, tmp_path / "out", layout="mm-bag", media_id="MTA_0042", container="tar")
    assert "MTA_0042.tar" in names(tmp_path / "out")


def test_empty_folders_are_listed_and_told(pack, reel, tmp_path):
    (reel / os.fsdecode(b"nothing \xff")).mkdir()
    report = pack(reel, tmp_path / "out", layout="ifi", package_id=ID)
    opened = open_package(tmp_path / "out" / ID)
    found = sorted(os.fsencode(path) for path in opened.folders())
    assert found == [b"objects/reel/inner/nothing", b"objects/reel/nothing \xff"]
    assert report.finding_counts["PKG-EMPTY-FOLDER"] == 2
    assert len(list(opened.files())) == 2


@pytest.mark.parametrize("layout", ["ifi", "csip-bag"])
def test_a_generation_of_asc_mhl_is_written_and_listed(pack, reel, tmp_path, layout):
    pack(reel, tmp_path / "out", layout=layout, package_id=ID, date=DATE, mhl=True)
    folder = tmp_path / "out" / ID
    opened = open_package(folder)
    objects = folder / opened.places.objects
    (generation,) = (objects / "ascmhl").glob("*.mhl")
    listed = [each.text for each in etree.parse(generation).iterfind(".//{*}hash/{*}path")]
    assert listed == ["reel/a.txt", "reel/inner/b.txt"]
    checked = verify(VerifyOptions(paths=[folder]), Context(state_dir=tmp_path / "verifying"))
    assert checked.exit_code is ExitCode.OK
    where = f"{opened.places.objects}/ascmhl/{generation.name}"
    manifests = [*folder.glob("manifest-*.txt"), *folder.parent.glob("*_manifest*")]
    assert len(manifests) == 2
    assert all(where.encode() in path.read_bytes() for path in manifests)
    assert not [each for each in checked.findings if each.code == "METS-UNLISTED"]
    Packer(tmp_path / "other")(
        reel, tmp_path / "again", layout=layout, package_id=ID, date=DATE, mhl=True
    )
    assert tree(tmp_path / "again") == tree(tmp_path / "out")


def test_a_divided_package_has_the_records_and_the_generation_of_each_part(pack, reel, tmp_path):
    film(reel / "inner" / "clip.mov")
    report = pack(reel, tmp_path / "out", max_files=2, mhl=True, parent="oe{number}")
    assert report.exit_code is ExitCode.OK
    folder = only(tmp_path / "out" / "oe1")
    boxes = sorted((folder / "data/objects").glob("*.tar"))
    members = [name for box in boxes for name in in_tar(box)]
    assert sum(name.endswith("clip.mov_mediainfo.xml") for name in members) == 1
    assert sum(name.endswith(".mhl") for name in members) == len(boxes) == 2
    checked = verify(VerifyOptions(paths=[folder]), Context(state_dir=tmp_path / "verifying"))
    assert checked.exit_code is ExitCode.OK


def test_ascmhl_accepts_the_generation(pack, reel, tmp_path):
    pytest.importorskip("ascmhl")
    pack(reel, tmp_path / "out", layout="ifi", package_id=ID, mhl=True)
    objects = tmp_path / "out" / ID / "objects"
    assert by_ascmhl("diff", objects) == 0
    assert by_ascmhl("create", objects, "-h", "md5") == 0
    (objects / "reel" / "a.txt").write_text("b\n", "utf-8")
    assert by_ascmhl("create", objects, "-h", "md5") != 0


def in_tar(path):
    with tarfile.open(path) as box:
        return box.getnames()


def by_ascmhl(*words):
    program = "from ascmhl.cli.ascmhl import mhltool_cli; mhltool_cli()"
    command = [sys.executable, "-W", "ignore", "-c", program, *map(str, words)]
    return subprocess.run(command, capture_output=True, check=False).returncode


def test_a_history_that_comes_with_the_objects_is_not_touched(pack, reel, tmp_path):
    (reel / "ascmhl").mkdir()
    (reel / "ascmhl" / "0001_reel.mhl").write_text("theirs", "utf-8")
    report = pack(reel, tmp_path / "out", layout="ifi", package_id=ID, mhl=True)
    assert report.finding_counts["PKG-HISTORY"] == 1
    assert tree(tmp_path / "out" / ID / "objects/reel") == tree(reel)


def test_an_mhl_needs_a_digest_that_it_can_hold(pack, reel, tmp_path):
    with pytest.raises(ValidationError, match="ASC MHL"):
        pack(reel, tmp_path / "out", digest=["sha512"], mhl=True)


def test_bag_info_says_what_was_asked(pack, reel, tmp_path):
    lines = ("Bag-Group-Identifier: reels", "Bag-Count: 1 of 3", "Contact-Name: Ann: the archivist")
    pack(reel, tmp_path / "out", package_id=ID, bag_info=lines)
    said = (tmp_path / "out" / ID / "bag-info.txt").read_text("utf-8").splitlines()
    assert set(lines) < set(said)
    (size,) = [line for line in said if line.startswith("Bag-Size: ")]
    assert re.fullmatch(r"Bag-Size: [\d.]+ \w+", size)


@pytest.mark.parametrize("line", ["nothing", "Payload-Oxum: 1.1", " A: b", "A: b\nB: c", "A:"])
def test_lines_that_bag_info_cannot_have_are_refused(pack, reel, tmp_path, line):
    with pytest.raises(ValidationError):
        pack(reel, tmp_path / "out", bag_info=[line])


def test_what_is_for_bags_is_refused_without_one(pack, reel, tmp_path):
    with pytest.raises(ValidationError, match="for bags"):
        pack(reel, tmp_path / "out", layout="ifi", bag_info=["Bag-Count: 1 of 3"])
