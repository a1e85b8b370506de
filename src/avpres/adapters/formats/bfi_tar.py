"""BFI's manifests of tar files: one JSON object of name and MD5, `<tar>_manifest.md5`.

The scripts key a file by its own name, by the last folder and its name, or (since 2026) by its
whole path; `ASSETMAP` and `VOLINDEX` get `<folder>_` before the name. Two files under one key
leave one entry, so a key that several files answer to proves nothing: `keys` tells them, and the
comparison must call it ambiguous.
"""

import json
import re
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from avpres.adapters.formats import names, values
from avpres.adapters.formats.manifest_file import Heading, Origin
from avpres.domain.errors import NotConformantError
from avpres.domain.fixity import Algorithm
from avpres.domain.manifest import ManifestEntry

_STEP = 64 * 1024
_LONGEST = 1 << 20  # bytes of one pair
_OPENING = re.compile(rb"\s*\{\s*(\})?")
_PAIR = re.compile(rb'\s*"((?:[^"\\\x00-\x1f]|\\.)*)"\s*:\s*"([^"\\]*)"\s*([,}])')
_ASSETS = frozenset({"ASSETMAP", "VOLINDEX", "ASSETMAP.xml", "VOLINDEX.xml"})


def keys(path: str) -> tuple[str, ...]:
    """List the keys under which BFI's scripts may have put a file, the most telling first."""
    parts = path.split("/")
    last_two = "/".join(parts[-2:])
    found = [path, last_two, parts[-1]]
    if parts[-1] in _ASSETS and len(parts) > 1:
        marked = f"{parts[-2]}_{parts[-1]}"
        found += [f"{parts[-2]}/{marked}", marked]
    return tuple(dict.fromkeys(found))


def read(handle: BinaryIO, origin: Origin) -> Iterator[ManifestEntry]:
    """Yield the pairs of the object; paths are keys as `keys` explains them.

    Raises:
        NotConformantError: it is not a flat JSON object of MD5 digests.
    """
    window = _Window(handle, origin)
    if window.match(_OPENING)[1]:
        window.end()
        return
    while True:
        pair = window.match(_PAIR)
        yield _entry(pair[1], pair[2], origin)
        if pair[3] == b"}":
            window.end()
            return


def _entry(key: bytes, value: bytes, origin: Origin) -> ManifestEntry:
    try:
        path = names.checked(str(json.loads(f'"{names.from_bytes(key)}"')))
    except (NotConformantError, ValueError):
        raise origin.malformed(None, "a name that no file can have") from None
    digest = values.digest(value.strip().decode("ascii", "replace"), Algorithm.MD5)
    if digest is None or digest.algorithm is not Algorithm.MD5:
        raise origin.malformed(None, f"{path} has no MD5 digest")
    return ManifestEntry(path, (digest,))


class _Window:
    """A window on the file, so that memory does not grow with the number of pairs."""

    def __init__(self, handle: BinaryIO, origin: Origin) -> None:
        self._handle, self._origin = handle, origin
        self._raw, self._at, self._ended = b"", 0, False

    def match(self, pattern: re.Pattern[bytes]) -> re.Match[bytes]:
        while True:
            found = pattern.match(self._raw, self._at)
            if found and (found.end() < len(self._raw) or self._ended):
                self._at = found.end()
                return found
            if self._ended or len(self._raw) > _LONGEST:
                raise self._origin.malformed(None, "not a flat JSON object of names and digests")
            self._more()

    def end(self) -> None:
        while not self._ended:
            if self._raw[self._at :].strip():
                break
            self._more()
        if self._raw[self._at :].strip():
            raise self._origin.malformed(None, "more text after the end of the JSON object")

    def _more(self) -> None:
        chunk = self._handle.read(_STEP)
        self._ended = not chunk
        self._raw, self._at = self._raw[self._at :] + chunk, 0


def write(handle: BinaryIO, entries: Iterable[ManifestEntry], heading: Heading) -> None:
    """Write the object with whole paths as keys, in the order given, as `json.dumps` indents it."""
    algorithm = values.only(heading.algorithms)
    lead = b"{\n"
    for entry in entries:
        pair = f"    {json.dumps(entry.path)}: {json.dumps(values.of(entry, algorithm))}"
        handle.write(lead + pair.encode())
        lead = b",\n"
    handle.write(b"{}" if lead == b"{\n" else b"\n}")
