"""Targets that give the very bytes of their source back: JPEG XL, FLAC, UTF-8."""

import errno
import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import cast

from avpres.adapters.images.opening import pages
from avpres.adapters.migrating.orders import TAKEN, Made, Part
from avpres.adapters.migrating.pictures import limits_of
from avpres.adapters.migrating.staging import StorageError
from avpres.adapters.migrating.work import Work
from avpres.adapters.transcoding import flac, jxl, text
from avpres.config.migration_policy import Flac, Text
from avpres.domain.imaging import Traits
from avpres.domain.migration import Outcome, Reason, Unmigratable

Maker = Callable[[Made, Work], Made]
BYTES = ("restores", "the source, byte for byte")
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EPERM}


def _jxl(made: Made, work: Work) -> Made:
    """Make a JPEG XL; the JPEG that comes back from it is compared byte by byte."""
    data, digests = work.source.read()
    made = replace(made, digests=digests, tools=(jxl.version(),))
    coded = jxl.transcode(data, most_pixels=work.policy.limits.max_pixels)
    facts: tuple[tuple[str, object], ...] = (BYTES,)
    try:
        if work.second:
            facts = (*facts, ("mean_difference_of_renderings", jxl.check_looks(coded, data)))
    except Unmigratable as why:
        if why.reason is not Reason.QA_DIFFERENCE:
            raise
        _check_source(data, work)
        part = work.staging.write(coded, ".jxl")
        told = replace(made, outcome=Outcome.QA_FAILED, reason=why.reason, detail=why.detail)
        return replace(told, parts=(part,))
    part = work.staging.write(coded, ".jxl", proved_by=(jxl.version(),), facts=facts)
    return replace(made, outcome=Outcome.OK, parts=(part,))


def _check_source(data: memoryview, work: Work) -> None:
    """Ask whether the source is to blame for pictures that differ.

    Raises:
        Unmigratable: it is damaged, so that decoders of JPEG show it differently, too.
    """
    for _ in pages(data, cast("Traits", work.migrant), limits_of(work)):
        pass


def _flac(made: Made, work: Work) -> Made:
    """Make a FLAC, which may be large and is streamed; the file that comes back is digested."""
    target = cast("Flac", work.target)
    with work.staging.opened() as (name, handle):
        try:
            found = flac.to_flac(
                Path(os.fsdecode(work.source.path)),
                handle,
                algorithms=TAKEN,
                by_program=target.restored_by == "flac",
            )
        except OSError as error:
            if error.errno in _FULL:
                raise StorageError(error) from error
            raise Unmigratable(Reason.UNREADABLE, error.strerror or str(error)) from error
        size, digests = work.staging.measured(handle)
    told = found.as_dict() | {"restores": BYTES[1]}
    part = Part(
        name,
        ".flac",
        size,
        digests,
        proved_by=(found.decoder,),
        facts=(("sound", told),),
    )
    known = tuple(each for each in found.digests if each.algorithm in TAKEN)
    return replace(made, outcome=Outcome.OK, digests=known, tools=(found.encoder,), parts=(part,))


def _text(made: Made, work: Work) -> Made:
    """Make UTF-8 of a text; what is UTF-8 already stays as it is."""
    data, digests = work.source.read()
    made = replace(made, digests=digests)
    found = text.to_utf8(data, charset=cast("Text", work.target).charset)
    if found is None:
        return replace(made, outcome=Outcome.KEPT, detail="it is UTF-8 already")
    facts = (BYTES, ("text", found.as_dict()))
    part = work.staging.write(found.data, ".utf8.txt", proved_by=("Python",), facts=facts)
    return replace(made, outcome=Outcome.OK, parts=(part,))


MAKERS: Mapping[str, Maker] = {"jxl": _jxl, "flac": _flac, "text": _text}
