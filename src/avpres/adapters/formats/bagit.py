"""BagIt manifests (RFC 8493, and 0.93 to 0.97 as they lie on shelves): lines of `<hex> <path>`.

RFC 8493 §2.1.3 encodes CR, LF and % as %0D, %0A, %25; most baggers never encoded %, older ones
nothing. So a path with a % is tried as the bag's version has it and then in the other ways, and
the one that is on disk is meant.
"""

import io
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

from avpres.adapters.formats import names, values
from avpres.adapters.formats.lines import LONGEST, numbered
from avpres.adapters.formats.manifest_file import Heading, Origin
from avpres.domain.errors import NotConformantError
from avpres.domain.fixity import Algorithm, Digest
from avpres.domain.manifest import ManifestEntry

VERSIONS = ((0, 93), (0, 94), (0, 95), (0, 96), (0, 97), (1, 0))
_LINE = re.compile(r"([0-9A-Fa-f]+)[ \t]+(.+)", re.DOTALL)
_NAME = re.compile(r"(?:tag)?manifest-([A-Za-z0-9-]+)\.txt", re.IGNORECASE)
_BREAKS = re.compile("%(0[AaDd])")
_DECLARED = 4096  # bytes of bagit.txt that are looked at
_BOM = "\ufeff"


class Oddity(StrEnum):
    """What is odd about a line that can be read all the same."""

    BOM = "bom"
    ASTERISK = "asterisk"  # md5sum's mark of binary mode
    DOT = "dot"  # `./data/…`
    BACKSLASH = "backslash"
    ESCAPE = "escape"  # encoded otherwise than the bag's version has it


class Fault(StrEnum):
    """What keeps a line from saying anything, or from being followed."""

    LINE = "line"
    DIGEST = "digest"  # not of the length that the manifest's algorithm has
    NAME = "name"  # none that a file can have
    OUTSIDE = "outside"
    TEXT = "text"  # not in the encoding that the bag declares


@dataclass(frozen=True, slots=True)
class BagLine:
    """A line of a payload or tag manifest; `path` is what it means, relative to the bag."""

    number: int
    path: str
    value: str
    fault: Fault | None = None
    oddities: tuple[Oddity, ...] = ()


@dataclass(frozen=True, slots=True)
class Tongue:
    """How the tag files of a bag are written."""

    version: tuple[int, ...] = (1, 0)
    encoding: str = "utf-8"


def declaration(bag: Path) -> tuple[tuple[int, ...], str]:
    """Read version and tag file encoding from `bagit.txt`; 1.0 and UTF-8 when it says nothing."""
    try:
        with (bag / "bagit.txt").open("rb") as handle:
            tongue = declared(handle.read(_DECLARED))
    except OSError:
        tongue = Tongue()
    return tongue.version, tongue.encoding


def declared(text: bytes) -> Tongue:
    """Find version and encoding in what `bagit.txt` holds, as far as it says them."""
    said = text.decode("utf-8-sig", "replace")
    version, encoding = (1, 0), "utf-8"
    if found := re.search(r"(?m)^BagIt-Version[ \t]*:\s*(\d{0,4})\.(\d{1,4})", said):
        version = int(found[1] or "0"), int(found[2])
    if found := re.search(r"(?m)^Tag-File-Character-Encoding[ \t]*:\s*([\w.:-]+)", said):
        encoding = found[1]
    return Tongue(version, encoding)


def is_text_encoding(name: str) -> bool:
    """Say whether a declared encoding is one that text can be read in."""
    try:
        b"x".decode(name)
    except UnicodeError:
        return True  # one letter is no UTF-16
    except (LookupError, ValueError):
        return False
    return True


def algorithm_of(path: Path) -> Algorithm:
    """Tell a manifest's algorithm from its name.

    Raises:
        NotConformantError: the name gives none that avpres takes.
    """
    algorithm = values.labelled(label_of(path.name))
    if algorithm is None:
        raise NotConformantError(
            f"{path}: avpres takes no such digests; verify by another of the bag's manifests"
        )
    return algorithm


