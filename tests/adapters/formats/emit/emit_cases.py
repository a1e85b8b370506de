"""Descriptions of every kind, sensible and odd, and the schemas that records must fit."""

from functools import cache

from hypothesis import strategies as st
from lxml import etree
from manifest_cases import SCHEMAS

from avpres.domain.description import Description
from avpres.domain.fixity import Algorithm, Digest
from avpres.domain.formats import Format
from avpres.domain.technical import (
    Audio,
    Container,
    Document,
    Image,
    MediaKind,
    Technical,
    Text,
    Video,
)
from avpres.domain.validity import Status

XSD = {
    "mix": "mix20.xsd",
    "audiomd": "audioMD.xsd",
    "textmd": "textMD-v3.01a.xsd",
    "videomd": "videoMD.xsd",
    "pbcore": "pbcore-2.1.xsd",
}


@cache
def schema(kind: str) -> etree.XMLSchema:
    """Load a schema; XLink, which one of them imports by URL, is taken from the same folder."""

    class Local(etree.Resolver):
        def resolve(self, url, _public_id, context):
            name = url.rsplit("/", 1)[-1]
            return self.resolve_filename(str(SCHEMAS / name), context)

    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(Local())
    return etree.XMLSchema(etree.parse(str(SCHEMAS / XSD[kind]), parser))


def values(record: bytes, name: str) -> list[str]:
    """Give the texts of all elements of a local name."""
    found = etree.fromstring(record).iter(f"{{*}}{name}")
    return [element.text or "" for element in found]


def wave(**changes) -> Description:
    audio = {
        "codec": "PCM",
        "codec_id": "0x0001",
        "channels": 2,
        "sample_rate": 96000.0,
        "bits_per_sample": 24,
        "samples": 288000,
        "duration": 3.0,
        "bit_rate": 4608000,
        "byte_order": "little endian",
        "block_size": 6,
        "first_sample": 44,
        "channel_layout": "L R",
    }
    return Description(
        path="reel 1/side a.wav",
        root="/vault",
        size=1_728_044,
        digests=(Digest(Algorithm.MD5, "0" * 32), Digest(Algorithm.XXH128, "1" * 32)),
        format=Format.WAVE,
        version="",
        profile="BWF version 1",
        puid="fmt/703",
        mime="audio/vnd.wave",
        status=Status.VALID,
        validator="avpres 0.1.0",
        technical=Technical(kind=MediaKind.AUDIO, audio=[Audio(**{**audio, **changes})]),
    )


def film(*audio: Audio) -> Description:
    video = Video(
        codec="FFV1",
        codec_id="V_MS/VFW/FOURCC",
        width=720,
        height=576,
        frame_rate=30000 / 1001,
        frames=90,
        duration=3.003,
        bits_per_sample=10,
        colour_space="YUV",
        chroma_subsampling="4:2:2",
        scan="interlaced",
        field_order="top first",
        display_aspect="4:3",
        pixel_aspect=1.0667,
        colour_range="limited",
        lossless=True,
        timecode="10:00:00:00",
    )
    return Description(
        path="film.mkv",
        root="/vault",
        size=30_000_000,
        format=Format.MATROSKA,
        version="4",
        mime="video/x-matroska",
        technical=Technical(
            kind=MediaKind.VIDEO,
            video=[video],
            audio=list(audio),
            container=Container(writing_application="Lavf61", created="2024-05-06T07:08:09Z"),
        ),
    )


