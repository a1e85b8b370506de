"""The log: warnings on standard error, and everything in a run log of JSON lines."""

import json
import os
import sys
import threading
import traceback
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any, TextIO

from avpres import __version__
from avpres.adapters.formats.report_json import to_json
from avpres.adapters.formats.report_names import encodable
from avpres.cli.late import when_used
from avpres.cli.streams import complain
from avpres.config.run import RunOptions
from avpres.domain.errors import AvpresError, DestinationRefusedError
from avpres.domain.report import Finding, Report
from avpres.services.context import Context

_LEVEL = {"debug": 10, "info": 20, "warning": 30, "error": 40, "critical": 50}
_FROM_LEVEL = {0: 30, 1: 20, 2: 10}  # -v count to the least level shown
Event = MutableMapping[str, Any]


@dataclass(slots=True)
class RunLog:
    """The log of one run: one JSON object a line, written from any thread."""

    path: Path | None = None
    handle: TextIO | None = None
    bound: dict[str, object] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def write(self, event: str, level: str = "info", /, **facts: object) -> None:
        """Add a line; it leaves this process at once, so that a killed run has its log."""
        if self.handle is None:
            return
        time = datetime.now(UTC).isoformat(timespec="milliseconds")
        fields = {**_fit(facts), "time": time, "level": level, "event": event, **self.bound}
        line = json.dumps(fields, ensure_ascii=False, default=str)
        with self._lock:
            self.handle.write(line + "\n")
            self.handle.flush()

    def finding(self, finding: Finding) -> None:
        """Add a finding, in full number; the report caps them."""
        facts = json.loads(to_json(finding))
        self.write("found", finding.severity, **{key: facts[key] for key in facts if facts[key]})

    def ended(self, report: Report) -> None:
        """Add how the run ended, and say in the report where this log is."""
        if self.path is not None:
            report.facts["run_log"] = str(self.path)
        self.write("ended", status=int(report.exit_code), summary=report.summary)


@contextmanager
def opened(command: str, context: Context, run: RunOptions) -> Iterator[RunLog]:
    """Open the run log and point structlog at it and at standard error.

    What ends the run early is in the log too: an error by its sentence, a defect with its
    traceback.

    Raises:
        DestinationRefusedError: the folder that was asked for cannot be written.
    """
    log = _begun(command, context, run)
    _configure(log, run)
    log.write("began", argv=context.argv, version=__version__, operator=context.operator)
    try:
        yield log
    except AvpresError as error:
        log.write("stopped", "error", error=str(error), status=int(error.exit_code))
        raise
    except BaseException as error:
        log.write("stopped", "error", error=repr(error), traceback=traceback.format_exc())
        if log.path is not None:
            error.add_note(f"the run log is {log.path}")
        raise
    finally:
        if log.handle is not None:
            log.handle.close()
            log.handle = None


def _begun(command: str, context: Context, run: RunOptions) -> RunLog:
    folder = run.log_dir or context.state_dir / "logs"
    moment = context.clock().strftime("%Y%m%dT%H%M%SZ")
    file = folder / f"{moment}-{command}-{context.run_id[:8]}.jsonl"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = file.open("x", encoding="utf-8")
    except OSError as error:
        if run.log_dir is not None:
            raise DestinationRefusedError(
                f"{folder}: the run log cannot be written there ({error.strerror}); "
                "choose another --log-dir"
            ) from error
        complain(f"warning: {folder}: no run log is written ({error.strerror})")
        return RunLog()
    return RunLog(file, handle, {"run_id": context.run_id, "command": command})


def _configure(log: RunLog, run: RunOptions) -> None:
    least = _LEVEL["error"] if run.quiet else _FROM_LEVEL[run.verbose]

    def configure(structlog: ModuleType) -> None:
        def keep(_logger: object, level: str, event: Event) -> Event:
            said = {key: value for key, value in event.items() if key not in {"event", "level"}}
            log.write(str(event.get("event")), level, **said)
            if _LEVEL.get(level, _LEVEL["info"]) < least:
                raise structlog.DropEvent
            return event

        structlog.configure(
            processors=[
                structlog.processors.add_log_level,
                structlog.processors.format_exc_info,
                keep,
                structlog.dev.ConsoleRenderer(colors=_coloured()),
            ],
            logger_factory=structlog.PrintLoggerFactory(_StandardError()),
            cache_logger_on_first_use=False,
        )

    when_used("structlog", configure)


def _fit(facts: Mapping[str, object]) -> dict[str, object]:
    """Write names whose bytes are not UTF-8 with escapes, as reports do."""
    return {key: _fit_value(value) for key, value in facts.items()}


def _fit_value(value: object) -> object:
    if isinstance(value, (list, tuple)):
        return [_fit_value(each) for each in value]
    return encodable(str(value)) if isinstance(value, (str, os.PathLike)) else value


def _coloured() -> bool:
    return sys.stderr.isatty() and not os.environ.get("NO_COLOR")


class _StandardError:
    """Standard error as it is when a line is written: a progress bar stands in for it."""

    def write(self, text: str) -> int:
        with suppress(OSError):  # a terminal that has gone must not end a copy
            sys.stderr.write(text)
        return len(text)

    def flush(self) -> None:
        with suppress(OSError):
            sys.stderr.flush()
