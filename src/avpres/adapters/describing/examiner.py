"""One file: opened, read, identified, examined, and described."""

import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, BinaryIO

from avpres import __version__
from avpres.adapters.describing.orders import Orders, Request
from avpres.adapters.describing.stopping import STOPPED
from avpres.adapters.identification.decide import Identity, decide
from avpres.adapters.storage.folders import open_unseen
from avpres.adapters.storage.hashing import MultiHasher
from avpres.adapters.validators.examination import Examination
from avpres.adapters.validators.registry import examine
from avpres.adapters.validators.source import WHOLE, Source
from avpres.domain.description import Description
from avpres.domain.errors import AvpresError
from avpres.domain.fixity import Digest
from avpres.domain.formats import Format
from avpres.domain.profiles import check
from avpres.domain.severity import Severity
from avpres.domain.validity import Message, Status

if TYPE_CHECKING:
    from avpres.adapters.formats.emit import Emitter

CHUNK = 4 * 1024 * 1024  # bytes that are read at a time of files that are not held whole
_OPEN = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
_OPEN |= getattr(os, "O_BINARY", 0)
WRAPPERS = {Format.MATROSKA, Format.MOV, Format.MP4, Format.MXF, Format.AVI, Format.DV}
"""Formats of which MediaInfo tells what their validators do not."""


class TimeLimitError(BaseException):
    """The file has had its time. Not an Exception, so that no library swallows it."""


def describe(request: Request, orders: Orders) -> Description:
    """Describe one file; whatever is wrong with it is in the description, nothing is raised."""
    began = time.perf_counter()
    found = Description(
        path=os.fsdecode(request.name),
        root=os.fsdecode(request.root),
        size=request.size,
        candidates=request.candidates,
    )
    try:
        with _opened(request.path) as file:
            _describe(file, found, request, orders)
    except OSError as error:
        found.error = error.strerror or str(error)
    found.seconds = round(time.perf_counter() - began, 6)
    return found


def _describe(file: BinaryIO, found: Description, request: Request, orders: Orders) -> None:
    before = os.fstat(file.fileno())
    found.size, found.mtime = before.st_size, before.st_mtime_ns
    if not stat.S_ISREG(before.st_mode):
        found.error = "it is no file any more"
        return
    data = _whole(file) if before.st_size <= WHOLE else None
    found.digests = _digests(file, data, orders)
    source = Source(file, os.fsdecode(request.path), data)
    identity = decide(source, request.name, request.candidates)
    found.format, found.basis, found.puid = identity.format, identity.basis, identity.puid
    found.version, found.mime = identity.version, identity.mime
    exam = Examination(rules=replace(orders.rules, deep=orders.deep))
    if not request.careful:
        _examine(source, identity, found, exam, orders)
    _conclude(found, exam, identity, request)
    named = os.stat(request.path, follow_symlinks=False)
    if not _of(before) == _of(os.fstat(file.fileno())) == _of(named):
        found.error = "it was changed while it was read; describe it again"
        found.status = Status.UNKNOWN
    if found.size and found.status is not Status.NOT_WELL_FORMED:
        found.completeness = check(orders.profile, found)


def _examine(
    source: Source, identity: Identity, found: Description, exam: Examination, orders: Orders
) -> None:
    if identity.validator is not None:
        found.validator = f"avpres {__version__}"
        with _guarded(exam):
            examine(source, identity.validator, exam)
    if _is_played(identity) and not exam.stopped:
        with _guarded(exam):
            _ask_mediainfo(source, exam, orders)
    if orders.deep and identity.validator is not None and not exam.stopped:
        from avpres.adapters.validators.deep import decode

        with _guarded(exam):
            decode(source, identity.validator, exam, orders.ffmpeg)
        found.deep = True


def _of(found: os.stat_result) -> tuple[int, ...]:
    """Give what is another when a file was changed, or another took its name."""
    times = (found.st_mtime_ns, found.st_ctime_ns)
    return (found.st_dev, found.st_ino, found.st_size, *times)


def _is_played(identity: Identity) -> bool:
    """Say whether MediaInfo knows more: of wrappers, and of sound and film without validator."""
    if identity.validator is None:
        return identity.mime.startswith(("video/", "audio/"))
    return identity.validator in WRAPPERS


