"""Digests of a file that another program reads at the same time: one read from the medium.

The reader goes where the other is, by its progress, so that what one has fetched is still in
memory for the other. When the other is done, the rest follows at full speed.
"""

import errno
import os
import threading
from collections.abc import Sequence

from avpres.adapters.media.leash import Leash
from avpres.adapters.storage.hashing import MultiHasher
from avpres.adapters.storage.reading import Signature, signature
from avpres.domain.fixity import Algorithm, Digest

CHUNK = 1024 * 1024  # bytes


class FollowingDigest:
    """Reads one file in a thread of its own, as far as it is allowed."""

    def __init__(self, path: bytes, algorithms: Sequence[Algorithm]) -> None:
        self._path = path
        self._hasher = MultiHasher(algorithms)
        self._leash = Leash(os.stat(path).st_size)
        self._error: OSError | None = None
        self._seen: tuple[Signature, Signature] | None = None
        self._thread = threading.Thread(target=self._run, name="digest", daemon=True)
        self._thread.start()

    def allow(self, share: float) -> None:
        """Let it read as far as the other program is, 0 to 1, and a little further."""
        self._leash.allow(share)

    def finish(self) -> tuple[Digest, ...]:
        """Let it read to the end, and give the digests.

        Raises:
            OSError: the file cannot be read, or is another one than when this began.
        """
        self._leash.release()
        self._thread.join()
        if self._error is not None:
            raise self._error
        if self._seen is None or {*self._seen} != {signature(os.stat(self._path))}:
            raise OSError(errno.EAGAIN, "it changed while it was being read")
        return self._hasher.digests()

    def stop(self) -> None:
        """Give up."""
        self._leash.stop()
        self._thread.join()

    def _run(self) -> None:
        try:
            with open(self._path, "rb", buffering=0) as handle:
                before = signature(os.fstat(handle.fileno()))
                done = 0
                while self._leash.may_read(done) and (piece := handle.read(CHUNK)):
                    self._hasher.update(piece)
                    done += len(piece)
                self._seen = (before, signature(os.fstat(handle.fileno())))
        except OSError as error:
            self._error = error
