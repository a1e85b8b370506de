"""Time one TAB in bash, zsh and fish, answered by the scripts that `avpres completion` prints."""

import os
import pty
import shutil
import subprocess
import time
from pathlib import Path

from benchmarks.lab import Lab

LINE = "avpres copy --ver"
TIMES = 50  # completions in one shell
SAMPLES = 5

# Completion on; the time between the two hooks is what a user waits for.
ZSHRC = """
PROMPT="" RPROMPT=""
autoload -Uz compinit
compinit -u -d "$DUMP"
source "$SCRIPT"
bindkey "^I" complete-word
zmodload zsh/datetime
begin() { BEGAN=$EPOCHREALTIME }
leave() { print -r -- "$(( EPOCHREALTIME - BEGAN ))" >"$ANSWER"; exit 0 }
compprefuncs=(begin)
comppostfuncs=(leave)
"""


def tabs(lab: Lab) -> dict[str, tuple[float, ...]]:
    """Give milliseconds for each shell that is here, one figure a sample."""
    found: dict[str, tuple[float, ...]] = {}
    for shell, timed in (("bash", _in_bash), ("zsh", _in_zsh), ("fish", _in_fish)):
        if shutil.which(shell) is None:
            lab.results.note(f"TAB in {shell}: not measured, {shell} is not here")
            continue
        script = lab.work / ("_avpres" if shell == "zsh" else f"avpres.{shell}")
        said = subprocess.run(
            [lab.program, "completion", shell], check=True, capture_output=True, text=True
        )
        script.write_text(said.stdout, "utf-8")
        found[shell] = tuple(1000 * timed(script) for _ in range(SAMPLES))
    return found


def _in_bash(script: Path) -> float:
    code = f"source '{script}'; COMP_WORDS=({LINE}); COMP_CWORD=2; {{}}"
    many = f"for i in {{1..{TIMES}}}; do _avpres; done; true"
    return _difference(["bash", "--norc", "-c"], code, many)


def _in_fish(script: Path) -> float:
    once = f"complete -C '{LINE}' >/dev/null"
    code = f"source '{script}'; {once}; {{}}"
    many = f"for i in (seq {TIMES}); {once}; end"
    return _difference(["fish", "--no-config", "-c"], code, many)


def _in_zsh(script: Path) -> float:
    """Type the line and a TAB on a terminal; the first of a shell, hence the dearest."""
    answer = script.with_name("zsh-answer")
    answer.unlink(missing_ok=True)
    script.with_name(".zshrc").write_text(ZSHRC, "utf-8")
    places = {"SCRIPT": script, "ANSWER": answer, "ZDOTDIR": script.parent}
    places["DUMP"] = script.with_name("zcompdump")
    env = {**os.environ, **{name: str(place) for name, place in places.items()}, "TERM": "xterm"}
    ours, theirs = pty.openpty()
    with subprocess.Popen(["zsh", "-d", "-i"], env=env, stdin=theirs, stdout=theirs, stderr=theirs):
        os.close(theirs)
        os.write(ours, LINE.encode() + b"\t")
        _drain(ours)
    os.close(ours)
    return float(answer.read_text("ascii"))


def _drain(terminal: int) -> None:
    """Read until the shell has gone, which a terminal tells by an error."""
    try:
        while os.read(terminal, 4096):
            pass
    except OSError:
        return


def _difference(shell: list[str], code: str, many: str) -> float:
    """Take away the start of the shell and the reading of the script."""
    spent = []
    for body in ("true", many):
        began = time.perf_counter()
        subprocess.run([*shell, code.format(body)], check=True, capture_output=True)
        spent.append(time.perf_counter() - began)
    return (spent[1] - spent[0]) / TIMES
