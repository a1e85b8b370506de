r"""Descriptions as JSON lines: one file a line, every field, nothing lost.

What is absent is left out. UTF-8 cannot hold a name of other bytes: there `\xNN` stands for such a
byte, and `<key>_base64` beside the key holds the exact ones. Where that is not enough (half a
UTF-16 pair, a list of such texts, a number that is none), `<key>_json` holds the value as JSON
that is all ASCII.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import Enum
from operator import attrgetter
from types import NoneType, UnionType
from typing import Any, BinaryIO, get_args, get_origin, get_type_hints

from avpres.adapters.formats.report_names import encodable, from_base64, raw_base64
from avpres.domain.description import Description
from avpres.domain.fixity import Algorithm, Digest

_Fields = dict[str, Any]
_ALWAYS = frozenset({"size", "mtime", "status"})  # said even where they are the usual ones
_ALGORITHMS = {algorithm.value: algorithm for algorithm in Algorithm}
_BASE64, _JSON = "_base64", "_json"


def to_line(description: Description) -> bytes:
    """Write a description as one line, its end included."""
    written = _SHAPE.write(description)
    try:
        return _encode(written).encode() + b"\n"
    except ValueError:  # a name that is not UTF-8, a number that is infinite or none
        return _encode(_exact(written)).encode() + b"\n"


def from_line(line: bytes, *, without: Iterable[str] = ()) -> Description:
    """Read a description; keys that this avpres does not know are passed over.

    Args:
        line: as `to_line` wrote it.
        without: fields that are left empty, which is faster.

    Raises:
        ValueError: the line is not a description.
    """
    try:
        told = json.loads(line)
        for name in without:
            told.pop(name, None)
        return from_object(told)
    except (AttributeError, ValueError, RecursionError) as error:
        raise ValueError(f"not a description: {line[:80]!r}") from error


def from_object(told: Any) -> Description:
    """Read a description from JSON that is parsed already.

    Raises:
        ValueError: it is not a description.
    """
    try:
        described: Description = _SHAPE.read(told)
    except (KeyError, TypeError, AttributeError, ValueError, RecursionError) as error:
        raise ValueError("not a description") from error
    return described


class DescriptionLines:
    """Descriptions that lie in a file, one a line; each iteration begins anew."""

    def __init__(self, handle: BinaryIO) -> None:
        self._handle = handle

    def __iter__(self) -> Iterator[Description]:
        self._handle.seek(0)
        return map(from_line, self._handle)


class _Free(_Fields):
    """A mapping whose keys come from files, and are no fields of ours."""


class _Shape:
    """How the instances of one dataclass are written and read."""

    def __init__(self, kind: type) -> None:
        hints = get_type_hints(kind)
        own = fields(kind)
        names = [field.name for field in own]
        codecs = [_codec(hints[name]) for name in names]
        self._kind = kind
        self._values = attrgetter(*names)
        always = _ALWAYS if kind is Description else frozenset()
        self._usual = [
            (field.name, MISSING if field.name in always else _usual(field)) for field in own
        ]
        self._writers = [
            (name, write) for name, (write, _) in zip(names, codecs, strict=True) if write
        ]
        self._readers = {name: read for name, (_, read) in zip(names, codecs, strict=True)}

    def write(self, item: object) -> _Fields:
        written = {
            name: value
            for (name, usual), value in zip(self._usual, self._values(item), strict=True)
            if value != usual
        }
        for name, write in self._writers:
            if name in written:
                written[name] = write(written[name])
        return written

    def read(self, written: _Fields) -> Any:
        readers = self._readers
        given = {}
        for name, value in written.items():
            if name in readers:
                read = readers[name]
                if name not in given:
                    given[name] = value if read is None else read(value)
            elif name.endswith((_BASE64, _JSON)):
                self._read_exact(name, value, given)
        return self._kind(**given)

    def _read_exact(self, key: str, value: str, given: _Fields) -> None:
        name, _, form = key.rpartition("_")
        if name in self._readers:
            exact = from_base64(value) if form == "base64" else json.loads(value)
            read = self._readers[name]
            given[name] = exact if read is None else read(exact)


_Codec = tuple[Callable[[Any], Any] | None, Callable[[Any], Any] | None]


def _codec(hint: Any) -> _Codec:
    """Give what turns values of a type into JSON and back; None where nothing has to be done."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin is UnionType:
        return _codec(next(kind for kind in inner if kind is not NoneType))
    if origin is tuple:
        return _of_tuple(inner[0])
    if origin is list:
        return _of_list(inner[0])
    if origin in {dict, Mapping}:
        return _Free, None
    if isinstance(hint, type) and is_dataclass(hint):
        shape = _Shape(hint)
        return shape.write, shape.read
    is_enum = isinstance(hint, type) and issubclass(hint, Enum)
    return None, {item.value: item for item in hint}.__getitem__ if is_enum else None


def _of_tuple(inner: Any) -> _Codec:
    if inner is Digest:
        return _digests, _read_digests
    write, read = _codec(inner)
    return (
        (lambda items: [write(item) for item in items]) if write else None,
        (lambda items: tuple([read(item) for item in items])) if read else tuple,
    )


def _of_list(inner: Any) -> _Codec:
    write, read = _codec(inner)
    return (
        (lambda items: [write(item) for item in items]) if write else None,
        (lambda items: [read(item) for item in items]) if read else None,
    )


def _digests(digests: tuple[Digest, ...]) -> _Free:
    return _Free((digest.algorithm.value, digest.value) for digest in digests)


def _read_digests(written: dict[str, str]) -> tuple[Digest, ...]:
    return tuple([Digest(_ALGORITHMS[name], value) for name, value in written.items()])


def _usual(field: Field[Any]) -> Any:
    """Give the value at which a field is left out."""
    return field.default_factory() if field.default_factory is not MISSING else field.default


def _exact(written: _Fields) -> _Fields:
    exact: _Fields = {}
    for key, value in written.items():
        if type(value) is dict:
            exact[key] = _exact(value)
        elif type(value) is list and all(type(item) is dict for item in value):
            exact[key] = [_exact(item) for item in value]
        else:
            exact.update(_beside(key, value))
    return exact


def _beside(key: str, value: Any) -> _Fields:
    if isinstance(value, str):
        raw = raw_base64(value)
        if raw is None:
            return {key: value}
        if from_base64(raw) == value:
            return {key: encodable(value), key + _BASE64: raw}
    try:
        _encode(value).encode()
    except ValueError:
        return {key: _readable(value), key + _JSON: _ascii(value)}
    return {key: value}


def _readable(value: Any) -> Any:
    if isinstance(value, str):
        return encodable(value)
    if isinstance(value, dict):
        return {encodable(str(key)): _readable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_readable(item) for item in value]
    return None if isinstance(value, float) else value


def _other(value: object) -> object:
    """Write what JSON has no word for; a description is never lost to an odd property."""
    if isinstance(value, bytes | bytearray):
        return value.hex()
    return sorted(map(str, value)) if isinstance(value, set | frozenset) else str(value)


_encode = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, skipkeys=True, default=_other
).encode
_ascii = json.JSONEncoder(skipkeys=True, default=_other).encode
_SHAPE = _Shape(Description)
