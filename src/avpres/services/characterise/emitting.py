"""Metadata records on the disk: a tree of its own, in which each lies as its file does."""

import os
from collections.abc import Iterator
from pathlib import Path

from avpres.adapters.storage import durable
from avpres.domain.exit_codes import ExitCode
from avpres.domain.report import Finding
from avpres.services.describing import Described


def emitted(described: Described, into: Path | None) -> Iterator[Finding]:
    """Write the records of a file; yield what went wrong. A record that is there stays."""
    if into is None:
        return
    folder = os.path.join(os.fsencode(into), os.path.basename(described.item.root))
    for suffix, content in described.records:
        path = Path(os.fsdecode(os.path.join(folder, described.item.name) + suffix.encode()))
        try:
            finding = _write(path, content)
        except OSError as error:
            reason = error.strerror or str(error)
            finding = _refused("CHR-RECORD", path, f"cannot be written ({reason})")
        if finding is not None:
            yield finding


def _write(path: Path, content: bytes) -> Finding | None:
    if path.exists():
        if path.read_bytes() == content:
            return None
        text = "another record is there already and stays; choose another folder with --into"
        return _refused("CHR-RECORD-EXISTS", path, text, ExitCode.DESTINATION_EXISTS)
    path.parent.mkdir(parents=True, exist_ok=True)
    with durable.write_new(path) as handle:
        handle.write(content)
    return None


def _refused(
    code: str, path: Path, text: str, exit_code: ExitCode = ExitCode.DESTINATION_REFUSED
) -> Finding:
    return Finding.error(code, str(path), text, exit_code)
