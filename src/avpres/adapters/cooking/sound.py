"""Coders of sound: pieces of any size go in, packets of Matroska come out, and back.

`sound_encoder` and `sound_decoder` choose FLAC or PCM; both kinds are used alike.
"""

from dataclasses import dataclass
from typing import Protocol

from avpres.domain.sounding import Coding, Encoding, SoundArray, coding

FLAC = "A_FLAC"
LITTLE, BIG, FLOAT = "A_PCM/INT/LIT", "A_PCM/INT/BIG", "A_PCM/FLOAT/IEEE"
PCM = {LITTLE, BIG, FLOAT}
BYTE = 8  # bits


@dataclass(frozen=True, slots=True)
class SoundPacket:
    """What becomes a block: its bytes, the number of its first sample, how many it has."""

    data: bytes
    first: int
    samples: int


class SoundEncoder(Protocol):
    """Encodes one track. `bits` are Matroska's BitDepth; `private` is as long as it will be."""

    codec_id: str
    bits: int
    private: bytes

    def encode(self, data: bytes | memoryview) -> list[SoundPacket]:
        """Take some bytes of the file's samples; give the packets that are full."""
        ...

    def finish(self) -> list[SoundPacket]:
        """Give the last packets; `private` is final then."""
        ...


class SoundDecoder(Protocol):
    """Decodes one track."""

    def decode(self, packet: bytes) -> bytes:
        """Give the bytes of the file's samples that a packet holds."""
        ...

    def expect(self, private: bytes) -> None:
        """Take the description of the track that was written when its end was known."""
        ...

    def finish(self) -> None:
        """Prove that all samples were decoded, as far as the track tells."""
        ...


def pcm_codec(array: SoundArray) -> str:
    """Name the codec of Matroska that holds these samples as they are."""
    if array.encoding is Encoding.FLOAT:
        return FLOAT
    return BIG if array.big_endian and array.word > BYTE else LITTLE


def sound_encoder(
    array: SoundArray, rate: int, *, mask: int = 0, flac: bool = True
) -> SoundEncoder:
    """Open an encoder: FLAC where it can hold every bit, else PCM; always PCM without `flac`.

    Raises:
        CodingError: FFmpeg's libraries refuse.
    """
    from avpres.adapters.cooking.flac import FlacEncoder
    from avpres.adapters.cooking.pcm import PcmEncoder

    if flac and coding(array, rate) is Coding.FLAC:
        return FlacEncoder(array, rate, mask=mask)
    return PcmEncoder(array, rate)


def sound_decoder(codec: str, private: bytes, array: SoundArray) -> SoundDecoder:
    """Open a decoder that gives the bytes of a file with such samples.

    Raises:
        CodingError: the codec is another, or its description makes no sense.
    """
    from avpres.adapters.cooking.ffv1 import CodingError
    from avpres.adapters.cooking.flac import FlacDecoder
    from avpres.adapters.cooking.pcm import PcmDecoder

    if codec == FLAC:
        return FlacDecoder(private, array)
    if codec not in PCM:
        raise CodingError(f"sound of the codec {codec} is not known here")
    return PcmDecoder(codec, array)
