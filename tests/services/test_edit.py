"""`edit`: what becomes of a package, judged by others, and what is refused."""

import json
import os
import shutil
import subprocess
import sys
import unicodedata

import bagit
import pytest
from lxml import etree
from packing_cases import DATE, ID, Packer, film, needs_schemas, schema, tree

from avpres.adapters.formats import generations
from avpres.config.edit import EditOptions
from avpres.config.verify import VerifyOptions
from avpres.domain.errors import (
    AvpresError,
    DestinationExistsError,
    DestinationRefusedError,
    NotConformantError,
    SourceUnreadableError,
    UsageError,
)
from avpres.domain.exit_codes import ExitCode
from avpres.domain.oais import Role
from avpres.services.context import Context
from avpres.services.edit import edit
from avpres.services.packing.layouts import PLACES
from avpres.services.packing.opening import open_package
from avpres.services.verify import verify

LAYOUTS = ["ifi-bag", "ifi", "bag", "mm", "csip-bag"]
METS = "{http://www.loc.gov/METS/}"


@pytest.fixture(scope="session")
def clip(tmp_path_factory):
    path = tmp_path_factory.mktemp("clip") / "clip.mov"
    film(path)
    return path


def make_reel(root, clip):
    for card in ("cardA", "cardB"):
        (root / card).mkdir(parents=True)
        shutil.copy2(clip, root / card / "clip.mov")
    (root / "cardA" / "clip.mov.bak").write_bytes(b"an older take\n")
    (root / "notes.txt").write_text("reel one\n", "utf-8")
    return root


@pytest.fixture(scope="session")
def packages(clip, tmp_path_factory):
    """Packages of every layout; tests change copies of them."""
    root = tmp_path_factory.mktemp("packages")
    reel = make_reel(root / "reel", clip)
    pack = Packer(root / "state", operator="Ann Archivist")
    for layout in LAYOUTS:
        pack(reel, root / layout, layout=layout, package_id=ID, date=DATE)
    return root


class Editing:
    """A copy of a package, and a way to change it."""

    def __init__(self, packages, layout, home):
        self.out, self.state = home / "out", home / "state"
        shutil.copytree(packages / layout, self.out, symlinks=True)
        self.folder = self.out / ID
        self.places = PLACES[open_package(self.folder).layout]

    @property
    def objects(self):
        return self.folder / self.places.objects

    @property
    def generations(self):
        return self.folder / self.places.metadata / generations.FOLDER

    def __call__(self, **options):
        asked = EditOptions(package=self.folder, **options)
        context = Context(state_dir=self.state, operator="Ed Editor")
        report = edit(asked, context)
        assert report.summary
        assert "\n" not in report.summary
        return report

    def opened(self):
        return open_package(self.folder)

    def paths(self):
        lead = self.places.objects + "/"
        files = self.opened().files()
        return {f.path.removeprefix(lead) for f in files if f.role is Role.OBJECT}

    def events(self):
        return [(e.type.value, e.facts) for e in self.opened().package.events]

    def requires_agreement(self):
        """Hold the package against its manifests, with programs that are not ours."""
        if self.places.is_bag:
            bag = bagit.Bag(str(self.folder))
            bag.validate()
            listed = set(map(os.path.normpath, bag.entries))
            there = {p for p, content in tree(self.folder).items() if content is not None}
            assert listed == {p for p in there if not p.startswith("tagmanifest-")}
        else:
            for program, name in (("md5sum", ".md5"), ("sha512sum", "-sha512.txt")):
                words = [program, "--strict", "--quiet", "-c", f"{ID}_manifest{name}"]
                subprocess.run(words, cwd=self.out, check=True)
            lines = (self.out / f"{ID}_manifest.md5").read_bytes().splitlines()
            files = [p for p, content in tree(self.folder).items() if content is not None]
            assert len(lines) == len(files)
        assert list(generations.check(self.generations)) == []
        assert [name for name in os.listdir(self.out) if name.startswith(".")] == []


@pytest.fixture(params=LAYOUTS)
def package(request, packages, tmp_path):
    return Editing(packages, request.param, tmp_path)


@pytest.fixture
def bag(packages, tmp_path):
    return Editing(packages, "ifi-bag", tmp_path)


@pytest.fixture
def ifi(packages, tmp_path):
    return Editing(packages, "ifi", tmp_path)


