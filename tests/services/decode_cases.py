"""Films that carry proofs, lists of digests beside them, and programs that pretend to be ffmpeg."""

import subprocess
import sys
from pathlib import Path

from normalise_cases import FFMPEG

from avpres.config.site import Site, ToolPaths
from avpres.config.verify import VerifyOptions
from avpres.services.context import Context
from avpres.services.verify import verify

CHECKED = ("-c:v", "ffv1", "-level", "3", "-slices", "4", "-slicecrc", "1", "-g", "1")
UNCHECKED = ("-c:v", "ffv1", "-level", "3", "-slices", "4", "-slicecrc", "0", "-g", "1")
BARE = ("-write_crc32", "0")
"""Matroska without check sums of its own, as MKVToolNix writes it."""


def run(tmp: Path, *paths: Path, ffmpeg: Path | None = None, decode=True, **options):
    """Verify, and decode unless told otherwise."""
    context = Context(state_dir=tmp / "state", site=Site(tools=ToolPaths(ffmpeg=ffmpeg)))
    return verify(VerifyOptions(paths=paths, decode=decode, **options), context)


def codes(report) -> set[str]:
    """Give the codes of decoding alone."""
    return {code for code in report.finding_counts if code.startswith("DEC-")}


def by_name(report) -> dict[str, set[str]]:
    """Give the codes of decoding by the name of the file they are about."""
    found: dict[str, set[str]] = {}
    for each in report.findings:
        if each.code.startswith("DEC-"):
            found.setdefault(Path(each.path).name, set()).add(each.code)
    return found


def said(report, code: str) -> str:
    return "\n".join(each.message for each in report.findings if each.code == code)


def counted(report) -> dict[str, object]:
    return report.facts["decoding"]


def records(report) -> list[str]:
    [folder] = {Path(each.path).parent for each in report.outputs if "files" in each.path}
    return (folder / "files.jsonl").read_text().splitlines()


def ffmpeg(*words: str | Path, program: str = FFMPEG) -> None:
    subprocess.run([program, "-v", "error", *map(str, words)], check=True)


def framemd5(film: Path, target: Path, *words: str, form="framemd5") -> Path:
    """List the digests of a film, by a plain ffmpeg and nothing of ours."""
    ffmpeg("-i", film, *words, "-f", form, target)
    return target


def flip(path: Path, place: float, bits=1) -> Path:
    """Change one byte; a place below 1 is a share of the file."""
    data = bytearray(path.read_bytes())
    at = place if isinstance(place, int) else int(len(data) * place)
    data[at] ^= bits
    path.write_bytes(data)
    return path


def cut(path: Path, size: float) -> Path:
    data = path.read_bytes()
    path.write_bytes(data[: size if isinstance(size, int) else int(len(data) * size)])
    return path


_PRETENDER = """\
#!{python} -S
import os, subprocess, sys, time
words = sys.argv[1:]
is_decoding = "-err_detect" in words
def real(words):
    return subprocess.call([{ffmpeg!r}, *words])
if not is_decoding:
    sys.exit(real(words))
at = words.index("-i")
{body}
"""


def pretender(folder: Path, body: str) -> Path:
    """Write a program that is ffmpeg in all but the run that decodes a whole file."""
    path = folder / "ffmpeg"
    path.write_text(_PRETENDER.format(python=sys.executable, ffmpeg=FFMPEG, body=body))
    path.chmod(0o755)
    return path
