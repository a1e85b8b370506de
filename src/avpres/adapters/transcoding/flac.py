"""WAVE, BWF, RF64, Wave64 and AIFF as FLAC, and the same file back, byte for byte.

Blocks named "riff", "aiff" and "w64 " keep what stood around the samples, as `flac
--keep-foreign-metadata` writes them, so `flac -d --keep-foreign-metadata` restores the file too.
Nothing is held in memory but a piece of the sound.
"""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from avpres.adapters.cooking.ffv1 import CodingError
from avpres.adapters.storage.hashing import MultiHasher
from avpres.adapters.transcoding import native_flac as native
from avpres.adapters.transcoding.flac_made import FlacMade
from avpres.adapters.transcoding.flac_program import coded_bits, restored_since
from avpres.adapters.transcoding.flac_restoring import source_bytes
from avpres.adapters.transcoding.flac_writing import (
    FlacWriter,
    Progress,
    Source,
    check_held,
    encoded_by_ffmpeg,
)
from avpres.adapters.transcoding.sound_layout import layout_of
from avpres.domain.fixity import Algorithm
from avpres.domain.migration import Reason, Unmigratable

HEADING = "its heading is not as the program flac would write it, so avpres alone would restore it"


def to_flac(
    path: Path,
    target: BinaryIO,
    progress: Progress = lambda _: None,
    *,
    algorithms: tuple[Algorithm, ...] = (),
    by_program: bool = True,
) -> FlacMade:
    """Write a FLAC into an empty file that can be read and sought, and prove it.

    Digests of the source are taken from the bytes that are coded, SHA-256 always. Then the target
    is decoded, and the file that comes of it has the SHA-256 of the source, or it is refused.

    With `by_program`, files are refused that the program flac would not restore.

    Raises:
        Unmigratable: the source is of a kind that FLAC does not hold, or it does not come back.
        OSError: one of them cannot be read or written.
    """
    with path.open("rb") as handle:
        size = os.fstat(handle.fileno()).st_size
        layout = layout_of(handle, size)
        check_held(layout)
        since = restored_since(handle, layout)
        if by_program and not since:
            raise Unmigratable(Reason.NOT_REVERSIBLE, HEADING)
        bits = coded_bits(layout.sound) if since else layout.sound.array.word
        hasher = MultiHasher(dict.fromkeys((Algorithm.SHA256, *algorithms)))
        source = Source(handle, hasher, progress)
        with _told():
            info = FlacWriter(source, target, layout, bits=bits).write()
    digests = hasher.digests()
    _prove(target, digests[0].value, progress)
    return FlacMade(
        *(layout.sound, size, digests, native.info_of(info).bits, info[18:34].hex()),
        restored_by=("avpres", since) if since else ("avpres",),
        encoder=version() if encoded_by_ffmpeg(layout.sound, bits) else "avpres",
        decoder=version(),
    )


def restore(flac: Path, target: BinaryIO) -> None:
    """Write the file that a FLAC was made of, by avpres or by `flac --keep-foreign-metadata`.

    Raises:
        Unmigratable: it keeps no such file, or is damaged; what was written is to be thrown away.
    """
    with flac.open("rb") as handle:
        target.writelines(source_bytes(handle, os.fstat(handle.fileno()).st_size))


def version() -> str:
    """Name FFmpeg's library, as the record tells it."""
    import av

    return f"FFmpeg libavcodec {'.'.join(map(str, av.library_versions['libavcodec']))}"


def _prove(target: BinaryIO, sha256: str, progress: Progress) -> None:
    target.flush()
    size = target.seek(0, os.SEEK_END)
    running = hashlib.sha256()
    for piece in source_bytes(target, size):
        running.update(piece)
        progress(len(piece))
    if running.hexdigest() != sha256:
        raise Unmigratable(Reason.NOT_REVERSIBLE, "other bytes came back from the FLAC")


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except CodingError as error:
        raise Unmigratable(Reason.ENCODER_ERROR, str(error)) from error
