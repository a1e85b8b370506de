"""Descriptions of every kind, for tests and for hypothesis."""

import os
from dataclasses import fields

from hypothesis import strategies as st

from avpres.domain.description import Candidate, Completeness, Description
from avpres.domain.fixity import Algorithm, Digest
from avpres.domain.severity import Severity
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
from avpres.domain.validity import Impact, Message, Status

NAMES = st.binary(min_size=1, max_size=40).map(os.fsdecode)
TEXTS = st.text(max_size=20) | NAMES
NUMBERS = st.none() | st.integers(0, 2**63)
FLOATS = st.none() | st.floats(allow_nan=False)
TRISTATE = st.none() | st.booleans()
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)


def _of(kind: type) -> st.SearchStrategy:
    """Build instances of a technical record with any of its properties."""
    by_type = {
        "str": TEXTS,
        "int | None": NUMBERS,
        "float | None": FLOATS,
        "bool | None": TRISTATE,
        "tuple[int, ...]": st.lists(st.integers(0, 64), max_size=4).map(tuple),
        "tuple[str, ...]": st.lists(TEXTS, max_size=3).map(tuple),
    }
    return st.builds(kind, **{field.name: by_type[_name(field.type)] for field in fields(kind)})


def _name(kind: object) -> str:
    return kind.__name__ if isinstance(kind, type) and kind is str else str(kind)


TECHNICAL = st.builds(
    Technical,
    kind=st.sampled_from(MediaKind),
    images=st.lists(_of(Image), max_size=2),
    audio=st.lists(_of(Audio), max_size=1),
    video=st.lists(_of(Video), max_size=1),
    text=st.none() | _of(Text),
    document=st.none() | _of(Document),
    container=st.none() | _of(Container),
    properties=st.dictionaries(TEXTS, JSON, max_size=3),
)
MESSAGES = st.builds(
    Message,
    id=st.sampled_from(["GIF-EOF", "TIFF-TAG"]),
    severity=st.sampled_from(Severity),
    text=TEXTS,
    offset=NUMBERS,
    jhove=st.none() | st.just("GIF-HUL-3"),
    impact=st.sampled_from(Impact),
)
COMPLETENESS = st.builds(
    Completeness,
    profile=TEXTS,
    required=st.lists(TEXTS, max_size=2).map(tuple),
    missing=st.lists(TEXTS, max_size=2).map(tuple),
)
CANDIDATES = st.builds(
    Candidate,
    tool=TEXTS,
    version=TEXTS,
    format=TEXTS,
    format_version=TEXTS,
    puid=TEXTS,
    mime=TEXTS,
    basis=TEXTS,
    warning=TEXTS,
)
DIGESTS = st.lists(
    st.builds(Digest, algorithm=st.sampled_from(Algorithm), value=st.just("ab" * 16)),
    max_size=3,
    unique_by=lambda digest: digest.algorithm,
).map(tuple)
DESCRIPTIONS = st.builds(
    Description,
    path=NAMES,
    root=NAMES | st.just(""),
    size=st.integers(0, 2**50),
    mtime=st.integers(-(2**62), 2**63),
    digests=DIGESTS,
    candidates=st.lists(CANDIDATES, max_size=2).map(tuple),
    format=TEXTS,
    version=TEXTS,
    profile=TEXTS,
    puid=TEXTS,
    mime=TEXTS,
    basis=TEXTS,
    status=st.sampled_from(Status),
    messages=st.lists(MESSAGES, max_size=3),
    counts=st.dictionaries(TEXTS, st.integers(1, 10**9), max_size=2),
    validator=TEXTS,
    technical=TECHNICAL,
    completeness=st.none() | COMPLETENESS,
    deep=st.booleans(),
    error=TEXTS,
    seconds=st.floats(0, 1e6),
)


def gif(path: str = "a.gif", **given: object) -> Description:
    """Describe a GIF that is cut short."""
    plain: dict[str, object] = {
        "root": "/scans",
        "size": 4321,
        "mtime": 1_700_000_000_123_456_789,
        "digests": (Digest(Algorithm.MD5, "0" * 32), Digest(Algorithm.SHA256, "1" * 64)),
        "candidates": (Candidate("Siegfried", "1.11.9", "GIF", "89a", "fmt/4", "image/gif"),),
        "format": "GIF",
        "version": "89a",
        "profile": "animated",
        "puid": "fmt/4",
        "mime": "image/gif",
        "basis": "signature",
        "status": Status.NOT_WELL_FORMED,
        "messages": [
            Message("GIF-COMMENT", Severity.WARNING, "a comment without an end", 17),
            Message(
                "GIF-CUT",
                Severity.ERROR,
                "the file ends inside of a picture",
                4321,
                "GIF-HUL-9",
                Impact.NOT_WELL_FORMED,
            ),
        ],
        "counts": {"GIF-COMMENT": 30, "GIF-CUT": 1},
        "validator": "avpres 0.1.0",
        "technical": Technical(
            MediaKind.IMAGE, images=[Image(32, 16, (8,), 1, "PaletteColor", "LZW")]
        ),
        "completeness": Completeness("drs-2005", ("bits_per_sample",)),
    }
    return Description(path, **(plain | given))


def wave(path: str = "b.wav", **given: object) -> Description:
    """Describe a sound WAVE."""
    plain: dict[str, object] = {
        "size": 2_000_000,
        "format": "WAVE",
        "puid": "fmt/141",
        "mime": "audio/x-wave",
        "status": Status.VALID,
        "validator": "avpres 0.1.0",
        "technical": Technical(
            MediaKind.AUDIO,
            audio=[Audio("PCM", channels=2, sample_rate=48000.0, bits_per_sample=24, duration=6.9)],
        ),
    }
    return Description(path, **(plain | given))
