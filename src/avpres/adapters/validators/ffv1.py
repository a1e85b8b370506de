"""FFV1 (RFC 9043): the configuration record, and the check sums of the slices of each frame.

The CRC of FFV1 is not reflected (first bit first), zlib's is. Reversing the bits of every byte
turns the one into the other, so that frames are checked at nearly the speed of zlib.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from zlib import crc32

from avpres.adapters.validators.ffv1_range import RangeDecoder, RangeError, fresh
from avpres.domain.technical import Video

LONGEST_FRAME = 128 * 1024 * 1024  # bytes; a longer one is not looked into
_REVERSED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))
_ZERO_START = 0xFFFFFFFF  # what zlib turns into a register of zeros
_SECOND_START = 0x79408C7A  # register before and after a slice where ec is 2
_SLICES_LEAST = 2  # the first version with slices and a configuration record
_MAX_TABLES = 8
_MAX_SLICES = 1024
_MAX_CONTEXTS = 32768
_MOST_CODED = 10_000  # contexts whose first states are read; known coders have 8229
_PLANES = 5  # quantisation tables in a set
_STABLE = 4  # micro_version of the first stable variant of version 3
_EXPERIMENTAL = 4  # the version after it
_LOG2_MOST = 4  # of a chroma subsampling
_CODERS = ("Golomb Rice", "range coder", "range coder with its own table")


@dataclass(frozen=True, slots=True)
class Ffv1Config:
    """What a configuration record (or the header of a version 0 or 1 frame) says."""

    version: int
    micro_version: int = 0
    coder: int = 0  # 0 Golomb Rice, 1 range coder, 2 range coder with its own table
    colour_space: int = 0  # 0 YCbCr, 1 RGB
    bits: int = 8
    chroma: bool = True
    log2_horizontal: int = 0
    log2_vertical: int = 0
    alpha: bool = False
    horizontal_slices: int = 1
    vertical_slices: int = 1
    tables: int = 1
    contexts: tuple[int, ...] = ()  # of each set of tables
    ec: int = 0  # slices carry a CRC
    intra: bool = False

    @property
    def name(self) -> str:
        """The version as people write it: 3.4."""
        return f"{self.version}.{self.micro_version}" if self.version > 1 else str(self.version)

    @property
    def slices(self) -> int:
        """How many slices a frame is cut into."""
        return self.horizontal_slices * self.vertical_slices

    def properties(self) -> dict[str, object]:
        """Give what belongs to FFV1 alone, as JSON values."""
        return {
            "version": self.name,
            "coder": _CODERS[self.coder],
            "slices": self.slices,
            "slice_crc": self.ec > 0,
            "intra": self.intra,
            "contexts": list(self.contexts),
        }


def read_config(record: bytes) -> Ffv1Config:
    """Read a configuration record, as CodecPrivate, glbl or a DIB header carry it.

    Raises:
        RangeError: it makes no sense; its CRC is not asked.
    """
    coder, states = RangeDecoder(record), fresh()
    version = coder.number(states)
    if not _SLICES_LEAST <= version <= _EXPERIMENTAL:
        raise RangeError(f"version {version} has no configuration record")
    micro = coder.number(states) if version > _SLICES_LEAST else 0
    fields = _fields(coder, states)
    across, down = 1 + coder.number(states), 1 + coder.number(states)
    tables = coder.number(states)
    if not 0 < tables <= _MAX_TABLES or across * down > _MAX_SLICES:
        raise RangeError("the number of slices or tables makes no sense")
    contexts = [_contexts(coder) for _ in range(tables)]
    if sum(contexts) > _MOST_CODED:
        raise RangeError("there are too many contexts")
    for count in contexts:
        _skip_initial_states(coder, states, count)
    ec = coder.number(states) if version > _SLICES_LEAST else 0
    intra = version > _SLICES_LEAST and micro > 2 and coder.number(states) == 1
    return Ffv1Config(
        version,
        micro,
        *fields,
        horizontal_slices=across,
        vertical_slices=down,
        tables=tables,
        contexts=tuple(contexts),
        ec=ec,
        intra=intra,
    )


def read_frame_header(frame: bytes) -> Ffv1Config | None:
    """Read the header inside of a version 0 or 1 key frame; None for another frame.

    Raises:
        RangeError: it makes no sense.
    """
    coder, states = RangeDecoder(frame[:4096]), fresh()
    if not coder.bit(fresh()):
        return None
    version = coder.number(states)
    if version >= _SLICES_LEAST:
        raise RangeError(f"version {version} needs a configuration record, there is none")
    fields = _fields(coder, states, deep=version > 0)
    return Ffv1Config(version, 0, *fields, contexts=(_contexts(coder),))


def context_model(frame: bytes, config: Ffv1Config) -> int | None:
    """Read from the first slice which set of tables is used: ffmpeg's option `context`."""
    if config.version != 3:
        return None
    coder, states = RangeDecoder(frame[:256]), fresh()
    coder.bit(fresh())
    try:
        _, _, _, _, index = (coder.number(states) for _ in range(5))
    except RangeError:
        return None
    return index if index < config.tables else None


