"""What happened to the files of a DIP, for the DIP itself and for the run's records."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

import humanize

from avpres.domain.oais import Box
from avpres.domain.premis import Event, EventType
from avpres.services import record
from avpres.services.export.copies import Copies
from avpres.services.export.dip import Dip
from avpres.services.export.gathering import Gathered
from avpres.services.export.tally import Survey

_COMPRESSED = {
    Box.TAR_GZ: "gzip (ISA-L, level 3)",
    Box.TAR_ZST: "Zstandard (level 3)",
}


def events(
    dip: Dip, found: Survey, gathered: Gathered, began: datetime, copies: int = 0
) -> Iterator[Event]:
    """Give the events in the order in which they happened."""
    plain = record.Step(
        objects=[f"urn:uuid:{source.id}" for source in dip.packages],
        started=began,
        ended=dip.context.clock(),
        files=found.wanted.files,
        size=found.wanted.size,
    )
    taken = replace(plain, algorithms=dip.options.digest)
    yield record.digest_calculation(dip.report, taken, subject="content")
    sent = replace(plain, destination=dip.places.objects)
    evidence = {} if dip.options.date else dict(sorted(gathered.evidence.items()))
    check = replace(sent, algorithms=tuple(gathered.recorded), evidence=evidence)
    yield record.fixity_check(dip.report, check, against="what the packages recorded")
    detail = _detail(dip, found)
    detail += f"; with {copies:,} access cop{'y' if copies == 1 else 'ies'}" if copies else ""
    yield record.examination(dip.report, sent, EventType.DISSEMINATION, detail)
    if dip.options.box is not Box.FOLDER:
        packed = f"content and METS put into one {dip.options.box.value}"
        yield record.examination(dip.report, plain, EventType.PACKING, packed)
    if dip.options.box in _COMPRESSED:
        how = f"compressed by {_COMPRESSED[dip.options.box]}"
        yield record.examination(dip.report, plain, EventType.COMPRESSION, how)


def failed_copies(dip: Dip, found: Survey, copies: Copies, began: datetime) -> Event:
    """Give the only event of a run that made no DIP: it would have lacked access copies."""
    step = record.Step(
        objects=[f"urn:uuid:{source.id}" for source in dip.packages],
        started=began,
        ended=dip.context.clock(),
        files=len(found.masters),
        size=sum(master.file.size for master in found.masters),
        failed=copies.failed,
    )
    detail = "access copies derived from masters; no DIP was made"
    return record.examination(dip.report, step, EventType.MIGRATION, detail)


def failed_check(dip: Dip, found: Survey, failed: int, began: datetime) -> Event:
    """Give the only event of a run that made no DIP: its files were compared, and some failed."""
    step = record.Step(
        objects=[f"urn:uuid:{source.id}" for source in dip.packages],
        started=began,
        ended=dip.context.clock(),
        files=found.wanted.files,
        size=found.wanted.size,
        failed=failed,
    )
    detail = "content compared with what the packages recorded; no DIP was made"
    return record.examination(dip.report, step, EventType.FIXITY_CHECK, detail)


def _detail(dip: Dip, found: Survey) -> str:
    words = [
        f"files of {len(dip.packages)} packages" if dip.packages[1:] else "files of one package"
    ]
    words.append(f"in the form {dip.options.form.value}")
    reasons = [
        f"{count.files:,} files ({humanize.naturalsize(count.size, binary=True)}) {reason}"
        for reason, count in found.left_out.items()
    ]
    return f"{' '.join(words)}; left out: {'; '.join(reasons) or 'nothing'}"
