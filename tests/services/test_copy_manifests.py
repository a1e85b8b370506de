"""`copy`: manifests beside the copy, in every form, on the first run and on later ones."""

import os
import shutil
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from copy_cases import Copier, assert_manifest, codes, errors, listed, make_reel

from avpres.adapters.formats import manifests
from avpres.adapters.formats.ascmhl_chain import chain
from avpres.adapters.storage import durable
from avpres.domain.errors import UsageError
from avpres.domain.exit_codes import ExitCode
from avpres.domain.fixity import Algorithm

ASCMHL = shutil.which("ascmhl") or str(Path(sys.executable).parent / "ascmhl")
needs_ascmhl = pytest.mark.skipif(not os.path.exists(ASCMHL), reason="no ascmhl here")


@pytest.fixture
def copier(tmp_path):
    return Copier(tmp_path / "state")


@pytest.fixture
def reel(tmp_path):
    return make_reel(tmp_path / "src" / "reel")


@pytest.fixture
def footage(reel):
    (reel / "a" / "link").unlink()
    return reel


@pytest.fixture
def shelf(tmp_path):
    return tmp_path / "shelf"


def elsewhere(copier, tmp_path):
    """A computer that knows nothing of earlier copies."""
    return Copier(tmp_path / "other state", copier.around)


def ascmhl(*words, expected=0):
    done = subprocess.run([ASCMHL, *words], capture_output=True, text=True, check=False)
    assert done.returncode == expected, done.stdout + done.stderr
    return done.stdout


def judge(copy):
    """Let the reference tool read a copy anew: `create` ends with 11 where a digest differs."""
    with tempfile.TemporaryDirectory() as place:
        judged = shutil.copytree(copy, Path(place) / copy.name, symlinks=True)
        ascmhl("diff", judged)
        ascmhl("create", "-h", "xxh128", judged)


def names(place):
    return sorted(os.listdir(place))


# --- names and forms


@pytest.mark.usefixtures("reel")
def test_every_item_has_its_manifest_however_it_was_named(copier, shelf, tmp_path):
    for name in ("one.mkv", "two.mkv"):
        (tmp_path / "src" / name).write_bytes(name.encode())

    report = copier(tmp_path / "src", shelf, glob="*", touches_source=True)  # its access time

    assert report.exit_code is ExitCode.OK
    assert names(shelf) == [
        *("one.mkv", "one.mkv_manifest.md5"),
        *("reel", "reel_manifest.md5"),
        *("two.mkv", "two.mkv_manifest.md5"),
    ]
    for name in ("one.mkv", "two.mkv", "reel"):
        assert_manifest(shelf, name)


def test_digests_are_recorded_under_the_names_of_ifi(copier, reel, shelf):
    copier(reel, shelf, digest=(Algorithm.MD5, Algorithm.SHA512))
    assert names(shelf) == ["reel", "reel_manifest-sha512.txt", "reel_manifest.md5"]
    subprocess.run(
        ["sha512sum", "--quiet", "-c", "reel_manifest-sha512.txt"], cwd=shelf, check=True
    )


def test_the_digest_of_a_sidecar_is_recorded_at_the_destination_too(copier, reel, shelf):
    made = "find reel -type f -print0 | xargs -0 sha1sum > reel_manifest-sha1.txt"
    subprocess.run(["sh", "-c", made], cwd=reel.parent, check=True)

    copier(reel, shelf)

    assert names(shelf) == ["reel", "reel_manifest-sha1.txt", "reel_manifest.md5"]


# --- what is there already


def test_a_manifest_that_lacks_files_is_completed(copier, reel, shelf):
    copier(reel, shelf)
    (reel / "new.wav").write_bytes(b"new")

    report = copier(reel, shelf)

    assert report.exit_code is ExitCode.OK
    assert_manifest(shelf, "reel")
    assert b"reel/new.wav" in listed(shelf / "reel_manifest.md5")


def test_a_manifest_that_agrees_is_not_touched(copier, reel, shelf, tmp_path):
    copier(reel, shelf)
    before = (shelf / "reel_manifest.md5").stat()

    assert elsewhere(copier, tmp_path)(reel, shelf).exit_code is ExitCode.OK

    after = (shelf / "reel_manifest.md5").stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_a_manifest_that_says_something_else_is_damage_and_stays(copier, reel, shelf):
    shelf.mkdir()
    wrong = f"{'0' * 32}  reel/film.mkv\n"
    (shelf / "reel_manifest.md5").write_text(wrong)

    report = copier(reel, shelf)

    assert report.exit_code is ExitCode.FIXITY_MISMATCH
    assert codes(report) == {"COPY-RECORDED"}
    assert (shelf / "reel_manifest.md5").read_text() == wrong
    assert "1 not as a manifest at the destination says" in report.summary