def test_all_kinds_of_changes_at_once_leave_a_package_that_agrees(package, clip, tmp_path):
    shutil.copy2(clip, tmp_path / "more.mov")
    (tmp_path / "card.txt").write_text("from the donor\n", "utf-8")
    before = (package.objects / "reel/cardA/clip.mov").read_bytes()
    report = package(
        rename=["reel/cardA=reel/first"],
        remove=["reel/notes.txt"],
        add=[f"{tmp_path / 'more.mov'}=reel/first/more.mov"],
        supplement=[str(tmp_path / "card.txt")],
        describe=["label=The first reel", "oe=oe1234"],
        reason="as the donor asked",
    )
    assert report.exit_code is ExitCode.OK
    assert package.paths() == {
        *("reel/first/clip.mov", "reel/first/clip.mov.bak", "reel/first/more.mov"),
        "reel/cardB/clip.mov",
    }
    assert (package.objects / "reel/first/clip.mov").read_bytes() == before
    supplement = package.folder / package.places.supplemental / "card.txt"
    assert supplement.read_text("utf-8") == "from the donor\n"
    opened = package.opened().package
    assert (opened.label, opened.identifiers) == ("The first reel", {"oe": "oe1234"})
    package.requires_agreement()


def test_files_that_are_not_named_are_not_touched(bag):
    """IFIscripts' `deletefiles.py` took every line of the manifest that held the basename."""
    bag(remove=["reel/cardA/clip.mov"])
    assert bag.paths() == {"reel/cardA/clip.mov.bak", "reel/cardB/clip.mov", "reel/notes.txt"}
    manifest = (bag.folder / "manifest-md5.txt").read_text("utf-8")
    assert "data/objects/reel/cardB/clip.mov\n" in manifest
    records = {p.parent.name for p in bag.folder.rglob("clip.mov_media*.xml")}
    assert records == {"cardB"}
    bag.requires_agreement()


def test_records_of_films_follow_them(package):
    package(rename=["reel/cardA=reel/cardB/deep"])
    records = package.folder / package.places.records / "reel"
    there = {str(p.relative_to(records)) for p in records.rglob("*_mediainfo.xml")}
    assert there == {"cardB/deep/clip.mov_mediainfo.xml", "cardB/clip.mov_mediainfo.xml"}
    assert not (records / "cardA").exists()
    package.requires_agreement()


@needs_schemas
def test_mets_and_premis_fit_their_schemas_and_list_what_is_there(bag, clip):
    bag(rename=["reel/cardA=reel/a & b <c>"], add=[str(clip)], reason="a & b")
    documents = {n: etree.parse(bag.folder / f"data/metadata/{n}.xml") for n in ("mets", "premis")}
    for document in documents.values():
        schema().assertValid(document)
    listed = len(documents["mets"].findall(f".//{METS}file"))
    files = [p for p, content in tree(bag.folder / "data").items() if content is not None]
    assert listed == len(files) - 1


def test_each_change_has_its_event(bag, tmp_path):
    (tmp_path / "new.txt").write_text("new\n", "utf-8")
    before = len(bag.events())
    bag(
        rename=["reel/cardA/clip.mov=reel/one.mov"],
        remove=["reel/cardB"],
        add=[str(tmp_path / "new.txt")],
        describe=["rights=none known"],
        reason="a wrong name",
    )
    told = dict(bag.events()[before:])
    assert set(told) >= {"filename change", "deletion", "modification", "metadata modification"}
    assert {facts["reason"] for kind, facts in told.items() if kind == "deletion"} == {
        "a wrong name"
    }
    change = told["filename change"]
    assert change["old"] == "data/objects/reel/cardA/clip.mov"
    assert change["new"] == "data/objects/reel/one.mov"
    assert (change["operator"], change["generation"], change["files"]) == ("Ed Editor", 1, 1)
    assert (told["deletion"]["old"], told["deletion"]["files"]) == ("data/objects/reel/cardB", 1)
    assert (told["metadata modification"]["key"], told["metadata modification"]["old"]) == (
        "rights",
        "",
    )
    assert [e.type.value for e in bag.opened().package.events[:before]][-1] == (
        "information package creation"
    )


