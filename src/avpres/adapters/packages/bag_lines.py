"""Lines of a bag's manifests, each by itself: one that is wrong does not hide the others."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from avpres.adapters.formats import bagit, names, values
from avpres.adapters.formats.lines import numbered
from avpres.adapters.formats.manifest_file import Origin
from avpres.adapters.packages.ground import Ground
from avpres.domain.errors import NotConformantError
from avpres.domain.fixity import Algorithm, Digest

MANIFEST = re.compile(r"(tag)?manifest-([A-Za-z0-9_-]+)\.txt", re.IGNORECASE)
_LINE = re.compile(rb"([0-9A-Fa-f]+)[ \t]+(.+)", re.DOTALL)
_BREAKS = re.compile("%(0[AaDd])")


class Line(NamedTuple):
    """What a line says, or why it says nothing.

    `paths` are the readings of its path, empty when it leads out of the bag: `written` has it.
    """

    number: int
    written: str
    paths: tuple[str, ...]
    digest: Digest | None
    fault: str = ""


def algorithm_of(name: str) -> Algorithm | None:
    """Tell the algorithm from a manifest's name; None when avpres takes no such digests."""
    match = MANIFEST.fullmatch(name)
    return values.labelled(match[2]) if match else None


def read(path: Path, ground: Ground) -> Iterator[Line]:
    """Yield the lines of a payload or tag manifest.

    Raises:
        NotConformantError: it is no text, so that nothing more of it can be read.
    """
    manifest = _Manifest(algorithm_of(path.name), *bagit.declaration(path.parent), ground)
    with path.open("rb") as handle:
        for number, line in numbered(handle, Origin(path)):
            for part in line.split(b"\r"):  # RFC 8493 allows CR, LF and CRLF ends
                if part.strip():
                    yield _line(number, part, manifest)


class _Manifest(NamedTuple):
    algorithm: Algorithm | None
    version: tuple[int, ...]
    encoding: str
    ground: Ground


def _line(number: int, part: bytes, manifest: _Manifest) -> Line:
    algorithm, version, encoding, ground = manifest
    match = _LINE.fullmatch(part)
    if match is None:
        shown = names.from_bytes(part[:200])
        return Line(number, shown, (), None, "no digest and path")
    written = _decoded(match[2], encoding)
    digest = values.digest(match[1].decode(), algorithm) if algorithm else None
    if algorithm and (digest is None or digest.algorithm is not algorithm):
        digest = None
    paths: dict[str, None] = {}
    for way in _ways(written, version):
        paths |= dict.fromkeys(ground.listed(way))
    there = [one for one in paths if len(paths) > 1 and ground.is_there(one)]
    fault = "" if digest or not algorithm else f"no {algorithm} digest"
    return Line(number, written, tuple(dict.fromkeys((*there, *paths))), digest, fault)


def _decoded(raw: bytes, encoding: str) -> str:
    try:
        return raw.decode(encoding, "surrogateescape")
    except (LookupError, ValueError):
        return names.from_bytes(raw)


def _ways(written: str, version: tuple[int, ...]) -> list[str]:
    """List what a written path may mean: as the bag's version has it, then in the other ways.

    RFC 8493 §2.1.3 encodes CR, LF and %; most baggers never encoded %, older ones nothing. Old
    ones kept md5sum's mark of binary mode.
    """
    ways = [written]
    if "%" in written:
        breaks = _BREAKS.sub(lambda m: "\n" if m[1].upper() == "0A" else "\r", written)
        full = names.bag_decode(written)
        ways = [full, breaks, written] if version >= (1, 0) else [written, breaks, full]
    if written.startswith("*"):
        ways = [way[1:] for way in ways] + ways
    return list(dict.fromkeys(ways))


def fetched(bag: Path, ground: Ground) -> Iterator[Line]:
    """Yield what `fetch.txt` says is elsewhere; a line's `fault` holds the address."""
    path = bag / "fetch.txt"
    if ground.document("fetch.txt") is None:
        return
    version, encoding = bagit.declaration(bag)
    with path.open("rb") as handle:
        for number, line in numbered(handle, Origin(path)):
            fields = _decoded(line, encoding).split(None, 2)
            if len(fields) == 3:  # noqa: PLR2004 - address, length, path
                paths = [one for way in _ways(fields[2], version) for one in ground.listed(way)]
                yield Line(number, fields[2], tuple(dict.fromkeys(paths)), None, fields[0])


def damage(error: NotConformantError) -> str:
    """Say that a manifest could be read no further."""
    return f"{error}; what stands behind that place is not listed"
