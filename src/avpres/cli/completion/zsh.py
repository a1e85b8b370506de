"""Completion for zsh, by its own `_arguments`."""

from collections.abc import Iterator, Sequence

from avpres.cli.completion.surface import ROOT, Surface, Word

_HEAD = """\
#compdef avpres
# Completion of avpres for zsh; made by `avpres completion zsh`.
_avpres() {
    local -a commands
    commands=(
"""
_MIDDLE = """\
    )
    if (( CURRENT == 2 )); then
        _describe -t commands command commands
        return
    fi
    local command=$words[2]
    shift words
    (( CURRENT-- ))
    case $command in
"""
_TAIL = """\
    esac
}

# Sourced, it registers itself; found in $fpath, it is the function's body.
if [[ $funcstack[1] == _avpres ]]; then
    _avpres "$@"
else
    compdef _avpres avpres
fi
"""


def script(surfaces: Sequence[Surface]) -> str:
    """Write the script."""
    lines = [_HEAD]
    lines += [f"        {_quoted(f'{each.name}:{each.help}')}\n" for each in surfaces]
    lines += [f"        {_quoted(f'{name}:{word.help}')}\n" for word in ROOT for name in word.names]
    lines.append(_MIDDLE)
    for surface in surfaces:
        lines.extend(_case(surface))
    return "".join([*lines, _TAIL])


def _case(surface: Surface) -> Iterator[str]:
    yield f"        {surface.name})\n            _arguments -s -S \\\n"
    for word in surface.options:
        for name in word.names:
            yield f"                {_quoted(_option(word, name))} \\\n"
    for place, word in enumerate(surface.positionals, 1):
        where = "*" if word.repeats else str(place)
        yield f"                {_quoted(f'{where}:{word.label}:{_action(word)}')} \\\n"
    yield "                && return\n            ;;\n"


def _option(word: Word, name: str) -> str:
    """Write one name of an option; its other names are excluded by it unless it repeats."""
    head = "*" if word.repeats else f"({' '.join(word.names)})"
    text = f"[{_escaped(word.help)}]"
    if word.is_flag:
        return f"{head}{name}{text}"
    glue = "=" if name.startswith("--") else "+"  # the value may follow at once or as a word
    return f"{head}{name}{glue}{text}:{word.label}:{_action(word)}"


def _action(word: Word) -> str:
    if word.is_path:
        return "_files"
    if word.or_path:
        return f"{{_files; compadd -- {' '.join(word.values)}}}"
    return f"({' '.join(word.values)})" if word.values else " "


def _escaped(text: str) -> str:
    for sign in ("\\", "[", "]", ":"):
        text = text.replace(sign, "\\" + sign)
    return text


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"
