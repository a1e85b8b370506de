import os
import re
from itertools import pairwise
from pathlib import Path

import pytest

from avpres.config.copy import CopyOptions
from avpres.config.migrate import MigrateOptions
from avpres.config.run import RunOptions
from avpres.config.settings import Layer
from avpres.config.site import Site
from avpres.config.sources import SECTIONS, model_of, read, settings_file, user_file
from avpres.config.template import NOT_SET, template
from avpres.domain.errors import UsageError

KEY = re.compile(r"^# ([a-z_0-9]+) = ")
GIVEN = {"copy": {"destination": Path("/dst")}}


@pytest.fixture(autouse=True)
def user(tmp_path, monkeypatch):
    """A user without settings; gives the place of the settings file."""
    for name in [name for name in os.environ if name.startswith("AVPRES_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    file = user_file()
    file.parent.mkdir(parents=True)
    return file


def copy_options(**flags):
    given = {"copy": {"destination": Path("/dst"), **flags}}
    settings = read(given, sections=["copy", "site", "run"])
    return settings, settings.section("copy", CopyOptions)


def test_defaults_hold_when_nobody_says_anything():
    settings, options = copy_options()
    assert options == CopyOptions(destination=Path("/dst"))
    assert settings.origin("copy", ["jobs"]) is Layer.DEFAULT


def test_flags_beat_environment_beats_file_beats_default(user, monkeypatch):
    user.write_text("[copy]\njobs = 2\nreserve = 3\nxattrs = true\n")
    monkeypatch.setenv("AVPRES_COPY__JOBS", "4")
    monkeypatch.setenv("AVPRES_COPY__RESERVE", "7.5")
    settings, options = copy_options(jobs=8)
    assert (options.jobs, options.reserve, options.xattrs) == (8, 7.5, True)
    origins = [settings.origin("copy", [key]) for key in ("jobs", "reserve", "xattrs", "mhl")]
    assert origins == [Layer.FLAG, Layer.ENVIRONMENT, Layer.FILE, Layer.DEFAULT]


def test_a_flag_that_says_no_beats_a_file_that_says_yes(user):
    user.write_text("[copy]\nxattrs = true\n")
    assert copy_options(xattrs=False)[1].xattrs is False


@pytest.mark.parametrize("text", ["md5,sha256", "md5, sha256", '["md5", "sha256"]'])
def test_lists_in_the_environment_are_written_with_commas_or_as_json(monkeypatch, text):
    monkeypatch.setenv("AVPRES_COPY__DIGEST", text)
    assert [each.value for each in copy_options()[1].digest] == ["md5", "sha256"]


def test_a_list_of_one_in_the_environment_is_a_word(monkeypatch):
    monkeypatch.setenv("AVPRES_COPY__EXCLUDE", "*.tmp")
    assert copy_options()[1].exclude == ("*.tmp",)


def test_tables_inside_the_site_are_merged_by_key(user, monkeypatch):
    user.write_text('[site]\ninstitution = "IFI"\n[site.tools]\ncp = "/a/cp"\nrsync = "/a/rsync"\n')
    monkeypatch.setenv("AVPRES_SITE__TOOLS__CP", "/b/cp")
    site = read(GIVEN, sections=["site"]).section("site", Site)
    assert site.institution == "IFI"
    assert site.tools.configured == {"cp": Path("/b/cp"), "rsync": Path("/a/rsync")}


def test_names_that_are_not_utf_8_pass_through_flags():
    name = Path(os.fsdecode(b"/dst/\xff"))
    assert copy_options(destination=name)[1].destination == name


@pytest.mark.parametrize(
    ("toml", "sentence"),
    [
        ("[copy]\njobs = 'many'\n", "{file} [copy] jobs: input should be a valid integer"),
        ("[copy]\njobs = 0\n", "{file} [copy] jobs: input should be greater than or equal to 1"),
        ("[copy]\njbos = 2\n", "{file} [copy] jbos: no such setting; did you mean jobs?"),
        ("[cpoy]\njobs = 2\n", "{file} [cpoy]: no such section; did you mean copy?"),
        (
            "[site.tools]\ncpp = '/x'\n",
            "{file} [site.tools] cpp: no such setting; did you mean cp?",
        ),
        ("[site.ids]\nitem = '('\n", "{file} [site.ids] item: not a regular expression"),
        ("copy = 2\n", "{file} copy: write it as a table, [copy]"),
        ("[copy\n", "{file}: not TOML: "),
        ("[copy]\ndigest = ['md6']\n", "{file} [copy] digest: input should be 'md5', 'sha1'"),
    ],
    ids=["type", "range", "key", "section", "inner", "pattern", "table", "syntax", "choice"],
)
def test_an_error_in_the_file_names_file_and_key(user, toml, sentence):
    user.write_text(toml)

    def use():
        settings = read(GIVEN, sections=["copy", "site"])
        return settings.section("copy", CopyOptions), settings.section("site", Site)

    with pytest.raises(UsageError) as caught:
        use()
    assert str(caught.value).startswith(sentence.format(file=user))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("AVPRES_COPY__JOBS", "many", "environment AVPRES_COPY__JOBS: input should be"),
        ("AVPRES_COPY__JBOS", "2", "environment AVPRES_COPY__JBOS: no such setting"),
        ("AVPRES_CPOY__JOBS", "2", "environment AVPRES_CPOY__JOBS: no such section"),
    ],
)
def test_an_error_in_the_environment_names_the_variable(monkeypatch, name, value, sentence):
    monkeypatch.setenv(name, value)
    with pytest.raises(UsageError, match=f"^{sentence}"):
        copy_options()


