"""Bags made file by file, so that any of their rules can be broken."""

import hashlib
from pathlib import Path

FILES = {"data/text-file.txt": b"some text\n", "data/dir/scan.dpx": b"one" * 50}
INFO = "Source-Organization: Archive\nBagging-Date: 2026-03-31\n"


def digest(algorithm: str, data: bytes) -> str:
    return hashlib.new(algorithm, data).hexdigest()


def lines(algorithm: str, files: dict[str, bytes]) -> str:
    return "".join(f"{digest(algorithm, data)}  {name}\n" for name, data in files.items())


def make_bag(
    root: Path,
    version: str = "1.0",
    *,
    files: dict[str, bytes] | None = None,
    algorithms: tuple[str, ...] = ("sha512",),
    tags: tuple[str, ...] | None = None,
    encoding: str = "UTF-8",
    info: str | None = INFO,
    more: dict[str, bytes] | None = None,
    declaration: bytes | None = None,
    manifest: dict[str, str] | None = None,
) -> Path:
    """Make a bag that is sound, but for what is given.

    `more` are files written besides, `manifest` texts of manifests instead of the right ones.
    """
    files = FILES if files is None else files
    codec = "latin-1" if encoding.upper() == "ISO-8859-1" else encoding
    held = {
        "bagit.txt": declaration
        if declaration is not None
        else f"BagIt-Version: {version}\nTag-File-Character-Encoding: {encoding}\n".encode()
    }
    for algorithm in algorithms:
        held[f"manifest-{algorithm}.txt"] = lines(algorithm, files).encode(codec)
    for name, text in (manifest or {}).items():
        held[name] = text.encode(codec, "surrogateescape")
    if info is not None:
        name = "package-info.txt" if version < "0.96" else "bag-info.txt"
        held[name] = info.encode(codec)
    held |= {name: data for name, data in (more or {}).items() if not name.startswith("data/")}
    for algorithm in algorithms if tags is None else tags:
        held[f"tagmanifest-{algorithm}.txt"] = lines(
            algorithm, {k: v for k, v in held.items() if not k.startswith("tagmanifest")}
        ).encode(codec)
    held |= {name: data for name, data in (more or {}).items() if name.startswith("data/")}
    (root / "data").mkdir(parents=True)
    for name, data in (files | held).items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return root


def retag(root: Path) -> None:
    """Make the tag manifests anew, after a tag file was changed on purpose."""
    for manifest in sorted(root.glob("tagmanifest-*.txt")):
        algorithm = manifest.stem.partition("-")[2]
        held = {
            path.name: path.read_bytes()
            for path in sorted(root.iterdir())
            if path.is_file() and not path.name.startswith("tagmanifest")
        }
        manifest.write_text(lines(algorithm, held))
