"""A proved film made into a package: whole, or the film stays as it is."""

import json
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from avpres.adapters.formats import profile_toml
from avpres.adapters.formats.report_names import visible
from avpres.adapters.storage import sealing
from avpres.config.cook import CookOptions
from avpres.config.packing import ResultPacking
from avpres.domain.errors import (
    AvpresError,
    DestinationExistsError,
)
from avpres.domain.premis import Agent
from avpres.domain.report import Finding
from avpres.services.context import Context
from avpres.services.cook.filling import contents_of
from avpres.services.cook.made import Made, Make, Means
from avpres.services.cook.result import names_of, read_result
from avpres.services.cook.stage import Reel
from avpres.services.packing.layouts import PLACES, require_utf8
from avpres.services.packing.receipts import Receipts
from avpres.services.packing.result import remove_but_others
from avpres.services.packing.result_package import ResultPackage, require_one
from avpres.services.packing.stage import Stage, stage_path

FORM = "avpres cook package 1"

_NAMED = 3  # files that are named when they stay


def check(options: CookOptions, reels: int) -> None:
    """Refuse what cannot be done for any reel, before the first is begun.

    Raises:
        UsageError: one name was given for several packages, or the profile is broken.
    """
    profile_toml.find(options.package_profile)
    require_one(options.names_one, reels, "reel")


@dataclass(frozen=True, slots=True)
class Packer:
    """Makes films by `make`, and a package of each that is proved."""

    context: Context
    make: Make

    def __call__(self, reel: Reel, means: Means) -> Made:
        """Make a film and its package, or find them made; what is wrong is told in the result.

        Raises:
            OSError: the destination refuses.
        """
        packing = means.options.packing(json.dumps(means.settings, sort_keys=True))
        made = Made(reel, means.clock())
        try:
            require_utf8(reel.name, reel.shown, packing)
            place = stage_path("cook", packing, {"sources": [Path(reel.shown)]})
            package = self._package(reel, packing, place)
            if package.is_finished(made):
                made.ended = means.clock()
                return made
            made = self.make(reel, means)
            if made.outcome in {"cooked", "already there"} and not made.is_wrong:
                self._pack(made, package, means.agents)
        except AvpresError as error:
            made.findings.append(_not_packaged(reel, error))
        made.ended = made.ended or means.clock()
        return made

    @property
    def _quiet(self) -> Context:
        """Give surroundings that tell no findings by themselves: these lack the package's name."""
        return replace(self.context, on_finding=None)

    def _package(self, reel: Reel, packing: ResultPacking, place: Path) -> ResultPackage:
        seal = f"{sealing.of_tree(reel.path):032x}"
        source = {"name": os.fsdecode(reel.name), "seal": seal}
        return ResultPackage(
            Receipts(FORM, reel.final, source, "film", packing),
            place,
            place.parent,
            self._quiet,
            give_back=lambda stage: _give_back(stage, packing, reel.final),
            clear=lambda stage: _clear(reel.final, stage),
        )

    def _pack(self, made: Made, package: ResultPackage, agents: Sequence[Agent]) -> None:
        report = self.context.report("cook")
        report.agents = list(agents)
        result = read_result(made.reel.final)
        is_fresh = made.outcome == "cooked"
        package.make(
            made,
            report,
            lambda building: contents_of(building, result, made.reel, is_fresh=is_fresh),
        )


def _give_back(stage: Stage, packing: ResultPacking, folder: Path) -> None:
    """Bring a film that was moved into a package that does not appear to where it came from."""
    film = stage.tree / PLACES[packing.layout].objects / f"{stage.name}.mkv"
    if not (film.is_file() and folder.is_dir()):
        return
    names = [name for name in names_of(folder) if name.endswith(".mkv")]
    if names and not os.path.lexists(folder / names[0]):
        os.rename(film, folder / names[0])


def _clear(folder: Path, stage: Stage) -> list[Finding]:
    """Remove the folder of a film that is in a package; tell of what is not ours in it."""
    if not folder.is_dir():
        return []
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*")} - {"source"}
    left = remove_but_others(folder, names_of(folder), there, stage.path)
    if not left:
        return []
    with suppress(OSError):  # something of another lies in it
        (folder / "source").rmdir()
    return [_left(str(folder), left)]


def _not_packaged(reel: Reel, error: AvpresError) -> Finding:
    if isinstance(error, DestinationExistsError):
        return Finding.error("COK-EXISTS", reel.shown, str(error), error.exit_code)
    return Finding.error(
        "COK-PACKAGE", reel.shown, f"no package was made: {error}", error.exit_code
    )


def _left(folder: str, names: list[str]) -> Finding:
    named = ", ".join(map(visible, names[:_NAMED]))
    text = f"went into a package, but for what is not of avpres in it, which stays: {named}"
    return Finding.warning("COK-LEFT", folder, text)
