"""A file that an XML parser reads, watched so that no single record fills the memory."""

from typing import BinaryIO

LARGEST = 256 << 20
"""Bytes of one record: its tree takes several times as much memory."""


class TooLargeError(Exception):
    """A single record would not fit into memory."""


class Measured:
    """A file that counts what was read since the last element that could be forgotten.

    It has no name: lxml takes a file's name for a URL, and fails if it is not UTF-8.
    """

    def __init__(self, handle: BinaryIO, largest: int) -> None:
        self._handle = handle
        self._largest = largest
        self.unclaimed = 0

    def read(self, size: int) -> bytes:
        """Read on, unless too much is waiting.

        Raises:
            TooLargeError: more bytes than one record may have came without an end of it.
        """
        data = self._handle.read(size)
        self.unclaimed += len(data)
        if self.unclaimed > self._largest:
            raise TooLargeError
        return data
