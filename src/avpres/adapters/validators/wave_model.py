"""What is known of a WAVE file while it is walked."""

from dataclasses import dataclass, field

from avpres.adapters.validators.riff import Chunk, Dialect, Walked
from avpres.adapters.validators.wave_format import WaveFormat

WAVE = Dialect("WAVE", oversize="WAVE-HUL-6", end="WAVE-HUL-3")


@dataclass(slots=True)
class Wave(Walked):
    """A WAVE file under examination; sizes and offsets in bytes."""

    form: str = "RIFF"  # RIFF, RF64 or BW64
    sizes: dict[bytes, int] = field(default_factory=dict)  # 64-bit sizes out of ds64
    format: WaveFormat | None = None
    data: Chunk | None = None
    fact: int | None = None  # samples per channel, as fact says
    sample_count: int | None = None  # the same, as ds64 says
    bext: int | None = None  # version of the Broadcast Wave Format
    md5: Chunk | None = None
    cues: set[int] = field(default_factory=set)
    labelled: set[int] = field(default_factory=set)