def test_the_manifests_before_each_change_are_kept_in_a_chain(package):
    manifests = {
        path.name: path.read_bytes()
        for path in [*package.folder.glob("*manifest-*"), *package.out.glob("*_manifest*")]
    }
    package(rename=["reel/notes.txt=reel/words.txt"])
    package(describe=["label=Two"])
    package.requires_agreement()
    kept = package.generations / "0001"
    assert {path.name: path.read_bytes() for path in kept.iterdir()} == manifests
    numbers = [generation.number for generation, _ in generations.read(package.generations)]
    assert numbers == [1, 2]


def test_a_package_whose_chain_is_broken_is_not_changed(bag):
    bag(describe=["label=Two"])
    line = json.loads((bag.generations / "register.jsonl").read_bytes())
    (bag.generations / "0001/manifest-md5.txt").write_bytes(b"")
    before = tree(bag.out)
    report = bag(describe=["label=Three"])
    assert report.exit_code is ExitCode.FIXITY_MISMATCH
    assert report.finding_counts["EDIT-CHAIN"] == 1
    assert tree(bag.out) == before
    assert line["previous"] == ""


def test_verify_tells_of_a_broken_chain(package):
    package(describe=["label=Two"])
    asked = VerifyOptions(paths=[package.folder])
    sound = verify(asked, Context(state_dir=package.state / "first"))
    assert "OWN-GENERATIONS" not in sound.finding_counts
    (kept, *_) = sorted((package.generations / "0001").iterdir())
    kept.write_bytes(b"")
    report = verify(asked, Context(state_dir=package.state / "second"))
    assert report.finding_counts["OWN-GENERATIONS"] == 1
    assert report.exit_code is not ExitCode.OK


def test_what_is_taken_out_lies_beside_the_package_with_its_digests(package, clip):
    report = package(remove=["reel/cardB"])
    (kept,) = [path for path in package.out.iterdir() if ".removed-" in path.name]
    assert str(kept) in report.summary
    assert (kept / "files" / package.places.objects / "reel/cardB/clip.mov").read_bytes() == (
        clip.read_bytes()
    )
    subprocess.run(
        ["md5sum", "--strict", "--quiet", "-c", "checksums-md5.txt"], cwd=kept, check=True
    )
    notes = (kept / "removed.jsonl").read_bytes().splitlines()
    assert json.loads(notes[1])["description"]["format"]
    package.requires_agreement()


def test_destroy_leaves_nothing_of_what_is_taken_out(package):
    report = package(remove=["reel/cardB"], destroy=True)
    assert report.exit_code is ExitCode.OK
    assert [path.name for path in package.out.rglob("*cardB*")] == []
    assert not [path for path in package.out.iterdir() if ".removed-" in path.name]
    package.requires_agreement()


def test_two_names_can_be_exchanged(package):
    here = package.objects / "reel"
    one, other = ((here / name).read_bytes() for name in ("notes.txt", "cardA/clip.mov.bak"))
    package(
        rename=["reel/notes.txt=reel/cardA/clip.mov.bak", "reel/cardA/clip.mov.bak=reel/notes.txt"]
    )
    assert (here / "cardA/clip.mov.bak").read_bytes() == one
    assert (here / "notes.txt").read_bytes() == other
    package.requires_agreement()


def test_a_folder_can_move_into_itself(package):
    package(rename=["reel=reel/inner"])
    assert package.paths() >= {"reel/inner/notes.txt", "reel/inner/cardA/clip.mov"}
    package.requires_agreement()


def test_an_exchange_of_films_exchanges_their_records(package):
    package(rename=["reel/cardA=reel/cardB", "reel/cardB=reel/cardA"])
    records = package.folder / package.places.records / "reel"
    assert (records / "cardB/clip.mov_mediainfo.xml").is_file()
    assert package.paths() >= {"reel/cardB/clip.mov.bak", "reel/cardA/clip.mov"}
    package.requires_agreement()


def test_a_name_with_an_equals_sign_is_parted_by_two_slashes(bag, tmp_path):
    (tmp_path / "a=b.txt").write_text("x\n", "utf-8")
    bag(add=[str(tmp_path / "a=b.txt")])
    bag(rename=["a=b.txt//c=d.txt"])
    bag(rename=["c=d.txt//reel/e.txt"])
    assert "reel/e.txt" in bag.paths()
    with pytest.raises(UsageError, match="//"):
        bag(rename=["reel/e.txt=a=b"])


