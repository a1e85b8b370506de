"""Every layout of a package: what lies where, what others say of it, and that it opens."""

import hashlib
import json
import os
import shutil
import subprocess
from pathlib import Path
from urllib.parse import unquote_to_bytes

import bagit
import pytest
from lxml import etree
from packing_cases import DATE, ID, Packer, film, needs_schemas, only, schema, tree
from pydantic import ValidationError

from avpres.adapters.formats import checksum_file, dfxml
from avpres.adapters.formats.manifest_file import Origin
from avpres.config.site import Site
from avpres.config.verify import VerifyOptions
from avpres.domain.exit_codes import ExitCode
from avpres.domain.oais import Layout, Role
from avpres.services.context import Context
from avpres.services.packing.layouts import PLACES
from avpres.services.packing.opening import open_package
from avpres.services.verify import verify

XLINK = "{http://www.w3.org/1999/xlink}"
METS = "{http://www.loc.gov/METS/}"
CSIP = "{https://DILCIS.eu/XML/METS/CSIPExtensionMETS}"
EARK = os.environ.get("AVPRES_EARK_PYTHON", "")
needs_eark = pytest.mark.skipif(
    not EARK, reason="no Python with eark-validator (AVPRES_EARK_PYTHON)"
)
HARD = ("new\nline", "100%0Adone", " outer ", "é", "e\u0301", "a&<b>.txt", "x" * 255)
NEW = [layout.value for layout in Layout if layout.value not in {"ifi-bag", "ifi", "bag"}]
KNOWN = {"SIP": {"SIP14"}, "AIP": set(), "DIP": set()}
"""What eark-validator 1.1.3 has against any package of that kind."""


@pytest.fixture(scope="module")
def reel(tmp_path_factory):
    root = tmp_path_factory.mktemp("source")
    (root / "reel" / "cardA").mkdir(parents=True)
    film(root / "reel" / "cardA" / "clip.mov")
    for name in HARD:
        (root / "reel" / name).write_text(name, "utf-8")
    (root / "card.txt").write_text("from the donor\n", "utf-8")
    return root / "reel"


@pytest.fixture(scope="module")
def packed(reel, tmp_path_factory):
    """Packages of every layout, made when they are asked for."""
    state = tmp_path_factory.mktemp("state")
    site = Site(institution="Archive & Sons", rights="in copyright <2030>")
    pack = Packer(state, operator="Ann Archivist", site=site)
    made = {}

    def of(layout, kind="SIP"):
        if (layout, kind) not in made:
            out = state / f"{layout} {kind}"
            report = pack(
                reel, out, layout=layout, kind=kind, supplement=[reel.parent / "card.txt"]
            )
            assert report.exit_code is ExitCode.OK
            made[layout, kind] = only(out)
        return made[layout, kind]

    return of


def home(folder, layout):
    return folder / "data" if layout.endswith("-bag") else folder


def md5(content):
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def judged(folder, tmp_path):
    return verify(VerifyOptions(paths=[folder]), Context(state_dir=tmp_path / "verifying"))


@pytest.mark.parametrize("layout", NEW)
def test_every_object_is_there_as_it_was(packed, layout, reel):
    folder = packed(layout)
    assert tree(folder / PLACES[Layout(layout)].objects / "reel") == tree(reel)


@pytest.mark.parametrize("layout", NEW)
def test_every_layout_opens_with_all_its_files(packed, layout):
    opened = open_package(packed(layout))
    assert opened.layout.value == layout
    roles = [file.role for file in opened.files()]
    assert (roles.count(Role.OBJECT), roles.count(Role.SUPPLEMENTAL)) == (len(HARD) + 1, 1)
    assert len(opened.package.events) == 7


@pytest.mark.parametrize("layout", NEW)
def test_avpres_verifies_what_it_made_and_misses_a_flipped_byte_nowhere(packed, layout, tmp_path):
    shutil.copytree(packed(layout).parent, tmp_path / "copy")
    folder = only(tmp_path / "copy")
    assert judged(folder, tmp_path).exit_code is ExitCode.OK
    damaged = folder / PLACES[Layout(layout)].objects / "reel" / "é"
    damaged.write_text("E", "utf-8")
    assert judged(folder, tmp_path).exit_code is ExitCode.FIXITY_MISMATCH


@pytest.mark.parametrize("layout", [layout for layout in NEW if not layout.endswith("-bag")])
def test_md5sum_accepts_the_manifest_beside(packed, layout):
    folder = packed(layout)
    name = f"{folder.name}_manifest.md5"
    done = subprocess.run(
        ["md5sum", "--strict", "--quiet", "-c", name], cwd=folder.parent, check=False
    )
    assert done.returncode == 0
    listed = (folder.parent / name).read_bytes().count(b"\n")
    assert listed == sum(content is not None for content in tree(folder).values())


@pytest.mark.parametrize("layout", [layout for layout in NEW if layout.endswith("-bag")])
def test_bagit_finds_the_bags_valid(layout, reel, tmp_path):
    shutil.copytree(reel, tmp_path / "reel")
    for name in ("100%0Adone", " outer ", "é", "e\u0301"):  # the library reads these otherwise
        (tmp_path / "reel" / name).unlink()
    Packer(tmp_path / "state")(tmp_path / "reel", tmp_path / "out", layout=layout)
    bag = bagit.Bag(str(only(tmp_path / "out")))
    bag.validate()
    assert len(bag.payload_entries()) > len(HARD) - 3


