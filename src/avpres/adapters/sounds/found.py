"""What a header says, before it is compared with the file."""

from dataclasses import dataclass

from avpres.domain.sounding import SoundArray, SoundFormat


@dataclass(frozen=True, slots=True)
class Found:
    """The claims of a header. `claimed` is the size of the samples; None: up to the file's end.

    `header` holds the first 12 bytes; `fmt` is what describes the samples (fmt, COMM); `late` says
    that it stands behind them; `strange`, that padding before them is not zero.
    """

    format: SoundFormat
    array: SoundArray
    rate: int
    offset: int
    claimed: int | None
    mask: int = 0
    first: int | None = None
    warnings: tuple[str, ...] = ()
    header: bytes = b""
    fmt: bytes = b""
    late: bool = False
    strange: bool = False
