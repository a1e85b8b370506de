"""What avpres knows of a package and of each of its files, as JSON lines in the package itself.

The first line is the package, every other a file: its place, where it was found, size, time,
digests, role, and its whole description. METS and PREMIS tell the same in the field's words; this
is what avpres opens a package with, so that nothing has to be found out twice. Names that are not
UTF-8 are written as in all our JSON (`report_json`).
"""

import json
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import datetime
from typing import Any, BinaryIO, cast
from uuid import UUID

from avpres import __version__
from avpres.adapters.formats.description_json import from_object
from avpres.adapters.formats.report_names import encodable, from_base64, raw_base64
from avpres.domain.errors import NotConformantError
from avpres.domain.fixity import Algorithm, Digest
from avpres.domain.oais import Child, Layout, Package, PackagedFile, PackageKind, Part, Role
from avpres.domain.premis import Agent

_FORM = 1
_ALGORITHMS = {algorithm.value: algorithm for algorithm in Algorithm}
_ROLES = {role.value: role for role in Role}


def write_package_file(
    handle: BinaryIO,
    package: Package,
    layout: Layout,
    files: Iterable[tuple[PackagedFile, bytes | None]],
    folders: Iterable[str] = (),
) -> None:
    """Write a package and its files; each file comes with its description's line, or without.

    `folders` are those that hold nothing; they stand after the files.
    """
    head = {
        "avpres_package": _FORM,
        "avpres": __version__,
        "id": str(package.id),
        "kind": package.kind.value,
        "layout": layout.value,
        "label": package.label,
        "created": package.created.isoformat(),
        "rights": package.rights,
        "institution": package.institution,
        "identifiers": package.identifiers,
        "agents": [agent.model_dump(exclude_none=True) for agent in package.agents],
        **_nesting(package),
        **({"sources": [str(each) for each in package.sources]} if package.sources else {}),
    }
    handle.write(json.dumps(head).encode() + b"\n")
    handle.writelines(_line(file, described) for file, described in files)
    handle.writelines(_folder(path) for path in folders)


