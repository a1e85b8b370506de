"""Packages of other archives to import, and a way to import them."""

import hashlib
import io
import tarfile
from pathlib import Path
from urllib.parse import quote_from_bytes

from packing_cases import only
from PIL import Image

from avpres.config.importing import ImportOptions
from avpres.config.verify import VerifyOptions
from avpres.domain.severity import Severity
from avpres.services.context import Context
from avpres.services.importing import import_
from avpres.services.verify import verify

METS = (
    '<mets xmlns="http://www.loc.gov/METS/" xmlns:xlink="http://www.w3.org/1999/xlink"'
    ' OBJID="aiht:42" LABEL="George Mason 9/11">'
    '<metsHdr><agent ROLE="CREATOR" TYPE="ORGANIZATION"><name>Other Archive</name></agent>'
    "</metsHdr>"
)


class Importer:
    """Runs `import` again and again over one state folder."""

    def __init__(self, state: Path, **around) -> None:
        self.state = state
        self.around = around

    def __call__(self, foreign, out, **options):
        asked = ImportOptions(foreign=foreign, destination=out, **options)
        report = import_(asked, Context(state_dir=self.state, **self.around))
        assert report.summary
        assert "\n" not in report.summary
        return report


def holds(folder: Path, state: Path) -> bool:
    """Say whether a package is what its own manifests say."""
    report = verify(VerifyOptions(paths=(folder,)), Context(state_dir=state))
    wrong = [each.code for each in report.findings if each.severity is Severity.ERROR]
    return report.totals.verified_files > 0 and not any(
        code.startswith(("FIX-", "BAG-")) for code in wrong
    )


def objects(out: Path) -> dict[str, bytes]:
    """Read the objects of the only package in a folder, by path below them."""
    return below(only(out) / "data" / "objects")


def foreign_documents(out: Path) -> dict[str, bytes]:
    """Read what the only package in a folder keeps of the foreign one's own documents."""
    return below(only(out) / "data" / "metadata" / "supplemental" / "foreign")


def below(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def make_bag(root: Path, files: dict[str, bytes], algorithm: str = "sha256") -> Path:
    """Make a bag by hand, so that it can be made wrong."""
    lines = []
    for path, content in files.items():
        full = root / "data" / path
        full.parent.mkdir(parents=True, exist_ok=True)
        full.write_bytes(content)
        name = path.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
        lines.append(f"{hashlib.new(algorithm, content).hexdigest()}  data/{name}\n")
    (root / "bagit.txt").write_text(
        "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n", "utf-8"
    )
    (root / "bag-info.txt").write_text("External-Identifier: reel-7\n", "utf-8")
    (root / f"manifest-{algorithm}.txt").write_text("".join(lines), "utf-8")
    return root


def mets_file(
    path: str, content: bytes, *, number: int = 1, mime: str = "text/plain", **more: str
) -> str:
    """Write a METS file element that is right; `more` makes it wrong."""
    said = {
        "SIZE": str(len(content)),
        "MIMETYPE": mime,
        "CHECKSUM": hashlib.md5(content, usedforsecurity=False).hexdigest(),
        "CHECKSUMTYPE": "MD5",
        **{name: value for name, value in more.items() if name != "href"},
    }
    words = " ".join(f'{name}="{value}"' for name, value in said.items() if value)
    href = more.get("href", quote_from_bytes(path.encode("utf-8", "surrogateescape")))
    return f'<file ID="F{number}" {words}><FLocat LOCTYPE="URL" xlink:href="{href}"/></file>'


def make_mets(root: Path, files: dict[str, bytes], *, entries=None, before: str = "") -> Path:
    """Make a package that a METS document lists, as the AIHT's archives did."""
    for path, content in files.items():
        full = root / path
        full.parent.mkdir(parents=True, exist_ok=True)
        full.write_bytes(content)
    if entries is None:
        entries = [mets_file(path, files[path], number=n) for n, path in enumerate(files)]
    listed = "".join(entries)
    document = f"{METS}{before}<fileSec><fileGrp>{listed}</fileGrp></fileSec></mets>"
    root.mkdir(parents=True, exist_ok=True)
    (root / "mets.xml").write_bytes(document.encode("utf-8", "surrogateescape"))
    return root


def picture(width: int, height: int) -> bytes:
    """Make a small TIFF."""
    handle = io.BytesIO()
    Image.new("RGB", (width, height), "red").save(handle, "TIFF")
    return handle.getvalue()


def mix(name: str, width: int, height: int) -> str:
    """Write a record of an image as the AIHT's Harvard did: MIX, made by JHOVE."""
    return (
        f'<amdSec><techMD ID="{name}"><mdWrap MDTYPE="NISOIMG"><xmlData>'
        '<mix:mix xmlns:mix="http://www.loc.gov/mix/"><mix:ImagingPerformanceAssessment>'
        f"<mix:SpatialMetrics><mix:ImageWidth>{width}</mix:ImageWidth>"
        f"<mix:ImageLength>{height}</mix:ImageLength></mix:SpatialMetrics>"
        "<mix:Energetics><mix:BitsPerSample>8,8,8</mix:BitsPerSample></mix:Energetics>"
        "</mix:ImagingPerformanceAssessment></mix:mix></xmlData></mdWrap></techMD></amdSec>"
    )


def jhove(format: str, mime: str, status: str, width: int) -> bytes:
    """Write JHOVE's output about an image, as Stanford kept it beside the content."""
    return (
        '<?xml version="1.0"?><jhove xmlns="http://hul.harvard.edu/ois/xml/ns/jhove"'
        ' name="Jhove" release="1.0 (beta 2)"><repInfo uri="x">'
        f"<format>{format}</format><status>{status}</status><mimeType>{mime}</mimeType>"
        '<mix:ImageWidth xmlns:mix="http://www.loc.gov/mix/">'
        f"{width}</mix:ImageWidth></repInfo></jhove>"
    ).encode()


def pack_tar(folder: Path, target: Path, mode: str = "w:gz", **extra: tarfile.TarInfo) -> Path:
    """Pack a folder; `extra` are members that no folder holds."""
    with tarfile.open(target, mode) as archive:
        archive.add(folder, arcname=folder.name)
        for member in extra.values():
            archive.addfile(member, io.BytesIO(b"x" * member.size) if member.size else None)
    return target
