"""The receipt that lies where a result would: in which package it is.

By it a later run knows what is done, and people find the package of a reel or tape.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from avpres.adapters.storage import durable
from avpres.config.packing import PackingOptions
from avpres.domain.errors import AvpresError, DestinationExistsError
from avpres.services.packing.opening import open_package
from avpres.services.packing.result_stage import read_told
from avpres.services.packing.stage import Stage

ENDING = ".package.json"

_KEYS = frozenset({"source", "request", "id", "package", "size"})
_IDLE = frozenset({"destination", "jobs", "report"})  # options that change nothing of a package


@dataclass(frozen=True, slots=True)
class Receipts:
    """The receipt of one result.

    `form` says whose it is, `final` is where the result would lie, `source` tells of what it was
    made, `noun` names the result.
    """

    form: str
    final: Path
    source: Mapping[str, object]
    noun: str
    packing: PackingOptions

    @property
    def place(self) -> Path:
        """Name the receipt."""
        name = self.final.name
        if len(os.fsencode(name)) + len(ENDING) > durable.NAME_LIMIT:
            name = hashlib.sha256(os.fsencode(name)).hexdigest()[:32]
        return self.final.with_name(name + ENDING)

    def package(self) -> Path | None:
        """Give the package that holds the result; None when there is none.

        A receipt whose package is not at its place counts for nothing.

        Raises:
            DestinationExistsError: another package is there, or a file that is no receipt.
        """
        if not os.path.lexists(self.place):
            return None
        told = read_told(self.place)
        if told.get("form") != self.form or not told.keys() >= _KEYS:
            raise DestinationExistsError(
                f"{self.place}: is no receipt of ours, and was left as it is"
            )
        package = self._out / str(told["package"])
        if not _is(package, told):
            return None
        if told["source"] != self.source or told["request"] != self._request:
            raise DestinationExistsError(
                f"{package}: holds the {self.noun} of another state of this source, or was made "
                f"with other options; to make another, remove {self.place.name}, and the package "
                "if it is not wanted"
            )
        return package

    def write(self, stage: Stage) -> None:
        """Write the receipt of a package that has appeared."""
        facts = {
            "form": self.form,
            "source": self.source,
            "request": self._request,
            "id": str(stage.id),
            "package": os.path.relpath(stage.final, self._out),
            "size": stage.final.stat().st_size if stage.final.is_file() else None,
        }
        with durable.replace(self.place, job=stage.job) as handle:
            handle.write(json.dumps(facts, indent=1).encode() + b"\n")

    @property
    def _out(self) -> Path:
        return self.packing.destination.absolute()

    @property
    def _request(self) -> str:
        """Name what makes a package another one."""
        text = self.packing.model_dump_json(exclude=set(_IDLE))
        return hashlib.sha256(text.encode()).hexdigest()


def _is(package: Path, told: Mapping[str, object]) -> bool:
    """Say whether a package is the one of a receipt; a folder may have been edited since."""
    try:
        if package.is_dir():
            return str(open_package(package).package.id) == told["id"]
        return package.is_file() and package.stat().st_size == told["size"]
    except (AvpresError, OSError):
        return False
