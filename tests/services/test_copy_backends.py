"""What every backend owes the engine, and what the engine owes its users whatever the backend."""

import errno
import os
import runpy
import shutil
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
from copy_cases import ODD_NAMES, Copier, Saboteur, assert_manifest, assert_same, leftovers
from noise import noise

from avpres.config.site import Site, ToolPaths
from avpres.domain.errors import ToolFailedError, ToolMissingError, UsageError
from avpres.domain.exit_codes import ExitCode

PROGRAMS = ("cp", "rsync")
BACKENDS = ("native", *PROGRAMS)
FAKES = Path(__file__).parents[1] / "adapters" / "storage" / "backend_fakes.py"
STAMP = 1_500_000_000_123_456_789  # ns since 1970
FLIP = r"""
flip() {
    byte=$(od -An -tu1 -j500 -N1 "$1")
    printf "\\$(printf %03o $((byte ^ 1)))" | dd of="$1" bs=1 seek=500 conv=notrunc 2>/dev/null
}
"""
"""A command of the shell that changes one bit of a file."""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="cp and rsync as on Linux")


@pytest.fixture(params=BACKENDS)
def backend(request) -> str:
    return _there(request.param)


@pytest.fixture(params=PROGRAMS)
def program(request) -> str:
    return _there(request.param)


def _there(name: str) -> str:
    if name != "native" and shutil.which(name) is None:
        pytest.skip(f"{name} is not installed")
    return name


@pytest.fixture
def run(tmp_path) -> Copier:
    return Copier(tmp_path / "state")


@pytest.fixture
def there(tmp_path) -> Path:
    return tmp_path / "there"


@pytest.fixture
def reel(tmp_path) -> Path:
    root = tmp_path / "reel"
    (root / "scans" / "deep").mkdir(parents=True)
    (root / "nothing").mkdir()
    (root / "film.mkv").write_bytes(noise(2_500_017))
    (root / "empty").touch()
    (root / "film.mkv").chmod(0o440)
    for number in range(5):
        path = root / "scans" / f"{number}.dpx"
        path.write_bytes(noise(1000 + number, number))
        os.utime(path, ns=(STAMP, STAMP))
    (root / "scans" / "deep" / "sound.wav").write_bytes(b"sound" * 50_000)
    (root / "scans" / "link").symlink_to("deep/sound.wav")
    return root


def put(run, source, there, backend, **options):
    """Copy; programs leave access times behind, which the kernel keeps for itself."""
    return run(source, there, backend=backend, touches_source=backend != "native", **options)


def instead(run: Copier, folder: Path, name: str, body: str) -> Copier:
    """Put a shell script in the place of a program; `$REAL` in it is the program itself."""
    script = folder / "bin" / name
    script.parent.mkdir(exist_ok=True)
    real = shutil.which(name)
    script.write_text(
        f'#!/bin/sh\nREAL={real}\nif [ "$1" = --version ]; then exec "$REAL" "$1"; fi\n{body}\n'
    )
    script.chmod(0o755)
    return Copier(run.state, {"site": Site(tools=ToolPaths(**{name: script}))})


def test_a_tree_lands_equal(backend, run, reel, there):
    report = put(run, reel, there, backend)

    assert report.exit_code is ExitCode.OK
    assert_same(reel, there / "reel")
    assert_manifest(there, "reel")
    assert leftovers(there) == []
    assert report.facts["backend"] == backend
    assert report.totals.verified_files == report.totals.files == 8


def test_a_second_run_finds_all_done(backend, run, reel, there):
    put(run, reel, there, backend)

    report = put(run, reel, there, backend)

    assert report.exit_code is ExitCode.OK
    assert (report.totals.copied_files, report.totals.already_there) == (0, 8)
    assert_same(reel, there / "reel")


def test_what_is_missing_is_added_and_what_is_there_recognised(backend, run, reel, there):
    shutil.copytree(reel / "scans", there / "reel" / "scans", symlinks=True)

    report = put(run, reel, there, backend)

    assert report.exit_code is ExitCode.OK
    assert (report.totals.copied_files, report.totals.already_there) == (2, 6)
    assert_same(reel, there / "reel")


