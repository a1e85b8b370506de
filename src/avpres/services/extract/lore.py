"""What a package says of its files: manifests, and under which names they were found."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from avpres.adapters.formats import bagit, checksum_file
from avpres.adapters.formats.manifest_file import Origin
from avpres.adapters.formats.naming import manifest_name
from avpres.adapters.formats.sniffing import hint
from avpres.domain.errors import NotConformantError
from avpres.domain.fixity import Algorithm, Digest
from avpres.domain.manifest import ManifestEntry
from avpres.services.extract.listing import BESIDE, Held, Kind, Listing
from avpres.services.packing.layouts import PLACES, Places
from avpres.services.packing.opening import files_of, open_package

_BAG = re.compile(rb"(?:tag)?manifest-[A-Za-z0-9-]+\.txt", re.IGNORECASE)
_SUMS = re.compile(
    rb".*(?:_manifest|checksums?)[-_.](?:md5|sha-?1|sha-?256|sha-?512|xxh\w+|b3|blake3)(?:\.txt)?"
    rb"|manifest\.(?:md5|sha1|sha256|sha512)",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(slots=True)
class Lore:
    """The lists of one package, which lie in the folder `tree`; `name` leads its paths."""

    listing: Listing
    tree: Path
    name: bytes
    places: Places | None = None

    @property
    def lead(self) -> bytes:
        """Give what all paths of the package begin with."""
        return self.name + b"/" if self.name else b""

    @property
    def is_bag(self) -> bool:
        """Say whether it is a bag."""
        return self.listing.is_there(self.lead + b"bagit.txt")

    def lists(self) -> Iterator[Held]:
        """Yield the files of a container that tell of its other files."""
        for folder in dict.fromkeys((b"", self.name)):
            for held in self.listing.at_top(folder):
                name = held.path.rpartition(b"/")[2]
                if _BAG.fullmatch(name) or _SUMS.fullmatch(name) or name == b"bagit.txt":
                    yield held
        for place in dict.fromkeys(os.fsencode(each.files) for each in PLACES.values()):
            yield from self.listing.at(self.lead + place)

    def read(self) -> None:
        """Take in what the lists of a container say.

        Raises:
            NotConformantError: one of them is broken.
        """
        for held in list(self.lists()):
            name = held.path.rpartition(b"/")[2]
            if _BAG.fullmatch(name) and self.is_bag:
                self._take(held, self._of_bag(held))
            elif _SUMS.fullmatch(name):
                self._take(held, self._of_sums(held))
        self.know()

    def read_beside(self, container: Path) -> None:
        """Take in what manifests beside a container say of the package in it, as IFI has them."""
        for algorithm in Algorithm if self.name else ():
            name = manifest_name(os.fsdecode(self.name), algorithm)
            path, raw = container.with_name(name), os.fsencode(name)
            if not path.is_file():
                continue
            found = path.stat()
            row = Held(raw, b"", Kind.MANIFEST, found.st_size, found.st_mtime_ns, BESIDE, BESIDE)
            self.listing.put(row)
            with path.open("rb") as handle:
                entries = checksum_file.read(handle, hint(path))
                listed = ((os.fsencode(e.path), e.digests) for e in entries)
                self.listing.record(listed, self.lead)

    def know(self) -> None:
        """Learn from a package of ours under which names its files were found."""
        if not (self.tree.is_dir() and files_of(self.tree)):
            return
        opened = open_package(self.tree)
        self.places = opened.places
        self.listing.know(self.lead, opened.files())

    def _take(self, held: Held, entries: Iterator[tuple[bytes, tuple[Digest, ...]]]) -> None:
        self.listing.mark(held.path, Kind.MANIFEST)
        self.listing.record(entries, self.lead)

    def _of_bag(self, held: Held) -> Iterator[tuple[bytes, tuple[Digest, ...]]]:
        def exists(path: str) -> bool:
            return self.listing.is_there(self.lead + os.fsencode(path))

        with self._file(held).open("rb") as handle:
            for entry in bagit.read(handle, Origin(self._file(held), exists=exists)):
                yield self.lead + os.fsencode(entry.path), entry.digests

    def _of_sums(self, held: Held) -> Iterator[tuple[bytes, tuple[Digest, ...]]]:
        """Read a checksum file, whose paths begin where it lies, or with the package's name."""
        folder = held.path.rpartition(b"/")[0]
        leads = dict.fromkeys((folder + b"/" if folder else b"", self.lead, b""))
        with self._file(held).open("rb") as handle:
            for entry in checksum_file.read(handle, hint(self._file(held))):
                yield self._meant(entry, list(leads)), entry.digests

    def _meant(self, entry: ManifestEntry, leads: list[bytes]) -> bytes:
        path = os.fsencode(entry.path)
        there = (lead + path for lead in leads if self.listing.is_there(lead + path))
        return next(there, leads[0] + path)

    def _file(self, held: Held) -> Path:
        full = self.tree.parent if self.name else self.tree
        path = full / os.fsdecode(held.path)
        if not path.is_file():
            raise NotConformantError(
                f"{os.fsdecode(held.path)}: could not be read; it is too large"
            )
        return path
