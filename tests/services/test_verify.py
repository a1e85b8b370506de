"""`verify`: outcomes, told apart on real trees with manifests made by real programs."""

import os
import unicodedata
from pathlib import Path

import pytest
from fixity_cases import CONTENT, Runner, checksums, codes, found, make_tree, run, snapshot

from avpres.domain.exit_codes import ExitCode
from avpres.domain.premis import EventType, Outcome
from avpres.services.record import read_file_records


@pytest.fixture
def runner(tmp_path):
    return Runner(tmp_path / "state")


@pytest.fixture
def reel(tmp_path):
    return make_tree(tmp_path / "reel")


@pytest.fixture
def sidecar(reel):
    """The sidecar that IFIscripts would have made."""
    path = reel.with_name("reel_manifest.md5")
    path.write_bytes(checksums(reel, reel.parent))
    return path


@pytest.fixture
def shelved(reel, sidecar):
    """A tree with its sidecar beside it, as on archives' shelves."""
    assert sidecar.is_file()
    return reel


def records_of(report, state):
    folder = next((state / "runs").glob(f"*_{report.run_id[:8]}"))
    return {each.path: each for each in read_file_records(folder)}


def test_a_sound_tree_passes_and_says_so_in_a_sentence(runner, shelved):
    report = runner.verify(shelved)
    assert report.exit_code is ExitCode.OK
    assert report.summary == (
        "5 files, 206.1 KiB: every file matches its manifest (md5), read from the medium."
    )
    assert (report.totals.verified_files, report.totals.failed) == (5, 0)
    assert sum(report.evidence.values()) == 5


def test_nothing_is_written_into_or_beside_the_tree(runner, tmp_path, shelved):
    before = snapshot(shelved)
    (shelved / "a.mov").chmod(0o444)
    runner.verify(shelved)
    assert snapshot(shelved) == before
    assert {path.name for path in tmp_path.iterdir()} == {"reel", "reel_manifest.md5", "state"}


def test_a_flipped_byte_is_changed(runner, shelved):
    data = bytearray(CONTENT["scans/0002.dpx"])
    data[100_000] ^= 1
    (shelved / "scans/0002.dpx").write_bytes(data)
    report = runner.verify(shelved)
    assert report.exit_code is ExitCode.FIXITY_MISMATCH
    (finding,) = report.findings
    assert (finding.code, finding.path) == ("FIX-CHANGED", str(shelved / "scans/0002.dpx"))
    assert finding.expected != finding.found
    assert finding.expected.startswith("md5 ")
    assert finding.found.startswith("md5 ")
    assert "1 changed; 4 match (md5)" in report.summary


def test_a_file_cut_short_is_changed(runner, shelved):
    os.truncate(shelved / "a.mov", 999)
    assert runner.verify(shelved).exit_code is ExitCode.FIXITY_MISMATCH


def test_a_removed_file_is_missing(runner, shelved):
    (shelved / "scans/deep/er/x.wav").unlink()
    report = runner.verify(shelved)
    assert report.exit_code is ExitCode.INCOMPLETE
    assert found(report, "FIX-MISSING") == [str(shelved / "scans/deep/er/x.wav")]


def test_a_file_in_no_manifest_is_extra(runner, shelved):
    (shelved / "scans/new.dpx").write_bytes(b"new")
    report = runner.verify(shelved)
    assert report.exit_code is ExitCode.INCOMPLETE
    assert found(report, "FIX-EXTRA") == [str(shelved / "scans/new.dpx")]


def test_one_missing_and_one_extra_do_not_cancel(runner, shelved):
    (shelved / "a.mov").unlink()
    (shelved / "other.mov").write_bytes(b"other")
    report = runner.verify(shelved)
    assert codes(report) == {"FIX-MISSING": 1, "FIX-EXTRA": 1}


def test_hidden_and_system_files_are_remarks_under_an_ifi_sidecar(runner, shelved):
    for name in (".hidden", "Thumbs.db", "scans/.DS_Store", "$RECYCLE.BIN/x"):
        (shelved / name).parent.mkdir(exist_ok=True)
        (shelved / name).write_bytes(b"x")
    report = runner.verify(shelved)
    assert report.exit_code is ExitCode.OK
    assert codes(report) == {"FIX-EXTRA": 4}


