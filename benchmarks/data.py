"""Incompressible data, the same at every run: BLAKE3 as a stream of bytes."""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from blake3 import blake3

KIB, MIB, GIB = 1 << 10, 1 << 20, 1 << 30
CHUNK = 8 * MIB
FOLDER = 1000  # files in one folder, as in scans of a reel
DIRECT = 4096  # bytes; the end of a raw file must allow direct I/O


@dataclass(frozen=True)
class Dataset:
    """Some files of some size. `least` and `most` are bytes of one file."""

    name: str
    files: int
    least: int
    most: int

    @property
    def room(self) -> int:
        """About how many bytes of a disk a copy takes."""
        mean = (self.least + self.most) // 2
        return self.files * (-(-mean // 4096) * 4096 + 512)

    def sizes(self) -> Iterator[int]:
        """Draw the size of each file, the same at every call."""
        draw = Random(self.name)  # noqa: S311 - sizes, no secrets
        return (draw.randint(self.least, self.most) for _ in range(self.files))

    def make(self, folder: Path) -> Path:
        """Write the files below a folder, and say where: one file, or a tree of them."""
        if self.files == 1:
            path = folder / f"{self.name}.mov"
            write_stream(path, self.name, self.least)
            return path
        root = folder / self.name
        stream = blake3(self.name.encode())
        place = 0
        for number, size in enumerate(self.sizes()):
            if number % FOLDER == 0:
                room = root / f"reel_{number // FOLDER:03}"
                room.mkdir(parents=True)
            (room / f"scan_{number:07}.dpx").write_bytes(stream.digest(length=size, seek=place))
            place += size
        return root

    def make_solid(self, folder: Path) -> Path:
        """Write as many bytes as one file, for what the disk alone can do with them."""
        path = folder / f"{self.name}.solid"
        write_stream(path, f"{self.name} solid", -(-sum(self.sizes()) // DIRECT) * DIRECT)
        return path


def datasets(scale: float) -> dict[str, Dataset]:
    """Give the three kinds of holdings; `scale` shrinks the big file and the numbers of files."""
    big = max(CHUNK, round(8 * GIB * scale) // CHUNK * CHUNK)
    return {
        "big": Dataset("big", 1, big, big),
        "mid": Dataset("mid", max(2, round(20_000 * scale)), 150 * KIB, 250 * KIB),
        "tiny": Dataset("tiny", max(2, round(100_000 * scale)), 1 * KIB, 4 * KIB),
    }


def write_stream(path: Path, seed: str, size: int) -> None:
    """Write `size` bytes that no disk can shrink."""
    stream = blake3(seed.encode())
    with path.open("xb", buffering=0) as file:
        for place in range(0, size, CHUNK):
            file.write(stream.digest(length=min(CHUNK, size - place), seek=place))


def files_of(path: Path) -> Iterator[Path]:
    """Find every file of a dataset, in name order."""
    if path.is_file():
        yield path
        return
    for folder, names, files in os.walk(path):
        names.sort()
        yield from (Path(folder, name) for name in sorted(files))


def read_all(path: Path) -> None:
    """Read every file into the page cache."""
    for each in files_of(path):
        with each.open("rb", buffering=0) as file:
            while file.read(CHUNK):
                pass


def write_md5_list(path: Path, listed: Path) -> None:
    """Write a list for `md5sum -c`, relative to the folder that holds the data."""
    with listed.open("x", encoding="utf-8") as lines:
        for each in files_of(path):
            with each.open("rb") as file:
                digest = hashlib.file_digest(file, "md5").hexdigest()
            lines.write(f"{digest}  {each.relative_to(path.parent)}\n")


def count(path: Path) -> tuple[int, int]:
    """Count files and bytes."""
    sizes = [each.stat().st_size for each in files_of(path)]
    return len(sizes), sum(sizes)