def test_the_same_command_again_changes_nothing(package, tmp_path):
    (tmp_path / "new.txt").write_text("new\n", "utf-8")
    asked = {
        "rename": ["reel/cardA=reel/first"],
        "remove": ["reel/cardB"],
        "add": [str(tmp_path / "new.txt")],
        "describe": ["label=Two"],
    }
    package(**asked)
    before = tree(package.out)
    report = package(**asked)
    assert (report.exit_code, "nothing was changed" in report.summary) == (ExitCode.OK, True)
    assert tree(package.out) == before


def test_a_dry_run_says_what_it_would_do_and_does_nothing(package, tmp_path):
    (tmp_path / "new.txt").write_text("new\n", "utf-8")
    before = tree(package.out)
    report = package(
        rename=["reel/cardA=reel/first"], add=[str(tmp_path / "new.txt")], dry_run=True
    )
    assert tree(package.out) == before
    assert any(line.startswith("rename: ") and "reel/first" in line for line in report.lines)
    assert any(line.startswith("add: ") for line in report.lines)


def test_a_given_date_gives_the_same_bytes(packages, tmp_path):
    (tmp_path / "new.txt").write_text("new\n", "utf-8")
    made = []
    for name in ("one", "two"):
        package = Editing(packages, "ifi-bag", tmp_path / name)
        asked = {"rename": ["reel/cardA=reel/first"], "remove": ["reel/cardB"], "date": DATE}
        package(add=[str(tmp_path / "new.txt")], **asked)
        made.append(tree(package.out))
    assert made[0] == made[1]


@pytest.mark.parametrize(
    ("code", "status", "damage"),
    [
        ("EDIT-MISSING", 11, lambda bag: (bag.objects / "reel/notes.txt").unlink()),
        ("EDIT-EXTRA", 11, lambda bag: (bag.objects / "reel/extra").write_bytes(b"x")),
        ("EDIT-EXTRA", 11, lambda bag: (bag.objects / "reel/link").symlink_to("notes.txt")),
        ("EDIT-SIZE", 10, lambda bag: (bag.objects / "reel/notes.txt").write_bytes(b"x")),
        ("EDIT-CHANGED", 10, lambda bag: (bag.folder / "bagit.txt").write_bytes(b"x")),
        ("EDIT-CHANGED", 10, lambda bag: _flip(bag.objects / "reel/cardA/clip.mov")),
    ],
)
def test_a_package_that_does_not_agree_with_its_manifests_is_not_changed(bag, code, status, damage):
    damage(bag)
    before = tree(bag.out)
    report = bag(rename=["reel/cardA=reel/first"])
    assert report.finding_counts[code] == 1
    assert report.exit_code == status
    assert tree(bag.out) == before


def test_verify_looks_into_files_that_are_not_touched(bag):
    _flip(bag.objects / "reel/cardB/clip.mov")
    report = bag(rename=["reel/cardA=reel/first"], verify=True)
    assert report.finding_counts == {"EDIT-CHANGED": 1}
    assert bag(rename=["reel/cardA=reel/first"]).exit_code is ExitCode.OK


def _flip(path):
    content = bytearray(path.read_bytes())
    content[7] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ({"rename": ["reel/none=reel/x"]}, UsageError),
        ({"rename": ["reel/cardA=reel/cardB"]}, DestinationExistsError),
        ({"rename": ["reel/cardA=reel/notes.txt/x"]}, DestinationExistsError),
        ({"rename": ["reel/cardA=../x"]}, UsageError),
        ({"rename": ["reel/cardA=/x"]}, UsageError),
        ({"rename": ["reel/cardA"]}, UsageError),
        ({"rename": ["data/objects/reel=data/metadata/reel"]}, UsageError),
        ({"rename": ["reel=x", "reel/cardA=y"]}, UsageError),
        ({"rename": ["reel/cardA=x", "reel/cardB=x"]}, UsageError),
        ({"remove": ["data/metadata/mets.xml"]}, UsageError),
        ({"remove": ["bagit.txt"]}, UsageError),
        ({"remove": ["reel"]}, UsageError),
        ({"remove": ["reel/cardA", "reel/cardA/clip.mov"]}, UsageError),
        ({"add": ["/nowhere/at/all"]}, SourceUnreadableError),
        ({"add": ["{out}"]}, UsageError),
        ({"add": ["{other}=reel/notes.txt"]}, DestinationExistsError),
        ({"add": ["{other}=reel/cardA"]}, DestinationExistsError),
        ({"add": ["{other}=reel/notes.txt/x"]}, DestinationExistsError),
        ({"add": ["{other}=new.txt", "{other}=new.txt"]}, UsageError),
        ({"describe": ["label"]}, UsageError),
        ({"describe": ["kind=ZIP"]}, UsageError),
        ({"describe": ["Label=Reel 1"]}, UsageError),
        ({"add": ["{bare}"]}, UsageError),
        ({"describe": ["id=1"]}, UsageError),
        ({"describe": ["rights=a\nb"]}, UsageError),
        ({}, UsageError),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_changed(bag, tmp_path, asked, error):
    (tmp_path / "other.txt").write_text("other\n", "utf-8")
    (tmp_path / "bare" / "inner").mkdir(parents=True)
    places = {"out": bag.out, "other": tmp_path / "other.txt", "bare": tmp_path / "bare"}
    given = {key: [word.format(**places) for word in words] for key, words in asked.items()}
    before = tree(bag.out)
    with pytest.raises(error) as raised:
        bag(**given)
    assert isinstance(raised.value, AvpresError)
    assert tree(bag.out) == before


