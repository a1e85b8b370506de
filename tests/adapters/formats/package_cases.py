"""A package with files of every kind, and the schemas that its records must fit."""

import io
from collections.abc import Iterable
from datetime import datetime, timedelta, timezone
from functools import cache
from uuid import UUID

from lxml import etree
from manifest_cases import SCHEMAS

from avpres.adapters.formats.mets import write_mets
from avpres.domain.description import Description
from avpres.domain.fixity import Algorithm, Digest
from avpres.domain.formats import Format
from avpres.domain.oais import Package, PackagedFile, PackageKind, Role
from avpres.domain.premis import Agent, Event, EventType, Outcome, event_id
from avpres.domain.technical import Audio, Container, Document, Image, Technical, Text, Video

NOW = datetime(2026, 3, 5, 10, 12, 4, tzinfo=timezone(timedelta(hours=1)))
NS = {
    "m": "http://www.loc.gov/METS/",
    "p": "http://www.loc.gov/premis/v3",
    "x": "http://www.w3.org/1999/xlink",
}
HREF = "{http://www.w3.org/1999/xlink}href"
HOSTILE = (
    "objects/100%0Adone",
    "objects/ a ",
    "objects/a\nb\rc\td",
    "objects/\udcff\udcfe not UTF-8",
    "objects/é NFC",
    "objects/e\u0301 NFD",
    "objects/" + "n" * 255,
    "objects/#hash?query=1;&amp;<tag>\"'",
    "objects/back\\slash",
    "objects/\x01\x1b\ufffe\u2028\u202e",
    "objects/c:/drive",
    "objects/%",
    "objects/%41",
    "objects/file:/~+",
    "objects/\U0001f39e",
)


def package(**changes: object) -> Package:
    event = Event(
        id=event_id("run", "fixity check", "/disk/reel"),
        type=EventType.FIXITY_CHECK,
        started=NOW,
        ended=NOW + timedelta(minutes=2),
        outcome=Outcome.SUCCESS,
        detail="sha512 compared with the source",
        objects=("/scans/reel",),
        destination="/disk/reel",
    )
    plain: dict[str, object] = {
        "id": UUID("0b7e4f8e-2f2f-4a39-9d7a-3a5b8d9c0e11"),
        "kind": PackageKind.AIP,
        "label": "R&D: reel <1>",
        "created": NOW,
        "agents": (
            Agent(name="avpres", version="1.2.3", note="Python 3.11.2"),
            Agent(name="Anna Ó Briain", type="person"),
        ),
        "events": (event,),
        "rights": "In copyright; see contract 7",
        "institution": "Film Archive & Museum",
        "identifiers": {"oe": "oe1234", "accession": "aaa0042"},
    }
    return Package(**(plain | changes))  # type: ignore[arg-type]


def digests(text: str = "x", *algorithms: Algorithm) -> tuple[Digest, ...]:
    from avpres.adapters.storage.hashing import MultiHasher

    hasher = MultiHasher(algorithms or (Algorithm.MD5, Algorithm.SHA512, Algorithm.XXH128))
    hasher.update(text.encode("utf-8", "surrogateescape"))
    return tuple(hasher.digests())


def packaged(path: str = "objects/reel/frame 1.dpx", **changes: object) -> PackagedFile:
    plain: dict[str, object] = {
        "path": path,
        "original": f"/mnt/scans/{path}",
        "size": len(path),
        "mtime": 1_700_000_000_123_456_789,
        "digests": digests(path),
    }
    return PackagedFile(**(plain | changes))  # type: ignore[arg-type]


PICTURE = Description(
    "frame.tif",
    format=Format.TIFF,
    version="6.0",
    puid="fmt/353",
    mime="image/tiff",
    technical=Technical(
        images=[
            Image(
                width=2048,
                height=1556,
                bits_per_sample=(16, 16, 16),
                samples_per_pixel=3,
                colour_space="RGB",
                compression="Uncompressed",
                byte_order="big endian",
                created="2019:03:04 05:06:07",
                software="Scanner 2",
            )
        ]
    ),
)
SOUND = Description(
    "side a.wav",
    format=Format.WAVE,
    puid="fmt/703",
    mime="audio/vnd.wave",
    technical=Technical(audio=[Audio(codec="PCM", channels=2, sample_rate=96000.0)]),
)
FILM = Description(
    "film.mkv",
    format=Format.MATROSKA,
    version="4",
    mime="video/x-matroska",
    technical=Technical(
        video=[Video(codec="FFV1", width=720, height=576, frame_rate=25.0)],
        audio=[Audio(codec="PCM", channels=2)],
        container=Container(writing_application="Lavf61", created="2024-05-06T07:08:09Z"),
    ),
)
LETTER = Description(
    "letter.txt",
    format=Format.UTF8,
    mime="text/plain",
    technical=Technical(text=Text(charset="UTF-8", line_break="LF")),
)
PAPER = Description(
    "paper.pdf",
    format=Format.PDF,
    puid="fmt/276",
    mime="application/pdf",
    technical=Technical(document=Document(creator="Writer", created="2024-05-06")),
)
FILES = (
    packaged("logs/run.log", role=Role.LOG),
    packaged("metadata/notes.txt", role=Role.METADATA, description=LETTER),
    packaged("metadata/supplemental/paper.pdf", role=Role.SUPPLEMENTAL, description=PAPER),
    packaged("objects/a/clip.mov", description=FILM),
    packaged("objects/a.wav", description=SOUND),
    packaged("objects/b/clip.mov", description=FILM),
    packaged("objects/b/deep/er/frame.tif", description=PICTURE),
    packaged("objects/empty", size=0, digests=()),
)


@cache
def schema(name: str = "package.xsd") -> etree.XMLSchema:
    """Load a schema; imports are taken from its folder, never from the network."""

    class Local(etree.Resolver):
        def resolve(self, url, _public_id, context):
            return self.resolve_filename(str(SCHEMAS / url.rsplit("/", 1)[-1]), context)

    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(Local())
    return etree.XMLSchema(etree.parse(str(SCHEMAS / name), parser))


def assert_valid(document: bytes, name: str = "package.xsd") -> None:
    """Validate as a stream, as documents larger than memory are."""
    for _, element in etree.iterparse(io.BytesIO(document), schema=schema(name)):
        element.clear()


def mets(files: Iterable[PackagedFile] = FILES, *, external: bool = False, **changes) -> bytes:
    handle = io.BytesIO()
    listed = list(files)
    write_mets(handle, package(**changes), lambda: iter(listed), external=external)
    return handle.getvalue()
