"""The files of a package, by path."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from avpres.adapters.formats.mets_metadata import file_sections
from avpres.adapters.formats.premis_objects import file_object
from avpres.domain.description import Candidate, Completeness, Description
from avpres.domain.fixity import Algorithm, Digest
from avpres.domain.oais import Package, PackagedFile, PackageKind
from avpres.domain.severity import Severity
from avpres.domain.technical import Image, MediaKind, Technical
from avpres.domain.validity import Message
from avpres.services.packing.shelf import open_shelf

NAMES = ["b/\udcff", "a/1.tif", "a/\n", "ä"]


@pytest.fixture
def shelf(tmp_path: Path):
    with open_shelf(tmp_path) as shelf:
        for name in NAMES:
            shelf.put(PackagedFile(name, f"/src/{name}", 9, 8, (Digest(Algorithm.MD5, "0" * 32),)))
            shelf.describe(name, described(name))
        yield shelf


def described(name: str) -> Description:
    return Description(
        path=name,
        size=9,
        candidates=(Candidate("Siegfried", "1.11", "TIFF", puid="fmt/353"),),
        format="TIFF",
        version="6.0",
        puid="fmt/353",
        mime="image/tiff",
        messages=[Message("TIFF-X", Severity.WARNING, "odd")],
        counts={"TIFF-X": 1},
        technical=Technical(kind=MediaKind.IMAGE, images=[Image(width=3, height=2)]),
        completeness=Completeness("default", ("images.width",)),
    )


def test_files_come_in_the_order_of_their_bytes_and_whole(shelf):
    files = list(shelf.files())
    assert [file.path for file in files] == ["a/\n", "a/1.tif", "b/\udcff", "ä"]
    for file in files:
        assert file.description == replace(described(file.path), digests=file.digests)


def test_an_outline_tells_mets_and_premis_as_much_as_the_whole(shelf, sample):
    for outline, whole in zip(shelf.outlines(), shelf.files(), strict=True):
        assert outline.description != whole.description
        assert file_object(sample, outline) == file_object(sample, whole)
        sections = [
            file_sections(sample, file, "id", external=external)
            for external in (False, True)
            for file in (outline, whole)
        ]
        assert sections[0] == sections[1] != sections[2] == sections[3]
        assert b"mix:imageWidth" in sections[0].written


@pytest.fixture
def sample() -> Package:
    return Package(UUID(int=1), PackageKind.SIP, "label", datetime(2026, 1, 1, tzinfo=UTC))
