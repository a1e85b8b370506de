"""Files that hold many frames: cut into pieces, each of which is listed as a frame would be."""

from collections.abc import Callable, Iterator
from stat import S_IMODE

from avpres.adapters.clips.avi import pieces
from avpres.adapters.cooking.journal import Journal
from avpres.adapters.cooking.survey import Survey
from avpres.adapters.cooking.surveyed import File, Heard, Run
from avpres.adapters.storage.walk import Entry
from avpres.config.cook import CookOptions
from avpres.domain.clip import Clip
from avpres.domain.reel import MARK, Gaps, Numbered, Role, part_of
from avpres.domain.report import Finding
from avpres.domain.scan import UncodableScan
from avpres.services.cook import findings
from avpres.services.cook.assessing.looking import Look
from avpres.services.cook.stage import Reel

Tell = Callable[[Finding], None]


def keep(  # noqa: PLR0913, PLR0917 - where its parts are listed
    reel: Reel,
    survey: Survey,
    journal: Journal | None,
    entry: Entry,
    found: Look,
    tell: Tell,
) -> None:
    """List the parts of a clip, and tell what is odd about it."""
    clip = found.clip
    if clip is None:
        return
    try:
        _keep_pieces(reel, survey, journal, (entry, found, clip))
    except (OSError, UncodableScan):
        tell(findings.changed(reel.shown_at(entry.name)))
        return
    for stream in clip.streams:
        survey.add_sound(Heard.of(entry.name, stream.sound))
        if journal is not None:
            path = part_of(entry.name, f"sound {stream.number:02d}")
            signature = (stream.sound.size, entry.mtime_ns, entry.ctime_ns, entry.inode)
            text = str(stream.number)
            journal.list_file(path, signature, S_IMODE(entry.mode), Role.STREAM, within=text)
    for finding in _odd(reel.shown_at(entry.name), clip):
        tell(finding)


def dropped(reel: Reel, run: Run, text: str, options: CookOptions) -> Iterator[Finding]:
    """Tell of frames of a clip that have a time and no picture: they are no fault of a copy."""
    how = "the frames are closed up" if options.gaps is Gaps.CLOSE else "their time stays empty"
    said = text.replace("missing", "dropped or of another size")
    yield Finding.info("COK-CLIP", reel.shown_at(run.star), f"{said}; {how}")


def _keep_pieces(
    reel: Reel, survey: Survey, journal: Journal | None, of: tuple[Entry, Look, Clip]
) -> None:
    entry, found, clip = of
    with open(reel.at(entry.name), "rb") as handle:
        for piece in pieces(handle, entry.size, clip):
            path = part_of(entry.name, f"{piece.samples_at:020d}")
            signature = (piece.size, entry.mtime_ns, entry.ctime_ns, entry.inode)
            name = Numbered(entry.name + MARK, b"%d" % piece.number, b"")
            file = File(path, *signature, Role.PIECE, found.flavour, "")
            survey.add(file, name, found.form)
            if journal is not None:
                traits = found.form.traits if found.form else ""
                mode, text = S_IMODE(entry.mode), piece.as_text()
                journal.list_file(
                    *(path, signature, mode, Role.PIECE), name=name, traits=traits, within=text
                )


def _odd(path: str, clip: Clip) -> Iterator[Finding]:
    if clip.odd:
        verb = "frame has" if clip.odd == 1 else "frames have"
        text = f"{clip.odd:,} {verb} another size than the others; they come back as they are, but"
        yield Finding.warning("COK-CLIP", path, f"{text} are not shown in the film")
    if clip.stray:
        verb = "sound is" if clip.stray == 1 else "sounds are"
        text = f"{clip.stray:,} {verb} not plain samples: kept byte by byte, not heard in the film"
        yield Finding.warning("COK-CLIP", path, text)
