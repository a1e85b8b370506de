"""Numbers of frames, written compactly: `00123-00125, 00200`."""

from collections.abc import Sequence

MOST = 10  # ranges that are written out


class Ranges:
    """Collects ranges of numbers in their order: all are counted, the first are kept."""

    def __init__(self, most: int = MOST) -> None:
        self.count = 0
        """How many numbers there are."""
        self.kept: list[tuple[int, int]] = []
        self._most = most
        self._more = 0
        self._widths: list[int] = []

    def add(self, first: int, last: int, width: int = 0) -> None:
        """Take in a range; numbers are written with at least so many digits."""
        self.count += last - first + 1
        if len(self.kept) < self._most:
            self.kept.append((first, last))
            self._widths.append(width)
        else:
            self._more += last - first + 1

    def __str__(self) -> str:
        """Write the ranges that are kept, and how many numbers follow."""
        pairs = zip(self.kept, self._widths, strict=True)
        text = ", ".join(_written(pair, width) for pair, width in pairs)
        return f"{text} and {self._more:,} more" if self._more else text


def listed(names: Sequence[str], count: int) -> str:
    """Name the first of many things, and say how many are not named."""
    text = ", ".join(names)
    return f"{text} and {count - len(names):,} more" if count > len(names) else text


def _written(pair: tuple[int, int], width: int) -> str:
    first, last = (f"{number:0{width}d}" if width else str(number) for number in pair)
    return first if first == last else f"{first}-{last}"
