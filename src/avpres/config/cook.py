"""Options of `avpres cook`."""

from fractions import Fraction
from pathlib import Path
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, PlainSerializer, model_validator

from avpres.config.fields import ReportFiles, SkipSpaceCheck
from avpres.config.film_packing import FilmPackageOptions
from avpres.domain.reel import CookEngine, CookProfile, Gaps, ManifestUse, Misfits, Mixed

_FASTEST = 1000  # frames a second


def frame_rate(written: object) -> object:
    """Read a frame rate as people write it: 24, 23.976, 24000/1001.

    Raises:
        ValueError: it is none.
    """
    if not isinstance(written, str | int | float):
        return written
    known = {"23.976": "24000/1001", "23.98": "24000/1001", "29.97": "30000/1001"}
    known |= {"59.94": "60000/1001", "47.952": "48000/1001"}
    text = str(written).strip()
    try:
        rate = Fraction(known.get(text, text))
    except (ValueError, ZeroDivisionError):
        raise ValueError("write a rate such as 24, 18, 23.976 or 24000/1001") from None
    if not 0 < rate <= _FASTEST:
        raise ValueError("a frame rate lies above 0 and not above 1000")
    return rate


Rate = Annotated[
    Fraction | None,
    BeforeValidator(frame_rate),
    PlainSerializer(lambda rate: rate and str(rate)),
    Field(description="frames a second, in place of the header's; else 24"),
]


class CookOptions(FilmPackageOptions):
    """Everything `avpres cook` can be told."""

    reels: Annotated[tuple[Path, ...], Field(description="folders with the frames of a reel")]
    destination: Annotated[Path, Field(description="folder where each gets a folder of its own")]
    rate: Rate = None
    gaps: Annotated[
        Gaps, Field(description="missing frames: refuse the reel, hold their time, or close up")
    ] = Gaps.REFUSE
    bad_frames: Annotated[
        Misfits, Field(description="frames that are broken: refuse the reel, or attach them whole")
    ] = Misfits.REFUSE
    mixed: Annotated[
        Mixed, Field(description="frames that differ in transfer, rate or pixel aspect alone")
    ] = Mixed.REFUSE
    uncodable: Annotated[
        Misfits, Field(description="pictures and sounds in forms that cannot be coded")
    ] = Misfits.REFUSE
    manifests: Annotated[
        ManifestUse, Field(description="manifests that came with the reel: check them, or ignore")
    ] = ManifestUse.CHECK
    quiet_for: Annotated[
        float,
        Field(ge=0, le=100_000, description="minutes since anything was written into the reel"),
    ] = 0
    strict: Annotated[bool, Field(description="refuse a reel for warnings, too")] = False
    engine: Annotated[
        CookEngine, Field(description="what makes the film: avpres, or an installed RAWcooked")
    ] = CookEngine.NATIVE
    stall: Annotated[
        float, Field(gt=0, description="minutes without progress after which RAWcooked is stopped")
    ] = 10.0
    profile: Annotated[
        CookProfile, Field(description="parameters of FFV1: by trial, or those of RAWcooked")
    ] = CookProfile.AVPRES
    context: Annotated[
        int | None, Field(ge=0, le=1, description="set of contexts of FFV1 (else by trial)")
    ] = None
    slices: Annotated[
        int | None, Field(ge=4, le=1024, description="slices of a frame (else by trial)")
    ] = None
    workers: Annotated[
        int | None, Field(ge=1, le=256, description="frames at once (else one a core)")
    ] = None
    skip_space_check: SkipSpaceCheck = False
    assess: Annotated[
        bool, Field(description="only say what the reels hold and whether they can be cooked")
    ] = False
    onto: Annotated[
        Path | None, Field(description="with --assess: where films would go, to see the room there")
    ] = None
    report: ReportFiles = ()

    @model_validator(mode="after")
    def _fits_engine(self) -> Self:
        if self.engine is CookEngine.NATIVE:
            return self
        if self.gaps is not Gaps.REFUSE:
            raise ValueError(
                f"--gaps {self.gaps.value} is not for RAWcooked, which shifts sound against "
                "picture: leave --engine out, or find the frames"
            )
        if self.mixed is not Mixed.REFUSE:
            raise ValueError("--mixed accept is not for RAWcooked: leave --engine out")
        for name in ("bad_frames", "uncodable"):
            if getattr(self, name) is not Misfits.REFUSE:
                raise ValueError(
                    f"--{name.replace('_', '-')} attach is not for RAWcooked, which refuses such "
                    "reels: leave --engine out"
                )
        return self
