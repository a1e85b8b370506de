"""A target proved again, years later and without its source, against the record of its making."""

from io import BytesIO

from avpres.adapters.identification.migrants import look
from avpres.adapters.images.limits import Limits
from avpres.adapters.images.opening import pages
from avpres.adapters.jp2 import reading as jp2
from avpres.adapters.jp2 import second as second_decoder
from avpres.adapters.jp2.calling import OpenJpegError
from avpres.adapters.jp2.parsing import codestream_of
from avpres.adapters.migrating.making import Tell
from avpres.adapters.migrating.orders import Begun, Job, Made, Orders, outcome_of
from avpres.adapters.migrating.restoring import sum_of
from avpres.adapters.migrating.taking import taken
from avpres.domain.fixity import Algorithm, Digest
from avpres.domain.imaging import Traits
from avpres.domain.migration import Outcome, Reason, Unmigratable

BYTES = "its bytes are not those that were recorded"
_OTHER = "decoded, it holds other samples than its source did"


def prove(job: Job, orders: Orders, tell: Tell) -> Made:
    """Decode one target, or restore its source, and hold that against the digests of the record."""
    tell(Begun(orders.seconds))
    told = dict(job.told)
    try:
        if "source" in told:
            _bytes(job, told)
        else:
            _samples(job, orders, told)
    except Unmigratable as why:
        return Made(job.number, outcome_of(why.reason), why.reason, why.detail)
    return Made(job.number, Outcome.OK)


def _bytes(job: Job, told: dict[str, object]) -> None:
    """Compare a target that may be large, and the source that it gives back, by their digests."""
    with taken(job) as source:
        found = source.digests()
    if Digest(Algorithm.SHA256, str(told["sha256"])) not in found:
        raise Unmigratable(Reason.QA_DIFFERENCE, BYTES)
    if sum_of(job) != told["source"]:
        raise Unmigratable(Reason.QA_DIFFERENCE, "other bytes come back from it")


def _samples(job: Job, orders: Orders, told: dict[str, object]) -> None:
    with taken(job) as source:
        data, digests = source.read()
    if Digest(Algorithm.SHA256, str(told["sha256"])) not in digests:
        raise Unmigratable(Reason.QA_DIFFERENCE, BYTES)
    limits = Limits(orders.policy.limits.max_pixels, 1 << 30)
    if told["kind"] == "jp2":
        found = _of_jp2(data, limits, second=job.second)
    else:
        found = _of_image(data, limits)
    if found != told["pixels"]:
        raise Unmigratable(Reason.QA_DIFFERENCE, _OTHER)


def _of_jp2(data: memoryview, limits: Limits, *, second: bool) -> str:
    try:
        raster = jp2.picture(data, most_pixels=limits.pixels)
    except OpenJpegError as error:
        raise Unmigratable(Reason.QA_DIFFERENCE, f"OpenJPEG: {error}") from error
    coded = codestream_of(data)
    if second and coded is not None and not second_decoder.untold(raster):
        second_decoder.check(coded, raster)
    return raster.digest()


def _of_image(data: memoryview, limits: Limits) -> str:
    looked = look(BytesIO(data), len(data))
    if looked.problem is not None or not isinstance(looked.migrant, Traits):
        raise Unmigratable(Reason.QA_DIFFERENCE, "it is no image any more")
    return " ".join(each.raster.digest() for each in pages(data, looked.migrant, limits))
