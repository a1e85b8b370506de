"""EPUB 2 and 3: the container, the package document and that its parts are there and parse.

What the pages themselves must be like, only EPUBCheck can tell. A file in which nothing is wrong
here is therefore "Well-Formed", never valid; EPUBCheck's ids are those that JHOVE reports.
"""

from avpres.adapters.validators.epub_package import check_package
from avpres.adapters.validators.epub_parts import Package
from avpres.adapters.validators.examination import Examination
from avpres.adapters.validators.source import Source
from avpres.adapters.validators.zip_kinds import EPUB_MIME
from avpres.adapters.validators.zip_member import unpacked
from avpres.adapters.validators.zip_survey import Survey, survey
from avpres.domain.technical import Document, MediaKind

_MIMETYPE = b"mimetype"
_CONTAINER = b"META-INF/container.xml"
_ENCRYPTION = b"META-INF/encryption.xml"
_OPF = "application/oebps-package+xml"
_HEADER = 30  # bytes of a local header before the name
_OBFUSCATED = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")  # fonts


def validate(source: Source, exam: Examination) -> None:
    """Check the archive, the container and the package."""
    exam.mime = EPUB_MIME.decode()
    found = survey(source, exam)
    exam.technical.kind = MediaKind.DOCUMENT
    exam.technical.document = Document(encrypted=False)
    for name, count in exam.counts.items():
        if name == "ZIP-DUPLICATE-NAME" and count:
            text = "names of members must be different in a publication"
            exam.invalid("EPUB-DUPLICATE-NAME", text, jhove="OPF-060")
            break
    _check_mimetype(source, found, exam)
    package = Package(source, found.members, exam)
    _read_encryption(package)
    _check_container(package)
    text = "nothing is wrong with the package; whether its pages are valid, EPUBCheck can tell"
    exam.undetermined("EPUB-PAGES-NOT-CHECKED", text)


def _check_mimetype(source: Source, found: Survey, exam: Examination) -> None:
    member = found.first
    if member is None or member.name != _MIMETYPE:
        text = "the first member must be a file with the name mimetype"
        exam.broken("EPUB-MIMETYPE-FIRST", text, 0, jhove="PKG-006")
        return
    if member.data > member.offset + found.directory.base + _HEADER + len(_MIMETYPE):
        text = "the member mimetype must not have an extra field"
        exam.broken("EPUB-MIMETYPE-EXTRA", text, member.offset, jhove="PKG-005")
    if member.method or unpacked(source, member, 256) != EPUB_MIME:
        text = "the member mimetype must hold application/epub+zip, nothing else, uncompressed"
        exam.broken("EPUB-MIMETYPE", text, member.data, jhove="PKG-007")


def _read_encryption(package: Package) -> None:
    if _ENCRYPTION not in package.members:
        return
    root = package.parse(_ENCRYPTION.decode())
    if root is None:
        return
    kind = ""
    for element in root.iter("{*}EncryptionMethod", "{*}CipherReference"):
        if element.tag.endswith("EncryptionMethod"):
            kind = element.get("Algorithm", "")
        else:
            package.sealed.add(element.get("URI", ""))
            if not kind.startswith(_OBFUSCATED):
                package.is_encrypted = True
    document = package.exam.technical.document
    if package.is_encrypted and document is not None:
        document.encrypted = True
        text = "parts of the publication are encrypted; they cannot be looked at"
        package.exam.undetermined("EPUB-ENCRYPTED", text)


def _check_container(package: Package) -> None:
    if _CONTAINER not in package.members:
        text = "META-INF/container.xml is missing, which says where the package document is"
        package.exam.broken("EPUB-CONTAINER-MISSING", text, jhove="RSC-002")
        return
    root = package.parse(_CONTAINER.decode())
    if root is None:
        return
    paths = [
        element.get("full-path", "")
        for element in root.iter("{*}rootfile")
        if element.get("media-type") == _OPF
    ]
    if not paths:
        text = "META-INF/container.xml names no package document"
        package.exam.invalid("EPUB-ROOTFILE", text, jhove="RSC-003")
    if len(paths) > 1:
        package.exam.note("EPUB-RENDITIONS", f"there are {len(paths)} renditions", jhove="PKG-013")
    for path in paths[:10]:
        if path.encode() not in package.members:
            text = f"the package document {path[:200]} is missing"
            package.exam.broken("EPUB-OPF-MISSING", text, jhove="OPF-002")
        else:
            check_package(package, path)
