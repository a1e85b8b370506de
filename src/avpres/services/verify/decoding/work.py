"""What is known of a film while it is decoded."""

import os
from dataclasses import dataclass, field
from pathlib import Path

from avpres.adapters.media.announced import Announcement
from avpres.adapters.media.decoding import Complaint, Wanted, WholeDigest
from avpres.adapters.media.flac_head import FlacHead
from avpres.adapters.media.forms import Form
from avpres.adapters.media.frame_sidecar import FrameSidecar
from avpres.adapters.media.wrapper_sums import WrapperSums
from avpres.adapters.tools.ffmpeg import Ended
from avpres.domain.media import Kind, MediaFile, MediaStream
from avpres.services.verify.decoding.claims import Claim, Option
from avpres.services.verify.decoding.model import Beside, Film, Means


@dataclass(slots=True)
class Work:
    """A film while it is decoded: what it holds, what is claimed of it, what was decoded."""

    film: Film
    means: Means
    folder: Path
    file: MediaFile
    announced: Announcement
    claims: list[Claim] = field(default_factory=list)
    surveyed: list[tuple[Beside, FrameSidecar]] = field(default_factory=list)
    flacs: dict[int, FlacHead] = field(default_factory=dict)
    wanted: dict[tuple[int, Form, str], Wanted] = field(default_factory=dict)
    whole: dict[int, WholeDigest] = field(default_factory=dict)
    complaints: list[Complaint] = field(default_factory=list)
    complained: int = 0
    ended: Ended | None = None
    sums: WrapperSums | None = None

    @property
    def path(self) -> Path:
        """The film's path."""
        return Path(os.fsdecode(self.film.path))

    @property
    def streams(self) -> list[MediaStream]:
        """Films and sounds; a cover is neither."""
        found = self.file.of(Kind.VIDEO, Kind.AUDIO)
        return [stream for stream in found if not stream.is_picture]

    def measured(self, stream: MediaStream) -> Path | None:
        """Find what was decoded of a stream, in whatever form."""
        found = [each for key, each in self.wanted.items() if key[0] == stream.index]
        found.sort(key=lambda each: each.form.codec == "copy")
        return found[0].place if found else None

    def want(self, stream: int, form: Form, name: str) -> Path:
        """Ask for digests of a stream in a form; the same is asked for once."""
        key = (stream, form, name)
        if key not in self.wanted:
            place = self.folder / f"{len(self.wanted):04d}.frames"
            self.wanted[key] = Wanted(stream, form, name, place)
        return self.wanted[key].place

    def places(self, claim: Claim) -> list[tuple[Option, Path]]:
        """Give what was decoded for a claim, by the form."""
        name = claim.sidecar.hash
        return [
            ((stream, form), self.wanted[stream.index, form, name].place)
            for stream, form in claim.options
        ]
