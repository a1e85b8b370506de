"""Options of `avpres import`."""

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from avpres.config.fields import in_bytes, one_line
from avpres.config.packing import PackingOptions


class ImportOptions(PackingOptions):
    """Everything `avpres import` can be told."""

    label: Annotated[
        str | None,
        AfterValidator(lambda text: text and one_line(text)),
        Field(description="title of the package (else that of the foreign one)"),
    ] = None
    foreign: Annotated[
        Path, Field(description="package of another archive: a folder, or a tar, zip or 7z")
    ]
    strict: Annotated[
        bool, Field(description="make no package when anything is missing, extra or differs")
    ] = False
    nested: Annotated[
        bool, Field(description="unpack also a container that is all that the container holds")
    ] = False
    max_size: Annotated[
        int | None,
        BeforeValidator(in_bytes),
        Field(gt=0, description="most bytes that may come out of a container, as 500GB or 2TiB"),
    ] = None
    max_files: Annotated[
        int | None, Field(gt=0, description="most files that may come out of a container")
    ] = None
    dry_run: Annotated[
        bool, Field(description="compare what is listed with what is there, and make nothing")
    ] = False
    mapping: Annotated[
        Path | None,
        Field(description="write a CSV of every file's path there and its path in the package"),
    ] = None
