"""House layouts and BagIt Profiles: every rule broken on a sound package."""

import json
import shutil
from pathlib import Path

import pytest
from bag_cases import make_bag, retag
from fixity_cases import Runner, checksums, codes, make_tree
from packing_cases import SCHEMAS, Packer, needs_schemas
from pydantic import ValidationError

from avpres.adapters.rules.bag_profile import read
from avpres.adapters.rules.layout_rules import LAYOUT_RULES
from avpres.adapters.rules.profile_rules import PROFILE_RULES
from avpres.domain.errors import SourceUnreadableError, UsageError
from avpres.domain.exit_codes import ExitCode
from avpres.domain.oais import Layout

ID = "4a1f9a0e-2f35-4f0c-9a3b-0c53dd9d1d6e"
OK, INCOMPLETE, WRONG = ExitCode.OK, ExitCode.INCOMPLETE, ExitCode.NOT_CONFORMANT


@pytest.fixture
def runner(tmp_path):
    return Runner(tmp_path / "state")


def seal(package: Path) -> Path:
    for algorithm, name in (("md5", "_manifest.md5"), ("sha512", "_manifest-sha512.txt")):
        text = checksums(package, package.parent, algorithm)
        package.with_name(package.name + name).write_bytes(text)
    return package


@pytest.fixture
def ifi(tmp_path):
    held = {
        "objects/film.mkv": b"film",
        "metadata/film.mkv_mediainfo.xml": b"<x/>",
        f"logs/{ID}_sip_log.log": b"log\n",
    }
    return seal(make_tree(tmp_path / "oe1234" / ID, held))


@pytest.fixture
def mm(tmp_path):
    held = {
        "objects/film.mkv": b"film",
        "metadata/fileMeta/film.xml": b"<x/>",
        "metadata/logs/capture.log": b"log\n",
        "metadata/checksum.md5": b"",
    }
    return seal(make_tree(tmp_path / "mm" / "MEDIAID", held))


def removed(name: str):
    def change(package: Path) -> None:
        path = package / name
        shutil.rmtree(path) if path.is_dir() else path.unlink()
        seal(package)

    return change


def stray(package: Path) -> None:
    (package / "stray.txt").write_text("x")
    seal(package)


def renamed(package: Path) -> None:
    for name in ("", "_manifest.md5", "_manifest-sha512.txt"):
        path = package.with_name(package.name + name)
        path.rename(package.with_name("film" + name))
    for manifest in package.parent.glob("film_manifest*"):
        manifest.write_bytes(manifest.read_bytes().replace(f"{ID}/".encode(), b"film/"))


def without_manifests(package: Path) -> None:
    for manifest in package.parent.glob("*_manifest*"):
        manifest.unlink()


def other_paths(package: Path) -> None:
    manifest = package.with_name(f"{package.name}_manifest.md5")
    manifest.write_bytes(manifest.read_bytes().replace(f"  {ID}/".encode(), b"  "))


def one_line_less(package: Path) -> None:
    manifest = package.with_name(f"{package.name}_manifest.md5")
    manifest.write_bytes(b"".join(manifest.read_bytes().splitlines(keepends=True)[1:]))


IFI = {
    "IFI-NAME": (renamed, OK),
    "IFI-OBJECTS": (removed("objects/film.mkv"), WRONG),
    "IFI-METADATA": (removed("metadata"), WRONG),
    "IFI-LOGS": (removed("logs"), WRONG),
    "IFI-LOG": (removed(f"logs/{ID}_sip_log.log"), OK),
    "IFI-STRAY": (stray, OK),
    "IFI-MANIFEST": (without_manifests, INCOMPLETE),
    "IFI-PATHS": (other_paths, WRONG),
    "IFI-EVERY": (one_line_less, INCOMPLETE),
}
MM = {
    "MM-OBJECTS": (removed("objects/film.mkv"), WRONG),
    "MM-METADATA": (removed("metadata/fileMeta"), OK),
    "MM-LOG": (removed("metadata/logs/capture.log"), OK),
    "MM-CHECKSUMS": (removed("metadata/checksum.md5"), OK),
    "MM-STRAY": (stray, OK),
}


def test_every_rule_is_broken_somewhere_here():
    assert {*IFI, *MM} == set(LAYOUT_RULES)


def test_a_sound_ifi_package_is_valid(runner, ifi):
    report = runner.verify(ifi)
    assert (report.exit_code, codes(report)) == (OK, {})
    assert report.summary.endswith("The package is valid (IFI).")


def test_a_sound_ifi_package_is_valid_from_the_folder_above(runner, ifi):
    report = runner.verify(ifi.parent)
    assert (report.exit_code, codes(report)) == (OK, {})
    assert report.summary.endswith("The package is valid (IFI).")


@pytest.mark.parametrize("rule", IFI)
def test_a_broken_rule_of_ifi_is_told(runner, ifi, rule):
    damage, status = IFI[rule]
    damage(ifi)
    place = ifi if ifi.is_dir() else ifi.with_name("film")
    report = runner.verify(place)
    assert rule in codes(report), report.findings
    assert report.exit_code is status, report.findings


def test_a_sound_mm_package_is_valid(runner, mm):
    report = runner.verify(mm)
    assert report.exit_code is OK, report.findings
    assert report.summary.endswith("The package is valid (mm).")


@pytest.mark.parametrize("rule", MM)
def test_a_broken_rule_of_mm_is_told(runner, mm, rule):
    damage, status = MM[rule]
    damage(mm)
    report = runner.verify(mm)
    assert rule in codes(report), report.findings
    assert report.exit_code is status, report.findings