def test_an_error_in_a_flag_names_the_flag():
    with pytest.raises(UsageError, match=r"^--jobs: input should be .*, not 0$"):
        copy_options(jobs=0)


def test_an_error_of_options_together_is_a_sentence_alone():
    given = {"migrate": {"table": Path("plan.csv")}}
    with pytest.raises(UsageError, match=r"^migrate: --table is of a plan: add --plan"):
        read(given, sections=["migrate"]).section("migrate", MigrateOptions)


def test_what_is_required_and_missing_is_named():
    with pytest.raises(UsageError, match=r"^copy needs destination$"):
        read({}, sections=["copy"]).section("copy", CopyOptions)


def test_a_file_that_was_asked_for_must_be_there(tmp_path, monkeypatch):
    with pytest.raises(UsageError, match=r"--config: .*no\.toml is no file"):
        read({}, sections=["run"], config=tmp_path / "no.toml")
    monkeypatch.setenv("AVPRES_CONFIG", str(tmp_path / "no.toml"))
    with pytest.raises(UsageError, match="environment AVPRES_CONFIG: "):
        settings_file()
    assert settings_file(may_be_absent=True) is None


def test_the_flag_for_the_file_beats_the_variable_beats_the_user(user, tmp_path, monkeypatch):
    named, flagged = tmp_path / "named.toml", tmp_path / "flagged.toml"
    for file, verbose in ((user, 0), (named, 1), (flagged, 2)):
        file.write_text(f"[run]\nverbose = {verbose}\n")

    def verbose(config=None):
        return read({}, sections=["run"], config=config).section("run", RunOptions).verbose

    assert verbose() == 0
    monkeypatch.setenv("AVPRES_CONFIG", str(named))
    assert verbose() == 1
    assert verbose(flagged) == 2


def test_the_template_as_it_is_changes_nothing(user):
    user.write_text(template())
    assert copy_options()[1] == CopyOptions(destination=Path("/dst"))


def test_the_template_uncommented_is_the_defaults(user):
    lines = template().splitlines()
    in_force = [
        line.removeprefix("# ") if KEY.match(line) and not above.endswith(NOT_SET) else line
        for above, line in pairwise(["", *lines])
    ]
    assert 'verify = "full"' in in_force
    user.write_text("\n".join(in_force) + "\n")
    settings = read(GIVEN, sections=list(SECTIONS))
    assert settings.section("copy", CopyOptions) == CopyOptions(destination=Path("/dst"))
    assert settings.origin("copy", ["verify"]) is Layer.FILE
    for name in SECTIONS:
        model = model_of(name)
        settings.check(name, model)
        if not any(field.is_required() for field in model.model_fields.values()):
            assert settings.section(name, model) == model()


def test_the_examples_of_the_template_are_of_the_right_type(user):
    user.write_text("\n".join(KEY.sub(r"\1 = ", line) for line in template().splitlines()))
    settings = read(GIVEN, sections=list(SECTIONS))
    for name in SECTIONS:
        settings.check(name, model_of(name))


def test_every_model_forbids_strange_keys_and_is_frozen():
    for name in SECTIONS:
        config = model_of(name).model_config
        assert config["extra"] == "forbid"
        assert config["frozen"]
