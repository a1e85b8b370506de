"""`manifest`: records are made whole, in formats that others read, and never over a record."""

import os
import shutil
import subprocess
import sys
import time

import bagit
import pytest
from fixity_cases import CONTENT, Runner, codes, make_tree, md5, run, snapshot, tool

from avpres.adapters.formats.report_view import is_problem
from avpres.domain.errors import UsageError
from avpres.domain.exit_codes import ExitCode
from avpres.domain.fixity import Algorithm
from avpres.domain.manifest import ManifestFormat
from avpres.domain.premis import EventType

MD5, SHA512 = Algorithm.MD5, Algorithm.SHA512


@pytest.fixture
def runner(tmp_path):
    return Runner(tmp_path / "state")


@pytest.fixture
def reel(tmp_path):
    return make_tree(tmp_path / "reel")


def test_the_default_is_ifis_sidecar_beside_the_folder(runner, tmp_path, reel):
    before = snapshot(reel)
    report = runner.manifest(reel)
    assert report.exit_code is ExitCode.OK
    lines = (tmp_path / "reel_manifest.md5").read_bytes().splitlines()
    assert lines == [
        b"%b  reel/%b" % (md5(data).encode(), name.encode())
        for name, data in sorted(CONTENT.items())
    ]
    assert snapshot(reel) == before
    assert report.summary.endswith(f"written {tmp_path / 'reel_manifest.md5'}.")


def test_md5sum_accepts_it_with_wild_names(runner, tmp_path):
    names = (b"\xff\xfe", b"new\nline", b"back\\slash", b"tab\t", b" ", b"n" * 255, b"\xc3\xa9")
    reel = tmp_path / "reel"
    reel.mkdir()
    for name in names:
        (reel / os.fsdecode(name)).write_bytes(name)
    runner.manifest(reel)
    run("md5sum", "-c", "--strict", "reel_manifest.md5", cwd=tmp_path)
    assert (tmp_path / "reel_manifest.md5").read_bytes().count(b"  reel/") == len(names)


def test_several_digests_of_one_read_are_several_sidecars(runner, tmp_path, reel):
    report = runner.manifest(reel, digest=(MD5, SHA512))
    assert report.exit_code is ExitCode.OK
    run("md5sum", "-c", "--strict", "reel_manifest.md5", cwd=tmp_path)
    run("sha512sum", "-c", "--strict", "reel_manifest-sha512.txt", cwd=tmp_path)
    assert report.totals.size == sum(map(len, CONTENT.values()))
    (event,) = report.events
    assert (event.type, event.facts["algorithms"]) == (
        EventType.MESSAGE_DIGEST_CALCULATION,
        "md5, sha512",
    )


@pytest.mark.skipif(not shutil.which("hashdeep"), reason="no hashdeep here")
def test_hashdeep_accepts_its_format(runner, tmp_path, reel):
    runner.manifest(reel, format=ManifestFormat.HASHDEEP, digest=(MD5, Algorithm.SHA256))
    run("hashdeep", "-r", "-l", "-a", "-k", "reel.hashdeep", "reel", cwd=tmp_path)


@pytest.mark.skipif(not tool("ascmhl").exists(), reason="no ascmhl here")
def test_ascmhl_accepts_its_generation(runner, reel):
    assert runner.manifest(reel, format=ManifestFormat.ASCMHL).exit_code is ExitCode.OK
    run(tool("ascmhl"), "diff", reel, cwd=reel)
    run(tool("ascmhl"), "create", "-h", "md5", reel, cwd=reel)


@pytest.mark.skipif(not tool("ascmhl").exists(), reason="no ascmhl here")
def test_a_further_asc_mhl_generation_records_a_failure_and_says_so(runner, reel):
    run(tool("ascmhl"), "create", "-h", "xxh64", reel, cwd=reel)
    (reel / "a.mov").write_bytes(b"changed")
    report = runner.manifest(reel, format=ManifestFormat.ASCMHL)
    assert report.exit_code is ExitCode.FIXITY_MISMATCH
    (written,) = (reel / "ascmhl").glob("0002_*.mhl")
    assert b'action="failed"' in written.read_bytes()