@pytest.mark.parametrize("size", [3, 1002], ids=["other size", "same size"])
def test_other_content_is_never_overwritten(backend, run, reel, there, size):
    (there / "reel" / "scans").mkdir(parents=True)
    (there / "reel" / "scans" / "2.dpx").write_bytes(b"x" * size)

    report = put(run, reel, there, backend)

    assert report.exit_code is ExitCode.DESTINATION_EXISTS
    assert (there / "reel" / "scans" / "2.dpx").read_bytes() == b"x" * size
    assert report.totals.copied_files == 7
    assert leftovers(there) == []


def test_other_content_is_replaced_when_asked(backend, run, reel, there):
    (there / "reel" / "scans").mkdir(parents=True)
    (there / "reel" / "scans" / "2.dpx").write_bytes(b"x" * 1002)

    report = put(run, reel, there, backend, replace=True)

    assert report.exit_code is ExitCode.OK
    assert_same(reel, there / "reel")


def test_any_name_is_copied(backend, run, tmp_path, there):
    root = tmp_path / "odd"
    root.mkdir()
    for number, name in enumerate(ODD_NAMES):
        folder = os.path.join(os.fsencode(root), name)
        os.mkdir(folder)
        for inner in (name, b"#hash", b"--help", b"~"):
            with open(os.path.join(folder, inner), "wb") as file:
                file.write(b"%d" % number)

    report = put(run, root, there, backend)

    assert report.exit_code is ExitCode.OK
    assert_same(root, there / "odd")


def test_holes_stay_holes(backend, run, tmp_path, there):
    (tmp_path / "sparse").mkdir()
    with (tmp_path / "sparse" / "film").open("xb") as file:
        file.write(b"start")
        file.seek(100 << 20)
        file.write(b"end")

    report = put(run, tmp_path / "sparse", there, backend)

    assert report.exit_code is ExitCode.OK
    assert (there / "sparse" / "film").stat().st_blocks * 512 < 20 << 20
    assert_same(tmp_path / "sparse", there / "sparse")


def test_attributes_go_along_when_asked(backend, run, reel, there):
    try:
        os.setxattr(reel / "empty", "user.note", b"kept")
    except OSError as error:
        if error.errno not in {errno.ENOTSUP, errno.EOPNOTSUPP}:
            raise
        pytest.skip("no extended attributes here")

    report = put(run, reel, there, backend, xattrs=True)

    assert report.exit_code is ExitCode.OK
    assert os.getxattr(there / "reel" / "empty", "user.note") == b"kept"


def test_single_files_and_what_links_stand_for_are_copied(backend, run, reel, tmp_path, there):
    link = tmp_path / "by another name.wav"
    link.symlink_to(reel / "scans" / "deep" / "sound.wav")

    report = put(run, (reel / "film.mkv", link), there, backend)

    assert report.exit_code is ExitCode.OK
    assert (there / "film.mkv").read_bytes() == (reel / "film.mkv").read_bytes()
    assert (there / link.name).read_bytes() == link.read_bytes()
    assert not (there / link.name).is_symlink()
    assert leftovers(there) == []


def test_links_are_followed_when_asked(backend, run, reel, there):
    report = put(run, reel, there, backend, links="follow")

    assert report.exit_code is ExitCode.OK
    assert (there / "reel" / "scans" / "link").is_file()
    assert not (there / "reel" / "scans" / "link").is_symlink()


def test_hard_links_stay_together(backend, run, reel, there):
    os.link(reel / "film.mkv", reel / "scans" / "same.mkv")

    report = put(run, reel, there, backend)

    assert report.exit_code is ExitCode.OK
    assert (there / "reel" / "film.mkv").samefile(there / "reel" / "scans" / "same.mkv")


def test_every_destination_gets_its_own_proof(backend, run, reel, tmp_path, there):
    report = put(run, reel, there, backend, to=(tmp_path / "second",))

    assert report.exit_code is ExitCode.OK
    assert report.totals.verified_files == 16
    assert report.facts["source_reads"] == (1 if backend == "native" else 3)
    for place in (there, tmp_path / "second"):
        assert_same(reel, place / "reel")
        assert leftovers(place) == []


