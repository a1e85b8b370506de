"""One copy, from its source to its name: staged, checked, digested, recorded, named."""

import errno
import hashlib
import os
import shlex
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from avpres.adapters.media.access_check import Checked, check
from avpres.adapters.media.access_command import words
from avpres.adapters.media.access_complaints import TELLING, Complaints
from avpres.adapters.media.access_graph import Plan
from avpres.adapters.media.access_source import look, source_of
from avpres.adapters.media.access_stills import check_still
from avpres.adapters.storage import durable
from avpres.adapters.storage.reading import signature
from avpres.adapters.tools.ffmpeg import Ended, Ffmpeg, Word, shown, transcode
from avpres.domain.errors import NotConformantError, ToolFailedError
from avpres.domain.exit_codes import ExitCode
from avpres.domain.report import Finding
from avpres.services.transfer.films import EMPTY, is_empty
from avpres.services.viewing import findings, sidecar
from avpres.services.viewing.deciding import Deciding
from avpres.services.viewing.findings import RefusedError
from avpres.services.viewing.item import Item, is_long
from avpres.services.viewing.levelling import levelled
from avpres.services.viewing.pace import Follower

_SAID = 400  # characters of what ffmpeg said last that a finding repeats
_OTHER_KIND = {"ACC-NO-PICTURE", "ACC-NO-SOUND"}  # of no interest, when a folder was named
GENERAL = ("-nostdin", "-hide_banner", "-n")


@dataclass(slots=True)
class Made:
    """What became of one source. `outcome` is one of the words of file records."""

    item: Item
    outcome: str = "failed"
    found: list[Finding] = field(default_factory=list)
    copy: sidecar.Copy | None = None
    checked: Checked | None = None
    plan: Plan | None = None
    command: str = ""
    times: tuple[datetime, datetime, datetime] | None = None


