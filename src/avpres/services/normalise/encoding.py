"""The source decoded once: into the output, digests of its frames, and a digest of the file."""

import os
import re

from avpres.adapters.media.flushing import flushed
from avpres.adapters.media.following import FollowingDigest
from avpres.adapters.media.foreign import MOST, copy_bytes, embed, foreign
from avpres.adapters.storage.reading import Signature, signature
from avpres.adapters.tools.ffmpeg import Ended, command_line, transcode
from avpres.adapters.tools.ffmpeg_log import is_grave
from avpres.domain.errors import ToolFailedError
from avpres.domain.exit_codes import ExitCode
from avpres.domain.report import Finding
from avpres.services.normalise import findings
from avpres.services.normalise.plan import Plan
from avpres.services.normalise.stage import Stage
from avpres.services.normalise.words import encode_words
from avpres.services.normalise.workshop import KEPT, LOG, Made, Workshop, pace, refuse_full, watch

_CORRUPT = re.compile(r"^(?:\[[^\]]*\] )*\[warning\] .*corrupt decoded frame")
_TIMES = re.compile("non monotonically increasing dts|Application provided invalid")
_MIXED = re.compile(
    r"context - w: (\d+) h: (\d+) fmt: (\d+).* frame - w: (\d+) h: (\d+) fmt: (\d+)"
)
_ADDRESS = re.compile(r" @ 0x[0-9a-f]+|\[(?:error|fatal|panic|warning)\] ")


class _Heard:
    """What ffmpeg says while it encodes, as far as it speaks against the result."""

    def __init__(self) -> None:
        self.complaints: list[str] = []
        self.mixed = ""

    def listen(self, line: bytes) -> None:
        text = line.decode("utf-8", "replace")
        self.mixed = self.mixed or _change(text)
        is_wrong = is_grave(line) or _CORRUPT.match(text)
        if is_wrong and not _TIMES.search(text) and len(self.complaints) < KEPT:
            self.complaints.append(plain(text))


def encode(made: Made, stage: Stage, workshop: Workshop, decided: Plan) -> None:
    """Run ffmpeg over the source, and tell of everything that it complains of."""
    digest = FollowingDigest(made.item.path, workshop.options.digest)
    try:
        _encode(made, stage, workshop, decided, digest)
        made.source_digests = digest.finish()
        if _content(signature(os.stat(made.item.path))) != _content(made.item.signature):
            made.findings.append(findings.changed(made.item.shown))
    except ToolFailedError as error:
        made.findings.append(findings.encode_failed(made.item.shown, str(error)))
    except OSError as error:
        if error.filename is not None:
            raise
        text = f"the digest cannot be taken: {error.strerror}"
        status = ExitCode.SOURCE_UNREADABLE
        made.findings.append(Finding.error("NRM-SOURCE", made.item.shown, text, status))
    finally:
        digest.stop()


def _encode(
    made: Made, stage: Stage, workshop: Workshop, decided: Plan, digest: FollowingDigest
) -> None:
    words = encode_words(made.item.path, decided, stage, workshop.manner)
    made.commands.append(command_line(workshop.ffmpeg, words))
    heard = _Heard()
    with (
        stage.file(LOG).open("xb") as log,
        flushed(stage.file(decided.suffix)),
        pace("encode", made, decided, workshop, digest.allow) as told,
    ):
        ended = transcode(workshop.ffmpeg, words, watch(workshop, told, heard.listen, log))
    refuse_full([*heard.complaints, *ended.last_lines], workshop.destination)
    _judge_encode(made, ended, heard.complaints)
    if heard.mixed:
        made.findings.append(findings.mixed(made.item.shown, heard.mixed))


def _content(seen: Signature) -> tuple[int, ...]:
    """Leave out the time at which a link, a mode or an owner was last changed."""
    size, changed, _, inode = seen
    return (size, changed, inode)


def _change(line: str) -> str:
    """Tell how frames change within a film, if that is what a line of ffmpeg says."""
    match = _MIXED.search(line)
    if match is None or match.groups()[:3] == match.groups()[3:]:
        return ""
    width, height, form, new_width, new_height, new_form = match.groups()
    if (width, height) != (new_width, new_height):
        return f"from {width}x{height} to {new_width}x{new_height}"
    return f"from pixel format {form} to {new_form}"


def _judge_encode(made: Made, ended: Ended, complaints: list[str]) -> None:
    if not ended.is_regular:
        how = ended.outcome if ended.status else "ended without telling that it was done"
        text = f"{how}: {complaints[0] if complaints else ended.said}"
        made.findings.append(findings.encode_failed(made.item.shown, text))
    elif complaints:
        made.findings.append(findings.source_damaged(made.item.shown, complaints[0]))


def carry_over(made: Made, stage: Stage, decided: Plan) -> None:
    """Keep the chunks of a WAV or AIFF that are no samples, in FLAC where they have room."""
    found = foreign(made.item.path)
    if found is None:
        return
    made.findings += findings.unread(made.item.shown, found.samples, found.missing)
    if len(found.pieces) > MOST:
        text = f"it holds more than {MOST:,} chunks, and none but its samples were kept"
        made.findings.append(Finding.warning("NRM-LOST", made.item.shown, text))
        return
    with open(made.item.path, "rb") as source:
        if decided.suffix == ".flac" and found.fits:
            embed(stage.file(".flac"), list(found.read(source)), found.application)
            return
        place = stage.file(".chunks.bin")
        with place.open("xb") as target:
            for piece in found.pieces:
                source.seek(piece.offset)
                copy_bytes(source, target, piece.size)
    text = f"what it holds beside its samples is kept as {place.name}"
    made.findings.append(Finding.info("NRM-BESIDE", made.item.shown, text))


def plain(line: str) -> str:
    """Give a line of ffmpeg without what changes from run to run."""
    return _ADDRESS.sub("", line)
