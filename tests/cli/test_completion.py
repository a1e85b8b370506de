"""Completion in the shells themselves: real bash, zsh and fish, at a TAB."""

import os
import pty
import shutil
import subprocess
import tempfile
import threading
from pathlib import Path

import pytest

from avpres.cli.app import COMMANDS
from avpres.cli.completion.surface import surfaces
from avpres.services.migrate.policies import PRESETS

SHELLS = ("bash", "zsh", "fish")
SHIPPED = Path(__file__).parents[2] / "completions"
FILE_OF = {"bash": "avpres.bash", "zsh": "_avpres", "fish": "avpres.fish"}
ZSH_DUMP = Path(tempfile.gettempdir()) / f"avpres-zcompdump-{os.getpid()}"
DIGESTS = ["md5", "sha1", "sha256", "sha512", "xxh64", "xxh3", "xxh128", "blake3", "c4"]

# What an interactive zsh reads first: completion on, every match written to a file, and an end.
ZSHRC = r"""
PROMPT="" RPROMPT="" LISTMAX=1000  # never ask whether to list
autoload -Uz compinit
compinit -u -d "$DUMP"
source "$SCRIPT"
bindkey "^I" complete-word
compadd() {
    if [[ " ${@[1,(i)(-|--)]} " == *" -"(O|A|D)" "* ]]; then
        builtin compadd "$@"
        return
    fi
    typeset -a __hits
    builtin compadd -A __hits "$@"
    (( $#__hits )) && print -rl -- $__hits >>"$ANSWER"
    builtin compadd "$@"
}
zmodload zsh/datetime
begin() { BEGAN=$EPOCHREALTIME }
leave() { print -r -- "$(( EPOCHREALTIME - BEGAN ))" >"$ANSWER.seconds"; : >>"$ANSWER"; exit 0 }
compprefuncs=(begin)
comppostfuncs=(leave)
"""


@pytest.fixture
def scripts(tmp_path, avpres):
    """The three scripts, as avpres prints them."""
    folder = tmp_path / "scripts"
    folder.mkdir()
    for shell in SHELLS:
        status, out, err = avpres("completion", shell)
        assert (status, err) == (0, "")
        (folder / FILE_OF[shell]).write_text(out)
    return folder


@pytest.fixture(scope="session", autouse=True)
def zsh_dump():
    """Where zsh keeps what it knows of completions, so that only the first start is slow."""
    yield ZSH_DUMP
    for file in ZSH_DUMP.parent.glob(f"{ZSH_DUMP.name}*"):
        file.unlink()


@pytest.fixture
def where(tmp_path):
    """A folder with something to complete."""
    folder = tmp_path / "where"
    (folder / "reels").mkdir(parents=True)
    (folder / "reel one.mkv").touch()
    return folder


def in_bash(script, line, where):
    words = line.split(" ")
    listed = " ".join(f"'{word}'" for word in words)
    code = (
        f"source {script}; COMP_WORDS=({listed}); COMP_CWORD={len(words) - 1};"
        '_avpres; printf "%s\\n" "${COMPREPLY[@]}"'
    )
    return _lines(["bash", "--norc", "-c", code], where)


def in_fish(script, line, where):
    code = f"source {script}; complete -C '{line}'"
    return [row.split("\t")[0] for row in _lines(["fish", "--no-config", "-c", code], where)]


def in_zsh(script, line, where):
    """Type a line and a TAB on a terminal of its own."""
    answer = script.parent / "answer"
    answer.unlink(missing_ok=True)
    (script.parent / ".zshrc").write_text(ZSHRC)
    places = {"SCRIPT": script, "ANSWER": answer, "ZDOTDIR": script.parent, "DUMP": ZSH_DUMP}
    env = {**os.environ, **{name: str(value) for name, value in places.items()}, "TERM": "xterm"}
    env["PATH"] = f"{where}/bin:{env['PATH']}"
    ours, theirs = pty.openpty()
    zsh = ["zsh", "-d", "-i"]
    with subprocess.Popen(
        zsh, cwd=where, env=env, stdin=theirs, stdout=theirs, stderr=theirs
    ) as shell:
        os.close(theirs)
        limit = threading.Timer(120, shell.kill)  # a question that nobody answers
        limit.start()
        os.write(ours, line.encode() + b"\t")
        shown = _all_of(ours)
        limit.cancel()
    os.close(ours)
    assert answer.exists(), shown
    return answer.read_text().splitlines()


def _all_of(terminal):
    shown = b""
    while True:
        try:
            piece = os.read(terminal, 4096)
        except OSError:  # EIO: the shell has gone
            return shown
        if not piece:
            return shown
        shown += piece


