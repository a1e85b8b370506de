"""`copy` on media that fill, fail, lie or vanish, from sources that change while they are read."""

import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from copy_cases import (
    CREW,
    MIB,
    Copier,
    Saboteur,
    assert_manifest,
    assert_same,
    codes,
    essence,
    leftovers,
    make_reel,
    once,
)
from noise import noise

from avpres.domain.errors import DestinationRefusedError
from avpres.domain.exit_codes import ExitCode

pytestmark = pytest.mark.mount


@pytest.fixture
def copier(tmp_path):
    return Copier(tmp_path / "state")


@pytest.fixture
def reel(tmp_path):
    return make_reel(tmp_path / "src" / "reel", small=CREW)


@pytest.fixture
def shelf(tmp_path):
    return tmp_path / "shelf"


@pytest.fixture
def tmpfs(tmp_path, mounted):
    """Mount small file systems in memory: `tmpfs("size=1m")`."""

    def mount(options):
        place = tmp_path / f"tmpfs{options}"
        place.mkdir()
        mounted("-t", "tmpfs", "-o", options, "none", place)
        return place

    return mount


def fill(place, leave):
    """Take up a volume but for some bytes."""

    def act(_):
        free = os.statvfs(place)
        with (place / "filler").open("xb") as file:
            os.posix_fallocate(file.fileno(), 0, free.f_bavail * free.f_frsize - leave)

    return once(act)


def assert_whole_or_absent(reel, there):
    """Whatever has its final name must be equal to its source."""
    source = essence(reel)
    for path, what in essence(there).items() if there.exists() else ():
        if not path.endswith(b".part") and what[0] == 0o100000:
            assert what[4] == source[path][4], path


# Full


@pytest.mark.parametrize("leave", [0, 200_000, 2 * MIB], ids=["at once", "small", "large"])
def test_a_disk_that_fills_up_ends_with_21_and_goes_on_later(copier, reel, tmpfs, leave):
    disk = tmpfs("size=64m")
    progress = Saboteur(copy=fill(disk, leave))

    report = copier(reel, disk, context={"progress": progress})

    assert report.exit_code is ExitCode.DESTINATION_REFUSED
    assert codes(report) == {"COPY-LOST"}
    assert len(report.findings) == 1
    assert "No space" in report.findings[0].message
    assert "checksums match" not in report.summary
    assert_whole_or_absent(reel, disk / "reel")
    (disk / "filler").unlink()
    assert copier(reel, disk).exit_code is ExitCode.OK
    assert_same(reel, disk / "reel")
    assert_manifest(disk, "reel")
    assert leftovers(disk) == []


def test_a_disk_that_is_too_small_is_refused_before_the_first_byte(copier, reel, tmpfs):
    disk = tmpfs("size=2m")

    report = copier(reel, disk)

    assert report.exit_code is ExitCode.DESTINATION_REFUSED
    assert codes(report) == {"PRE-SPACE"}
    assert os.listdir(disk) == []


def test_a_small_disk_of_blocks_fills_up(copier, reel, mount_image):
    disk = mount_image("ext4", size_mib=8)

    report = copier(reel, disk, skip_space_check=True)
    refused = report.exit_code

    assert refused is ExitCode.DESTINATION_REFUSED or report.totals.failed == 0
    assert_whole_or_absent(reel, disk / "reel")


def test_half_files_of_a_killed_run_count_as_room(copier, tmp_path, tmpfs):
    disk = tmpfs("size=64m")
    film = tmp_path / "film.mov"
    film.write_bytes(noise(40 * MIB))

    script = tmp_path / "killed.py"
    script.write_text(KILLED_HALFWAY)
    subprocess.run(
        [sys.executable, str(script), str(film), str(disk), str(copier.state)], check=False
    )
    assert len(leftovers(disk)) == 1

    report = copier(film, disk)

    assert report.exit_code is ExitCode.OK
    assert_same(film, disk / "film.mov")
    assert leftovers(disk) == []