def test_a_manifest_that_lists_more_is_left_and_told(copier, reel, shelf):
    copier(reel, shelf)
    path = shelf / "reel_manifest.md5"
    path.write_text(path.read_text() + f"{'0' * 32}  reel/gone.mov\n")
    (reel / "new.wav").write_bytes(b"new")

    report = copier(reel, shelf)

    assert report.exit_code is ExitCode.OK
    assert codes(report) == {"COPY-MANIFEST"}
    assert b"reel/gone.mov" in listed(path)


def test_an_item_with_a_file_missing_gets_no_manifest_and_the_others_do(
    copier, reel, shelf, tmp_path
):
    other = make_reel(tmp_path / "src" / "other")
    (shelf / "reel").mkdir(parents=True)
    (shelf / "reel" / "film.mkv").write_bytes(b"something else")

    report = copier((reel, other), shelf)

    assert report.exit_code is ExitCode.DESTINATION_EXISTS
    assert names(shelf) == ["other", "other_manifest.md5", "reel"]
    assert codes(report) == {"COPY-EXISTS", "COPY-MANIFEST"}

    assert copier((reel, other), shelf, replace=True).exit_code is ExitCode.OK
    assert_manifest(shelf, "reel")


# --- tape


def test_on_tape_a_file_is_replaced_under_its_own_name(tmp_path):
    path = tmp_path / "reel_manifest.md5"
    path.write_text("old")
    with durable.replace(path, on_tape=True) as handle:
        handle.write(b"new")
        assert names(tmp_path) == [path.name]
    assert path.read_text() == "new"


def test_on_tape_manifests_are_completed_and_histories_continued(copier, reel, shelf):
    report = copier(reel, shelf, lto=True, mhl=True, ascmhl=True)

    assert report.exit_code is ExitCode.OK
    assert_manifest_of_the_rest(shelf)
    (reel / "new.wav").write_bytes(b"new")
    assert copier(reel, shelf, lto=True, ascmhl=True).exit_code is ExitCode.OK
    assert_manifest_of_the_rest(shelf)
    assert b"reel/new.wav" in listed(shelf / "reel_manifest.md5")
    assert len(chain(shelf / "reel")) == 2


def assert_manifest_of_the_rest(shelf):
    """The manifest lists all but the history that avpres itself keeps in the copy."""
    found = {os.path.join(b"reel", path) for path in files_in(shelf / "reel")}
    assert set(listed(shelf / "reel_manifest.md5")) == {p for p in found if b"ascmhl" not in p}


def files_in(root):
    for folder, _, files in os.walk(os.fsencode(root)):
        for name in files:
            path = os.path.join(folder, name)
            if not os.path.islink(path):
                yield os.path.relpath(path, os.fsencode(root))


# --- MHL 1.1


def test_an_mhl_is_dated_and_a_second_run_adds_none(copier, reel, shelf, tmp_path):
    assert copier(reel, shelf, mhl=True).exit_code is ExitCode.OK
    (first,) = shelf.glob("reel_????-??-??_??????.mhl")

    assert copier(reel, shelf, mhl=True).exit_code is ExitCode.OK
    assert elsewhere(copier, tmp_path)(reel, shelf, mhl=True).exit_code is ExitCode.OK

    assert list(shelf.glob("*.mhl")) == [first]
    assert len(list(manifests.read(manifests.open_manifest(first)))) == 11


def test_an_mhl_of_what_was_added_is_a_further_one(copier, reel, shelf):
    first = {"clock": lambda: datetime(2024, 1, 1, tzinfo=UTC)}
    later = {"clock": lambda: datetime(2024, 1, 2, tzinfo=UTC)}
    copier(reel, shelf, mhl=True, context=first)
    (reel / "new.wav").write_bytes(b"new")

    assert copier(reel, shelf, mhl=True, context=later).exit_code is ExitCode.OK

    assert sorted(path.name for path in shelf.glob("*.mhl")) == [
        "reel_2024-01-01_000000.mhl",
        "reel_2024-01-02_000000.mhl",
    ]


def test_an_mhl_that_says_something_else_is_damage(copier, reel, shelf):
    copier(reel, shelf, mhl=True)
    (made,) = shelf.glob("*.mhl")
    text = made.read_text()
    start = text.index("<md5>") + 5
    made.write_text(text[:start] + "f" * 32 + text[start + 32 :])

    report = copier(reel, shelf, mhl=True)

    assert report.exit_code is ExitCode.FIXITY_MISMATCH
    assert len(list(shelf.glob("*.mhl"))) == 1


def test_an_mhl_without_a_digest_that_it_holds_is_refused_before_the_first_byte(
    copier, reel, shelf
):
    with pytest.raises(UsageError, match=r"MHL 1\.1 holds"):
        copier(reel, shelf, mhl=True, digest=(Algorithm.SHA256,))
    assert not shelf.exists()


# --- ASC MHL (its own tool reads links as files; a history that avpres writes holds no links)


