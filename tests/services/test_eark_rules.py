"""The rules of E-ARK packages, each broken on a sound SIP."""

import shutil

import pytest
from fixity_cases import Runner, codes
from lxml import etree
from mets_cases import NAMES, make_eark
from packing_cases import SCHEMAS, needs_schemas

from avpres.adapters.rules.eark_rules import EARK_RULES
from avpres.adapters.rules.rule import Level
from avpres.domain.exit_codes import ExitCode

CSIP, XLINK = (f"{{{NAMES[key]}}}" for key in "cx")


@pytest.fixture
def runner(tmp_path):
    return Runner(tmp_path / "state")


@pytest.fixture
def sip(tmp_path):
    return make_eark(tmp_path / "sip")


def edit(change):
    def apply(root):
        tree = etree.parse(root / "METS.xml")
        change(tree)
        tree.write(root / "METS.xml")

    return apply


def put(path: str, name: str, value: str | None = None):
    """Set an attribute of the first element at a path, or take it away."""

    def change(tree):
        element = tree.xpath(path, namespaces=NAMES)[0]
        if value is None:
            del element.attrib[name]
        else:
            element.set(name, value)

    return edit(change)


def drop(path: str):
    def change(tree):
        found = tree.xpath(path, namespaces=NAMES)
        assert found
        for element in found:
            element.getparent().remove(element)

    return edit(change)


def twice(path: str):
    def change(tree):
        element = tree.xpath(path, namespaces=NAMES)[0]
        element.addnext(etree.fromstring(etree.tostring(element)))

    return edit(change)


def without_folder(name: str):
    def apply(root):
        if (root / name).is_dir():
            shutil.rmtree(root / name)
        else:
            (root / name).rename(root / "mets.xml")

    return apply


MDREF = ("LOCTYPE", f"{XLINK}type", f"{XLINK}href", "MDTYPE", "MIMETYPE", "SIZE", "CREATED")
MDREF += ("CHECKSUM", "CHECKSUMTYPE")
FILE = ("ID", "MIMETYPE", "SIZE", "CREATED", "CHECKSUM", "CHECKSUMTYPE")
DIV = "//m:structMap/m:div/m:div"
BREAK = {
    "CSIP1": put("/m:mets", "OBJID"),
    "CSIP2": put("/m:mets", "TYPE"),
    "CSIP3": put("/m:mets", f"{CSIP}OTHERTYPE"),
    "CSIP4": put("/m:mets", f"{CSIP}CONTENTINFORMATIONTYPE"),
    "CSIP5": put("/m:mets", f"{CSIP}OTHERCONTENTINFORMATIONTYPE"),
    "CSIP6": put("/m:mets", "PROFILE"),
    "CSIP117": drop("//m:metsHdr"),
    "CSIP7": put("//m:metsHdr", "CREATEDATE"),
    "CSIP8": put("//m:metsHdr", "LASTMODDATE"),
    "CSIP9": put("//m:metsHdr", f"{CSIP}OAISPACKAGETYPE", "BOX"),
    "CSIP10": drop("//m:agent"),
    "CSIP11": put("//m:agent", "ROLE", "EDITOR"),
    "CSIP12": put("//m:agent", "TYPE", "INDIVIDUAL"),
    "CSIP13": put("//m:agent", "OTHERTYPE", "ROBOT"),
    "CSIP14": drop("//m:agent/m:name"),
    "CSIP15": drop("//m:agent/m:note"),
    "CSIP16": put("//m:agent/m:note", f"{CSIP}NOTETYPE"),
    "CSIP17": drop("//m:dmdSec"),
    "CSIP18": put("//m:dmdSec", "ID"),
    "CSIP19": put("//m:dmdSec", "CREATED"),
    "CSIP20": put("//m:dmdSec", "STATUS"),
    "CSIP21": drop("//m:dmdSec/m:mdRef"),
    **{f"CSIP{22 + n}": put("//m:dmdSec/m:mdRef", a) for n, a in enumerate(MDREF)},
    "CSIP31": drop("//m:amdSec"),
    "CSIP32": drop("//m:digiprovMD"),
    "CSIP33": put("//m:digiprovMD", "ID"),
    "CSIP34": put("//m:digiprovMD", "STATUS"),
    "CSIP35": drop("//m:digiprovMD/m:mdRef"),
    **{f"CSIP{36 + n}": put("//m:digiprovMD/m:mdRef", a) for n, a in enumerate(MDREF)},
    "CSIP46": put("//m:rightsMD", "ID"),
    "CSIP47": put("//m:rightsMD", "STATUS"),
    "CSIP48": drop("//m:rightsMD/m:mdRef"),
    **{f"CSIP{49 + n}": put("//m:rightsMD/m:mdRef", a) for n, a in enumerate(MDREF)},
    "CSIP58": drop("//m:fileSec"),
    "CSIP59": put("//m:fileSec", "ID"),
    "CSIP60": put("//m:fileGrp[1]", "USE", "Papers"),
    "CSIP113": put("//m:fileGrp[2]", "USE", "Papers"),
    "CSIP114": put("//m:fileGrp[3]", "USE", "Papers"),
    "CSIP62": put("//m:fileGrp[3]", f"{CSIP}CONTENTINFORMATIONTYPE"),
    "CSIP63": put("//m:fileGrp[3]", f"{CSIP}OTHERCONTENTINFORMATIONTYPE"),
    "CSIP64": put("//m:fileGrp[1]", "USE"),
    "CSIP65": put("//m:fileGrp[1]", "ID"),
    "CSIP66": drop("//m:fileGrp[1]/m:file"),
    **{f"CSIP{67 + n}": put("//m:file", a) for n, a in enumerate(FILE)},
    "CSIP76": drop("//m:file[1]/m:FLocat"),
    "CSIP77": put("//m:FLocat", "LOCTYPE", "URN"),
    "CSIP78": put("//m:FLocat", f"{XLINK}type"),
    "CSIP79": put("//m:FLocat", f"{XLINK}href"),
    "CSIP80": drop("//m:structMap"),
    "CSIP81": put("//m:structMap", "TYPE", "LOGICAL"),
    "CSIP82": put("//m:structMap", "LABEL", "other"),
    "CSIP83": put("//m:structMap", "ID"),
    "CSIP84": twice("//m:structMap/m:div"),
    "CSIP85": put("//m:structMap/m:div", "ID"),
    "CSIP88": drop(f"{DIV}[@LABEL='Metadata']"),
    "CSIP89": put(f"{DIV}[@LABEL='Metadata']", "ID"),
    "CSIP91": put(f"{DIV}[@LABEL='Metadata']", "ADMID"),
    "CSIP92": put(f"{DIV}[@LABEL='Metadata']", "DMDID"),
    "CSIP93": drop(f"{DIV}[@LABEL='Documentation']"),
    "CSIP94": put(f"{DIV}[@LABEL='Documentation']", "ID"),
    "CSIP96": drop(f"{DIV}[@LABEL='Documentation']/m:fptr"),
    "CSIP116": put(f"{DIV}[@LABEL='Documentation']/m:fptr", "FILEID"),
    "CSIP97": drop(f"{DIV}[@LABEL='Schemas']"),
    "CSIP98": put(f"{DIV}[@LABEL='Schemas']", "ID"),
    "CSIP100": drop(f"{DIV}[@LABEL='Schemas']/m:fptr"),
    "CSIP118": put(f"{DIV}[@LABEL='Schemas']/m:fptr", "FILEID"),
    "CSIP105": drop(f"{DIV}[@ID='d4']"),
    "CSIP106": put(f"{DIV}[@ID='d4']", "ID"),
    "CSIP107": edit(
        lambda tree: [
            each.getparent().getparent().replace(each.getparent(), _nested(each))
            for each in tree.xpath("//m:mptr", namespaces=NAMES)
        ]
    ),
    "CSIP109": drop("//m:mptr"),
    "CSIP110": put("//m:mptr", f"{XLINK}href"),
    "CSIP111": put("//m:mptr", f"{XLINK}type"),
    "CSIP112": put("//m:mptr", "LOCTYPE", "URN"),
    "CSIPSTR4": without_folder("METS.xml"),
    "CSIPSTR5": without_folder("metadata"),
    "CSIPSTR9": without_folder("representations"),
    "CSIPSTR11": without_folder("representations/rep1/data"),
    "CSIPSTR15": without_folder("schemas"),
    "CSIPSTR16": without_folder("documentation"),
    "SIP2": put("/m:mets", "PROFILE", "https://earkcsip.dilcis.eu/profile/E-ARK-CSIP.xml"),
    "SIP4": put("//m:metsHdr", f"{CSIP}OAISPACKAGETYPE", "AIP"),
    "DIP2": put("//m:metsHdr", f"{CSIP}OAISPACKAGETYPE", "DIP"),
}