def test_a_moved_file_is_renamed_and_not_missing(runner, shelved):
    (shelved / "a.mov").rename(shelved / "scans/b.mov")
    report = runner.verify(shelved)
    assert codes(report) == {"FIX-RENAMED": 1}
    assert str(shelved / "scans/b.mov") in report.findings[0].message
    assert report.exit_code is ExitCode.INCOMPLETE


def test_a_renamed_copy_of_other_content_is_missing_and_extra(runner, shelved):
    (shelved / "a.mov").unlink()
    (shelved / "b.mov").write_bytes(b"b" * 1000)
    assert codes(runner.verify(shelved)) == {"FIX-MISSING": 1, "FIX-EXTRA": 1}


def test_equal_files_are_told_and_are_no_error(runner, reel):
    (reel / "twin.mov").write_bytes(CONTENT["a.mov"])
    reel.with_name("reel_manifest.md5").write_bytes(checksums(reel, reel.parent))
    report = runner.verify(reel)
    assert (report.exit_code, codes(report)) == (ExitCode.OK, {"FIX-DUPLICATE": 1})


def test_no_manifest_is_never_a_pass(runner, reel):
    report = runner.verify(reel)
    assert report.exit_code is ExitCode.INCOMPLETE
    assert codes(report) == {"FIX-NOTHING": 1}
    assert "avpres manifest" in report.findings[0].message
    assert "nothing is proved" in report.summary
    assert report.events[0].outcome is Outcome.FAIL


def test_an_empty_manifest_is_never_a_pass(runner, reel):
    reel.with_name("reel_manifest.md5").write_bytes(b"")
    report = runner.verify(reel)
    assert report.exit_code is not ExitCode.OK
    assert report.totals.verified_files == 0


def test_a_path_that_is_not_there_does_not_stop_the_others(runner, tmp_path, shelved):
    report = runner.verify(tmp_path / "gone", shelved)
    assert report.exit_code is ExitCode.SOURCE_UNREADABLE
    assert report.totals.verified_files == 5
    assert not report.summary.endswith("read from the medium.")


def test_a_vanished_tree_is_all_missing(runner, reel, sidecar):
    reel.rename(reel.with_name("elsewhere"))
    report = runner.verify(sidecar)
    assert codes(report) == {"FIX-MISSING": 5}


def test_an_unreadable_file_is_its_own_outcome(runner, reel):
    (reel / "link.mov").symlink_to(reel / "nowhere")
    manifest = reel.with_name("reel_manifest.md5")
    manifest.write_bytes(checksums(reel, reel.parent) + b"0" * 32 + b"  reel/link.mov\n")
    report = runner.verify(reel)
    assert report.exit_code is ExitCode.SOURCE_UNREADABLE
    assert codes(report) == {"FIX-UNREADABLE": 1}


def test_a_listed_link_is_read_through(runner, reel):
    (reel / "link.mov").symlink_to("a.mov")
    run(
        "sh",
        "-c",
        "find -L reel -type f -print0 | xargs -0 md5sum > reel_manifest.md5",
        cwd=reel.parent,
    )
    report = runner.verify(reel)
    assert (report.exit_code, report.totals.verified_files) == (ExitCode.OK, 6)


def test_two_manifests_are_checked_in_one_read(runner, shelved):
    sums = shelved.with_name("reel_manifest-sha512.txt")
    sums.write_bytes(checksums(shelved, shelved.parent, "sha512"))
    report = runner.verify(shelved)
    assert "(md5, sha512)" in report.summary
    assert report.totals.size == sum(map(len, CONTENT.values()))
    assert sum(report.evidence.values()) == 5


def test_manifests_that_contradict_each_other_are_both_named(runner, tmp_path, reel, sidecar):
    other = tmp_path / "reel_manifest-sha256.txt"
    text = checksums(reel, tmp_path, "sha256")
    other.write_bytes((b"1" if text[:1] == b"0" else b"0") + text[1:])
    report = runner.verify(reel)
    assert report.exit_code is ExitCode.FIXITY_MISMATCH
    (finding,) = report.findings
    assert finding.code == "FIX-CONTRADICTION"
    assert str(sidecar) in finding.message
    assert str(other) in finding.message


def test_a_file_listed_twice_with_different_digests_is_an_error(runner, reel, sidecar):
    with sidecar.open("ab") as handle:
        handle.write(b"0" * 32 + b"  reel/a.mov\n")
    report = runner.verify(reel)
    assert report.exit_code is ExitCode.FIXITY_MISMATCH
    assert codes(report) == {"FIX-CONTRADICTION": 1}


