"""The check of one target: its manifests and its tree into the tables, its files read."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from avpres.adapters.formats import manifests
from avpres.adapters.storage.volume import MediumKind
from avpres.config.verify import VerifyOptions
from avpres.domain.errors import AvpresError
from avpres.domain.fixity import Evidence
from avpres.domain.manifest import ManifestFormat
from avpres.domain.report import Finding
from avpres.services.context import Context
from avpres.services.fixity import moves, sources, spelling, trees
from avpres.services.fixity.readings import Job, Row, read_rows
from avpres.services.fixity.rows import FOUND, LISTED
from avpres.services.fixity.scratch import Scratch
from avpres.services.fixity.sources import Source
from avpres.services.verify import findings
from avpres.services.verify.targets import Target, above

_TO_READ = """
SELECT n.path, n.kind, n.size, n.signature, group_concat(e.digests, ' ')
FROM work.name AS n JOIN work.entry AS e ON e.side = :listed AND e.path = n.path
WHERE n.side = :found GROUP BY n.path ORDER BY n.stretch, n.place, n.path
"""
_TOTAL = """
SELECT count(*), coalesce(sum(max(n.size, 0)), 0) FROM work.name AS n WHERE n.side = :found
AND EXISTS (SELECT 1 FROM work.entry AS e WHERE e.side = :listed AND e.path = n.path)
"""
_SIDES = {"listed": LISTED, "found": FOUND}


@dataclass(slots=True)
class Checked:
    """A target whose tables are full: ready to be judged."""

    target: Target
    sources: list[Source] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    sidecars: int = 0


def check(target: Target, scratch: Scratch, options: VerifyOptions, context: Context) -> Checked:
    """List, scan and read one target; what it amounts to is judged from the tables.

    Raises:
        OSError: the tree cannot be listed at all.
    """
    checked = Checked(target)
    _scan(checked, scratch, context)
    if target.discover:
        _discover(checked, scratch)
    for manifest in target.manifests:
        _load(checked, scratch, manifest)
    if not checked.sources and target.discover:
        wider = above(target, tape=options.lto)
        if wider.manifests:
            scratch.clear()
            return check(wider, scratch, options, context)
    _fit_names(checked, scratch)
    job = job_of(target.tree, options)
    _read_listed(scratch, job, context)
    _look_for_moved(scratch, job, context)
    return checked


def job_of(tree: trees.Tree, options: VerifyOptions) -> Job:
    """Say how a tree is read: on tape by one reader, whatever the options say."""
    volume = tree.volume
    wished = volume.readers if options.jobs is None else options.jobs
    workers = 1 if volume.kind is MediumKind.TAPE else wished

    def accept(evidence: Evidence | None) -> bool:
        proven = {Evidence.DIRECT, Evidence.EVICTED}
        return evidence in (proven if options.require_medium else {*proven, Evidence.UNKNOWN})

    return Job(FOUND, tree, workers, (), accept)


def _scan(checked: Checked, scratch: Scratch, context: Context) -> None:
    def unreadable(path: bytes, error: OSError) -> None:
        checked.findings.append(findings.unlistable(path, error))

    tree = checked.target.tree
    context.progress.start("scan")
    try:
        found = trees.entries(tree, on_error=unreadable)
        trees.add_tree(
            scratch,
            FOUND,
            tree,
            found,
            advance=lambda size, files: context.progress.advance(size=size, files=files),
        )
    except FileNotFoundError:
        return  # everything that is listed is missing
    finally:
        context.progress.finish()


def _discover(checked: Checked, scratch: Scratch) -> None:
    """Take every manifest that lies inside the tree."""
    tree = checked.target.tree
    rows = scratch.db.execute(
        "SELECT path FROM work.name WHERE side = ? AND role = ? ORDER BY path",
        (FOUND, trees.CANDIDATE),
    )
    for (path,) in rows:
        full = Path(os.fsdecode(tree.path(path)))
        try:
            if manifests.sniff(full) is not None:
                _load(checked, scratch, manifests.open_manifest(full))
        except AvpresError as error:
            checked.findings.append(findings.bad_manifest(full, error))


def _load(checked: Checked, scratch: Scratch, manifest: manifests.ManifestFile) -> None:
    tree = checked.target.tree
    try:
        loaded = sources.add_manifest(scratch, LISTED, tree, manifest)
    except AvpresError as error:
        checked.findings.append(findings.bad_manifest(manifest.path, error))
        return
    except OSError as error:
        checked.findings.append(findings.unlistable(os.fsencode(manifest.path), error))
        return
    if manifest.format is ManifestFormat.SIDECAR and checked.target.discover:
        checked.sidecars += 1
    else:
        checked.sources.append(loaded.source)
    if loaded.outside:
        checked.findings.append(findings.leads_outside(manifest, loaded.outside))
    own = tree.relative(manifest.path)
    if own is not None:
        scratch.db.execute(
            "UPDATE work.name SET role = ? WHERE side = ? AND path = ?", (trees.OWN, FOUND, own)
        )


def _fit_names(checked: Checked, scratch: Scratch) -> None:
    """Bring listed names and those on disk together, and keep to what was asked for."""
    target = checked.target
    for source in checked.sources if target.apart else ():
        lead = sources.align(scratch, LISTED, source.id, FOUND)
        if lead:
            checked.findings.append(findings.other_lead(source.manifest, lead))
    if target.tree.only is not None:
        sources.keep_only(scratch, LISTED, target.tree.only)
    respelled = spelling.reconcile(scratch)
    if respelled:
        checked.findings.append(findings.respelled(target, respelled))


def _read_listed(scratch: Scratch, job: Job, context: Context) -> None:
    files, size = scratch.db.execute(_TOTAL, _SIDES).fetchone()
    rows: Iterator[Row] = scratch.db.execute(_TO_READ, _SIDES)
    _read(scratch, job, context, (rows, files, size))


def _look_for_moved(scratch: Scratch, job: Job, context: Context) -> None:
    """Read unlisted files only when something is missing that one of them may be."""
    algorithms = moves.wanted_of_extras(scratch)
    if not algorithms:
        return
    files, size = moves.total_of_extras(scratch)
    if files:
        wanted = replace(job, algorithms=algorithms)
        _read(scratch, wanted, context, (moves.extras_to_read(scratch), files, size))
        moves.match(scratch)


def _read(
    scratch: Scratch, job: Job, context: Context, planned: tuple[Iterator[Row], int, int]
) -> None:
    rows, files, size = planned
    context.progress.start("read back", size=size, files=files)
    try:
        read_rows(
            scratch,
            job,
            rows,
            lambda size, files: context.progress.advance(size=size, files=files),
        )
    finally:
        context.progress.finish()
