"""The limit of a digest: MD5 of so many bytes from memory, in one thread.

python digest_limit.py BYTES
"""

import hashlib
import sys

PIECE = 8 << 20  # bytes


def main(size: int) -> None:
    """Hash one buffer over and over."""
    buffer = bytes(PIECE)
    digest = hashlib.md5(usedforsecurity=False)
    for place in range(0, size, PIECE):
        digest.update(buffer[: size - place] if size - place < PIECE else buffer)


if __name__ == "__main__":
    main(int(sys.argv[1]))
