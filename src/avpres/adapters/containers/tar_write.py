"""A tar written in one pass, in memory that does not grow."""

from collections.abc import Callable, Iterable

from avpres.adapters.containers.flow import Outlet
from avpres.adapters.containers.planned import Packed, Planned, in_order
from avpres.adapters.containers.sources import digest_and_pass
from avpres.adapters.containers.tar_encode import BLOCK, END, RECORD, header
from avpres.domain.fixity import Algorithm


def write_tar(
    outlet: Outlet,
    members: Iterable[Planned],
    algorithms: tuple[Algorithm, ...],
    on_packed: Callable[[Packed], None],
) -> None:
    """Write members and the end of the archive into an outlet."""
    put = outlet.put
    for member in in_order(members):
        start = outlet.size
        size = 0 if member.is_folder else member.size
        put(header(member.path, size, member.mtime, is_folder=member.is_folder))
        offset = outlet.size
        digests = () if member.is_folder else digest_and_pass(member, algorithms, put)
        if size % BLOCK:
            put(bytes(-size % BLOCK))
        on_packed(Packed(member.path, start, offset, size, member.mtime, member.is_folder, digests))
    put(END)
    put(bytes(-outlet.size % RECORD))
