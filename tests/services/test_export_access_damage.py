"""What is wrong with an access copy keeps the DIP from appearing; names of any kind get copies."""

import os
import subprocess
import sys
from pathlib import Path

import bagit
import pytest
from access_cases import FFMPEG, ffmpeg
from export_access_cases import SINE, films_package
from export_cases import Exporter, dip, packaged, unpacked

from avpres.config.site import Site, ToolPaths
from avpres.domain.dissemination import DipForm
from avpres.domain.errors import UsageError
from avpres.domain.exit_codes import ExitCode


@pytest.fixture(scope="module")
def films(tmp_path_factory):
    return films_package(tmp_path_factory.mktemp("films"))


@pytest.fixture
def export(tmp_path):
    return Exporter(tmp_path / "state")


def codes(report) -> set[str]:
    return set(report.finding_counts)


def fake(folder: Path, body: str) -> Site:
    """Make an ffmpeg that does something else with what it has encoded."""
    folder.mkdir()
    program = folder / "ffmpeg"
    program.write_text(
        f"#!{sys.executable} -S\n"
        "import os, subprocess, sys\n"
        "words = sys.argv[1:]\n"
        "out = words[-1][5:]\n"
        f"status = subprocess.call([{FFMPEG!r}, *words])\n"
        f"if '.part' in out and out.endswith('.part'):\n    {body}\n"
        "sys.exit(status)\n"
    )
    program.chmod(0o755)
    return Site(tools=ToolPaths(ffmpeg=program))


@pytest.mark.parametrize(
    "body",
    [
        "os.truncate(out, os.path.getsize(out) // 2)",
        "status = 1",
        "os.unlink(out)",
    ],
    ids=["cut", "failed", "nothing made"],
)
def test_a_copy_that_fails_keeps_the_dip_from_appearing(films, tmp_path, body):
    failing = Exporter(tmp_path / "state", site=fake(tmp_path / "bin", body))
    report = failing(films, tmp_path / "out", form=DipForm.BAG, access=("low",))
    assert report.exit_code is not ExitCode.OK
    assert report.summary.startswith("no DIP was made: 2 access copies could not be made")
    assert [name for name in os.listdir(tmp_path / "out") if not name.startswith(".")] == []
    report = Exporter(tmp_path / "state")(
        films, tmp_path / "out", form=DipForm.BAG, access=("low",)
    )
    assert report.exit_code is ExitCode.OK
    assert bagit.Bag(str(dip(tmp_path / "out"))).is_valid()


def test_a_master_that_is_not_as_recorded_gives_no_copy(films, export, tmp_path):
    store = tmp_path / "store"
    subprocess.run(["cp", "-a", films.parent, store], check=True)
    (package,) = [path for path in store.iterdir() if path.is_dir()]
    tape = next(package.rglob("tape.mov"))
    content = bytearray(tape.read_bytes())
    content[-1] ^= 1
    tape.write_bytes(content)
    for form, only_copies in ((DipForm.BAG, True), (DipForm.BAG, False), (DipForm.AIHT, False)):
        out = tmp_path / f"{form} {only_copies}"
        report = export(package, out, form=form, access=("low",), access_only=only_copies)
        assert report.exit_code is ExitCode.FIXITY_MISMATCH
        assert "EXP-MISMATCH" in codes(report)
        assert [name for name in os.listdir(out) if not name.startswith(".")] == []


def test_twins_and_long_names_keep_apart(export, tmp_path):
    root = tmp_path / "reel"
    root.mkdir()
    for name in ("tape.wav", "tape.flac", f"{'n' * 251}.wav", "tape.wav_mp3.mp3"):
        ffmpeg(*SINE, "-t", "0.2", str(root / name))
    package = packaged(tmp_path, {b"tape.flac_mp3.mp3/notes.txt": b"a folder"})
    report = export(package, tmp_path / "out", form=DipForm.BAG, access=("mp3",))
    assert report.exit_code is ExitCode.OK
    data = dip(tmp_path / "out") / "data" / "reel"
    copies = sorted(path.name for path in data.iterdir() if not (root / path.name).exists())
    assert len(copies) == 4
    assert "tape.flac-2_mp3.mp3" in copies  # a folder has the other name
    assert "tape.wav-2_mp3.mp3" in copies  # and here a master


def test_names_of_any_bytes_get_copies(export, tmp_path):
    root = tmp_path / "reel"
    root.mkdir()
    for name in (b"so\xffng.wav", b"new\nline.wav", b" outer .wav", b"100%0A.wav"):
        ffmpeg(*SINE, "-t", "0.2", str(tmp_path / "song.wav"))
        (tmp_path / "song.wav").rename(root / os.fsdecode(name))
    package = packaged(tmp_path, {})
    report = export(package, tmp_path / "out", access=("mp3",))
    assert report.exit_code is ExitCode.OK
    found = unpacked(next((tmp_path / "out").glob("*.tar")), tmp_path / "unpacked")
    names = {os.fsencode(path.name) for path in (found / "content" / "reel").iterdir()}
    assert {b"so\xffng_mp3.mp3", b"new\nline_mp3.mp3", b" outer _mp3.mp3"} <= names


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"access": ("hd264",)}, "no such profile"),
        ({"access": ("watermark",)}, "--watermark"),
    ],
)
def test_what_cannot_be_made_is_refused_before_anything_is_written(
    films, export, tmp_path, options, text
):
    with pytest.raises(UsageError, match=text):
        export(films, tmp_path / "out", **options)
    assert not (tmp_path / "out").exists()


def test_options_of_copies_need_a_profile(films, export, tmp_path):
    with pytest.raises(ValueError, match="--access h264"):
        export(films, tmp_path / "out", access_only=True)


def test_a_run_that_was_killed_does_not_make_finished_copies_twice(films, tmp_path):
    words = ["export", str(films), str(tmp_path / "out"), "--access", "low", "--form", "bag"]
    killer = (
        "import os, signal, sys\n"
        "def watch(event, args):\n"
        "    if event == 'os.rename' and os.fsdecode(args[1]).endswith('data/reel/tape_low.mp4'):\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
        "sys.addaudithook(watch)\n"
        "sys.argv = ['avpres', *sys.argv[1:]]\n"
        "from avpres.__main__ import main\n"
        "main()\n"
    )
    around = {**os.environ, "AVPRES_STATE_DIR": str(tmp_path / "state")}
    killed = subprocess.run([sys.executable, "-c", killer, *words], env=around, check=False)
    assert killed.returncode == -9
    (stage,) = (tmp_path / "out").iterdir()
    made = {path.stat().st_ino for path in stage.rglob("*_low.mp4")}
    assert len(made) == 2
    done = subprocess.run([sys.executable, "-m", "avpres", *words], env=around, check=False)
    assert done.returncode == 0
    copies = dip(tmp_path / "out").rglob("*_low.mp4")
    assert {path.stat().st_ino for path in copies} == made
