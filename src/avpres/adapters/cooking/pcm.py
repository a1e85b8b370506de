"""Plain samples in Matroska: what FLAC cannot hold."""

from avpres.adapters.cooking.ffv1 import CodingError
from avpres.adapters.cooking.samples import from_matroska, to_matroska
from avpres.adapters.cooking.sound import SoundPacket, pcm_codec
from avpres.domain.sounding import SoundArray

PACKET = 4096  # samples of each channel, unless they have too many bytes
MOST_BYTES = 1024 * 1024  # of a packet


class PcmEncoder:
    """Cuts samples into packets of one size; see `SoundEncoder`."""

    def __init__(self, array: SoundArray, rate: int) -> None:
        self.codec_id = pcm_codec(array)
        self.bits = array.word
        self.rate = rate
        self.private = b""
        self._array = array
        self._full = max(1, min(PACKET, MOST_BYTES // array.block)) * array.block
        self._rest = bytearray()
        self._samples = 0

    def encode(self, data: bytes | memoryview) -> list[SoundPacket]:
        """Take some bytes; give the packets that are full."""
        self._rest += data
        full = len(self._rest) - len(self._rest) % self._full
        packets = [self._packet(at, at + self._full) for at in range(0, full, self._full)]
        del self._rest[:full]
        return packets

    def finish(self) -> list[SoundPacket]:
        """Give the last packet.

        Raises:
            CodingError: it would end within a sample.
        """
        if len(self._rest) % self._array.block:
            raise CodingError("the sound ends within a sample")
        packets = [self._packet(0, len(self._rest))] if self._rest else []
        self._rest.clear()
        return packets

    def _packet(self, start: int, end: int) -> SoundPacket:
        samples = (end - start) // self._array.block
        data = to_matroska(bytes(self._rest[start:end]), self._array)
        packet = SoundPacket(data, self._samples, samples)
        self._samples += samples
        return packet


class PcmDecoder:
    """Gives the file's bytes back; see `SoundDecoder`. Nothing in PCM proves them."""

    def __init__(self, codec: str, array: SoundArray) -> None:
        """Take the codec that the track names.

        Raises:
            CodingError: the samples of the file are of another kind.
        """
        if codec != pcm_codec(array):
            raise CodingError(f"the track is {codec}, the file's samples are {pcm_codec(array)}")
        self._array = array

    def decode(self, packet: bytes) -> bytes:
        """Give the bytes that a packet holds.

        Raises:
            CodingError: it ends within a sample.
        """
        if len(packet) % self._array.block:
            raise CodingError("a packet of sound ends within a sample")
        return from_matroska(packet, self._array)

    def expect(self, private: bytes) -> None:
        """Do nothing: PCM has no description."""

    def finish(self) -> None:
        """Do nothing: PCM tells neither a number of samples nor a checksum."""