IDENTIFIER = "http://example.org/profile.json"
PROFILE = {
    "BagIt-Profile-Info": {
        "BagIt-Profile-Identifier": IDENTIFIER,
        "BagIt-Profile-Version": "1.4.0",
        "Source-Organization": "x",
        "External-Description": "x",
        "Version": "1",
    },
}
INFO = f"BagIt-Profile-Identifier: {IDENTIFIER}\nColour: red\nColour: blue\n"
ASK = {
    "PROFILE-IDENTIFIER": {
        "BagIt-Profile-Info": {"BagIt-Profile-Identifier": "http://example.org/other.json"}
    },
    "PROFILE-INFO": {"Bag-Info": {"Contact-Name": {"required": True}}},
    "PROFILE-VALUE": {"Bag-Info": {"Colour": {"values": ["red"]}}},
    "PROFILE-REPEATED": {"Bag-Info": {"Colour": {"repeatable": False}}},
    "PROFILE-RECOMMENDED": {"Bag-Info": {"Contact-Name": {"recommended": True}}},
    "PROFILE-MANIFESTS": {"Manifests-Required": ["sha256"]},
    "PROFILE-MANIFESTS-ALLOWED": {"Manifests-Allowed": ["sha256"]},
    "PROFILE-TAG-MANIFESTS": {"Tag-Manifests-Required": ["sha256"]},
    "PROFILE-TAG-MANIFESTS-ALLOWED": {"Tag-Manifests-Allowed": ["sha256"]},
    "PROFILE-TAG-FILES": {"Tag-Files-Required": ["DPN/dpn.txt"]},
    "PROFILE-TAG-FILES-ALLOWED": {"Tag-Files-Allowed": ["other.txt"]},
    "PROFILE-PAYLOAD": {"Payload-Files-Required": ["data/readme.txt"]},
    "PROFILE-PAYLOAD-ALLOWED": {"Payload-Files-Allowed": ["data/*.txt"]},
    "PROFILE-FETCH": {"Allow-Fetch.txt": False},
    "PROFILE-FETCH-REQUIRED": {"Fetch.txt-Required": True},
    "PROFILE-DATA-EMPTY": {"Data-Empty": True},
    "PROFILE-VERSION": {"Accept-BagIt-Version": ["0.97"]},
    "PROFILE-SERIALIZATION": {"Serialization": "required"},
}


@pytest.fixture
def bag(tmp_path):
    return make_bag(tmp_path / "bag", info=INFO)


def profile(tmp_path: Path, asked: dict) -> Path:
    path = tmp_path / "profile.json"
    path.write_text(json.dumps(PROFILE | asked), "utf-8")
    return path


def test_every_rule_of_profiles_is_broken_somewhere_here():
    assert set(ASK) == set(PROFILE_RULES)


def test_a_bag_that_does_what_its_profile_asks_is_valid(runner, tmp_path, bag):
    asked = {
        "Bag-Info": {"Colour": {"required": True, "values": ["red", "blue"]}},
        "Manifests-Required": ["sha512"],
        "Tag-Files-Required": ["bag-info.txt"],
        "Accept-BagIt-Version": ["1.0"],
        "Serialization": "forbidden",
    }
    report = runner.verify(bag, bag_profile=profile(tmp_path, asked))
    assert (report.exit_code, codes(report)) == (OK, {})


@pytest.mark.parametrize("rule", ASK)
def test_what_a_profile_asks_and_the_bag_does_not_do_is_told(runner, tmp_path, bag, rule):
    if rule == "PROFILE-FETCH":
        (bag / "fetch.txt").write_text("http://localhost/x - data/text-file.txt\n")
        retag(bag)
    report = runner.verify(bag, bag_profile=profile(tmp_path, ASK[rule]))
    assert set(codes(report)) == {rule}, report.findings
    assert report.exit_code is (OK if rule == "PROFILE-RECOMMENDED" else WRONG)


def test_a_profile_needs_a_bag(runner, tmp_path, ifi):
    report = runner.verify(ifi, bag_profile=profile(tmp_path, {}))
    assert report.exit_code is WRONG


def test_a_profile_is_read_from_a_file_and_never_fetched(tmp_path):
    with pytest.raises(UsageError, match="never fetched"):
        read(Path("https://example.org/profile.json"))
    with pytest.raises(SourceUnreadableError):
        read(tmp_path / "gone.json")
    for text in ("", "[]", "{}", '{"BagIt-Profile-Info": 3}', "\0"):
        (tmp_path / "bad.json").write_text(text)
        with pytest.raises(UsageError, match="no BagIt Profile"):
            read(tmp_path / "bad.json")
    with pytest.raises(ValidationError):
        type(read(profile(tmp_path, {}))).model_validate({})


@pytest.mark.parametrize("layout", Layout)
def test_what_package_makes_breaks_no_rule(runner, tmp_path, layout):
    reel = make_tree(tmp_path / "reel", {"a.txt": b"one\n", "b/100% c.txt": b"two\n"})
    made = Packer(tmp_path / "packing")(reel, tmp_path / "out", layout=layout)
    assert made.exit_code is OK
    (package,) = [path for path in (tmp_path / "out").iterdir() if path.is_dir()]
    report = runner.verify(package)
    assert report.exit_code is OK, report.findings
    assert {f.code for f in report.findings if f.severity == "error"} == set()
    assert "keeps its rules" in report.summary


@needs_schemas
@pytest.mark.parametrize("layout", [Layout.IFI_BAG, Layout.CSIP])
def test_what_package_makes_is_valid_by_the_schemas(runner, tmp_path, layout):
    reel = make_tree(tmp_path / "reel", {"a.txt": b"one\n"})
    Packer(tmp_path / "packing")(reel, tmp_path / "out", layout=layout)
    (package,) = [path for path in (tmp_path / "out").iterdir() if path.is_dir()]
    assert "The package is valid" in runner.verify(package, schemas=SCHEMAS).summary
