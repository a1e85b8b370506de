"""A bag's manifests into the tables, to their ends, whatever is wrong with single lines."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from avpres.adapters.formats import bagit, values
from avpres.adapters.formats.bagit import BagLine, Fault, Oddity, Tongue
from avpres.adapters.formats.manifest_file import ManifestFile
from avpres.adapters.rules.bag_rules import BAG_RULES
from avpres.adapters.rules.rule import Breach, Level
from avpres.domain.fixity import Algorithm, Digest, pack
from avpres.domain.manifest import ManifestFormat
from avpres.services.fixity import trees
from avpres.services.fixity.rows import FOUND, LISTED, shown
from avpres.services.fixity.sources import Source
from avpres.services.verify import foreign
from avpres.services.verify.holding import Holding

_MANIFEST = re.compile(rb"(tag)?manifest-([^/]+)\.txt", re.IGNORECASE)
_NORMAL = re.compile(r"[a-z0-9]+")
_TOLD = 100  # breaches of one rule in one manifest; more are counted
_FAULTS = {
    Fault.LINE: ("BAG-LINE", "is no digest, white space and path"),
    Fault.DIGEST: ("BAG-DIGEST", "has no digest of the manifest's algorithm"),
    Fault.NAME: ("BAG-NAME", "has a name that no file can have"),
    Fault.OUTSIDE: ("BAG-OUTSIDE", "leads out of the bag and was not followed"),
    Fault.TEXT: ("BAG-TEXT", "is not in the declared encoding; nothing was read from there on"),
}
_ODDITIES = {
    Oddity.BOM: ("BAG-BOM", "begins with a byte-order mark"),
    Oddity.ASTERISK: ("BAG-ASTERISK", "has md5sum's mark of binary mode"),
    Oddity.DOT: ("BAG-DOT", "begins with ./"),
    Oddity.BACKSLASH: ("BAG-BACKSLASH", "has Windows separators"),
    Oddity.ESCAPE: ("BAG-ESCAPE", "is encoded otherwise than the version has it"),
}
_STRICT_LATER = frozenset({"BAG-BOM", "BAG-BACKSLASH", "BAG-PAYLOAD", "BAG-TAG-PAYLOAD"})
"""Rules that BagIt 1.0 made a MUST."""


@dataclass(slots=True)
class BagManifest:
    """A manifest of a bag; `source` is None when its algorithm is none that avpres takes."""

    name: bytes
    label: str
    is_tag: bool
    algorithm: Algorithm | None
    source: Source | None = None


@dataclass(slots=True)
class Bag:
    """A bag whose manifests are in the tables, and what was wrong on the way."""

    holding: Holding
    tongue: Tongue
    manifests: list[BagManifest] = field(default_factory=list)
    breaches: list[Breach] = field(default_factory=list)

    @property
    def is_strict(self) -> bool:
        """Say whether the rules of 1.0 hold."""
        return self.tongue.version >= (1, 0)

    @property
    def payload(self) -> list[BagManifest]:
        """Give the payload manifests."""
        return [each for each in self.manifests if not each.is_tag]

    @property
    def tags(self) -> list[BagManifest]:
        """Give the tag manifests."""
        return [each for each in self.manifests if each.is_tag]


def load(holding: Holding) -> Bag:
    """Put every manifest of a bag into the tables.

    Raises:
        OSError: a manifest cannot be read.
    """
    bag = Bag(holding, bagit.declared(holding.read(b"bagit.txt") or b""))
    for name, is_tag, label in sorted(_names(holding), key=lambda each: (each[1], each[0])):
        algorithm = values.labelled(label)
        manifest = BagManifest(name, label, is_tag, algorithm)
        bag.manifests.append(manifest)
        if algorithm is None and foreign.name_of(label) is None:
            said = f"avpres takes no {label} digests, so that what it lists was not checked by it"
            bag.breaches.append(Breach(BAG_RULES["BAG-ALGORITHM"], said, name))
            continue
        if not _NORMAL.fullmatch(label):
            level = None if bag.is_strict else Level.SHOULD
            said = f"{label} is not written in lower case, letters and digits"
            bag.breaches.append(Breach(BAG_RULES["BAG-MANIFEST-NAME"], said, name, level=level))
        manifest.source = _source(holding, manifest)
        _Loader(bag, manifest).run()
    return bag


def has_manifest(holding: Holding) -> bool:
    """Say whether a folder has a manifest as bags have them."""
    return any(True for _ in _names(holding))


def _names(holding: Holding) -> Iterator[tuple[bytes, bool, str]]:
    for entry in os.listdir(os.fsencode(holding.root)):
        match = _MANIFEST.fullmatch(entry)
        if match and holding.find(entry) is not None:
            yield entry, bool(match[1]), match[2].decode("utf-8", "replace")


def _source(holding: Holding, manifest: BagManifest) -> Source:
    root = holding.root
    path = root / os.fsdecode(manifest.name)
    scope = root if manifest.is_tag else root / "data"
    taken = (manifest.algorithm or Algorithm.SHA256,)
    file = ManifestFile(
        path, ManifestFormat.BAGIT, taken, root, scope, complete=not manifest.is_tag
    )
    db = holding.scratch.db
    cursor = db.execute(
        "INSERT INTO work.source (side, path, format, scope, complete) VALUES (?, ?, ?, ?, ?)",
        (LISTED, os.fsencode(path), file.format, holding.tree.relative(scope), file.complete),
    )
    db.execute(
        "UPDATE work.name SET role = ? WHERE side = ? AND path = ?",
        (trees.OWN, FOUND, holding.prefix + manifest.name),
    )
    return Source(int(cursor.lastrowid or 0), file)


class _Loader:
    """Puts the lines of one manifest into the tables and says what is wrong with them."""

    def __init__(self, bag: Bag, manifest: BagManifest) -> None:
        self._bag = bag
        self._manifest = manifest
        self._foreign = None if manifest.algorithm else foreign.name_of(manifest.label)
        self._told: dict[str, int] = {}

    def run(self) -> None:
        """Read the manifest once."""
        holding = self._bag.holding
        with holding.open(self._manifest.name) as handle:
            lines = bagit.lines(handle, self._bag.tongue, self._manifest.algorithm, holding.has)
            holding.scratch.db.executemany(
                "INSERT INTO work.entry VALUES (?, ?, ?, ?, ?, NULL)", self._rows(lines)
            )
        for rule, count in self._told.items():
            if count > _TOLD:
                said = f"and {count - _TOLD} more of its lines"
                self._bag.breaches.append(self._breach(rule, said))

    def _rows(self, lines: Iterator[BagLine]) -> Iterator[tuple[object, ...]]:
        source = self._manifest.source
        prefix, number = self._bag.holding.prefix, source.id if source else 0
        for line in lines:
            for oddity in line.oddities:
                self._tell(line, *_ODDITIES[oddity])
            if line.fault is not None:
                self._tell(line, *_FAULTS[line.fault])
                continue
            self._check_place(line)
            cell = self._cell(line)
            yield LISTED, prefix + os.fsencode(line.path), number, line.number, cell

    def _cell(self, line: BagLine) -> str:
        """Give the digest to compare by; nothing where a foreign one speaks against the file."""
        if self._manifest.algorithm is not None:
            return pack((Digest(self._manifest.algorithm, line.value),))
        name = self._foreign or ""
        if len(line.value) != foreign.length(name):
            self._tell(line, *_FAULTS[Fault.DIGEST])
            return ""
        try:
            value, own = foreign.compare(self._bag.holding, os.fsencode(line.path), name)
        except OSError:
            return ""
        if value != line.value:
            self._tell(line, "BAG-CHANGED", f"is not what the file's {name} digest is")
            return ""
        return pack((own,))

    def _check_place(self, line: BagLine) -> None:
        in_payload = line.path.startswith("data/")
        if self._manifest.is_tag and in_payload:
            self._tell(line, "BAG-TAG-PAYLOAD", "lists a payload file")
        elif self._manifest.is_tag and _MANIFEST.fullmatch(os.fsencode(line.path)):
            if line.path.lower().startswith("tag"):
                self._tell(line, "BAG-TAG-TAG", "lists a tag manifest")
        elif not self._manifest.is_tag and not in_payload:
            self._tell(line, "BAG-PAYLOAD", "lists what is not below data/")

    def _tell(self, line: BagLine, rule: str, what: str) -> None:
        self._told[rule] = self._told.get(rule, 0) + 1
        if self._told[rule] <= _TOLD:
            named = f" ({shown(os.fsencode(line.path))})" if line.path else ""
            said = f"line {line.number}{named} {what}"
            self._bag.breaches.append(self._breach(rule, said))

    def _breach(self, rule: str, said: str) -> Breach:
        is_mild = rule in _STRICT_LATER and not self._bag.is_strict
        level = Level.SHOULD if is_mild else None
        return Breach(BAG_RULES[rule], said, self._manifest.name, level=level)
