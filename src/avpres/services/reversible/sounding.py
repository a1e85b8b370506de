"""A sound made again piece by piece while its film is read: its digests, and no file."""

import hashlib

from avpres.adapters.cooking.ffv1 import CodingError
from avpres.adapters.cooking.sound import SoundDecoder, sound_decoder
from avpres.adapters.matroska.ebml import MatroskaError
from avpres.adapters.matroska.model import Block, TrackHeader
from avpres.adapters.reversible.layouts import sound_array
from avpres.adapters.sounds.reading import read_header
from avpres.domain.reversible import Restoration, ReversibilityError
from avpres.domain.sounding import UncodableSound
from avpres.services.reversible.opening import Cooked
from avpres.services.reversible.pictures import DamagedError

_TROUBLES = (CodingError, DamagedError, MatroskaError, ReversibilityError, UncodableSound)


class Tally:
    """Size and digests of a file that is made again in memory, bit by bit."""

    def __init__(self) -> None:
        self.size = 0
        self._md5 = hashlib.md5(usedforsecurity=False)
        self._sha256 = hashlib.sha256()

    def add(self, data: bytes | memoryview) -> None:
        """Take the next bytes."""
        self.size += len(data)
        self._md5.update(data)
        self._sha256.update(data)

    def compare(self, size: int | None, md5: bytes | None, sha256: bytes | None) -> None:
        """Compare with what was recorded of the file.

        Raises:
            DamagedError: it differs.
        """
        if size is not None and size != self.size:
            raise DamagedError(f"{self.size:,} bytes came back of {size:,}")
        if md5 and self._md5.digest() != md5:
            raise DamagedError("what came back has another MD5 than the file that was cooked")
        if sha256 and self._sha256.digest() != sha256:
            raise DamagedError("what came back has another SHA-256 than the file that was cooked")


class SoundProving:
    """A sound whose packets come one by one; trouble is kept for its end.

    `block` is the packet at which the trouble began.
    """

    def __init__(self, cooked: Cooked, header: TrackHeader, file: Restoration) -> None:
        self.file = file
        self.header = header
        self.block: Block | None = None
        self.trouble: Exception | None = None
        self.tally = Tally()
        self._film = cooked.film
        self._decoder: SoundDecoder | None = None
        self._packets = 0
        try:
            self._decoder = self._begin()
        except _TROUBLES as error:
            self.trouble = error

    def take(self, block: Block) -> None:
        """Decode one packet more."""
        self._packets += 1
        if self._decoder is None or self.trouble is not None:
            return
        try:
            data = self._decoder.decode(self._film.payload(block))
            self.tally.add(data)
            self.heard(data)
        except _TROUBLES as error:
            self.trouble = DamagedError(f"its packet {self._packets:,}: {error}")
            self.block = block

    def heard(self, data: bytes) -> None:
        """Take note of what was decoded; here it is only digested."""

    def finish(self) -> None:
        """Compare the whole with its digests.

        Raises:
            DamagedError: it does not come back as it was.
        """
        try:
            if self.trouble is not None:
                raise self.trouble
            if self._decoder is not None:
                self._decoder.finish()
            self.tally.add(self.file.after)
        except _TROUBLES as error:
            raise DamagedError(str(error)) from error
        self.tally.compare(self.file.size, self.file.md5, self.file.sha256)

    def _begin(self) -> SoundDecoder:
        file = self.file
        array = sound_array(file.layout) if file.layout else read_header(file.before).array
        private = self._film.private(self.header.number)
        self.tally.add(file.before)
        return sound_decoder(self.header.codec_id, private, array)
