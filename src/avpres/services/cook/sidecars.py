"""What is written beside a film: manifests of the source, digests of its frames."""

import heapq
from collections.abc import Iterator
from datetime import datetime

from avpres import __version__
from avpres.adapters.cooking.journal import Journal, Listed, Result
from avpres.adapters.formats import checksum_file
from avpres.adapters.formats.manifest_file import Heading
from avpres.adapters.storage import durable
from avpres.domain.fixity import Algorithm, Digest
from avpres.domain.manifest import ManifestEntry
from avpres.services.cook.attaching import NOTHING
from avpres.services.cook.frames import name_of
from avpres.services.cook.kitchen import Kitchen
from avpres.services.cook.planning import Film
from avpres.services.cook.stage import ALGORITHMS, Reel


def write_manifests(kitchen: Kitchen, started: datetime) -> None:
    """List the files of the source with the digests that were taken of them when they were read."""
    folder = kitchen.stage.source
    folder.mkdir(exist_ok=True)
    for algorithm in ALGORITHMS:
        entries = entries_of(kitchen, algorithm)
        place = folder / f"{kitchen.stage.name}_manifest.{algorithm.value}"
        with durable.replace(place) as handle:
            checksum_file.write_gnu(handle, entries, Heading((algorithm,), started))


def write_framemd5(kitchen: Kitchen) -> None:
    """Write the MD5 of each decoded frame, as ffmpeg's framemd5 does of the film's pictures."""
    films = kitchen.plan.films
    heading = ["#format: frame checksums", "#version: 2", "#hash: MD5"]
    heading.append(f"#software: avpres {__version__}")
    for stream, film in enumerate(films):
        shape = f"{film.picture.width}x{film.picture.height}"
        aspect = film.scan.aspect
        sar = f"{aspect.numerator}/{aspect.denominator}" if aspect else "0/1"
        heading += [
            f"#tb {stream}: {film.rate.denominator}/{film.rate.numerator}",
            f"#media_type {stream}: video",
            f"#codec_id {stream}: rawvideo",
            f"#dimensions {stream}: {shape}",
            f"#sar {stream}: {sar}",
        ]
    heading.append("#stream#, dts,        pts, duration,     size, hash")
    lines = [_lines(kitchen.journal, stream, film) for stream, film in enumerate(films)]
    with durable.replace(kitchen.stage.file(".framemd5")) as handle:
        handle.write("\n".join(heading).encode() + b"\n")
        for _, _, line in heapq.merge(*lines):
            handle.write(line)


def _lines(journal: Journal, stream: int, film: Film) -> Iterator[tuple[int, int, bytes]]:
    pairs = zip(journal.frames(film.track), journal.results(film.track), strict=True)
    for frame, result in pairs:
        index = film.index(frame)
        text = f"{stream}, {index:10}, {index:10}, {1:8}, {result.raw:8}, {result.frame.hex()}\n"
        yield result.time_ns, stream, text.encode()


def entries_of(kitchen: Kitchen, algorithm: Algorithm) -> Iterator[ManifestEntry]:
    """Yield all files of the source, as manifests list them."""
    for file, result in kitchen.journal.all_results():
        yield _entry(kitchen.reel, file, result, algorithm)


def _entry(reel: Reel, file: Listed, result: Result | None, algorithm: Algorithm) -> ManifestEntry:
    md5, sha256 = (result.md5, result.sha256) if result else NOTHING
    value = md5 if algorithm is Algorithm.MD5 else sha256
    path = name_of(reel, file).decode("utf-8", "surrogateescape")
    return ManifestEntry(path, (Digest(algorithm, value.hex()),), file.size, file.mtime_ns)
