"""A bag held against RFC 8493, from the tables: what single manifests cannot say."""

import os
from collections.abc import Iterator
from urllib.parse import urlsplit

from avpres.adapters.formats.bagit import is_text_encoding
from avpres.adapters.rules import bag_declaration, bag_fetch, bag_info
from avpres.adapters.rules.bag_fetch import Hole
from avpres.adapters.rules.bag_rules import BAG_RULES
from avpres.adapters.rules.rule import Breach, Level
from avpres.adapters.storage.walk import Kind
from avpres.services.fixity.rows import FOUND, LISTED, folded, shown
from avpres.services.transfer.selection import is_junk
from avpres.services.verify.bag import Bag, BagManifest
from avpres.services.verify.twins import twins

_REPEATED = """
SELECT path, count(*), count(DISTINCT digests), min(number) FROM work.entry
WHERE side = ? AND source = ? GROUP BY path HAVING count(*) > 1
"""
_NOT_LISTED = """
SELECT n.path FROM work.name AS n WHERE n.side = ? AND n.path >= ? AND n.path < ? AND n.kind = 0
AND NOT EXISTS (SELECT 1 FROM work.entry AS e WHERE e.side = ? AND e.path = n.path AND e.source = ?)
ORDER BY n.path
"""
_INFO = (b"bag-info.txt", b"package-info.txt")  # the second up to 0.95


def judge(bag: Bag) -> Iterator[Breach]:
    """Yield every place where a bag breaks a rule; nothing ends the judgement early."""
    yield from _declaration(bag)
    yield from _elements(bag)
    yield from bag.breaches
    for manifest in bag.manifests:
        yield from _repeated(bag, manifest)
        yield from _folders(bag, manifest)
    yield from _in_every(bag)
    yield from _tag_manifests(bag)
    yield from _information(bag)
    yield from _fetched(bag)
    yield from _payload(bag)
    yield from twins(bag)


def _declaration(bag: Bag) -> Iterator[Breach]:
    text = bag.holding.read(b"bagit.txt")
    if text is None:
        yield Breach(BAG_RULES["BAG-DECLARATION"], "has no bagit.txt")
    else:
        yield from bag_declaration.judge(text)


def _elements(bag: Bag) -> Iterator[Breach]:
    if not bag.holding.is_folder(b"data"):
        yield Breach(BAG_RULES["BAG-DATA"], "has no folder data")
    if not bag.payload:
        yield Breach(BAG_RULES["BAG-MANIFEST"], "has no payload manifest")


def _repeated(bag: Bag, manifest: BagManifest) -> Iterator[Breach]:
    if manifest.source is None:
        return
    rows = bag.holding.scratch.db.execute(_REPEATED, (LISTED, manifest.source.id))
    for path, times, values, _ in rows.fetchall():
        mild = values == 1 and not bag.is_strict
        how = "with different digests" if values > 1 else "with the same digest"
        said = f"{_own(bag, path)} is listed {times} times, {how}"
        level = Level.SHOULD if mild else None
        yield Breach(BAG_RULES["BAG-TWICE"], said, manifest.name, level=level)


def _folders(bag: Bag, manifest: BagManifest) -> Iterator[Breach]:
    if manifest.source is None:
        return
    rows = bag.holding.scratch.db.execute(
        "SELECT path FROM work.entry AS e WHERE side = ? AND source = ? AND NOT EXISTS "
        "(SELECT 1 FROM work.name AS n WHERE n.side = ? AND n.path = e.path)",
        (LISTED, manifest.source.id, FOUND),
    )
    cut = len(bag.holding.prefix)
    for (path,) in rows.fetchall():
        if bag.holding.is_folder(path[cut:]):
            yield Breach(BAG_RULES["BAG-FOLDER"], f"{_own(bag, path)} is a folder", manifest.name)


