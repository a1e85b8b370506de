"""Deaths of workers in a row, of which no file can be the cause."""

from avpres.domain.errors import ToolFailedError

DEATHS = 8  # in a row, before anything was said: then it is not the files that end them


def one_more(deaths: int, doing: str) -> int:
    """Count a death of those that never said who they are, or died with their mother.

    Args:
        deaths: how many there were before, in a row.
        doing: what the processes are for, as `describe files`.

    Raises:
        ToolFailedError: there were so many in a row that no file can be the cause.
    """
    if deaths >= DEATHS:
        raise ToolFailedError(
            f"the processes that {doing} end as soon as they begin, for the reason above; "
            "install avpres anew, or give it more memory, and run the same command again"
        )
    return deaths + 1
