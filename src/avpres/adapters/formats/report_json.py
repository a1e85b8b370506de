"""Reports, events and file records as JSON, exact for every name."""

import json
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO, TypeVar

from pydantic import BaseModel

from avpres.adapters.formats.report_names import encodable, from_base64, raw_base64
from avpres.domain.fixity import Algorithm, Digest, Evidence
from avpres.domain.premis import Event
from avpres.domain.report import FileRecord, Report

BEGINNING = b'{"report": {'
"""The first bytes of every JSON report, by which avpres knows its own."""


Model = TypeVar("Model", bound=BaseModel)
_PIECE = 1024 * 1024  # bytes
_quoted = json.JSONEncoder(ensure_ascii=False).encode


def to_json(model: BaseModel, *, indent: int | None = None) -> str:
    r"""Write a report, an event or a finding.

    UTF-8 cannot hold a name of other bytes, and many readers refuse lone surrogates. So `\xNN`
    stands for such a byte, and `<key>_base64` beside the key holds the exact bytes.
    """
    return json.dumps(exact(model.model_dump(mode="json")), ensure_ascii=False, indent=indent)


def event_from_json(line: bytes) -> Event:
    """Read an event back that `to_json` wrote.

    Raises:
        ValueError: the line is no event.
    """
    return from_json(Event, line)


def from_json(kind: type[Model], text: bytes) -> Model:
    """Read a model back that `to_json` wrote.

    Raises:
        ValueError: the text is no such model.
    """
    return kind.model_validate(unshown(json.loads(text)))


def write_json(handle: BinaryIO, report: Report, files: Iterable[FileRecord]) -> None:
    """Write a report with all its files as one JSON document, one file a line."""
    body = to_json(report, indent=1)
    handle.write(BEGINNING + body.removeprefix("{").encode() + b',\n"files": [')
    before = b"\n"
    for record in files:
        handle.write(before + file_to_json(record).encode())
        before = b",\n"
    handle.write(b"\n]}\n")


class JsonLines:
    """File records that lie in a file, one a line; each iteration begins anew."""

    def __init__(self, handle: BinaryIO) -> None:
        self._handle = handle

    def __iter__(self) -> Iterator[FileRecord]:
        self._handle.seek(0)
        return map(file_from_json, self._handle)

    def copy_to(self, handle: BinaryIO) -> None:
        """Copy the lines as they are, which costs next to nothing."""
        self._handle.seek(0)
        while piece := self._handle.read(_PIECE):
            handle.write(piece)


def write_json_lines(handle: BinaryIO, files: Iterable[FileRecord]) -> None:
    """Write one file record a line."""
    if isinstance(files, JsonLines):
        files.copy_to(handle)
    else:
        handle.writelines(file_to_json(record).encode() + b"\n" for record in files)


def read_json_lines(handle: BinaryIO) -> JsonLines:
    """Give the records back that `write_json_lines` wrote, one at a time."""
    return JsonLines(handle)


def file_to_json(record: FileRecord) -> str:
    """Write one file record as one line; what is empty is left out.

    Put together by hand: a tree of 100,000 small files is copied in seconds, and `json.dumps`
    with a look at every value would be a tenth of them.
    """
    pairs = [_pair("path", record.path), f'"size": {record.size}']
    pairs.append(_pair("outcome", record.outcome))
    if record.digests:
        digests = [f'"{digest.algorithm}": {_quoted(digest.value)}' for digest in record.digests]
        pairs.append(f'"digests": {{{", ".join(digests)}}}')
    if record.evidence:
        pairs.append(_pair("evidence", record.evidence))
    if record.destination:
        pairs.append(_pair("destination", record.destination))
    if record.detail:
        pairs.append(_pair("detail", record.detail))
    return f"{{{', '.join(pairs)}}}"


