"""House layouts found in a folder, and held against their rules."""

import os
import re
from collections.abc import Iterator
from enum import StrEnum

from avpres.adapters.rules.layout_rules import LAYOUT_RULES
from avpres.adapters.rules.rule import Breach
from avpres.adapters.storage.walk import Kind
from avpres.services.fixity.rows import LISTED, shown
from avpres.services.verify.holding import Holding

_UUID = rb"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"
NAME = re.compile(rb"(?:" + _UUID + rb"|[A-Za-z]{2,4}\d{3,6})")
"""A UUID, or an accession number."""

_IFI = (b"objects", b"metadata", b"logs")
_MANIFEST = re.compile(rb"_manifest(?:\.md5|-[a-z0-9]+\.txt)", re.IGNORECASE)
_NEVER_LISTED = (b".", b"mets.xml", b"METS.xml", b"premis.xml")


class House(StrEnum):
    """Layouts of houses."""

    IFI = "IFI"
    MM = "mm"


def house_of(holding: Holding, home: bytes, name: bytes) -> House | None:
    """Say of which layout a folder of the package is; `name` is the one that it goes by."""
    if holding.find(home + b"mets.xml") is not None and holding.is_folder(home + b"content"):
        return None  # the layout mets
    there = {part for part in _IFI if holding.is_folder(home + part)}
    has_mets = any(holding.find(home + mets) for mets in (b"mets.xml", b"METS.xml"))
    if b"objects" not in there and (has_mets or not NAME.fullmatch(name)):
        return None
    is_mm = any(holding.is_folder(home + b"metadata/" + part) for part in (b"fileMeta", b"logs"))
    if there == {b"objects", b"metadata"} and is_mm:
        return House.MM
    is_whole = there == set(_IFI)
    is_named = bool(NAME.fullmatch(name)) and len(there) >= 2  # noqa: PLR2004 - two of three
    return House.IFI if is_whole or is_named else None


def judge(holding: Holding, house: House, home: bytes, *, name: bytes | None) -> Iterator[Breach]:
    """Yield what is wrong; `name` is the folder's own, None for a payload of a bag."""
    if house is House.MM:
        yield from _mm(holding, home)
        return
    yield from _ifi(holding, home)
    if name is not None:
        if not NAME.fullmatch(name):
            said = f"{shown(name)} is no UUID and no accession number"
            yield Breach(LAYOUT_RULES["IFI-NAME"], said)
        yield from _manifests(holding, name)


def _ifi(holding: Holding, home: bytes) -> Iterator[Breach]:
    if not any(holding.names(home + b"objects/")):
        yield Breach(LAYOUT_RULES["IFI-OBJECTS"], "has no files in objects")
    for rule, part in (("IFI-METADATA", b"metadata"), ("IFI-LOGS", b"logs")):
        if not holding.is_folder(home + part):
            yield Breach(LAYOUT_RULES[rule], f"has no folder {shown(part)}")
    logs = [each.path for each in holding.names(home + b"logs/")]
    if not any(path.endswith(b"_sip_log.log") for path in logs):
        yield Breach(LAYOUT_RULES["IFI-LOG"], "has no log of the package", home + b"logs")
    yield from _strays(holding, home, _IFI, "IFI-STRAY")


def _mm(holding: Holding, home: bytes) -> Iterator[Breach]:
    if not any(holding.names(home + b"objects/")):
        yield Breach(LAYOUT_RULES["MM-OBJECTS"], "has no files in objects")
    if not holding.is_folder(home + b"metadata/fileMeta"):
        yield Breach(LAYOUT_RULES["MM-METADATA"], "has no folder metadata/fileMeta")
    if not any(each.path.endswith(b".log") for each in holding.names(home + b"metadata/logs/")):
        yield Breach(LAYOUT_RULES["MM-LOG"], "has no log in metadata/logs")
    if holding.find(home + b"metadata/checksum.md5") is None:
        yield Breach(LAYOUT_RULES["MM-CHECKSUMS"], "has no metadata/checksum.md5")
    yield from _strays(holding, home, (b"objects", b"metadata"), "MM-STRAY")


def _strays(holding: Holding, home: bytes, parts: tuple[bytes, ...], rule: str) -> Iterator[Breach]:
    seen: set[bytes] = set()
    for named in holding.names(home):
        top = named.path[len(home) :].partition(b"/")[0]
        if top not in parts and top not in seen and not top.startswith(_NEVER_LISTED):
            seen.add(top)
            if len(seen) <= 100:  # noqa: PLR2004 - enough to see what kind of folder it is
                yield Breach(LAYOUT_RULES[rule], "lies beside its folders", home + top)


def _manifests(holding: Holding, name: bytes) -> Iterator[Breach]:
    """Look at the manifests beside the package's folder."""
    folder = os.path.dirname(os.fsencode(holding.root))
    try:
        beside = sorted(each for each in os.listdir(folder) if each.startswith(name))
    except OSError:
        return
    found = [each for each in beside if _MANIFEST.fullmatch(each, len(name))]
    if not found:
        said = f"has no {shown(name)}_manifest.md5 beside it"
        yield Breach(LAYOUT_RULES["IFI-MANIFEST"], said)
    for manifest in found:
        yield from _paths(os.path.join(folder, manifest), name)
    yield from _in_every(holding, [os.path.join(folder, each) for each in found])


def _paths(manifest: bytes, name: bytes) -> Iterator[Breach]:
    wrong = count = 0
    with open(manifest, "rb") as handle:
        for line in handle:
            path = line.lstrip(b"\\").partition(b" ")[2].lstrip(b" *")
            if path.strip():
                count += 1
                wrong += not path.startswith(name + b"/")
    if wrong:
        said = f"{wrong} of {count} paths in {shown(manifest)} do not begin with {shown(name)}/"
        yield Breach(LAYOUT_RULES["IFI-PATHS"], said)


_NOT_IN = """
SELECT DISTINCT e.path FROM work.entry AS e WHERE e.side = ? AND e.source = ? AND NOT EXISTS
(SELECT 1 FROM work.entry AS o WHERE o.side = e.side AND o.path = e.path AND o.source = ?)
ORDER BY e.path
"""


def _in_every(holding: Holding, manifests: list[bytes]) -> Iterator[Breach]:
    marks = ",".join("?" * len(manifests))
    db = holding.scratch.db
    rows = db.execute(
        f"SELECT id, path FROM work.source WHERE side = ? AND path IN ({marks})",  # noqa: S608 - question marks only
        (LISTED, *manifests),
    ).fetchall()
    for identity, _ in rows:
        for other, path in rows:
            if other == identity:
                continue
            for (listed,) in db.execute(_NOT_IN, (LISTED, identity, other)).fetchall():
                named = holding.find(listed[len(holding.prefix) :])
                if named is not None and named.kind == Kind.FILE:
                    said = f"is not in {shown(os.path.basename(path))}"
                    yield Breach(LAYOUT_RULES["IFI-EVERY"], said, named.path)
