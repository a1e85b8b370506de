"""`copy`: manifests, sidecars, several destinations, locks, and what the last sentence claims."""

import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
import textwrap
from datetime import UTC, datetime, timedelta

import pytest
from copy_cases import (
    CREW,
    Copier,
    Saboteur,
    assert_manifest,
    assert_same,
    codes,
    leftovers,
    listed,
    look,
    make_reel,
)

from avpres.adapters.storage.locks import held
from avpres.domain.errors import DestinationRefusedError
from avpres.domain.exit_codes import ExitCode
from avpres.domain.fixity import Algorithm
from avpres.domain.manifest import ManifestFormat

NAMES = {"md5": "_manifest.md5", **{a: f"_manifest-{a}.txt" for a in Algorithm if a != "md5"}}
WHOLE = "every file has reached its destination and the checksums match."


@pytest.fixture
def copier(tmp_path):
    return Copier(tmp_path / "state")


@pytest.fixture
def reel(tmp_path):
    return make_reel(tmp_path / "src" / "reel")


@pytest.fixture
def shelf(tmp_path):
    return tmp_path / "shelf"


def sidecar(reel, algorithm="md5"):
    """Make a manifest beside a tree with the system's own program."""
    files = subprocess.run(
        ["find", reel.name, "-type", "f", "-print0"], cwd=reel.parent, check=True, stdout=-1
    )
    made = subprocess.run(
        ["xargs", "-0", f"{algorithm}sum"],
        input=files.stdout,
        cwd=reel.parent,
        check=True,
        stdout=-1,
    )
    path = reel.parent / f"{reel.name}{NAMES[algorithm]}"
    path.write_bytes(made.stdout)
    return path


def md5sum_agrees(shelf, manifest):
    done = subprocess.run(["md5sum", "-c", "--strict", "--quiet", manifest], cwd=shelf, check=False)
    return done.returncode == 0


def test_the_sentence_says_that_all_is_proved(copier, reel, shelf):
    report = copier(reel, shelf)

    assert report.summary == f"11 files, 3.1 MiB: {WHOLE}"
    assert set(report.evidence) <= {"direct", "evicted"}
    assert report.totals.verified_files == report.totals.files == 11


def test_the_manifest_is_read_by_md5sum_and_sorted_by_path(copier, reel, shelf):
    copier(reel, shelf)

    manifest = shelf / "reel_manifest.md5"
    assert md5sum_agrees(shelf, manifest.name)
    paths = [line[34:] for line in manifest.read_bytes().splitlines()]
    assert paths == sorted(paths)
    assert paths[0] == b"reel/.hidden"


@pytest.mark.parametrize(
    ("mode", "claim"),
    [
        ("size", "every file was copied to its destination; sizes match, contents were not"),
        ("none", "every file was copied to its destination; nothing was read back"),
    ],
)
def test_the_sentence_claims_no_more_than_was_done(copier, reel, shelf, mode, claim):
    report = copier(reel, shelf, verify=mode)

    assert report.exit_code is ExitCode.OK
    assert claim in report.summary
    assert report.totals.verified_files == 0
    assert report.evidence == {}


def test_what_was_only_copied_is_proved_when_that_is_asked_later(copier, reel, shelf):
    copier(reel, shelf, verify="none")

    report = copier(reel, shelf)

    assert report.totals.copied_files == 0
    assert report.totals.verified_files == 11
    assert WHOLE in report.summary


def test_what_is_proved_is_read_again_only_on_request(copier, reel, shelf):
    copier(reel, shelf)

    assert copier(reel, shelf).totals.verified_files == 0
    assert copier(reel, shelf, recheck=True).totals.verified_files == 11


@pytest.mark.parametrize("algorithm", list(Algorithm))
def test_every_digest_can_be_recorded(copier, reel, shelf, algorithm):
    report = copier(reel, shelf, digest=(algorithm,))

    assert report.exit_code is ExitCode.OK
    (output,) = [o for o in report.outputs if o.kind == "manifest"]
    assert output.path == str(shelf / f"reel{NAMES[algorithm]}")
    found = listed(shelf / os.path.basename(output.path))
    assert len(found) == 11
    if algorithm.value in hashlib.algorithms_available:
        value = hashlib.new(algorithm.value, (reel / "film.mkv").read_bytes()).hexdigest()
        assert found[b"reel/film.mkv"] == value