def _lines(command, where):
    env = {**os.environ, "PATH": f"{where}/bin:{os.environ['PATH']}"}
    done = subprocess.run(
        command, cwd=where, env=env, capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stderr == ""
    return [row for row in done.stdout.splitlines() if row]


IN = {"bash": in_bash, "zsh": in_zsh, "fish": in_fish}


@pytest.fixture(params=SHELLS)
def complete(request, scripts, where):
    """Ask a shell what it would complete a line to."""
    shell = request.param
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not here")
    return lambda line: IN[shell](scripts / FILE_OF[shell], line, where)


def test_commands_are_completed(complete):
    assert set(complete("avpres co")) == {"copy", "cook", "config", "completion", "convert"}


def test_all_commands_are_offered(complete):
    assert {command.name for command in COMMANDS} <= set(complete("avpres "))


def test_options_are_completed(complete):
    assert {"--verify", "--verbose"} == set(complete("avpres copy --ver"))


def test_values_of_an_option_are_completed(complete):
    assert set(complete("avpres copy --digest ")) == set(DIGESTS)


def test_values_after_a_short_option_are_completed(complete):
    assert set(complete("avpres copy a -d sha")) == {"sha1", "sha256", "sha512"}


def test_values_of_literals_are_completed(complete):
    assert set(complete("avpres copy --links ")) == {"keep", "follow", "skip"}


def test_values_of_backends_are_completed(complete):
    assert set(complete("avpres copy --backend r")) == {"rsync", "robocopy"}


def test_policies_of_migrations_are_completed_beside_files(complete):
    assert set(complete("avpres migrate --policy ")) >= set(PRESETS)
    assert "FILE" not in complete("avpres migrate --policy ")


def test_the_word_of_a_command_is_completed(complete):
    assert set(complete("avpres config ")) >= {"show", "init", "path"}
    assert set(complete("avpres completion ")) == {"bash", "zsh", "fish"}


def test_flags_of_every_command_are_completed(complete):
    assert set(complete("avpres doctor --js")) == {"--json"}


@pytest.mark.skipif(shutil.which("fish") is None, reason="fish is not here")
@pytest.mark.parametrize("line", ["avpres copy re", "avpres copy --to re", "avpres doctor re"])
def test_fish_completes_paths(scripts, where, line):
    assert "reels/" in in_fish(scripts / "avpres.fish", line, where)


@pytest.mark.skipif(shutil.which("zsh") is None, reason="zsh is not here")
@pytest.mark.parametrize("line", ["avpres copy re", "avpres copy --to re", "avpres doctor re"])
def test_zsh_completes_paths(scripts, where, line):
    found = in_zsh(scripts / "_avpres", line, where)
    assert "reels" in [name.rstrip("/") for name in found]


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not here")
@pytest.mark.parametrize("line", ["avpres copy ", "avpres copy --to ", "avpres doctor "])
def test_bash_leaves_paths_to_readline(scripts, where, line):
    assert in_bash(scripts / "avpres.bash", line, where) == []
    assert "complete -o default -F _avpres avpres" in (scripts / "avpres.bash").read_text()


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not here")
def test_bash_completes_after_an_equals_sign(scripts, where):
    bash = scripts / "avpres.bash"
    assert in_bash(bash, "avpres copy --digest =", where) == DIGESTS
    assert in_bash(bash, "avpres copy --digest = sha5", where) == ["sha512"]


def test_a_tab_starts_no_program(complete, where):
    """Any program named avpres or python on PATH would leave a trace."""
    folder = where / "bin"
    folder.mkdir()
    for name in ("avpres", "python", "python3"):
        program = folder / name
        program.write_text(f"#!/bin/sh\necho {name} >> {where}/started\n")
        program.chmod(0o755)
    assert complete("avpres copy --ver")
    assert not (where / "started").exists()


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not here")
def test_a_tab_in_bash_takes_at_most_20_ms(scripts, where):
    code = (
        f"source {scripts}/avpres.bash; COMP_WORDS=(avpres copy --ver); COMP_CWORD=2;"
        "for i in {1..50}; do _avpres; done; true"
    )
    assert _seconds(["bash", "--norc", "-c", code], where) / 50 <= 0.020


@pytest.mark.skipif(shutil.which("fish") is None, reason="fish is not here")
def test_a_tab_in_fish_takes_at_most_20_ms(scripts, where):
    once = f"source {scripts}/avpres.fish; complete -C 'avpres copy --ver' >/dev/null;"
    many = f"{once} for i in (seq 20); complete -C 'avpres copy --ver' >/dev/null; end"
    command = ["fish", "--no-config", "-c"]
    spent = _seconds([*command, many], where) - _seconds([*command, once], where)
    assert spent / 20 <= 0.020


@pytest.mark.skipif(shutil.which("zsh") is None, reason="zsh is not here")
def test_a_tab_in_zsh_takes_at_most_20_ms(scripts, where):
    """The first of a shell, which also loads zsh's own functions."""
    spent = []
    while min(spent, default=1) > 0.020 and len(spent) < 20:  # others may have the processor
        in_zsh(scripts / "_avpres", "avpres copy --ver", where)
        spent.append(float((scripts / "answer.seconds").read_text()))
    assert min(spent) <= 0.020, spent


def _seconds(command, where):
    """Give the processor seconds of a command, whatever else the computer does meanwhile."""
    before = os.times()
    subprocess.run(command, cwd=where, check=True, capture_output=True, timeout=60)
    return sum(os.times()[2:4]) - sum(before[2:4])


def test_without_a_shell_the_sentence_names_the_three(avpres):
    status, out, err = avpres("completion")
    assert (status, out) == (2, "")
    assert err.endswith("write avpres completion bash|zsh|fish\n")


@pytest.mark.parametrize("shell", SHELLS)
def test_the_shipped_scripts_are_fresh(scripts, shell):
    shipped = SHIPPED / FILE_OF[shell]
    assert shipped.read_text() == (scripts / FILE_OF[shell]).read_text(), (
        f"run: avpres completion {shell} > completions/{FILE_OF[shell]}"
    )


def test_the_surface_has_every_word_of_the_help(avpres):
    for surface in surfaces(COMMANDS):
        page = avpres(surface.name, "--help")[1]
        for word in surface.options:
            for name in word.names:
                assert name in page
