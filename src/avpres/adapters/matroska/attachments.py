"""Files attached to a segment: where they stand, without reading them."""

from collections.abc import Iterator

from avpres.adapters.matroska import ids
from avpres.adapters.matroska.ebml import (
    LONGEST_HEADER,
    LONGEST_NUMBER,
    MatroskaError,
    header,
    to_text,
)
from avpres.adapters.matroska.model import Attached
from avpres.adapters.matroska.source import Source, Window

_LONGEST_TEXT = 64 * 1024  # bytes of a name or description

_TEXTS = frozenset((ids.FILE_NAME, ids.FILE_MEDIA_TYPE, ids.FILE_DESCRIPTION, ids.FILE_UID))


def attached_files(source: Source, at: int, end: int) -> Iterator[Attached]:
    """Yield the files of an Attachments element whose data have this extent.

    Raises:
        MatroskaError: the element is damaged; the files before the damage were given.
    """
    window = Window(source)
    for id_, data, after in _children(window, at, end):
        if id_ == ids.ATTACHED_FILE:
            yield _file(window, source, data, after)


def _file(window: Window, source: Source, at: int, end: int) -> Attached:
    texts: dict[int, bytes] = {}
    where = end, 0
    for id_, data, after in _children(window, at, end):
        if id_ == ids.FILE_DATA:
            where = data, after - data
        elif id_ in _TEXTS:
            texts[id_] = source.read(data, min(after - data, _LONGEST_TEXT))
    uid = texts.get(ids.FILE_UID, b"")
    if len(uid) > LONGEST_NUMBER:
        raise MatroskaError(f"a FileUID of {len(uid)} bytes")
    return Attached(
        name=to_text(texts.get(ids.FILE_NAME, b"")),
        mime=to_text(texts.get(ids.FILE_MEDIA_TYPE, b"")),
        offset=where[0],
        size=where[1],
        uid=int.from_bytes(uid, "big"),
        description=to_text(texts.get(ids.FILE_DESCRIPTION, b"")),
    )


def _children(window: Window, at: int, end: int) -> Iterator[tuple[int, int, int]]:
    while at < end:
        buffer, within = window.at(at, LONGEST_HEADER)
        head = header(buffer, within, LONGEST_NUMBER)
        if head is None or not 0 <= head.size <= end - at - head.length:
            raise MatroskaError(f"the attachments are damaged at byte {at}")
        data = at + head.length
        at = data + head.size
        yield head.id, data, at