KILLED_HALFWAY = """
import os, signal, sys
from pathlib import Path
from avpres.config.copy import CopyOptions
from avpres.services.context import Context, SilentProgress
from avpres.services.copy import copy

class Progress(SilentProgress):
    done = 0
    def advance(self, *, size=0, files=0):
        self.done += size
        if self.done > 34 * 2**20:
            os.kill(os.getpid(), signal.SIGKILL)

film, disk, state = map(Path, sys.argv[1:])
copy(CopyOptions(sources=(film,), destination=disk), Context(state_dir=state, progress=Progress()))
"""


@pytest.mark.parametrize("checked", [True, False], ids=["told before", "met on the way"])
def test_a_disk_without_room_for_names_is_refused(copier, reel, tmpfs, checked):
    disk = tmpfs("size=64m,nr_inodes=100")

    report = copier(reel, disk, skip_space_check=not checked)

    assert report.exit_code is ExitCode.DESTINATION_REFUSED
    assert len([f for f in report.findings if f.severity == "error"]) == 1
    assert_whole_or_absent(reel, disk / "reel")


@pytest.mark.parametrize("moment", ["copy", "flush", "read back"])
def test_one_full_destination_does_not_stop_the_other(copier, reel, tmpfs, shelf, moment):
    disk = tmpfs("size=64m")
    progress = Saboteur(**{moment.replace(" ", "_"): fill(disk, 100_000)})

    report = copier(reel, disk, to=(shelf,), context={"progress": progress})

    assert report.exit_code in {ExitCode.DESTINATION_REFUSED, ExitCode.OK}
    assert {f.destination for f in report.findings} <= {str(disk)}
    assert_same(reel, shelf / "reel")
    assert_manifest(shelf, "reel")
    assert_whole_or_absent(reel, disk / "reel")


def test_a_full_state_folder_ends_the_run_with_a_sentence(reel, shelf, tmpfs):
    state = tmpfs("size=300k")
    with (state / "filler").open("xb") as file:
        os.posix_fallocate(file.fileno(), 0, 200_000)

    with pytest.raises(DestinationRefusedError, match="AVPRES_STATE_DIR"):
        Copier(state)(reel, shelf)
    assert_whole_or_absent(reel, shelf / "reel")


# Read-only, vanishing


def test_a_destination_that_turns_read_only_is_lost_and_the_other_goes_on(
    copier, reel, mount_image, shelf
):
    disk = mount_image("ext4", size_mib=64)

    def protect(_):
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)

    report = copier(reel, disk, to=(shelf,), context={"progress": Saboteur(copy=once(protect))})

    assert report.exit_code is ExitCode.DESTINATION_REFUSED
    assert codes(report) == {"COPY-LOST"}
    assert_same(reel, shelf / "reel")
    subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
    assert copier(reel, disk).exit_code is ExitCode.OK
    assert_same(reel, disk / "reel")
    assert leftovers(disk) == []


def test_a_read_only_destination_is_refused_before_the_first_byte(copier, reel, mount_image):
    disk = mount_image("ext4", size_mib=64)
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)

    report = copier(reel, disk)

    assert report.exit_code is ExitCode.DESTINATION_REFUSED
    assert codes(report) == {"PRE-WRITE"}


@pytest.mark.parametrize("moment", ["copy", "flush", "read back"])
def test_a_destination_that_is_unmounted_is_lost_and_the_other_goes_on(
    copier, reel, tmpfs, shelf, moment
):
    disk = tmpfs("size=64m")

    def unmount(_):
        subprocess.run(["umount", "-l", str(disk)], check=True)

    progress = Saboteur(**{moment.replace(" ", "_"): once(unmount)})
    report = copier(reel, disk, to=(shelf,), context={"progress": progress})

    assert report.exit_code in {ExitCode.DESTINATION_REFUSED, ExitCode.INCOMPLETE}
    assert "checksums match" not in report.summary
    assert os.listdir(disk) == []
    assert_same(reel, shelf / "reel")
    assert_manifest(shelf, "reel")


