"""`verify` of packages in containers: read once, nothing unpacked but what tells of the rest."""

import io
import os
import re
import shutil
import subprocess
import tarfile
import zipfile
from pathlib import Path

import pytest
from bag_cases import FILES, make_bag
from fixity_cases import Runner, codes, context
from mets_cases import make_eark

from avpres.adapters.containers.boxes import write_box
from avpres.adapters.containers.planned import Planned
from avpres.adapters.containers.tar_index import IndexSpool
from avpres.adapters.rules.box_rules import BOX_RULES
from avpres.config.verify import VerifyOptions
from avpres.domain.exit_codes import ExitCode
from avpres.domain.oais import Box
from avpres.services.verify import verify

OK, FIXITY, INCOMPLETE, WRONG = (
    ExitCode.OK,
    ExitCode.FIXITY_MISMATCH,
    ExitCode.INCOMPLETE,
    ExitCode.NOT_CONFORMANT,
)


@pytest.fixture
def runner(tmp_path):
    return Runner(tmp_path / "state")


@pytest.fixture
def bag(tmp_path):
    return make_bag(tmp_path / "bag")


def tar(folder: Path, ending: str = "tar") -> Path:
    mode = "w:gz" if ending == "tar.gz" else "w"
    path = folder.with_name(f"{folder.name}.tar" if ending == "tar.zst" else f"box.{ending}")
    with tarfile.open(path, mode) as archive:
        archive.add(folder, folder.name)
    if ending != "tar.zst":
        return path
    if shutil.which("zstd") is None:
        pytest.skip("no zstd")
    packed = folder.with_name("box.tar.zst")
    subprocess.run(["zstd", "-q", path, "-o", packed], check=True)
    return packed


def zipped(folder: Path) -> Path:
    path = folder.with_name("box.zip")
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(folder.rglob("*")):
            archive.write(file, file.relative_to(folder.parent))
    return path


def boxed(folder: Path, kind: str) -> Path:
    return zipped(folder) if kind == "zip" else tar(folder, kind)


EVERY = pytest.mark.parametrize("kind", ["tar", "tar.gz", "tar.zst", "zip"])


@EVERY
def test_a_sound_bag_in_a_container_is_valid_and_nothing_is_left(runner, bag, kind):
    report = runner.verify(boxed(bag, kind))
    assert (report.exit_code, codes(report)) == (OK, {})
    assert report.totals.verified_files == len(FILES) + 3
    assert "(sha512)" in report.summary
    assert report.summary.endswith("The package is valid (BagIt 1.0).")
    left = [name for name in os.listdir(runner.state / "verify") if name.startswith("box-")]
    assert left == []


@EVERY
def test_all_that_is_wrong_in_a_container_is_told_with_its_place(runner, bag, kind):
    (bag / "data/text-file.txt").write_bytes(b"some test\n")
    (bag / "data/dir/scan.dpx").unlink()
    (bag / "data/stray").write_bytes(b"x")
    box = boxed(bag, kind)
    report = runner.verify(box)
    assert report.exit_code is FIXITY
    assert codes(report) == {"FIX-CHANGED": 1, "FIX-MISSING": 1, "FIX-EXTRA": 1}
    assert {f.path for f in report.findings} == {
        f"{box}/bag/data/{name}" for name in ("text-file.txt", "dir/scan.dpx", "stray")
    }
    said = "".join(f"{f.path} {f.message}" for f in report.findings) + report.events[0].detail
    assert str(runner.state) not in said


def test_an_eark_package_in_a_tar_is_held_against_its_mets(runner, tmp_path):
    sip = make_eark(tmp_path / "sip")
    assert runner.verify(tar(sip)).exit_code is OK
    (sip / "representations/rep1/data/film.mov").write_bytes(b"film" * 9 + b"FILM")
    report = runner.verify(tar(sip))
    assert report.exit_code is FIXITY
    assert codes(report)["METS-CHECKSUM"] == 1


def test_a_container_with_a_digest_beside_it_is_held_against_both(runner, bag):
    box = tar(bag)
    digest = subprocess.run(
        ["md5sum", box.name], cwd=box.parent, check=True, capture_output=True
    ).stdout
    box.with_name(box.name + ".md5").write_bytes(digest)
    report = runner.verify(box)
    assert report.totals.verified_files == 1 + len(FILES) + 3
    wrong = b"1" if digest.startswith(b"0") else b"0"
    box.with_name(box.name + ".md5").write_bytes(wrong + digest[1:])
    assert runner.verify(box).exit_code is FIXITY