def test_a_bag_gets_a_further_payload_manifest(runner, reel):
    bag = bagit.make_bag(str(reel), checksums=["md5"])
    runner.manifest(reel, format=ManifestFormat.BAGIT, digest=(SHA512,))
    assert (reel / "manifest-sha512.txt").read_text().count("  data/") == 5
    bag = bagit.Bag(str(reel))
    assert bag.validate()


def test_a_folder_that_is_no_bag_gets_no_bag_manifest(runner, reel):
    with pytest.raises(UsageError, match=r"no bagit\.txt"):
        runner.manifest(reel, format=ManifestFormat.BAGIT)


def test_hidden_and_system_files_are_recorded_unless_left_out(runner, tmp_path, reel):
    for name in (".hidden", ".DS_Store", "proxy.tmp"):
        (reel / name).write_bytes(b"x")
    runner.manifest(reel)
    assert (tmp_path / "reel_manifest.md5").read_text().count("reel/") == 8
    out = tmp_path / "less.md5"
    report = runner.manifest(reel, output=out, exclude=("*.tmp",), skip_junk=True)
    assert report.exit_code is ExitCode.OK
    assert codes(report) == {"MAN-SKIPPED": 2, "MAN-MISSING": 2}
    assert out.read_text().count("reel/") == 6


def test_one_file_gets_its_own_manifest(runner, reel):
    runner.manifest(reel / "a.mov", format=ManifestFormat.SIDECAR)
    run("md5sum", "-c", "--strict", "a.mov.md5", cwd=reel)
    runner.manifest(reel / "empty.txt")
    run("md5sum", "-c", "--strict", "empty.txt_manifest.md5", cwd=reel)


def test_sidecars_are_made_only_where_there_is_none(runner, reel):
    own = reel / "a.mov.md5"
    own.write_text(md5(CONTENT["a.mov"]))
    report = runner.manifest(reel, format=ManifestFormat.SIDECAR)
    assert report.exit_code is ExitCode.OK
    assert "written 4 sidecars; 1 sidecars say the same already" in report.summary
    assert own.read_text() == md5(CONTENT["a.mov"])
    assert len(list(reel.rglob("*.md5"))) == 5
    assert "5 sidecars say the same" in runner.manifest(reel, format="sidecar").summary


def test_a_sidecar_that_differs_stays_and_is_told(runner, reel):
    (reel / "a.mov.md5").write_text("0" * 32)
    report = runner.manifest(reel, format=ManifestFormat.SIDECAR)
    assert (report.exit_code, codes(report)) == (ExitCode.FIXITY_MISMATCH, {"MAN-CHANGED": 1})
    assert (reel / "a.mov.md5").read_text() == "0" * 32


@pytest.mark.parametrize(
    "form", [form for form in ManifestFormat if form not in {"ascmhl", "bagit"}]
)
def test_a_second_run_changes_nothing(runner, tmp_path, reel, form):
    runner.manifest(reel, format=form)
    before = (
        snapshot(tmp_path / "reel"),
        {p.name: p.stat().st_mtime_ns for p in tmp_path.iterdir() if p.is_file()},
    )
    report = runner.manifest(reel, format=form)
    assert report.exit_code is ExitCode.OK
    assert "the same already" in report.summary
    after = (
        snapshot(tmp_path / "reel"),
        {p.name: p.stat().st_mtime_ns for p in tmp_path.iterdir() if p.is_file()},
    )
    assert after == before


def test_a_manifest_in_another_order_is_the_same(runner, tmp_path, reel):
    runner.manifest(reel)
    path = tmp_path / "reel_manifest.md5"
    path.write_bytes(b"".join(reversed(path.read_bytes().splitlines(keepends=True))))
    before = path.read_bytes()
    assert runner.manifest(reel).exit_code is ExitCode.OK
    assert path.read_bytes() == before


def test_a_manifest_that_lists_other_files_is_left_as_it_is(runner, tmp_path, reel):
    runner.manifest(reel)
    before = (tmp_path / "reel_manifest.md5").read_bytes()
    (reel / "more.mov").write_bytes(b"more")
    report = runner.manifest(reel)
    assert (report.exit_code, codes(report)) == (ExitCode.DESTINATION_EXISTS, {"MAN-EXISTS": 1})
    assert (tmp_path / "reel_manifest.md5").read_bytes() == before