def is_record_sound(record: bytes, config: Ffv1Config) -> bool:
    """Say whether the CRC at the end of a configuration record is right."""
    return len(record) > 4 and is_sum_right(record, config.ec)


def check_frame(frame: bytes, config: Ffv1Config) -> Iterator[tuple[str, str, int]]:
    """Yield what is wrong with a frame: an id, a text, and the offset inside of the frame.

    Versions 0 and 1, and frames without slice CRC, can only be looked at from outside.
    """
    if config.version < _SLICES_LEAST:
        if not frame:
            yield "FFV1-FRAME-EMPTY", "a frame holds nothing", 0
        return
    places = _slices(frame, config)
    if places is None:
        yield "FFV1-SLICE-SIZE", "the sizes of the slices do not fill the frame", 0
        return
    if len(places) > config.slices:
        text = f"a frame has {len(places)} slices, the configuration says {config.slices}"
        yield "FFV1-SLICE-COUNT", text, 0
    for start, end in places:
        if config.ec and not is_sum_right(frame[start:end], config.ec):
            yield "FFV1-SLICE-CRC", "the CRC of a slice of a frame does not match", start
        elif config.ec and frame[end - 5]:
            status = frame[end - 5]
            yield (
                "FFV1-SLICE-STATUS",
                f"a slice says of itself that it is damaged ({status})",
                start,
            )


def advice(config: Ffv1Config) -> Iterator[tuple[str, str]]:
    """Yield what an archive should know of a configuration: an id and a text."""
    if config.version == _EXPERIMENTAL:
        yield "FFV1-EXPERIMENTAL", "FFV1 version 4 is an experiment, no standard describes it"
    elif (config.version == 3 and config.micro_version < _STABLE) or config.version == 2:
        yield "FFV1-UNSTABLE", f"FFV1 version {config.name} was never released as stable"
    if not config.ec:
        yield "FFV1-CRC-OFF", "slices carry no CRC: damage to pictures cannot be told"


def describe(video: Video, config: Ffv1Config) -> None:
    """Fill in what the configuration says of the pictures."""
    video.codec = "FFV1"
    video.profile = f"version {config.name}"
    video.lossless = True
    video.bits_per_sample = config.bits
    if config.colour_space == 1:
        video.colour_space = "RGB"
        video.chroma_subsampling = "4:4:4"
    elif not config.chroma:
        video.colour_space = "Y"
    else:
        from avpres.adapters.validators.video_words import subsampling

        video.colour_space = "YUV"
        video.chroma_subsampling = subsampling(
            1 << config.log2_horizontal, 1 << config.log2_vertical
        )


def _fields(
    coder: RangeDecoder, states: list[int], *, deep: bool = True
) -> tuple[int, int, int, bool, int, int, bool]:
    kind = coder.number(states)
    if kind > 1:
        for _ in range(255):
            coder.number(states, signed=True)
    space = coder.number(states)
    bits = coder.number(states) if deep else 8
    chroma = bool(coder.bit(states))
    across, down = coder.number(states), coder.number(states)
    alpha = bool(coder.bit(states))
    if max(across, down) > _LOG2_MOST or kind >= len(_CODERS) or space > 1:
        raise RangeError("coder, colour space or subsampling make no sense")
    return kind, space, bits or 8, chroma, across, down, alpha


def _contexts(coder: RangeDecoder) -> int:
    """Read one set of quantisation tables, and say how many contexts it makes."""
    count = 1
    for _ in range(_PLANES):
        states, filled, steps = fresh(), 0, 0
        while filled < 128:
            filled += coder.number(states) + 1
            steps += 1
        if filled > 128:
            raise RangeError("a quantisation table is too long")
        count *= 2 * steps - 1
        if count > _MAX_CONTEXTS:
            raise RangeError("there are too many contexts")
    return (count + 1) // 2


def _skip_initial_states(coder: RangeDecoder, states: list[int], contexts: int) -> None:
    if not coder.bit(states):
        return
    for _ in range(contexts * 32):
        coder.number(states, signed=True)


def _slices(frame: bytes, config: Ffv1Config) -> list[tuple[int, int]] | None:
    """Follow the footers from the last slice to the first; None if they do not meet the start."""
    footer = 8 if config.ec else 3
    places: list[tuple[int, int]] = []
    end = len(frame)
    while end > 0:
        start = end - footer
        if start < 0 or len(places) > _MAX_SLICES:
            return None
        size = int.from_bytes(frame[start : start + 3], "big")
        start -= size
        if start < 0 or not size:
            return None
        places.append((start, end))
        end = start
    return places[::-1] or None


def is_sum_right(data: bytes, ec: int) -> bool:
    """Say whether data that end with their CRC are the ones that it was taken of."""
    register = _TURNED if ec > 1 else 0
    return crc32(data.translate(_REVERSED), register ^ _ZERO_START) ^ _ZERO_START == register


_TURNED = int(f"{_SECOND_START:032b}"[::-1], 2)
