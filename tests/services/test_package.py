"""`package` by its service: what appears, what others say of it, and what is refused."""

import json
import os
import shutil
import subprocess
import unicodedata
from dataclasses import dataclass, replace
from pathlib import Path

import bagit
import pytest
from lxml import etree
from packing_cases import DATE, ID, Packer, film, needs_schemas, only, schema, tree
from pydantic import ValidationError

from avpres.config.package import PackageOptions
from avpres.config.site import Site
from avpres.config.verify import VerifyOptions
from avpres.domain.errors import (
    DestinationExistsError,
    DestinationRefusedError,
    IncompleteError,
    SourceUnreadableError,
    UsageError,
)
from avpres.domain.exit_codes import ExitCode
from avpres.domain.report import Report
from avpres.services.context import Context
from avpres.services.verify import verify

BAGS = pytest.mark.parametrize("layout", ["ifi-bag", "bag"])
OBJECTS = {"ifi-bag": "data/objects", "ifi": "objects", "bag": "data"}
METADATA = {"ifi-bag": "data/metadata", "ifi": "metadata", "bag": "metadata"}
HARD = ("new\nline", "re\rturn", "tab\there", "back\\slash", "é", "#", "-rf", "two  spaces")
BEYOND_BAGIT = ("100%done", "100%0Adone", " outer ")
"""Names that RFC 8493 can hold and the Python library does not read back."""


def make_reel(root, clip):
    for card in ("cardA", "cardB"):
        (root / card).mkdir(parents=True)
        shutil.copy2(clip, root / card / "clip.mov")
    with (root / "cardB" / "clip.mov").open("ab") as file:
        file.write(b"\0\0\0\x08free")
    (root / "notes.txt").write_text("reel one\n", "utf-8")
    return root


@pytest.fixture(scope="session")
def clip(tmp_path_factory):
    path = tmp_path_factory.mktemp("clip") / "clip.mov"
    film(path)
    return path


@dataclass(frozen=True)
class Packed:
    """A package that tests look at and do not change."""

    layout: str
    reel: Path
    out: Path
    state: Path
    report: Report

    @property
    def folder(self):
        return only(self.out)

    @property
    def objects(self):
        return self.folder / OBJECTS[self.layout]

    @property
    def metadata(self):
        return self.folder / METADATA[self.layout]

    @property
    def files(self):
        return {p for p, content in tree(self.folder).items() if content is not None}


def _packed(layout, clip, root):
    reel = make_reel(root / "reel", clip)
    for name in HARD:
        (reel / name).write_bytes(b"x")
    (reel / "cut.mov").write_bytes(clip.read_bytes()[:900])
    (reel / "nothing").mkdir()
    (root / "card.txt").write_text("from the donor\n", "utf-8")
    site = Site(institution="Archive & Sons", rights="in copyright <2030>")
    packer = Packer(root / "state", operator="Ann Archivist", site=site)
    given = {"layout": layout, "label": "Reel <one>", "supplement": [root / "card.txt"]}
    report = packer(reel, root / "out", **given)
    return Packed(layout, reel, root / "out", root / "state", report)


@pytest.fixture(scope="module", params=list(OBJECTS))
def packed(request, clip, tmp_path_factory):
    return _packed(request.param, clip, tmp_path_factory.mktemp(request.param))


@pytest.fixture
def damaged(packed, tmp_path):
    """A copy of a package, to be damaged."""
    shutil.copytree(packed.out, tmp_path / "copy", symlinks=True)
    return replace(packed, out=tmp_path / "copy")


@pytest.fixture
def reel(tmp_path, clip):
    return make_reel(tmp_path / "reel", clip)


@pytest.fixture
def pack(tmp_path):
    return Packer(tmp_path / "state", operator="Ann Archivist")


def check(folder, tmp_path):
    return verify(VerifyOptions(paths=[folder]), Context(state_dir=tmp_path / "verifying"))


def sums_are_accepted(folder, program, manifest):
    done = subprocess.run(
        [program, "--strict", "-c", manifest], cwd=folder, capture_output=True, check=False
    )
    return done.returncode == 0 and done.stdout.count(b"\n") > 0


