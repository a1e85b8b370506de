"""FLAC, RFC 9639, also with an ID3 tag before it."""

from avpres.adapters.validators.examination import Examination
from avpres.adapters.validators.flac_blocks import Flac, StreamInfo, read_blocks
from avpres.adapters.validators.flac_frames import Frame, Frames
from avpres.adapters.validators.id3 import read_id3, synchsafe
from avpres.adapters.validators.source import WINDOW, Source
from avpres.domain.technical import Audio, MediaKind

MAGIC = b"fLaC"
ID3_HEAD = 10  # bytes
ID3V1 = 128  # bytes at the end of a file
MOST_TAGS = 16
ZERO_CRC = 2  # bytes; more zeros than this at the end are none of a checksum
MOST_ZEROS = 64 * WINDOW  # bytes
MOST_SEEKS = 256  # seek points that are followed
LAYOUTS = {
    1: "M",
    2: "L R",
    3: "L R C",
    4: "FL FR BL BR",
    5: "FL FR FC BL BR",
    6: "FL FR FC LFE BL BR",
    7: "FL FR FC LFE BC SL SR",
    8: "FL FR FC LFE BL BR SL SR",
}


def validate(source: Source, exam: Examination) -> None:
    """Check metadata blocks, the first and the last frame, and the checksums of all frames.

    Nothing is decoded: that the samples are those of the MD5 is for a deep examination to say.
    """
    exam.technical.kind = MediaKind.AUDIO
    begin = _skip_id3(source, exam)
    head = source.peek(begin, 4)
    if head != MAGIC and (begin or not MAGIC.startswith(head)):
        exam.halt("FLAC-MAGIC", "the file does not begin as FLAC", begin)
    source.read(begin, 4)
    flac = Flac(source, exam)
    start = read_blocks(flac, begin + 4)
    if flac.info is not None:
        _describe(flac, flac.info, start)
        _check_frames(flac, flac.info, start)


def _skip_id3(source: Source, exam: Examination) -> int:
    place = 0
    for _ in range(MOST_TAGS):
        head = source.peek(place, ID3_HEAD)
        if head[:3] != b"ID3" or len(head) < ID3_HEAD:
            break
        size = synchsafe(head[6:10])
        texts = read_id3(source.peek(place, min(ID3_HEAD + size, WINDOW)))
        exam.technical.properties.setdefault("id3", texts)
        exam.warn("FLAC-ID3", "an ID3 tag stands before the file, which FLAC does not know", place)
        place += ID3_HEAD + size + (ID3_HEAD if head[5] & 0x10 else 0)
    return place


def _describe(flac: Flac, info: StreamInfo, start: int) -> None:
    flac.exam.mime = "audio/flac"
    duration = info.samples / info.rate if info.samples and info.rate else None
    flac.exam.technical.audio.append(
        Audio(
            codec="FLAC",
            codec_id="fLaC",
            channels=info.channels,
            sample_rate=float(info.rate),
            bits_per_sample=info.bits,
            samples=info.samples or None,
            duration=duration,
            bit_rate=round((flac.source.size - start) * 8 / duration) if duration else None,
            block_size=info.channels * ((info.bits + 7) // 8),
            first_sample=start,
            channel_layout=LAYOUTS.get(info.channels, ""),
        )
    )
    if info.md5.strip(b"\0"):
        flac.properties["md5_of_samples"] = info.md5.hex()


def _check_frames(flac: Flac, info: StreamInfo, start: int) -> None:
    end = _end(flac, start)
    if end <= start:
        if info.samples:
            flac.exam.broken("FLAC-CUT", "the file ends before its first frame", start)
        return
    frames = Frames(flac.source, start, end, info.longest_block, info.longest_frame)
    first = frames.read(start)
    if first is None:
        flac.exam.broken("FLAC-FRAME", "there is no frame after the metadata", start)
    elif not frames.are_sound():
        _locate(flac, info, frames)
    else:
        _check_end(flac, info, frames.last())
        _check_seeks(flac, frames)


def _end(flac: Flac, start: int) -> int:
    """Find where the frames end: tags and zeros may follow them."""
    source, end = flac.source, flac.source.size
    if end - ID3V1 > start and source.peek(end - ID3V1, 3) == b"TAG":
        end -= ID3V1
        flac.exam.warn("FLAC-ID3", "an ID3 tag stands behind the file", end)
    full = end
    while end > start:
        if full - end > MOST_ZEROS:
            flac.exam.halt("FLAC-CUT", f"more than {MOST_ZEROS} bytes at the end are zero", end)
        begin = max(start, end - WINDOW)
        part = source.peek(begin, end - begin).rstrip(b"\0")
        end = begin + len(part)
        if part:
            break
    if full - end > ZERO_CRC:
        flac.exam.warn("FLAC-TRAILING", f"{full - end} zero bytes follow the last frame", end)
    return end


def _check_end(flac: Flac, info: StreamInfo, last: Frame | None) -> None:
    if last is None:
        flac.exam.broken("FLAC-CUT", "there is no whole frame at the end", flac.source.size)
        return
    found = last.first + last.samples
    if not info.samples:
        flac.exam.warn("FLAC-NO-COUNT", "the file does not say how many samples it has")
    elif found < info.samples:
        flac.exam.broken(
            "FLAC-CUT", f"the file ends after {found} of {info.samples} samples", flac.source.size
        )
    elif found > info.samples:
        flac.exam.invalid(
            "FLAC-SAMPLES", f"the file has {found} samples, not {info.samples}", last.offset
        )


def _locate(flac: Flac, info: StreamInfo, frames: Frames) -> None:
    """Say which frames are damaged, now that some are known to be."""
    last, damaged = None, 0
    for frame, end, is_sound in frames.walk():
        last = frame
        if not is_sound:
            damaged += 1
            flac.exam.broken(
                "FLAC-FRAME-CRC",
                f"the frame from byte {frame.offset} to {end} is not the one that was written",
                frame.offset,
            )
    if not damaged or frames.tries < 0:
        flac.exam.broken("FLAC-CRC", "the checksums of frames are wrong", frames.start)
    if last is not None and last.first + last.samples < info.samples:
        flac.exam.broken(
            "FLAC-CUT",
            f"the file ends after {last.first + last.samples} of {info.samples} samples",
            flac.source.size,
        )


def _check_seeks(flac: Flac, frames: Frames) -> None:
    for sample, offset in flac.seek_points[:MOST_SEEKS]:
        frame = frames.read(frames.start + offset)
        if frame is None or not frame.first <= sample < frame.first + max(frame.samples, 1):
            flac.exam.warn(
                "FLAC-SEEK", f"the seek point of sample {sample} leads to no such frame", None
            )
            return
