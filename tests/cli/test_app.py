import re
import resource
import subprocess
import sys
from pathlib import Path
from statistics import median

import pytest

from avpres import __version__
from avpres.cli.app import COMMANDS, GROUPS
from avpres.domain.exit_codes import MEANING, ExitCode

HEAVY = {
    "avpres.adapters",
    "avpres.config",
    "avpres.services",
    "blake3",
    "humanize",
    "lxml",
    "platformdirs",
    "pydantic",
    "pydantic_settings",
    "rich",
    "sqlite3",
    "structlog",
    "xxhash",
}
DOCS = Path(__file__).parents[2] / "docs"


def test_importing_the_app_imports_nothing_heavy():
    code = "import sys, avpres.cli.app; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert HEAVY & set(done.stdout.split()) == set()


def test_version_imports_not_even_typer():
    code = (
        "import sys; from avpres.cli.boundary import run; run(['--version']);"
        "print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert done.stdout == f"avpres {__version__}\n"
    assert "typer" not in done.stderr.split()


def _cpu(words):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *words], capture_output=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def test_start_up_stays_near_the_cost_of_python():
    rows = {"bare": ["-c", "pass"], "version": ["-m", "avpres", "--version"]}
    rows["help"] = ["-m", "avpres", "--help"]
    rows["copy help"] = ["-m", "avpres", "copy", "--help"]
    seconds = {name: [] for name in rows}
    for _ in range(5):
        for name, words in rows.items():
            seconds[name].append(_cpu(words))
    bare = median(seconds["bare"])
    assert median(seconds["version"]) <= 9 * bare
    assert median(seconds["help"]) <= 20 * bare
    assert median(seconds["copy help"]) <= 20 * bare


@pytest.mark.parametrize("words", [["--version"], ["--version", "-x"]])
def test_version(avpres, words):
    assert avpres(*words) == (0, f"avpres {__version__}\n", "")


@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_the_overview_groups_commands_under_headings(avpres, flag):
    status, out, err = avpres(flag)
    assert (status, err) == (0, "")
    headings = [line[:-1] for line in out.splitlines() if re.fullmatch(r"[A-Z][a-z ]+:", line)]
    assert headings == [*GROUPS, "Options"]
    for command in COMMANDS:
        assert re.search(rf"^  {command.name} +{re.escape(command.short_help)}$", out, re.MULTILINE)


def test_every_group_of_a_command_has_a_heading():
    assert {command.group for command in COMMANDS} <= set(GROUPS)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda each: each.name)
def test_each_help_lists_its_options_and_its_statuses(avpres, command):
    status, out, err = avpres(command.name, "--help")
    assert (status, err) == (0, "")
    for code in {*command.statuses, ExitCode.OK, ExitCode.USAGE, ExitCode.INTERRUPTED}:
        assert f"{code.value:>3}  {MEANING[code]}\n" in out


def test_help_fits_a_narrow_terminal(process):
    out = process("copy", "--help", env={"COLUMNS": "60"}).stdout.decode()
    assert "--digest" in out


def test_statuses_in_the_docs_are_those_of_the_program():
    text = (DOCS / "exit-statuses.md").read_text()
    rows = re.findall(r"^\| (\d+) \| `([A-Z_]+)` \| (.+?) \|$", text, re.MULTILINE)
    assert rows == [(str(code.value), code.name, MEANING[code]) for code in ExitCode]


def test_completion_of_typer_is_offered(process):
    named = {"_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"}
    shown = process("--show-completion", "bash", env=named)
    assert shown.returncode == 0
    assert b"_AVPRES_COMPLETE=complete_bash" in shown.stdout
