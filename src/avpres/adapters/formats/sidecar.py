"""Sidecars: one digest in a file named after the file it speaks of (`film.mkv.md5`).

md5tool writes `<hash> *<name>`, others the bare `<hash>` or md5sum's own form. The name inside is
not trusted: people rename both files together.
"""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import BinaryIO

from avpres.adapters.formats import checksum_file, names, values
from avpres.adapters.formats.lines import numbered
from avpres.adapters.formats.manifest_file import Heading, Origin
from avpres.domain.errors import NotConformantError, UsageError
from avpres.domain.fixity import Algorithm
from avpres.domain.manifest import ManifestEntry

SUFFIX: dict[str, Algorithm] = {
    "md5": Algorithm.MD5,
    "sha1": Algorithm.SHA1,
    "sha256": Algorithm.SHA256,
    "sha512": Algorithm.SHA512,
    "xxh64": Algorithm.XXH64,
    "xxh3": Algorithm.XXH3,
    "xxh128": Algorithm.XXH128,
    "b3": Algorithm.BLAKE3,
    "blake3": Algorithm.BLAKE3,
    "c4": Algorithm.C4,
}


def is_sidecar(name: str) -> Algorithm | None:
    """Say which algorithm a file of this name would hold a digest of; None when it cannot be one.

    It is a sidecar only if the file that it is named after (`subject`) is there too.
    """
    stem, dot, suffix = name.rpartition(".")
    return SUFFIX.get(suffix.lower()) if dot and stem else None


def subject(name: str) -> str:
    """Name the file that a sidecar speaks of."""
    return name.rpartition(".")[0]


def read(handle: BinaryIO, origin: Origin) -> Iterator[ManifestEntry]:
    """Yield the one entry of a sidecar, under the name that the sidecar's own name gives.

    Raises:
        NotConformantError: it holds no digest, or those of several files.
    """
    seen = False
    for number, line in numbered(handle, origin):
        if not line.strip() or line.startswith((b"#", b";")):
            continue
        if seen:
            raise origin.malformed(number, "a second line where one digest is expected")
        yield _entry(line, number, origin)
        seen = True


def _entry(line: bytes, number: int, origin: Origin) -> ManifestEntry:
    path = names.checked(subject(origin.path.name))
    bare = values.digest(line.strip().decode("ascii", "replace"), origin.hint)
    if bare:
        return ManifestEntry(path, (bare,))
    try:
        return ManifestEntry(path, checksum_file.parse(line, origin).digests)
    except NotConformantError as error:
        raise origin.malformed(number, str(error)) from None


def write(handle: BinaryIO, entries: Iterable[ManifestEntry], heading: Heading) -> None:
    """Write the sidecar of one file as md5tool does, `<hash> *<name>`, which md5sum -c accepts.

    Raises:
        UsageError: there is not exactly one file.
    """
    algorithm = values.only(heading.algorithms)
    some = list(islice(entries, 2))
    if len(some) != 1:
        raise UsageError("a sidecar speaks of exactly one file; write one for each")
    one = some[0]
    lead, name = names.gnu_escape(one.path.rpartition("/")[2])
    handle.write(b"%b%b *%b\n" % (lead, values.of(one, algorithm).encode(), name))
