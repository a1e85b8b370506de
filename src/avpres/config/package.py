"""Options of `avpres package`."""

from pathlib import Path
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, model_validator

from avpres.config.fields import Exclude, in_bytes
from avpres.config.packing import PackingOptions
from avpres.domain.oais import Box


class PackageOptions(PackingOptions):
    """Everything `avpres package` can be told."""

    sources: Annotated[
        tuple[Path, ...], Field(min_length=1, description="files or folders to package")
    ]
    supplement: Annotated[
        tuple[Path, ...],
        Field(description="file or folder about the objects, for metadata/supplemental"),
    ] = ()
    max_files: Annotated[
        int | None,
        Field(ge=1, description="divide: a package of packages, each with at most so many files"),
    ] = None
    max_size: Annotated[
        int | None,
        BeforeValidator(in_bytes),
        Field(ge=1, description="divide: each package within it of at most this size, as 2.5TB"),
    ] = None
    describe: Annotated[
        bool, Field(description="identify, validate and describe the files, or do not")
    ] = True
    exclude: Exclude = ()

    @model_validator(mode="after")
    def _parts_are_bags(self) -> Self:
        if self.divides and not self.layout.is_bag:
            raise ValueError(
                f"a divided package needs its manifests inside: use {self.layout}-bag, or no "
                "--max-files and --max-size"
            )
        return self

    @property
    def divides(self) -> bool:
        """Say whether the files are put into packages of their own, within the package."""
        return self.max_files is not None or self.max_size is not None

    @property
    def box(self) -> Box:
        """Give what the package as a whole appears in; a divided one is a folder of containers."""
        return Box.FOLDER if self.divides else self.container

    @property
    def part_box(self) -> Box:
        """Give what the packages within a divided one are put into."""
        return Box.TAR if self.container is Box.FOLDER else self.container