def test_every_file_is_in_the_package_as_it_was(packed):
    assert packed.report.exit_code is ExitCode.OK
    assert tree(packed.objects / "reel") == tree(packed.reel)
    kept = (packed.objects / "reel" / "notes.txt").stat().st_mtime_ns
    assert kept == (packed.reel / "notes.txt").stat().st_mtime_ns
    assert packed.report.facts["package"] == packed.folder.name


def test_bagit_finds_the_bag_valid(packed):
    if packed.layout == "ifi":
        pytest.skip("is no bag")
    bag = bagit.Bag(str(packed.folder))
    bag.validate()
    assert bag.version_info == (1, 0)
    assert bag.info["External-Identifier"] == packed.folder.name
    assert bag.info["External-Description"] == "Reel <one>"
    assert bag.info["Source-Organization"] == "Archive & Sons"
    assert set(bag.algorithms) == {"md5", "sha512"}


def test_every_file_of_a_bag_is_in_a_manifest(packed):
    if packed.layout == "ifi":
        pytest.skip("is no bag")
    bag = bagit.Bag(str(packed.folder))
    tags = {name for name in packed.files if name.startswith("tagmanifest-")}
    assert set(map(os.path.normpath, bag.entries)) == packed.files - tags


def test_checksum_programs_accept_the_manifests_beside_a_package(packed):
    if packed.layout != "ifi":
        pytest.skip("has its manifests inside")
    name = packed.folder.name
    assert sums_are_accepted(packed.out, "md5sum", f"{name}_manifest.md5")
    assert sums_are_accepted(packed.out, "sha512sum", f"{name}_manifest-sha512.txt")
    lines = (packed.out / f"{name}_manifest.md5").read_bytes().splitlines()
    assert len(lines) == len(packed.files)


def test_checksum_programs_accept_the_tag_manifest_of_a_bag(packed):
    if packed.layout == "ifi":
        pytest.skip("is no bag")
    assert sums_are_accepted(packed.folder, "sha512sum", "tagmanifest-sha512.txt")


def test_verify_accepts_the_package_until_a_byte_has_flipped(damaged, tmp_path):
    assert check(damaged.folder, tmp_path).exit_code is ExitCode.OK
    (damaged.objects / "reel" / "notes.txt").write_bytes(b"reel onf\n")
    assert check(damaged.folder, tmp_path).exit_code is ExitCode.FIXITY_MISMATCH


def test_a_flipped_byte_in_the_metadata_is_seen_too(damaged, tmp_path):
    mets = damaged.metadata / "mets.xml"
    mets.write_bytes(mets.read_bytes().replace(b"reel", b"reek", 1))
    assert check(damaged.folder, tmp_path).exit_code is ExitCode.FIXITY_MISMATCH


@needs_schemas
@pytest.mark.parametrize("document", ["mets", "premis"])
def test_the_documents_fit_their_schemas(packed, document):
    schema().assertValid(etree.parse(packed.metadata / f"{document}.xml"))


def test_every_file_but_mets_itself_is_in_mets(packed):
    read = etree.parse(packed.metadata / "mets.xml")
    listed = read.findall(".//{http://www.loc.gov/METS/}file")
    ours = {f"{METADATA[packed.layout]}/mets.xml", "bagit.txt", "bag-info.txt"}
    manifests = {name for name in packed.files if "manifest-" in name}
    assert len(listed) == len(packed.files - ours - manifests)


def test_two_files_of_one_name_keep_their_own_records(packed):
    records = packed.metadata / "objects" / "reel"
    sizes = []
    for card in ("cardA", "cardB"):
        media = etree.parse(records / card / "clip.mov_mediainfo.xml").getroot().find("{*}media")
        assert media.get("ref") == f"{OBJECTS[packed.layout]}/reel/{card}/clip.mov"
        sizes.append(int(media.findtext(".//{*}FileSize")))
        assert (records / card / "clip.mov_mediatrace.xml").is_file()
    assert sizes == [(packed.reel / c / "clip.mov").stat().st_size for c in ("cardA", "cardB")]


