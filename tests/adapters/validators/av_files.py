"""Small audiovisual files made by ffmpeg, once a session, and what befalls files."""

import os
import subprocess
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import imageio_ffmpeg
import pytest

from avpres.adapters.validators.examination import Examination
from avpres.adapters.validators.registry import examine
from avpres.adapters.validators.source import Source
from avpres.domain.formats import Format

PICTURE = ("-f", "lavfi", "-i", "testsrc2=s=64x48:r=25:d=0.4")
SOUND = ("-f", "lavfi", "-i", "sine=r=48000:d=0.4")
SHARES = (0.01, 0.25, 0.5, 0.9)


@cache
def made(name: str, *arguments: str) -> bytes:
    """Give what ffmpeg writes, called with arguments and the name of the file to write."""
    with TemporaryDirectory() as folder:
        target = Path(folder) / name
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", *arguments, str(target)]
        done = subprocess.run(command, capture_output=True, check=False, stdin=subprocess.DEVNULL)
        if done.returncode:
            pytest.skip(f"this ffmpeg cannot make {name}: {done.stderr.decode()[-200:]}")
        return target.read_bytes()


def examined(data: bytes, format: Format) -> Examination:
    """Examine bytes as a format."""
    exam = Examination()
    with open(os.devnull, "rb") as file:
        examine(Source(file, "sample", data), format, exam)
    return exam


def examined_file(path: Path, format: Format) -> Examination:
    """Examine a file that is too large to be held."""
    exam = Examination()
    with path.open("rb") as file:
        examine(Source(file, str(path)), format, exam)
    return exam


def ids(exam: Examination) -> set[str]:
    """Give the ids of all messages."""
    return set(exam.counts)


def flipped(data: bytes, place: int, mask: int = 1) -> bytes:
    """Give a copy with bits of one byte turned over."""
    return data[:place] + bytes([data[place] ^ mask]) + data[place + 1 :]


def cuts(data: bytes) -> list[bytes]:
    """Give what is left of a file that is cut at 1, 25, 50, 90 % and before its last byte."""
    places = [int(len(data) * share) for share in SHARES]
    return [data[:place] for place in (*places, len(data) - 1)]


def element(id: int, content: bytes, *, size: bytes | None = None) -> bytes:
    """Write an element of EBML; ids are given with their marker bits."""
    length = size or (len(content) | 1 << 28).to_bytes(4, "big")
    return id.to_bytes((id.bit_length() + 7) // 8, "big") + length + content


def uint(id: int, value: int) -> bytes:
    """Write an element of EBML that holds a number."""
    return element(id, value.to_bytes(max(1, (value.bit_length() + 7) // 8), "big"))
