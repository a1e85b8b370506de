"""What `--decode` says of films and sounds: one function for each thing that can be wrong."""

from avpres.adapters.media.decoding import Complaint
from avpres.domain.exit_codes import ExitCode
from avpres.domain.media import MediaStream
from avpres.domain.report import Finding
from avpres.domain.severity import Severity
from avpres.services.fixity.rows import shown
from avpres.services.verify.decoding.comparing import Comparison, Difference
from avpres.services.verify.decoding.model import Film

_RESTORE = "restore it from another copy"
_CHECKED = frozenset({"ffv1", "flac"})  # decoders that judge by check sums


def error(code: str, path: bytes, text: str, exit_code: ExitCode) -> Finding:
    """Tell of something that keeps a file from being proved."""
    return Finding.error(code, shown(path), text, exit_code)


def warning(code: str, path: bytes, text: str) -> Finding:
    """Tell of something that should be looked at."""
    return Finding.warning(code, shown(path), text)


def note(code: str, path: bytes, text: str) -> Finding:
    """Tell of something that is as it may be."""
    return Finding.info(code, shown(path), text)


def damaged(film: Film, said: Complaint, where: str) -> Finding:
    """A complaint of ffmpeg: a check sum does not fit, or the stream cannot be decoded."""
    status = ExitCode.FIXITY_MISMATCH if said.decoder in _CHECKED else ExitCode.NOT_CONFORMANT
    place = f"{where}: " if where else ""
    text = f"does not decode without complaint: {place}{said.text}; {_RESTORE}"
    return error("DEC-DAMAGED", film.path, text, status)


def more_damage(film: Film, count: int) -> Finding:
    """There are more complaints than are told one by one."""
    text = f"ffmpeg complains {count:,} times more"
    return error("DEC-DAMAGED", film.path, text, ExitCode.NOT_CONFORMANT)


def tool(film: Film, how: str) -> Finding:
    """A run of ffmpeg that did not come to its end, which says nothing of the file."""
    text = f"could not be decoded to its end: {how}; run the same command again"
    return error("DEC-TOOL", film.path, text, ExitCode.TOOL_FAILED)


def unreadable(film: Film, why: str, exit_code: ExitCode) -> Finding:
    """A file could not be opened, or holds neither film nor sound."""
    return error("DEC-UNREADABLE", film.path, f"could not be decoded: {why}", exit_code)


def wrong_sum(film: Film, where: str) -> Finding:
    """A check sum of the wrapper does not fit what it covers."""
    text = f"{where}: its check sum is that of other bytes; {_RESTORE}"
    return error("DEC-CRC", film.path, text, ExitCode.FIXITY_MISMATCH)


def changing(film: Film) -> Finding:
    """A file was written to while it was read."""
    text = "changed while it was decoded; wait until nothing writes it, and run again"
    return error("DEC-CHANGING", film.path, text, ExitCode.INCOMPLETE)


def short(film: Film, said: str) -> Finding:
    """Less could be decoded than the file announces of itself."""
    text = f"{said}; it is cut, or was not decoded to its end: {_RESTORE}"
    return error("DEC-SHORT", film.path, text, ExitCode.INCOMPLETE)


def md5_differs(film: Film, stream: MediaStream, recorded: str, found: str) -> Finding:
    """The samples of a FLAC are not those that were encoded."""
    text = f"{stream.name}: its samples are not those that the MD5 in it was taken of; {_RESTORE}"
    wrong = error("DEC-MD5", film.path, text, ExitCode.FIXITY_MISMATCH)
    return wrong.model_copy(update={"expected": f"md5:{recorded}", "found": f"md5:{found}"})


def mismatch(
    film: Film, stream: MediaStream, compared: Comparison, name: str, hint: str
) -> Finding:
    """Frames differ from those that a sidecar lists."""
    first = compared.first or Difference(0, 0.0, None, None)
    others = min(compared.listed, compared.decoded) - compared.equal - 1
    more = f", and neither are {others:,} others" if others else ""
    text = (
        f"{stream.name}: {_unit(stream)} {first.number:,} at {first.seconds:.3f} s is not as "
        f"{name} lists it{more}, of {compared.listed:,}; {hint or _RESTORE}"
    )
    wrong = error("DEC-MISMATCH", film.path, text, ExitCode.FIXITY_MISMATCH)
    return wrong.model_copy(update={"expected": first.listed, "found": first.decoded})


