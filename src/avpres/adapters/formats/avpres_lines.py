"""avpres's own manifest: JSON lines with every digest, size and time, and names as they are.

The first line says format, version, algorithms, root and date; then a line for each file; the
last line counts them, so that a manifest cut short is not taken for a small one. A name that is
not UTF-8 stands in base64 as `raw` beside a readable `path`.
"""

import base64
import binascii
import json
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

from avpres.adapters.formats import names, values
from avpres.adapters.formats.lines import numbered
from avpres.adapters.formats.manifest_file import Heading, Origin
from avpres.domain.errors import NotConformantError
from avpres.domain.fixity import Algorithm, Digest
from avpres.domain.manifest import ManifestEntry
from avpres.domain.premis import utc

FORMAT = "avpres-manifest"
VERSION = 1
_LARGEST = 1 << 63


def read(handle: BinaryIO, origin: Origin) -> Iterator[ManifestEntry]:
    """Yield the entries of a manifest.

    Raises:
        NotConformantError: a line is malformed, the version is a later one, or the end is missing.
    """
    number, count, ended = 0, 0, False
    for number, line in numbered(handle, origin):
        try:
            record = _object(line, after_end=ended)
            if number == 1:
                _check_header(record)
            elif "files" in record:
                ended = _check_end(record, count)
            else:
                yield _entry(record)
                count += 1
        except NotConformantError as error:
            raise origin.malformed(number, str(error)) from None
    if not ended:
        raise origin.malformed(
            number, "the line that ends the manifest is missing, it is cut short"
        )


def _object(line: bytes, *, after_end: bool) -> dict[str, Any]:
    if after_end:
        raise NotConformantError("a line after the end")
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        record = None
    if not isinstance(record, dict):
        raise NotConformantError("not a JSON object")
    return record


def _check_header(record: dict[str, Any]) -> None:
    if record.get("format") != FORMAT:
        raise NotConformantError("not the header of an avpres manifest")
    if record.get("version") != VERSION:
        raise NotConformantError("a version that this avpres does not know; update it")


def _check_end(record: dict[str, Any], count: int) -> bool:
    if record["files"] != count:
        raise NotConformantError(f"{count} files are listed where the end says {record['files']}")
    return True


def _entry(record: dict[str, Any]) -> ManifestEntry:
    return ManifestEntry(
        names.checked(_path(record)),
        tuple(_digests(record.get("digests"))),
        _number(record.get("size"), least=0),
        _number(record.get("mtime_ns"), least=-_LARGEST),
    )


def _path(record: dict[str, Any]) -> str:
    raw, path = record.get("raw"), record.get("path")
    if isinstance(raw, str):
        try:
            return names.from_bytes(base64.b64decode(raw, validate=True))
        except (binascii.Error, ValueError):
            raise NotConformantError("a raw name that is not base64") from None
    if not isinstance(path, str):
        raise NotConformantError("an entry without a path")
    return path


def _digests(written: object) -> Iterator[Digest]:
    if not isinstance(written, dict):
        raise NotConformantError("an entry without digests")
    for label, value in written.items():
        algorithm = values.labelled(label)
        digest = values.digest(value, algorithm) if algorithm and isinstance(value, str) else None
        if digest is None or digest.algorithm is not algorithm:
            raise NotConformantError(f"a {label} digest that is none")
        yield digest


def _number(value: object, *, least: int) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value < _LARGEST:
        raise NotConformantError("a size or time that is no whole number in range")
    return value


def write(handle: BinaryIO, entries: Iterable[ManifestEntry], heading: Heading) -> None:
    """Write a manifest; the same entries and heading give the same bytes."""
    count = 0
    _line(handle, _header(heading))
    for entry in entries:
        _line(handle, _record(entry, heading.algorithms))
        count += 1
    _line(handle, {"files": count})


def _header(heading: Heading) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "version": VERSION,
        "algorithms": [str(algorithm) for algorithm in heading.algorithms],
        "root": _readable(heading.root),
        "created": utc(heading.created),
        "tool": f"{heading.tool} {heading.version}",
    }


def _record(entry: ManifestEntry, algorithms: Iterable[Algorithm]) -> dict[str, Any]:
    record: dict[str, Any] = {"path": _readable(entry.path)}
    if record["path"] != entry.path:
        record["raw"] = base64.b64encode(names.to_bytes(entry.path)).decode()
    if entry.size is not None:
        record["size"] = entry.size
    if entry.mtime_ns is not None:
        record["mtime_ns"] = entry.mtime_ns
    record["digests"] = {str(a): values.of(entry, a) for a in algorithms}
    return record


def _readable(path: str) -> str:
    return names.to_bytes(path).decode("utf-8", "replace")


def _line(handle: BinaryIO, record: dict[str, Any]) -> None:
    handle.write(json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
