"""Which packages lie in a folder that is verified, and how each stands to its rules."""

import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from avpres.adapters.formats.mets_head import MetsHead, read_head
from avpres.adapters.rules.box_rules import BOX_RULES
from avpres.adapters.rules.eark_rules import EARK_RULES
from avpres.adapters.rules.rule import Breach
from avpres.config.verify import VerifyOptions
from avpres.domain.report import Finding
from avpres.services.fixity.rows import FOUND, shown
from avpres.services.fixity.scratch import Scratch
from avpres.services.fixity.sources import Source
from avpres.services.verify import bag as bags
from avpres.services.verify import (
    bag_judging,
    document_judging,
    findings,
    layouts,
    own,
    profiles,
    twins,
)
from avpres.services.verify.bag import Bag
from avpres.services.verify.breaches import Breaches
from avpres.services.verify.document_reading import Reader
from avpres.services.verify.documents import Document
from avpres.services.verify.holding import Holding, Named
from avpres.services.verify.layouts import House
from avpres.services.verify.targets import Target

_BAGS = """
SELECT path FROM work.name WHERE side = ? AND (path = ? OR substr(path, -10) = ?) ORDER BY path
"""
_UUID = rb"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"
_METS = re.compile(
    rb"(?:metadata/)?(?:METS|mets)\.xml|METS\." + _UUID + rb"\.xml|representations/[^/]+/METS\.xml"
)
_PREMIS = re.compile(
    rb"(?:representations/[^/]+/)?(?:metadata/(?:preservation/)?)?premis[^/]*\.xml", re.IGNORECASE
)
_EARK_FOLDERS = (
    ("CSIPSTR5", b"metadata"),
    ("CSIPSTR9", b"representations"),
    ("CSIPSTR15", b"schemas"),
    ("CSIPSTR16", b"documentation"),
)
_CHILDREN = 1000  # folders of a folder that are looked at


@dataclass(slots=True)
class Package:
    """A package of a target; `home` is where its layout begins in it: the payload of a bag."""

    holding: Holding
    bag: Bag | None = None
    house: House | None = None
    home: bytes = b""
    documents: list[Document] = field(default_factory=list)
    reader: Reader | None = None

    @property
    def sources(self) -> list[Source]:
        """Give the manifests of a bag."""
        return [each.source for each in self.bag.manifests if each.source] if self.bag else []

    @property
    def forms(self) -> list[str]:
        """Name what it is, for people."""
        found = []
        if self.bag is not None:
            found.append(f"BagIt {'.'.join(map(str, self.bag.tongue.version))}")
        if self.house is not None:
            found.append(str(self.house))
        eark = [each.eark for each in self.documents if each.eark is not None]
        if eark:
            found.append(f"E-ARK {eark[0].kind}".strip())
        kinds = {each.kind for each in self.documents}
        return found + [kind.upper() for kind in ("mets", "premis") if kind in kinds]

    @property
    def is_empty(self) -> bool:
        """Say whether it is a bag that has a manifest and no payload: then nothing is missing."""
        if self.bag is None:
            return False
        read = [each.source for each in self.bag.payload if each.source]
        return bool(read) and bag_judging.amount(self.bag).files == 0

    @property
    def unasked(self) -> list[str]:
        """Say what could have spoken against it and was not asked."""
        if any(not each.is_validated for each in self.documents):
            return ["XML schemas (--schemas)"]
        return []


def load(target: Target, scratch: Scratch, options: VerifyOptions) -> Iterator[Package]:
    """Yield the packages of a folder, their manifests and documents in the tables.

    Raises:
        OSError: one of these cannot be read.
    """
    found = False
    for prefix in _bags(target, scratch):
        found = True
        bag = bags.load(Holding(scratch, target.tree, prefix))
        home = b"data/"
        house = layouts.house_of(bag.holding, home, b"")
        package = Package(bag.holding, bag, house, home)
        _read_documents(package, options)
        yield package
    if not found:
        yield from _folders(target, scratch, options)


def _bags(target: Target, scratch: Scratch) -> Iterator[bytes]:
    """Find bags from the top; what is in one is opaque."""
    rows = scratch.db.execute(_BAGS, (FOUND, b"bagit.txt", b"/bagit.txt"))
    found = [path[: -len(b"bagit.txt")] for (path,) in rows.fetchall()]
    root = Holding(scratch, target.tree)
    if b"" not in found and root.is_folder(b"data") and bags.has_manifest(root):
        found.insert(0, b"")
    if not target.discover:  # manifests speak of the whole, and what lies deeper is content
        found = [prefix for prefix in found if not prefix]
    last: bytes | None = None
    for prefix in sorted(found):
        if last is None or not prefix.startswith(last):
            yield prefix
            last = prefix


def _folders(target: Target, scratch: Scratch, options: VerifyOptions) -> Iterator[Package]:
    """Take the folder itself for a package, or the one in it that is named as IFI does."""
    root = Holding(scratch, target.tree)
    inside = [name for name in _names(root) if _may_be_one(target, root, name)]
    places = [(b"", os.path.basename(os.fsencode(root.root)))]
    places += [(name + b"/", name) for name in inside if root.is_folder(name)]
    for prefix, name in places:
        holding = Holding(scratch, target.tree, prefix)
        package = Package(holding, house=layouts.house_of(holding, b"", name))
        has_mets = holding.find(b"METS.xml") is not None or holding.find(b"mets.xml") is not None
        if package.house is not None or not prefix or has_mets:
            _read_documents(package, options)
        if package.house is not None or package.documents:
            yield package


def _may_be_one(target: Target, root: Holding, name: bytes) -> bool:
    """Say whether a folder in a folder is worth a look: by its name or its METS."""
    is_named = target.box is not None or layouts.NAME.fullmatch(name) is not None
    return is_named or root.find(name + b"/METS.xml") is not None


