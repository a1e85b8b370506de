"""Versions of RAWcooked: the first that restores a thing (its History_CLI.txt)."""

from typing import NamedTuple

OLDEST = "21.09"  # the data in both places, checked by their MD5
WIDER = "23.03"  # DPX of 12 bits packed in any width, or bottom to top; a picture of one slice
QUAD = "23.09"  # sound of 4 channels
GREY = "23.12"  # DPX of one channel of 10 bits, and of 12 bits packed
LATEST = "25.12"  # the one that these rules were read of


class Restorable(NamedTuple):
    """Whether RAWcooked restores a film. `why`: not at all, because of that; else from `since`."""

    why: str
    since: str = OLDEST

    @property
    def told(self) -> str:
        """Say it in a few words."""
        return (
            f"no: {self.why}"
            if self.why
            else f"yes, version {self.since} and later restores the film"
        )

    @property
    def facts(self) -> dict[str, object]:
        """Say it for programs."""
        is_theirs = not self.why
        return {"restorable_by_rawcooked": is_theirs, "rawcooked_since": self.since * is_theirs}


NEVER = Restorable("nothing is known of it yet")
