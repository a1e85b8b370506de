"""Packages to export from, a way to export them, and an independent reader of what came of it."""

import hashlib
import os
import subprocess
from pathlib import Path
from urllib.parse import unquote_to_bytes
from xml.sax.saxutils import escape

from lxml import etree
from packing_cases import Packer, only

from avpres.config.export import ExportOptions
from avpres.services.context import Context
from avpres.services.export import export

HARD = (b"new\nline", b"not \xff utf-8", b" outer ", b"100%0Adone", b"n" * 255, "é".encode())
METS = "{http://www.loc.gov/METS/}"
HREF = "{http://www.w3.org/1999/xlink}href"
HEAD = '<premis:premis xmlns:premis="http://www.loc.gov/premis/v3" version="3.0">'
ID = "0b54b0c5-3a0c-4f6c-8a1e-6f0d0f4e7a11"
DATE = "2024-03-01T12:00:00Z"


class Exporter:
    """Runs `export` again and again over one state folder."""

    def __init__(self, state: Path, **around) -> None:
        self.state = state
        self.around = around

    def __call__(self, *paths, **options):
        *packages, out = paths
        asked = ExportOptions(packages=packages, destination=out, **options)
        report = export(asked, Context(state_dir=self.state, **self.around))
        assert report.summary
        assert "\n" not in report.summary
        return report


def packaged(root: Path, files: dict[bytes, bytes], name: str = "reel", **options) -> Path:
    """Make a package of files by name, and give its folder."""
    for path, content in files.items():
        full = root / name / os.fsdecode(path)
        full.parent.mkdir(parents=True, exist_ok=True)
        full.write_bytes(content)
    store = root / f"store of {name}"
    Packer(root / "state")(root / name, store, **{"layout": "ifi", **options})
    return only(store)


def unsealed(package: Path) -> Path:
    """Take the manifests away that lie beside a package, which then may say other things."""
    for manifest in package.parent.glob("*_manifest*"):
        manifest.unlink()
    return package


def unpacked(container: Path, to: Path) -> Path:
    """Unpack a tar with GNU tar, and give the folder in it."""
    to.mkdir()
    subprocess.run(["tar", "-xf", container, "-C", to], check=True, stderr=subprocess.DEVNULL)
    (found,) = to.iterdir()
    return found


def dip(out: Path) -> Path:
    """Give the one DIP that lies in a folder, and require that nothing unfinished does."""
    assert [name for name in os.listdir(out) if name.startswith(".")] == []
    ends = (".md5", ".sha256", ".sha512", ".idx")
    (found,) = [path for path in out.iterdir() if not path.name.endswith(ends)]
    return found


def listed(mets: Path, group: str = "objects") -> dict[bytes, dict[str, str]]:
    """Read a METS file group with nothing but lxml: attributes by path, as bytes."""
    found = {}
    for each in etree.parse(mets).iter(f"{METS}fileGrp"):
        for file in each.iter(f"{METS}file") if each.get("USE") == group else ():
            path = unquote_to_bytes(file.find(f"{METS}FLocat").get(HREF))
            assert path not in found
            found[path] = dict(file.attrib)
    return found


def contents(root: Path) -> dict[bytes, bytes]:
    """Read every file of a tree."""
    return {
        os.fsencode(os.path.relpath(os.path.join(folder, name), root)): Path(
            folder, name
        ).read_bytes()
        for folder, _, names in os.walk(root)
        for name in names
    }


def require_true(root: Path, entries: dict[bytes, dict[str, str]]) -> None:
    """Hold every entry of a METS against the file that it speaks of."""
    for path, said in entries.items():
        content = (root / os.fsdecode(path)).read_bytes()
        assert said["SIZE"] == str(len(content))
        kind = said["CHECKSUMTYPE"].replace("-", "").lower()
        assert said["CHECKSUM"] == hashlib.new(kind, content).hexdigest()


def statement(act="disseminate", subject="", restriction="", start="", end=""):
    """Write a PREMIS rights statement that grants one act."""
    about = f"<premis:linkingObjectIdentifier><premis:linkingObjectIdentifierType>path\
</premis:linkingObjectIdentifierType><premis:linkingObjectIdentifierValue>{escape(subject)}\
</premis:linkingObjectIdentifierValue></premis:linkingObjectIdentifier>"
    limit = f"<premis:restriction>{restriction}</premis:restriction>" if restriction else ""
    term = f"<premis:startDate>{start}</premis:startDate>" if start else ""
    term += f"<premis:endDate>{end}</premis:endDate>" if end else ""
    return f"""<premis:rights><premis:rightsStatement>
<premis:rightsStatementIdentifier>
<premis:rightsStatementIdentifierType>local</premis:rightsStatementIdentifierType>
<premis:rightsStatementIdentifierValue>1</premis:rightsStatementIdentifierValue>
</premis:rightsStatementIdentifier><premis:rightsBasis>license</premis:rightsBasis>
<premis:rightsGranted><premis:act>{act}</premis:act>{limit}
<premis:termOfGrant>{term}</premis:termOfGrant></premis:rightsGranted>
{about if subject else ""}</premis:rightsStatement></premis:rights>"""
