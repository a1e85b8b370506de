"""What all copies of one kind share: profile, marks, and an ffmpeg that can make them."""

import threading
from collections.abc import Iterator
from dataclasses import replace

from avpres.adapters.formats import access_toml
from avpres.adapters.tools.ffmpeg import Ffmpeg, Watch
from avpres.config.access import AccessOptions
from avpres.domain.access import AccessProfile, Deinterlace, Product, Subtitles
from avpres.services.context import Context
from avpres.services.viewing import sidecar
from avpres.services.viewing.deciding import Deciding
from avpres.services.viewing.fitness import WITHOUT_PICTURE
from avpres.services.viewing.making import Maker
from avpres.services.viewing.marks import Marks, marks_of

_SOUND = (
    *("aformat", "amix", "anull", "apad", "aresample", "asetpts", "atrim", "concat", "pan"),
    "volumedetect",
)
_PICTURE = (
    *("bwdif", "format", "idet", "metadata", "scale", "setfield", "setparams", "setpts"),
    *("setsar", "showinfo", "trim"),
)

_DECIDING = ("deinterlace", "begin", "end", "aspect", "watermark_text", "watermark_place")
_MORE = ("watermark_size", "opacity", "copyright", "metadata")


def maker_of(
    options: AccessOptions, ffmpeg: Ffmpeg, context: Context, stop: threading.Event
) -> Maker:
    """Look at profile and marks, ask ffmpeg whether it can do it, and give what makes the copies.

    Raises:
        UsageError: options do not go together, a profile or watermark cannot be read.
        ToolMissingError: ffmpeg lacks what the profile needs.
    """
    profile = _profile(options)
    marks = marks_of(options, profile, context.state_dir)
    _require(ffmpeg, profile, marks)
    deciding = Deciding(options, profile, marks, ffmpeg, Watch(stop=stop))
    return Maker(deciding, _request(options, profile, marks), context.clock, options.dry_run)


def _profile(options: AccessOptions) -> AccessProfile:
    """Put what was asked for in the place of what the profile says."""
    profile = access_toml.find(options.profile)
    asked = {
        "deinterlace": options.deinterlace,
        "audio_map": options.audio,
        "loudness": options.loudness,
        "timecode": options.timecode,
        "subtitles": options.subtitles,
    }
    given = {key: value for key, value in asked.items() if value is not None}
    return replace(profile, **given)  # type: ignore[arg-type]


def _require(ffmpeg: Ffmpeg, profile: AccessProfile, marks: Marks) -> None:
    """Ask ffmpeg whether it can do all that this profile may need, before the work begins."""
    encoders = [each.codec for each in (profile.video, profile.audio) if each is not None]
    encoders += ["mov_text"] if profile.holds_subtitles else []
    ffmpeg.require(
        encoders=encoders, filters=_filters(profile, marks), muxers=[profile.muxer, "null"]
    )


def _filters(profile: AccessProfile, marks: Marks) -> Iterator[str]:
    """Name the filters of surveys, graph and checks."""
    yield from _SOUND
    is_seen = profile.product not in WITHOUT_PICTURE
    wanted = {
        _PICTURE: is_seen,
        ("overlay", "colorchannelmixer"): is_seen and marks.image is not None,
        ("drawtext",): is_seen and bool(marks.text_font or marks.clock_font),
        ("subtitles",): is_seen and profile.subtitles is Subtitles.BURN,
        ("pad",): profile.frame is not None,
        ("alimiter", "ebur128", "volume"): profile.loudness.target is not None,
        ("fieldmatch", "decimate"): profile.deinterlace is Deinterlace.IVTC,
        ("tile",): profile.product is Product.CONTACT_SHEET,
        ("showwavespic", "vstack", "negate", "format"): profile.product is Product.WAVEFORM,
    }
    for names, is_wanted in wanted.items():
        yield from names if is_wanted else ()


def _request(options: AccessOptions, profile: AccessProfile, marks: Marks) -> str:
    """Name everything that decides how copies are made; another request is another copy."""
    told = [(key, getattr(options, key)) for key in (*_DECIDING, *_MORE)]
    fonts = [font and font.name for font in (marks.text_font, marks.clock_font)]
    return sidecar.request_of((profile, told, marks.identity, fonts))