def test_several_digests_come_from_one_reading(copier, reel, shelf):
    progress = Saboteur()

    report = copier(
        reel,
        shelf,
        digest=(Algorithm.MD5, Algorithm.SHA256, Algorithm.SHA512),
        context={"progress": progress},
    )

    assert report.exit_code is ExitCode.OK
    assert [o.kind for o in report.outputs].count("manifest") == 3
    assert progress.size == 2 * report.totals.size  # read once, read back once


def test_a_digest_that_is_asked_for_later_is_added(copier, reel, shelf):
    copier(reel, shelf)

    report = copier(reel, shelf, digest=(Algorithm.MD5, Algorithm.SHA256))

    assert report.exit_code is ExitCode.OK
    assert len(listed(shelf / "reel_manifest-sha256.txt")) == 11
    assert_manifest(shelf, "reel")


def test_a_media_hash_list_is_written_on_request(copier, reel, shelf):
    report = copier(reel, shelf, mhl=True)

    assert report.exit_code is ExitCode.OK
    (made,) = shelf.glob("reel_*.mhl")
    assert made.read_text().count("<hash>") == 10  # an empty file has no place
    assert ManifestFormat.MHL in {o.path.rpartition(".")[2] for o in report.outputs}


def test_a_sidecar_that_agrees_is_checked_in_the_one_reading(copier, reel, shelf):
    sidecar(reel)
    progress = Saboteur()

    report = copier(reel, shelf, context={"progress": progress})

    assert (report.exit_code, codes(report)) == (ExitCode.OK, set())
    assert progress.size == 2 * report.totals.size


def _put_wrong(sidecar):
    """Change one digit of the first digest."""
    text = sidecar.read_text()
    sidecar.write_text(("1" if text[0] == "0" else "0") + text[1:])


def test_a_sidecar_of_another_digest_is_checked_too(copier, reel, shelf):
    path = sidecar(reel, "sha512")
    _put_wrong(path)

    report = copier(reel, shelf)

    assert report.exit_code is ExitCode.FIXITY_MISMATCH
    assert codes(report) == {"COPY-SIDECAR"}


def test_a_sidecar_that_differs_is_told_and_the_copy_is_what_the_source_is_now(copier, reel, shelf):
    sidecar(reel)
    data = (reel / "a" / "00002.dpx").read_bytes()
    (reel / "a" / "00002.dpx").write_bytes(bytes([data[0] ^ 1]) + data[1:])

    report = copier(reel, shelf)

    assert report.exit_code is ExitCode.FIXITY_MISMATCH
    assert [(f.code, f.path) for f in report.findings] == [
        ("COPY-SIDECAR", str(reel / "a" / "00002.dpx"))
    ]
    assert report.findings[0].expected != report.findings[0].found
    assert_same(reel, shelf / "reel")
    assert WHOLE not in report.summary


def test_a_sidecar_that_differs_is_told_on_every_run(copier, reel, shelf):
    path = sidecar(reel)
    _put_wrong(path)

    assert copier(reel, shelf).exit_code is ExitCode.FIXITY_MISMATCH
    assert copier(reel, shelf).exit_code is ExitCode.FIXITY_MISMATCH


def test_a_file_that_a_sidecar_lists_and_the_source_lacks_is_missing(copier, reel, shelf):
    sidecar(reel)
    (reel / "a" / "00002.dpx").unlink()

    report = copier(reel, shelf)

    assert report.exit_code is ExitCode.INCOMPLETE
    assert codes(report) == {"COPY-LISTED"}


def test_a_sidecar_does_not_hide_a_new_file(copier, reel, shelf):
    sidecar(reel)
    (reel / "new.txt").write_bytes(b"new")

    report = copier(reel, shelf)

    assert (report.exit_code, codes(report)) == (ExitCode.OK, {"COPY-UNLISTED"})
    assert_manifest(shelf, "reel")


def test_a_sidecar_that_cannot_be_understood_is_no_pass(copier, reel, shelf):
    (reel.parent / "reel_manifest.md5").write_bytes(b"\0\1\2 nonsense")

    try:
        status = copier(reel, shelf).exit_code
    except Exception as error:  # noqa: BLE001 - an error of the command is as good
        status = getattr(error, "exit_code", None)

    assert status is ExitCode.NOT_CONFORMANT


