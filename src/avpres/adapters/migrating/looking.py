"""Both sides of a migrated picture, decoded anew for the eyes of a person."""

import os

from avpres.adapters.images.limits import Limits
from avpres.adapters.migrating.making import Tell
from avpres.adapters.migrating.orders import Begun, Job, Made, Orders, outcome_of
from avpres.adapters.migrating.taking import taken
from avpres.adapters.migrating.views import views
from avpres.adapters.storage.reading import signature
from avpres.domain.migration import Outcome, Unmigratable


def look_at_both(job: Job, orders: Orders, tell: Tell) -> Made:
    """Decode a source and its target, and give what a review sheet shows of them."""
    tell(Begun(orders.seconds))
    told = dict(job.told)
    target = os.fsencode(str(told["target"]))
    limits = Limits(orders.policy.limits.max_pixels, 1 << 30)
    try:
        with taken(job) as source:
            one = source.read()[0]
        seen = signature(os.lstat(target))
        with taken(job._replace(path=target, signature=seen)) as result:
            other = result.read()[0]
        found = views(one, other, int(str(told["page"])), limits)
    except Unmigratable as why:
        return Made(job.number, outcome_of(why.reason), why.reason, why.detail)
    except OSError as error:
        return Made(job.number, Outcome.FAILED, detail=error.strerror or str(error))
    return Made(job.number, Outcome.OK, seen=found)