def _nested(pointer):
    """Put a pointer into a div without a label, below a div Representations."""
    outer = etree.Element(f"{{{NAMES['m']}}}div", ID="d4", LABEL="Representations")
    inner = etree.SubElement(outer, f"{{{NAMES['m']}}}div", ID="d5")
    inner.append(pointer)
    return outer


def test_the_sound_sip_breaks_no_rule(runner, sip):
    report = runner.verify(sip)
    assert (report.exit_code, codes(report)) == (ExitCode.OK, {})
    assert "(E-ARK SIP, METS)" in report.summary
    assert report.totals.verified_files == 7


@needs_schemas
def test_the_sound_sip_is_valid_by_the_schemas(runner, sip):
    report = runner.verify(sip, schemas=SCHEMAS)
    assert report.summary.endswith("The package is valid (E-ARK SIP, METS).")


def test_every_rule_is_broken_somewhere_here():
    assert set(BREAK) == set(EARK_RULES)


@pytest.mark.parametrize("rule", BREAK)
def test_a_broken_rule_is_told_with_its_id(runner, sip, rule):
    BREAK[rule](sip)
    report = runner.verify(sip)
    assert rule in codes(report), codes(report)
    is_error = EARK_RULES[rule].level is Level.MUST
    assert not is_error or report.exit_code is not ExitCode.OK


@pytest.mark.parametrize("name", ["representations/rep1/data/film.mov", "schemas/a.xsd"])
def test_checksums_are_really_checked(runner, sip, name):
    """Of the package and of its representations, which other validators leave alone."""
    data = (sip / name).read_bytes()
    (sip / name).write_bytes(data[:-1] + b"?")
    report = runner.verify(sip)
    assert report.exit_code is ExitCode.FIXITY_MISMATCH
    assert codes(report)["METS-CHECKSUM"] == 1


def test_a_representation_must_say_its_content_type(runner, sip):
    path = sip / "representations/rep1/METS.xml"
    path.write_text(path.read_text().replace(' csip:CONTENTINFORMATIONTYPE="OTHER"', "", 1))
    report = runner.verify(sip)
    assert next(f for f in report.findings if f.code == "CSIP4").severity == "error"