def test_supplements_lie_apart_from_the_objects(packed):
    assert (packed.metadata / "supplemental/card.txt").read_text("utf-8") == "from the donor\n"
    assert not (packed.objects / "card.txt").exists()


def test_the_package_tells_what_happened_to_it(packed):
    logs = packed.folder / OBJECTS[packed.layout].replace("objects", "logs")
    logs = logs if packed.layout != "bag" else packed.folder / "logs"
    lines = (logs / "events.jsonl").read_text("utf-8").splitlines()
    told = [json.loads(line)["type"] for line in lines]
    assert told == [
        "replication",
        "message digest calculation",
        "fixity check",
        "format identification",
        "validation",
        "metadata extraction",
        "information package creation",
    ]
    assert [event.type.value for event in packed.report.events] == told
    name = "package.log" if packed.layout == "bag" else f"{packed.folder.name}_sip_log.log"
    log = (logs / name).read_text("utf-8")
    assert "person: Ann Archivist" in log
    assert str(packed.reel) in log


def test_nothing_in_the_package_tells_where_it_was_made(packed):
    for path, content in tree(packed.folder).items():
        assert b".avpres-package" not in (content or b""), path


def test_the_record_lists_every_file(packed):
    (folder,) = (packed.state / "runs").iterdir()
    lines = (folder / "files.jsonl").read_bytes().splitlines()
    assert {json.loads(line)["path"] for line in lines} == packed.files
    assert packed.report.totals.files == packed.report.facts["files"]


def test_an_unsound_file_is_packaged_and_told_of(packed):
    assert packed.report.finding_counts["PKG-UNSOUND"] == 1
    (event,) = [event for event in packed.report.events if event.type == "validation"]
    assert event.outcome == "warning"


def test_an_empty_folder_is_kept_and_told_of(packed):
    assert (packed.objects / "reel/nothing").is_dir()
    assert packed.report.finding_counts["PKG-EMPTY-FOLDER"] == 1


def test_a_finished_run_leaves_no_journal(packed):
    assert list((packed.state / "journals").iterdir()) == []


def test_names_that_bags_must_encode_are_read_back(pack, reel, tmp_path):
    for name in BEYOND_BAGIT:
        (reel / name).write_bytes(name.encode())
    pack(reel, tmp_path / "out")
    report = check(only(tmp_path / "out"), tmp_path)
    assert (report.exit_code, report.finding_counts) == (ExitCode.OK, {})


@pytest.mark.parametrize("layout", ["ifi-bag", "ifi"])
def test_the_same_input_twice_gives_the_same_bytes(pack, reel, tmp_path, layout):
    given = {"layout": layout, "package_id": ID, "date": DATE}
    for name in ("one", "two"):
        pack(reel, tmp_path / name, **given)
    assert tree(tmp_path / "one") == tree(tmp_path / "two")


def test_a_source_named_as_a_folder_of_ours_collides_with_nothing(pack, clip, tmp_path):
    for name in ("supplemental", "objects"):
        (tmp_path / name).mkdir()
        shutil.copy2(clip, tmp_path / name / "clip.mov")
    report = pack(
        tmp_path / "supplemental", tmp_path / "objects", tmp_path / "out", supplement=[clip]
    )
    assert report.exit_code is ExitCode.OK
    bagit.Bag(str(only(tmp_path / "out"))).validate()


def test_the_longest_name_has_its_record(pack, clip, tmp_path):
    long = tmp_path / ("n" * 251 + ".mov")
    shutil.copy2(clip, long)
    pack(long, tmp_path / "out")
    folder = only(tmp_path / "out")
    assert len(list((folder / "data/metadata/records").iterdir())) == 2
    assert check(folder, tmp_path).exit_code is ExitCode.OK


@BAGS
def test_a_name_that_is_not_utf8_is_refused_before_the_copy(pack, reel, tmp_path, layout):
    with open(os.path.join(os.fsencode(reel), b"caf\xe9"), "wb"):
        pass
    with pytest.raises(DestinationRefusedError, match=r"caf\\xe9: this name is not UTF-8"):
        pack(reel, tmp_path / "out", layout=layout)
    assert not (tmp_path / "out").exists()