def test_a_file_listed_twice_with_the_same_digest_passes(runner, reel, sidecar):
    sidecar.write_bytes(sidecar.read_bytes() * 2)
    assert runner.verify(reel).exit_code is ExitCode.OK


def test_a_recorded_digest_is_never_replaced(runner, reel, sidecar):
    (reel / "a.mov").write_bytes(b"new")
    before = sidecar.read_bytes()
    first, second = runner.verify(reel), runner.verify(reel)
    assert first.exit_code is second.exit_code is ExitCode.FIXITY_MISMATCH
    assert sidecar.read_bytes() == before


@pytest.mark.parametrize(
    "words", ["reel", "reel/", "./reel", "../{here}/reel", "reel/.", "reel_manifest.md5"]
)
def test_relative_paths_and_slashes_do_not_matter(runner, shelved, monkeypatch, words):
    home = shelved.parent
    monkeypatch.chdir(home)
    report = runner.verify(Path(words.format(here=home.name)))
    assert (report.exit_code, report.totals.verified_files) == (ExitCode.OK, 5)


def test_the_folder_itself_as_a_dot(runner, shelved, monkeypatch):
    monkeypatch.chdir(shelved)
    assert runner.verify(Path()).totals.verified_files == 5


def test_one_file_is_verified_by_the_manifest_of_its_folder(runner, shelved):
    report = runner.verify(shelved / "scans/0001.dpx")
    assert (report.exit_code, report.totals.files) == (ExitCode.OK, 1)
    assert report.summary.startswith("1 file, 3 Bytes: it matches its manifest (md5)")


def test_a_folder_inside_is_verified_by_the_manifest_above(runner, shelved):
    (shelved / "a.mov").write_bytes(b"broken, but not asked for")
    report = runner.verify(shelved / "scans")
    assert (report.exit_code, report.totals.files) == (ExitCode.OK, 3)


def test_a_file_that_the_folders_manifest_does_not_list_is_no_pass(runner, shelved):
    (shelved / "new.mov").write_bytes(b"new")
    assert runner.verify(shelved / "new.mov").exit_code is ExitCode.INCOMPLETE


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"  reel/", b"  "),
        (b"  reel/", b"  ./reel/"),
        (b"  reel/", b"  oldname/"),
        (b"  reel/", b"  /Volumes/OLD DISK/reel/"),
        (b"  reel/", b"  reel\\"),
    ],
    ids=["none", "dot", "renamed", "absolute", "backslash"],
)
def test_the_root_prefix_does_not_matter(runner, reel, sidecar, old, new):
    sidecar.write_bytes(sidecar.read_bytes().replace(old, new))
    report = runner.verify(reel)
    assert (report.exit_code, report.totals.verified_files) == (ExitCode.OK, 5)


def test_order_and_case_of_hex_do_not_matter(runner, reel, sidecar):
    lines = reversed(sidecar.read_bytes().splitlines(keepends=True))
    sidecar.write_bytes(b"".join(line[:32].upper() + line[32:] for line in lines))
    assert runner.verify(reel).exit_code is ExitCode.OK


def test_a_manifest_lying_elsewhere_is_aligned(runner, tmp_path, reel, sidecar):
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    kept = sidecar.rename(shelf / "whatever.md5")
    kept.write_bytes(kept.read_bytes().replace(b"  reel/", b"  disk/1994/reel/"))
    report = runner.verify(reel, manifest=(kept,))
    assert (report.exit_code, report.totals.verified_files) == (ExitCode.OK, 5)
    assert codes(report) == {"FIX-LEAD": 1}
    alone = runner.verify(reel / "scans/0001.dpx", manifest=(kept,))
    assert (alone.exit_code, alone.totals.files) == (ExitCode.OK, 1)


@pytest.mark.parametrize("listed", ["NFC", "NFD"])
def test_unicode_forms_are_the_same_name(runner, tmp_path, listed):
    name = "Amélie Ångström.mov"
    on_disk = "NFD" if listed == "NFC" else "NFC"
    reel = make_tree(tmp_path / "reel", {unicodedata.normalize(on_disk, name): b"x"})
    manifest = checksums(reel, tmp_path).decode()
    manifest = unicodedata.normalize(listed, manifest)
    (tmp_path / "reel_manifest.md5").write_text(manifest)
    report = runner.verify(reel)
    assert (report.exit_code, codes(report)) == (ExitCode.OK, {"FIX-SPELLING": 1})


