"""Writing manifests: durably, whole, and never over one that is there."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from avpres.adapters.formats import manifests
from avpres.adapters.formats.ascmhl_generation import new_generation
from avpres.adapters.formats.manifests import Heading
from avpres.adapters.storage import durable
from avpres.adapters.storage.volume import MediumKind
from avpres.domain.errors import DestinationRefusedError
from avpres.domain.fixity import Algorithm, Digest, unpack
from avpres.domain.manifest import ManifestEntry, ManifestFormat
from avpres.domain.report import Output as Made
from avpres.services.fixity.rows import FOUND, LISTED, shown
from avpres.services.manifest import findings
from avpres.services.manifest.plans import Output, sidecar_suffix
from avpres.services.manifest.work import Work

_ENTRIES = """
SELECT n.path, r.digests, r.size, n.signature
FROM work.name AS n JOIN reading AS r ON r.side = n.side AND r.path = n.path
WHERE n.side = ? AND n.kind = 0 ORDER BY n.path
"""
_DIFFERENCES = """
SELECT
  (SELECT count(DISTINCT path) FROM work.entry AS e WHERE e.side = :listed AND e.source = :source
    AND NOT EXISTS (SELECT 1 FROM work.name WHERE side = :found AND path = e.path AND kind = 0)),
  (SELECT count(*) FROM work.name AS n WHERE n.side = :found AND n.kind = 0
    AND NOT EXISTS (SELECT 1 FROM work.entry
      WHERE side = :listed AND path = n.path AND source = :source))
"""


def write(work: Work) -> None:
    """Write what is not there yet, if all was read and nothing on record speaks against it.

    Raises:
        DestinationRefusedError: a folder cannot be written.
        DestinationExistsError: something came to be under the name meanwhile.
    """
    if work.failed or not work.files:
        return
    for output in work.plan.outputs:
        _write_one(work, output)
    if not work.plan.outputs and work.plan.format is ManifestFormat.SIDECAR:
        _write_sidecars(work)
    elif not work.plan.outputs:
        _write_generation(work)


def _write_one(work: Work, output: Output) -> None:
    there = next((each for each in work.sources if each.manifest.path == output.path), None)
    name = shown(os.fsencode(output.path))
    if there is None:
        _put(work, output, _entries(work))
        work.report.outputs.append(Made(kind="manifest", path=name))
        work.told.written.append(name)
        return
    sought = {"listed": LISTED, "found": FOUND, "source": there.id}
    more, fewer = work.scratch.db.execute(_DIFFERENCES, sought).fetchone()
    lacking = not set(output.algorithms) <= set(there.manifest.algorithms)
    if more or fewer or lacking:
        work.note(findings.exists(output.path, fewer, more))
    else:
        work.told.kept.append(name)


def _put(work: Work, output: Output, entries: Iterable[ManifestEntry]) -> None:
    on_tape = work.plan.tree.volume.kind is MediumKind.TAPE
    heading = _heading(work, output.algorithms, output.lead)
    try:
        with durable.write_new(output.path, on_tape=on_tape) as handle:
            manifests.write_to(handle, work.plan.format, entries, heading)
    except OSError as error:
        raise DestinationRefusedError(
            f"{output.path}: {error.strerror}; choose another place with --output"
        ) from error


def _heading(work: Work, algorithms: tuple[Algorithm, ...], lead: str) -> Heading:
    host, operator = work.report.host, work.context.operator or ""
    return Heading(algorithms, work.context.clock(), root=lead, host=host, operator=operator)


def _entries(work: Work) -> Iterator[ManifestEntry]:
    for path, digests, size, signature in work.scratch.db.execute(_ENTRIES, (FOUND,)):
        mtime_ns = int(signature.split(",")[1])
        yield ManifestEntry(os.fsdecode(path), unpack(digests), size, mtime_ns)


def _write_sidecars(work: Work) -> None:
    """Write one sidecar for each file and algorithm that has none, as md5tool does."""
    for entry in _entries(work):
        full = os.fsdecode(work.plan.tree.path(os.fsencode(entry.path)))
        for algorithm in work.plan.algorithms:
            path = Path(f"{full}.{sidecar_suffix(algorithm)}")
            if os.path.lexists(path):
                _check_sidecar(work, path, entry)
            else:
                _put(work, Output(path, (algorithm,), ""), iter([entry]))
                work.told.sidecars += 1


def _check_sidecar(work: Work, path: Path, entry: ManifestEntry) -> None:
    name = shown(os.fsencode(path))
    for there in manifests.read(manifests.open_manifest(path)):
        for digest in there.digests:
            found = entry.digest(digest.algorithm)
            if found is not None and found != digest:
                full = work.plan.tree.path(os.fsencode(entry.path))
                work.note(findings.changed(full, name, (digest,), (found,)))
    work.told.sidecars_kept += 1


def _write_generation(work: Work) -> None:
    """Add an ASC MHL generation; a digest that differs from the history is recorded as failed."""

    def failed(path: str, expected: Digest, found: Digest) -> None:
        work.note(findings.failed_generation(path, expected, found))

    wanted = tuple(dict.fromkeys((*work.plan.algorithms, *work.history)))
    heading = _heading(work, wanted, "")
    written = new_generation(work.plan.item, _entries(work), heading, on_failed=failed)
    name = shown(os.fsencode(written.path))
    work.report.outputs.append(Made(kind="manifest", path=name))
    work.told.written.append(name)
