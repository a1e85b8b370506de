"""The output decoded once, and compared with the source frame by frame."""

import os
from pathlib import Path

from avpres.adapters.media.following import FollowingDigest
from avpres.adapters.storage import medium
from avpres.adapters.tools.ffmpeg import command_line, transcode
from avpres.domain.errors import NotConformantError, ToolFailedError
from avpres.services.normalise import findings
from avpres.services.normalise.comparing import StreamProof, compare, compare_files
from avpres.services.normalise.encoding import plain
from avpres.services.normalise.plan import Plan
from avpres.services.normalise.stage import Stage
from avpres.services.normalise.words import proof_words
from avpres.services.normalise.workshop import (
    FULL,
    KEPT,
    LOG,
    Made,
    Workshop,
    pace,
    refuse_full,
    watch,
)


def prove(made: Made, stage: Stage, workshop: Workshop, decided: Plan) -> None:
    """Decode the output and compare all of it."""
    output = stage.file(decided.suffix)
    words = proof_words(decided, stage, workshop.manner)
    said: list[str] = []

    def listen(line: bytes) -> None:
        if len(said) < KEPT:
            said.append(plain(line.decode("utf-8", "replace")))

    digest = FollowingDigest(os.fsencode(output), workshop.options.digest)
    try:
        with (
            stage.file(LOG).open("ab") as log,
            pace("prove", made, decided, workshop, digest.allow) as told,
        ):
            ended = transcode(workshop.ffmpeg, words, watch(workshop, told, listen, log))
        refuse_full([*said, *ended.last_lines], workshop.destination)
        made.digests = digest.finish()
        if said or not ended.is_regular:
            how = said[0] if said else ended.outcome
            made.findings.append(findings.proof_failed(made.item.shown, how))
        made.proofs = _compare(stage, decided)
        made.findings += findings.not_lossless(made.item.shown, made.proofs)
    except (ToolFailedError, NotConformantError, OSError) as error:
        if isinstance(error, OSError) and error.errno in FULL:
            raise
        made.findings.append(findings.proof_failed(made.item.shown, str(error)))
    finally:
        digest.stop()
    made.commands.append(command_line(workshop.ffmpeg, words))


def _compare(stage: Stage, decided: Plan) -> list[StreamProof]:
    sides = (stage.file(".source.framemd5"), stage.file(".framemd5"))
    proofs = compare(*sides, decided.running)
    for each in decided.attached:
        copies = [stage.attachment(each, side) for side in ("source", "output")]
        proofs.append(compare_files(each, *copies))
    return proofs


def evict(output: Path) -> str:
    """Drop an output from memory, so that it is read from the medium; say whether that worked."""
    fd = os.open(output, os.O_RDONLY)
    try:
        return "evicted" if medium.evict(fd, os.fstat(fd).st_size) else "cached"
    finally:
        os.close(fd)
