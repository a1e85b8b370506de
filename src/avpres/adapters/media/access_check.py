"""A finished copy held against its plan: each check could have said no."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from avpres.adapters.media.access_boxes import is_fast_start
from avpres.adapters.media.access_graph import PicturePlan, Plan
from avpres.adapters.media.access_source import look, source_of
from avpres.adapters.media.access_survey import run, windows_of
from avpres.adapters.media.idet import Fields, FieldsReader, judging
from avpres.adapters.media.loudness import Measured, MeterReader, metering
from avpres.adapters.tools.ffmpeg import Ffmpeg, Watch, Word, url
from avpres.adapters.tools.ffmpeg_progress import Progress
from avpres.domain.access import LOUDNESS_TOLERANCE, SAMPLE_RATE, Deinterlace, FieldOrder
from avpres.domain.errors import NotConformantError, ToolFailedError
from avpres.domain.film import Source
from avpres.domain.media import Kind, MediaFile
from avpres.domain.trimming import Cut

SOUND_TOLERANCE = Fraction(1, 10)  # seconds; MP3 and AAC pad with whole packets


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a copy: the code of its finding, and what was wanted."""

    code: str
    message: str
    expected: str
    found: str


@dataclass(frozen=True, slots=True)
class Checked:
    """What the checks saw: faults, remarks that fail nothing, and figures for the record."""

    faults: tuple[Fault, ...]
    remarks: tuple[Fault, ...] = ()
    seconds: float = 0.0
    frames: int | None = None
    fields: Fields | None = None
    loudness: tuple[float, ...] = ()


def check(ffmpeg: Ffmpeg, plan: Plan, made: Path, told: Progress | None, watch: Watch) -> Checked:
    """Hold a copy against its plan.

    Args:
        ffmpeg: reads the copy.
        plan: what was wanted.
        made: the copy.
        told: what ffmpeg said at its end; the file must hold as many frames.
        watch: for the runs of ffmpeg.
    """
    name = bytes(made)
    try:
        file = look(ffmpeg, name)
        copy = source_of(file, name)
        fields, loudness = _measured(ffmpeg, plan, copy, watch)
        frames = _counted(ffmpeg, copy, watch)
    except (NotConformantError, ToolFailedError) as error:
        return Checked((Fault("ACC-READBACK", "cannot be read back", "a film", str(error)),))
    faults = [*_streams(plan, file), *_lengths(plan, copy), *_sounds(plan, copy, loudness)]
    if frames is not None and told is not None and told.frame != frames:
        faults.append(
            Fault("ACC-FRAMES", "holds other frames than were made", str(told.frame), str(frames))
        )
    remarks: list[Fault] = []
    if plan.picture is not None and copy.film is not None:
        faults += _picture(plan.picture, copy)
        if fields is not None and fields.is_combed and not plan.picture.is_interlaced:
            asked = plan.profile.deinterlace is Deinterlace.OFF
            doubted = plan.picture.order is FieldOrder.PROGRESSIVE  # the source was looked at too
            (remarks if asked or doubted else faults).append(_combed(fields))
    if plan.profile.is_fast_start and not is_fast_start(made):
        faults.append(
            Fault(
                "ACC-FASTSTART", "a player must have all of it to begin", "moov first", "moov last"
            )
        )
    return Checked(
        tuple(faults),
        tuple(remarks),
        seconds=float(copy.seconds or 0),
        frames=frames,
        fields=fields,
        loudness=tuple(loudness[number].integrated for number in sorted(loudness)),
    )


def _measured(
    ffmpeg: Ffmpeg, plan: Plan, copy: Source, watch: Watch
) -> tuple[Fields | None, dict[int, Measured]]:
    fields: Fields | None = None
    if copy.film is not None:
        reader = FieldsReader()
        run(ffmpeg, _windows(copy), replace(watch, on_line=reader.take))
        fields = reader.found
    meters = MeterReader()
    if plan.profile.loudness.target is not None and copy.sounds:
        chains = [
            f"[0:{sound.stream}]{metering(number)}[m{number}]"
            for number, sound in enumerate(copy.sounds)
        ]
        words: list[Word] = ["-xerror", "-i", url(copy.path), "-filter_complex", ";".join(chains)]
        for number in range(len(chains)):
            words += ["-map", f"[m{number}]", "-f", "null", "-"]
        run(ffmpeg, words, replace(watch, on_line=meters.take))
    return fields, meters.found


