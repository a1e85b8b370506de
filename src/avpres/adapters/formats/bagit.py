"""BagIt manifests (RFC 8493, and 0.93 to 0.97 as they lie on shelves): lines of `<hex> <path>`.

RFC 8493 §2.1.3 encodes CR, LF and % as %0D, %0A, %25; most baggers never encoded %, older ones
nothing. So a path with a % is tried as the bag's version has it and then in the other ways, and
the one that is on disk is meant.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from avpres.adapters.formats import names, values
from avpres.adapters.formats.lines import numbered
from avpres.adapters.formats.manifest_file import Heading, Origin
from avpres.domain.errors import NotConformantError
from avpres.domain.fixity import Algorithm
from avpres.domain.manifest import ManifestEntry

_LINE = re.compile(rb"([0-9A-Fa-f]+)[ \t]+(.+)", re.DOTALL)
_NAME = re.compile(r"(?:tag)?manifest-([A-Za-z0-9-]+)\.txt", re.IGNORECASE)
_BREAKS = re.compile("%(0[AaDd])")
_DECLARED = 4096  # bytes of bagit.txt that are looked at


def declaration(bag: Path) -> tuple[tuple[int, ...], str]:
    """Read version and tag file encoding from `bagit.txt`; 1.0 and UTF-8 when it says nothing."""
    version, encoding = (1, 0), "utf-8"
    try:
        with (bag / "bagit.txt").open("rb") as handle:
            text = handle.read(_DECLARED).decode("utf-8-sig", "replace")
    except OSError:
        return version, encoding
    if found := re.search(r"(?m)^BagIt-Version:\s*(\d{1,4})\.(\d{1,4})", text):
        version = int(found[1]), int(found[2])
    if found := re.search(r"(?m)^Tag-File-Character-Encoding:\s*([\w-]+)", text):
        encoding = found[1]
    return version, encoding


def algorithm_of(path: Path) -> Algorithm:
    """Tell a manifest's algorithm from its name.

    Raises:
        NotConformantError: the name gives none that avpres takes.
    """
    match = _NAME.fullmatch(path.name)
    algorithm = values.labelled(match[1]) if match else None
    if algorithm is None:
        raise NotConformantError(
            f"{path}: avpres takes no such digests; verify by another of the bag's manifests"
        )
    return algorithm


def read(handle: BinaryIO, origin: Origin) -> Iterator[ManifestEntry]:
    """Yield the entries of a payload or tag manifest, paths relative to the bag.

    Raises:
        NotConformantError: a line is none, or its path leads out of the bag.
    """
    algorithm = algorithm_of(origin.path)
    version, encoding = declaration(origin.path.parent)
    for number, line in numbered(handle, origin):
        for part in line.split(b"\r"):  # RFC 8493 allows CR, LF and CRLF ends
            if not part.strip():
                continue
            try:
                yield _entry(part, algorithm, version, encoding, origin.exists)
            except NotConformantError as error:
                raise origin.malformed(number, str(error)) from None


def _entry(
    line: bytes,
    algorithm: Algorithm,
    version: tuple[int, ...],
    encoding: str,
    exists: Callable[[str], bool],
) -> ManifestEntry:
    match = _LINE.fullmatch(line)
    digest = values.digest(match[1].decode(), algorithm) if match else None
    if match is None or digest is None or digest.algorithm is not algorithm:
        raise NotConformantError(f"not a {algorithm} digest and a path")
    written = _decoded(match[2], encoding)
    if written.startswith("*") and not exists(written):
        written = written[1:]  # md5sum's mark of binary mode, allowed by old versions
    candidates = [names.checked(path) for path in _readings(written, version)]
    path = next((p for p in candidates if exists(p)), candidates[0])
    if not names.stays_inside(path):
        raise NotConformantError("a path that leads out of the bag")
    return ManifestEntry(path, (digest,))


def _decoded(raw: bytes, encoding: str) -> str:
    try:
        return raw.decode(encoding, "surrogateescape")
    except (LookupError, ValueError):
        return names.from_bytes(raw)


def _readings(written: str, version: tuple[int, ...]) -> list[str]:
    """List what a written path may mean, likeliest first; one reading for nearly all."""
    written = written.replace("\\", "/") if written.startswith("data\\") else written
    if "%" not in written:
        return [written]
    breaks = _BREAKS.sub(lambda m: "\n" if m[1].upper() == "0A" else "\r", written)
    full = names.bag_decode(written)
    order = [full, breaks, written] if version >= (1, 0) else [written, breaks, full]
    return list(dict.fromkeys(order))


def fetch(bag: Path) -> Iterator[tuple[str, int | None, str]]:
    """Yield URL, size and path of what `fetch.txt` says is elsewhere; nothing is ever fetched.

    Raises:
        NotConformantError: a line is none, or its path leads out of the bag.
    """
    origin = Origin(bag / "fetch.txt")
    if not origin.path.is_file():
        return
    with origin.path.open("rb") as handle:
        for number, line in numbered(handle, origin):
            fields = names.from_bytes(line).split(None, 2)
            if not fields:
                continue
            if len(fields) != 3 or not re.fullmatch("-|[0-9]{1,19}", fields[1]):  # noqa: PLR2004
                raise origin.malformed(number, "not a URL, a length and a path")
            url, size, path = fields
            if not names.stays_inside(path):
                raise origin.malformed(number, "a path that leads out of the bag")
            yield url, None if size == "-" else int(size), names.bag_decode(path)


def write(handle: BinaryIO, entries: Iterable[ManifestEntry], heading: Heading) -> None:
    """Write the lines of one manifest; paths are relative to the bag (`data/…` or tag files).

    Raises:
        NotConformantError: a name is not UTF-8, which a bag cannot hold.
    """
    algorithm = values.only(heading.algorithms)
    for entry in entries:
        try:
            path = names.bag_encode(entry.path).encode()
        except UnicodeEncodeError:
            raise NotConformantError(
                f"{entry.path} has a name that is not UTF-8; rename it before bagging"
            ) from None
        handle.write(b"%b  %b\n" % (values.of(entry, algorithm).encode(), path))
