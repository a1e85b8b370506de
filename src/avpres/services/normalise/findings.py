"""What `normalise` says of single files."""

from collections.abc import Iterator

from avpres.domain.errors import AvpresError, DestinationExistsError
from avpres.domain.exit_codes import ExitCode
from avpres.domain.report import Finding
from avpres.services.normalise.comparing import NEAR, StreamProof
from avpres.services.normalise.plan import Plan

_NAMED = 5  # files
_AGAIN = "what was made is kept under a name that ends in .failed, and is no master"


def refused(code: str, path: str, reason: str) -> Finding:
    """Tell why a file is not normalised; it was not touched, and nothing was made."""
    status = ExitCode.NOT_CONFORMANT if code == "NRM-UNREADABLE" else ExitCode.INCOMPLETE
    return Finding.error(code, path, reason, status)


def unreadable(path: str, cause: OSError) -> Finding:
    """Tell of a source, or a folder of them, that cannot be read."""
    text = f"cannot be read ({cause.strerror}); check the medium and the rights on it"
    return Finding.error("NRM-UNREADABLE", path, text, ExitCode.SOURCE_UNREADABLE)


def not_lossless(path: str, proofs: list[StreamProof]) -> Iterator[Finding]:
    """Tell of each stream that is not proved to be there whole, and in time with the others."""
    for proof in proofs:
        if not proof.is_equal:
            text = f"{proof.stream.name}: {proof.detail}; {_AGAIN}"
            yield Finding.error("NRM-NOT-LOSSLESS", path, text, ExitCode.NOT_REVERSIBLE)
    timed = [proof for proof in proofs if proof.is_equal and proof.is_timed]
    yield from _times(path, timed) if timed else ()


def _times(path: str, proofs: list[StreamProof]) -> Iterator[Finding]:
    """Tell of streams that moved against each other; a wrapper may move all of them together."""
    base = proofs[0].least
    for proof in proofs:
        away = max(abs(proof.least - base), abs(proof.most - base))
        if away > NEAR:
            text = f"{proof.stream.name}: frames come at other times, up to {away:.3f} seconds away"
            yield Finding.error("NRM-TIMES", path, f"{text}; {_AGAIN}", ExitCode.NOT_REVERSIBLE)
    if abs(base) > NEAR:
        text = f"all streams begin {base:+.3f} seconds later than before, in time with each other"
        yield Finding.warning("NRM-CHANGED", path, text)


def other_slices(path: str, decided: Plan, wanted: int) -> Iterator[Finding]:
    """Tell of frames that cannot have as many slices as were asked for."""
    for each in decided.held:
        if each.codec == "ffv1" and each.slices != wanted:
            number = each.slices or "as many slices as ffmpeg chooses"
            size = f"{each.stream.width}x{each.stream.height} {each.stored}"
            text = f"{each.stream.name}: {size} cannot have {wanted} slices, and got {number}"
            yield Finding.info("NRM-SLICES", path, text)


def encode_failed(path: str, how: str) -> Finding:
    """Tell of an ffmpeg that did not come to its end; its output is not even compared."""
    text = f"ffmpeg {how}; {_AGAIN}. The log beside it has all that ffmpeg said"
    return Finding.error("NRM-ENCODE", path, text, ExitCode.TOOL_FAILED)


def proof_failed(path: str, how: str) -> Finding:
    """Tell of an output that cannot be decoded without a complaint."""
    text = f"the output does not decode cleanly: {how}; {_AGAIN}"
    return Finding.error("NRM-DECODE", path, text, ExitCode.NOT_REVERSIBLE)


def mixed(path: str, change: str) -> Finding:
    """Tell of a film whose frames are not all of one size and kind, as those of FFV1 must be."""
    text = f"its frames change within the film, {change}, and the output holds one kind; {_AGAIN}"
    return Finding.error("NRM-MIXED", path, f"{text}. Keep the source", ExitCode.INCOMPLETE)


def source_damaged(path: str, said: str) -> Finding:
    """Tell of a source that ffmpeg cannot decode without errors."""
    text = f"the source does not decode cleanly: {said}; {_AGAIN}. Find a better copy, or repair it"
    return Finding.error("NRM-SOURCE", path, text, ExitCode.SOURCE_UNREADABLE)


def changed(path: str) -> Finding:
    """Tell of a source that is not what it was when the run found it; its plan was another's."""
    text = f"it changed since the run began; {_AGAIN}. Run again when nothing writes to it"
    return Finding.error("NRM-SOURCE", path, text, ExitCode.SOURCE_UNREADABLE)


def unread(path: str, chunks: int, missing: int) -> Iterator[Finding]:
    """Tell of samples that a wrapper of sound holds or announces, and that nothing reads."""
    status = ExitCode.SOURCE_UNREADABLE
    if chunks > 1:
        text = f"it holds {chunks:,} chunks of samples, and ffmpeg reads one of them; {_AGAIN}"
        yield Finding.error("NRM-SOURCE", path, f"{text}. Keep the source", status)
    if missing:
        text = f"the source is cut: {missing:,} bytes of its samples are announced and not there"
        yield Finding.error("NRM-SOURCE", path, f"{text}; {_AGAIN}. Find a better copy", status)


def not_packaged(path: str, why: AvpresError) -> Finding:
    """Tell why there is no package of a file."""
    if isinstance(why, DestinationExistsError):
        return Finding.error("NRM-EXISTS", path, str(why), why.exit_code)
    return Finding.error("NRM-PACKAGE", path, f"no package was made: {why}", why.exit_code)


def unpacked(options: list[str]) -> Finding:
    """Tell of options, perhaps of the settings file, that speak of packages when none is made."""
    text = f"{', '.join(options)} speak of packages, and none is made; add --package for that"
    return Finding.info("NRM-UNPACKED", "", text)


def left(folder: str, names: list[str]) -> Finding:
    """Tell of files in the folder of a result that did not come from here."""
    named = ", ".join(names[:_NAMED])
    text = f"went into a package, but for what is not of avpres in it, which stays: {named}"
    return Finding.warning("NRM-LEFT", folder, text)
