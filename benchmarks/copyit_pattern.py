"""The three passes of IFIscripts' copyit.py on Linux, without its prompts and logs.

    python copyit_pattern.py SOURCE DESTINATION

MD5 of the source in one thread, `cp --preserve=mode,timestamps -nRv`, MD5 of the copy, comparison
of the two manifests. Left out in its favour: the ten walks over the source, and `pip3 show` at the
start. It flushes nothing; who times it adds that.
"""

import hashlib
import os
import subprocess
import sys

PIECE = 1 << 20  # bytes, as copyit reads


def main(source: str, destination: str) -> int:
    """Copy and compare; the status is 0 only if the manifests are equal."""
    before = manifest(source)
    copier = ["cp", "--preserve=mode,timestamps", "-nRv", source, destination]
    subprocess.run(copier, check=True, stdout=subprocess.DEVNULL)
    after = manifest(os.path.join(destination, os.path.basename(source)))
    return 0 if before == after else 1


def manifest(path: str) -> str:
    """Hash a file, or every file of a tree, one after the other."""
    if os.path.isfile(path):
        return f"{md5(path)}  {os.path.basename(path)}\n"
    lines = []
    for folder, _, names in os.walk(path):
        for name in names:
            full = os.path.join(folder, name)
            lines.append(f"{md5(full)}  {os.path.relpath(full, path)}\n")
    return "".join(sorted(lines, key=lambda line: line[34:]))


def md5(path: str) -> str:
    """Hash one file through the page cache."""
    digest = hashlib.md5(usedforsecurity=False)
    with open(path, "rb") as file:
        while piece := file.read(PIECE):
            digest.update(piece)
    return digest.hexdigest()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
