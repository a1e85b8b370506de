"""Films as the tests of Matroska make them: real FFV1 and FLAC, a second long."""

import functools
import io
from fractions import Fraction

import av
import numpy as np

from avpres.adapters.matroska.model import (
    REVERSIBILITY_NAME,
    Attachment,
    Colour,
    Info,
    Kind,
    Tag,
    TrackHeader,
)
from avpres.adapters.matroska.timing import SECOND, duration_ns, time_ns
from avpres.adapters.matroska.writing import MatroskaWriter

WIDTH, HEIGHT, FRAMES, RATE, SOUND_RATE = 64, 48, 25, 24, 48_000
UUID = bytes(range(1, 17))


@functools.cache
def pictures():
    """Give the CodecPrivate and the packets of a moving picture."""
    coder = av.CodecContext.create("ffv1", "w")
    coder.width, coder.height, coder.pix_fmt = WIDTH, HEIGHT, "gbrp10le"
    coder.time_base = Fraction(1, RATE)
    coder.options = {"level": "3", "slices": "4", "slicecrc": "1", "g": "1", "coder": "1"}
    random = np.random.default_rng(1)
    still = random.integers(0, 700, (HEIGHT, WIDTH), dtype=np.uint16)
    packets = []
    for number in range(FRAMES):
        frame = av.VideoFrame(WIDTH, HEIGHT, "gbrp10le")
        for plane in frame.planes:
            rows = np.zeros((HEIGHT, plane.line_size // 2), "<u2")
            rows[:, :WIDTH] = still + 10 * number
            plane.update(rows.tobytes())
        frame.pts = number
        packets += [bytes(packet) for packet in coder.encode(frame)]
    packets += [bytes(packet) for packet in coder.encode(None)]
    return coder.extradata, packets


@functools.cache
def sound():
    """Give the CodecPrivate, and the packets with the number of their first sample."""
    coder = av.CodecContext.create("flac", "w")
    coder.sample_rate, coder.layout, coder.format = SOUND_RATE, "stereo", "s16"
    coder.time_base = Fraction(1, SOUND_RATE)
    coder.open()
    random = np.random.default_rng(2)
    packets, at, last = [], 0, SOUND_RATE * FRAMES // RATE
    while at < last:
        count = min(coder.frame_size, last - at)
        samples = random.integers(-3000, 3000, (1, 2 * count), dtype=np.int16)
        frame = av.AudioFrame.from_ndarray(samples, format="s16", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = SOUND_RATE, at, coder.time_base
        packets += [(packet.pts, bytes(packet)) for packet in coder.encode(frame)]
        at += count
    packets += [(packet.pts, bytes(packet)) for packet in coder.encode(None) if packet.size]
    return b"fLaC\x80\x00\x00\x22" + coder.extradata, packets


def tracks():
    """Give the tracks of the film."""
    picture = TrackHeader(
        number=1,
        uid=11,
        kind=Kind.VIDEO,
        codec_id="V_FFV1",
        private=pictures()[0],
        default_duration_ns=duration_ns(RATE),
        width=WIDTH,
        height=HEIGHT,
        display_width=WIDTH,
        display_height=HEIGHT,
        colour=Colour(matrix=0, range=2, transfer=1, primaries=1),
    )
    flac = TrackHeader(
        number=2,
        uid=22,
        kind=Kind.AUDIO,
        codec_id="A_FLAC",
        private=sound()[0],
        sampling_rate=float(SOUND_RATE),
        channels=2,
        bits=16,
        interlaced=0,
    )
    return [picture, flac]


def frames(first=0):
    """List track, time and bytes of all frames in the order of time."""
    shown = [(time_ns(first + n, RATE), 1, data) for n, data in enumerate(pictures()[1])]
    heard = [(time_ns(at, SOUND_RATE), 2, data) for at, data in sound()[1]]
    return [(track, time, data) for time, track, data in sorted(shown + heard, key=_order)]


def attachment(name, data, uid=0, mime="application/octet-stream"):
    """Attach bytes."""
    uid = uid or 1 + int.from_bytes(name.encode()[-7:], "big")
    return Attachment(name, mime, len(data), lambda: io.BytesIO(data), uid)


def reversible(data):
    """Attach reversibility data."""
    return attachment(REVERSIBILITY_NAME, data, uid=999)


def begin(handle, attachments=(), reserve=0, scale_ns=1_000_000):
    """Begin the film."""
    info = Info("avpres test", title="Réel 1", uuid=UUID, scale_ns=scale_ns)
    tags = [Tag("TIMECODE", "01:00:00:00")]
    return MatroskaWriter(handle, tracks(), attachments, info=info, tags=tags, reserve=reserve)


def end(writer, data=None):
    """End the film, with reversibility data or without."""
    length = time_ns(FRAMES, RATE)
    tags = writer.statistics({1: length, 2: length})
    return writer.finish(length, {}, None if data is None else reversible(data), tags)


def film(attachments=(), reserve=0, data=None, scale_ns=1_000_000):
    """Write the whole film: its bytes, where its frames went, and its reversibility data."""
    handle = io.BytesIO()
    writer = begin(handle, attachments, reserve, scale_ns)
    places = [(track, time, writer.add(track, time, packet)) for track, time, packet in frames()]
    placed = end(writer, data)
    return handle.getvalue(), places, placed


def seconds(time):
    """Give seconds of nanoseconds."""
    return time / SECOND


def _order(item):
    return item[:2]
