"""A bag held against a BagIt Profile."""

import os
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from avpres.adapters.containers.container import kind_of
from avpres.adapters.containers.member import ContainerKind
from avpres.adapters.rules import bag_info, bag_profile
from avpres.adapters.rules.bag_profile import Described, Profile
from avpres.adapters.rules.rule import Breach
from avpres.services.verify import bag_judging
from avpres.services.verify.bag import Bag

_MEDIA_TYPES: dict[ContainerKind | None, tuple[str, ...]] = {
    ContainerKind.TAR: ("application/tar", "application/x-tar"),
    ContainerKind.TAR_GZ: ("application/gzip", "application/x-gzip", "application/tar+gzip"),
    ContainerKind.TAR_BZ2: ("application/x-bzip2", "application/x-bzip"),
    ContainerKind.TAR_ZST: ("application/zstd",),
    ContainerKind.TAR_XZ: ("application/x-xz",),
    ContainerKind.ZIP: ("application/zip", "application/x-zip-compressed"),
}


def judge(bag: Bag, path: Path, box: Path | None) -> Iterator[Breach]:
    """Yield what the profile in a file asks and the bag, in a container or not, does not do."""
    payload = (os.fsdecode(each.path) for each in bag.holding.names(b"data/"))
    yield from bag_profile.judge(profile(path), describe(bag, box), payload)


@lru_cache(maxsize=4)
def profile(path: Path) -> Profile:
    """Read a profile once.

    Raises:
        UsageError: it is no profile.
        SourceUnreadableError: it cannot be read.
    """
    return bag_profile.read(path)


def describe(bag: Bag, box: Path | None) -> Described:
    """Gather what a profile asks of a bag."""
    amount = bag_judging.amount(bag)
    manifests = {each.name for each in bag.manifests}
    tag_files = {
        os.fsdecode(each.path)
        for each in bag.holding.names()
        if not each.path.startswith(b"data/") and each.path not in {*manifests, b"bagit.txt"}
    }
    text = bag_judging.information(bag)
    said = bag_info.elements(text or "", bag.tongue.version)
    return Described(
        version=".".join(map(str, bag.tongue.version)),
        elements=tuple((e.label, e.value) for e in said if isinstance(e, bag_info.Element)),
        manifests=frozenset(each.label for each in bag.payload),
        tag_manifests=frozenset(each.label for each in bag.tags),
        tag_files=frozenset(tag_files),
        payload_size=amount.size,
        payload_files=amount.files,
        container=_MEDIA_TYPES.get(kind_of(box), ("",)) if box is not None else (),
    )
