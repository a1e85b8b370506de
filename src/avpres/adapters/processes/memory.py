"""How much memory a worker process may have."""

import contextlib

MIB = 1024 * 1024


def limit_memory(mib: int) -> None:
    """Let the kernel refuse memory beyond the limit (not on Windows, little on macOS)."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        wanted = mib * MIB
        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_DATA, (most, hard))
