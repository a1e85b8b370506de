"""The files of a DIP: chosen, copied out of their packages, proved, and put on the shelf."""

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import cast

from avpres.adapters.formats.report_names import visible
from avpres.domain.errors import DestinationRefusedError
from avpres.domain.fixity import Algorithm, Digest, Evidence
from avpres.domain.oais import PackagedFile
from avpres.domain.tally import Count
from avpres.services.export import findings
from avpres.services.export.choosing import Choice
from avpres.services.export.dip import Dip
from avpres.services.export.tally import LeftOut, Survey, left_out_list
from avpres.services.packing.placing import Placed, Placing, Wanted


@dataclass(slots=True)
class Gathered:
    """What became of the files of a run; `recorded` are the kinds of digests that were compared."""

    files: int = 0
    failed: int = 0
    evidence: dict[Evidence, int] = field(default_factory=dict)
    recorded: dict[Algorithm, None] = field(default_factory=dict)


def survey(dip: Dip, choices: Sequence[Choice]) -> Survey:
    """Go through the packages once: count, list what is left out, find what cannot be proved.

    Raises:
        NotConformantError: a package says broken things of its files.
        DestinationRefusedError: a name is not UTF-8, and the DIP could not hold it.
    """
    found = Survey()
    dip.context.progress.start("scan")
    with left_out_list(dip.left_out) as left_out:
        for choice in choices:
            _survey(dip, choice, found, left_out)
    dip.context.progress.finish()
    return found


def _survey(dip: Dip, choice: Choice, found: Survey, left_out: LeftOut) -> None:
    source = choice.source
    for file, line in source.lines():
        reason = choice.why_not(file, source.relative(file), line)
        if reason is None:
            found.wanted.add(file.size)
            if dip.options.needs_utf8:
                _require_utf8(file)
            if not file.digests:
                dip.note(findings.not_recorded(file.path, str(source.opened.tree)))
        else:
            found.left_out.setdefault(reason, Count()).add(file.size)
            left_out.add(source.id, file, reason)
        dip.context.progress.advance(files=1)


def _require_utf8(file: PackagedFile) -> None:
    try:
        file.path.encode()
    except UnicodeEncodeError:
        raise DestinationRefusedError(
            f"{visible(file.path)}: this name is not UTF-8, and a bag or zip cannot hold it; use "
            "--form aiht --container tar, or leave it out with --exclude"
        ) from None


def gather(dip: Dip, choices: Sequence[Choice], found: Survey) -> Gathered:
    """Copy what is wanted into the tree of the DIP; what is not proved is not there.

    Raises:
        OSError: the tree takes no more.
    """
    placing = Placing(
        dip.tree,
        dip.options.digest,
        dip.context,
        jobs=dip.options.jobs,
        files=found.wanted.files,
        size=found.wanted.size,
    )
    gathered = Gathered()
    wanted = (each for choice in choices for each in _wanted(dip, choice))
    with contextlib.closing(placing.place(wanted)) as files:
        for placed in files:
            _take(dip, placed, gathered)
    return gathered


def _wanted(dip: Dip, choice: Choice) -> Iterator[Wanted]:
    source = choice.source
    for file, line in source.lines():
        relative = source.relative(file)
        if choice.why_not(file, relative, line) is not None:
            continue
        target = dip.place.of(file.role, source.folder + relative)
        tree = source.opened.tree
        yield Wanted(tree, file.path, target, file.size, file.mtime, file.digests, (file, line))


def _take(dip: Dip, placed: Placed, gathered: Gathered) -> None:
    if placed.fault is not None:
        gathered.failed += 1
        dip.note(findings.not_placed(placed, placed.fault, str(placed.wanted.root)))
        return
    file, line = cast("tuple[PackagedFile, bytes | None]", placed.wanted.key)
    gathered.files += 1
    kind = placed.evidence or Evidence.UNKNOWN
    gathered.evidence[kind] = gathered.evidence.get(kind, 0) + 1
    gathered.recorded |= dict.fromkeys(each.algorithm for each in file.digests)
    digests = _kept(placed, dip.options.digest)
    dip.shelf.take(replace(file, path=placed.wanted.target, digests=digests), line)


def _kept(placed: Placed, asked: Sequence[Algorithm]) -> tuple[Digest, ...]:
    """Give the digests that were asked for and those that the package recorded."""
    recorded = {digest.algorithm for digest in placed.wanted.digests}
    return tuple(d for d in placed.digests if d.algorithm in asked or d.algorithm in recorded)