def test_a_source_that_changes_is_read_again(backend, run, reel, there):
    def grow(_: Saboteur) -> None:
        if (reel / "scans" / "1.dpx").stat().st_size == 1001:
            with (reel / "scans" / "1.dpx").open("ab") as file:
                file.write(b"more")

    around = Copier(run.state, {"progress": Saboteur(advance=grow)})
    report = around(reel, there, backend=backend, touches_source=True)

    assert report.exit_code is ExitCode.OK
    assert_same(reel, there / "reel")


def test_an_unreadable_source_does_not_stop_the_others(backend, run, reel, there):
    def vanish(_: Saboteur) -> None:
        (reel / "scans" / "4.dpx").unlink(missing_ok=True)

    around = Copier(run.state, {"progress": Saboteur(copy=vanish)})
    report = around(reel, there, backend=backend, touches_source=True)

    assert report.exit_code is ExitCode.SOURCE_UNREADABLE
    assert report.finding_counts["COPY-UNREADABLE"] == 1
    assert report.totals.copied_files == 7
    assert leftovers(there) == []


def test_the_program_is_in_the_record(program, run, reel, there):
    report = put(run, reel, there, program)

    agent = next(agent for agent in report.agents if agent.name != "avpres")
    assert program in agent.name.lower() or "coreutils" in agent.name.lower()
    assert agent.version
    assert report.facts["backend_reason"] == "asked for"
    assert report.facts["source_reads"] == 2


@pytest.mark.parametrize(
    "body",
    ["exit 0", 'case "$*" in *--files-from*) cat >/dev/null;; esac; exit 0'],
    ids=["at once", "after listening"],
)
def test_a_program_that_does_nothing_and_says_ok_is_found_out(
    program, body, *, run, reel, there, tmp_path
):
    report = put(instead(run, tmp_path, program, body), reel, there, program)

    assert report.exit_code is ExitCode.TOOL_FAILED
    assert report.finding_counts["COPY-PROGRAM"] == 8
    assert report.totals.copied_files == 0
    assert leftovers(there) == []
    assert put(run, reel, there, program).exit_code is ExitCode.OK
    assert_same(reel, there / "reel")


@pytest.mark.parametrize(
    ("harm", "status"),
    [
        ("flip {}", ExitCode.FIXITY_MISMATCH),
        ("truncate -s 10 {}", ExitCode.TOOL_FAILED),
        ("rm {}", ExitCode.TOOL_FAILED),
    ],
    ids=["a wrong byte", "cut short", "missing"],
)
def test_a_program_that_spoils_a_file_and_says_ok_is_found_out(
    program, harm, status, *, run, reel, there, tmp_path
):
    spoil = harm.format('"$(find ' + str(there) + ' -path "*.part/*" -name 3.dpx)"')
    bad = instead(run, tmp_path, program, f'{FLIP}"$REAL" "$@" || exit $?\n{spoil}\nexit 0')

    report = put(bad, reel, there, program)

    assert report.exit_code is status
    assert not (there / "reel" / "scans" / "3.dpx").exists()
    assert report.totals.copied_files == 7
    assert leftovers(there) == []
    again = put(run, reel, there, program)
    assert (again.exit_code, again.totals.copied_files) == (ExitCode.OK, 1)
    assert_same(reel, there / "reel")


def test_a_byte_spoiled_once_is_mended_and_told(program, run, reel, there, tmp_path):
    harm = f'flip "$f"; touch {tmp_path}/done'
    body = (
        f'{FLIP}"$REAL" "$@" || exit $?\n[ -e {tmp_path}/done ] && exit 0\n'
        f'f="$(find {there} -path "*.part/*" -name 3.dpx)"\n{harm}\nexit 0'
    )

    report = put(instead(run, tmp_path, program, body), reel, there, program)

    assert report.exit_code is ExitCode.FIXITY_MISMATCH  # the medium is not to be trusted
    assert report.finding_counts == {"COPY-MISMATCH": 1}
    assert report.totals.copied_files == 8
    assert_same(reel, there / "reel")


