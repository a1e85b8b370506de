"""What can be written after `avpres`: read from the commands' own annotations."""

import inspect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Annotated, Any, Literal, get_args, get_origin

from typer.models import ArgumentInfo, OptionInfo

from avpres.cli.command import Command
from avpres.cli.parameters import path

NONE = type(None)
FILE = "FILE"  # among the choices of a metavar: a path does, too


@dataclass(frozen=True, slots=True)
class Word:
    """An option or a positional argument, as a shell needs to know it.

    `names` are empty for a positional. `values` are the words that it can have, `is_path` says
    that files and folders are completed, `or_path` that they are besides the values. A word with
    neither is free text, or a flag.
    """

    names: tuple[str, ...]
    help: str
    values: tuple[str, ...] = ()
    is_path: bool = False
    or_path: bool = False
    is_flag: bool = False
    repeats: bool = False
    label: str = "value"


@dataclass(frozen=True, slots=True)
class Surface:
    """One command and its words."""

    name: str
    help: str
    options: tuple[Word, ...]
    positionals: tuple[Word, ...]


HELP = Word(("--help", "-h"), "show help", is_flag=True)
ROOT = (
    HELP,
    Word(("--version",), "print the version", is_flag=True),
    Word(("--install-completion",), "complete words in the current shell", is_flag=True),
    Word(("--show-completion",), "print what --install-completion installs", is_flag=True),
)
"""Options that come before a command."""


def surfaces(commands: Sequence[Command]) -> list[Surface]:
    """Read the words of every command."""
    return [_surface(command) for command in commands]


def _surface(command: Command) -> Surface:
    words = list(_words(command))
    return Surface(
        name=command.name,
        help=command.short_help,
        options=(*(word for word in words if word.names), HELP),
        positionals=tuple(word for word in words if not word.names),
    )


def _words(command: Command) -> Iterator[Word]:
    for name, parameter in inspect.signature(command.function).parameters.items():
        annotation = parameter.annotation
        if get_origin(annotation) is not Annotated:
            continue
        kind, *notes = get_args(annotation)
        info = next(note for note in notes if isinstance(note, (ArgumentInfo, OptionInfo)))
        kinds = list(_kinds(kind))
        is_bool = bool in kinds
        yield Word(
            names=_names(name, info, is_bool=is_bool),
            help=info.help or "",
            values=_values(kinds, info),
            is_path=info.parser is path,
            or_path=FILE in _choices(info),
            is_flag=is_bool or bool(getattr(info, "count", False)),
            repeats=any(get_origin(member) is list for member in (kind, *get_args(kind)))
            or bool(getattr(info, "count", False)),
            label=name.replace("_", " "),
        )


def _names(name: str, info: ArgumentInfo | OptionInfo, *, is_bool: bool) -> tuple[str, ...]:
    """Give the option's names; Typer makes `--name` and, for truth values, `--no-name`.

    Inside `Annotated`, the first name of `typer.Option("--digest", "-d")` is kept as its default.
    """
    if isinstance(info, ArgumentInfo):
        return ()
    first = [info.default] if isinstance(info.default, str) else []
    declared = [part for each in (*first, *(info.param_decls or ())) for part in each.split("/")]
    plain = name.replace("_", "-")
    made = (f"--{plain}", f"--no-{plain}") if is_bool else (f"--{plain}",)
    return tuple(declared) or made


def _kinds(annotation: object) -> Iterator[Any]:
    """Take optional and list types apart."""
    inner = get_args(annotation)
    if not inner or get_origin(annotation) is Literal:
        yield annotation
        return
    for each in inner:
        if each is not NONE:
            yield from _kinds(each)


def _values(kinds: Sequence[Any], info: ArgumentInfo | OptionInfo) -> tuple[str, ...]:
    """Give the words a value can be: of an enumeration, a Literal, or a metavar `a|b|FILE`."""
    for kind in kinds:
        if get_origin(kind) is Literal:
            return tuple(map(str, get_args(kind)))
        if isinstance(kind, type) and issubclass(kind, Enum):
            return tuple(str(member.value) for member in kind)
    return tuple(choice for choice in _choices(info) if choice != FILE)


def _choices(info: ArgumentInfo | OptionInfo) -> tuple[str, ...]:
    metavar = info.metavar or ""
    return tuple(metavar.split("|")) if "|" in metavar else ()
