"""How much memory a worker process may have."""

import contextlib
import mmap

MIB = 1024 * 1024


def limit_memory(mib: int) -> None:
    """Let the kernel refuse memory beyond the limit (not on Windows, little on macOS)."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        wanted = mib * MIB
        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_DATA, (most, hard))


def is_to_be_had(size: int) -> bool:
    """Say whether this process may have so many bytes more; they are not touched."""
    flags = {"flags": mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS} if hasattr(mmap, "MAP_PRIVATE") else {}
    try:
        mmap.mmap(-1, max(1, size), **flags).close()
    except (OSError, ValueError, OverflowError):
        return False
    return True


def data_of(pid: int) -> int:
    """Give the bytes that another process has of what `limit_memory` limits; 0 if nobody tells."""
    try:
        with open(f"/proc/{pid}/status", "rb") as file:
            told = next((line for line in file if line.startswith(b"VmData:")), b"0 0")
        return int(told.split()[1]) * 1024
    except (OSError, ValueError, IndexError):
        return 0
