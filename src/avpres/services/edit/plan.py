"""What the wishes mean for this package: which files go, come, and get other names."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import PurePosixPath

from avpres.adapters.formats.report_names import encodable, visible
from avpres.domain.errors import DestinationExistsError, DestinationRefusedError, UsageError
from avpres.domain.oais import Child, Package, PackageKind, Role
from avpres.domain.premis import EventType
from avpres.services.edit.state import State
from avpres.services.edit.wishes import Addition, Wishes
from avpres.services.packing.layouts import Places
from avpres.services.packing.opening import Opened


@dataclass(frozen=True, slots=True)
class Move:
    """A file or folder that gets another path; both are relative to the package."""

    old: str
    new: str


@dataclass(slots=True)
class Plan:
    """All that one edit does. `done` are wishes that an earlier edit has fulfilled."""

    moves: list[Move] = field(default_factory=list)
    removals: list[str] = field(default_factory=list)
    additions: list[Addition] = field(default_factory=list)
    changes: list[tuple[str, str, str]] = field(default_factory=list)  # key, old, new
    done: list[str] = field(default_factory=list)


def make_plan(wishes: Wishes, opened: Opened, state: State) -> Plan:
    """Find what is named, and refuse what cannot be, before anything is changed.

    Raises:
        UsageError: a path names nothing, may mean two things, or lies in another one named.
        DestinationExistsError: a path is taken.
        DestinationRefusedError: a bag cannot hold a name.
    """
    planner = _Planner(opened, state)
    for old, new in wishes.renames:
        planner.rename(old, new)
    for path in wishes.removals:
        planner.remove(path)
    planner.leave()
    for addition in wishes.additions:
        planner.add(addition)
    for key, value in wishes.descriptions:
        planner.describe(key, value)
    return planner.plan


def described(package: Package, plan: Plan) -> Package:
    """Give the package as it is after the change."""
    told = {key: new for key, _, new in plan.changes}
    label = told.pop("label", package.label)
    rights = told.pop("rights", package.rights)
    institution = told.pop("institution", package.institution)
    kind = PackageKind(told.pop("kind", package.kind))
    identifiers = {**package.identifiers, **told}
    return replace(
        package,
        label=label,
        rights=rights,
        institution=institution,
        kind=kind,
        identifiers={key: value for key, value in identifiers.items() if value},
        children=tuple(_children(package.children, plan)),
    )


def _children(children: Iterable[Child], plan: Plan) -> Iterator[Child]:
    for child in children:
        if any(_holds(removed, child.path) for removed in plan.removals):
            continue
        move = next((move for move in plan.moves if _holds(move.old, child.path)), None)
        path = move.new + child.path[len(move.old) :] if move else child.path
        yield replace(child, path=path)


@dataclass(slots=True)
class _Planner:
    opened: Opened
    state: State
    plan: Plan = field(default_factory=Plan)

    @property
    def places(self) -> Places:
        return self.opened.places

    def rename(self, old: str, new: str) -> None:
        """Plan another path; NEW is meant where OLD was found."""
        leads = self._leads(old)
        if not leads and self._was_renamed(old, new):
            self.plan.done.append(f"{visible(old)} was renamed before")
            return
        lead = self._one(old, leads)
        if old != new:
            self.plan.moves.append(Move(lead + old, self._allowed(lead + new)))

    def remove(self, path: str) -> None:
        """Plan to take something out."""
        leads = self._leads(path)
        if not leads and self._was_removed(path):
            self.plan.done.append(f"{visible(path)} was taken out before")
            return
        self.plan.removals.append(self._one(path, leads) + path)

    def leave(self) -> None:
        """Let all that is renamed or taken out leave its place, then arrive."""
        leaving = [*(move.old for move in self.plan.moves), *self.plan.removals]
        _apart(leaving, "name each file once, and no folder beside what is in it")
        _apart([move.new for move in self.plan.moves], "two things would get one path")
        for path in leaving:
            self.state.move(path, None)
        for move in self.plan.moves:
            self._free(move.new, leaving)
        for move in self.plan.moves:
            self.state.move(move.old, move.new)

    def add(self, addition: Addition) -> None:
        """Plan to take something in; folders that are there get what they lack."""
        top = self.places.objects if addition.role is Role.OBJECT else self.places.supplemental
        target = self._allowed(f"{top}/{addition.target}")
        self.plan.additions.append(replace(addition, target=target))

    def describe(self, key: str, value: str) -> None:
        """Plan to say something else of the package."""
        package = self.opened.package
        known = {
            "label": package.label,
            "rights": package.rights,
            "institution": package.institution,
            "kind": package.kind.value,
        }
        old = known.get(key, package.identifiers.get(key, ""))
        if old == value:
            self.plan.done.append(f"{key} is {visible(value) or 'empty'} already")
        else:
            self.plan.changes.append((key, old, value))

    def _leads(self, path: str) -> list[str]:
        """List what may stand before a path as it was given: nothing, or one of our folders."""
        leads = self._possible_leads()
        return [
            lead for lead in leads if self._is_given(lead + path) and self._is_there(lead + path)
        ]

    def _possible_leads(self) -> list[str]:
        data = ["data/"] if self.places.is_bag else []
        return list(dict.fromkeys(["", *data, f"{self.places.objects}/"]))

    def _is_there(self, path: str) -> bool:
        """Say whether there is such an object or supplement, or a folder, be it empty."""
        if self.state.is_given(path):
            return True
        return os.path.isdir(self.opened.tree / path) and not self.state.holds(path)

    def _is_given(self, path: str) -> bool:
        """Say whether a path is of what was packaged, and not of what is said about it."""
        places = self.places
        if path.startswith(f"{places.supplemental}/"):
            return True
        return path.startswith(f"{places.objects}/")

    def _one(self, path: str, leads: list[str]) -> str:
        if not leads:
            raise UsageError(
                f"{visible(path)}: is no object and no supplement of {self.opened.tree}; name it "
                f"from the package on, as {self.places.objects}/reel/a.mov, or from there on"
            )
        if len(leads) > 1:
            meant = " or ".join(visible(lead + path) for lead in leads)
            raise UsageError(f"{visible(path)}: may mean {meant}; write the whole of it")
        return leads[0]

    def _allowed(self, path: str) -> str:
        """Refuse a new path that the layout cannot hold."""
        if not self._is_given(path):
            raise UsageError(
                f"{visible(path)}: is neither in {self.places.objects} nor in "
                f"{self.places.supplemental}; the rest of a package is written by avpres"
            )
        if self.places.is_bag:
            try:
                path.encode()
            except UnicodeEncodeError:
                raise DestinationRefusedError(
                    f"{visible(path)}: this name is not UTF-8, and a bag cannot list it; rename it"
                ) from None
        return path

    def _free(self, path: str, leaving: list[str]) -> None:
        """Refuse a path that is taken, or that leads through a file."""
        state = self.state
        above = [str(parent) for parent in PurePosixPath(path).parents][:-1]
        if state.holds(path, column="new") or self._is_folder(path, leaving):
            raise DestinationExistsError(
                f"{visible(path)}: is in the package already and was left as it is; choose another "
                "path, or rename or remove that first"
            )
        if any(state.is_file(parent, column="new") for parent in above):
            raise DestinationExistsError(f"{visible(path)}: leads through a file of the package")

    def _is_folder(self, path: str, leaving: list[str]) -> bool:
        """Say whether an empty folder lies there: no list of files knows of it."""
        if any(_holds(left, path) for left in leaving):
            return False
        return os.path.lexists(self.opened.tree / path)

    def _was_renamed(self, old: str, new: str) -> bool:
        return any(
            self._happened(EventType.FILENAME_CHANGE, old=lead + old, new=lead + new)
            for lead in self._leads(new)
        )

    def _was_removed(self, path: str) -> bool:
        return any(
            self._happened(EventType.DELETION, old=lead + path) for lead in self._possible_leads()
        )

    def _happened(self, kind: EventType, **told: str) -> bool:
        """Look for an event that tells of just this."""
        wanted = {key: encodable(path) for key, path in told.items()}.items()
        events = self.opened.package.events
        return any(e.type is kind and wanted <= dict(e.facts).items() for e in events)


def _apart(paths: list[str], why: str) -> None:
    ordered = sorted(path + "/" for path in paths)
    for one, other in pairwise(ordered):
        if other.startswith(one):
            raise UsageError(f"{visible(other[:-1])}: is named twice; {why}")


def _holds(folder: str, path: str) -> bool:
    return path == folder or path.startswith(folder + "/")
