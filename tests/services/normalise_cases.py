"""Films and sounds to normalise, made by ffmpeg, and programs that pretend to be it."""

import subprocess
import sys
from pathlib import Path

from avpres.adapters.tools.ffmpeg import find_ffmpeg
from avpres.config.normalise import NormaliseOptions
from avpres.config.site import Site, ToolPaths
from avpres.services.context import Context
from avpres.services.normalise import normalise

FFMPEG = str(find_ffmpeg().path)
SHORT = "0.24"  # seconds: six frames


def film(path: Path, *words: str, size="64x48", rate="25", sound=("sine=r=48000",)) -> Path:
    """Make a film of six frames with noise; `words` are options of the output."""
    command = [FFMPEG, "-v", "error", "-f", "lavfi"]
    command += ["-i", f"testsrc2=s={size}:r={rate}:d={SHORT},noise=alls=30:allf=t"]
    for each in sound:
        command += ["-f", "lavfi", "-i", f"{each}:d={SHORT}"]
    for number in range(len(sound) + 1):
        command += ["-map", str(number)]
    subprocess.run([*command, *words, str(path)], check=True)
    return path


def sound(path: Path, *words: str, source="sine=r=48000") -> Path:
    command = [FFMPEG, "-v", "error", "-f", "lavfi", "-i", f"{source}:d={SHORT}"]
    subprocess.run([*command, *words, str(path)], check=True)
    return path


def run(tmp: Path, *sources: Path, ffmpeg: Path | None = None, **options):
    """Normalise into `out` below a folder."""
    site = Site(tools=ToolPaths(ffmpeg=ffmpeg))
    context = Context(state_dir=tmp / "state", site=site)
    wanted = NormaliseOptions(sources=sources, destination=tmp / "out", **options)
    return normalise(wanted, context)


def codes(report) -> set[str]:
    return set(report.finding_counts)


def messages(report, code: str) -> str:
    return "\n".join(each.message for each in report.findings if each.code == code)


def decoded(path: Path, *words: str) -> list[str]:
    """Give digests of all frames, by a plain ffmpeg and nothing of ours."""
    command = [FFMPEG, "-v", "error", "-i", str(path), *words, "-f", "framemd5", "-"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    lines = (line for line in done.stdout.splitlines() if not line.startswith("#"))
    return [line.rpartition(",")[2].strip() for line in lines]


_PRETENDER = """\
#!{python} -S
import os, subprocess, sys, time
words = sys.argv[1:]
names = [word[5:] for word in words if word.startswith("file:")]
made = [name for name in names if name.endswith((".mkv", ".mka", ".flac")) and ".part" in name]
is_encoding = "-map_metadata" in words and "0" in words[words.index("-map_metadata") + 1]
is_proof = bool(made) and not is_encoding
def real(words):
    return subprocess.call([{ffmpeg!r}, *words])
def flip(place, bits=1):
    path = made[0]
    with open(path, "r+b") as handle:
        at = place if isinstance(place, int) else int(os.path.getsize(path) * place)
        handle.seek(at)
        byte = handle.read(1)
        handle.seek(at)
        handle.write(bytes([byte[0] ^ bits]))
if not is_encoding:
    {otherwise}
    sys.exit(real(words))
{body}
"""


def pretender(folder: Path, body: str, otherwise: str = "pass") -> Path:
    """Write a program that is ffmpeg in all but the run that encodes (or also otherwise)."""
    folder.mkdir(exist_ok=True)
    path = folder / "ffmpeg"
    text = _PRETENDER.format(python=sys.executable, ffmpeg=FFMPEG, body=body, otherwise=otherwise)
    path.write_text(text)
    path.chmod(0o755)
    return path