def picture(**changes) -> Description:
    image = {
        "width": 2048,
        "height": 1556,
        "bits_per_sample": (16, 16, 16, 16),
        "samples_per_pixel": 4,
        "colour_space": "RGB",
        "compression": "Uncompressed",
        "byte_order": "big endian",
        "orientation": 6,
        "x_resolution": 300.0,
        "y_resolution": 299.7,
        "resolution_unit": "in.",
        "icc_profile": "sRGB",
        "extra_samples": (2,),
        "created": "2019:03:04 05:06:07",
        "make": "Arri",
        "model": "Arriscan",
        "software": "Scanner 2",
        "artist": "The lab",
    }
    return Description(
        path="frame.tif",
        size=25_000_000,
        digests=(Digest(Algorithm.SHA256, "a" * 64), Digest(Algorithm.BLAKE3, "b" * 64)),
        format=Format.TIFF,
        version="6.0",
        puid="fmt/353",
        mime="image/tiff",
        technical=Technical(kind=MediaKind.IMAGE, images=[Image(**{**image, **changes})]),
    )


def letter(**changes) -> Description:
    text = {"charset": "UTF-8", "line_break": "LF", "language": "en-GB", "has_bom": False}
    return Description(
        path="letter.txt",
        format=Format.UTF8,
        mime="text/plain",
        technical=Technical(kind=MediaKind.TEXT, text=Text(**{**text, **changes})),
    )


_odd_texts = st.text(st.characters() | st.sampled_from("\x00\x07\n\udcff\ud800\ufffe&<>\"'"))
_texts = st.one_of(
    st.just(""),
    st.sampled_from(
        (
            "RGB",
            "big endian",
            "little",
            "in.",
            "cm",
            "LF",
            "CR/LF",
            "mixed",
            "UTF-8",
            "utf-16",
            "windows-1252",
            "x-unknown",
            "en",
            "deu",
            "de-AT",
            "2024",
            "2024-13",
            "2024-02-30",
            "2024:01:02 03:04:05",
            "2024-01-02T03:04:05+23:30",
            "0000",
            "0001-01-01T00:00:00+14:00",
            "2024-01-02T03:04:05.123456789Z",
            "20240102",
            "2024-W01-1",
            "PCM",
            "FLAC",
            "AAC",
        )
    ),
    _odd_texts,
)
_wholes = st.none() | st.sampled_from([-1, 0, 1, 2, 8, 2**31, 2**64, 10**30]) | st.integers()
_reals = st.none() | st.sampled_from([0.0, -1.0, 1e-30, 1e300, 29.97]) | st.floats()
_flags = st.none() | st.booleans()
_tuples = st.lists(st.integers(-2, 2**40), max_size=5).map(tuple)
_by_annotation = {
    "str": _texts,
    "int | None": _wholes,
    "float | None": _reals,
    "bool | None": _flags,
    "tuple[int, ...]": _tuples,
    "tuple[str, ...]": st.lists(_texts, max_size=3).map(tuple),
}


def _odd(model: type) -> st.SearchStrategy:
    fields = {name: _named(kind) for name, kind in model.__annotations__.items()}
    return st.builds(model, **{name: _by_annotation[kind] for name, kind in fields.items()})


def _named(kind: object) -> str:
    return kind.__name__ if isinstance(kind, type) and "[" not in str(kind) else str(kind)


_technical = st.builds(
    Technical,
    kind=st.sampled_from(MediaKind),
    images=st.lists(_odd(Image), max_size=3),
    audio=st.lists(_odd(Audio), max_size=3),
    video=st.lists(_odd(Video), max_size=2),
    text=st.none() | _odd(Text),
    document=st.none() | _odd(Document),
    container=st.none() | _odd(Container),
    properties=st.dictionaries(st.sampled_from(["sample_format"]), _texts),
)
descriptions = st.builds(
    Description,
    path=_odd_texts,
    root=_texts,
    size=st.integers(0, 2**63),
    digests=st.lists(
        st.builds(Digest, st.sampled_from(Algorithm), st.just("ab12")), max_size=3
    ).map(tuple),
    format=st.sampled_from(Format) | _texts,
    version=_texts,
    profile=_texts,
    puid=_texts,
    mime=_texts,
    status=st.sampled_from(Status),
    validator=st.sampled_from(["", "avpres 0.1.0"]),
    technical=_technical,
)