@needs_ascmhl
def test_a_history_is_begun_in_the_copy_and_its_own_tool_accepts_it(copier, footage, shelf):
    report = copier(footage, shelf, ascmhl=True)

    assert (report.exit_code, codes(report)) == (ExitCode.OK, set())
    assert not (footage / "ascmhl").exists()
    (generation,) = (shelf / "reel" / "ascmhl").glob("0001_*.mhl")
    assert "<process>transfer</process>" in generation.read_text()
    judge(shelf / "reel")


@needs_ascmhl
@pytest.mark.parametrize("journal", ["same journal", "no journal"])
def test_a_second_run_adds_no_generation_and_sees_no_extra(
    copier, footage, shelf, tmp_path, journal
):
    copier(footage, shelf, ascmhl=True)
    again = copier if journal == "same journal" else elsewhere(copier, tmp_path)

    without = again(footage, shelf)
    assert (without.exit_code, codes(without)) == (ExitCode.OK, set())
    report = again(footage, shelf, ascmhl=True)
    assert (report.exit_code, codes(report)) == (ExitCode.OK, set())
    third = again(footage, shelf, ascmhl=True)
    assert (third.exit_code, codes(third)) == (ExitCode.OK, set())

    expected = 1 if journal == "same journal" else 2  # there all was read and verified anew
    assert len(chain(shelf / "reel")) == expected
    judge(shelf / "reel")


@needs_ascmhl
def test_what_is_added_to_a_copy_gets_a_further_generation(copier, footage, shelf):
    copier(footage, shelf, ascmhl=True)
    (footage / "new.wav").write_bytes(b"new")

    report = copier(footage, shelf, ascmhl=True)

    assert (report.exit_code, codes(report)) == (ExitCode.OK, set())
    assert len(chain(shelf / "reel")) == 2
    judge(shelf / "reel")


@needs_ascmhl
@pytest.mark.parametrize("algorithm", ["md5", "xxh64", "c4"])
@pytest.mark.parametrize("journal", ["same journal", "no journal"])
def test_a_history_of_the_source_is_carried_over_and_continued(  # noqa: PLR0917
    copier, footage, shelf, tmp_path, algorithm, journal
):
    ascmhl("create", "-h", algorithm, footage)
    before = chain(footage)

    report = copier(footage, shelf, ascmhl=True)

    assert (report.exit_code, codes(report)) == (ExitCode.OK, set())
    after = chain(shelf / "reel")
    assert (after[:1], len(after)) == (before, 2)
    judge(shelf / "reel")
    written = (shelf / "reel" / "ascmhl" / after[1].name).read_text()
    assert 'action="verified"' in written
    assert 'action="failed"' not in written

    again = copier if journal == "same journal" else elsewhere(copier, tmp_path)
    for asked in (False, True):
        later = again(footage, shelf, ascmhl=asked)
        assert (later.exit_code, codes(later)) == (ExitCode.OK, set())
    replaced = again(footage, shelf, replace=True)
    assert (replaced.exit_code, codes(replaced)) == (ExitCode.OK, set())
    assert chain(shelf / "reel")[:2] == after
    assert chain(footage) == before
    judge(shelf / "reel")


@needs_ascmhl
def test_a_source_that_differs_from_its_history_is_damage(copier, footage, shelf):
    ascmhl("create", "-h", "md5", footage)
    (footage / "empty.txt").write_bytes(b"no longer empty")

    report = copier(footage, shelf, ascmhl=True)

    assert report.exit_code is ExitCode.FIXITY_MISMATCH
    (finding,) = errors(report)
    assert finding.path == str(footage / "empty.txt")
    assert 'action="failed"' in "".join(
        path.read_text() for path in (shelf / "reel" / "ascmhl").glob("0002_*.mhl")
    )


@needs_ascmhl
def test_histories_that_went_apart_are_not_joined(copier, footage, shelf):
    ascmhl("create", "-h", "md5", footage)
    copier(footage, shelf, ascmhl=True)
    ascmhl("create", "-h", "md5", footage)  # the source's own second generation

    report = copier(footage, shelf, ascmhl=True)

    assert report.exit_code is ExitCode.DESTINATION_EXISTS
    assert len(chain(shelf / "reel")) == 2


@needs_ascmhl
def test_a_nested_history_is_continued_too(copier, footage, shelf):
    ascmhl("create", "-h", "md5", footage / "a")
    ascmhl("create", "-h", "md5", footage)

    for _ in range(2):
        report = copier(footage, shelf, ascmhl=True)
        assert (report.exit_code, codes(report)) == (ExitCode.OK, set())

    assert len(chain(shelf / "reel")) == len(chain(footage)) + 1
    assert len(chain(shelf / "reel" / "a")) == len(chain(footage / "a")) + 1
    judge(shelf / "reel")


@needs_ascmhl
def test_the_checksum_file_beside_a_copy_with_a_history_stays_true(copier, footage, shelf):
    ascmhl("create", "-h", "md5", footage)
    copier(footage, shelf)
    copier(footage, shelf, ascmhl=True)

    subprocess.run(["md5sum", "--quiet", "-c", "reel_manifest.md5"], cwd=shelf, check=True)
