import json
import os
import tomllib
from pathlib import Path

import pytest

from avpres.config.copy import CopyOptions
from avpres.config.sources import SECTIONS, model_of, read
from avpres.domain.exit_codes import ExitCode

EXAMPLE = Path(__file__).parents[2] / "examples" / "avpres.toml"


def rows_of(out):
    return {row["key"]: row for row in json.loads(out)["facts"]["settings"]["values"]}


def test_show_names_the_layer_of_every_value(avpres, settings_file, monkeypatch):
    file = settings_file('[copy]\njobs = 2\n[site]\noperator = "Aoife"\n')
    monkeypatch.setenv("AVPRES_COPY__RESERVE", "5")
    status, out, _ = avpres("config", "show", "--json", "--operator", "Brian")
    rows = rows_of(out)
    assert status == 0
    assert json.loads(out)["facts"]["settings"]["file"] == str(file)
    shown = {key: (rows[key]["value"], rows[key]["from"]) for key in rows}
    assert shown["copy.jobs"] == (2, "file")
    assert shown["copy.reserve"] == ("5", "environment")
    assert shown["site.operator"] == ("Brian", "flag")
    assert shown["copy.verify"] == ("full", "default")
    assert shown["copy.digest"] == (["md5"], "default")


def test_show_has_every_key_of_every_section(avpres):
    sections = {key.partition(".")[0] for key in rows_of(avpres("config", "--json")[1])}
    assert sections == set(SECTIONS)
    keys = set(rows_of(avpres("config", "--json")[1]))
    assert {f"copy.{name}" for name in CopyOptions.model_fields} <= keys


def test_show_is_readable(avpres, settings_file):
    file = settings_file("[copy]\nxattrs = true\n")
    lines = avpres("config")[1].splitlines()
    assert lines[0] == f"settings file: {file}"
    assert any(line.split() == ["copy.xattrs", "true", "file"] for line in lines)
    assert any(line.split() == ["site.institution", "-", "default"] for line in lines)


def test_show_checks_what_the_file_says(avpres, settings_file):
    file = settings_file("[copy]\njobs = 'many'\n")
    status, out, err = avpres("config", "show")
    assert (status, out) == (2, "")
    assert err.startswith(f"avpres: {file} [copy] jobs: ")


def test_path_is_one_line_with_the_file_in_force_or_to_be(avpres, home, tmp_path):
    place = home / "config" / "avpres" / "avpres.toml"
    assert avpres("config", "path") == (0, f"{place}\n", "")
    other = tmp_path / "other.toml"
    other.touch()
    assert avpres("config", "path", "--config", str(other))[1] == f"{other}\n"


def test_path_and_init_serve_although_the_named_file_is_missing(avpres, tmp_path, monkeypatch):
    place = tmp_path / "new" / "avpres.toml"
    monkeypatch.setenv("AVPRES_CONFIG", str(place))
    assert avpres("config", "path")[:2] == (0, f"{place}\n")
    assert avpres("config", "init")[0] == 0
    assert avpres("config", "show")[1].splitlines()[0] == f"settings file: {place}"


def test_init_writes_a_file_that_changes_nothing(avpres, home):
    status, out, err = avpres("config", "init")
    place = home / "config" / "avpres" / "avpres.toml"
    assert (status, err) == (0, "")
    assert out.startswith(f"{place} is written; ")
    assert set(tomllib.loads(place.read_text())) <= set(SECTIONS)
    assert {row["from"] for row in rows_of(avpres("config", "--json")[1]).values()} == {"default"}


def test_init_never_overwrites(avpres, settings_file):
    file = settings_file("# mine\n")
    status, _, err = avpres("config", "init")
    assert status == ExitCode.DESTINATION_EXISTS
    assert "is there already and is left as it is" in err
    assert file.read_text() == "# mine\n"


def test_init_over_a_link_to_nowhere_writes_nothing(avpres, tmp_path):
    link = tmp_path / "avpres.toml"
    link.symlink_to(tmp_path / "elsewhere")
    assert avpres("config", "init", str(link))[0] == ExitCode.DESTINATION_EXISTS
    assert not (tmp_path / "elsewhere").exists()


def test_init_says_when_it_cannot_write(avpres, tmp_path):
    (tmp_path / "file").touch()
    status, _, err = avpres("config", "init", str(tmp_path / "file" / "avpres.toml"))
    assert status == ExitCode.DESTINATION_REFUSED
    assert err.endswith("; name another file\n")


def test_the_example_is_in_force_as_it_stands():
    settings = read({"copy": {"destination": "/x"}}, sections=list(SECTIONS), config=EXAMPLE)
    for name in SECTIONS:
        settings.check(name, model_of(name))
    copy = settings.section("copy", CopyOptions)
    assert [digest.value for digest in copy.digest] == ["md5", "sha512"]
    assert copy.require_medium


def test_a_folder_of_settings_that_is_not_utf_8_is_named(process, tmp_path):
    folder = os.fsencode(tmp_path) + b"/caf\xe9"
    done = process("config", "init", folder + b"/avpres.toml")
    assert done.returncode == 0
    assert os.path.exists(folder + b"/avpres.toml")
    assert b"caf\\xe9" in done.stdout


@pytest.mark.parametrize("word", ["delete", "edit"])
def test_other_words_are_refused(avpres, word):
    assert avpres("config", word)[0] == 2
