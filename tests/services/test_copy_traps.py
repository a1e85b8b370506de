"""Situations in which a copy once claimed what was not so."""

import os
import subprocess
import threading

import pytest

from avpres.adapters.storage.pipeline import Ring, pump
from avpres.config.copy import CopyOptions
from avpres.config.verify import VerifyOptions
from avpres.domain.errors import UsageError
from avpres.domain.exit_codes import ExitCode
from avpres.domain.fixity import Evidence
from avpres.services.context import Context
from avpres.services.copy import copy
from avpres.services.verify import verify


@pytest.fixture
def linked(tmp_path):
    """A tree in which two names are one file."""
    folder = tmp_path / "film"
    folder.mkdir()
    (folder / "a").write_bytes(b"picture" * 1000)
    os.link(folder / "a", folder / "b")
    return folder


@pytest.fixture
def context(tmp_path):
    return Context(state_dir=tmp_path / "state")


def run(context, source, *destinations, **more):
    first, *others = destinations
    options = CopyOptions(sources=(source,), destination=first, to=tuple(others), **more)
    return copy(options, context)


def test_a_name_is_not_linked_to_a_damaged_first_one(context, linked, tmp_path):
    shelf = tmp_path / "shelf"
    run(context, linked, shelf)
    (shelf / "film/b").unlink()
    damaged = bytearray((shelf / "film/a").read_bytes())
    damaged[5] ^= 1
    (shelf / "film/a").write_bytes(damaged)
    for _ in range(2):
        assert run(context, linked, shelf).exit_code is ExitCode.DESTINATION_EXISTS
        assert (shelf / "film/b").read_bytes() == (linked / "b").read_bytes()


def test_hard_links_are_counted_at_each_of_two_destinations(context, linked, tmp_path):
    assert run(context, linked, tmp_path / "one").exit_code is ExitCode.OK
    report = run(context, linked, tmp_path / "one", tmp_path / "two")
    assert report.exit_code is ExitCode.OK, report.findings
    assert (tmp_path / "two/film/b").samefile(tmp_path / "two/film/a")


def test_a_tree_of_hard_links_to_the_source_is_no_copy(context, linked, tmp_path):
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    subprocess.run(["cp", "-al", linked, shelf], check=True)
    report = run(context, linked, shelf)
    assert report.exit_code is ExitCode.DESTINATION_EXISTS
    assert any("the source itself" in f.message for f in report.findings)


@pytest.mark.mount
def test_a_source_that_is_mounted_twice_is_no_copy(context, linked, tmp_path):
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    if subprocess.run(["mount", "--bind", linked.parent, shelf], check=False).returncode:
        pytest.skip("mounting needs root")
    try:
        with pytest.raises(UsageError, match="itself by another path"):
            run(context, linked, shelf)
    finally:
        subprocess.run(["umount", shelf], check=True)


@pytest.mark.mount
def test_a_volume_mounted_inside_the_copy_is_refused(context, tmp_path):
    source = tmp_path / "film"
    (source / "sub").mkdir(parents=True)
    (source / "sub/f").write_bytes(b"x" * 100)
    inner = tmp_path / "shelf/film/sub"
    inner.mkdir(parents=True)
    if subprocess.run(["mount", "-t", "tmpfs", "none", inner], check=False).returncode:
        pytest.skip("mounting needs root")
    try:
        report = run(context, source, tmp_path / "shelf")
    finally:
        subprocess.run(["umount", inner], check=True)
    assert report.exit_code is not ExitCode.OK
    assert any("another volume is mounted here" in f.message for f in report.findings)


def test_verify_does_not_wait_for_a_pipe_in_the_place_of_a_file(context, linked, tmp_path):
    run(context, linked, tmp_path / "shelf")
    (tmp_path / "shelf/film/a").unlink()
    os.mkfifo(tmp_path / "shelf/film/a")
    done = []
    path = tmp_path / "shelf/film"
    work = threading.Thread(
        target=lambda: done.append(verify(VerifyOptions(paths=(path,)), context)), daemon=True
    )
    work.start()
    work.join(30)
    assert done
    assert done[0].exit_code is not ExitCode.OK


def test_a_taker_that_breaks_stops_the_pipeline_with_its_error():
    def broken(_view, _offset):
        raise MemoryError

    def fill(view, _offset):
        return len(view)

    ring = Ring(count=2, size=4096)
    with pytest.raises(MemoryError):
        pump(fill, 4096 * 20, [broken], ring, lambda _count: None)


def test_a_first_write_over_other_content_that_comes_back_wrong_is_named(context, linked, tmp_path):
    """Flip a byte of the staged file once, in the round that writes over what was there."""
    shelf = tmp_path / "shelf"
    (shelf / "film").mkdir(parents=True)
    (shelf / "film/a").write_bytes(b"another" * 1000)
    flipped = threading.Event()

    class Flipper:
        def start(self, phase, **_totals):
            parts = list((shelf / "film").glob(".a.avpres-*.part"))
            if phase == "read back" and parts and not flipped.is_set():
                flipped.set()
                with parts[0].open("r+b") as part:
                    part.write(b"\xff")

        def advance(self, **_done):
            pass

        def finish(self):
            pass

    watched = Context(state_dir=context.state_dir, progress=Flipper())
    report = run(watched, linked, shelf, replace=True)
    assert flipped.is_set()
    assert report.exit_code is ExitCode.FIXITY_MISMATCH
    assert (shelf / "film/a").read_bytes() == (linked / "a").read_bytes()


def test_memory_answers_only_where_it_is_the_medium(context, linked, tmp_path):
    report = run(context, linked, tmp_path / "shelf")
    assert Evidence.CACHED not in report.evidence
    assert Evidence.UNKNOWN not in report.evidence