def _ask_mediainfo(source: Source, exam: Examination, orders: Orders) -> None:
    from avpres.adapters.tools import mediainfo
    from avpres.adapters.tools.mediainfo_filling import fill
    from avpres.adapters.tools.mediainfo_saying import complaints

    try:
        engine = mediainfo.engine(dict(orders.tools))
        data = mediainfo.describe(source.path, engine)
    except AvpresError as error:
        exam.warn("CHR-MEDIAINFO", f"MediaInfo could not be asked: {error}")
        return
    fill(exam.technical, data)
    for message in complaints(data):
        if message.id == "MEDIAINFO-TRUNCATED":  # it takes a Matroska that was piped for cut
            exam.warn(message.id, message.text, message.offset)
        else:
            exam.take(message)


@contextmanager
def _guarded(exam: Examination) -> Iterator[None]:
    """Turn whatever a file does to its validator into a message."""
    try:
        yield
    except TimeLimitError:
        _stop(exam, "CHR-TIME")
    except MemoryError:
        _stop(exam, "CHR-MEMORY")
    except RecursionError:
        _stop(exam, "CHR-NESTED")
    except OSError:
        raise
    except Exception as error:  # noqa: BLE001 - one bad file never ends a batch
        _stop(exam, "CHR-DEFECT", f" ({type(error).__name__})")


def emitters(found: Description, orders: Orders) -> list["Emitter"]:
    """Give what writes the metadata records that are asked for and fit the file."""
    from avpres.adapters.formats.emit import KINDS

    if found.error or not found.size or found.technical.kind not in orders.emit_of:
        return []
    return [KINDS[name] for name in orders.emit if KINDS[name].applies_to(found)]


def _stop(exam: Examination, id: str, detail: str = "") -> None:
    exam.messages.append(Message(id, Severity.ERROR, STOPPED[id] + detail))
    exam.counts[id] += 1
    exam.stopped = True


def _conclude(found: Description, exam: Examination, identity: Identity, request: Request) -> None:
    found.messages, found.counts = exam.messages, dict(exam.counts)
    found.technical = exam.technical
    found.version = exam.version or found.version
    found.profile, found.mime = exam.profile, exam.mime or found.mime
    found.status = _status(exam, identity, request)
    for note in request.notes:
        found.messages.append(Message("CHR-NOT-IDENTIFIED", Severity.ERROR, note))
        found.counts = {**found.counts, "CHR-NOT-IDENTIFIED": 1}
    for note in _hints(identity, request):
        found.messages.append(Message("CHR-IDENTIFICATION", Severity.WARNING, note))
    if found.size == 0:
        found.messages.append(Message("CHR-EMPTY", Severity.WARNING, "it has no content at all"))


def _status(exam: Examination, identity: Identity, request: Request) -> Status:
    if identity.validator is None or request.careful:
        return Status.UNKNOWN
    return exam.status


def _hints(identity: Identity, request: Request) -> Iterator[str]:
    """Say where name and bytes disagree."""
    if identity.suspect and identity.basis == "extension":
        yield "its first bytes are of no known format; it is taken for what its name says"
    elif identity.suspect and identity.basis == "content":
        yield "its name says otherwise than its content, which is text"
    elif identity.suspect or any("mismatch" in each.warning for each in request.candidates):
        yield "its name says otherwise than its content"


@contextmanager
def _opened(path: bytes) -> Iterator[BinaryIO]:
    with open(path, "rb", buffering=0, opener=_opener) as file:
        yield file


def _opener(path: str, _flags: int) -> int:
    return open_unseen(os.fsencode(path), _OPEN)


def _whole(file: BinaryIO) -> bytes:
    parts = []
    while part := file.read(CHUNK * 4):
        parts.append(part)
    return parts[0] if len(parts) == 1 else b"".join(parts)


def _digests(file: BinaryIO, data: bytes | None, orders: Orders) -> tuple[Digest, ...]:
    hasher = MultiHasher(orders.algorithms)
    if data is not None:
        hasher.update(data)
    elif orders.algorithms:
        buffer = bytearray(CHUNK)
        view = memoryview(buffer)
        while count := file.readinto(buffer):  # type: ignore[attr-defined]
            hasher.update(view[:count])
    return hasher.digests()
