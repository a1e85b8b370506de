"""Trees and shortcuts that the tests of verify, manifest and diff share."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from avpres.config.diff import DiffOptions
from avpres.config.manifest import ManifestOptions
from avpres.config.verify import VerifyOptions
from avpres.domain.report import Report
from avpres.services.context import Context
from avpres.services.diff import diff
from avpres.services.manifest import manifest
from avpres.services.verify import verify

CONTENT = {
    "a.mov": b"a" * 1000,
    "scans/0001.dpx": b"one",
    "scans/0002.dpx": b"two" * 70_000,
    "scans/deep/er/x.wav": b"sound",
    "empty.txt": b"",
}


def make_tree(root: Path, content: dict[str, bytes] | None = None) -> Path:
    for name, data in (CONTENT if content is None else content).items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return root


def context(state: Path, **more: object) -> Context:
    return Context(state_dir=state, **more)


class Runner:
    """Runs the services in one state folder."""

    def __init__(self, state: Path) -> None:
        self.state = state

    def verify(self, *paths: Path, **options: object) -> Report:
        return verify(VerifyOptions(paths=paths, **options), context(self.state))

    def manifest(self, *paths: Path, **options: object) -> Report:
        return manifest(ManifestOptions(paths=paths, **options), context(self.state))

    def diff(self, a: Path, b: Path, **options: object) -> Report:
        return diff(DiffOptions(a=a, b=b, **options), context(self.state))


def codes(report: Report) -> dict[str, int]:
    """Count findings by code."""
    return dict(report.finding_counts)


def found(report: Report, code: str) -> list[str]:
    """Give the paths of the findings of one code."""
    return [str(each.path) for each in report.findings if each.code == code]


def run(*words: object, cwd: Path) -> str:
    """Run a real program and give what it wrote."""
    done = subprocess.run(
        [str(word) for word in words],
        cwd=cwd,
        check=True,
        capture_output=True,
        encoding="utf-8",
        errors="surrogateescape",
    )
    return done.stdout


def md5(data: bytes) -> str:
    return hashlib.md5(data, usedforsecurity=False).hexdigest()


def tool(name: str) -> Path:
    """Give a program of this environment."""
    return Path(sys.executable).with_name(name)


def checksums(tree: Path, root: Path, algorithm: str = "md5") -> bytes:
    """Write what md5sum would, by hand, in path order, paths relative to root."""
    lines = []
    for folder, _, names in os.walk(os.fsencode(tree)):
        for name in names:
            path = os.path.join(folder, name)
            if os.path.islink(path):
                continue
            digest = hashlib.new(algorithm, Path(os.fsdecode(path)).read_bytes()).hexdigest()
            lines.append((os.path.relpath(path, os.fsencode(root)), digest))
    return b"".join(b"%b  %b\n" % (digest.encode(), path) for path, digest in sorted(lines))


def snapshot(root: Path) -> dict[str, tuple[int, int, bytes]]:
    """Take names, times and bytes of everything beneath a folder."""
    return {
        str(path.relative_to(root)): (
            path.lstat().st_mtime_ns,
            path.lstat().st_size,
            path.read_bytes() if path.is_file() else b"",
        )
        for path in sorted(root.rglob("*"))
    }
