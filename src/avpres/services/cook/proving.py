"""The finished film, read back from its medium and compared with all that was proved of it."""

import hashlib
import heapq
import os
from collections.abc import Iterator
from pathlib import Path

import xxhash

from avpres.adapters.cooking.journal import Journal, Result
from avpres.adapters.matroska.checking import CrcCheck
from avpres.adapters.matroska.model import Block
from avpres.adapters.matroska.source import Source
from avpres.adapters.media.following import FollowingDigest
from avpres.adapters.reversible.reading import Track
from avpres.adapters.storage import medium
from avpres.domain.errors import NotConformantError
from avpres.domain.fixity import Digest
from avpres.domain.reel import Role
from avpres.domain.reversible import PIECES, ReversibilityError
from avpres.services.cook.attaching import listed
from avpres.services.cook.frames import NotReversibleError, about
from avpres.services.cook.kitchen import Kitchen
from avpres.services.cook.stage import ALGORITHMS
from avpres.services.reversible.attached import find_attached
from avpres.services.reversible.opening import Cooked, open_cooked

_CHUNK = 1024 * 1024  # bytes


def evict(path: Path) -> str:
    """Drop a film that was flushed from memory; say whether all of it went.

    Raises:
        OSError: it cannot be opened.
    """
    fd = os.open(path, os.O_RDONLY)
    try:
        return "evicted" if medium.evict(fd, os.fstat(fd).st_size) else "cached"
    finally:
        os.close(fd)


def prove_film(kitchen: Kitchen) -> tuple[Digest, ...]:
    """Read the film back, and compare every packet and all that is kept beside the packets.

    Returns:
        Digests of the film.

    Raises:
        NotReversibleError: something is not as it was proved.
        OSError: the film cannot be read.
    """
    path = kitchen.stage.film
    digest = FollowingDigest(os.fsencode(path), ALGORITHMS)
    try:
        with open_cooked(path) as cooked:
            _prove_tracks(kitchen, cooked)
            read = _prove_packets(kitchen, cooked, digest)
            _prove_data(kitchen, cooked)
            _prove_attached(kitchen, cooked)
            kitchen.progress.advance(size=max(0, path.stat().st_size - read))
        return digest.finish()
    except (NotConformantError, ReversibilityError) as error:
        raise NotReversibleError(os.fsencode(path), str(error)) from error
    finally:
        digest.stop()


def _prove_tracks(kitchen: Kitchen, cooked: Cooked) -> None:
    """Compare what decoders are told with what they were told while the packets were proved."""
    film = cooked.film
    found = {str(each.number): film.private(each.number).hex() for each in film.tracks}
    if found != kitchen.journal.said("privates") or len(found) != len(cooked.data.tracks):
        raise _wrong(cooked.path, "the tracks are not those written")


def _prove_packets(kitchen: Kitchen, cooked: Cooked, digest: FollowingDigest) -> int:
    """Compare the packets; give their bytes."""
    film = cooked.film
    frames = {each.track: kitchen.journal.results(each.track) for each in kitchen.plan.films}
    sounds = {each.track: xxhash.xxh3_128() for each in kitchen.plan.sounds}
    size, read = cooked.path.stat().st_size, 0
    for block in _blocks(cooked):
        packet = film.payload(block)
        digest.allow((block.offset + block.size) / size)
        kitchen.progress.advance(size=block.size)
        read += block.size
        if block.track in sounds:
            sounds[block.track].update(len(packet).to_bytes(8, "big"))
            sounds[block.track].update(packet)
            continue
        wanted = next(frames[block.track], None)
        if wanted is None or xxhash.xxh3_128_digest(packet) != wanted.packet:
            raise _wrong(cooked.path, f"the frame at byte {block.offset:,} is not the one written")
    if any(next(rest, None) is not None for rest in frames.values()):
        raise _wrong(cooked.path, "frames are missing at its end")
    for each in kitchen.plan.sounds:
        result = kitchen.journal.result(each.file.id)
        if result is None or sounds[each.track].digest() != result.packet:
            raise _wrong(cooked.path, f"the sound of track {each.track} is not the one written")
    if film.skips:
        raise _wrong(cooked.path, f"{film.skipped[0].why} at byte {film.skipped[0].offset:,}")
    return read


def _blocks(cooked: Cooked) -> Iterator[Block]:
    """Yield the packets, each behind the check sum of its cluster, so that both read it once."""
    checks = ((check.offset, 0, check) for check in cooked.film.check_crcs())
    blocks = ((block.offset, 1, block) for block in cooked.film.blocks())
    found: Iterator[tuple[int, int, CrcCheck | Block]] = heapq.merge(
        checks, blocks, key=lambda each: each[:2]
    )
    for offset, _, each in found:
        if isinstance(each, Block):
            yield each
        elif each.is_wrong:
            raise _wrong(cooked.path, f"the CRC of {each.name} at byte {offset:,} does not match")


def _prove_data(kitchen: Kitchen, cooked: Cooked) -> None:
    """Compare what gives back all that is no sample: names, headers, padding, digests."""
    if cooked.data.damage:
        raise _wrong(cooked.path, cooked.data.damage)
    if _digest_of(cooked.film.source, cooked.span) != kitchen.journal.said("data"):
        raise _wrong(cooked.path, "the data that give files back are not those written")
    for number, track in enumerate(cooked.data.tracks, 1):
        for wanted, found in _pairs(kitchen.journal, number, track):
            if wanted is None or found != wanted.about:
                raise _wrong(cooked.path, f"the data of track {number} are not those written")


def _digest_of(source: Source, span: tuple[int, int]) -> str:
    """Digest a stretch of the film."""
    digest = xxhash.xxh3_128()
    for piece in source.chunks(*span):
        digest.update(piece)
    return digest.hexdigest()


def _pairs(
    journal: Journal, number: int, track: Track
) -> Iterator[tuple[Result | None, bytes | None]]:
    wanted = journal.results(number)
    for file in track.files(residual=True):
        yield next(wanted, None), about(file)
    yield from ((rest, None) for rest in wanted)


def _prove_attached(kitchen: Kitchen, cooked: Cooked) -> None:
    there = list(cooked.data.attached())
    expected = list(listed(kitchen.reel, kitchen.journal))
    folders = sum(1 for _ in cooked.data.folders())
    if there != expected or folders != kitchen.journal.count(Role.FOLDER)[0] + 1:
        raise _wrong(cooked.path, "the list of what is attached is not the one written")
    for file in there:
        if file.coding == PIECES:
            continue
        digest = hashlib.sha256()
        with find_attached(cooked, file) as handle:
            while piece := handle.read(_CHUNK):
                digest.update(piece)
        if digest.digest() != file.sha256:
            raise _wrong(cooked.path, f"{os.fsdecode(file.name)} is not as it was attached")


def _wrong(path: Path, why: str) -> NotReversibleError:
    return NotReversibleError(os.fsencode(path), f"read back from its medium: {why}")