def test_folders_to_add_that_hold_nothing_are_left_out_and_told(bag, tmp_path):
    (tmp_path / "late" / "no clips").mkdir(parents=True)
    (tmp_path / "late" / "a.txt").write_text("late\n", "utf-8")
    report = bag(add=[str(tmp_path / "late")])
    assert report.facts["added"] == 1
    told = [each for each in report.findings if each.path == str(tmp_path / "late" / "no clips")]
    assert ["empty folder" in each.message for each in told] == [True]


def test_an_equal_file_that_is_there_is_left(bag, tmp_path):
    shutil.copytree(bag.objects / "reel", tmp_path / "reel")
    (tmp_path / "reel" / "new.txt").write_text("new\n", "utf-8")
    report = bag(add=[str(tmp_path / "reel")])
    assert report.facts["added"] == 1
    bag.requires_agreement()


def test_a_name_in_another_unicode_form_is_refused_in_a_bag(bag, tmp_path):
    for form in ("NFC", "NFD"):
        (tmp_path / form).mkdir()
        (tmp_path / form / unicodedata.normalize(form, "é.txt")).write_text(form, "utf-8")
    bag(add=[str(tmp_path / "NFC" / "é.txt")])
    twin = tmp_path / "NFD" / unicodedata.normalize("NFD", "é.txt")
    with pytest.raises(DestinationRefusedError, match="Unicode form"):
        bag(add=[str(twin)])


HARD = (b"new\nline", b" outer ", b"100%0Adone", b"back\\slash", b"-rf", b"caf\xe9", b"a" * 255)


def test_any_name_can_be_added_renamed_and_removed(ifi, tmp_path):
    (tmp_path / "hard").mkdir()
    for name in HARD:
        with open(os.path.join(os.fsencode(tmp_path), b"hard", name), "wb") as file:
            file.write(name)
    assert ifi(add=[str(tmp_path / "hard")]).exit_code is ExitCode.OK
    ifi.requires_agreement()
    names = [os.fsdecode(name) for name in HARD]
    ifi(rename=[f"hard/{name}//kept/{name}" for name in names])
    ifi.requires_agreement()
    ifi(remove=[f"kept/{name}" for name in names[1:]])
    ifi.requires_agreement()
    assert "kept/new\nline" in ifi.paths()
    assert len(ifi.paths()) == 5


def test_a_bag_refuses_a_name_that_is_not_utf8(bag, tmp_path):
    hard = os.path.join(os.fsencode(tmp_path), b"caf\xe9")
    with open(hard, "wb"):
        pass
    with pytest.raises(DestinationRefusedError, match="UTF-8"):
        bag(add=[os.fsdecode(hard)])


def test_a_link_to_add_is_told_of(bag, tmp_path):
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "file.txt").write_text("x\n", "utf-8")
    (tmp_path / "more" / "link").symlink_to("file.txt")
    report = bag(add=[str(tmp_path / "more")])
    assert report.finding_counts["EDIT-LEFT-OUT"] == 1
    assert report.exit_code is ExitCode.OK
    bag.requires_agreement()


def test_other_manifests_of_the_package_are_told_of(ifi):
    (ifi.out / f"{ID}.sha1").write_text(f"{'0' * 40}  {ID}/objects/reel/notes.txt\n", "utf-8")
    report = ifi(describe=["label=Two"])
    assert report.finding_counts == {"EDIT-OTHER-MANIFEST": 1}
    assert report.exit_code is ExitCode.OK


