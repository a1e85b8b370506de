"""Manifests and sidecars that came with a reel: what they list, and whether it is there.

The frames are read once, when they are cooked; their digests are compared then (`compare`).
"""

import hashlib
import os
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from avpres.adapters.cooking.journal import Journal
from avpres.adapters.cooking.survey import Survey
from avpres.adapters.formats import manifests, sidecar, sniffing
from avpres.adapters.formats.manifest_file import ManifestFile
from avpres.config.cook import CookOptions
from avpres.domain.errors import AvpresError
from avpres.domain.exit_codes import ExitCode
from avpres.domain.fixity import Algorithm
from avpres.domain.manifest import ManifestEntry
from avpres.domain.reel import ManifestUse
from avpres.domain.report import Finding
from avpres.services.cook.assessing.folders import Tally
from avpres.services.cook.assessing.looking import SCANS, SOUNDS
from avpres.services.cook.stage import Reel

_EMPTY = (hashlib.md5(b"", usedforsecurity=False).digest(), hashlib.sha256(b"").digest())
_MOST = 10  # files that are named
_FOLDERS = 100  # that are searched for manifests

Tell = Callable[[Finding], None]


class Line(NamedTuple):
    """What a manifest says of one file of the reel."""

    manifest: str
    path: bytes
    entry: ManifestEntry


class Listing:
    """The manifests of a reel and the sidecars of its files."""

    def __init__(self, reel: Reel, folders: Iterable[bytes], sidecars: Iterable[bytes]) -> None:
        self._reel = reel
        self._folders = folders
        self._sidecars = sidecars
        self.broken: list[tuple[str, str]] = []
        """Paths of those that cannot be read, and why."""

    def lines(self) -> Iterator[Line]:
        """Yield what they say of files that are, or should be, in the reel."""
        for manifest in self._found():
            try:
                for entry in manifests.read(manifest):
                    path = self._inside(manifest, entry)
                    if path is not None:
                        yield Line(str(manifest.path), path, entry)
            except (AvpresError, OSError) as error:
                self.broken.append((str(manifest.path), str(error)))
        for path in self._sidecars:
            yield from self._sidecar(path)

    def _found(self) -> list[ManifestFile]:
        found: dict[Path, ManifestFile] = {}
        for folder in self._folders:
            place = Path(self._reel.shown_at(folder))
            try:
                for each in manifests.find(place, on_doubtful=lambda _: None):
                    found.setdefault(each.path, each)
            except AvpresError as error:
                self.broken.append((str(place), str(error)))
        return list(found.values())

    def _inside(self, manifest: ManifestFile, entry: ManifestEntry) -> bytes | None:
        full = os.path.normpath(os.fsencode(os.path.join(manifest.base, entry.path)))
        lead = self._reel.path + b"/"
        return full[len(lead) :] if full.startswith(lead) else None

    def _sidecar(self, path: bytes) -> Iterator[Line]:
        place = Path(self._reel.shown_at(path))
        try:
            with place.open("rb") as handle:
                for entry in sidecar.read(handle, sniffing.hint(place)):
                    yield Line(str(place), path.rpartition(b".")[0], entry)
        except (AvpresError, OSError) as error:
            self.broken.append((str(place), str(error)))


def check_presence(reel: Reel, survey: Survey, options: CookOptions, tell: Tell) -> int:
    """Compare what manifests list with what is there; count the files that they list."""
    if options.manifests is ManifestUse.IGNORE:
        return 0
    listing = _listing(reel, survey)
    found, missing = 0, Tally()
    for line in listing.lines():
        sizes = (survey.tick(path) for path in _spellings(line.path))
        size = next((size for size in sizes if size is not None), None)
        if size is not None:
            found += 1
            if line.entry.size not in {None, size}:
                tell(_differs(reel, line, f" ({size:,} bytes here, {line.entry.size:,} there)"))
            continue
        missing.add(line.path)
        if missing.count <= _MOST:
            tell(_missing(reel, line))
    if missing.count > _MOST:
        text = f"{missing.count - _MOST:,} more files are listed in manifests and are not here"
        tell(Finding.error("COK-MANIFEST", reel.shown, text, ExitCode.INCOMPLETE))
    for path, why in listing.broken:
        tell(Finding.warning("COK-MANIFEST", path, f"cannot be used as a manifest ({why})"))
    count, first = survey.unlisted(1)
    if found and count:
        text = f"is in no manifest, though others are ({count:,} frames and sounds are not)"
        tell(Finding.warning("COK-MANIFEST", reel.shown_at(first[0]), text))
    return found