@pytest.mark.parametrize("moment", ["copy", "flush", "read back"])
def test_a_destination_that_is_removed_is_lost_and_the_other_goes_on(
    copier, reel, tmp_path, shelf, moment
):
    gone = tmp_path / "gone"

    def remove(_):
        shutil.rmtree(gone)

    progress = Saboteur(**{moment.replace(" ", "_"): once(remove)})
    report = copier(reel, gone, to=(shelf,), context={"progress": progress})

    assert report.exit_code in {ExitCode.DESTINATION_REFUSED, ExitCode.INCOMPLETE}
    assert "checksums match" not in report.summary
    assert_same(reel, shelf / "reel")
    assert_manifest(shelf, "reel")


# Errors of the device


@pytest.fixture
def bad_disk(insert_tape, tmp_path):
    """A disk over FUSE with a spot that cannot be read, 2 MiB into `film.mkv`."""
    backing = tmp_path / "backing"
    make_reel(backing / "reel", small=3)
    return insert_tape("--read-error", f"film.mkv@{2 * MIB}", backing=backing)


def test_a_read_error_is_told_and_nothing_is_made_up(copier, bad_disk, shelf):
    report = copier(bad_disk.root / "reel", shelf, lto=False, touches_source=True)

    assert report.exit_code is ExitCode.SOURCE_UNREADABLE
    assert [f.path for f in report.findings if f.severity == "error"] == [
        str(bad_disk.root / "reel" / "film.mkv")
    ]
    assert not (shelf / "reel" / "film.mkv").exists()
    assert (shelf / "reel" / "a" / "00001.dpx").exists()
    assert leftovers(shelf) == []
    assert not (shelf / "reel_manifest.md5").exists()


@pytest.fixture(scope="session")
def strace():
    found = shutil.which("strace")
    if not found or subprocess.run([found, "-qq", "true"], check=False, stderr=-3).returncode:
        pytest.skip("needs strace and the right to trace")
    return found


@pytest.mark.parametrize(
    "rule",
    [
        "syncfs:error=EIO:when=1",
        "syncfs:error=EIO:when=2+",
        "pwrite64:error=EIO:when=1",
        "pwrite64:error=ENOSPC:when=1",
        "write:error=EIO:when=200",
        "renameat2:error=EIO:when=3",
        "openat:error=EIO:when=1500",
    ],
)
def test_a_write_error_is_never_a_success(strace, reel, tmp_path, rule):
    calls = rule.partition(":")[0]
    wrapped = [strace, "-f", "-qq", "-o", os.devnull, "-e", f"trace={calls}"]
    words = [sys.executable, "-m", "avpres", "copy", str(reel), str(tmp_path / "shelf")]
    around = {**os.environ, "AVPRES_STATE_DIR": str(tmp_path / "state")}

    done = subprocess.run(
        [*wrapped, "-e", f"inject={rule}", *words],
        env=around,
        capture_output=True,
        text=True,
        check=False,
    )

    assert "Traceback" not in done.stderr
    assert done.returncode != 1, done.stderr
    assert_whole_or_absent(reel, tmp_path / "shelf" / "reel")
    if done.returncode == 0:
        assert_same(reel, tmp_path / "shelf" / "reel")
    subprocess.run(words, env=around, check=True, capture_output=True)
    assert_same(reel, tmp_path / "shelf" / "reel")
    assert_manifest(tmp_path / "shelf", "reel")
    assert leftovers(tmp_path / "shelf") == []


# Lies of the medium


def flip(path, offset):
    """Change one bit of a file and put its times back."""
    found = os.stat(path)
    fd = os.open(path, os.O_RDWR)
    try:
        byte = os.pread(fd, 1, offset)
        os.pwrite(fd, bytes([byte[0] ^ 1]), offset)
    finally:
        os.close(fd)
    os.utime(path, ns=(found.st_atime_ns, found.st_mtime_ns))