def test_a_manifest_on_the_shelf_is_never_contradicted_silently(copier, reel, shelf):
    copier(reel, shelf)
    manifest = shelf / "reel_manifest.md5"
    lines = manifest.read_text().splitlines(keepends=True)
    lines[3] = "0" * 32 + lines[3][32:]
    manifest.write_text("".join(lines))

    report = copier(reel, shelf)

    assert report.exit_code is ExitCode.FIXITY_MISMATCH
    assert codes(report) == {"COPY-RECORDED"}
    assert manifest.read_text() == "".join(lines)


def test_a_manifest_on_the_shelf_that_lacks_files_is_completed(copier, reel, shelf):
    copier(reel, shelf)
    manifest = shelf / "reel_manifest.md5"
    manifest.write_text("".join(manifest.read_text().splitlines(keepends=True)[:4]))

    assert copier(reel, shelf).exit_code is ExitCode.OK

    assert_manifest(shelf, "reel")


def test_a_manifest_on_the_shelf_that_lists_more_is_left_alone(copier, reel, shelf):
    copier(reel, shelf)
    manifest = shelf / "reel_manifest.md5"
    text = manifest.read_text() + "0" * 32 + "  reel/lost.mov\n"
    manifest.write_text(text)

    report = copier(reel, shelf)

    assert codes(report) == {"COPY-MANIFEST"}
    assert manifest.read_text() == text


def test_a_manifest_lists_no_file_that_is_not_there(copier, reel, shelf):
    copier(reel, shelf)
    (shelf / "reel" / "a" / "00001.dpx").unlink()
    (shelf / "reel_manifest.md5").unlink()

    report = copier(reel, shelf, exclude=("00001.dpx",))

    assert report.exit_code is ExitCode.OK
    assert_manifest(shelf, "reel")


def test_no_manifest_is_made_of_a_copy_that_differs(copier, reel, shelf):
    copier(reel, shelf)
    (shelf / "reel" / "a" / "00001.dpx").write_bytes(b"edited")
    (shelf / "reel_manifest.md5").unlink()

    report = copier(reel, shelf)

    assert report.exit_code is ExitCode.DESTINATION_EXISTS
    assert not (shelf / "reel_manifest.md5").exists()


@pytest.mark.parametrize("small", [6, CREW], ids=["few", "many"])
def test_several_destinations_are_filled_from_one_reading(copier, tmp_path, small):
    reel = make_reel(tmp_path / "src" / "reel", small=small)
    places = [tmp_path / name for name in ("one", "two", "three")]
    progress = Saboteur()

    report = copier(reel, places[0], to=tuple(places[1:]), context={"progress": progress})

    assert report.exit_code is ExitCode.OK
    assert "all 3 destinations" in report.summary
    assert progress.size == 4 * report.totals.size  # one reading, three read-backs
    for place in places:
        assert_same(reel, place / "reel")
        assert_manifest(place, "reel")


def test_only_the_destination_that_lacks_a_file_gets_it(copier, reel, tmp_path):
    one, two = tmp_path / "one", tmp_path / "two"
    copier(reel, one, to=(two,))
    before = look(one / "reel" / "a" / "00001.dpx")
    (two / "reel" / "a" / "00001.dpx").unlink()

    report = copier(reel, one, to=(two,))

    assert (report.exit_code, report.totals.copied_files) == (ExitCode.OK, 1)
    assert look(one / "reel" / "a" / "00001.dpx") == before
    assert_same(reel, two / "reel")


def test_a_destination_that_holds_other_content_does_not_stop_the_other(copier, reel, tmp_path):
    one, two = tmp_path / "one", tmp_path / "two"
    (one / "reel").mkdir(parents=True)
    (one / "reel" / "film.mkv").write_bytes(b"other")

    report = copier(reel, one, to=(two,))

    assert report.exit_code is ExitCode.DESTINATION_EXISTS
    assert {f.destination for f in report.findings} == {str(one)}
    assert (one / "reel" / "film.mkv").read_bytes() == b"other"
    assert_same(reel, two / "reel")
    assert_manifest(two, "reel")


def test_a_destination_that_is_a_file_does_not_stop_the_other(copier, reel, tmp_path):
    one, two = tmp_path / "one", tmp_path / "two"
    one.mkdir()
    (one / "reel").write_bytes(b"a file")

    report = copier(reel, one, to=(two,))

    assert report.exit_code is ExitCode.DESTINATION_EXISTS
    assert (one / "reel").read_bytes() == b"a file"
    assert_same(reel, two / "reel")


