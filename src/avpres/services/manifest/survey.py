"""Reading a tree once, with what is on record of it, before a manifest is made."""

import os
from collections.abc import Iterator

from avpres.adapters.formats import manifests
from avpres.adapters.formats.manifests import ManifestFile
from avpres.adapters.formats.sidecar import is_sidecar, subject
from avpres.adapters.storage.walk import Rule
from avpres.domain.manifest import ManifestFormat
from avpres.services.fixity import phases, sources, spelling
from avpres.services.fixity.rows import FOUND, LISTED
from avpres.services.manifest import findings
from avpres.services.manifest.plans import Plan
from avpres.services.manifest.work import Work
from avpres.services.transfer.selection import selection

_TOTAL = "SELECT count(*), coalesce(sum(size), 0) FROM work.name WHERE side = ? AND kind = 0"
_TO_READ = """
SELECT n.path, n.kind, n.size, n.signature, group_concat(e.digests, ' ')
FROM work.name AS n LEFT JOIN work.entry AS e ON e.side = ? AND e.path = n.path
WHERE n.side = ? AND n.kind = 0 GROUP BY n.path ORDER BY n.stretch, n.place, n.path
"""


def survey(work: Work) -> None:
    """List the tree, take in what is on record of it, and read every file once.

    Raises:
        OSError: the tree cannot be listed.
        NotConformantError: a manifest that speaks of it is broken.
    """
    plan, scratch = work.plan, work.scratch
    _scan(work)
    for manifest in _on_record(work):
        work.sources.append(sources.add_manifest(scratch, LISTED, plan.tree, manifest).source)
    if plan.tree.only is not None:
        sources.keep_only(scratch, LISTED, plan.tree.only)
    spelling.reconcile(scratch)
    files, size = scratch.db.execute(_TOTAL, (FOUND,)).fetchone()
    planned = phases.Planned(scratch.db.execute(_TO_READ, (LISTED, FOUND)), files, size)
    algorithms = tuple(dict.fromkeys((*plan.algorithms, *work.history)))
    job = phases.job_of(plan.tree, work.options.jobs, algorithms=algorithms)
    phases.read(scratch, job, planned, work.context)


def _scan(work: Work) -> None:
    tree = work.plan.tree

    def unreadable(path: bytes, error: OSError) -> None:
        work.note(findings.unreadable(tree.path(path), error))

    rule = _rule(work)
    phases.scan(work.scratch, tree, work.context, on_error=unreadable, leave_out=rule)


def _rule(work: Work) -> Rule:
    """Leave out what the options say, and the manifests of this tree themselves."""
    plan = work.plan
    chosen = selection(work.options.exclude, skip_junk=work.options.skip_junk)
    own = {plan.tree.relative(output.path) for output in plan.outputs}

    def leave_out(path: bytes, name: bytes, _folder: bool) -> str | None:
        if path in own or name == b"ascmhl" or _is_own_sidecar(plan, path):
            return "a manifest of this tree"
        if plan.format is ManifestFormat.BAGIT and not (path + b"/").startswith(b"data/"):
            return "no payload"
        reason = chosen(path) if chosen else None
        if reason:
            work.note(findings.left_out(plan.tree.path(path), reason))
        return reason

    return leave_out


def _is_own_sidecar(plan: Plan, path: bytes) -> bool:
    if plan.format is not ManifestFormat.SIDECAR:
        return False
    full = os.fsdecode(plan.tree.path(path))
    return is_sidecar(full) is not None and os.path.lexists(subject(full))


def _on_record(work: Work) -> Iterator[ManifestFile]:
    """Give the manifests that speak of all of this, and those under the names to be written."""
    plan = work.plan
    seen = set()
    found = manifests.find(plan.item, on_doubtful=lambda file: work.note(findings.doubtful(file)))
    for manifest in found:
        if manifest.format is plan.format is ManifestFormat.ASCMHL:
            work.history = manifest.algorithms
        elif plan.item.is_relative_to(manifest.scope) or manifest.base == plan.item:
            seen.add(manifest.path)
            yield manifest
    for output in plan.outputs:
        if output.path not in seen and os.path.lexists(output.path):
            yield manifests.open_manifest(output.path)
