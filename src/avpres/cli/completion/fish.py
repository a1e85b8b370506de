"""Completion for fish."""

from collections.abc import Iterator, Sequence

from avpres.cli.completion.surface import ROOT, Surface, Word

_HEAD = """\
# Completion of avpres for fish; made by `avpres completion fish`.
function __avpres_command
    set -l words (commandline -opc)
    if test (count $argv) -eq 0
        test (count $words) -eq 1
    else
        test (count $words) -gt 1; and test "$words[2]" = "$argv[1]"
    end
end

function __avpres_without
    set -l words (commandline -opc)
    for word in $argv
        contains -- $word $words[3..]; and return 1
    end
    return 0
end

complete -c avpres -f
"""


def script(surfaces: Sequence[Surface]) -> str:
    """Write the script."""
    lines = [_HEAD]
    lines += [_line("__avpres_command", f"{_names(word)} -d {_quoted(word.help)}") for word in ROOT]
    for surface in surfaces:
        told = f"-a {surface.name} -d {_quoted(surface.help)}"
        lines.append(_line("__avpres_command", told))
    for surface in surfaces:
        lines.extend(_command(surface))
    return "".join(lines)


def _command(surface: Surface) -> Iterator[str]:
    when = f"__avpres_command {surface.name}"
    for word in surface.positionals:
        if word.values:
            values = " ".join(word.values)
            yield _line(f"{when}; and __avpres_without {values}", f"-f -a {_quoted(values)}")
        elif word.is_path:
            yield _line(when, "-F")
    for word in surface.options:
        yield _line(when, f"{_names(word)}{_value(word)} -d {_quoted(word.help)}")


def _names(word: Word) -> str:
    """Write names as fish wants them: `-l long`, `-s s`."""
    return " ".join(
        f"-l {name[2:]}" if name.startswith("--") else f"-s {name[1:]}" for name in word.names
    )


def _value(word: Word) -> str:
    if word.is_flag:
        return ""
    if word.is_path:
        return " -r -F"
    only = "-r" if word.or_path else "-x"
    return f" {only} -a {_quoted(' '.join(word.values))}" if word.values else " -x"


def _line(when: str, what: str) -> str:
    return f"complete -c avpres -n {_quoted(when)} {what}\n"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