def label_of(name: str) -> str:
    """Give the algorithm that a manifest's name speaks of, as it is written there."""
    match = _NAME.fullmatch(name)
    return match[1] if match else ""


def read(handle: BinaryIO, origin: Origin) -> Iterator[ManifestEntry]:
    """Yield the entries of a payload or tag manifest, paths relative to the bag.

    Raises:
        NotConformantError: a line is none, or its path leads out of the bag.
    """
    algorithm = algorithm_of(origin.path)
    tongue = Tongue(*declaration(origin.path.parent))
    said = {
        Fault.OUTSIDE: "a path that leads out of the bag",
        Fault.TEXT: f"not {tongue.encoding} text",
        Fault.NAME: "a name that no file can have",
    }
    for line in lines(handle, tongue, algorithm, origin.exists):
        if line.fault is not None:
            what = said.get(line.fault, f"not a {algorithm} digest and a path")
            raise origin.malformed(line.number, what)
        yield ManifestEntry(line.path, (Digest(algorithm, line.value),))


def lines(
    handle: BinaryIO,
    tongue: Tongue,
    algorithm: Algorithm | None,
    exists: Callable[[str], bool],
) -> Iterator[BagLine]:
    """Read a manifest to its end, whatever is wrong with single lines of it.

    Lines end in LF, CR or CRLF (RFC 8493 §2.3). Blank ones are passed over. Without an algorithm
    the digests are taken as they stand.
    """
    reader = _Reader(tongue, algorithm, exists)
    encoding = tongue.encoding if is_text_encoding(tongue.encoding) else "utf-8"
    text = io.TextIOWrapper(handle, encoding, errors="surrogateescape")
    number = 0
    try:
        while line := text.readline(LONGEST):
            number += 1
            if len(line) == LONGEST:
                yield BagLine(number, "", "", Fault.LINE)
                return
            if line.strip():
                yield reader.line(number, line.removesuffix("\n"))
    except UnicodeError:
        yield BagLine(number + 1, "", "", Fault.TEXT)
    finally:
        text.detach()


class _Reader:
    """Reads lines of one manifest."""

    def __init__(
        self, tongue: Tongue, algorithm: Algorithm | None, exists: Callable[[str], bool]
    ) -> None:
        self._tongue = tongue
        self._algorithm = algorithm
        self._exists = exists

    def line(self, number: int, text: str) -> BagLine:
        """Take a line apart."""
        bom = number == 1 and text.startswith(_BOM)
        odd = [Oddity.BOM] if bom else []
        match = _LINE.fullmatch(text.removeprefix(_BOM) if bom else text)
        if match is None:
            return BagLine(number, "", "", Fault.LINE, tuple(odd))
        value, written = match[1].lower(), match[2]
        if not self._fits(value):
            return BagLine(number, written, value, Fault.DIGEST, tuple(odd))
        if written.startswith("*") and not self._exists(written):
            written, odd = written[1:], [*odd, Oddity.ASTERISK]
        return self._meant(number, value, written, odd)

    def _fits(self, value: str) -> bool:
        if self._algorithm is None:
            return len(value) % 2 == 0
        digest = values.digest(value, self._algorithm)
        return digest is not None and digest.algorithm is self._algorithm

    def _meant(self, number: int, value: str, written: str, odd: list[Oddity]) -> BagLine:
        try:
            candidates = [names.checked(path) for path in _readings(written, self._tongue.version)]
        except NotConformantError:
            return BagLine(number, written, value, Fault.NAME, tuple(odd))
        path = next((p for p in candidates if self._exists(p)), candidates[0])
        if path != candidates[0]:
            odd.append(Oddity.ESCAPE)
        if written.startswith("./"):
            odd.append(Oddity.DOT)
        if written.startswith("data\\"):
            odd.append(Oddity.BACKSLASH)
        fault = None if names.stays_inside(path) else Fault.OUTSIDE
        return BagLine(number, path, value, fault, tuple(odd))


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