def _windows(copy: Source) -> list[Word]:
    """Decode parts from the beginning to the very end; any error of decoding counts.

    Each is a second of frames from the key frame before its place, so that none is decoded in
    vain; the last goes on to the end of the file.
    """
    words: list[Word] = []
    windows = windows_of(copy.seconds, Cut())
    for begin, length in windows:
        is_last = begin == windows[-1][0]
        words += ["-xerror", "-noaccurate_seek", "-ss", f"{float(begin):.3f}"]
        words += [*(() if is_last else ("-t", f"{float(length):.3f}")), "-i", url(copy.path)]
    stream = copy.film.stream if copy.film else 0
    chains = [f"[{n}:{stream}]{judging(n)}[v{n}]" for n in range(len(windows))]
    words += ["-filter_complex", ";".join(chains)]
    for number in range(len(windows)):
        words += ["-map", f"[v{number}]", "-f", "null", "-"]
    return words


def _streams(plan: Plan, file: MediaFile) -> Iterator[Fault]:
    wanted = (int(plan.picture is not None), len(plan.tracks), len(plan.subtitles))
    found = tuple(len(file.of(kind)) for kind in (Kind.VIDEO, Kind.AUDIO, Kind.SUBTITLE))
    if wanted != found:
        yield Fault(
            "ACC-STREAMS", "has other tracks than it should", _counts(wanted), _counts(found)
        )


def _counts(counts: tuple[int, ...]) -> str:
    picture, sound, subtitles = counts
    more = f", {subtitles} of subtitles" if subtitles else ""
    return f"{picture} of picture, {sound} of sound{more}"


def _lengths(plan: Plan, copy: Source) -> Iterator[Fault]:
    tolerance = SOUND_TOLERANCE
    if plan.picture:
        films = [film for film in (plan.picture.film, copy.film) if film is not None]
        tolerance = max(film.slack or 1 / plan.picture.film.rate for film in films)
    if plan.is_measured:
        found = copy.seconds or Fraction(0)
        away = abs(found - plan.seconds)
        if away > tolerance + Fraction(1, 1000):  # wrappers round to milliseconds
            yield Fault(
                "ACC-DURATION",
                "is not as long as what it was made of",
                f"{float(plan.seconds):.3f} s",
                f"{float(found):.3f} s",
            )
            return
    if plan.source.breaks_off and plan.cut.end is None:
        wanted, there = "all that its source announces", "what is there"
        yield Fault("ACC-DURATION", "ends where its source breaks off", wanted, there)


def _counted(ffmpeg: Ffmpeg, copy: Source, watch: Watch) -> int | None:
    """Count the frames that the file holds, by reading it from end to end."""
    if copy.film is None:
        return None
    words: list[Word] = ["-i", url(copy.path), "-map", f"0:{copy.film.stream}", "-c", "copy"]
    ended = run(ffmpeg, [*words, "-f", "null", "-"], watch)
    return ended.progress.frame if ended.progress else None


def _picture(plan: PicturePlan, copy: Source) -> Iterator[Fault]:
    film = copy.film
    if film is None:
        return
    if film.raster.size != plan.frame:
        yield Fault("ACC-SIZE", "has another frame", str(plan.frame), str(film.raster.size))
    aspect = film.raster.pixel_aspect or Fraction(1)
    if abs(aspect - plan.pixel_aspect) > Fraction(1, 200):
        yield Fault(
            "ACC-PIXELS", "has pixels of another shape", str(plan.pixel_aspect), str(aspect)
        )
    if not plan.colour.is_like(film.colour):
        yield Fault("ACC-COLOUR", "is not marked so", str(plan.colour), str(film.colour))


def _sounds(plan: Plan, copy: Source, loudness: dict[int, Measured]) -> Iterator[Fault]:
    for sound in copy.sounds:
        if sound.rate != SAMPLE_RATE:
            yield Fault(
                "ACC-RATE", "has another sample rate", f"{SAMPLE_RATE} Hz", f"{sound.rate} Hz"
            )
    target = plan.profile.loudness.target
    if target is None:
        return
    for number, measured in sorted(loudness.items()):
        level = measured.integrated
        away = number not in plan.silent and not abs(level - target) <= LOUDNESS_TOLERANCE
        if away:
            yield Fault(
                "ACC-LOUDNESS",
                f"is not as loud as it should be in track {number + 1}",
                f"{target:g} LUFS, 0.5 LU more or less",
                f"{level:g} LUFS",
            )


def _combed(fields: Fields) -> Fault:
    return Fault(
        "ACC-COMBED",
        "shows combed frames; say how its fields lie with --deinterlace",
        "none",
        f"{fields.combed} of {fields.judged} looked at",
    )
