"""Completion for bash, from 3.2 (macOS) on."""

from collections.abc import Iterator, Sequence

from avpres.cli.completion.surface import ROOT, Surface, Word

_HEAD = """\
# Completion of avpres for bash; made by `avpres completion bash`.
_avpres() {
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} words="" word
    COMPREPLY=()
    if [[ $current == "=" ]]; then
        current=""
    elif [[ $previous == "=" ]]; then
        previous=${COMP_WORDS[COMP_CWORD-2]}
    fi
    if ((COMP_CWORD == 1)); then
        COMPREPLY=($(compgen -W "@ROOT@" -- "$current"))
        compopt +o default 2>/dev/null
        return
    fi
    case "${COMP_WORDS[1]} $previous" in
"""
_MIDDLE = """\
        *) _avpres_words ;;
    esac
    if [[ -n $words ]]; then
        COMPREPLY=($(compgen -W "$words" -- "$current"))
        compopt +o default 2>/dev/null
    fi
}

# What may come next when no option waits for its value.
_avpres_words() {
    local seen=" ${COMP_WORDS[*]:2:COMP_CWORD-2} "
    case ${COMP_WORDS[1]} in
"""
_TAIL = """\
    esac
}

complete -o default -F _avpres avpres
"""


def script(surfaces: Sequence[Surface]) -> str:
    """Write the script. An empty reply leaves files and folders to readline, which quotes them."""
    names = [surface.name for surface in surfaces]
    root = " ".join([*names, *(name for word in ROOT for name in word.names)])
    lines = [_HEAD.replace("@ROOT@", root)]
    for surface in surfaces:
        lines.extend(_values(surface))
    lines.append(_MIDDLE)
    for surface in surfaces:
        lines.extend(_next_words(surface))
    return "".join([*lines, _TAIL])


def _values(surface: Surface) -> Iterator[str]:
    """Answer what stands after an option that takes a value."""
    for word in surface.options:
        if not word.is_flag:
            patterns = "|".join(f'"{surface.name} {name}"' for name in word.names)
            yield f"        {patterns}) {_reply(word)} ;;\n"


def _reply(word: Word) -> str:
    if word.is_path:
        return "return"
    if word.values:
        return f'words="{" ".join(word.values)}"'
    return "compopt +o default 2>/dev/null; return"


def _next_words(surface: Surface) -> Iterator[str]:
    options = " ".join(name for word in surface.options for name in word.names)
    yield f"        {surface.name})\n"
    yield f'            if [[ $current == -* ]]; then words="{options}"; return; fi\n'
    for word in surface.positionals:
        if word.values:
            tests = " && ".join(f'$seen != *" {value} "*' for value in word.values)
            words = " ".join(word.values)
            yield f'            if [[ {tests} ]]; then words="{words}"; return; fi\n'
    if not any(word.is_path for word in surface.positionals):
        yield "            compopt +o default 2>/dev/null\n"
    yield "            ;;\n"