def test_what_else_the_information_of_a_bag_says_is_kept(bag):
    info = bag.folder / "bag-info.txt"
    with info.open("ab") as file:
        file.write(b"Contact-Name: Ann\nNote: one\n  and two\n")
    for algorithm in ("md5", "sha512"):
        manifest = bag.folder / f"tagmanifest-{algorithm}.txt"
        digest = subprocess.run(
            [f"{algorithm}sum", "bag-info.txt"], cwd=bag.folder, capture_output=True, check=True
        ).stdout
        lines = manifest.read_bytes().splitlines(keepends=True)
        manifest.write_bytes(b"".join(digest if b"bag-info" in line else line for line in lines))
    bag(describe=["label=Two", "rights=none known"])
    found = bagit.Bag(str(bag.folder)).info
    assert (found["Contact-Name"], found["External-Description"]) == ("Ann", "Two")
    assert found["Rights"] == "none known"
    assert "and two" in found["Note"]


def test_a_container_and_a_foreign_folder_are_refused_with_the_way_to_go(bag, tmp_path):
    (tmp_path / "p.tar").write_bytes(b"x")
    bag.folder = tmp_path / "p.tar"
    with pytest.raises(UsageError, match="avpres extract"):
        bag(describe=["label=Two"])
    (tmp_path / "folder").mkdir()
    bag.folder = tmp_path / "folder"
    with pytest.raises(NotConformantError, match="avpres import"):
        bag(describe=["label=Two"])


def test_the_package_stays_whole_when_a_source_cannot_be_read(bag, tmp_path):
    (tmp_path / "locked").mkdir()
    (tmp_path / "locked" / "file").write_bytes(b"x")
    (tmp_path / "locked" / "file").chmod(0)
    if os.access(tmp_path / "locked" / "file", os.R_OK):
        pytest.skip("this user may read anything")
    before = tree(bag.out)
    report = bag(add=[str(tmp_path / "locked")])
    assert report.exit_code is ExitCode.SOURCE_UNREADABLE
    assert tree(bag.out) == before


@pytest.fixture
def with_history(clip, tmp_path):
    """A package with an ASC MHL history of its objects."""
    reel = make_reel(tmp_path / "reel", clip)
    pack = Packer(tmp_path / "packing")
    pack(reel, tmp_path / "in" / "ifi", layout="ifi", mhl=True, package_id=ID, date=DATE)
    return Editing(tmp_path / "in", "ifi", tmp_path)


def histories(package):
    return sorted(path.name for path in (package.objects / "ascmhl").iterdir())


def accepted_by_ascmhl(package):
    program = shutil.which("ascmhl", path=os.path.dirname(sys.executable))
    done = subprocess.run(
        [program or "ascmhl", "diff", str(package.objects)], capture_output=True, check=False
    )
    return done.returncode == 0


def test_a_history_of_asc_mhl_gets_a_generation_when_files_come(with_history, tmp_path):
    (tmp_path / "new.txt").write_text("new\n", "utf-8")
    report = with_history(add=[str(tmp_path / "new.txt")])
    assert (report.exit_code, report.finding_counts) == (ExitCode.OK, {})
    assert [name[:4] for name in histories(with_history)] == ["0001", "0002", "ascm"]
    assert accepted_by_ascmhl(with_history)
    with_history.requires_agreement()


def test_a_history_of_asc_mhl_ends_and_begins_anew_when_files_go(with_history):
    before = {path.name: path.read_bytes() for path in (with_history.objects / "ascmhl").iterdir()}
    with_history(remove=["reel/cardB"], rename=["reel/cardA=reel/first"])
    assert [name[:4] for name in histories(with_history)] == ["0001", "ascm"]
    assert accepted_by_ascmhl(with_history)
    kept = with_history.generations / "0001" / "ascmhl"
    assert {path.name: path.read_bytes() for path in kept.iterdir()} == before
    with_history.requires_agreement()
    with pytest.raises(UsageError):
        with_history(remove=["ascmhl"])


def test_a_history_of_asc_mhl_stays_when_only_words_change(with_history):
    before = tree(with_history.objects)
    with_history(describe=["label=Two"])
    assert tree(with_history.objects) == before
    with_history.requires_agreement()
