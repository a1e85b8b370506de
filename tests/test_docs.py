"""The pages cannot fall behind the program: commands, options, statuses, findings."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from avpres.cli.app import COMMANDS, GROUPS, app
from avpres.domain.exit_codes import MEANING, ExitCode

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
SOURCE = ROOT / "src"
CODE = re.compile(r"[A-Z][A-Z0-9]{2,9}(-[A-Z0-9]*[A-Z][A-Z0-9]*)+")
NO_CODES = re.compile(
    r"KOI8-.*|MAC-.*|UTF-.*|EUC-.*|AIFF-C|AMR-[NW]B|DTS-HD|JPEG-LS|ZIP-O(OXML|DF)"
)
"""Names of encodings and codecs, and what ids begin with."""
PAGE = {"config": "configuration"}
by_name = pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)


def page(name: str) -> str:
    path = DOCS / f"{name}.md"
    assert path.is_file(), f"docs/{name}.md is not there"
    return path.read_text(encoding="utf-8")


def page_of(command) -> str:
    return page(PAGE.get(command.name, command.name))


def parameters_of(command) -> list:
    """Give a command's options as `--help` shows them."""
    parameters = typer.main.get_command(app).commands[command.name].params
    return [parameter for parameter in parameters if parameter.opts[0].startswith("-")]


def flags_of(command) -> set[str]:
    parameters = parameters_of(command)
    return {flag for each in parameters for flag in (*each.opts, *each.secondary_opts)}


def documented_findings() -> dict[str, list[str]]:
    """Read the rows of docs/findings.md by code."""
    rows = [line.strip("| ").split(" | ") for line in page("findings").splitlines()]
    return {row[0].strip("`"): row for row in rows if CODE.fullmatch(row[0].strip("`"))}


def documented_messages() -> dict[str, list[str]]:
    """Read the rows of docs/validation-messages.md by id."""
    rows = [line[2:-2].split(" | ") for line in page("validation-messages").splitlines()]
    return {row[0].strip("`"): row for row in rows if row[0].startswith("`")}


def findings_in_source() -> dict[str, str]:
    """Find every finding code in the source, with the module that uses it."""
    used: dict[str, str] = {}
    for module in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            text = node.value if isinstance(node, ast.Constant) else None
            if isinstance(text, str) and CODE.fullmatch(text) and not NO_CODES.fullmatch(text):
                used[text] = str(module.relative_to(SOURCE))
    return used


@by_name
def test_every_command_has_a_page_that_shows_it_at_work(command):
    text = page_of(command)
    assert re.search(rf"avpres {command.name}[ `\n]", text)
    assert text.startswith("# ")


@by_name
def test_every_option_has_help(command):
    assert [each.opts for each in parameters_of(command) if not each.help] == []


@by_name
def test_every_option_stands_on_the_page_of_its_command_or_of_all(command):
    text = page_of(command) + page("configuration")
    spoken = set(re.findall(r"`(--?[a-z][a-z-]*)", text))
    named = [set(parameter.opts) for parameter in parameters_of(command)]
    assert [names for names in named if not names & spoken and "--help" not in names] == []


@by_name
def test_no_page_shows_an_option_that_the_command_does_not_have(command):
    lines = re.findall(rf"avpres {command.name} ([^\n|`]*)", page_of(command))
    shown = {flag for line in lines for flag in re.findall(r"(?<!\S)--[a-z-]+", line)}
    assert shown - flags_of(command) == set()


def test_the_generated_parts_are_fresh():
    done = subprocess.run(
        [sys.executable, str(DOCS / "generate.py"), "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_every_command_stands_under_a_heading_of_the_overview():
    assert {command.group for command in COMMANDS} <= set(GROUPS)


@pytest.mark.parametrize("code", ExitCode, ids=lambda code: code.name)
def test_every_exit_status_is_documented_with_its_meaning(code):
    row = rf"^\| {code.value} \| `{code.name}` \| {re.escape(MEANING[code])}"
    assert re.search(row, page("exit-statuses"), re.MULTILINE)


def test_every_finding_of_the_source_is_documented():
    documented = {*documented_findings(), *documented_messages()}
    missing = {
        code: place for code, place in findings_in_source().items() if code not in documented
    }
    assert missing == {}


def test_no_finding_is_documented_that_the_source_does_not_know():
    assert set(documented_findings()) - set(findings_in_source()) == set()


def test_every_finding_says_what_it_means_and_what_to_do():
    rows = documented_findings()
    assert len(rows) > 5
    short = [code for code, row in rows.items() if len(row) != 4 or min(map(len, row[2:])) < 15]
    assert short == []
    statuses = {str(code.value) for code in ExitCode} | {"-", "varies"}
    assert {code: row[1] for code, row in rows.items() if row[1] not in statuses} == {}


def test_messages_of_validation_are_told_apart_from_findings_of_commands():
    """What a run says of files stands among the findings, and nothing but that."""
    begins = {code.partition("-")[0] for code in documented_findings()}
    assert begins == {
        "ACC",
        "BAG",
        "BOX",
        "OWN",
        "CHR",
        "CNV",
        "COK",
        "CON",
        "COPY",
        "DEC",
        "DIFF",
        "EDIT",
        "EXT",
        "EXP",
        "FIX",
        "IFI",
        "IMP",
        "INS",
        "MAN",
        "METS",
        "MIG",
        "NRM",
        "PKG",
        "PRE",
        "PREMIS",
        "PROFILE",
        "REP",
        "REV",
        "UNC",
        "UNP",
    }


@pytest.mark.parametrize(
    ("id", "effect", "jhove"),
    [
        ("GIF-BYTE-TOO-MANY", "not valid", ""),  # said where it is met
        ("WAVE-FMT-RATE", "not valid", ""),  # the prefix is a parameter
        ("AIFF-CHUNK-ID", "not well-formed", "IFF-HUL-1"),  # the prefix is a field of a dialect
        ("DPX-PACKING", "not valid", ""),  # id and words stand in a table
        ("MEDIAINFO-CRC", "not valid", ""),  # the effect is a parameter
        ("HTML-EOF-IN-COMMENT", "not well-formed", "HTML-HUL-18"),  # made of a word
        ("FLAC-FRAME-CRC", "not well-formed", ""),  # yielded to whoever looks into frames
        ("XML-NOT-VALIDATED", "undetermined", ""),
        ("PDF-PAGE-LOOP", "not well-formed", "PDF-HUL-30, PDF-HUL-32"),  # a table of meanings
        ("TAR-CUT", "not well-formed", ""),  # the runner's, for every format
    ],
)
def test_a_message_is_listed_with_what_it_does_however_it_is_said(id, effect, jhove):
    row = documented_messages()[id]
    assert (row[1], row[3].strip()) == (effect, jhove)


def test_every_message_of_validation_has_an_effect_and_a_text():
    rows = documented_messages()
    assert len(rows) > 500
    assert {id for id, row in rows.items() if len(row) != 4 or len(row[2]) < 12} == set()
    effects = {effect for row in rows.values() for effect in row[1].split(" or ")}
    assert effects <= {
        *("not well-formed", "not valid", "undetermined", "unknown"),
        *("policy", "warning", "note"),
    }


def test_every_message_of_validation_stands_under_the_heading_of_its_format():
    """A new format without a heading would stand under the first word of its ids."""
    titles = dict(
        re.findall(r'"([A-Z0-9]+)": "(.+)",', (DOCS / "validation_messages.py").read_text())
    )
    prefixes = {id.partition("-")[0] for id in documented_messages()}
    assert prefixes - set(titles) == set()
