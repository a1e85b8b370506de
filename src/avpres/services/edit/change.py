"""One change of a package: checked, prepared in the stage, decided, done, proved."""

from dataclasses import dataclass, field
from pathlib import Path

from avpres.config.edit import EditOptions
from avpres.domain.errors import UsageError
from avpres.domain.fixity import Algorithm
from avpres.domain.oais import Role
from avpres.domain.report import Report
from avpres.services.context import Context
from avpres.services.edit import records
from avpres.services.edit.checking import ABOUT, Checking
from avpres.services.edit.history import History
from avpres.services.edit.place import Place
from avpres.services.edit.plan import Plan, make_plan
from avpres.services.edit.state import State, open_state
from avpres.services.edit.steps import FRESH
from avpres.services.edit.taking import Taking
from avpres.services.edit.wishes import Wishes
from avpres.services.packing.describing import Gathered
from avpres.services.packing.opening import Opened, open_package
from avpres.services.packing.sums import Sums, sums_of


@dataclass(slots=True)
class Change:
    """What the steps of one edit share."""

    place: Place
    options: EditOptions
    context: Context
    report: Report
    state: State
    opened: Opened = field(init=False)
    sums: Sums = field(init=False)
    plan: Plan = field(default_factory=Plan)
    gathered: Gathered = field(default_factory=Gathered)
    removed: str | None = None
    generation: int = 0

    def __post_init__(self) -> None:
        """Open the package."""
        self.opened = open_package(self.place.tree)
        self.sums = sums_of(self.place.tree, self.opened.places)

    @property
    def is_idle(self) -> bool:
        """Say whether the package is as asked already."""
        plan = self.plan
        coming = self.state.added_totals()[0]
        return not (plan.moves or plan.removals or plan.changes or coming)

    @property
    def algorithms(self) -> tuple[Algorithm, ...]:
        """Give the digests of the package, in the order in which it has them."""
        first = next(iter(self.opened.files()), None)
        known = tuple(digest.algorithm for digest in first.digests) if first else ()
        return known if set(known) == set(self.sums.algorithms) else self.sums.algorithms

    @property
    def fresh(self) -> Path:
        """Give the folder of all that comes, in the stage."""
        return self.place.stage / FRESH

    @property
    def history(self) -> History:
        """Give the ASC MHL history of the objects."""
        return History(self.place.tree, self.opened.places, self.plan, self.state)

    @property
    def taking(self) -> Taking:
        """Give what adds files."""
        is_bag = self.opened.places.is_bag
        return Taking(self.place.tree, self.state, self.context, self.report, is_bag)


def prepare(change: Change, wishes: Wishes) -> Plan | None:
    """Hold the package against its manifests and plan the change; None when it does not agree.

    Raises:
        AvpresError: the change cannot be made.
    """
    checking = _checking(change.opened, change.sums, change.state, change)
    checking.load()
    checking.chain()
    if not checking.agrees():
        return None
    change.plan = make_plan(wishes, change.opened, change.state)
    change.taking.gather(change.plan.additions)
    _require_object(change)
    records.follow(change.state, change.opened.places)
    if not change.is_idle:
        checking.digests("1" if change.options.verify else f"touched OR {ABOUT}")
    return change.plan if checking.agrees() else None


def _checking(opened: Opened, sums: Sums, state: State, change: Change) -> Checking:
    return Checking(opened, sums, state, change.context, change.report, change.options.jobs)


def _require_object(change: Change) -> None:
    kept, _ = change.state.totals("new IS NOT NULL AND role = 'object'")
    coming = any(added.role is Role.OBJECT for added in change.state.added())
    if not (kept or coming):
        raise UsageError(
            f"{change.place.tree}: nothing would be left in it; a package without an object is none"
        )


def prove(place: Place, context: Context, report: Report) -> bool:
    """Hold the package as it is now against its new manifests: sizes, and all that was written."""
    opened = open_package(place.tree)
    sums = sums_of(place.tree, opened.places)
    with open_state(context.state_dir / "edit") as state:
        checking = Checking(opened, sums, state, context, report)
        checking.load()
        checking.chain()
        checking.digests(ABOUT)
    return checking.agrees()