def read_package(handle: BinaryIO) -> tuple[Package, Layout]:
    """Read the first line: the package without its files and events.

    Raises:
        NotConformantError: it is none of ours, or of a later avpres.
    """
    try:
        head = json.loads(handle.readline(_LONGEST))
        if head["avpres_package"] != _FORM:
            raise NotConformantError(
                "files.jsonl: written by a later avpres; install that to open this package"
            )
        package = Package(
            id=UUID(head["id"]),
            kind=PackageKind(head["kind"]),
            label=head["label"],
            created=datetime.fromisoformat(head["created"]),
            agents=tuple(Agent.model_validate(agent) for agent in head["agents"]),
            rights=head["rights"],
            institution=head["institution"],
            identifiers=dict(head["identifiers"]),
            part=_part(head.get("part")),
            sources=tuple(UUID(each) for each in head.get("sources", ())),
            children=tuple(_child(child) for child in head.get("children", ())),
        )
        return package, Layout(head["layout"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise NotConformantError("files.jsonl: its first line tells of no package") from error


def read_files(handle: BinaryIO) -> Iterator[PackagedFile]:
    """Yield the files, from where `read_package` stopped.

    Raises:
        NotConformantError: a line is broken.
    """
    for number, line in enumerate(handle, start=2):
        if line.startswith(_FOLDER):
            continue
        try:
            yield _file(line)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise NotConformantError(f"files.jsonl, line {number}: tells of no file") from error


def read_lines(handle: BinaryIO) -> Iterator[tuple[PackagedFile, bytes | None]]:
    """Yield the files with their descriptions as lines that are not parsed, or without any.

    Raises:
        NotConformantError: a line is broken.
    """
    waiting: deque[bytes | None] = deque()

    def heads() -> Iterator[bytes]:
        for line in handle:
            head, mark, rest = line.partition(_DESCRIBED)
            waiting.append(rest.rstrip(b"\n").removesuffix(b"}") + b"\n" if mark else None)
            yield head + b"}" if mark else line

    for file in read_files(cast("BinaryIO", heads())):
        yield file, waiting.popleft()


def read_folders(handle: BinaryIO) -> Iterator[str]:
    """Yield the folders that hold nothing, from where `read_package` stopped.

    Raises:
        NotConformantError: a line is broken.
    """
    for number, line in enumerate(handle, start=2):
        if line.startswith(_FOLDER):
            try:
                yield _told(json.loads(line), "folder")
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                raise NotConformantError(
                    f"files.jsonl, line {number}: tells of no folder"
                ) from error


_FOLDER = b'{"folder'
_DESCRIBED = b', "description": '  # no text of a line holds it: there a quote is escaped
_LONGEST = 16 * 1024 * 1024  # bytes of a first line; a hostile file must not be one line of 1 TB


def _nesting(package: Package) -> dict[str, object]:
    """Tell of what a package is a part, and which packages are in it."""
    told: dict[str, object] = {}
    if package.part:
        part = package.part
        told["part"] = {"of": str(part.of), "number": part.number, "count": part.count}
    if package.children:
        told["children"] = [_told_child(child) for child in package.children]
    return told


def _told_child(child: Child) -> dict[str, object]:
    told = asdict(child)
    raw = raw_base64(child.path)
    if raw:
        told |= {"path": encodable(child.path), "path_base64": raw}
    digest = child.digest
    told["digest"] = {digest.algorithm.value: digest.value} if digest else {}
    return told


def _part(told: dict[str, Any] | None) -> Part | None:
    if told is None:
        return None
    return Part(UUID(told["of"]), int(told["number"]), int(told["count"]))


def _child(told: dict[str, Any]) -> Child:
    digests = [Digest(_ALGORITHMS[name], value) for name, value in told["digest"].items()]
    return Child(
        path=_told(told, "path"),
        id=str(told["id"]),
        kind=str(told["kind"]),
        label=str(told["label"]),
        files=int(told["files"]),
        size=int(told["size"]),
        digest=digests[0] if digests else None,
        is_file=bool(told["is_file"]),
    )


def _line(file: PackagedFile, described: bytes | None) -> bytes:
    pairs = [*_name("path", file.path)]
    if file.original != file.path:
        pairs += _name("original", file.original)
    pairs.append(f'"size": {file.size}, "mtime": {file.mtime}, "role": "{file.role.value}"')
    digests = [f'"{digest.algorithm.value}": "{digest.value}"' for digest in file.digests]
    pairs.append(f'"digests": {{{", ".join(digests)}}}')
    line = f"{{{', '.join(pairs)}".encode()
    if described is not None:
        return line + b', "description": ' + described.rstrip(b"\n") + b"}\n"
    return line + b"}\n"


def _folder(path: str) -> bytes:
    return f"{{{', '.join(_name('folder', path))}}}\n".encode()


def _name(key: str, value: str) -> Iterator[str]:
    raw = raw_base64(value)
    yield f'"{key}": {_quoted(encodable(value) if raw else value)}'
    if raw:
        yield f'"{key}_base64": "{raw}"'


def _file(line: bytes) -> PackagedFile:
    told: dict[str, Any] = json.loads(line)
    path = _told(told, "path")
    described = told.get("description")
    digests = tuple(Digest(_ALGORITHMS[name], value) for name, value in told["digests"].items())
    description = None if described is None else from_object(described)
    if description is not None:
        description.digests = digests
    return PackagedFile(
        path=path,
        original=_told(told, "original") if "original" in told else path,
        size=int(told["size"]),
        mtime=int(told["mtime"]),
        digests=digests,
        role=_ROLES[told["role"]],
        description=description,
    )


def _told(told: dict[str, Any], key: str) -> str:
    raw = told.get(f"{key}_base64")
    return from_base64(raw) if raw else str(told[key])


_quoted = json.JSONEncoder(ensure_ascii=False).encode
