"""Every JP2, TIFF and text that `migrate` writes is valid, by avpres and by JHOVE where it is."""

import base64
import json
import os
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image, ImageCms

from avpres.adapters.tools.jhove import open_jhove
from avpres.adapters.transcoding.text import to_utf8
from avpres.adapters.validators.examination import Examination
from avpres.adapters.validators.registry import examine
from avpres.adapters.validators.source import Source
from avpres.config.migrate import MigrateOptions
from avpres.domain.exit_codes import ExitCode
from avpres.domain.formats import Format
from avpres.domain.severity import Severity
from avpres.domain.validity import Status
from avpres.services.context import Context
from avpres.services.migrate import migrate

FORMATS = {".jp2": Format.JPEG2000, ".tif": Format.TIFF, ".txt": Format.UTF8}
ICC = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"/>'


@pytest.fixture(scope="module")
def targets(tmp_path_factory) -> dict[Format, list[Path]]:
    """Migrate pictures of many kinds; give what was written by format."""
    folder = tmp_path_factory.mktemp("jhove")
    source, out = folder / "in", folder / "out"
    source.mkdir()
    _pictures(source)
    _for_tiff(source)
    options = MigrateOptions(sources=[source], destination=out, jobs=1, sheet=0)
    report = migrate(options, Context(state_dir=folder / "state"))
    assert report.exit_code is ExitCode.OK
    (out / "letter.utf8.txt").write_bytes(to_utf8("Grüße\r\n".encode("utf-16")).data)
    found: dict[Format, list[Path]] = {}
    for path in sorted(out.iterdir()):
        if path.suffix in FORMATS and not path.name.startswith("migration"):
            found.setdefault(FORMATS[path.suffix], []).append(path)
    return found


def _pictures(folder: Path) -> None:
    """Write what becomes JP2: palettes, bits, words, opacity, all kinds of metadata."""
    made = np.random.default_rng(1)
    colours = made.integers(0, 256, (40, 60, 3)).astype("u1")
    exif = Image.Exif()
    exif[0x0110], exif[0x9003] = "Camera", "2026:11:22 10:00:00"
    told = {"exif": exif, "icc_profile": ICC, "dpi": (300, 300), "tiffinfo": {700: XMP}}
    Image.fromarray(colours).save(folder / "all.tif", **told)
    Image.fromarray(colours).quantize(16).save(folder / "palette.gif")
    Image.fromarray(colours[..., 0] > 127).save(folder / "bits.tif")
    Image.fromarray(made.integers(0, 256, (40, 60, 4)).astype("u1")).save(folder / "opacity.tga")
    tifffile.imwrite(folder / "words.tif", colours.astype("u2") * 257, photometric="rgb")


def _for_tiff(folder: Path) -> None:
    """Write what becomes TIFF; one has a date that is no date, and a profile that is cut."""
    inks = np.random.default_rng(2).integers(0, 256, (40, 60, 4)).astype("u1")
    date = [(306, 2, 5, "2026", True), (315, 2, 7, "Person", True)]
    tifffile.imwrite(
        *(folder / "inks.tif", inks),
        photometric="separated",
        iccprofile=ICC[:300],
        extratags=date,
        metadata=None,
    )
    floats = inks[..., 0].astype("f4") / 3
    with tifffile.TiffWriter(folder / "floats.tif") as file:
        file.write(floats, photometric="minisblack", metadata=None, subifds=1)
        file.write(floats[::2, ::2], photometric="minisblack", metadata=None, subfiletype=1)


def test_all_of_them_are_valid_by_our_validators(targets):
    assert {name: len(paths) for name, paths in targets.items()} == {
        Format.JPEG2000: 5,
        Format.TIFF: 2,
        Format.UTF8: 1,
    }
    for name, paths in targets.items():
        for path in paths:
            exam = Examination()
            with path.open("rb") as handle:
                examine(Source(handle, path.name), name, exam)
            assert exam.status is Status.VALID, path


def test_what_would_not_be_valid_stands_beside_its_tiff(targets):
    inks = next(path for path in targets[Format.TIFF] if path.name == "inks.tif")
    told = json.loads(Path(f"{inks}.migration.json").read_text())

    kept = {each["name"]: base64.b64decode(each["base64"]) for each in told["pages"][0]["metadata"]}
    assert kept["icc"] == ICC[:300]
    assert b"2026\0" in kept["exif"]
    with tifffile.TiffFile(inks) as file:
        tags = {tag.code: tag.value for tag in file.pages[0].tags}
    assert (tags.get(306), tags.get(34675), tags[315]) == (None, None, "Person")


def test_what_a_tiff_leaves_out_is_told_in_the_record(targets):
    folder = targets[Format.TIFF][0].parent
    lines = map(json.loads, (folder / "migration.jsonl").read_text().splitlines())

    (floats,) = (each["files"][0] for each in lines if each["place"] == "floats.tif")

    (beside,) = floats["told"]["beside"]
    assert (beside["kind"], beside["width"], beside["height"]) == ("reduced", 30, 20)


@pytest.mark.programs("jhove")
@pytest.mark.parametrize("name", list(FORMATS.values()))
def test_all_of_them_are_valid_by_jhove(name, targets):
    paths = [os.fsencode(path) for path in targets[name]]

    found = open_jhove().run(paths, name)

    said = {path: (each.word, [m.text for m in each.messages]) for path, each in found.items()}
    assert {each.word for each in found.values()} == {"Well-Formed and valid"}, said
    assert {each.status for each in found.values()} == {Status.VALID}, said
    assert all(m.severity is not Severity.ERROR for each in found.values() for m in each.messages)
