"""A DIP says of its files what they are, whatever their names; a killed run goes on."""

import contextlib
import hashlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from export_cases import DATE, ID, Exporter, contents, dip, listed, packaged, require_true, unpacked
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from noise import noise

from avpres.adapters.packages.reading import open_foreign
from avpres.domain.oais import Role

NAME = st.one_of(
    st.binary(min_size=1, max_size=40),
    st.sampled_from(
        [b"mets.xml", b"100%0Adone", b" a ", b"~", b"a\\b", "é".encode(), b"\xff", b"\n"]
    ),
).filter(lambda name: name not in {b".", b".."} and not {0, 47} & set(name))
TREE = st.dictionaries(
    st.lists(NAME, min_size=1, max_size=3).map(b"/".join), st.binary(max_size=30), min_size=1
).filter(lambda files: not any(a != b and b.startswith(a + b"/") for a in files for b in files))


@settings(
    derandomize=True,
    deadline=None,
    max_examples=6,
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
)
@given(TREE, st.sampled_from(["aiht", "stanford", "e-ark"]))
def test_every_tree_comes_back_from_its_dip(files, form):
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        package = packaged(root, files)
        Exporter(root / "state")(package, root / "out", form=form, container="folder")
        tree = dip(root / "out")
        lead = b"representations/rep1/data/reel/" if form == "e-ark" else b"content/reel/"
        found = [each for each in open_foreign(tree).listed(print) if each.role is Role.OBJECT]
        read = {os.fsencode(each.path): each for each in found}
        for name, content in files.items():
            each = read.pop(lead + name)
            assert each.size == len(content)
            assert not each.disagreement
            for digest in each.digests:
                assert hashlib.new(digest.algorithm, content).hexdigest() == digest.value
        assert not [path for path in read if path.startswith(lead)]
        assert {
            path.removeprefix(lead): content
            for path, content in contents(tree).items()
            if path.startswith(lead)
        } == files


@pytest.mark.parametrize("container", ["folder", "tar"])
def test_a_killed_run_leaves_nothing_that_looks_finished_and_goes_on(tmp_path, container):
    files = {b"%d/%d" % (number % 40, number): noise(2000, number) for number in range(1500)}
    package = packaged(tmp_path, files)
    words = ["export", package, tmp_path / "out", "--container", container]
    words += ["--package-id", ID, "--date", DATE, "--quiet"]
    command = [sys.executable, "-m", "avpres", *map(str, words)]
    around = {**os.environ, "AVPRES_STATE_DIR": str(tmp_path / "state")}
    for wait in (0.0, 0.3, 0.8):
        with subprocess.Popen(command, env=around, start_new_session=True) as running:
            while running.poll() is None and not list((tmp_path / "out").glob(".avpres-*/package")):
                time.sleep(0.01)
            time.sleep(wait)
            with contextlib.suppress(ProcessLookupError):  # it had ended already
                os.killpg(running.pid, signal.SIGKILL)
        seen = [path.name for path in (tmp_path / "out").iterdir()]
        assert all(name.endswith(".part") or name.startswith(ID) for name in seen)
        finished = tmp_path / "out" / (ID if container == "folder" else f"{ID}.tar")
        if finished.exists():
            break
    subprocess.run(command, env=around, check=False)
    tree = dip(tmp_path / "out")
    tree = unpacked(tree, tmp_path / "tree") if container == "tar" else tree
    assert contents(tree / "content/reel") == files
    require_true(tree, listed(tree / "mets.xml"))
