"""The attachments in front of the clusters, and the room that is kept for one more."""

from collections.abc import Sequence
from typing import BinaryIO, Self
from zlib import crc32

from avpres.adapters.matroska import heads, ids
from avpres.adapters.matroska.clusters import write_all
from avpres.adapters.matroska.ebml import (
    CRC_SIZE,
    SHORTEST_VOID,
    crc_element,
    id_field,
    size_field,
    void_head,
)
from avpres.adapters.matroska.model import Attachment

CHUNK = 1024 * 1024  # bytes
_HEAD = 4 + 8 + CRC_SIZE  # bytes of the Attachments element before the first file


class AttachmentChangedError(Exception):
    """A file to be attached has not the size that it was said to have."""

    def __init__(self, attachment: Attachment, found: int) -> None:
        self.attachment = attachment
        self.found = found
        super().__init__(
            f"{attachment.name} was to have {attachment.size} bytes and gave {found}; "
            "let nothing write to it and run again"
        )


class AttachmentRoom:
    """An Attachments element and a Void behind it, which takes one more file at the end.

    Without files there is a Void alone, since Matroska knows no empty Attachments element.
    """

    def __init__(self, at: int, reserve: int) -> None:
        self.at = at
        self._files_end = at + _HEAD
        self._count = 0
        self._crc = 0
        self._reserve = max(reserve, SHORTEST_VOID) if reserve else 0
        self.end = at

    def write(self, handle: BinaryIO, attachments: Sequence[Attachment]) -> None:
        """Write all files and the room behind them.

        Raises:
            AttachmentChangedError: a file is longer or shorter than it was said to be.
            ValueError: two files share a uid, or one has none.
        """
        if len({attachment.uid for attachment in attachments}) < len(attachments):
            raise ValueError("each attachment needs a uid of its own")
        self.end = self.at
        if attachments or self._reserve:
            handle.seek(self.at + _HEAD)
            for attachment in attachments:
                self._write_file(handle, attachment)
            self.end = self._files_end + self._reserve
            self._close(handle)
        handle.seek(self.end)

    def fits(self, reversible: Attachment) -> bool:
        """Tell whether the room holds this file with its head, to the byte."""
        return self._head_length(reversible) > 0

    def finish(self, handle: BinaryIO, reversible: Attachment | None) -> bool:
        """Put the reversibility data into the room; tell whether they fitted."""
        fits = reversible is not None and self.fits(reversible)
        if reversible is not None and fits:
            handle.seek(self._files_end)
            self._write_file(handle, reversible, self._head_length(reversible))
        if self.end > self.at:
            self._close(handle)
        return fits

    @property
    def has_files(self) -> bool:
        """Whether there is an Attachments element, for the SeekHead."""
        return self._count > 0

    def state(self) -> list[int]:
        """Give the numbers that `of_state` takes up again."""
        return [self.at, self._files_end, self._count, self._crc, self._reserve, self.end]

    @classmethod
    def of_state(cls, state: Sequence[int]) -> Self:
        """Take up the room of a file whose writing was broken off."""
        room = cls(state[0], 0)
        _, room._files_end, room._count, room._crc, room._reserve, room.end = state
        return room

    def _head_length(self, reversible: Attachment) -> int:
        """Choose how long FileData's size is written, so that the rest can be a Void; 0 for not."""
        for length in (heads.DATA_SIZE_LENGTH, heads.DATA_SIZE_LENGTH + 1):
            head = heads.attached_head(reversible, size_length=length)
            left = self.end - self._files_end - len(head) - reversible.size
            if left == 0 or left >= SHORTEST_VOID:
                return length
        return 0

    def _write_file(
        self, handle: BinaryIO, attachment: Attachment, length: int = heads.DATA_SIZE_LENGTH
    ) -> None:
        head = heads.attached_head(attachment, size_length=length)
        write_all(handle, head)
        crc = copy_in(handle, attachment, crc32(head, self._crc))
        self._crc = crc
        self._files_end += len(head) + attachment.size
        self._count += 1

    def _close(self, handle: BinaryIO) -> None:
        begin = self._files_end if self._count else self.at
        if self._count:
            size = size_field(self._files_end - self.at - 12, 8)
            handle.seek(self.at)
            write_all(handle, id_field(ids.ATTACHMENTS) + size + crc_element(self._crc))
        if self.end > begin:
            handle.seek(begin)
            write_void(handle, self.end - begin)


def copy_in(handle: BinaryIO, attachment: Attachment, crc: int = 0) -> int:
    """Write the bytes of a file, exactly as many as it was said to have; give their CRC-32.

    Raises:
        AttachmentChangedError: it is longer or shorter than that.
    """
    left = attachment.size
    with attachment.open() as source:
        while chunk := source.read(min(CHUNK, left + 1)):
            if len(chunk) > left:
                raise AttachmentChangedError(attachment, attachment.size - left + len(chunk))
            crc, left = crc32(chunk, crc), left - len(chunk)
            write_all(handle, chunk)
    if left:
        raise AttachmentChangedError(attachment, attachment.size - left)
    return crc


def write_void(handle: BinaryIO, size: int) -> None:
    """Write a Void of any size, its zeros in portions."""
    head = void_head(size)
    write_all(handle, head)
    left = size - len(head)
    zeros = bytes(min(left, CHUNK))
    while left:
        portion = memoryview(zeros)[: min(left, CHUNK)]
        write_all(handle, portion)
        left -= len(portion)
