"""What the wrapper and the streams say of themselves, before and after, by MediaInfo."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from avpres.adapters.tools.mediainfo_saying import tracks
from avpres.domain.media import Kind, MediaFile

Track = Mapping[str, object]

VIDEO = {
    "Width": "width",
    "Height": "height",
    "PixelAspectRatio": "pixel aspect ratio",
    "DisplayAspectRatio": "display aspect ratio",
    "Active_Width": "active width",
    "Active_Height": "active height",
    "Rotation": "rotation",
    "FrameRate": "frame rate",
    "FrameCount": "number of frames",
    "ColorSpace": "colour space",
    "ChromaSubsampling": "chroma subsampling",
    "ScanType": "scan type",
    "ScanOrder": "field order",
    "colour_range": "colour range",
    "colour_primaries": "colour primaries",
    "transfer_characteristics": "transfer characteristics",
    "matrix_coefficients": "matrix coefficients",
    "Language": "language",
    "Title": "title",
}
AUDIO = {
    "Channels": "channels",
    "ChannelPositions": "channel positions",
    "SamplingRate": "sampling rate",
    "SamplingCount": "number of samples",
    "BitDepth": "bits of a sample",
    "Language": "language",
    "Title": "title",
}
GENERAL = {
    "Title": "title",
    "Description": "description",
    "Recorded_Date": "date of recording",
    "Encoded_Date": "date of encoding",
    "Copyright": "copyright",
    "Comment": "comment",
}
_NOTHING = ("0.000", "0-00-00")  # MediaInfo's word for no rotation and for no date
_TOLERANCE = 0.005  # MediaInfo rounds ratios to three places


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that the source says and the output does not, or says otherwise."""

    where: str
    what: str
    before: str
    after: str

    @property
    def is_loss(self) -> bool:
        """Say whether nothing of it is left."""
        return not self.after


def differences(before: Mapping[str, object], after: Mapping[str, object]) -> Iterator[Difference]:
    """Yield what MediaInfo tells of a source and not, or otherwise, of its output."""
    old, new = tracks(before), tracks(after)
    yield from _pairs("film", _of(old, "Video"), _of(new, "Video"), VIDEO)
    yield from _pairs("sound", _of(old, "Audio"), _of(new, "Audio"), AUDIO)
    yield from _pairs("file", _of(old, "General"), _of(new, "General"), GENERAL)
    yield from _aperture(_of(old, "Video"), _of(new, "Video"))
    one, other = timecode(before), timecode(after)
    if one and one != other:
        yield Difference("file", "first timecode", one, other)


def timecode(told: Mapping[str, object]) -> str:
    """Give the first timecode that MediaInfo finds anywhere in a file."""
    for track in tracks(told):
        extra = track.get("extra")  # where it stands for tags of a whole Matroska file
        more = extra.get("TimeCode_FirstFrame") if isinstance(extra, dict) else None
        if found := track.get("TimeCode_FirstFrame") or more:
            return str(found)
    return ""


def paired(told: Mapping[str, object], file: MediaFile) -> dict[int, Track]:
    """Find MediaInfo's track of each film and sound by its place among those of its kind.

    MediaInfo does not number the streams of every wrapper. Where the two programs count
    differently, nothing is paired.
    """
    found: dict[int, Track] = {}
    for kind, name in ((Kind.VIDEO, "Video"), (Kind.AUDIO, "Audio")):
        streams = [stream for stream in file.of(kind) if not stream.is_picture]
        listed = _of(tracks(told), name)
        if len(listed) == len(streams):
            found |= {one.index: track for one, track in zip(streams, listed, strict=True)}
    return found


def lossless_streams(told: Mapping[str, object], file: MediaFile) -> dict[int, bool]:
    """Tell by stream whether MediaInfo calls its coding lossless."""
    found = paired(told, file).items()
    return {index: track.get("Compression_Mode") == "Lossless" for index, track in found}


def _of(found: Sequence[Track], kind: str) -> list[Track]:
    return [track for track in found if track.get("@type") == kind]


def _pairs(
    where: str, old: Sequence[Track], new: Sequence[Track], names: Mapping[str, str]
) -> Iterator[Difference]:
    for number, (one, other) in enumerate(zip(old, new, strict=False)):
        place = where if len(old) == 1 else f"{where} {number + 1}"
        for key, name in names.items():
            before, after = (str(side.get(key, "")).strip() for side in (one, other))
            if before and not before.startswith(_NOTHING) and not _same(before, after):
                yield Difference(place, name, before, after)


def _same(before: str, after: str) -> bool:
    if before == after:
        return True
    try:
        return abs(float(before) - float(after)) <= _TOLERANCE * abs(float(before))
    except ValueError:
        return False


def _aperture(old: Sequence[Track], new: Sequence[Track]) -> Iterator[Difference]:
    """Notice a clean aperture that crops; Matroska's own cropping is not written by ffmpeg."""
    for one, other in zip(old, new, strict=False):
        for key in ("Width", "Height"):
            crop = str(one.get(f"{key}_CleanAperture", ""))
            full = str(one.get(key, ""))
            if crop and crop != full and str(other.get(f"{key}_CleanAperture", "")) != crop:
                yield Difference("film", f"clean aperture {key.lower()}", crop, "")
