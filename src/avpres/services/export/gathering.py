"""The files of a DIP: chosen, copied out of their packages, proved, and put on the shelf."""

import contextlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

from avpres.adapters.formats.report_names import visible
from avpres.adapters.storage.reading import Reading, ReadRequest, read_files
from avpres.adapters.storage.volume import volume_of
from avpres.domain.errors import DestinationRefusedError
from avpres.domain.fixity import Algorithm, Digest, Evidence
from avpres.domain.oais import PackagedFile
from avpres.domain.tally import Count
from avpres.services.export import findings
from avpres.services.export.choosing import Choice, is_film_or_sound
from avpres.services.export.dip import Dip
from avpres.services.export.sources import Source
from avpres.services.export.tally import LeftOut, Master, Survey, left_out_list
from avpres.services.packing.placing import Fault, Placed, Placing, Wanted


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
        relative = source.relative(file)
        reason = choice.why_not(file, relative, line)
        if dip.makers and choice.why_no_copy(file, relative, line) is None:
            _consider(dip, choice, (file, relative, line), found)
        if reason is None:
            found.wanted.add(file.size)
            if dip.options.needs_utf8:
                _require_utf8(file)
            known = {digest.algorithm for digest in file.digests}
            found.is_recorded = found.is_recorded and known >= set(dip.options.digest)
            for finding in findings.not_exportable(file, str(source.given)):
                found.hopeless += 1
                dip.note(finding)
        else:
            found.left_out.setdefault(reason, Count()).add(file.size)
            left_out.add(source.id, file, reason)
        dip.context.progress.advance(files=1)


def _consider(
    dip: Dip, choice: Choice, about: tuple[PackagedFile, str, bytes | None], found: Survey
) -> None:
    """Take in a file that access copies are made of, or count one that they are not made of."""
    file, relative, line = about
    if not is_film_or_sound(file, line):
        found.others += 1
        return
    found.masters.append(Master(choice.source, file, relative))
    if not dip.options.access_only:
        return
    if dip.options.needs_utf8:
        _require_utf8(file)
    for finding in findings.not_exportable(file, str(choice.source.given)):
        found.hopeless += 1
        dip.note(finding)


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
    with contextlib.closing(placing.place(chosen(dip, choices))) as files:
        for placed in files:
            _take(dip, placed, gathered)
    return gathered


def _wanted(dip: Dip, choice: Choice) -> Iterator[Wanted]:
    source = choice.source
    for file, line in source.lines():
        relative = source.relative(file)
        if choice.why_not(file, relative, line) is not None:
            continue
        target = dip.place_of(file.role, source.folder + relative)
        tree = source.content
        yield Wanted(
            tree, file.path, target, file.size, file.mtime, file.digests, (file, line, source.given)
        )


def _key(wanted: Wanted) -> tuple[PackagedFile, bytes | None, Path]:
    """Give the file, its description as a line, and the package as it was named."""
    return cast("tuple[PackagedFile, bytes | None, Path]", wanted.key)


def _given(placed: Placed) -> str:
    return str(_key(placed.wanted)[2])


def fetch(dip: Dip, choices: Sequence[Choice], found: Survey) -> None:
    """Unpack what is wanted of packages that lie in containers, and what copies are made of."""
    for choice in choices:
        source = choice.source
        if source.unboxing is not None:
            dip.context.progress.start("unpack")
            wanted = (each.source for each in _needed(dip, choice, found))
            source.content = source.unboxing.content(source.opened.tree, wanted)
            dip.context.progress.finish()


def _needed(dip: Dip, choice: Choice, found: Survey) -> Iterator[Wanted]:
    yield from _wanted(dip, choice)
    yield from masters(dip, found, choice.source)


