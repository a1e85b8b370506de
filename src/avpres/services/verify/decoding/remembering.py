"""What an interrupted run has proved, so that the next one need not decode it again.

Only films are remembered about which nothing was wrong and nothing open, as long as they and the
lists beside them have the same size, times and inode. A run that ends forgets them.
"""

import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path

from avpres.adapters.storage.reading import signature
from avpres.domain.media import Kind, MediaStream
from avpres.domain.report import Finding
from avpres.services.fixity.scratch import Scratch
from avpres.services.verify.decoding.model import Film, Outcome

_FORM = 1  # raised when what is kept changes


class Memory:
    """The films of one target that are proved already."""

    def __init__(self, scratch: Scratch, program: str, *, restart: bool) -> None:
        self._scratch = scratch
        self._program = program
        db = scratch.db
        db.execute("CREATE TABLE IF NOT EXISTS decoded (key TEXT PRIMARY KEY, told TEXT)")
        if restart:
            db.execute("DELETE FROM decoded")

    def recall(self, film: Film) -> Outcome | None:
        """Give what was found out about a film; None when it must be decoded."""
        row = self._scratch.db.execute(
            "SELECT told FROM decoded WHERE key = ?", (self._key(film),)
        ).fetchone()
        return None if row is None else _read(film, json.loads(row[0]))

    def keep(self, outcome: Outcome) -> None:
        """Note a film, if nothing is wrong with it and no list may be another film's."""
        is_open = any(not each.is_sure for each in outcome.film.besides)
        if outcome.is_wrong or not outcome.is_decoded or is_open:
            return
        self._scratch.db.execute(
            "INSERT OR REPLACE INTO decoded VALUES (?, ?)",
            (self._key(outcome.film), json.dumps(_written(outcome))),
        )
        self._scratch.settle()

    def _key(self, film: Film) -> str:
        words = [str(_FORM), self._program, film.path.hex(), repr(film.signature)]
        for beside in film.besides:
            words += [os.fsencode(beside.path).hex(), beside.side, str(beside.is_sure)]
            words += map(_state, _about(beside.path))
        return hashlib.sha256("\n".join(words).encode()).hexdigest()


def _about(sidecar: Path) -> Iterator[Path]:
    """Yield a sidecar, and the record beside it that may tell its forms."""
    yield sidecar
    stem = sidecar.name.removesuffix(".framemd5").removesuffix(".source")
    yield sidecar.with_name(f"{stem}.normalise.json")


def _state(path: Path) -> str:
    try:
        return repr(signature(path.stat()))
    except OSError:
        return ""


def _written(outcome: Outcome) -> dict[str, object]:
    return {
        "streams": [[each.index, each.kind.value, each.codec] for each in outcome.streams],
        "findings": [each.model_dump(mode="json") for each in outcome.findings],
        "proofs": [[stream, said] for stream, said in outcome.proofs.items()],
    }


def _read(film: Film, told: dict[str, list[list[object]]]) -> Outcome:
    outcome = Outcome(film, is_decoded=True, is_recalled=True)
    for index, kind, codec in told["streams"]:
        outcome.streams.append(MediaStream(int(str(index)), Kind(str(kind)), str(codec)))
    outcome.findings += map(Finding.model_validate, told["findings"])
    for stream, said in told["proofs"]:
        if isinstance(said, list):
            outcome.proofs[int(str(stream))] = list(map(str, said))
    return outcome