def _in_every(bag: Bag) -> Iterator[Breach]:
    """Files that one payload manifest lists and another does not: an error from 1.0 on."""
    known = [each.source.id for each in bag.payload if each.source]
    if not bag.is_strict or len(known) < 2:  # noqa: PLR2004 - two manifests can differ
        return
    begin = bag.holding.prefix + b"data/"
    for manifest in bag.payload:
        if manifest.source is None:
            continue
        bounds = (FOUND, begin, begin[:-1] + b"0", LISTED, manifest.source.id)
        for (path,) in bag.holding.scratch.db.execute(_NOT_LISTED, bounds).fetchall():
            if _is_listed(bag, path, known):
                said = f"is not in {shown(manifest.name)}, but in another payload manifest"
                yield Breach(BAG_RULES["BAG-EVERY"], said, path[len(bag.holding.prefix) :])


def _is_listed(bag: Bag, path: bytes, sources: list[int]) -> bool:
    marks = ",".join("?" * len(sources))
    query = f"SELECT 1 FROM work.entry WHERE side = ? AND path = ? AND source IN ({marks})"  # noqa: S608 - question marks only
    return bag.holding.scratch.db.execute(query, (LISTED, path, *sources)).fetchone() is not None


def _tag_manifests(bag: Bag) -> Iterator[Breach]:
    for manifest in bag.tags:
        if manifest.source is None:
            continue
        for payload in bag.payload:
            full = bag.holding.prefix + payload.name
            if not _is_listed(bag, full, [manifest.source.id]):
                level = None if bag.is_strict else Level.SHOULD
                said = f"does not list {shown(payload.name)}"
                yield Breach(BAG_RULES["BAG-TAG-MANIFESTS"], said, manifest.name, level=level)


def information(bag: Bag) -> str | None:
    """Give the text of the bag's metadata; None when there is none that can be read."""
    data = bag.holding.read(_info_name(bag))
    encoding = bag.tongue.encoding if is_text_encoding(bag.tongue.encoding) else "utf-8"
    return None if data is None else data.decode(encoding, "replace")


def _info_name(bag: Bag) -> bytes:
    is_old = bag.tongue.version < (0, 96) and bag.holding.find(_INFO[1]) is not None
    return _INFO[1] if is_old else _INFO[0]


def _information(bag: Bag) -> Iterator[Breach]:
    name = _info_name(bag)
    if bag.holding.find(name) is None:
        return
    data = bag.holding.read(name)
    if data is None:
        yield Breach(BAG_RULES["BAG-TEXT"], "cannot be read as a tag file", name)
        return
    encoding = bag.tongue.encoding if is_text_encoding(bag.tongue.encoding) else "utf-8"
    if data.startswith(b"\xef\xbb\xbf"):
        level = None if bag.is_strict else Level.SHOULD
        yield Breach(BAG_RULES["BAG-BOM"], "begins with a byte-order mark", name, level=level)
    try:
        text = data.decode(encoding)
    except UnicodeError:
        yield Breach(BAG_RULES["BAG-TEXT"], f"is not {encoding}", name)
        text = data.decode("utf-8", "replace")
    for breach in _said(text, bag):
        yield Breach(breach.rule, breach.message, name, breach.expected, breach.found, breach.level)


def _said(text: str, bag: Bag) -> Iterator[Breach]:
    found = list(bag_info.elements(text, bag.tongue.version))
    yield from (each for each in found if isinstance(each, Breach))
    told = [each for each in found if not isinstance(each, Breach)]
    if text and not text.endswith(("\n", "\r")):
        yield Breach(BAG_RULES["BAG-LINE-END"], "its last line has no end")
    yield from bag_info.judge(told, amount(bag), bag.tongue.version)


def amount(bag: Bag) -> bag_info.Payload:
    """Count the payload: links to files count as the files that they lead to."""
    size = files = whole = 0
    for named in bag.holding.names():
        if named.kind in {Kind.FILE, Kind.LINK}:
            whole += max(named.size, 0)
            if named.path.startswith(b"data/"):
                size, files = size + max(named.size, 0), files + 1
    return bag_info.Payload(size, files, whole)


