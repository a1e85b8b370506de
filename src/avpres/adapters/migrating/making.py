"""One file: looked at, decided by the policy, made, proved, and staged."""

from collections.abc import Callable
from dataclasses import replace

from avpres.adapters.identification.migrants import Look, look
from avpres.adapters.migrating.orders import Begun, Job, Made, Orders, decision, outcome_of
from avpres.adapters.migrating.staging import Staging, StorageError
from avpres.adapters.migrating.taking import Taken, reading, taken
from avpres.adapters.migrating.work import Work
from avpres.config.migration_fitness import unfit
from avpres.config.migration_policy import Keep, Policy, Target
from avpres.domain.imaging import Traits
from avpres.domain.migration import Outcome, Reason, Unmigratable

LOOK_S = 60.0  # processor seconds for headers and decision
_PER_MEGAPIXEL_S = 20.0  # decoded twice, encoded, decoded twice: 1 to 3 in practice
_PER_GIB_S = 1200.0
_GIB = 1 << 30  # bytes
Tell = Callable[[Begun], None]


def make(job: Job, orders: Orders, tell: Tell) -> Made:
    """Migrate one file; whatever is wrong with it is told in the result, and nothing is raised.

    Raises:
        MemoryError: it wants more than it may have; the process is better ended then.
    """
    staging = Staging(job)
    made = Made(job.number, Outcome.FAILED, second=job.second)
    try:
        with taken(job) as source:
            return _decided(made, source, job, orders, staging=staging, tell=tell)
    except Unmigratable as why:
        staging.clear()
        return _refused(made, why)
    except StorageError as error:
        staging.clear()
        return replace(made, reason=Reason.STORAGE, detail=str(error), errno=error.number)
    except BaseException:
        staging.clear()
        raise


def _decided(  # noqa: PLR0913 - what one job is made of
    made: Made, source: Taken, job: Job, orders: Orders, *, staging: Staging, tell: Tell
) -> Made:
    with reading():
        looked = look(source.file, source.size)
    rule, target = orders.policy.decide(looked.migrant)
    made = replace(made, migrant=looked.migrant, rule=rule.name, target=target)
    if job.decided:
        is_same = job.decided == decision(target)
        return replace(made, outcome=Outcome.OK, is_unchanged=is_same, is_other=not is_same)
    if isinstance(target, Keep):
        return replace(made, outcome=Outcome.KEPT)
    work = Work(source, looked.migrant, target, orders.policy, job.second, staging)
    try:
        _require_allowed(target, looked, orders.policy)
        tell(Begun(seconds_for(looked, source.size, orders.seconds)))
        found = _worked(made, work)
        source.require_unchanged()
    except Unmigratable as why:
        staging.clear()
        return _refused(made, why)
    return found


def _worked(made: Made, work: Work) -> Made:
    from avpres.adapters.migrating import others, pictures

    makers: dict[str, Callable[[Made, Work], Made]] = {**pictures.MAKERS, **others.MAKERS}
    maker = makers.get(work.target.kind)
    if maker is None:
        raise Unmigratable(Reason.POLICY, f"nothing makes {work.target.kind} here")
    return maker(made, work)


def _require_allowed(target: Target, looked: Look, policy: Policy) -> None:
    problem = looked.problem or unfit(target, looked.migrant, policy.limits)
    if problem is not None:
        raise problem


def _refused(made: Made, why: Unmigratable) -> Made:
    return replace(made, outcome=outcome_of(why.reason), reason=why.reason, detail=why.detail)


def seconds_for(looked: Look, size: int, most: float) -> float:
    """Give the processor seconds that a file may take, by what its header claims.

    `most` is for a file of up to a GiB; a larger one, such as a sound, for each GiB.
    """
    most *= max(1.0, size / _GIB)
    wanted = LOOK_S + _PER_GIB_S * size / _GIB
    if isinstance(looked.migrant, Traits):
        traits = looked.migrant
        wanted += _PER_MEGAPIXEL_S * traits.pixels * max(1, traits.frames) / 1e6
    return min(most, wanted)
