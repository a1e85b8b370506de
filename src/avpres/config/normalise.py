"""Options of `avpres normalise`."""

from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, model_validator

from avpres.config.fields import Exclude, SkipSpaceCheck
from avpres.config.packing import PackingOptions, ResultPacking, require_package
from avpres.domain.fixity import Algorithm
from avpres.domain.normalisation import Aspect, Colour, FieldOrder, Lossy, Sound

_OF_PACKAGES = frozenset(
    {"kind", "layout", "container", "label", "package_id", "date", "parent", "media_id", "mhl"}
    | {"bag_info", "profile"}
)
_OF_ONE_PACKAGE = frozenset({"label", "package_id", "date", "media_id"})


class NormaliseOptions(PackingOptions):
    """Everything `avpres normalise` can be told."""

    sources: Annotated[tuple[Path, ...], Field(description="films, sounds, or folders of them")]
    destination: Annotated[Path, Field(description="folder where each gets a folder of its own")]
    package: Annotated[
        bool, Field(description="make a package (SIP) of each proved master, in place of a folder")
    ] = False
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
    context: Annotated[
        int, Field(ge=0, le=1, description="FFV1's model of neighbours: 0 small, 1 large")
    ] = 0
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
        Field(min_length=1, description="digest in place of md5 (with --package: md5, sha512)"),
    ] = (Algorithm.MD5,)
    from_list: Annotated[
        Path | None, Field(description="read sources from a file, one a line; - is standard input")
    ] = None
    exclude: Exclude = ()
    stall: Annotated[
        float, Field(gt=0, description="minutes without progress after which ffmpeg is stopped")
    ] = 10.0
    skip_space_check: SkipSpaceCheck = False
    jobs: Annotated[
        int | None, Field(ge=1, le=64, description="files normalised at once (else two)")
    ] = None

    @model_validator(mode="after")
    def _fits_package(self) -> Self:
        require_package(name for name in self.idle if name in _OF_ONE_PACKAGE)
        return self

    @property
    def idle(self) -> list[str]:
        """Name the options that were given and do nothing, since no package was asked for."""
        return [] if self.package else sorted(_OF_PACKAGES & self.model_fields_set)

    def settled(self) -> "NormaliseOptions":
        """Give the options with what follows from them: a package lists two kinds of digests."""
        if not self.package or "digest" in self.model_fields_set:
            return self
        return self.model_copy(update={"digest": PackingOptions.model_fields["digest"].default})

    def packing(self, made_with: str) -> ResultPacking:
        """Give how the package of a master is made; `made_with` tells how the master was."""
        told = self.model_dump(include={*_OF_PACKAGES, "destination", "digest"})
        told |= {"jobs": 1, "made_with": made_with}  # files are few; other masters want the cores
        return ResultPacking.model_validate(told)