def _fetched(bag: Bag) -> Iterator[Breach]:
    if bag.holding.find(b"fetch.txt") is None:
        return
    with bag.holding.open(b"fetch.txt") as handle:
        for each in bag_fetch.holes(handle, bag.tongue):
            if isinstance(each, Breach):
                yield each
            else:
                yield from _hole(bag, each)


def _hole(bag: Bag, hole: Hole) -> Iterator[Breach]:
    paths = [os.fsencode(path) for path in hole.paths]
    path = next((each for each in paths if bag.holding.find(each)), paths[0])
    known = [each.source.id for each in bag.payload if each.source]
    listed = [each for each in known if _is_listed(bag, bag.holding.prefix + path, [each])]
    if len(listed) < (len(known) if bag.is_strict else 1):
        mild = not bag.is_strict and not path.startswith(b"data/")
        said = f"line {hole.number}: {shown(path)} is not in every payload manifest"
        level = Level.SHOULD if mild else None
        yield Breach(BAG_RULES["BAG-FETCH-LISTED"], said, b"fetch.txt", level=level)
    there = bag.holding.find(path)
    if there is None:
        host = urlsplit_safely(hole.url)
        yield Breach(BAG_RULES["BAG-HOLE"], f"is not there yet; it is to be had from {host}", path)
    elif hole.size is not None and hole.size != there.size:
        said = "has another length than fetch.txt says"
        rule = BAG_RULES["BAG-FETCH-SIZE"]
        yield Breach(rule, said, path, f"{hole.size} bytes", f"{there.size} bytes")


def urlsplit_safely(url: str) -> str:
    """Give a URL without what could be a password in it."""
    try:
        parts = urlsplit(url)
        return parts._replace(
            netloc=parts.netloc.rpartition("@")[2], query="", fragment=""
        ).geturl()
    except ValueError:
        return "an address that cannot be read"


def _payload(bag: Bag) -> Iterator[Breach]:
    """Links, names of systems, and names that differ in capitals alone."""
    root = os.path.realpath(os.fsencode(bag.holding.root))
    for named in bag.holding.names(b"data/"):
        if named.kind == Kind.LINK:
            yield _link(bag, named.path, root)
        if is_junk(named.path.rpartition(b"/")[2]):
            yield Breach(BAG_RULES["BAG-SYSTEM"], "is a file that systems strew about", named.path)
    yield from _cases(bag)


def _link(bag: Bag, path: bytes, root: bytes) -> Breach:
    target = os.path.realpath(bag.holding.tree.path(bag.holding.prefix + path))
    if target == root or target.startswith(os.path.join(root, b"")):
        return Breach(BAG_RULES["BAG-LINK-INSIDE"], "is a link to a file of the bag", path)
    return Breach(BAG_RULES["BAG-LINK"], "is a link that leads out of the bag", path)


def _cases(bag: Bag) -> Iterator[Breach]:
    db = bag.holding.scratch.db
    db.execute("CREATE TABLE IF NOT EXISTS work.folded (name BLOB PRIMARY KEY, path BLOB)")
    db.execute("DELETE FROM work.folded")
    for named in bag.holding.names(b"data/"):
        key = os.fsencode(os.fsdecode(folded(named.path)).casefold())
        other = db.execute("SELECT path FROM work.folded WHERE name = ?", (key,)).fetchone()
        if other is None:
            db.execute("INSERT INTO work.folded VALUES (?, ?)", (key, named.path))
        elif folded(other[0]) != folded(named.path):
            said = f"differs from {shown(other[0])} in capitals alone"
            yield Breach(BAG_RULES["BAG-CASE"], said, named.path)


def _own(bag: Bag, path: bytes) -> str:
    return shown(path[len(bag.holding.prefix) :])