def _take(dip: Dip, placed: Placed, gathered: Gathered) -> None:
    if placed.fault is not None:
        gathered.failed += 1
        dip.note(findings.not_placed(placed, placed.fault, _given(placed)))
        return
    file, line, _ = _key(placed.wanted)
    gathered.files += 1
    kind = placed.evidence or Evidence.UNKNOWN
    gathered.evidence[kind] = gathered.evidence.get(kind, 0) + 1
    gathered.recorded |= dict.fromkeys(each.algorithm for each in file.digests)
    digests = _kept(placed.digests, file, dip.options.digest)
    dip.shelf.take(replace(file, path=placed.wanted.target, digests=digests), line)


def _kept(
    taken: Sequence[Digest], file: PackagedFile, asked: Sequence[Algorithm]
) -> tuple[Digest, ...]:
    """Give the digests that were asked for and those that the package recorded, in this order."""
    known = {digest.algorithm: digest for digest in taken}
    wanted = dict.fromkeys((*asked, *(digest.algorithm for digest in file.digests)))
    return tuple(known[algorithm] for algorithm in wanted)


def shelve(dip: Dip, choices: Sequence[Choice]) -> Gathered:
    """Put what is wanted on the shelf as its packages recorded it, and leave it where it lies.

    It is held against that when it is read, on its way into a container.
    """
    gathered = Gathered()
    folder = b""
    for choice in choices:
        for wanted in _wanted(dip, choice):
            file, line, _ = _key(wanted)
            gathered.files += 1
            gathered.recorded |= dict.fromkeys(each.algorithm for each in file.digests)
            digests = _kept(file.digests, file, dip.options.digest)
            dip.shelf.take(replace(file, path=wanted.target, digests=digests), line)
            here = os.path.dirname(os.fsencode(wanted.target))
            if here != folder:
                folder = here
                dip.shelf.add_folders(_above(folder))
    return gathered


def _above(folder: bytes) -> Iterator[bytes]:
    while folder:
        yield folder
        folder = folder.rpartition(b"/")[0]


def chosen(dip: Dip, choices: Sequence[Choice]) -> Iterator[Wanted]:
    """Yield what is wanted of all packages."""
    return (each for choice in choices for each in _wanted(dip, choice))


def masters(dip: Dip, found: Survey, source: Source | None = None) -> Iterator[Wanted]:
    """Yield what copies are made of, where it is not in the DIP itself; of one package, or all."""
    for master in found.masters if dip.options.access_only else ():
        if source is None or master.source is source:
            file, at = master.file, master.source
            target = dip.place_of(file.role, at.folder + master.relative)
            key = (file, None, at.given)
            yield Wanted(at.content, file.path, target, file.size, file.mtime, file.digests, key)


def examine(dip: Dip, wanted: Iterator[Wanted]) -> int:
    """Read files of packages, tell of each that is not as recorded, and count them."""
    failed = 0
    requests = (
        ReadRequest(
            os.path.join(os.fsencode(each.root), os.fsencode(each.source)),
            tuple(digest.algorithm for digest in each.digests),
            each.size,
            each,
        )
        for each in wanted
    )
    volume = volume_of(dip.sources[0].content)
    dip.context.progress.start("read")
    for reading in read_files(
        requests,
        volume=volume,
        workers=dip.options.jobs or volume.readers,
        advance=lambda size, files: dip.context.progress.advance(size=size, files=files),
    ):
        placed = _judged(reading)
        if placed.fault is not None:
            failed += 1
            dip.note(findings.not_placed(placed, placed.fault, _given(placed)))
    dip.context.progress.finish()
    return failed


def _judged(reading: Reading) -> Placed:
    wanted = cast("Wanted", reading.request.key)
    if reading.error is not None:
        detail = (reading.error.strerror or str(reading.error)).lower()
        return Placed(wanted, fault=Fault.SOURCE, detail=detail)
    if reading.size != wanted.size:
        detail = f"{reading.size} bytes in place of {wanted.size}"
        return Placed(wanted, reading.size, reading.digests, fault=Fault.CONTENT, detail=detail)
    same = set(wanted.digests) <= set(reading.digests)
    return Placed(wanted, reading.size, reading.digests, fault=None if same else Fault.CONTENT)
