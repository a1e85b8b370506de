"""Trees to copy, and what must hold of them before and after a copy."""

import hashlib
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from noise import noise

from avpres.config.copy import CopyOptions
from avpres.domain.report import Finding, Report
from avpres.services.context import Context
from avpres.services.copy import copy

MIB = 1024 * 1024
NOATIME = os.O_RDONLY | getattr(os, "O_NOATIME", 0) | getattr(os, "O_NOFOLLOW", 0)
CREW = 520  # small files from which worker processes take part
ODD_NAMES = (
    b"plain.mov",
    b"latin-1 \xe9\xff.wav",
    b"new\nline.txt",
    b"tab\tulator.txt",
    b"back\\slash.txt",
    b" leading and trailing ",
    b"trailing dot.",
    b"trailing space ",
    b"n" * 255,
    "é".encode() * 127,
    "caf\N{LATIN SMALL LETTER E WITH ACUTE}".encode(),
    "cafe\N{COMBINING ACUTE ACCENT}".encode(),
    b"Case",
    b"case",
    b"-rf",
    b"*?[a]",
    b"\x01\x7f",
    b".hidden",
    "\N{CLAPPER BOARD}".encode(),
)


@dataclass(frozen=True)
class Sight:
    """Everything `stat` tells of a name that a copy or a reading could change, and its content."""

    mode: int
    size: int
    mtime_ns: int
    atime_ns: int
    ctime_ns: int
    links: int
    inode: int
    content: str


def look(root: Path) -> dict[bytes, Sight]:
    """Look at a whole tree without leaving a trace in access times."""
    return dict(_look(os.fsencode(root), b"", None))


def _look(name: bytes, relative: bytes, above: int | None) -> Iterator[tuple[bytes, Sight]]:
    found = os.lstat(name, dir_fd=above)
    yield relative, _sight(name, found, above)
    if stat.S_ISDIR(found.st_mode):
        fd = os.open(name, NOATIME, dir_fd=above)
        try:
            for inner in sorted(map(os.fsencode, os.listdir(fd))):
                yield from _look(inner, os.path.join(relative, inner), fd)
        finally:
            os.close(fd)


def _sight(name: bytes, found: os.stat_result, above: int | None) -> Sight:
    content = ""
    if stat.S_ISREG(found.st_mode):
        content = digest(name, above)
    elif stat.S_ISLNK(found.st_mode):
        content = os.fsdecode(os.readlink(name, dir_fd=above))
    atime = 0 if stat.S_ISLNK(found.st_mode) else found.st_atime_ns  # readlink(2) changes it
    return Sight(
        found.st_mode,
        found.st_size if not stat.S_ISDIR(found.st_mode) else 0,
        found.st_mtime_ns,
        atime,
        found.st_ctime_ns,
        found.st_nlink,
        found.st_ino,
        content,
    )


def digest(path: bytes | Path, above: int | None = None) -> str:
    """Take the MD5 of a file that is read without changing its access time."""
    with open(os.open(path, NOATIME, dir_fd=above), "rb") as file:
        return hashlib.file_digest(file, "md5").hexdigest()


def essence(root: Path) -> dict[bytes, tuple[object, ...]]:
    """Take from a tree what its copy must have too: kinds, modes, times, contents."""
    return {
        path: (stat.S_IFMT(s.mode), stat.S_IMODE(s.mode), s.size, s.mtime_ns, s.content)
        if not stat.S_ISLNK(s.mode)
        else (stat.S_IFLNK, s.content)
        for path, s in look(root).items()
    }


def assert_same(source: Path, there: Path) -> None:
    """Hold a copy against its source, name by name."""
    expected, got = essence(source), essence(there)
    assert sorted(got) == sorted(expected)
    for path, what in expected.items():
        assert got[path] == what, path


def assert_untouched(source: Path, before: dict[bytes, Sight]) -> None:
    """Require that nothing of a source has changed, access times included."""
    now = look(source)
    assert sorted(now) == sorted(before)
    assert [(path, now[path], was) for path, was in before.items() if now[path] != was] == []


def leftovers(place: Path) -> list[str]:
    """List what looks unfinished beneath a folder."""
    return [
        os.path.join(folder, name)
        for folder, _, names in os.walk(place)
        for name in names
        if name.endswith(".part") or ".avpres-" in name
    ]


