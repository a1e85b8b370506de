"""Raw DV: DV25, DVCPRO, DVCPRO50 and DV100 frames, one after the other."""

from collections.abc import Iterator
from dataclasses import dataclass

from avpres.adapters.validators import dv_packs
from avpres.adapters.validators.dv_system import BLOCK, SEQUENCE, System
from avpres.adapters.validators.examination import Examination
from avpres.adapters.validators.source import Source
from avpres.domain.technical import Audio, MediaKind, Video

MOST_MISPLACED = 1000  # frames that do not hold what they must, before all trust is lost


@dataclass(slots=True)
class Tally:
    """What all frames together say."""

    concealed_blocks: int = 0
    concealed_frames: int = 0
    misplaced: int = 0


def validate(source: Source, exam: Examination) -> None:
    """Check that every block of every frame is what must stand there.

    DV holds no checksum and no count of its frames: a file that is cut between two frames cannot be
    told from a whole one.
    """
    exam.technical.kind = MediaKind.VIDEO
    first = source.peek(0, SEQUENCE)
    if first and (first[0] >> 5 or (len(first) > 2 and first[2])):
        exam.halt("DV-HEADER", "the file does not begin with the header of a DV frame", 0)
    first = source.read(0, SEQUENCE)
    system = dv_packs.system_of(first)
    count, rest = divmod(source.size, system.size)
    tally = Tally()
    for offset, frame in _frames(source, system, count):
        _check_frame(exam, system, offset, frame, tally)
    if rest:
        exam.broken(
            "DV-CUT",
            f"{rest} bytes at the end are no whole frame: one has {system.size} bytes",
            count * system.size,
        )
    _describe(exam, source.peek(0, system.size), system, count)
    _summarise(exam, tally)


def _frames(source: Source, system: System, count: int) -> Iterator[tuple[int, bytes]]:
    for offset in range(0, count * system.size, system.size):
        yield offset, source.read(offset, system.size)


def _check_frame(
    exam: Examination, system: System, offset: int, frame: bytes, tally: Tally
) -> None:
    place = system.misplaced(frame)
    if place is not None:
        tally.misplaced += 1
        exam.broken(
            "DV-BLOCK",
            f"block {place} of frame {offset // system.size} is not what must stand there",
            offset + place * BLOCK,
        )
        if tally.misplaced > MOST_MISPLACED:
            exam.halt("DV-LOST", "so many frames are wrong that the rest is not looked at", offset)
    elif bool(frame[3] & 0x80) != system.is_625:
        exam.invalid("DV-SYSTEM", f"frame {offset // system.size} is of another system", offset + 3)
    concealed = system.concealed(frame)
    tally.concealed_blocks += concealed
    tally.concealed_frames += bool(concealed)


def _describe(exam: Examination, frame: bytes, system: System, count: int) -> None:
    found = dv_packs.packs(frame)
    duration = float(count / system.rate)
    exam.profile, exam.mime = system.name, "video/dv"
    exam.technical.video.append(describe_video(found, frame, system, count))
    sound = dv_packs.sound(found)
    if sound is not None:
        exam.technical.audio.extend(_audio(sound, duration) for _ in range(sound.pairs))
    recorded = dv_packs.recorded(found)
    if recorded:
        exam.technical.properties["recorded"] = recorded


def describe_video(found: dict[int, bytes], frame: bytes, system: System, count: int) -> Video:
    """Describe the pictures of DV, also of DV that is wrapped."""
    is_wide = system.is_hd or dv_packs.is_wide(found, frame)
    pixel = system.pixel if system.is_hd or not is_wide else system.pixel * 4 / 3
    is_progressive = "0p" in system.name or dv_packs.is_progressive(found)
    return Video(
        codec="DV",
        codec_id=system.codec_id,
        profile=system.name,
        width=system.width,
        height=system.height,
        frame_rate=float(system.rate),
        frames=count,
        duration=float(count / system.rate),
        bit_rate=round(system.size * 8 * system.rate),
        bits_per_sample=8,
        colour_space="YUV",
        chroma_subsampling=system.subsampling,
        scan="progressive" if is_progressive else "interlaced",
        field_order="" if is_progressive else "top first" if system.is_hd else "bottom first",
        display_aspect="16:9" if is_wide else "4:3",
        pixel_aspect=round(float(pixel), 4),
        lossless=False,
        timecode=dv_packs.timecode(found),
    )


def _audio(sound: dv_packs.Sound, duration: float) -> Audio:
    return Audio(
        codec="PCM" if sound.bits == 16 else "PCM (12 bits, non-linear)",
        codec_id="DV",
        channels=2,
        sample_rate=float(sound.rate),
        bits_per_sample=sound.bits,
        samples=round(duration * sound.rate),
        duration=duration,
        bit_rate=sound.rate * 2 * sound.bits,
        byte_order="big endian",
        channel_layout="L R",
    )


def _summarise(exam: Examination, tally: Tally) -> None:
    if not tally.concealed_frames:
        return
    exam.technical.properties["concealed_blocks"] = tally.concealed_blocks
    exam.technical.properties["concealed_frames"] = tally.concealed_frames
    exam.note(
        "DV-CONCEALED",
        f"the deck put other pictures for {tally.concealed_blocks} blocks that it could not read, "
        f"in {tally.concealed_frames} frames",
    )
