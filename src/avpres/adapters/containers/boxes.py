"""Packing a set of files into one container."""

from collections.abc import Callable, Iterable
from typing import BinaryIO

from avpres.adapters.containers.compressors import compressor
from avpres.adapters.containers.flow import Outlet
from avpres.adapters.containers.planned import Boxed, Packed, Planned
from avpres.adapters.containers.tar_write import write_tar
from avpres.adapters.containers.zip_write import write_zip
from avpres.domain.fixity import Algorithm
from avpres.domain.oais import Box


def write_box(  # noqa: PLR0913 - each is one property of a container
    handle: BinaryIO,
    box: Box,
    members: Iterable[Planned],
    *,
    algorithms: Iterable[Algorithm] = (Algorithm.SHA512,),
    box_algorithms: Iterable[Algorithm] | None = None,
    level: int | None = None,
    on_packed: Callable[[Packed], None] | None = None,
) -> Boxed:
    """Write a container into a staged file; the same members give the same bytes.

    Args:
        handle: where to write; the caller stages and flushes it, and removes it after an error.
        box: any but a folder.
        members: sorted by the bytes of their paths; the first part of each is the package's name.
        algorithms: taken of each file while it is packed.
        box_algorithms: taken of the container, and of the tar within; None for the same.
        level: of the compression; see `compressors`.
        on_packed: called with each member, in order: the rows of the index.

    Raises:
        SourceUnreadableError: a file cannot be read.
        FixityMismatchError: a file is not as it was planned.
        DestinationRefusedError: a zip cannot hold a name.
        ValueError: members are not sorted, or a path is none.
    """
    wanted = tuple(dict.fromkeys(algorithms))
    tally = _Tally(on_packed)
    write = write_zip if box is Box.ZIP else write_tar
    if box is Box.FOLDER:
        raise ValueError("a folder is no container")
    of_box = wanted if box_algorithms is None else tuple(dict.fromkeys(box_algorithms))
    with Outlet(handle, of_box, compressor(box, level)) as outlet:
        write(outlet, members, wanted, tally)
        outlet.close()
    is_compressed = bool(outlet.written) and box in {Box.TAR_GZ, Box.TAR_ZST}
    return Boxed(
        size=outlet.written,
        digests=outlet.digests,
        files=tally.files,
        folders=tally.folders,
        content=tally.content,
        inner_size=outlet.size if is_compressed else None,
        inner_digests=outlet.inner_digests,
    )


class _Tally:
    """Counts what was packed and passes it on."""

    def __init__(self, on_packed: Callable[[Packed], None] | None) -> None:
        self.files = self.folders = self.content = 0
        self._on_packed = on_packed

    def __call__(self, packed: Packed) -> None:
        self.folders += packed.is_folder
        self.files += not packed.is_folder
        self.content += packed.size
        if self._on_packed is not None:
            self._on_packed(packed)