HOLD = """
    import sys
    from pathlib import Path
    from avpres.adapters.storage.locks import held
    with held(Path(sys.argv[1]), Path(sys.argv[2]), [sys.argv[3].encode()]):
        print("held", flush=True)
        sys.stdin.read()
"""


@pytest.fixture
def holder(tmp_path):
    """Another process that holds the right to copy `reel` to the shelf."""
    command = [sys.executable, "-c", textwrap.dedent(HOLD)]
    process = subprocess.Popen(
        [*command, str(tmp_path / "state"), str(tmp_path / "shelf"), "reel"], stdin=-1, stdout=-1
    )
    assert process.stdout.readline() == b"held\n"
    yield process
    process.communicate()


@pytest.mark.usefixtures("holder")
def test_a_second_process_into_the_same_place_is_refused(copier, reel, shelf, tmp_path):
    with pytest.raises(DestinationRefusedError, match="another avpres run") as refused:
        copier(reel, shelf)
    assert refused.value.exit_code is ExitCode.DESTINATION_REFUSED
    (tmp_path / "alias").symlink_to(shelf)
    shelf.mkdir()
    with pytest.raises(DestinationRefusedError):
        copier(reel, tmp_path / "alias")


@pytest.mark.usefixtures("holder")
def test_other_names_go_on_meanwhile(copier, tmp_path, shelf):
    other = make_reel(tmp_path / "other")

    assert copier(other, shelf).exit_code is ExitCode.OK
    assert copier(other, tmp_path / "elsewhere").exit_code is ExitCode.OK


def test_a_lock_goes_with_its_process(copier, reel, shelf, holder):
    holder.kill()
    holder.wait()

    assert copier(reel, shelf).exit_code is ExitCode.OK


def test_a_lock_is_given_back(tmp_path):
    for _ in range(2):
        with held(tmp_path, tmp_path / "shelf", [b"reel"]):
            pass


def test_a_clock_that_jumps_harms_nothing(copier, reel, shelf):
    moments = iter(
        datetime(2026, 11, 21, tzinfo=UTC) + timedelta(days=days)
        for days in [0, -400, 9000, -9000, *range(1000, 0, -1)]
    )

    report = copier(reel, shelf, context={"clock": lambda: next(moments)})

    assert report.exit_code is ExitCode.OK
    assert report.totals.seconds >= 0
    assert_same(reel, shelf / "reel")
    assert copier(reel, shelf).totals.copied_files == 0


def test_source_times_from_before_1970_and_after_2038_are_kept(copier, tmp_path, shelf):
    reel = tmp_path / "times"
    reel.mkdir()
    for name, when in {"old": -86_400 * 10**9 + 1, "new": 4_102_444_800 * 10**9 + 7}.items():
        (reel / name).write_bytes(name.encode())
        os.utime(reel / name, ns=(when, when))

    assert copier(reel, shelf).exit_code is ExitCode.OK
    assert_same(reel, shelf / "times")


@pytest.mark.parametrize("content", [b"", b"nonsense" * 999, None], ids=["empty", "junk", "gone"])
def test_a_lost_or_damaged_journal_costs_time_and_nothing_else(copier, reel, shelf, content):
    copier(reel, shelf)
    for path in (copier.state / "journals").iterdir():
        path.unlink()
        if content is not None and path.suffix == ".sqlite":
            path.write_bytes(content)

    for _ in range(2):
        report = copier(reel, shelf)
        assert report.exit_code is ExitCode.OK
        assert_same(reel, shelf / "reel")
    assert report.totals.verified_files == 0


def test_the_journal_knows_what_is_proved(copier, reel, shelf):
    copier(reel, shelf)

    (path,) = (copier.state / "journals").glob("*.sqlite")
    with sqlite3.connect(path) as journal:
        rows = journal.execute("SELECT folder, name, state, evidence FROM file").fetchall()
    assert len(rows) == 11
    assert {row[2] for row in rows} == {1}
    assert {row[3] for row in rows} <= {"direct", "evicted"}


def test_staged_files_of_others_are_left_alone(copier, reel, shelf):
    copier(reel, shelf)
    other = shelf / "reel" / "a" / ".film.avpres-01234567.part"
    other.write_bytes(b"of another computer")

    report = copier(reel, shelf)

    assert report.exit_code is ExitCode.INCOMPLETE
    assert other.exists()
    other.unlink()
    shutil.rmtree(shelf)
    assert leftovers(shelf.parent) == []