def test_a_killed_program_ends_the_command_and_can_be_run_again(
    program, run, reel, there, tmp_path
):
    bad = instead(run, tmp_path, program, '"$REAL" "$@"\nkill -9 $$')

    with pytest.raises(ToolFailedError, match="SIGKILL"):
        put(bad, reel, there, program)

    assert [p for p in there.rglob("*") if p.is_file()] == []
    assert leftovers(there) == []
    assert put(run, reel, there, program).exit_code is ExitCode.OK
    assert_same(reel, there / "reel")


def test_what_a_killed_run_left_is_cleared_by_any_backend(backend, run, reel, there, tmp_path):
    program = _there("cp")
    script = tmp_path / "killed.py"
    script.write_text(
        "import os, sys\nfrom pathlib import Path\n"
        "from avpres.config.copy import CopyOptions\nfrom avpres.config.site import *\n"
        "from avpres.services.context import Context\nfrom avpres.services.copy import copy\n"
        f"site = Site(tools=ToolPaths({program}=Path(sys.argv[1])))\n"
        f"copy(CopyOptions(sources=(Path({str(reel)!r}),), destination=Path({str(there)!r}),"
        f" backend={program!r}), Context(state_dir=Path({str(run.state)!r}), site=site))\n"
    )
    instead(run, tmp_path, program, '"$REAL" "$@"\nkill -9 $PPID')
    killed = subprocess.run(
        [sys.executable, str(script), str(tmp_path / "bin" / program)], check=False
    )
    assert killed.returncode == -9
    assert [name for name in os.listdir(there) if name.endswith(".part")]

    report = put(run, reel, there, backend)

    assert report.exit_code is ExitCode.OK
    assert_same(reel, there / "reel")
    assert [name for name in os.listdir(there) if ".avpres-" in name] == []


def test_the_source_is_hashed_by_avpres(program, run, reel, there, tmp_path):
    """A program that spoils what it reads must not decide what is recorded of the source."""
    spoil = f'for f in $(find {there} -path "*.part/*" -name "*.dpx"); do echo X > "$f"; done'
    bad = instead(run, tmp_path, program, f'"$REAL" "$@"\n{spoil}\nexit 0')

    report = put(bad, reel, there, program)

    assert report.exit_code is not ExitCode.OK
    assert not (there / "reel_manifest.md5").exists()


def test_a_full_destination_is_told_and_the_rest_goes_on_after_it(program, run, reel, tmp_path):
    if os.geteuid() != 0:
        pytest.skip("needs root to mount a small volume")
    small = tmp_path / "small"
    small.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "none", str(small)],
        check=False,
        capture_output=True,
    )
    if mounted.returncode:
        pytest.skip("mounts are refused here")
    try:
        report = put(
            run, reel, small / "x", program, to=(tmp_path / "there",), skip_space_check=True
        )
        assert leftovers(small) == []
    finally:
        subprocess.run(["umount", str(small)], check=True)

    assert report.exit_code is ExitCode.DESTINATION_REFUSED
    assert report.finding_counts["COPY-LOST"] == 1
    assert_same(reel, tmp_path / "there" / "reel")


def test_a_program_that_is_not_here_is_no_reason_to_take_another(run, reel, there, tmp_path):
    away = Copier(run.state, {"site": Site(tools=ToolPaths(rsync=tmp_path / "no such rsync"))})

    with pytest.raises(ToolMissingError):
        put(away, reel, there, "rsync")

    assert not there.exists()


@pytest.mark.parametrize("name", ["ditto", "robocopy"])
def test_backends_of_other_systems_are_refused(name, run, reel, there):
    with pytest.raises(UsageError, match=name):
        put(run, reel, there, name)

    assert not there.exists()