def listed(manifest: Path) -> dict[bytes, str]:
    """Read a manifest as md5sum writes it: path -> digest."""
    found = {}
    for line in manifest.read_bytes().splitlines():
        escaped = line.startswith(b"\\")
        value, _, path = line.lstrip(b"\\").partition(b"  ")
        if escaped:
            path = re.sub(rb"\\(.)", lambda m: b"\n" if m[1] == b"n" else m[1], path)
            path = path.replace(b"\\r", b"\r")
        found[path] = value.decode()
    return found


def assert_manifest(place: Path, name: str) -> None:
    """Require the manifest beside a copy to list exactly the files that are there, rightly."""
    root = os.fsencode(place / name)
    expected = {
        os.path.join(os.fsencode(name), path) if path else os.fsencode(name): sight.content
        for path, sight in look(place / name).items()
        if stat.S_ISREG(sight.mode)
    }
    assert os.path.exists(root)
    assert listed(place / f"{name}_manifest.md5") == expected


def codes(report: Report) -> set[str]:
    """Name the findings of a report."""
    return set(report.finding_counts)


def errors(report: Report) -> list[Finding]:
    """Give the findings that decide the status."""
    return [finding for finding in report.findings if finding.severity == "error"]


@dataclass
class Copier:
    """Calls the service as the command line does, and looks after the sources meanwhile."""

    state: Path
    around: dict[str, object] = field(default_factory=dict)

    def __call__(
        self,
        source: Path | tuple[Path, ...],
        destination: Path,
        *,
        context: dict[str, object] | None = None,
        touches_source: bool = False,
        **options: object,
    ) -> Report:
        sources = source if isinstance(source, tuple) else (source,)
        asked = CopyOptions(sources=sources, destination=destination, **options)  # type: ignore[arg-type]
        before = [] if touches_source else [look(each) for each in sources if each.exists()]
        around = {"state_dir": self.state, **self.around, **(context or {})}
        report = copy(asked, Context(**around))  # type: ignore[arg-type]
        if not touches_source:
            for each, was in zip([s for s in sources if s.exists()], before, strict=True):
                assert_untouched(each, was)
        assert report.summary
        assert "\n" not in report.summary
        return report


class Saboteur:
    """Progress that does something at a chosen moment: nothing of avpres is patched."""

    def __init__(self, **acts: object) -> None:
        self.acts = {name.replace("_", " "): act for name, act in acts.items()}
        self.phases: list[str] = []
        self.size = 0

    def start(self, phase: str, *, size: int | None = None, files: int | None = None) -> None:
        del size, files
        self.phases.append(phase)
        self._act(phase)

    def advance(self, *, size: int = 0, files: int = 0) -> None:
        del files
        self.size += size
        self._act("advance")

    def finish(self) -> None:
        self._act("finish")

    def _act(self, moment: str) -> None:
        act = self.acts.get(moment)
        if act is not None:
            act(self)  # type: ignore[operator]


def once(act: object) -> object:
    """Let a sabotage happen a single time."""
    done = []

    def only(saboteur: Saboteur) -> None:
        if not done:
            done.append(True)
            act(saboteur)  # type: ignore[operator]

    return only


def make_reel(root: Path, *, small: int = 6) -> Path:
    """Make a tree with a bit of everything that ordinary trees hold."""
    root.mkdir(parents=True)
    (root / "film.mkv").write_bytes(noise(3 * MIB + 17, "film"))
    (root / "empty.txt").touch()
    (root / ".hidden").write_bytes(b"h")
    (root / "Thumbs.db").write_bytes(b"junk")
    (root / "a" / "b").mkdir(parents=True)
    (root / "nothing").mkdir()
    for number in range(small):
        (root / "a" / f"{number:05}.dpx").write_bytes(noise(100 + number, number))
    (root / "a" / "b" / "deep.wav").write_bytes(noise(70_000, "deep"))
    (root / "a" / "link").symlink_to("b/deep.wav")
    os.utime(root / "film.mkv", ns=(1_600_000_000_111_111_111, 1_500_000_000_123_456_789))
    os.utime(root / "a" / "b", ns=(1_600_000_000_000_000_001, 1_400_000_000_987_654_321))
    (root / "film.mkv").chmod(0o444)
    return root
