"""`verify` and `manifest` on media that lie, fail or wind: images, and a fake tape over FUSE."""

import hashlib
import os
import subprocess
from pathlib import Path

import pytest
from noise import noise

from avpres.config.manifest import ManifestOptions
from avpres.config.verify import VerifyOptions
from avpres.domain.exit_codes import ExitCode
from avpres.services.context import Context
from avpres.services.manifest import manifest
from avpres.services.verify import verify

pytestmark = pytest.mark.mount


def list_of(tree: Path, path: Path) -> Path:
    lines = [
        f"{hashlib.md5(each.read_bytes(), usedforsecurity=False).hexdigest()}  {each.name}\n"
        for each in sorted(tree.iterdir())
        if each.is_file()
    ]
    path.write_text("".join(lines))
    return path


def checked(tree: Path, listed: Path, tmp_path: Path, **options: object):
    words = VerifyOptions(paths=(tree,), manifest=(listed,), **options)
    return verify(words, Context(state_dir=tmp_path / "state"))


@pytest.mark.parametrize("size", [5_000, 3_000_000], ids=["small", "large"])
def test_a_byte_flipped_under_the_page_cache_is_found(mount_image, tmp_path, size):
    root = mount_image("ext4", size_mib=64)
    pattern = noise(64)
    tree = root / "reel"
    tree.mkdir()
    (tree / "good.mov").write_bytes(b"good")
    (tree / "film.mov").write_bytes(noise(size // 2, 1) + pattern + noise(size // 2, 2))
    listed = list_of(tree, tmp_path / "list.md5")
    subprocess.run(["sync", "-f", root], check=True)
    assert checked(tree, listed, tmp_path).exit_code is ExitCode.OK
    (tree / "film.mov").read_bytes()  # into the page cache
    image = next(tmp_path.glob("*.img"))
    with image.open("r+b") as handle:
        place = handle.read().index(pattern)
        handle.seek(place)
        handle.write(bytes([pattern[0] ^ 1]))
    cached = subprocess.run(["md5sum", "-c", listed], cwd=tree, capture_output=True, check=False)
    assert cached.returncode == 0, "the page cache should still hold the old bytes"
    report = checked(tree, listed, tmp_path)
    assert report.exit_code is ExitCode.FIXITY_MISMATCH
    assert report.totals.verified_files == 1


def test_a_tape_is_read_in_one_pass(insert_tape, tmp_path):
    tape = insert_tape()
    tree = tape.root / "reel"
    tree.mkdir()
    for number in reversed(range(40)):
        (tree / f"{number:02}.dpx").write_bytes(b"%d" % number * 5000)
    listed = list_of(tree, tmp_path / "list.md5")
    tape.rewind()
    report = checked(tree, listed, tmp_path, jobs=8)
    assert (report.exit_code, report.totals.verified_files) == (ExitCode.OK, 40)
    ours = seek_s(tape)
    order = tape.stats()["order"]
    assert order == sorted(order, reverse=True)
    tape.rewind()
    for name in sorted(os.listdir(tree)):
        (tree / name).read_bytes()
    assert seek_s(tape) >= 10 * max(1.0, ours)


def seek_s(tape) -> float:
    return float(tape.stats()["seek_s"])


def test_a_read_error_is_told_and_the_rest_is_verified(insert_tape, tmp_path):
    tape = insert_tape()
    tree = tape.root / "reel"
    tree.mkdir()
    for number in range(5):
        (tree / f"{number}.dpx").write_bytes(b"%d" % number * 300_000)
    listed = list_of(tree, tmp_path / "list.md5")
    backing = tape.backing
    tape.eject()
    bad = insert_tape("--read-error", "3.dpx@200000", backing=backing)
    report = checked(bad.root / "reel", listed, tmp_path)
    assert report.exit_code is ExitCode.SOURCE_UNREADABLE
    assert report.finding_counts == {"FIX-UNREADABLE": 1}
    assert report.totals.verified_files == 4


def test_a_tree_with_a_read_error_gets_no_manifest(insert_tape, tmp_path):
    tape = insert_tape("--read-error", "1.dpx@100")
    tree = tape.root / "reel"
    tree.mkdir()
    for number in range(3):
        (tree / f"{number}.dpx").write_bytes(b"%d" % number * 1000)
    out = tmp_path / "reel.md5"
    report = manifest(
        ManifestOptions(paths=(tree,), output=out), Context(state_dir=tmp_path / "state")
    )
    assert report.exit_code is ExitCode.SOURCE_UNREADABLE
    assert report.finding_counts == {"MAN-UNREADABLE": 1}
    assert not out.exists()


def test_a_full_state_folder_is_said(mounted, tmp_path):
    state = tmp_path / "small"
    state.mkdir()
    mounted("-t", "tmpfs", "-o", "size=256k", "none", state)
    tree = tmp_path / "reel"
    tree.mkdir()
    for number in range(3000):
        (tree / f"{number:06}-with-a-rather-long-name-to-fill-the-tables").write_bytes(b"x")
    listed = list_of(tree, tmp_path / "list.md5")
    from avpres.domain.errors import DestinationRefusedError

    with pytest.raises(DestinationRefusedError, match="AVPRES_STATE_DIR"):
        verify(VerifyOptions(paths=(tree,), manifest=(listed,)), Context(state_dir=state))