def test_two_runs_into_one_folder_do_not_disturb_each_other(program, tmp_path, there):
    """Files of one folder, each copied by a run of its own, at the same time."""
    for number in range(4):
        (tmp_path / f"{number}.mov").write_bytes(noise(300_000 + number, number))
    code = (
        "import sys\nfrom pathlib import Path\nfrom avpres.config.copy import CopyOptions\n"
        "from avpres.services.context import Context\nfrom avpres.services.copy import copy\n"
        "report = copy(CopyOptions(sources=(Path(sys.argv[1]),), destination=Path(sys.argv[2]),"
        " backend=sys.argv[3]), Context(state_dir=Path(sys.argv[4])))\n"
        "sys.exit(int(report.exit_code))\n"
    )
    command = [sys.executable, "-c", code]
    runs = [
        subprocess.Popen(
            [*command, tmp_path / f"{n}.mov", there, ("native", program)[n % 2], tmp_path / "state"]
        )
        for n in range(4)
    ]

    assert [run.wait() for run in runs] == [0, 0, 0, 0]
    for number in range(4):
        name = f"{number}.mov"
        assert (there / name).read_bytes() == (tmp_path / name).read_bytes()
    assert leftovers(there) == []


def test_an_interrupted_run_ends_its_program(program, run, reel, there, tmp_path):
    note = tmp_path / "pid"
    instead(run, tmp_path, program, f"echo $$ > {note}.new; mv {note}.new {note}; exec sleep 60")
    started = subprocess.Popen(
        [sys.executable, "-m", "avpres", "copy", reel, there, "--backend", program],
        env={
            **os.environ,
            "AVPRES_STATE_DIR": str(run.state),
            "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}",
        },
        stderr=subprocess.DEVNULL,
    )
    end = time.monotonic() + 60
    while not note.exists() and time.monotonic() < end:
        time.sleep(0.02)
    started.send_signal(signal.SIGINT)

    assert started.wait(60) == ExitCode.INTERRUPTED
    assert not Path(f"/proc/{int(note.read_text())}").exists()
    assert leftovers(there) == []
    assert put(run, reel, there, program).exit_code is ExitCode.OK


def test_the_stage_is_closed_to_others(program, run, reel, there, tmp_path):
    note = tmp_path / "modes"
    look = f'stat -c %a {there}/.avpres-*.part > {note}; exec "$REAL" "$@"'

    put(instead(run, tmp_path, program, look), reel, there, program)

    assert note.read_text().split() == ["700"]
    assert stat.S_IMODE((there / "reel").stat().st_mode) == stat.S_IMODE(reel.stat().st_mode)


PLUGIN = """
import sys
from pathlib import Path
from avpres.adapters.storage.backends.{module} import {make}
from avpres.domain.premis import Agent

class Here:
    systems = frozenset({{sys.platform}})
    name = "elsewhere"

    def __init__(self, configured):
        inner = {make}({{"{name}": Path({program!r})}})
        self.guarantees, self.copy = inner.guarantees, inner.copy

    def agent(self):
        return Agent(name="{name}", version="fake")
"""
MODULES = {
    "gcp": ("gcp", "gcp"),
    "ditto": ("ditto", "DittoBackend"),
    "robocopy": ("robocopy", "RobocopyBackend"),
}


@pytest.mark.parametrize("name", MODULES)
def test_programs_of_other_systems_and_plugins_go_the_same_way(
    name, *, run, reel, there, tmp_path, monkeypatch
):
    """By small programs of those names, brought in as an installed package would."""
    code = runpy.run_path(str(FAKES)).get(name.upper())
    fake = tmp_path / name
    if code is None:
        fake.symlink_to(shutil.which("cp"))
    else:
        fake.write_text(f"#!{sys.executable}\n{code}")
        fake.chmod(0o755)
    package = tmp_path / "package"
    about = package / "elsewhere-1.dist-info"
    about.mkdir(parents=True)
    module, make = MODULES[name]
    plugin = PLUGIN.format(module=module, make=make, name=name, program=str(fake))
    (package / f"elsewhere_{name}.py").write_text(plugin)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: elsewhere\nVersion: 1\n")
    entry = f"[avpres.copy_backends]\nelsewhere = elsewhere_{name}:Here\n"
    (about / "entry_points.txt").write_text(entry)
    monkeypatch.syspath_prepend(str(package))

    report = put(run, reel, there, "elsewhere")

    assert report.exit_code is ExitCode.OK
    assert_same(reel, there / "reel")
    assert leftovers(there) == []
    assert report.facts["backend"] == "elsewhere"
    assert any(agent.name == name for agent in report.agents)
    assert put(run, reel, there, "elsewhere").totals.already_there == 8
