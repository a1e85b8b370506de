"""What became of a sound: for the record beside its FLAC."""

from dataclasses import dataclass

from avpres.domain.fixity import Digest
from avpres.domain.sounding import Sound


@dataclass(frozen=True, slots=True)
class FlacMade:
    """A FLAC that was decoded again, and gave every byte of its source.

    `digests` and `size` are of the source, `md5` of its samples (STREAMINFO). `restored_by` names
    what gives the source back: "avpres", and the first version of `flac -d` that does.
    """

    sound: Sound
    size: int
    digests: tuple[Digest, ...]
    bits: int
    md5: str
    restored_by: tuple[str, ...]
    encoder: str
    decoder: str

    def as_dict(self) -> dict[str, object]:
        """Give what JSON can carry."""
        return {
            "flavour": self.sound.flavour,
            "rate": self.sound.rate,
            "channels": self.sound.array.channels,
            "bits": self.bits,
            "samples": self.sound.samples,
            "md5": self.md5,
            "restored_by": list(self.restored_by),
            "encoder": self.encoder,
            "decoder": self.decoder,
        }