def counts_differ(
    film: Film, stream: MediaStream, compared: Comparison, name: str, hint: str
) -> Finding:
    """There are more or fewer frames than a sidecar lists."""
    what, first = _unit(stream), compared.first or Difference(0, 0.0, None, None)
    text = f"{stream.name}: {name} lists {compared.listed:,} {what}s, {compared.decoded:,} decoded"
    where = f"{what} {first.number:,} at {first.seconds:.3f} s"
    if compared.is_gap:
        word = "missing" if compared.listed > compared.decoded else "too many"
        text += f": from {where} on {abs(compared.listed - compared.decoded):,} {word}"
    else:
        text += f"; the first that is not as listed is {where}"
    return error("DEC-FRAMES", film.path, f"{text}; {hint or _RESTORE}", ExitCode.INCOMPLETE)


def streams_differ(film: Film, text: str) -> Finding:
    """A sidecar speaks of streams that are not there, or is silent on some that are."""
    return error("DEC-STREAMS", film.path, f"{text}; {_RESTORE}", ExitCode.INCOMPLETE)


def times_differ(
    film: Film, stream: MediaStream, compared: Comparison, name: str, *, is_sure: bool
) -> Finding:
    """Frames are equal and come at other times."""
    text = (
        f"{stream.name}: {compared.late:,} {_unit(stream)}s are as {name} says and come at other "
        f"times, up to {compared.shift:.3f} seconds away; look whether the wrapper is damaged"
    )
    if is_sure:
        return error("DEC-TIMES", film.path, text, ExitCode.FIXITY_MISMATCH)
    return warning("DEC-TIMES", film.path, text)


def uncompared(film: Film, name: str, why: str) -> Finding:
    """A sidecar cannot be held against a film; it is an error unless something else proves it."""
    text = f"cannot be compared with {name}, because {why}"
    return error("DEC-UNCOMPARED", film.path, text, ExitCode.INCOMPLETE)


def coarse(film: Film, stream: MediaStream, name: str, form: str) -> Finding:
    """A list was made of samples with fewer bits than the film has, and proves no more."""
    text = (
        f"{stream.name}: is as {name} lists it, as far as {form} goes, which leaves out bits of it"
    )
    return note("DEC-COARSE", film.path, f"{text}, so that it is not proved")


def softened(finding: Finding) -> Finding:
    """Make it a remark that a sidecar cannot be compared: something else proved the film."""
    return finding.model_copy(update={"severity": Severity.WARNING, "exit_code": ExitCode.OK})


def bad_sidecar(path: bytes, why: str, exit_code: ExitCode) -> Finding:
    """A sidecar cannot be read to its end."""
    text = f"is no list of frames that could be compared: {why}; {_RESTORE}"
    return error("DEC-SIDECAR", path, text, exit_code)


def orphan(path: bytes, why: str) -> Finding:
    """A sidecar speaks of no film that is here."""
    return warning("DEC-ORPHAN", path, f"was compared with nothing: {why}")


def migrated(folder: bytes) -> Finding:
    """Pictures, texts and sounds that `migrate` made are proved by its own record."""
    text = "holds results of a migration; avpres migrate --prove decodes each, also its pictures"
    return note("DEC-MIGRATED", folder, text)


def no_crc(film: Film, stream: MediaStream, *, is_told: bool) -> Finding:
    """FFV1 without CRCs in its slices decodes whatever is in it."""
    what = "its slices have no CRCs" if is_told else "whether its slices have CRCs is not told"
    return note("DEC-NO-CRC", film.path, f"{stream.name}: {what}, so that they prove nothing")


def no_md5(film: Film, stream: MediaStream) -> Finding:
    """A FLAC whose encoder left the MD5 out."""
    text = f"{stream.name}: no MD5 is recorded in it; the CRCs of its frames were checked"
    return note("DEC-NO-MD5", film.path, text)


def plain(film: Film) -> Finding:
    """A file that carries no proof of itself, and has none beside it."""
    text = "decoded without complaint; nothing in it to compare with, so nothing is proved"
    return note("DEC-PLAIN", film.path, text)


def partly(film: Film, streams: list[MediaStream]) -> Finding:
    """Some streams of a file are proved, and others have nothing to be compared with."""
    names = ", ".join(stream.name for stream in streams)
    text = f"{names}: decoded without complaint; nothing to compare with, so it is not proved"
    return note("DEC-PARTLY", film.path, text)


def nothing(path: bytes, why: str) -> Finding:
    """`--decode` was asked for, and proved nothing at all."""
    return error("DEC-NOTHING", path, f"nothing was proved by decoding: {why}", ExitCode.INCOMPLETE)


def boxed(path: bytes, count: int) -> Finding:
    """Films lie in a container, where they are not decoded."""
    what = "film or sound lies" if count == 1 else "films and sounds lie"
    text = (
        f"{count:,} {what} in this container, where they are not decoded; "
        "unpack it with `avpres extract` and decode what comes out"
    )
    return error("DEC-BOXED", path, text, ExitCode.INCOMPLETE)


def _unit(stream: MediaStream) -> str:
    return "frame" if stream.kind == "video" else "piece"
