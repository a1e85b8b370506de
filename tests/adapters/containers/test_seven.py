"""7z, through a program."""

import shutil
import subprocess
from pathlib import Path

import pytest

from avpres.adapters.containers.container import kind_of, open_container
from avpres.adapters.containers.member import ContainerKind, MemberKind, chunks
from avpres.adapters.containers.unpack import unpack
from avpres.domain.errors import ToolMissingError, UsageError

needs_programs = pytest.mark.skipif(
    not (shutil.which("bsdtar") and (shutil.which("7zz") or shutil.which("7z"))),
    reason="bsdtar and 7-Zip are not both here",
)


@pytest.fixture
def seven(tmp_path):
    tree = tmp_path / "tree"
    (tree / "empty").mkdir(parents=True)
    (tree / "zero").touch()
    (tree / "caf\u00e9 ").write_bytes(b"content" * 100_000)
    (tree / "soft").symlink_to("zero")
    program = shutil.which("7zz") or shutil.which("7z") or ""
    subprocess.run([program, "a", "-snl", "box", "tree"], cwd=tmp_path, check=True, stdout=-3)
    return tmp_path / "box.7z"


@needs_programs
def test_a_7z_is_read(seven):
    with open_container(seven, pytest.fail) as container:
        rows = {m.path.decode(): (m, b"".join(chunks(r))) for m, r in container.walk()}
        assert container.kind is ContainerKind.SEVEN_ZIP
        with pytest.raises(UsageError, match="walk"):
            container.read(rows["tree/zero"][0])
    assert rows["tree/caf\u00e9 "][1] == b"content" * 100_000
    assert rows["tree/zero"][0].kind is MemberKind.FILE
    assert rows["tree/empty"][0].kind is MemberKind.FOLDER
    assert rows["tree/soft"][0].target == b"zero"


@needs_programs
def test_a_7z_is_unpacked(seven, tmp_path):
    with open_container(seven, pytest.fail) as container:
        totals = unpack(container, tmp_path / "out", on_refused=pytest.fail)
    assert (totals.files, totals.links, totals.folders) == (2, 1, 2)
    assert (tmp_path / "out" / "tree" / "caf\u00e9 ").read_bytes() == b"content" * 100_000


@needs_programs
def test_a_damaged_7z_is_told(seven):
    raw = bytearray(seven.read_bytes())
    raw[60] ^= 0xFF
    seven.write_bytes(raw)
    with open_container(seven, (problems := []).append) as container:
        for _, reader in container.walk():
            list(chunks(reader))
    assert "CON-DAMAGED" in [problem.code for problem in problems]


@needs_programs
def test_a_walk_may_end_early(seven):
    with open_container(seven, pytest.fail) as container:
        walk = container.walk()
        next(walk)
        walk.close()


def test_without_the_program_it_is_said_what_to_install(tmp_path, monkeypatch):
    (tmp_path / "box").write_bytes(b"7z\xbc\xaf\x27\x1c" + bytes(100))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert kind_of(Path(tmp_path / "box")) is ContainerKind.SEVEN_ZIP
    with pytest.raises(ToolMissingError, match="bsdtar"):
        open_container(tmp_path / "box", pytest.fail)