@dataclass(frozen=True, slots=True)
class Maker:
    """Makes copies, each by itself: what is wrong with one stops no other."""

    deciding: Deciding
    request: str
    clock: Callable[[], datetime]
    dry_run: bool = False

    def make(self, item: Item, follower: Follower) -> Made:
        """Make one copy, or find it made.

        Args:
            item: source and place.
            follower: told how far the copy is.

        Raises:
            ToolStoppedError: the run was stopped.
            DestinationRefusedError: the place cannot be written.
        """
        made = Made(item)
        try:
            self._make(made, follower)
        except RefusedError as error:
            if error.code in _OTHER_KIND and not item.is_named:
                made.outcome = "skipped"
                made.found.append(findings.skipped(item.shown, str(error)))
            else:
                made.found.append(findings.refused(error, item.shown, str(item.target)))
        except OSError as error:
            made.found.append(_system(error, item))
        return made

    def _make(self, made: Made, follower: Follower) -> None:
        item = made.item
        if self._is_there(item):
            made.outcome, made.copy = "already there", sidecar.Copy(item.target.stat().st_size, ())
            return
        made.plan = plan = self._plan(made, follower)
        if self.dry_run:
            made.outcome, made.command = "planned", self._shown(plan, item.target)
            return
        item.target.parent.mkdir(parents=True, exist_ok=True)
        staged = item.target.with_name(durable.staged_name(item.target.name, _job(item)))
        with suppress(FileNotFoundError):
            staged.unlink()
        try:
            self._encode(made, plan, staged, follower)
        finally:
            with suppress(FileNotFoundError):
                staged.unlink()

    def _is_there(self, item: Item) -> bool:
        if is_long(item):
            text = "its copy would have a name of more than 255 bytes; shorten the name"
            raise RefusedError("ACC-NAME", text, ExitCode.DESTINATION_REFUSED)
        if not os.path.lexists(item.target):
            return False
        if sidecar.is_this_copy(item, self._asked(item)):
            return True
        text = f"{item.target} is there and is not proved to be this copy; it stays as it is"
        raise RefusedError(
            "ACC-EXISTS", f"{text}; move it or choose another folder", ExitCode.DESTINATION_EXISTS
        )

    def _asked(self, item: Item) -> str:
        """Name the request; that for a chapter is another than that for the whole."""
        whole = self.request
        return sidecar.request_of((whole, item.chapter)) if item.chapter else whole

    def _plan(self, made: Made, follower: Follower) -> Plan:
        def tell(code: str, message: str, warning: bool) -> None:
            made.found.append(findings.told(code, message, made.item.shown, warning=warning))

        deciding, path = self.deciding, made.item.path
        if is_empty(path):
            raise RefusedError("ACC-NOT-MEDIA", EMPTY, ExitCode.NOT_CONFORMANT)
        try:
            source = source_of(look(deciding.ffmpeg, path), path)
        except NotConformantError as error:
            raise RefusedError("ACC-NOT-MEDIA", str(error), ExitCode.NOT_CONFORMANT) from error
        try:
            plan = deciding.plan(source, tell, made.item.chapter)
            with follower.run("listen", replace(plan, picture=None)) as told:
                watch = replace(deciding.watch, on_progress=told)
                return levelled(plan, deciding.ffmpeg, watch, tell)
        except ToolFailedError as error:
            text = f"cannot be decoded: {str(error)[:_SAID]}"
            raise RefusedError("ACC-DAMAGED", text, ExitCode.NOT_CONFORMANT) from error

    def _encode(self, made: Made, plan: Plan, staged: Path, follower: Follower) -> None:
        deciding, item = self.deciding, made.item
        began = self.clock()
        complaints = Complaints()
        with follower.run("encode", plan) as told:
            watch = replace(deciding.watch, on_progress=told, on_line=complaints.take)
            ended = transcode(deciding.ffmpeg, [*TELLING, *words(plan, staged)], watch)
        made.command = shlex.join(shown(ended.argv))
        encoded = self.clock()
        if not ended.is_regular or not staged.exists():
            _refuse_full((complaints.first, *ended.last_lines), item.target)
            raise RefusedError("ACC-FAILED", _ended(ended, complaints), ExitCode.TOOL_FAILED)
        if signature(os.stat(item.path)) != item.signature:
            text = "changed while its copy was made; run it again when nothing writes to it"
            raise RefusedError("ACC-CHANGED", text, ExitCode.INCOMPLETE)
        examine = check_still if plan.profile.product.is_picture else check
        made.checked = examine(deciding.ffmpeg, plan, staged, ended.progress, deciding.watch)
        made.times = (began, encoded, self.clock())
        if complaints.count:
            text = f"ffmpeg complained {complaints.count} times of it, first: {complaints.first}"
            made.found.append(findings.told("ACC-COMPLAINT", text, item.shown, warning=True))
        for remark in made.checked.remarks:
            text = f"the copy {remark.message} ({remark.found})"
            made.found.append(findings.told(remark.code, text, item.shown, warning=True))
        if made.checked.faults:
            self._keep_failed(made, staged)
            return
        self._publish(made, staged)

    def _publish(self, made: Made, staged: Path) -> None:
        item = made.item
        _flush(staged)
        made.copy = sidecar.measure(staged)
        sidecar.write(item, made.copy, self._asked(item), self._facts(made))
        try:
            durable.rename_noreplace(None, os.fsencode(staged), None, os.fsencode(item.target))
        except FileExistsError as error:
            text = f"{item.target} appeared while its copy was made; it stays as it is"
            raise RefusedError("ACC-EXISTS", text, ExitCode.DESTINATION_EXISTS) from error
        durable.sync_folder(item.target.parent)
        made.outcome = "made"

    def _facts(self, made: Made) -> dict[str, object]:
        checked = made.checked
        return {
            "profile": self.deciding.profile.name,
            "command": made.command,
            "ffmpeg": self.deciding.ffmpeg.version,
            "noticed": [f"{each.code}: {each.message}" for each in made.found],
            "seconds": checked.seconds if checked else None,
            "frames": checked.frames if checked else None,
            "loudness": list(checked.loudness) if checked else [],
        }

    def _keep_failed(self, made: Made, staged: Path) -> None:
        """Give a faulty copy a name that nobody takes for a result; older ones stay."""
        target = made.item.target
        for number in range(1, 1000):
            ending = ".failed" if number == 1 else f".failed-{number}"
            kept = target.with_name(target.name + ending)
            try:
                durable.rename_noreplace(None, os.fsencode(staged), None, os.fsencode(kept))
            except FileExistsError:
                continue
            break
        faults = made.checked.faults if made.checked else ()
        made.found += [findings.faulty(each, made.item.shown, str(kept)) for each in faults]

    def _shown(self, plan: Plan, target: Path) -> str:
        return command_line(self.deciding.ffmpeg, words(plan, target))


def command_line(ffmpeg: Ffmpeg, told: list[Word]) -> str:
    """Write a command line as a shell takes it."""
    full = [os.fsencode(word) for word in (ffmpeg.path, *GENERAL, *told)]
    return shlex.join(shown(full))


def _job(item: Item) -> str:
    """Name the staged file so that the next run of the same copy finds and removes it."""
    return hashlib.sha256(item.path + b"\0" + os.fsencode(item.target)).hexdigest()[:8]


def _flush(path: Path) -> None:
    with path.open("rb+") as file:
        durable.sync_file(file.fileno())


def _refuse_full(lines: Sequence[str], target: Path) -> None:
    """Raise what ffmpeg said of a destination that has no room left."""
    for number in (errno.ENOSPC, errno.EDQUOT):
        if any(os.strerror(number) in line for line in lines):
            raise OSError(number, os.strerror(number), os.fspath(target.parent))


def _ended(ended: Ended, complaints: Complaints) -> str:
    said = complaints.first or ended.said[:_SAID]
    return f"no copy was made: ffmpeg {ended.outcome}; it said: {said}"


def _system(error: OSError, item: Item) -> Finding:
    path = os.fsdecode(error.filename) if error.filename else item.shown
    if path == item.shown:
        return findings.unreadable(path, error)
    text = f"its copy cannot be written ({error.strerror}: {path}); check the destination"
    refused = RefusedError("ACC-NOT-WRITTEN", text, ExitCode.DESTINATION_REFUSED)
    return findings.refused(refused, item.shown, str(item.target))