@pytest.mark.parametrize("layout", ["mm", "mm-bag"])
def test_mm_has_the_checksums_that_mediamicroservices_would_make(packed, layout, reel):
    folder = home(packed(layout), layout)
    metadata = folder / "metadata"
    expected = {
        f"reel/{path}": md5(content) for path, content in tree(reel).items() if content is not None
    }
    for name, reader in (("checksum.md5", checksum_file.read), ("dfxml.xml", dfxml.read)):
        with (metadata / name).open("rb") as handle:
            entries = list(reader(handle, Origin(metadata / name)))
        assert {e.path: d.value for e in entries for d in e.digests if len(d.value) == 32} == (
            expected
        )
    checked = subprocess.run(
        ["md5sum", "--quiet", "-c", "../metadata/checksum.md5"], cwd=folder / "objects", check=False
    )
    assert checked.returncode == 0
    assert "person: Ann Archivist" in (metadata / "logs" / "capture.log").read_text("utf-8")
    assert (metadata / "fileMeta/objects/reel/cardA/clip.mov_mediainfo.xml").is_file()


@pytest.mark.parametrize("layout", ["mets", "mets-bag", "csip", "csip-bag"])
def test_every_reference_in_mets_leads_to_a_file_of_that_size_and_digest(packed, layout):
    folder = home(packed(layout), layout)
    documents = [folder / "mets.xml"]
    if layout.startswith("csip"):
        documents = [folder / "METS.xml", folder / "representations/rep1/METS.xml"]
    seen = set(documents)
    for document in documents:
        for place, about in _references(document):
            path = document.parent / os.fsdecode(unquote_to_bytes(place.get(f"{XLINK}href")))
            content = path.read_bytes()
            seen.add(path)
            if about is not None:
                assert int(about.get("SIZE")) == len(content)
                assert about.get("CHECKSUMTYPE") == "SHA-512"
                assert about.get("CHECKSUM") == hashlib.sha512(content).hexdigest()
    assert seen == {path for path in folder.rglob("*") if path.is_file()}


def _references(document):
    root = etree.parse(document).getroot()
    for place in root.iter(f"{METS}FLocat"):
        yield place, place.getparent()
    for place in root.iter(f"{METS}mdRef"):
        yield place, place
    for place in root.iter(f"{METS}mptr"):
        yield place, None


@needs_schemas
@pytest.mark.parametrize("layout", ["mets", "csip", "csip-bag"])
def test_all_documents_follow_their_schemas(packed, layout):
    rules = schema()
    folder = home(packed(layout), layout)
    names = {"mets.xml", "METS.xml", "premis.xml"}
    documents = [path for path in folder.rglob("*.xml") if path.name in names]
    assert len(documents) == (4 if layout.startswith("csip") else 2)
    for document in documents:
        rules.assertValid(etree.parse(document))


@pytest.mark.parametrize("kind", list(KNOWN))
def test_csip_says_what_the_package_is(packed, kind):
    folder = packed("csip", kind)
    root = etree.parse(folder / "METS.xml").getroot()
    assert root.get("OBJID") == folder.name
    assert root.get("PROFILE") == f"https://eark{kind.lower()}.dilcis.eu/profile/E-ARK-{kind}.xml"
    assert root.find(f"{METS}metsHdr").get(f"{CSIP}OAISPACKAGETYPE") == kind
    creators = root.findall(f".//{METS}agent[@ROLE='CREATOR']")
    assert [each.findtext(f"{METS}name") for each in creators] == ["avpres"]
    uses = [group.get("USE") for group in root.iter(f"{METS}fileGrp")]
    assert uses == ["Documentation", "Schemas", "Representations", "Representations/rep1"]
    assert root.get("TYPE") == "Mixed"  # a film and texts


def test_csip_carries_only_schemas_that_its_documents_name(packed):
    folder = packed("csip")
    spaces = {
        etree.parse(path).getroot().get("targetNamespace")
        for path in (folder / "schemas").iterdir()
    }
    assert {"http://www.loc.gov/METS/", "http://www.loc.gov/premis/v3"} < spaces
    assert set(etree.parse(folder / "METS.xml").getroot().nsmap.values()) > {CSIP.strip("{}")}


@needs_eark
@pytest.mark.parametrize("version", ["V2_1_0", "V2_0_4"])
@pytest.mark.parametrize("kind", list(KNOWN))
def test_eark_validator_has_nothing_against_it_but_what_it_has_against_all(packed, kind, version):
    found = _by_eark(packed("csip", kind), kind, version)
    assert {rule for rule, _ in found["messages"]} == KNOWN[kind]
    assert found["referred"] > 10


@needs_eark
def test_eark_validator_would_have_said_something(packed, tmp_path):
    shutil.copytree(packed("csip", "AIP"), tmp_path / "copy")
    document = tmp_path / "copy" / "METS.xml"
    document.write_bytes(document.read_bytes().replace(b'USE="Documentation"', b'USE="Papers"'))
    found = _by_eark(tmp_path / "copy", "AIP", "V2_1_0")
    assert {rule for rule, _ in found["messages"]} == {"CSIP60"}


def _by_eark(folder, kind, version):
    shim = Path(__file__).with_name("eark_shim.py")
    done = subprocess.run(
        [EARK, shim, kind, version, folder], capture_output=True, check=True, text=True
    )
    return json.loads(done.stdout)


@pytest.mark.parametrize("layout", ["mm", "mets", "csip-bag"])
def test_the_same_sources_give_the_same_bytes(layout, reel, tmp_path):
    for where in ("one", "two"):
        pack = Packer(tmp_path / where / "state")
        pack(reel, tmp_path / where / "out", layout=layout, package_id=ID, date=DATE)
    one, two = (tree(tmp_path / where / "out") for where in ("one", "two"))
    assert one == two


def test_csip_without_a_digest_that_mets_knows_is_refused(reel, tmp_path):
    with pytest.raises(ValidationError, match="E-ARK asks for digests"):
        Packer(tmp_path)(reel, tmp_path / "out", layout="csip", digest=["xxh128"])
