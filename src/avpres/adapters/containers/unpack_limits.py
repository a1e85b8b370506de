"""How much a container may become, so that a bomb does not fill the disk."""

from dataclasses import dataclass, replace

from avpres.adapters.containers.container import RATIO
from avpres.domain.errors import NotConformantError


class TooMuchError(NotConformantError):
    """A container holds more than the limits allow: a bomb, or more than was reckoned with."""


@dataclass(frozen=True, slots=True)
class UnpackLimits:
    """How much a container may become.

    `total` is in bytes, None for what is free on the volume. `members` counts files, folders and
    links. `ratio` is for `open_container`. `nesting` is how many containers may be in each other.
    """

    total: int | None = None
    members: int = 10_000_000
    ratio: int | None = RATIO
    nesting: int = 8

    def inner(self) -> "UnpackLimits":
        """Give the limits of a container within.

        Raises:
            TooMuchError: there were enough.
        """
        if self.nesting <= 1:
            raise TooMuchError("too many containers are in each other; unpack the inner by itself")
        return replace(self, nesting=self.nesting - 1)