def _listing(reel: Reel, survey: Survey) -> Listing:
    folders = dict.fromkeys([b"", *(run.folder for run in survey.runs())])
    sidecars = (path for path in survey.paths() if _speaks_of_one(path))
    return Listing(reel, list(folders)[:_FOLDERS], sidecars)


def _speaks_of_one(path: bytes) -> bool:
    stem, _, suffix = os.path.basename(path).rpartition(b".")
    ending = os.path.splitext(stem)[1].lower()
    return ending in SCANS | SOUNDS and suffix.decode("latin-1").lower() in sidecar.SUFFIX


def _missing(reel: Reel, line: Line) -> Finding:
    path = reel.shown_at(line.path)
    text = f"is listed in {os.path.basename(line.manifest)} and is not here"
    if os.path.splitext(line.path)[1].lower() in SCANS | SOUNDS:
        advice = "find it, or say --manifests ignore if it was left out on purpose"
        return Finding.error("COK-MANIFEST", path, f"{text}; {advice}", ExitCode.INCOMPLETE)
    return Finding.warning("COK-MANIFEST", path, f"{text}; it is no frame and no sound")


def _spellings(path: bytes) -> Iterator[bytes]:
    """Give a name as it is written, and in both forms of Unicode."""
    yield path
    if path.isascii():
        return
    text = os.fsdecode(path)
    for form in ("NFC", "NFD"):
        yield os.fsencode(unicodedata.normalize(form, text))


def compare(reel: Reel, journal: Journal, options: CookOptions) -> Iterator[Finding]:
    """Compare the digests of manifests with those taken when the files were read to be cooked.

    Yields:
        An error for each file that is another one; what could not be compared; how many agreed.
    """
    if options.manifests is ManifestUse.IGNORE:
        return
    folders, sidecars = _in_journal(journal)
    listing = Listing(reel, folders, sidecars)
    alike, wrong, other = 0, 0, Tally()
    for line in listing.lines():
        verdict = _verdict(journal, line)
        alike += verdict is True
        if verdict is None:
            other.add(line.path)
        elif verdict is False:
            wrong += 1
            if wrong <= _LIMIT:
                yield _differs(reel, line)
    if other.count:
        text = f"has no MD5 or SHA-256 in its manifest{other.more}; avpres verify compares others"
        yield Finding.warning("COK-MANIFEST", reel.shown_at(other.first), text)
    if alike:
        text = f"{alike:,} digests of manifests that came with the reel are those of its files"
        yield Finding.info("COK-MANIFEST", reel.shown, text)


_LIMIT = 100  # files that are named


def _in_journal(journal: Journal) -> tuple[list[bytes], list[bytes]]:
    folders = {b"": None}
    for sequence in journal.sequences():
        folders[sequence.lead.rpartition(b"/")[0]] = None
    sidecars = [file.path for file in journal.others() if _speaks_of_one(file.path)]
    return list(folders)[:_FOLDERS], sidecars


def _verdict(journal: Journal, line: Line) -> bool | None:
    """Say whether digests agree; None where there are none that can be compared."""
    found = (journal.look_up(path) for path in _spellings(line.path))
    file = next((each for each in found if each is not None), None)
    if file is None:
        return None
    result = journal.result(file.id)
    md5, sha256 = (result.md5, result.sha256) if result else _EMPTY
    taken = {Algorithm.MD5: md5.hex(), Algorithm.SHA256: sha256.hex()}
    pairs = [(digest.value.lower(), taken.get(digest.algorithm)) for digest in line.entry.digests]
    known = [wanted == found for wanted, found in pairs if found is not None]
    return all(known) if known else None


def _differs(reel: Reel, line: Line, how: str = "") -> Finding:
    name = os.path.basename(line.manifest)
    text = (
        f"is not what {name} says{how}; the file or the manifest was changed. Find a better "
        "copy, or say --manifests ignore to cook the file as it is"
    )
    path = reel.shown_at(line.path)
    return Finding.error("COK-MANIFEST", path, text, ExitCode.FIXITY_MISMATCH)