def test_nfc_and_nfd_twins_are_two_files(runner, tmp_path):
    twins = {unicodedata.normalize(form, "é.mov"): form.encode() for form in ("NFC", "NFD")}
    reel = make_tree(tmp_path / "reel", twins)
    if len(list(reel.iterdir())) < 2:
        pytest.skip("this file system folds Unicode forms")
    (tmp_path / "reel_manifest.md5").write_bytes(checksums(reel, tmp_path))
    assert runner.verify(reel).totals.verified_files == 2
    (reel / unicodedata.normalize("NFD", "é.mov")).unlink()
    report = runner.verify(reel)
    assert (report.exit_code, codes(report)) == (ExitCode.INCOMPLETE, {"FIX-MISSING": 1})


def test_wild_names_are_verified_and_recorded(runner, tmp_path):
    names = (
        b"not \xff\xfe utf-8",
        b"new\nline",
        b"tab\t",
        b"trailing ",
        b"back\\slash",
        b"n" * 255,
        b" ",
    )
    reel = tmp_path / "reel"
    reel.mkdir()
    for name in names:
        (reel / os.fsdecode(name)).write_bytes(name)
    run("sh", "-c", "find reel -type f -print0 | xargs -0 md5sum > reel_manifest.md5", cwd=tmp_path)
    report = runner.verify(reel)
    assert (report.exit_code, report.totals.verified_files) == (ExitCode.OK, len(names))
    assert {os.fsencode(path) for path in records_of(report, runner.state)} == set(names)
    (reel / os.fsdecode(names[0])).write_bytes(b"changed")
    report = runner.verify(reel)
    assert report.exit_code is ExitCode.FIXITY_MISMATCH
    assert report.model_dump_json()