def test_a_container_of_files_without_any_manifest_is_no_pass(runner, tmp_path):
    (tmp_path / "files").mkdir()
    (tmp_path / "files/a.txt").write_text("a")
    report = runner.verify(tar(tmp_path / "files"))
    assert report.exit_code is INCOMPLETE
    assert codes(report) == {"FIX-NOTHING": 1}


def add(box: Path, name: str, **attributes) -> None:
    member = tarfile.TarInfo(name)
    data = b"x"
    member.size = len(data)
    for key, value in attributes.items():
        setattr(member, key, value)
    with tarfile.open(box, "a") as archive:
        archive.addfile(member, io.BytesIO(data[: member.size]))


def cut(box: Path) -> None:
    os.truncate(box, box.stat().st_size // 2 // 512 * 512 - 100)


def index(box: Path, change=lambda text: text) -> None:
    """Pack the bag as avpres does, with its index."""
    folder = box.with_name("bag")
    names = sorted(os.fsencode(p.relative_to(folder.parent)) for p in folder.rglob("*"))
    members = []
    for name in [b"bag", *names]:
        path = os.path.join(os.fsencode(folder.parent), name)
        found = os.stat(path)
        is_folder = os.path.isdir(path)
        source = None if is_folder else path
        size = 0 if is_folder else found.st_size
        members.append(Planned(name, source, size, found.st_mtime_ns, is_folder))
    with box.open("wb") as handle, IndexSpool() as spool:
        packed = write_box(handle, Box.TAR, members, on_packed=spool)
        text = io.BytesIO()
        spool.write(text, os.fsencode(box.name), packed)
    box.with_name(box.name + ".idx").write_bytes(change(text.getvalue()))


def shorter(text: bytes) -> bytes:
    assert re.search(rb'"size": ?150', text)
    return re.sub(rb'("size": ?)150', rb"\g<1>151", text)


def another_digest(text: bytes) -> bytes:
    digest = text.split(b'"sha512": "')[2][:128] if b'"sha512": "' in text else b""
    digest = digest or text.split(b'"sha512":"')[2][:128]
    return text.replace(digest, b"0" * 128)


BREAK = {
    "BOX-DAMAGED": (cut, FIXITY, WRONG),
    "BOX-PATH": (lambda box: add(box, "../../outside.txt"), WRONG, WRONG),
    "BOX-KIND": (lambda box: add(box, "bag/pipe", type=tarfile.FIFOTYPE, size=0), OK, OK),
    "BOX-TWICE": (lambda box: add(box, "bag/data/text-file.txt"), FIXITY, FIXITY),
    "BOX-ONE": (lambda box: add(box, "other/"[:-1], type=tarfile.DIRTYPE, size=0), OK, OK),
    "BOX-INDEX": (lambda box: index(box, shorter), WRONG, WRONG),
    "BOX-INDEX-DIGEST": (lambda box: index(box, another_digest), FIXITY, FIXITY),
}


def test_every_rule_is_broken_below():
    assert set(BREAK) == set(BOX_RULES)


@pytest.mark.parametrize("rule", BREAK)
def test_a_broken_rule_of_containers_is_told(runner, bag, rule):
    damage, *statuses = BREAK[rule]
    box = tar(bag)
    damage(box)
    report = runner.verify(box)
    assert rule in codes(report), report.findings
    assert report.exit_code in statuses, report.findings
    assert not (bag.parent.parent / "outside.txt").exists()


def test_a_tar_with_its_index_is_valid(runner, bag):
    box = bag.with_name("box.tar")
    index(box)
    report = runner.verify(box)
    assert (report.exit_code, codes(report)) == (OK, {})


@pytest.mark.parametrize("target", ["/etc/passwd", "../../../etc/passwd"])
def test_links_that_lead_out_are_told_and_not_followed(runner, bag, target):
    box = tar(bag)
    add(box, "bag/data/link", type=tarfile.SYMTYPE, linkname=target, size=0)
    report = runner.verify(box)
    assert report.exit_code is WRONG
    assert codes(report)["BOX-PATH"] == 1


def test_two_containers_of_one_run_are_both_judged(runner, bag):
    one, two = tar(bag), zipped(bag)
    report = verify(VerifyOptions(paths=(one, two)), context(runner.state))
    assert [each["path"] for each in report.facts["packages"]] == [f"{one}/bag", f"{two}/bag"]
    assert report.summary.endswith("All packages are valid (BagIt 1.0).")
