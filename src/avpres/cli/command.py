"""What a subcommand is: a function from words to options, and the names of what serves it.

A command file holds one function with Typer annotations. Every parameter's default is None, which
means "not given", so that environment and settings file can speak. The function returns what was
given, by option name; nothing heavy is imported until the request is performed.
"""

import functools
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING

from avpres.cli.run_flags import run_flags
from avpres.domain.exit_codes import MEANING, ExitCode

ALWAYS = (ExitCode.OK, ExitCode.INTERNAL, ExitCode.USAGE, ExitCode.INTERRUPTED, ExitCode.TERMINATED)
if TYPE_CHECKING:
    from avpres.domain.report import Finding

_RUN = inspect.signature(run_flags).parameters

Given = dict[str, object]


@dataclass(frozen=True, slots=True)
class Command:
    """A subcommand as the application lists it."""

    name: str
    group: str
    options: str  # "module:Model"
    service: str  # "module:function"
    statuses: tuple[ExitCode, ...]
    function: Callable[..., "Request | Given"]
    show: str | None = None  # "module:function" from report to lines, before the findings
    questions: Mapping[str, str] = field(default_factory=dict)
    usage: str = ""
    reads_all: bool = False  # reads every section of the settings, not its own alone

    @property
    def short_help(self) -> str:
        """Give the first line of the docstring."""
        return (self.function.__doc__ or "").strip().split("\n", 1)[0]

    @property
    def epilog(self) -> str:
        r"""List the exit statuses, one a line; `\b` keeps the lines apart in --help."""
        codes = sorted({*ALWAYS, *self.statuses})
        lines = "\n".join(f"  {code.value:>3}  {MEANING[code]}" for code in codes)
        return f"\b\nExit statuses:\n{lines}"


@dataclass(frozen=True, slots=True)
class Request:
    """What one command line asks for: read, not yet done."""

    command: Command
    given: Mapping[str, object]
    run: Mapping[str, object] = field(default_factory=dict)
    argv: tuple[str, ...] = ()
    noted: "list[Finding]" = field(default_factory=list)
    """What was found so far: an error that stops the run must not take it along."""


def command(  # noqa: PLR0913 (each is one fact of a command, by keyword)
    *,
    group: str,
    options: str = "",
    service: str = "",
    statuses: tuple[ExitCode, ...] = (),
    show: str | None = None,
    questions: Mapping[str, str] | None = None,
    usage: str = "",
    reads_all: bool = False,
) -> Callable[[Callable[..., Given]], Command]:
    """Make a subcommand of a function that returns what was given.

    Args:
        group: heading in `avpres --help`.
        options: `module:Model` of the options; its name in settings is the function's.
        service: `module:function`, called as `(options, context)`, returning a report; without
            one the function itself does all, on the terminal.
        statuses: exit statuses beside those that every command has.
        show: `module:function` that turns the report into lines for people.
        questions: what to ask on a terminal, by option, when that option is missing.
        usage: the shape of the command, for the sentence on what is missing.
        reads_all: the command is about the settings and reads every section.
    """

    def make(function: Callable[..., Given]) -> Command:
        name = function.__name__.rstrip("_")  # `import` is a word of Python
        made = Command(
            name=name,
            group=group,
            options=options,
            service=service,
            statuses=statuses,
            function=_with_run_flags(function, lambda: made) if service else function,
            show=show,
            questions=questions or {},
            usage=usage or f"avpres {name}",
            reads_all=reads_all,
        )
        return made

    return make


def resolve(target: str) -> Callable[..., object]:
    """Import what a `module:name` names."""
    module, _, name = target.partition(":")
    found: Callable[..., object] = getattr(import_module(module), name)
    return found


def _with_run_flags(
    function: Callable[..., Given], made: Callable[[], Command]
) -> Callable[..., Request]:
    """Add the flags of every command to a function's signature, where Typer reads them."""

    @functools.wraps(function)
    def ask(**words: object) -> Request:
        run = {name: words.pop(name) for name in _RUN}
        run["verbose"] = run["verbose"] or None  # a count of 0 is Typer's "not given"
        return Request(made(), _told(function(**words)), _told(run))

    own = inspect.signature(function).parameters
    parameters = [
        each.replace(kind=inspect.Parameter.KEYWORD_ONLY)
        for each in (*own.values(), *_RUN.values())
    ]
    ask.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    ask.__annotations__ = {each.name: each.annotation for each in parameters}
    return ask


def _told(words: Mapping[str, object]) -> Given:
    return {name: value for name, value in words.items() if value is not None}
