r"""Checksum files: md5sum, sha*sum, b3sum, xxhsum, the BSD form, and IFIscripts' sidecars.

GNU: `<hex>␠␠<name>` (text) or `<hex>␠*<name>` (binary); a line that begins with `\` has `\\`,
`\n`, `\r` escaped in its name (coreutils, "md5sum invocation"). BSD: `MD5 (name) = hex`.
IFIscripts: the GNU form, paths begin with the root folder's name, sorted by code point.
"""

import re
from collections.abc import Iterable, Iterator
from operator import itemgetter
from typing import BinaryIO

from avpres.adapters.formats import names, values
from avpres.adapters.formats.lines import numbered
from avpres.adapters.formats.manifest_file import Heading, Origin
from avpres.adapters.formats.ordering import externally
from avpres.domain.errors import NotConformantError
from avpres.domain.fixity import Algorithm
from avpres.domain.manifest import ManifestEntry

_GNU = re.compile(
    rb"(\\?)((?i:xxh3_)?[0-9A-Fa-f]{8,}|c4[0-9A-Za-z]{88})(?: [ *]|[ \t])(.+)", re.DOTALL
)
_BSD = re.compile(rb"(\\?)([A-Za-z][A-Za-z0-9/_-]*) ?\((.+)\) ?= ([0-9A-Za-z_]+)", re.DOTALL)
_COMMENTS = (b"#", b";")
_BSD_LABEL = {
    Algorithm.MD5: "MD5",
    Algorithm.SHA1: "SHA1",
    Algorithm.SHA256: "SHA256",
    Algorithm.SHA512: "SHA512",
    Algorithm.XXH64: "XXH64",
    Algorithm.XXH3: "XXH3",
    Algorithm.XXH128: "XXH128",
    Algorithm.BLAKE3: "BLAKE3",
    Algorithm.C4: "C4",
}


def read(handle: BinaryIO, origin: Origin) -> Iterator[ManifestEntry]:
    r"""Yield the entries of a checksum file, GNU and BSD lines as they come.

    Comments (`#`, `;`) and blank lines are passed over. A backslash in a name that is not escaped
    is a Windows separator, unless a file of just that name is there. Lines that follow
    each other on one path with different algorithms are joined.

    Raises:
        NotConformantError: a line is none of these, named with its number.
    """
    waiting: ManifestEntry | None = None
    for entry in _lines(handle, origin):
        joined = _join(waiting, entry)
        if waiting is not None and joined is None:
            yield waiting
        waiting = joined or entry
    if waiting is not None:
        yield waiting


def _join(one: ManifestEntry | None, other: ManifestEntry) -> ManifestEntry | None:
    if one is None or one.path != other.path or one.digest(other.digests[0].algorithm):
        return None
    return ManifestEntry(one.path, one.digests + other.digests)


def _lines(handle: BinaryIO, origin: Origin) -> Iterator[ManifestEntry]:
    for number, line in numbered(handle, origin):
        if not line.strip() or line.startswith(_COMMENTS):
            continue
        try:
            yield parse(line, origin)
        except NotConformantError as error:
            raise origin.malformed(number, str(error)) from None


def parse(line: bytes, origin: Origin) -> ManifestEntry:
    """Read one line without its end.

    Raises:
        NotConformantError: it is not a digest and a name; the text says what is wrong.
    """
    if match := _GNU.fullmatch(line):
        escaped, value, name = match.groups()
        digest = values.digest(value.decode(), origin.hint)
    elif match := _BSD.fullmatch(line):
        escaped, label, name, value = match.groups()
        algorithm = values.labelled(label.decode())
        if algorithm is None:
            raise NotConformantError(f"avpres takes no {label.decode()} digests")
        digest = values.digest(value.decode(), algorithm)
        digest = digest if digest and digest.algorithm is algorithm else None
    else:
        raise NotConformantError("not a digest and a name")
    if digest is None:
        raise NotConformantError("a digest of a length that no known algorithm has")
    return ManifestEntry(_path(name, escaped=bool(escaped), origin=origin), (digest,))


def _path(name: bytes, *, escaped: bool, origin: Origin) -> str:
    if escaped:
        return names.checked(names.from_bytes(names.gnu_unescape(name)))
    return names.checked(names.with_slashes(names.from_bytes(name), origin.exists))


def write_gnu(handle: BinaryIO, entries: Iterable[ManifestEntry], heading: Heading) -> None:
    """Write lines that `md5sum -c`, `sha256sum -c` and their like accept, in the order given."""
    algorithm = values.only(heading.algorithms)
    handle.writelines(_gnu(entry, algorithm) for entry in entries)


def write_ifi(handle: BinaryIO, entries: Iterable[ManifestEntry], heading: Heading) -> None:
    """Write what IFIscripts write: the GNU form sorted by path, in code-point order.

    Names with a line break or a backslash are escaped as GNU does: IFIscripts write them raw, and
    then `md5sum -c` fails.
    """
    algorithm = values.only(heading.algorithms)
    lines = ((entry.path, _gnu(entry, algorithm)) for entry in entries)
    handle.writelines(line for _, line in externally(lines, itemgetter(0)))


def _gnu(entry: ManifestEntry, algorithm: Algorithm) -> bytes:
    lead, name = names.gnu_escape(entry.path)
    return b"%b%b  %b\n" % (lead, values.of(entry, algorithm).encode(), name)


def write_bsd(handle: BinaryIO, entries: Iterable[ManifestEntry], heading: Heading) -> None:
    """Write what `md5sum --tag` writes; every algorithm of the heading has its line."""
    for entry in entries:
        lead, name = names.gnu_escape(entry.path)
        for algorithm in heading.algorithms:
            label = _BSD_LABEL[algorithm].encode()
            handle.write(
                b"%b%b (%b) = %b\n" % (lead, label, name, values.of(entry, algorithm).encode())
            )
