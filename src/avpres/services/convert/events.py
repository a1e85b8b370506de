"""What happened to a package that was converted, as PREMIS events."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from avpres.domain.fixity import Algorithm, Evidence
from avpres.domain.oais import Package
from avpres.domain.premis import Event, EventType
from avpres.services import record
from avpres.services.convert.conversion import Conversion


def events(  # noqa: PLR0913 - what is known of one conversion
    conversion: Conversion,
    package: Package,
    *,
    files: tuple[int, int],
    evidence: Mapping[Evidence, int],
    compared: Sequence[Algorithm],
    began: datetime,
) -> Sequence[Event]:
    """Give replication, digests, fixity check and the making of the package, in that order.

    `files` are their number and bytes, `compared` the kinds of recorded digests that agreed.
    """
    report, old = conversion.report, conversion.opened.package
    ended = conversion.context.clock()
    step = record.Step(
        objects=[f"urn:uuid:{old.id}"],
        destination=conversion.new.objects,
        started=began,
        ended=ended,
        files=files[0],
        size=files[1],
        algorithms=conversion.packing.digest,
    )
    dated = conversion.options.date is not None
    read = {} if dated else dict(sorted(evidence.items()))
    check = replace(step, algorithms=compared, evidence=read)
    made = replace(step, objects=[str(package.id)], destination=None, algorithms=())
    detail = f"{package.kind.value} in the layout {conversion.packing.layout.value}, of {old.id}"
    return (
        record.replication(report, step, backend="native"),
        record.digest_calculation(report, step),
        record.fixity_check(report, check, against="what the package records"),
        record.examination(report, made, EventType.PACKAGE_CREATION, detail),
    )