def test_a_folder_inside_the_source_is_named_as_it_was_given(pack, reel):
    with pytest.raises(UsageError) as raised:
        pack(reel, reel / "out")
    assert str(raised.value).startswith(f"{reel / 'out'}: lies inside the source {reel};")


def test_ifi_holds_a_name_that_is_not_utf8(pack, reel, tmp_path):
    with open(os.path.join(os.fsencode(reel), b"caf\xe9"), "wb") as file:
        file.write(b"x")
    out = tmp_path / "out"
    assert pack(reel, out, layout="ifi").exit_code is ExitCode.OK
    assert sums_are_accepted(out, "md5sum", f"{only(out).name}_manifest.md5")
    etree.parse(only(out) / "metadata/mets.xml")


def test_composed_and_decomposed_twins_both_stay(pack, reel, tmp_path):
    for form in ("NFC", "NFD"):
        (reel / unicodedata.normalize(form, "é.txt")).write_text(form, "utf-8")
    pack(reel, tmp_path / "out")
    assert check(only(tmp_path / "out"), tmp_path).exit_code is ExitCode.OK


def test_a_package_of_this_id_is_never_touched(pack, reel, tmp_path):
    pack(reel, tmp_path / "out", package_id=ID)
    before = tree(tmp_path / "out")
    (reel / "more.txt").write_text("more\n", "utf-8")
    with pytest.raises(DestinationExistsError, match=ID):
        pack(reel, tmp_path / "out", package_id=ID)
    assert tree(tmp_path / "out") == before


def test_manifests_of_another_package_are_never_touched(pack, reel, tmp_path):
    (tmp_path / "out").mkdir()
    other = tmp_path / "out" / f"{ID}_manifest.md5"
    other.write_bytes(b"somebody's\n")
    with pytest.raises(DestinationExistsError):
        pack(reel, tmp_path / "out", package_id=ID, layout="ifi")
    assert other.read_bytes() == b"somebody's\n"
    assert os.listdir(tmp_path / "out") == [other.name]


def test_each_package_has_an_id_of_its_own(pack, reel, tmp_path):
    ids = {pack(reel, tmp_path / "out").facts["package"] for _ in range(2)}
    assert len(ids) == 2
    assert set(os.listdir(tmp_path / "out")) == ids


def test_a_destination_inside_a_source_is_refused(pack, reel):
    with pytest.raises(UsageError, match="inside"):
        pack(reel, reel / "cardA")


def test_a_source_inside_the_destination_is_refused(pack, reel, tmp_path):
    with pytest.raises(UsageError, match="inside"):
        pack(reel, tmp_path)


