"""The check of one target: its manifests and its tree into the tables, its files read."""

import contextlib
import os
from dataclasses import dataclass, field, replace
from pathlib import Path

from avpres.adapters.formats import manifests
from avpres.config.verify import VerifyOptions
from avpres.domain.errors import AvpresError, NotConformantError
from avpres.domain.manifest import ManifestFormat
from avpres.domain.report import Finding
from avpres.services.context import Context
from avpres.services.fixity import moves, phases, sources, spelling, trees
from avpres.services.fixity.readings import Job
from avpres.services.fixity.rows import FOUND, LISTED
from avpres.services.fixity.scratch import Scratch
from avpres.services.fixity.sources import Source
from avpres.services.verify import boxes, films, findings, packages
from avpres.services.verify.packages import Package
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
    packages: list[Package] = field(default_factory=list)


def check(target: Target, scratch: Scratch, options: VerifyOptions, context: Context) -> Checked:
    """List, scan and read one target; what it amounts to is judged from the tables.

    Raises:
        OSError: the tree cannot be listed at all.
    """
    checked = Checked(target)
    checked.findings += (findings.doubtful(path, alone=False) for path in target.doubtful)
    if target.box is not None:
        boxes.read(target, scratch, context)
    else:
        _scan(checked, scratch, context)
    _load_packages(checked, scratch, options)
    if target.discover:
        _discover(checked, scratch)
    for manifest in target.manifests:
        _load(checked, scratch, manifest)
    if target.box is not None:
        _fit_names(checked, scratch)
        if moves.wanted_of_extras(scratch):
            moves.match(scratch)
        return checked
    if not checked.sources and not checked.packages and target.discover:
        wider = above(target, tape=options.lto)
        if wider.manifests:
            scratch.clear()
            return check(wider, scratch, options, context)
    _fit_names(checked, scratch)
    job = phases.job_of(target.tree, options.jobs, require_medium=options.require_medium)
    _read_listed(scratch, job, context)
    _look_for_moved(scratch, job, context)
    return checked


def _scan(checked: Checked, scratch: Scratch, context: Context) -> None:
    def unreadable(path: bytes, error: OSError) -> None:
        full = checked.target.tree.path(path)
        checked.findings.append(findings.unlistable(full, error))

    with contextlib.suppress(FileNotFoundError):  # then everything that is listed is missing
        phases.scan(scratch, checked.target.tree, context, on_error=unreadable)


def _load_packages(checked: Checked, scratch: Scratch, options: VerifyOptions) -> None:
    if not checked.target.is_package:
        return
    for package in packages.load(checked.target, scratch, options):
        checked.packages.append(package)
        checked.sources += package.sources
    if options.bag_profile is not None and not any(each.bag for each in checked.packages):
        checked.findings.append(findings.no_bag(checked.target.path))


def _discover(checked: Checked, scratch: Scratch) -> None:
    """Take every manifest that lies inside the tree."""
    tree = checked.target.tree
    rows = scratch.db.execute(
        "SELECT path FROM work.name WHERE side = ? AND role = ? ORDER BY path",
        (FOUND, trees.CANDIDATE),
    )
    doubtful = []
    for (path,) in rows.fetchall():
        if packages.guards(checked.packages, path):
            continue
        full = Path(os.fsdecode(tree.path(path)))
        if films.tells_of_source(full):
            continue
        try:
            if manifests.sniff(full) is not None:
                _load(checked, scratch, manifests.open_manifest(full))
        except AvpresError as error:
            if isinstance(error, NotConformantError) and manifests.is_doubtful(full):
                doubtful.append(full)
            else:
                checked.findings.append(findings.bad_manifest(full, error))
    alone = not checked.sources and not checked.sidecars
    checked.findings += (findings.doubtful(full, alone=alone) for full in doubtful)


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
    for source in checked.sources:
        if source.manifest.format is ManifestFormat.BAGIT and target.is_package:
            continue  # a bag's paths begin at the bag, wherever it lies
        lead = sources.align(scratch, LISTED, source.id, FOUND)
        if lead:
            checked.findings.append(findings.other_lead(source.manifest, lead))
    if target.tree.only is not None:
        sources.keep_only(scratch, LISTED, target.tree.only)
    respelled = spelling.reconcile(scratch)
    if respelled:
        checked.findings.append(findings.respelled(target, respelled))
    packages.settle(checked.packages)


def _read_listed(scratch: Scratch, job: Job, context: Context) -> None:
    files, size = scratch.db.execute(_TOTAL, _SIDES).fetchone()
    planned = phases.Planned(scratch.db.execute(_TO_READ, _SIDES), files, size)
    phases.read(scratch, job, planned, context)


def _look_for_moved(scratch: Scratch, job: Job, context: Context) -> None:
    """Read unlisted files only when something is missing that one of them may be."""
    algorithms = moves.wanted_of_extras(scratch)
    if not algorithms:
        return
    files, size = moves.total_of_extras(scratch)
    if files:
        planned = phases.Planned(moves.extras_to_read(scratch), files, size)
        phases.read(scratch, replace(job, algorithms=algorithms), planned, context)
        moves.match(scratch)
