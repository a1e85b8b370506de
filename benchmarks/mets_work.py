"""What METS of a package takes, as a program of its own: `python mets_work.py write PACKAGE OUT`.

Prints seconds, processor seconds and the most memory as JSON. `write` writes METS with PREMIS and
technical records inline, then PREMIS alone; `read` reads METS. Nothing is digested.
"""

import json
import sys
import time
from itertools import count
from pathlib import Path

from avpres.adapters.formats.mets import write_mets
from avpres.adapters.formats.mets_read import read_files
from avpres.adapters.formats.premis_objects import write_package_premis
from avpres.services.packing.opening import open_package


def write(package: Path, out: Path) -> int:
    """Write METS and PREMIS from what the package says of its files; give the number of files."""
    opened = open_package(package)
    with (out / "mets.xml").open("wb") as handle:
        write_mets(handle, opened.package, opened.files, scratch=out)
    numbers = count(1)
    with (out / "premis.xml").open("wb") as handle:
        files = (file for file, _ in zip(opened.files(), numbers, strict=False))
        write_package_premis(handle, opened.package, files)
    return next(numbers) - 1


def read(_package: Path, out: Path) -> int:
    """Read METS with all that it says of each file; give the number of files."""
    with (out / "mets.xml").open("rb") as handle:
        return sum(1 for _ in read_files(handle, "mets.xml"))


def peak_mb() -> float:
    """Give the most memory that this process has had, in megabytes."""
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) * 1024 / 1e6


if __name__ == "__main__":
    work = {"write": write, "read": read}[sys.argv[1]]
    wall, cpu = time.perf_counter(), time.process_time()
    files = work(Path(sys.argv[2]), Path(sys.argv[3]))
    spent = time.perf_counter() - wall, time.process_time() - cpu
    print(json.dumps({"files": files, "seconds": spent[0], "cpu": spent[1], "mb": peak_mb()}))
