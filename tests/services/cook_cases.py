"""Reels to cook, and their comparison with what came back."""

import hashlib
import os
import wave
from pathlib import Path

import scan_maker

from avpres.config.cook import CookOptions
from avpres.config.uncook import UncookOptions
from avpres.domain.severity import Severity
from avpres.services.context import Context
from avpres.services.cook import cook
from avpres.services.uncook import uncook

FIRST = 86_400  # number of the first frame: an hour at 24 frames a second


def frame(reel: Path, place: int, **form) -> Path:
    path = reel / f"scan_{FIRST + place:07d}.dpx"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(scan_maker.dpx(48, 32, seed=place, number=place, **form))
    return path


def frames(reel: Path, count: int = 6, **form) -> Path:
    for place in range(count):
        frame(reel, place, **form)
    return reel


def sound(path: Path, samples: int = 12_000, *, width: int = 3) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as handle:
        handle.setnchannels(2)
        handle.setsampwidth(width)
        handle.setframerate(48_000)
        block = bytes(number * 7 % 256 for number in range(2 * width * 1000))
        handle.writeframes(block * (samples // 1000))
    return path


def whole_reel(top: Path, name: str = "reel") -> Path:
    """Make frames with a sound, sidecars, an empty file and an empty folder."""
    reel = frames(top / name)
    sound(reel / "sound.wav")
    (reel / "notes").mkdir()
    (reel / "notes" / "scan.xml").write_text("<scan/>\n")
    (reel / ".DS_Store").write_bytes(b"\0\0\0\1Bud1")
    (reel / "Thumbs.db").write_bytes(bytes(range(256)) * 20)
    (reel / "empty.txt").touch()
    (reel / "nothing" / "in it").mkdir(parents=True)
    os.chmod(reel / "notes" / "scan.xml", 0o640)
    os.utime(reel / "notes" / "scan.xml", ns=(10**18 + 1, 10**18 + 1))
    os.utime(reel / "nothing", ns=(10**18 + 2, 10**18 + 2))
    return reel


def run(tmp: Path, *reels: Path, out: str = "out", **options):
    wanted = CookOptions(reels=reels, destination=tmp / out, **options)
    return cook(wanted, Context(state_dir=tmp / "state"))


def back(tmp: Path, *films: Path, out: str = "back", **options):
    wanted = UncookOptions(sources=films, destination=tmp / out, **options)
    return uncook(wanted, Context(state_dir=tmp / "state"))


def film_of(tmp: Path, name: str = "reel", out: str = "out") -> Path:
    return tmp / out / name / f"{name}.mkv"


def codes(report) -> set[str]:
    return set(report.finding_counts)


def errors(report) -> set[str]:
    return {each.code for each in report.findings if each.severity is Severity.ERROR}


def messages(report, code: str) -> str:
    return "\n".join(
        f"{each.path}: {each.message}" for each in report.findings if each.code == code
    )


def tree(top: Path) -> dict[bytes, tuple]:
    """Tell of everything beneath a folder: digest, time and permissions."""
    found: dict[bytes, tuple] = {}
    root = os.fsencode(top)
    for folder, folders, files in os.walk(root):
        for name in (*folders, *files):
            path = os.path.join(folder, name)
            status = os.lstat(path)
            digest = ""
            if not os.path.isdir(path):
                with open(path, "rb") as handle:
                    digest = hashlib.sha256(handle.read()).hexdigest()
            found[os.path.relpath(path, root)] = (digest, status.st_mtime_ns, status.st_mode)
    return found


def comes_back(tmp: Path, reel: Path, **options) -> None:
    """Cook, restore, and compare the trees."""
    report = run(tmp, reel, **options)
    assert report.exit_code == 0, report.findings
    restored = back(tmp, film_of(tmp, reel.name))
    assert restored.exit_code == 0, restored.findings
    assert tree(tmp / "back" / reel.name) == tree(reel)
