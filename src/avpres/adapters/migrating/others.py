"""Targets that give the very bytes of their source back."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from avpres.adapters.migrating.orders import Made
from avpres.adapters.migrating.work import Work
from avpres.adapters.transcoding import jxl
from avpres.domain.migration import Outcome, Reason, Unmigratable

Maker = Callable[[Made, Work], Made]


def _jxl(made: Made, work: Work) -> Made:
    """Make a JPEG XL; the JPEG that comes back from it is compared byte by byte."""
    data, digests = work.source.read()
    made = replace(made, digests=digests, tools=(jxl.version(),))
    coded = jxl.transcode(data, most_pixels=work.policy.limits.max_pixels)
    facts: tuple[tuple[str, object], ...] = (("restores", "the source, byte for byte"),)
    try:
        if work.second:
            facts = (*facts, ("mean_difference_of_renderings", jxl.check_looks(coded, data)))
    except Unmigratable as why:
        if why.reason is not Reason.QA_DIFFERENCE:
            raise
        part = work.staging.write(coded, ".jxl")
        told = replace(made, outcome=Outcome.QA_FAILED, reason=why.reason, detail=why.detail)
        return replace(told, parts=(part,))
    part = work.staging.write(coded, ".jxl", proved_by=(jxl.version(),), facts=facts)
    return replace(made, outcome=Outcome.OK, parts=(part,))


MAKERS: Mapping[str, Maker] = {"jxl": _jxl}