def test_a_path_longer_than_the_system_takes_is_verified(runner, tmp_path):
    reel = tmp_path / "reel"
    reel.mkdir()
    depth = 4500 // 201
    listed = "/".join(["d" * 200] * depth) + "/film.mov"
    here = os.open(reel, os.O_RDONLY)
    for _ in range(depth):
        os.mkdir("d" * 200, dir_fd=here)
        inner = os.open("d" * 200, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = inner
    fd = os.open("film.mov", os.O_WRONLY | os.O_CREAT, dir_fd=here)
    os.write(fd, b"a" * 1000)
    os.close(fd)
    os.close(here)
    (reel / "short.mov").write_bytes(b"a" * 1000)
    digest = checksums(reel / "short.mov", tmp_path)[:32] or b""
    digest = run("md5sum", reel / "short.mov", cwd=tmp_path)[:32].encode()
    text = b"%b  reel/%b\n%b  reel/short.mov\n" % (digest, listed.encode(), digest)
    (tmp_path / "reel_manifest.md5").write_bytes(text)
    report = runner.verify(reel)
    run("rm", "-rf", reel, cwd=tmp_path)
    assert (report.exit_code, report.totals.verified_files) == (ExitCode.OK, 2)


def test_the_event_says_what_was_proved_and_how(runner, reel, sidecar):
    (event,) = runner.verify(reel).events
    assert (event.type, event.outcome) == (EventType.FIXITY_CHECK, Outcome.SUCCESS)
    assert event.objects == (str(reel),)
    assert event.facts["manifests"] == str(sidecar)
    assert event.facts["verified"] == 5
    assert event.facts["read_from_medium"] == "yes"


def test_every_file_stands_in_the_records(runner, shelved):
    (shelved / "a.mov").write_bytes(b"new")
    (shelved / "scans/0001.dpx").unlink()
    (shelved / "more.mov").write_bytes(b"more")
    outcomes = {p: r.outcome for p, r in records_of(runner.verify(shelved), runner.state).items()}
    assert outcomes == {
        "a.mov": "changed",
        "empty.txt": "verified",
        "more.mov": "extra",
        "scans/0001.dpx": "missing",
        "scans/0002.dpx": "verified",
        "scans/deep/er/x.wav": "verified",
    }


def test_a_report_is_written_where_it_is_asked_for(runner, tmp_path, shelved):
    report = runner.verify(shelved, report=(tmp_path / "r.csv", tmp_path / "r.html"))
    assert (tmp_path / "r.csv").read_bytes().count(b"verified") == 5
    assert str(tmp_path / "r.html") in {output.path for output in report.outputs}


def test_paths_that_lead_out_are_not_followed(runner, tmp_path, reel, sidecar):
    (tmp_path / "secret").write_bytes(b"s")
    with sidecar.open("ab") as handle:
        handle.write(b"0" * 32 + b"  reel/../../../etc/passwd\n")
    report = runner.verify(reel)
    assert (report.exit_code, codes(report)) == (ExitCode.INCOMPLETE, {"FIX-OUTSIDE": 1})


def test_a_broken_manifest_is_no_pass(runner, tmp_path, shelved):
    (tmp_path / "reel.mhl").write_bytes(b"<?xml version='1.0'?><hashlist version='1.1'><hash>")
    report = runner.verify(shelved)
    assert report.exit_code is ExitCode.NOT_CONFORMANT
    assert codes(report) == {"FIX-MANIFEST": 1}


def test_what_only_looks_like_a_manifest_further_up_does_no_harm(runner, tmp_path, shelved):
    inner = make_tree(shelved / "inner", {"film.mov": b"x"})
    (inner / "b3sum").write_bytes(b"\x7fELF program\n")
    report = runner.verify(inner / "film.mov")
    assert (report.exit_code, codes(report)) == (ExitCode.INCOMPLETE, {"FIX-NOTHING": 1})
    (tmp_path / "reel_manifest.md5").write_bytes(checksums(shelved, tmp_path))
    assert runner.verify(inner / "film.mov").exit_code is ExitCode.OK


def test_several_paths_are_added_up(runner, tmp_path, shelved):
    other = make_tree(tmp_path / "other", {"z.mov": b"z"})
    (tmp_path / "other_manifest.md5").write_bytes(checksums(other, tmp_path))
    report = runner.verify(shelved, other)
    assert (report.exit_code, report.totals.verified_files) == (ExitCode.OK, 6)
    assert [event.objects for event in report.events] == [(str(shelved),), (str(other),)]


PROGRAM = b"\x7fELF\x02\x01 a program\n"


@pytest.mark.parametrize("place", ["b3sum", "scans/b3sum"])
def test_a_program_with_a_manifests_name_is_a_remark(runner, shelved, place):
    (shelved / place).write_bytes(PROGRAM)
    shelved.with_name("reel_manifest.md5").write_bytes(checksums(shelved, shelved.parent))
    report = runner.verify(shelved)
    assert (report.exit_code, report.totals.verified_files) == (ExitCode.OK, 6)
    assert found(report, "FIX-MANIFEST") == ([str(shelved / place)] if "/" not in place else [])


def test_a_program_beside_manifests_that_were_searched_for_is_a_remark(runner, tmp_path):
    home = make_tree(tmp_path / "home", {"reel/a.mov": b"a", "reel/deep/sha1sum": PROGRAM})
    (home / "reel/a.mov.md5").write_bytes(b"0cc175b9c0f1b6a831c399e269772661\n")
    report = runner.verify(home)
    assert (report.exit_code, report.totals.verified_files) == (ExitCode.OK, 1)
    assert found(report, "FIX-MANIFEST") == [str(home / "reel/deep/sha1sum")]
    assert report.events[0].outcome is Outcome.WARNING


def test_a_program_with_a_manifests_name_and_no_manifest_is_no_pass(runner, reel):
    (reel / "b3sum").write_bytes(PROGRAM)
    report = runner.verify(reel)
    assert report.exit_code is ExitCode.NOT_CONFORMANT
    assert codes(report) == {"FIX-MANIFEST": 1, "FIX-NOTHING": 1}


def test_a_program_that_is_named_as_the_manifest_is_refused(runner, tmp_path, shelved):
    program = tmp_path / "b3sum"
    program.write_bytes(PROGRAM)
    assert runner.verify(shelved, manifest=(program,)).exit_code is ExitCode.NOT_CONFORMANT
    assert runner.verify(program).exit_code is not ExitCode.OK


@pytest.mark.parametrize("content", [b"", b"<hashlist version='1.1'><hash>"], ids=["empty", "torn"])
def test_a_broken_manifest_in_the_folder_is_no_remark(runner, shelved, content):
    name = "more.md5" if not content else "more.mhl"
    (shelved / name).write_bytes(content)
    report = runner.verify(shelved)
    assert report.exit_code in {ExitCode.NOT_CONFORMANT, ExitCode.INCOMPLETE}
