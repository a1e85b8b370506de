"""`verify` against manifests that other programs made, found without being named."""

import shutil

import bagit
import pytest
from fixity_cases import Runner, checksums, codes, make_tree, run, tool

from avpres.domain.exit_codes import ExitCode
from avpres.domain.fixity import Algorithm
from avpres.domain.manifest import ManifestFormat

needs_hashdeep = pytest.mark.skipif(not shutil.which("hashdeep"), reason="no hashdeep here")
needs_ascmhl = pytest.mark.skipif(not tool("ascmhl").exists(), reason="no ascmhl here")


@pytest.fixture
def runner(tmp_path):
    return Runner(tmp_path / "state")


@pytest.fixture
def reel(tmp_path):
    return make_tree(tmp_path / "reel")


def flip(path):
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)


def assert_passes_then_finds_a_flip(runner, path, victim, *, files=5, **options):
    report = runner.verify(path, **options)
    assert (report.exit_code, report.totals.verified_files) == (ExitCode.OK, files), report.findings
    flip(victim)
    report = runner.verify(path, **options)
    assert report.exit_code is ExitCode.FIXITY_MISMATCH
    assert report.totals.verified_files < files


@pytest.mark.parametrize("words", [["md5sum"], ["sha256sum", "-b"], ["sha1sum", "--tag"]])
def test_lists_inside_the_folder(runner, reel, words):
    text = run("find", ".", "-type", "f", "-exec", *words, "{}", "+", cwd=reel)
    (reel / "checksums.txt").write_text(text)
    assert_passes_then_finds_a_flip(runner, reel, reel / "a.mov")


@needs_hashdeep
def test_hashdeep(runner, reel):
    text = run("hashdeep", "-r", "-l", "reel", cwd=reel.parent)
    (reel.parent / "reel.hashdeep").write_text(text)
    assert_passes_then_finds_a_flip(runner, reel, reel / "scans/0002.dpx")


@needs_hashdeep
def test_hashdeep_with_absolute_paths_of_another_place(runner, reel):
    text = run("hashdeep", "-r", reel, cwd=reel.parent).replace(str(reel), "/mnt/old/reel")
    manifest = reel.parent / "list.hashdeep"
    manifest.write_text(text)
    assert_passes_then_finds_a_flip(runner, reel, reel / "a.mov", manifest=(manifest,))


@needs_ascmhl
def test_asc_mhl(runner, reel):
    run(tool("ascmhl"), "create", "-h", "md5", reel, cwd=reel)
    assert_passes_then_finds_a_flip(runner, reel, reel / "a.mov")


@needs_ascmhl
def test_asc_mhl_of_two_generations_with_a_new_file(runner, reel):
    run(tool("ascmhl"), "create", "-h", "xxh64", reel, cwd=reel)
    (reel / "late.mov").write_bytes(b"late")
    run(tool("ascmhl"), "create", "-h", "xxh64", reel, cwd=reel)
    assert_passes_then_finds_a_flip(runner, reel, reel / "late.mov", files=6)


@needs_ascmhl
def test_asc_mhl_claims_to_list_everything_but_what_it_ignores(runner, reel):
    run(tool("ascmhl"), "create", "-h", "md5", reel, cwd=reel)
    (reel / ".DS_Store").write_bytes(b"x")
    assert runner.verify(reel).exit_code is ExitCode.OK
    (reel / ".hidden").write_bytes(b"x")
    report = runner.verify(reel)
    assert (report.exit_code, codes(report)["FIX-EXTRA"]) == (ExitCode.INCOMPLETE, 2)


def test_a_bag_with_two_algorithms(runner, reel):
    bagit.make_bag(str(reel), checksums=["md5", "sha512"])
    assert_passes_then_finds_a_flip(runner, reel, reel / "data/a.mov", files=5 + 4)


def test_a_bag_claims_its_payload_and_not_its_tag_files(runner, reel):
    bagit.make_bag(str(reel), checksums=["sha256"])
    (reel / "notes.txt").write_text("a tag file")
    assert runner.verify(reel).exit_code is ExitCode.OK
    (reel / "data/.hidden").write_bytes(b"x")
    report = runner.verify(reel)
    assert report.exit_code is ExitCode.INCOMPLETE


