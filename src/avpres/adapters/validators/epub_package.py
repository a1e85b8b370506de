"""The package document of a publication: metadata, manifest, spine, table of contents."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from avpres.adapters.validators.epub_parts import Package, resolved
from avpres.domain.technical import Document

if TYPE_CHECKING:
    from lxml.etree import _Element

_DC = "{http://purl.org/dc/elements/1.1/}"
_XML = {
    "application/xhtml+xml",
    "application/x-dtbncx+xml",
    "image/svg+xml",
    "application/smil+xml",
}
_NCX = "application/x-dtbncx+xml"
_VERSIONS = ("2.0", "3.0", "3.1", "3.2", "3.3")
_MOST_ITEMS = 100_000
_SHOWN = 1000  # characters of a property
_FREE = ("META-INF/", "mimetype")  # what no manifest has to list


@dataclass(slots=True)
class Item:
    """An item of the manifest; `path` is None for resources in the network."""

    path: str | None
    mime: str
    properties: tuple[str, ...]


def check_package(package: Package, path: str) -> None:
    """Check one package document and everything that it lists."""
    root = package.parse(path)
    if root is None:
        return
    version = root.get("version", "")
    package.exam.version = package.exam.version or version[:20]
    if version not in _VERSIONS:
        text = f"the package says no version of EPUB that exists ({version[:20] or 'none'})"
        package.exam.invalid("EPUB-VERSION", text, jhove="OPF-001")
    _check_metadata(package, root, version)
    items = _read_manifest(package, root, path)
    _check_spine(package, root, items)
    _check_contents(package, root, items, version)
    _check_parts(package, items, path)


def _check_metadata(package: Package, root: "_Element", version: str) -> None:
    texts = {name: _texts(root, name) for name in ("identifier", "title", "language")}
    for name, values in texts.items():
        if not any(values):
            text = f"the metadata have no {name}"
            package.exam.invalid("EPUB-METADATA", text, jhove="RSC-005")
    modified = [
        (element.text or "").strip()
        for element in root.iter("{*}meta")
        if element.get("property") == "dcterms:modified"
    ]
    if version.startswith("3") and not modified:
        text = "the metadata do not say when the publication was last modified"
        package.exam.invalid("EPUB-METADATA", text, jhove="RSC-005")
    wanted = root.get("unique-identifier")
    known = {element.get("id") for element in root.iter(_DC + "identifier")}
    if not wanted or wanted not in known:
        text = "the package does not say which identifier is the unique one"
        jhove = "OPF-030" if wanted else "OPF-048"
        package.exam.invalid("EPUB-IDENTIFIER", text, jhove=jhove)
    _describe(package, root, modified)


def _describe(package: Package, root: "_Element", modified: list[str]) -> None:
    document = package.exam.technical.document or Document()
    document.title = document.title or _first(root, "title")
    document.author = document.author or "; ".join(_texts(root, "creator"))[:_SHOWN]
    document.language = document.language or _first(root, "language")
    document.created = document.created or _first(root, "date")
    document.modified = document.modified or next(iter(modified), "")[:_SHOWN]
    document.version = package.exam.version
    for name in ("identifier", "publisher", "rights"):
        if _first(root, name):
            package.exam.technical.properties.setdefault(name, _first(root, name))


def _texts(root: "_Element", name: str) -> list[str]:
    return [(element.text or "").strip() for element in root.iter(_DC + name)]


def _first(root: "_Element", name: str) -> str:
    return next(iter(_texts(root, name)), "")[:_SHOWN]


def _read_manifest(package: Package, root: "_Element", path: str) -> dict[str, Item]:
    items: dict[str, Item] = {}
    paths: set[str] = set()
    for element in root.iterfind("{*}manifest/{*}item"):
        href, name = element.get("href"), element.get("id")
        if href is None or name is None or len(items) == _MOST_ITEMS:
            text = "an item of the manifest has no href or no id"
            package.exam.invalid("EPUB-ITEM", text, jhove="RSC-005")
            continue
        properties = tuple(element.get("properties", "").split())
        item = Item(resolved(path, href), element.get("media-type", ""), properties)
        if name in items:
            text = f"two items of the manifest have the id {name[:100]}"
            package.exam.invalid("EPUB-ITEM", text, jhove="RSC-005")
        if item.path is not None and item.path in paths:
            text = f"{item.path[:200]} is in the manifest twice"
            package.exam.invalid("EPUB-ITEM", text, jhove="OPF-074")
        paths.add(item.path or "")
        items[name] = item
    if not items:
        package.exam.invalid("EPUB-MANIFEST", "the manifest lists nothing", jhove="RSC-005")
    return items


def _check_spine(package: Package, root: "_Element", items: dict[str, Item]) -> None:
    read = [element.get("idref", "") for element in root.iterfind("{*}spine/{*}itemref")]
    if not read:
        text = "the spine is empty: there is nothing to read"
        package.exam.invalid("EPUB-SPINE", text, jhove="RSC-005")
    for name in read:
        if name not in items:
            text = f"the spine refers to {name[:100]!r}, which the manifest does not list"
            package.exam.invalid("EPUB-SPINE", text, jhove="OPF-049")
    document = package.exam.technical.document
    if document is not None:
        document.images = sum(item.mime.startswith("image/") for item in items.values())
        document.fonts = sum("font" in item.mime for item in items.values())
    package.exam.technical.properties.setdefault("spine_items", len(read))


def _check_contents(
    package: Package, root: "_Element", items: dict[str, Item], version: str
) -> None:
    if version.startswith("3"):
        count = sum("nav" in item.properties for item in items.values())
        if count != 1:
            text = f"one item must be the navigation document, {count} are"
            package.exam.invalid("EPUB-NAV", text, jhove="RSC-005")
    elif version.startswith("2"):
        spine = root.find("{*}spine")
        toc = items.get(spine.get("toc", "")) if spine is not None else None
        if toc is None or toc.mime != _NCX:
            text = "the spine does not say which item is the table of contents (NCX)"
            jhove = "OPF-050" if toc else "RSC-005"
            package.exam.invalid("EPUB-NCX", text, jhove=jhove)


def _check_parts(package: Package, items: dict[str, Item], path: str) -> None:
    listed = {path}
    for item in items.values():
        if item.path is None:
            continue
        listed.add(item.path)
        if not package.holds(item.path):
            text = f"{item.path[:200]} is in the manifest, but not in the archive"
            package.exam.invalid("EPUB-ITEM-MISSING", text, jhove="RSC-001")
        elif item.mime in _XML:
            package.parse(item.path)
    if package.not_parsed:
        text = f"{package.not_parsed} pages are too large to be parsed here"
        package.exam.undetermined("EPUB-NOT-PARSED", text)
    for name, member in package.members.items():
        known = name.decode(errors="surrogateescape")
        if known not in listed and not known.startswith(_FREE) and not member.is_folder:
            text = f"{member.label} is in the archive, but not in the manifest"
            package.exam.warn("EPUB-NOT-LISTED", text, member.offset, jhove="OPF-003")
