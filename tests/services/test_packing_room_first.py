"""A volume that is too small for what a package lists is told before the first byte is written."""

import os
import shutil

import pytest
from export_cases import Exporter, packaged, unsealed

from avpres.config.convert import ConvertOptions
from avpres.config.extract import ExtractOptions
from avpres.domain.errors import DestinationRefusedError
from avpres.domain.oais import Layout
from avpres.services.context import Context
from avpres.services.convert import convert
from avpres.services.extract import extract

SIZE = 3456  # bytes of the film, until it is said to be larger than any room


@pytest.fixture
def package(tmp_path):
    """A package that lists, and holds, a film larger than the free space of the disk."""
    made = packaged(tmp_path, {b"film.mov": bytes(SIZE)})
    os.truncate(next(made.rglob("film.mov")), too_much(tmp_path))
    return made


def too_much(place):
    return shutil.disk_usage(place).free + (1 << 40)


def listed(package):
    """Let a package list the size that its film has."""
    (lines,) = unsealed(package).rglob("files.jsonl")
    told = lines.read_text()
    assert f'"size": {SIZE}' in told
    lines.write_text(told.replace(f'"size": {SIZE}', f'"size": {too_much(package)}'))
    return package


def exported(package, out):
    Exporter(out.parent / "state")(listed(package), out, form="bag")


def boxed(package, out):
    Exporter(out.parent / "state")(listed(package), out)


def converted(package, out):
    options = ConvertOptions(package=listed(package), destination=out, layout=Layout.MM)
    convert(options, Context(state_dir=out.parent / "state"))


def extracted(package, out):
    options = ExtractOptions(package=package, destination=out, all=True)
    extract(options, Context(state_dir=out.parent / "state"))


@pytest.mark.parametrize("command", [exported, boxed, converted, extracted])
def test_nothing_is_begun_where_there_is_no_room(tmp_path, package, command):
    out = tmp_path / "out"
    with pytest.raises(DestinationRefusedError, match=r"needs .* and .* are free"):
        command(package, out)
    assert not out.exists() or not any(out.iterdir())