def test_a_source_that_is_not_there_is_refused(pack, tmp_path):
    with pytest.raises(SourceUnreadableError):
        pack(tmp_path / "none", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_two_sources_of_one_name_are_refused(pack, reel, tmp_path):
    with pytest.raises(UsageError, match="name"):
        pack(reel / "cardA/clip.mov", reel / "cardB/clip.mov", tmp_path / "out")


def test_sources_without_a_file_make_no_package(pack, tmp_path):
    (tmp_path / "hollow").mkdir()
    with pytest.raises(IncompleteError, match="no file"):
        pack(tmp_path / "hollow", tmp_path / "out")
    assert os.listdir(tmp_path / "out") == []


def test_what_could_not_be_copied_makes_no_package(pack, reel, tmp_path):
    (tmp_path / "reel.md5").write_text(f"{'0' * 32}  reel/notes.txt\n", "utf-8")
    report = pack(reel, tmp_path / "out")
    assert report.exit_code is ExitCode.FIXITY_MISMATCH
    assert report.summary.startswith("no package was made")
    assert [name for name in os.listdir(tmp_path / "out") if not name.startswith(".")] == []
    (folder,) = (tmp_path / "state" / "runs").iterdir()
    assert len((folder / "files.jsonl").read_bytes().splitlines()) == 3


def test_a_manifest_that_is_packaged_stays_as_it_is(pack, reel, tmp_path):
    beside = tmp_path / "reel_manifest.md5"
    digest = subprocess.run(["md5sum", "reel/notes.txt"], cwd=tmp_path, stdout=-1, check=True)
    beside.write_bytes(digest.stdout)
    pack(reel, beside, tmp_path / "out")
    objects = only(tmp_path / "out") / "data/objects"
    assert sorted(os.listdir(objects)) == ["reel", "reel_manifest.md5"]
    assert (objects / "reel_manifest.md5").read_bytes() == digest.stdout


def test_links_are_followed_inside_a_source(pack, reel, tmp_path):
    (reel / "link.txt").symlink_to("notes.txt")
    (reel / "gone.txt").symlink_to("/nowhere")
    os.link(reel / "notes.txt", reel / "twin.txt")
    pack(reel, tmp_path / "out")
    there = only(tmp_path / "out") / "data/objects/reel/link.txt"
    assert not there.is_symlink()
    assert there.read_bytes() == b"reel one\n"
    assert sorted(os.listdir(there.parent)) == [
        "cardA",
        "cardB",
        "link.txt",
        "notes.txt",
        "twin.txt",
    ]
    bagit.Bag(str(only(tmp_path / "out"))).validate()


def test_what_is_excluded_is_not_in_the_package(pack, reel, tmp_path):
    report = pack(reel, tmp_path / "out", exclude=("cardB",))
    assert report.exit_code is ExitCode.OK
    assert not (only(tmp_path / "out") / "data/objects/reel/cardB").exists()
    assert report.totals.files == 2


class _CutError(Exception):
    """Ends a run where it is told to, as a power cut would."""


class _Until:
    """Progress that ends the run when a phase begins."""

    def __init__(self, phase):
        self.phase = phase

    def start(self, phase, *, size=None, files=None):
        del size, files
        if phase == self.phase:
            raise _CutError

    def advance(self, *, size=0, files=0):
        pass

    def finish(self):
        pass


@pytest.mark.parametrize("phase", ["copy", "write"])
def test_a_run_that_was_cut_short_is_continued_under_the_same_id(pack, reel, tmp_path, phase):
    cut = Packer(pack.state, progress=_Until(phase))
    with pytest.raises(_CutError):
        cut(reel, tmp_path / "out")
    (stage,) = os.listdir(tmp_path / "out")
    chosen = json.loads((tmp_path / "out" / stage / "state.json").read_bytes())["id"]
    assert pack(reel, tmp_path / "out").exit_code is ExitCode.OK
    assert only(tmp_path / "out").name == chosen
    bagit.Bag(str(only(tmp_path / "out"))).validate()


def test_a_source_that_changed_after_the_cut_is_packaged_as_it_is_now(pack, reel, tmp_path):
    with pytest.raises(_CutError):
        Packer(pack.state, progress=_Until("write"))(reel, tmp_path / "out")
    shutil.rmtree(reel / "cardA")
    (reel / "notes.txt").write_text("reel two\n", "utf-8")
    assert pack(reel, tmp_path / "out").exit_code is ExitCode.OK
    assert tree(only(tmp_path / "out") / "data/objects/reel") == tree(reel)


def test_a_continued_package_is_the_one_that_an_uncut_run_makes(pack, reel, tmp_path):
    given = {"package_id": ID, "date": DATE}
    with pytest.raises(_CutError):
        Packer(pack.state, operator="Ann Archivist", progress=_Until("write"))(
            reel, tmp_path / "one", **given
        )
    pack(reel, tmp_path / "one", **given)
    pack(reel, tmp_path / "two", **given)
    assert tree(tmp_path / "one") == tree(tmp_path / "two")


@pytest.mark.parametrize("label", ["two\nlines", " outer", "\x1b[31mred"])
def test_a_label_that_would_break_a_tag_file_is_refused(label):
    with pytest.raises(ValidationError):
        PackageOptions(sources=("a",), destination="b", label=label)


def test_a_date_without_a_zone_is_in_utc():
    options = PackageOptions(sources=("a",), destination="b", date="2024-02-29")
    assert options.date.isoformat() == "2024-02-29T00:00:00+00:00"
