"""What a package says of itself, held against its manifests before anything is done by it."""

from collections.abc import Iterator
from pathlib import Path

from avpres.adapters.formats import bagit
from avpres.adapters.formats.naming import manifest_name
from avpres.adapters.storage.hashing import digests_of
from avpres.domain.errors import FixityMismatchError
from avpres.domain.fixity import Algorithm, Digest
from avpres.services.packing.opening import Opened
from avpres.services.packing.sums import Sums


def attest(opened: Opened, beside: Path) -> bool:
    """Hold the list of files, and PREMIS, against the manifests; False where none speaks of both.

    A list that was cut would let files be left out without a word. `beside` is the folder in which
    manifests lie that are not in the package.

    Raises:
        FixityMismatchError: one is not as it was written.
        NotConformantError: a manifest is broken.
    """
    wanted = {opened.places.files, opened.places.premis}
    for path, digests in _listed(_sums(opened, beside), wanted):
        found = digests_of(opened.tree / path, [each.algorithm for each in digests])
        if found != digests:
            raise FixityMismatchError(
                f"{opened.tree / path}: is not what the manifests say, so that nothing can be "
                "done by it; bring it back from another copy of the package "
                f"({digests[0].algorithm}: {digests[0].value} is listed, {found[0].value} found)"
            )
        wanted.discard(path)
    return not wanted


def _sums(opened: Opened, beside: Path) -> Sums:
    """Find a manifest, the one of the strongest algorithm, and likewise a tag manifest."""
    tree = opened.tree
    if opened.places.is_bag:
        return Sums(tree, _last(tree.glob("manifest-*.txt")), _last(tree.glob("tagmanifest-*.txt")))
    named = [(each, beside / manifest_name(tree.name, each)) for each in Algorithm]
    return Sums(tree, dict([each for each in named if each[1].is_file()][-1:]), {})


def _last(paths: Iterator[Path]) -> dict[Algorithm, Path]:
    return {bagit.algorithm_of(path): path for path in sorted(paths)[-1:]}


def _listed(sums: Sums, wanted: set[str]) -> Iterator[tuple[str, tuple[Digest, ...]]]:
    for entry in sums.entries():
        if entry.path in wanted and entry.digests:
            yield entry.path, entry.digests