def test_a_changed_file_gets_no_new_record(runner, tmp_path, reel):
    runner.manifest(reel)
    (reel / "a.mov").write_bytes(b"rot")
    report = runner.manifest(reel, digest=(SHA512,))
    assert (report.exit_code, codes(report)) == (ExitCode.FIXITY_MISMATCH, {"MAN-CHANGED": 1})
    assert not (tmp_path / "reel_manifest-sha512.txt").exists()


def test_links_and_pipes_stand_in_no_manifest(runner, tmp_path, reel):
    (reel / "link").symlink_to("a.mov")
    os.mkfifo(reel / "pipe")
    report = runner.manifest(reel)
    assert (report.exit_code, codes(report)) == (ExitCode.OK, {"MAN-LINK": 2})
    assert (tmp_path / "reel_manifest.md5").read_text().count("reel/") == 5


def test_an_empty_folder_gets_no_manifest_and_is_no_success(runner, tmp_path):
    (tmp_path / "void").mkdir()
    report = runner.manifest(tmp_path / "void")
    assert not (tmp_path / "void_manifest.md5").exists()
    assert report.exit_code is ExitCode.INCOMPLETE


def test_a_manifest_inside_its_tree_lists_all_but_itself(runner, reel):
    inside = reel / "checksums.md5"
    report = runner.manifest(reel, format=ManifestFormat.GNU, output=inside)
    assert report.exit_code is ExitCode.OK
    run("md5sum", "-c", "--strict", "checksums.md5", cwd=reel)
    assert inside.read_text().count("\n") == 5
    assert runner.verify(reel).totals.verified_files == 5


def test_a_folder_as_output_takes_the_usual_names(runner, tmp_path, reel):
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    runner.manifest(reel, output=shelf, digest=(MD5, SHA512))
    assert {p.name for p in shelf.iterdir()} == {"reel_manifest.md5", "reel_manifest-sha512.txt"}
    report = runner.verify(reel, manifest=(shelf / "reel_manifest.md5",))
    assert report.totals.verified_files == 5


def test_one_output_for_two_manifests_is_refused(runner, tmp_path, reel):
    with pytest.raises(UsageError, match="give a folder"):
        runner.manifest(reel, digest=(MD5, SHA512), output=tmp_path / "both.md5")


def test_a_folder_that_cannot_be_written_is_refused(runner, tmp_path, reel):
    report = runner.manifest(reel, output=tmp_path / "nowhere" / "x.md5")
    assert report.exit_code is ExitCode.DESTINATION_REFUSED
    assert "--output" in report.findings[0].message


def test_one_path_that_is_not_there_does_not_stop_the_others(runner, tmp_path, reel):
    report = runner.manifest(tmp_path / "gone", reel)
    assert report.exit_code is ExitCode.SOURCE_UNREADABLE
    assert (tmp_path / "reel_manifest.md5").exists()


def test_a_kill_leaves_no_half_manifest(tmp_path):
    reel = make_tree(tmp_path / "reel", {f"{n:04}": b"%d" % n * 5000 for n in range(600)})
    words = [sys.executable, "-m", "avpres", "manifest", reel, "--progress", "none"]
    environment = {**os.environ, "AVPRES_STATE_DIR": str(tmp_path / "state")}
    for delay in (0.3, 0.5, 0.7):
        victim = subprocess.Popen(words, env=environment, stdout=subprocess.DEVNULL)
        time.sleep(delay)
        victim.kill()
        victim.wait()
        written = tmp_path / "reel_manifest.md5"
        assert not written.exists() or written.read_text().count("\n") == 600
    done = subprocess.run(words, env=environment, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    run("md5sum", "-c", "--strict", "reel_manifest.md5", cwd=tmp_path)


def test_a_program_with_a_manifests_name_is_recorded_like_any_other_file(runner, tmp_path, reel):
    (reel / "b3sum").write_bytes(b"\x7fELF\x02\x01 a program\n")
    report = runner.manifest(reel)
    assert (report.exit_code, codes(report)) == (ExitCode.OK, {"MAN-MANIFEST": 1})
    assert b"  reel/b3sum\n" in (tmp_path / "reel_manifest.md5").read_bytes()


def test_what_is_recorded_is_no_problem_in_a_report(runner, tmp_path, reel):
    runner.manifest(reel, report=(tmp_path / "r.txt",))
    assert is_problem("recorded") is False
    assert (tmp_path / "r.txt").read_text().count("recorded") >= 1