def flips(shelf, wanted, times=1):
    """Flip a byte of staged files that belong to some names when they are about to be read."""
    left = [times]

    def act(_):
        for path in map(Path, leftovers(shelf)):
            if left[0] and path.stat().st_size == wanted.stat().st_size:
                flip(path, path.stat().st_size // 2)
                left[0] -= 1

    return act


@pytest.mark.parametrize("name", ["film.mkv", "a/00300.dpx", "a/b/deep.wav", "large.mov"])
def test_a_byte_that_flips_once_is_told_and_mended(copier, reel, shelf, name):
    (reel / "large.mov").write_bytes(noise(65 * MIB))
    progress = Saboteur(read_back=flips(shelf, reel / name))

    report = copier(reel, shelf, context={"progress": progress})

    assert report.exit_code is ExitCode.FIXITY_MISMATCH
    assert [(f.code, f.path) for f in report.findings] == [("COPY-MISMATCH", str(reel / name))]
    assert "now it matches" in report.findings[0].message
    assert "checksums match" not in report.summary
    assert_same(reel, shelf / "reel")
    assert leftovers(shelf) == []


@pytest.mark.parametrize("name", ["film.mkv", "a/00300.dpx"])
def test_a_medium_that_goes_on_flipping_gets_no_final_name(copier, reel, shelf, name):
    progress = Saboteur(read_back=flips(shelf, reel / name, times=99))

    report = copier(reel, shelf, context={"progress": progress})

    assert report.exit_code is ExitCode.FIXITY_MISMATCH
    assert "does not hold it" in report.findings[0].message
    assert not (shelf / "reel" / name).exists()
    assert not (shelf / "reel_manifest.md5").exists()
    assert copier(reel, shelf).exit_code is ExitCode.OK
    assert_same(reel, shelf / "reel")
    assert_manifest(shelf, "reel")


@pytest.mark.parametrize("size", [700, 3 * MIB, 65 * MIB], ids=["small", "direct", "pipeline"])
def test_a_byte_that_flips_beneath_a_warm_cache_is_found(copier, tmp_path, mount_image, size):
    disk = mount_image("ext4", size_mib=160)
    image = next(tmp_path.glob("ext4*.img"))
    film = tmp_path / "film.mov"
    mark = noise(64)
    film.write_bytes(mark.ljust(size, b"\x55"))

    def rot(_):
        """Read the file so that it is cached, then change it where it lies."""
        for path in leftovers(disk):
            Path(path).read_bytes()
        with image.open("r+b") as file:
            data = file.read()
            place = data.index(mark)
            file.seek(place)
            file.write(bytes([mark[0] ^ 1]))

    report = copier(film, disk, context={"progress": Saboteur(read_back=once(rot))})

    assert report.exit_code is ExitCode.FIXITY_MISMATCH
    assert codes(report) == {"COPY-MISMATCH"}
    assert_same(film, disk / "film.mov")


# Sources that change


def change(path, how):
    def act(saboteur):
        if saboteur.size:
            how(path)

    return act


def grow(path):
    with path.open("ab") as file:
        file.write(b"more")


def shrink(path):
    os.truncate(path, path.stat().st_size - MIB)


def rewrite(path):
    with path.open("r+b") as file:
        file.write(noise(16, "rewritten"))


def replace(path):
    fresh = path.with_name("fresh")
    with fresh.open("xb") as file:
        file.write(noise(99, "replaced"))
        file.truncate(path.stat().st_size)
    fresh.replace(path)


@pytest.fixture(params=[20 * MIB, 80 * MIB], ids=["blocks", "pipeline"])
def film(request, tmp_path):
    path = tmp_path / "film.mov"
    path.write_bytes(noise(request.param))
    return path


@pytest.mark.parametrize("how", [grow, shrink, rewrite, replace], ids=lambda f: f.__name__)
def test_a_source_that_changes_once_is_read_again_and_told(copier, film, shelf, how):
    progress = Saboteur(advance=once_there_is_size(change(film, how)))

    report = copier(film, shelf, context={"progress": progress}, touches_source=True)

    assert report.exit_code is ExitCode.OK
    assert codes(report) == {"COPY-CHANGED"}
    assert_same(film, shelf / "film.mov")
    assert_manifest(shelf, "film.mov")


@pytest.mark.parametrize("how", [grow, shrink, rewrite, replace], ids=lambda f: f.__name__)
def test_a_source_that_goes_on_changing_is_not_copied(copier, film, shelf, how):
    progress = Saboteur(advance=change(film, how))

    report = copier(film, shelf, context={"progress": progress}, touches_source=True)

    assert report.exit_code is ExitCode.INCOMPLETE
    assert codes(report) == {"COPY-CHANGING"}
    assert not (shelf / "film.mov").exists()
    assert leftovers(shelf) == []


def once_there_is_size(act):
    done = []

    def only(saboteur):
        if saboteur.size and not done:
            done.append(True)
            act(saboteur)

    return only


def unread(report):
    return {os.path.basename(f.path) for f in report.findings if f.code != "COPY-MANIFEST"}


def test_a_source_that_vanishes_after_the_scan_is_told(copier, reel, shelf):
    def vanish(_):
        (reel / "film.mkv").unlink()
        (reel / "a" / "00017.dpx").unlink()

    report = copier(
        reel, shelf, context={"progress": Saboteur(copy=once(vanish))}, touches_source=True
    )

    assert report.exit_code is ExitCode.SOURCE_UNREADABLE
    assert unread(report) == {"film.mkv", "00017.dpx"}
    assert sorted(essence(shelf / "reel")) == sorted(essence(reel))


def test_a_source_that_becomes_a_pipe_or_a_link_is_not_followed(copier, reel, shelf, tmp_path):
    (tmp_path / "secret").write_bytes(b"secret")

    def swap(_):
        for name in ("film.mkv", "a/00017.dpx"):
            (reel / name).unlink()
        os.mkfifo(reel / "film.mkv")
        (reel / "a" / "00017.dpx").symlink_to(tmp_path / "secret")

    report = copier(
        reel, shelf, context={"progress": Saboteur(copy=once(swap))}, touches_source=True
    )

    assert report.exit_code in {ExitCode.SOURCE_UNREADABLE, ExitCode.INCOMPLETE}
    assert unread(report) == {"film.mkv", "00017.dpx"}
    assert not (shelf / "reel" / "film.mkv").exists()
    assert not (shelf / "reel" / "a" / "00017.dpx").exists()


# Names and sizes


def test_case_twins_are_refused_before_the_first_byte(copier, tmp_path, mount_image):
    disk = mount_image("exfat", size_mib=64)
    reel = make_reel(tmp_path / "reel")
    (reel / "FILM.mkv").write_bytes(b"twin")
    (reel / "a" / "link").unlink()

    report = copier(reel, disk)

    assert report.exit_code is ExitCode.DESTINATION_REFUSED
    assert codes(report) == {"PRE-CLASH"}
    assert os.listdir(disk) == []


def test_two_sources_that_are_case_twins_are_refused_too(copier, tmp_path, mount_image):
    disk = mount_image("exfat", size_mib=64)
    (tmp_path / "Reel").mkdir()
    (tmp_path / "reel").mkdir()
    (tmp_path / "Reel" / "a").write_bytes(b"a")

    report = copier((tmp_path / "Reel", tmp_path / "reel"), disk)

    assert report.exit_code is ExitCode.DESTINATION_REFUSED
    assert codes(report) - {"COPY-EMPTY"} == {"PRE-CLASH"}


def test_the_name_of_a_source_itself_is_checked(copier, tmp_path, mount_image):
    disk = mount_image("exfat", size_mib=64)
    (tmp_path / "a:b").mkdir()
    (tmp_path / "a:b" / "film.mkv").write_bytes(b"film")

    report = copier(tmp_path / "a:b", disk)

    assert report.exit_code is ExitCode.DESTINATION_REFUSED
    assert codes(report) == {"PRE-NAME"}


def test_a_plain_tree_goes_to_exfat(copier, tmp_path, mount_image):
    disk = mount_image("exfat", size_mib=64)
    reel = make_reel(tmp_path / "reel")
    (reel / "a" / "link").unlink()

    for _ in range(2):
        report = copier(reel, disk)
        assert report.exit_code is ExitCode.OK, report.findings
    assert_manifest(disk, "reel")
    assert leftovers(disk) == []


@pytest.mark.parametrize(
    ("verify", "digest"),
    [("size", "xxh128"), pytest.param("full", "md5", marks=pytest.mark.slow)],
)
def test_a_file_beyond_4_gib_is_copied(copier, tmp_path, shelf, verify, digest):
    film = tmp_path / "film.mov"
    with film.open("xb") as file:
        for place in (0, 4 * 1024 * MIB - 3, 5 * 1024 * MIB - 9):
            file.seek(place)
            file.write(b"frame")
        file.truncate(5 * 1024 * MIB)

    report = copier(film, shelf, verify=verify, digest=(digest,), touches_source=True)

    assert report.exit_code is ExitCode.OK
    assert (shelf / "film.mov").stat().st_size == 5 * 1024 * MIB
    assert (shelf / "film.mov").stat().st_blocks * 512 < MIB
    with (shelf / "film.mov").open("rb") as file:
        file.seek(4 * 1024 * MIB - 3)
        assert file.read(5) == b"frame"


@pytest.mark.parametrize(
    "count", [5_000, pytest.param(100_000, marks=pytest.mark.slow)], ids=["5,000", "100,000"]
)
def test_many_tiny_files_are_copied(copier, tmp_path, shelf, count):
    reel = tmp_path / "scans"
    for number in range(count):
        folder = reel / f"{number // 1000:04}"
        if number % 1000 == 0:
            folder.mkdir(parents=True)
        (folder / f"{number:07}.dpx").write_bytes(b"%d" % number * (number % 900))

    report = copier(reel, shelf)

    assert report.exit_code is ExitCode.OK
    assert_same(reel, shelf / "scans")
    assert_manifest(shelf, "scans")


# Rights


@pytest.fixture
def someone(tmp_path):
    """Run a copy as a user without any privilege; gives the finished process."""
    if os.geteuid() != 0 or not shutil.which("setpriv"):
        pytest.skip("needs root and setpriv")
    for folder in (tmp_path, *tmp_path.parents):
        if str(folder) not in {"/", "/tmp"}:
            folder.chmod(folder.stat().st_mode | 0o011)
    for name in ("home", "shelf"):
        (tmp_path / name).mkdir()
        os.chown(tmp_path / name, 4711, 4711)

    def run(*words):
        return subprocess.run(
            [
                "setpriv",
                "--reuid=4711",
                "--regid=4711",
                "--clear-groups",
                sys.executable,
                "-m",
                "avpres",
                "copy",
                *map(str, words),
            ],
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(tmp_path / "home"),
                "AVPRES_STATE_DIR": str(tmp_path / "home" / "state"),
            },
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    if run("--help").returncode:
        pytest.skip("another user cannot run this environment")  # e.g. its Python is in /root
    return run


@pytest.fixture
def own_reel(reel):
    """A tree that the unprivileged user owns."""
    for folder, names, files in os.walk(reel):
        for name in (*names, *files, "."):
            os.chown(os.path.join(folder, name), 4711, 4711, follow_symlinks=False)
    for path in (reel.parent, reel):
        path.chmod(0o755)
    return reel


def test_a_user_without_privileges_copies_what_is_write_protected(someone, own_reel, tmp_path):
    for folder in (own_reel / "a" / "b", own_reel / "a"):
        folder.chmod(0o555)

    for _ in range(2):
        done = someone(own_reel, tmp_path / "shelf")
        assert (done.returncode, done.stderr.count("Traceback")) == (0, 0), done.stderr
    assert_same(own_reel, tmp_path / "shelf" / "reel")
    assert_manifest(tmp_path / "shelf", "reel")


def test_what_may_not_be_read_is_told_and_the_rest_is_copied(someone, own_reel, tmp_path):
    (own_reel / "film.mkv").chmod(0)
    (own_reel / "a" / "00200.dpx").chmod(0)
    (own_reel / "a" / "b").chmod(0)

    done = someone(own_reel, tmp_path / "shelf")

    assert done.returncode == 20, done.stderr
    assert "Traceback" not in done.stderr
    for name in ("film.mkv", "00200.dpx", "reel/a/b"):
        assert name in done.stderr + done.stdout
    there = tmp_path / "shelf" / "reel"
    assert not (there / "film.mkv").exists()
    assert len(os.listdir(there / "a")) >= CREW - 1
    assert leftovers(tmp_path / "shelf") == []


def test_a_shelf_that_may_not_be_written_is_refused(someone, own_reel, tmp_path):
    os.chown(tmp_path / "shelf", 0, 0)

    done = someone(own_reel, tmp_path / "shelf")

    assert done.returncode == 21, done.stderr
    assert "Traceback" not in done.stderr
    assert os.listdir(tmp_path / "shelf") == []


def test_rights_that_are_lost_on_the_way_are_told(copier, reel, shelf):
    if os.geteuid() != 0 or not shutil.which("chattr"):
        pytest.skip("needs root and chattr")
    place = shelf / "reel" / "a"

    def forbid(_):
        subprocess.run(["chattr", "+i", str(place)], check=True)

    try:
        report = copier(reel, shelf, context={"progress": Saboteur(copy=once(forbid))})
    finally:
        subprocess.run(["chattr", "-i", str(place)], check=False)

    assert report.exit_code is ExitCode.DESTINATION_REFUSED
    assert (shelf / "reel" / "film.mkv").exists()
    assert copier(reel, shelf).exit_code is ExitCode.OK
    assert_same(reel, shelf / "reel")
    assert leftovers(shelf) == []


# Company


def test_two_processes_that_begin_at_once_do_not_harm_each_other(reel, tmp_path):
    words = [sys.executable, "-m", "avpres", "copy", str(reel), str(tmp_path / "shelf")]
    around = {**os.environ, "AVPRES_STATE_DIR": str(tmp_path / "state")}

    both = [subprocess.Popen(words, env=around, stdout=-3, stderr=-1, text=True) for _ in range(2)]
    ends = [(process.communicate()[1], process.returncode) for process in both]

    assert {status for _, status in ends} <= {0, 21}
    assert 0 in {status for _, status in ends}
    assert all("Traceback" not in complaint for complaint, _ in ends)
    assert_same(reel, tmp_path / "shelf" / "reel")
    assert_manifest(tmp_path / "shelf", "reel")


def test_two_computers_that_copy_to_one_share_do_not_harm_each_other(reel, tmp_path):
    words = [sys.executable, "-m", "avpres", "copy", str(reel), str(tmp_path / "shelf")]
    arounds = [{**os.environ, "AVPRES_STATE_DIR": str(tmp_path / name)} for name in ("one", "two")]

    both = [
        subprocess.Popen(
            ["unshare", "--uts", "sh", "-c", f'hostname computer{n}; exec "$@"', "sh", *words],
            env=around,
            stdout=-3,
            stderr=-1,
            text=True,
        )
        for n, around in enumerate(arounds)
    ]
    ends = [(process.communicate()[1], process.returncode) for process in both]

    assert all("Traceback" not in complaint for complaint, _ in ends), ends
    assert 1 not in {status for _, status in ends}
    again = Copier(tmp_path / "three")(reel, tmp_path / "shelf")
    assert again.exit_code is ExitCode.OK
    assert_same(reel, tmp_path / "shelf" / "reel")


def test_a_module_in_the_working_folder_is_not_taken_for_pythons_own(reel, tmp_path):
    (tmp_path / "pickle.py").write_text("raise SystemExit('not the real one')")
    (tmp_path / "avpres.py").write_text("raise SystemExit('not the real one')")
    script = shutil.which("avpres", path=os.path.dirname(sys.executable))
    if script is None:
        pytest.skip("needs the installed command")

    done = subprocess.run(
        [script, "copy", str(reel), "shelf"],
        cwd=tmp_path,
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "AVPRES_STATE_DIR": str(tmp_path / "state")},
    )

    assert done.returncode == 0, done.stderr
    assert_same(reel, tmp_path / "shelf" / "reel")


def test_memory_errors_and_threads_are_left_as_they_were(copier, reel, shelf):
    before = threading.active_count()
    files = len(os.listdir("/proc/self/fd"))

    copier(reel, shelf)

    deadline = time.monotonic() + 60
    while threading.active_count() > before and time.monotonic() < deadline:
        time.sleep(0.01)
    assert threading.active_count() == before
    assert len(os.listdir("/proc/self/fd")) == files
