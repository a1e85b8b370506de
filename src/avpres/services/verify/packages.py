"""Which packages lie in a folder that is verified, and how each stands to its rules."""

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from avpres.adapters.rules.rule import Breach
from avpres.domain.report import Finding
from avpres.domain.severity import Severity
from avpres.services.fixity.rows import FOUND, shown
from avpres.services.fixity.scratch import Scratch
from avpres.services.fixity.sources import Source
from avpres.services.verify import bag as bags
from avpres.services.verify import bag_judging, findings, twins
from avpres.services.verify.bag import Bag
from avpres.services.verify.holding import Holding
from avpres.services.verify.targets import Target

_BAGS = """
SELECT path FROM work.name WHERE side = ? AND (path = ? OR substr(path, -10) = ?) ORDER BY path
"""


@dataclass(slots=True)
class Package:
    """A package of a target. `form` names its kind for people."""

    holding: Holding
    form: str
    bag: Bag | None = None
    sources: list[Source] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Say whether it is a bag that has a manifest and no payload: then nothing is missing."""
        if self.bag is None:
            return False
        read = [each.source for each in self.bag.payload if each.source]
        return bool(read) and bag_judging.amount(self.bag).files == 0


def load(target: Target, scratch: Scratch) -> Iterator[Package]:
    """Yield the packages of a folder, their manifests in the tables; what is in a bag is opaque.

    Raises:
        OSError: a manifest cannot be read.
    """
    for prefix in _bags(target, scratch):
        bag = bags.load(Holding(scratch, target.tree, prefix))
        number = ".".join(map(str, bag.tongue.version))
        sources = [each.source for each in bag.manifests if each.source]
        yield Package(bag.holding, f"BagIt {number}", bag, sources)


def _bags(target: Target, scratch: Scratch) -> Iterator[bytes]:
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


def guards(packages: Iterable[Package], path: bytes) -> bool:
    """Say whether a path lies in a bag, whose payload is opaque and whose manifests are known."""
    return any(path.startswith(each.holding.prefix) for each in packages if each.bag)


def settle(packages: Iterable[Package]) -> None:
    """Bring the listed names of bags together with those on disk, before files are read."""
    for package in packages:
        if package.bag is not None:
            twins.settle(package.bag)


def judge(package: Package, target: Target) -> Iterator[Finding]:
    """Yield a finding for every place where a package breaks a rule."""
    if package.bag is not None:
        for breach in bag_judging.judge(package.bag):
            yield finding(target, package.holding.prefix, breach)


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


def told(package: Package, broken: Counter[str]) -> dict[str, object]:
    """Say in the report how a package stands to its rules."""
    return {
        "path": shown(os.fsencode(package.holding.root)),
        "form": package.form,
        "broken": dict(sorted(broken.items())),
        "severity": str(Severity.ERROR if broken else Severity.INFO),
    }
