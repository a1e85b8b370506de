"""The proof: every frame and every piece of sound of the source is in the output, and no other."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from filecmp import cmp
from fractions import Fraction
from itertools import zip_longest
from pathlib import Path

from avpres.adapters.media.framemd5 import FrameReader
from avpres.domain.media import FrameDigest, Kind, MediaStream
from avpres.services.normalise.plan import Treatment

NEAR = 0.002  # seconds; Matroska counts milliseconds, and both ends are rounded


@dataclass(frozen=True, slots=True)
class StreamProof:
    """How one stream compares: counts of frames, those that differ, and where the first does.

    `least` and `most` tell by how many seconds frames that are the same come later in the output
    (less than 0: earlier); `end` is the time at which the source's last frame ends. `size` counts
    the bytes that the source decodes to.
    """

    stream: MediaStream
    source: int
    output: int
    differing: int
    first: int | None
    least: float
    most: float
    size: int
    end: float

    @property
    def is_equal(self) -> bool:
        """Say whether every frame is there and equal; nothing at all is no proof."""
        return self.source == self.output > 0 and not self.differing

    @property
    def is_timed(self) -> bool:
        """Say whether its frames have times; attachments have none."""
        return self.stream.kind is not Kind.ATTACHMENT

    @property
    def detail(self) -> str:
        """Tell it in words."""
        if not self.source:
            return "nothing of it could be decoded"
        if self.source != self.output:
            return f"{self.output:,} of {self.source:,} frames are there"
        if self.differing:
            return f"{self.differing:,} of {self.source:,} frames differ, from {self.first:,} on"
        return f"{self.source:,} frames are equal"


def compare(source: Path, output: Path, treatments: Sequence[Treatment]) -> list[StreamProof]:
    """Compare two framemd5 stream by stream, in memory that does not grow with their length.

    Raises:
        NotConformantError: one of them is no framemd5.
        OSError: one cannot be read.
    """
    return [_compare(source, output, each) for each in treatments]


def compare_files(treatment: Treatment, source: Path, output: Path) -> StreamProof:
    """Compare an attachment as it was taken out of both sides; the copies are removed."""
    counts = [int(path.is_file()) for path in (source, output)]
    equal = all(counts) and cmp(source, output, shallow=False)
    size = source.stat().st_size if counts[0] else 0
    for path in (source, output):
        path.unlink(missing_ok=True)
    return StreamProof(
        stream=treatment.stream,
        source=counts[0],
        output=counts[1],
        differing=int(not equal),
        first=None if equal else 0,
        least=0.0,
        most=0.0,
        size=size,
        end=0.0,
    )


def _compare(source: Path, output: Path, treatment: Treatment) -> StreamProof:
    place = treatment.place
    counts = [0, 0]
    differing, size, end = 0, 0, Fraction(0)
    first: int | None = None
    least: Fraction | None = None
    most = Fraction(0)
    pairs = zip_longest(_frames(source, place), _frames(output, place))
    for number, (one, other) in enumerate(pairs):
        counts[0] += one is not None
        counts[1] += other is not None
        if one is not None:
            size += one[0].size
            end = max(end, (one[0].pts + one[0].duration) * one[1])
        if one is None or other is None or one[0].digest != other[0].digest:
            differing += 1
            first = number if first is None else first
        else:
            later = other[0].pts * other[1] - one[0].pts * one[1]
            least, most = (later, later) if least is None else (min(least, later), max(most, later))
    return StreamProof(
        stream=treatment.stream,
        source=counts[0],
        output=counts[1],
        differing=differing,
        first=first,
        least=float(least or 0),
        most=float(most),
        size=size,
        end=float(end),
    )


def _frames(path: Path, place: int) -> Iterator[tuple[FrameDigest, Fraction]]:
    with path.open("rb") as handle:
        reader = FrameReader(handle)
        base: Fraction | None = None
        for frame in reader:
            if frame.stream == place:
                if base is None:
                    base = reader.headings[place].time_base
                yield frame, base
