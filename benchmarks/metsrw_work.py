"""What metsrw takes to write as many files: path and digest, no PREMIS, no technical metadata.

`PYTHON metsrw_work.py FILES OUT`, with a Python that has metsrw; avpres never imports it (AGPL).
"""

import json
import sys
import time
from pathlib import Path


def write(count: int, out: Path) -> None:
    """Write a flat METS."""
    import metsrw  # type: ignore[import-not-found]

    document = metsrw.METSDocument()
    for number in range(count):
        path = f"objects/box_{number // 1000:03}/file_{number:06}.jpg"
        document.append_file(
            metsrw.FSEntry(
                path=path,
                type="Item",
                file_uuid=f"{number:032x}",
                checksum="0" * 128,
                checksumtype="SHA-512",
            )
        )
    document.write(str(out))


if __name__ == "__main__":
    wall, cpu = time.perf_counter(), time.process_time()
    write(int(sys.argv[1]), Path(sys.argv[2]))
    spent = time.perf_counter() - wall, time.process_time() - cpu
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    most = next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) * 1024 / 1e6
    print(json.dumps({"files": int(sys.argv[1]), "seconds": spent[0], "cpu": spent[1], "mb": most}))
