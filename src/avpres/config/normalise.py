"""Options of `avpres normalise`."""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from avpres.config.base import Options
from avpres.config.fields import Exclude, ReportFiles
from avpres.domain.fixity import Algorithm
from avpres.domain.normalisation import Aspect, Colour, FieldOrder, Lossy, Sound


class NormaliseOptions(Options):
    """Everything `avpres normalise` can be told."""

    sources: Annotated[tuple[Path, ...], Field(description="films, sounds, or folders of them")]
    destination: Annotated[Path, Field(description="folder where each gets a folder of its own")]
    sound: Annotated[
        Sound, Field(description="codec of uncompressed sound of 16 and 24 bits; other stays PCM")
    ] = Sound.FLAC
    lossy: Annotated[Lossy, Field(description="films encoded with loss, ProRes among them")] = (
        Lossy.REFUSE
    )
    dv: Annotated[Lossy, Field(description="films in DV")] = Lossy.REWRAP
    slices: Annotated[
        int, Field(ge=4, le=1024, description="slices of a frame, each with its own CRC")
    ] = 16
    field_order: Annotated[
        FieldOrder | None, Field(description="correct the field order, in the output alone")
    ] = None
    aspect: Annotated[
        Aspect | None, Field(description="correct the aspect ratio of the picture as it is shown")
    ] = None
    colour: Annotated[
        Colour | None, Field(description="correct primaries, transfer and matrix")
    ] = None
    digest: Annotated[
        tuple[Algorithm, ...],
        Field(min_length=1, description="digest of source and outputs, in place of md5"),
    ] = (Algorithm.MD5,)
    exclude: Exclude = ()
    stall: Annotated[
        float, Field(gt=0, description="minutes without progress after which ffmpeg is stopped")
    ] = 10.0
    skip_space_check: Annotated[
        bool, Field(description="begin although the destination may be too small")
    ] = False
    jobs: Annotated[
        int | None, Field(ge=1, le=64, description="files normalised at once (else two)")
    ] = None
    report: ReportFiles = ()
