"""Options of `avpres characterise`."""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from avpres.config.base import Options
from avpres.config.fields import Exclude, Profile
from avpres.domain.fixity import Algorithm
from avpres.domain.formats import Emit, Engine


class CharacteriseOptions(Options):
    """Everything `avpres characterise` can be told."""

    paths: Annotated[tuple[Path, ...], Field(description="files or folders to describe")]
    deep: Annotated[
        bool, Field(description="decode everything too: finds damage that structure hides")
    ] = False
    digest: Annotated[
        tuple[Algorithm, ...],
        Field(description="digest to record of each file, in place of md5 and sha256"),
    ] = (Algorithm.MD5, Algorithm.SHA256)
    profile: Profile = "default"
    strict: Annotated[
        bool, Field(description="add JHOVE's rules left behind, such as 50 pages in a TIFF")
    ] = False
    schemas: Annotated[
        Path | None, Field(description="folder with XML schemas and DTDs to validate against")
    ] = None
    policy: Annotated[
        tuple[Path, ...], Field(description="MediaConch policy that AV files must pass")
    ] = ()
    engine: Annotated[
        Engine, Field(description="who validates: avpres, an installed jhove, or both compared")
    ] = Engine.AVPRES
    signatures: Annotated[
        Path | None, Field(description="Siegfried signature file, in place of the one built in")
    ] = None
    emit: Annotated[
        tuple[Emit, ...], Field(description="write a metadata record of each file it fits")
    ] = ()
    into: Annotated[Path | None, Field(description="folder for the records of --emit")] = None
    manifest: Annotated[
        Path | None, Field(description="list of what should be there, with types if it has them")
    ] = None
    ndjson: Annotated[Path | None, Field(description="write one JSON record a file here")] = None
    csv: Annotated[Path | None, Field(description="write a spreadsheet here")] = None
    html: Annotated[Path | None, Field(description="write a page with charts here")] = None
    jhove_xml: Annotated[Path | None, Field(description="write XML as JHOVE does here")] = None
    audit_xml: Annotated[
        Path | None, Field(description="write XML as JHOVE's Audit handler does here")
    ] = None
    exclude: Exclude = ()
    restart: Annotated[
        bool, Field(description="read again also what has not changed since it was described")
    ] = False
    jobs: Annotated[int | None, Field(ge=1, le=64, description="files described at once")] = None
    time_limit: Annotated[
        float, Field(gt=0, description="seconds of processor time a small file may take")
    ] = 1.2
    memory_limit: Annotated[
        int, Field(ge=128, description="MiB that the examination of a file may take")
    ] = 384