def _names(holding: Holding) -> list[bytes]:
    try:
        return sorted(os.listdir(os.fsencode(holding.root)))[:_CHILDREN]
    except OSError:
        return []


def _read_documents(package: Package, options: VerifyOptions) -> None:
    """Read the METS and PREMIS documents that are the package's own."""
    homes = [package.home, b""] if package.bag else [b""]
    for home in homes:
        cut = len(home)
        below = [
            each.path[cut:]
            for each in package.holding.names(home)
            if each.path[-4:].lower() == b".xml"
        ]
        is_own = True
        for path in [each for each in below if _METS.fullmatch(each)]:
            is_own = not home or package.house is not None or _is_ours(package.holding, home + path)
            if is_own:
                _read(package, home + path, home, options)
        for path in [each for each in below if _PREMIS.fullmatch(each)]:
            if is_own and (not home or package.house or package.documents):
                _read(package, home + path, home, options)
        if package.documents:
            return


def _read(package: Package, path: bytes, home: bytes, options: VerifyOptions) -> None:
    if package.reader is None:
        package.reader = Reader(package.holding, options.schemas)
    package.documents.append(package.reader.read(path, home))


def _is_ours(holding: Holding, path: bytes) -> bool:
    """Say whether a METS in a payload speaks for the package, and is no content of it."""
    try:
        with holding.open(path) as handle:
            head = read_head(handle)
    except OSError:
        return False
    return head is not None and (_is_known(head) or path.startswith(b"data/METS."))


def _is_known(head: MetsHead) -> bool:
    marks = " ".join((head.profile, *head.namespaces)).lower()
    makers = " ".join(agent.name for agent in head.agents).lower()
    return "dilcis" in marks or "avpres" in makers or "archivematica" in makers


def guards(packages: Iterable[Package], path: bytes) -> bool:
    """Say whether a path lies in a bag, whose payload is opaque and whose manifests are known."""
    return any(path.startswith(each.holding.prefix) for each in packages if each.bag)


def settle(packages: Iterable[Package]) -> None:
    """Bring the listed names of bags together with those on disk, before files are read."""
    for package in packages:
        if package.bag is not None:
            twins.settle(package.bag)


def judge(package: Package, target: Target, options: VerifyOptions) -> Iterator[Finding]:
    """Yield a finding for every place where a package breaks a rule."""
    for breach in _breaches(package, target, options):
        yield finding(target, package.holding.prefix, breach)


def _breaches(package: Package, target: Target, options: VerifyOptions) -> Iterator[Breach]:
    holding, bag = package.holding, package.bag
    if bag is not None:
        yield from bag_judging.judge(bag)
        if options.bag_profile is not None:
            yield from profiles.judge(bag, options.bag_profile, target.box)
    if package.house is not None:
        folder = os.path.basename(os.fsencode(holding.root))
        name = None if bag is not None else folder
        yield from layouts.judge(holding, package.house, package.home, name=name)
    if target.box is None:
        yield from own.judge(holding, package.home)
    if package.reader is not None:
        document_judging.judge(package.reader, holding, package.documents)
        home = package.documents[0].home
        document_judging.unlisted(
            package.reader, holding, package.documents, is_bag=bag is not None
        )
        told = package.reader.breaches.told()
        yield from (each for each in told if each.rule.id not in BOX_RULES)
        if any(each.eark is not None for each in package.documents):
            yield from _structure(holding, home)


def _structure(holding: Holding, home: bytes) -> Iterator[Breach]:
    """Look at the folders of an E-ARK package."""
    if holding.find(home + b"METS.xml") is None:
        yield Breach(EARK_RULES["CSIPSTR4"], "has no METS.xml")
    for rule, name in _EARK_FOLDERS:
        if not holding.is_folder(home + name):
            yield Breach(EARK_RULES[rule], f"has no folder {shown(name)}")
    seen = {each.path.split(b"/")[home.count(b"/") + 1] for each in _deep(holding, home)}
    for name in sorted(seen):
        path = home + b"representations/" + name
        if not holding.is_folder(path + b"/data"):
            yield Breach(EARK_RULES["CSIPSTR11"], "has no folder data", path)


def _deep(holding: Holding, home: bytes) -> Iterator[Named]:
    lead = home + b"representations/"
    return (each for each in holding.names(lead) if b"/" in each.path[len(lead) :])


def finding(target: Target, prefix: bytes, breach: Breach) -> Finding:
    """Write a breach as a finding, with the level of its rule and where the rule stands."""
    rule = breach.rule
    place = findings.at(target, prefix + breach.path) if prefix + breach.path else ""
    return Finding(
        code=rule.id,
        severity=breach.severity,
        exit_code=breach.status,
        path=(place or shown(os.fsencode(target.path))).rstrip("/"),
        message=f"{breach.message} ({rule.source}, {breach.level or rule.level}); {rule.advice}",
        expected=breach.expected,
        found=breach.found,
    )


def box_findings(target: Target, scratch: Scratch) -> Iterator[Finding]:
    """Yield what is wrong with the container that a target stands for."""
    for breach in Breaches(Holding(scratch, target.tree)).told():
        if breach.rule.id in BOX_RULES:
            yield finding(target, b"", breach)


def told(package: Package, target: Target, broken: Counter[str]) -> dict[str, object]:
    """Say in the report how a package stands to its rules, and what was not asked."""
    return {
        "path": findings.at(target, package.holding.prefix).rstrip("/"),
        "forms": package.forms,
        "broken": dict(sorted(broken.items())),
        "not_asked": package.unasked,
    }
