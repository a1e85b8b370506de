"""A package of ours is opened with all that was known when it was made."""

import os

import pytest
from packing_cases import DATE, ID, Packer, only

from avpres.config.site import Site
from avpres.domain.errors import NotConformantError, SourceUnreadableError
from avpres.domain.oais import Role
from avpres.domain.premis import EventType
from avpres.services.packing.opening import is_ours, open_package

HARD = (b"new\nline", b"not \xff utf-8", b" outer ", b"100%0Adone", "é".encode())


@pytest.fixture
def reel(tmp_path):
    (tmp_path / "reel" / "inner").mkdir(parents=True)
    for name in HARD:
        (tmp_path / "reel" / "inner" / os.fsdecode(name)).write_bytes(b"content of " + name)
    (tmp_path / "reel" / "empty").write_bytes(b"")
    return tmp_path / "reel"


@pytest.fixture
def opened(tmp_path, reel):
    site = Site(institution="Film archive", rights="none known")
    pack = Packer(tmp_path / "state", site=site, operator="Ada")
    (tmp_path / "notes.txt").write_text("about the reel\n", "utf-8")
    pack(
        reel,
        tmp_path / "out",
        layout="ifi",
        label="Reel é",
        supplement=[tmp_path / "notes.txt"],
        package_id=ID,
        date=DATE,
    )
    return open_package(only(tmp_path / "out"))


def test_a_package_says_what_it_is(opened):
    package = opened.package
    assert (str(package.id), package.label, package.kind) == (ID, "Reel é", "SIP")
    assert (package.institution, package.rights) == ("Film archive", "none known")
    assert package.created.isoformat() == "2024-02-29T12:00:00+00:00"
    assert "Ada" in [agent.name for agent in package.agents]


def test_a_package_tells_what_happened_to_it(opened):
    types = [event.type for event in opened.package.events]
    assert types[0] is EventType.REPLICATION
    assert types[-1] is EventType.PACKAGE_CREATION


def test_every_file_comes_with_its_exact_name_and_description(opened, reel):
    files = {os.fsencode(file.path): file for file in opened.files()}
    objects = {path for path, file in files.items() if file.role is Role.OBJECT}
    assert objects == {b"objects/reel/empty"} | {b"objects/reel/inner/" + each for each in HARD}
    for name in HARD:
        file = files[b"objects/reel/inner/" + name]
        assert os.fsencode(file.original) == os.path.join(os.fsencode(reel), b"inner", name)
        assert file.size == len(b"content of " + name)
        assert {digest.algorithm.value for digest in file.digests} == {"md5", "sha512"}
        assert file.description is not None
        assert file.description.digests == file.digests
    assert [file.role for file in files.values()].count(Role.SUPPLEMENTAL) == 1


def test_what_is_no_package_of_ours_is_refused(tmp_path):
    assert not is_ours(tmp_path)
    with pytest.raises(NotConformantError, match="avpres import"):
        open_package(tmp_path)
    with pytest.raises(SourceUnreadableError):
        open_package(tmp_path / "nothing")


@pytest.mark.parametrize("line", [b"", b"{}\n", b'{"avpres_package": 99}\n', b"[1]\n", b"\xff\n"])
def test_a_broken_first_line_is_no_package(opened, line):
    place = opened.tree / opened.places.files
    place.write_bytes(line)
    with pytest.raises(NotConformantError):
        open_package(opened.tree)


def test_a_broken_line_of_a_file_is_told_with_its_number(opened):
    with (opened.tree / opened.places.files).open("ab") as handle:
        handle.write(b'{"path": 7}\n')
    with pytest.raises(NotConformantError, match="line 9"):
        list(opened.files())