def quick_line(  # noqa: PLR0913 - the fields of a record, without making one
    path: bytes, size: int, outcome: str, *, digests: str, evidence: str, destination: str
) -> bytes | None:
    """Write the line of a file with nothing out of the ordinary, the same as `file_to_json` does.

    Args:
        path: relative to the destination.
        size: in bytes.
        outcome: as in `FileRecord`.
        digests: as the journal packs them.
        evidence: how it was read back; empty when it was not.
        destination: as `quick_destination` gives it.

    Returns:
        None when the name is not UTF-8 or there is no digest: that is written the long way.
    """
    try:
        name = _quoted(path.decode())
    except UnicodeDecodeError:
        return None
    if not digests:
        return None
    pairs = digests.replace(" ", '", "').replace(":", '": "')
    told = f', "evidence": "{evidence}"' if evidence else ""
    line = (
        f'{{"path": {name}, "size": {size}, "outcome": "{outcome}", "digests": {{"{pairs}"}}'
        f"{told}{destination}}}\n"
    )
    return line.encode()


def quick_destination(destination: str) -> str:
    """Write the end of lines for `quick_line`."""
    return f", {_pair('destination', destination)}"


def _pair(key: str, text: str) -> str:
    raw = raw_base64(text)
    if raw is None:
        return f'"{key}": {_quoted(text)}'
    return f'"{key}": {_quoted(encodable(text))}, "{key}_base64": "{raw}"'


def file_from_json(line: str | bytes) -> FileRecord:
    """Read one file record.

    Raises:
        ValueError: the line is not a file record.
    """
    try:
        fields = json.loads(line if isinstance(line, str) else line.decode())
        return _file_record(fields)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not a file record: {line[:80]!r}") from error


def _file_record(fields: dict[str, Any]) -> FileRecord:
    digests = fields.get("digests", {})
    evidence = fields.get("evidence")
    return FileRecord(
        path=_text(fields, "path"),
        size=int(fields["size"]),
        outcome=str(fields["outcome"]),
        digests=tuple(Digest(Algorithm(name), str(value)) for name, value in digests.items()),
        evidence=Evidence(evidence) if evidence else None,
        destination=_text(fields, "destination"),
        detail=_text(fields, "detail"),
    )


def file_path(fields: dict[str, Any]) -> str:
    """Give the exact path in a file record that was parsed as JSON.

    Raises:
        KeyError: it names none.
    """
    return _text(fields, "path")


def _text(fields: dict[str, Any], key: str) -> str:
    raw = fields.get(f"{key}_base64")
    if raw is not None:
        return from_base64(raw)
    return str(fields["path"] if key == "path" else fields.get(key, ""))


def exact(value: object) -> object:
    """Make everything below a value fit for UTF-8, keeping the exact bytes beside it.

    Keys are names of our own; those that are not UTF-8 are shown and no more.
    """
    if isinstance(value, str):
        return encodable(value)
    if isinstance(value, list):
        return [exact(item) for item in value]
    return _exact_fields(value) if isinstance(value, dict) else value


def _exact_fields(fields: dict[str, Any]) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in fields.items():
        name = encodable(key)
        found[name] = exact(value)
        raw = _raw(value)
        if raw is not None:
            found[f"{name}_base64"] = raw
    return found


def _raw(value: object) -> str | list[str | None] | None:
    """Give the exact bytes of a text, or of the texts of a list, where UTF-8 cannot hold them."""
    if isinstance(value, str):
        return raw_base64(value)
    if isinstance(value, list):
        raw = [raw_base64(item) if isinstance(item, str) else None for item in value]
        return raw if any(raw) else None
    return None


def unshown(value: Any) -> Any:
    """Put exact names back in the place of shown ones: undo `exact`.

    Raises:
        ValueError: the exact names are damaged.
        KeyError: an exact name stands beside nothing.
    """
    if isinstance(value, list):
        return [unshown(item) for item in value]
    if not isinstance(value, dict):
        return value
    exact = {key: unshown(item) for key, item in value.items()}
    for key in [key for key in exact if key.endswith("_base64")]:
        raw, name = exact.pop(key), key.removesuffix("_base64")
        if isinstance(raw, list):
            pairs = zip(exact[name], raw, strict=True)
            exact[name] = [from_base64(each) if each else shown for shown, each in pairs]
        else:
            exact[name] = from_base64(raw)
    return exact