def test_a_tag_file_of_a_bag_is_checked_too(runner, reel):
    bagit.make_bag(str(reel), checksums=["md5"])
    (reel / "bag-info.txt").write_text("Bagging-Date: 1970-01-01\n")
    assert runner.verify(reel).exit_code is ExitCode.FIXITY_MISMATCH


def test_a_folder_of_bags_is_verified_bag_by_bag(runner, tmp_path):
    shelf = tmp_path / "shelf"
    for name in ("one", "two"):
        make_tree(shelf / name, {"film.mkv": name.encode()})
        bagit.make_bag(str(shelf / name), checksums=["md5"])
    assert_passes_then_finds_a_flip(runner, shelf, shelf / "two/data/film.mkv", files=2 * (1 + 3))


def test_md5tool_sidecars_beside_each_file(runner, reel):
    for path in [p for p in reel.rglob("*") if p.is_file()]:
        digest = checksums_of(path)
        path.with_name(path.name + ".md5").write_text(f"{digest} *{path.name}\n")
    assert_passes_then_finds_a_flip(runner, reel, reel / "scans/0001.dpx")


def checksums_of(path):
    return run("md5sum", "-z", path, cwd=path.parent).split()[0]


def test_a_file_without_sidecar_among_files_that_have_one_is_extra(runner, reel):
    (reel / "a.mov.md5").write_text(checksums_of(reel / "a.mov"))
    report = runner.verify(reel)
    assert (report.exit_code, codes(report)["FIX-EXTRA"]) == (ExitCode.INCOMPLETE, 4)
    assert report.totals.verified_files == 1


def test_a_sidecar_serves_its_file_and_is_one_as_path(runner, reel):
    sidecar = reel / "a.mov.md5"
    sidecar.write_text(checksums_of(reel / "a.mov"))
    assert runner.verify(sidecar).totals.verified_files == 1
    assert_passes_then_finds_a_flip(runner, reel / "a.mov", reel / "a.mov", files=1)


def test_an_ifi_package_is_verified_from_the_folder_above(runner, tmp_path):
    package = tmp_path / "OE1234"
    inner = make_tree(package / "0f7a", {"objects/film.mkv": b"film", "logs/x.log": b"log"})
    (package / "0f7a_manifest.md5").write_bytes(checksums(inner, package))
    assert_passes_then_finds_a_flip(runner, package, inner / "objects/film.mkv", files=2)
    (package / "stray.txt").write_bytes(b"stray")
    assert codes(runner.verify(package))["FIX-EXTRA"] == 1


def test_a_named_list_of_a_part_only_warns_of_the_rest(runner, reel):
    (reel / "MD5SUMS").write_text(run("md5sum", "a.mov", cwd=reel))
    report = runner.verify(reel / "MD5SUMS")
    assert (report.exit_code, report.totals.verified_files) == (ExitCode.OK, 1)
    assert codes(report) == {"FIX-EXTRA": 4}
    assert runner.verify(reel).exit_code is ExitCode.INCOMPLETE


@pytest.mark.parametrize("form", ManifestFormat)
def test_what_manifest_writes_verify_finds_and_believes(runner, reel, form):
    if form is ManifestFormat.BAGIT:
        bagit.make_bag(str(reel), checksums=["sha1"])
    made = runner.manifest(reel, format=form)
    assert made.exit_code is ExitCode.OK
    data = reel / "data" if form is ManifestFormat.BAGIT else reel
    files = 5 + 3 if form is ManifestFormat.BAGIT else 5
    assert_passes_then_finds_a_flip(runner, reel, data / "a.mov", files=files)


def test_every_algorithm_of_our_own_manifest_is_taken_in_one_read(runner, reel):
    runner.manifest(reel, format=ManifestFormat.AVPRES, digest=tuple(Algorithm))
    report = runner.verify(reel)
    assert report.exit_code is ExitCode.OK
    assert report.events[0].facts["algorithms"] == ", ".join(Algorithm)
