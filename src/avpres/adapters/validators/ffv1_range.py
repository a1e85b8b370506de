"""The range decoder of FFV1 (RFC 9043, 3.8.1), as far as headers need it."""

_HALF = 128  # the state that every context starts in
_OVERRUN = 64  # bytes that a decoder may ask for beyond the end before nothing is meant any more
_LONGEST = 31  # bits of a number


class RangeError(ValueError):
    """The coded data make no sense."""


class RangeDecoder:
    """Reads booleans and numbers, one context at a time, from what a range coder wrote."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._low = int.from_bytes(data[:2].ljust(2, b"\0"), "big")
        self._range = 0xFF00
        self._place = 2
        self._low = min(self._low, 0xFF00)

    def bit(self, states: list[int], index: int = 0) -> int:
        """Read one boolean and let its context learn."""
        state = states[index]
        part = (self._range * state) >> 8
        rest = self._range - part
        if self._low < rest:
            self._range, value = rest, 0
            states[index] = _ZERO[state]
        else:
            self._low -= rest
            self._range, value = part, 1
            states[index] = _ONE[state]
        if self._range < 0x100:
            self._refill()
        return value

    def number(self, states: list[int], *, signed: bool = False) -> int:
        """Read one number.

        Raises:
            RangeError: it is longer than any number may be.
        """
        if self.bit(states):
            return 0
        length = 0
        while self.bit(states, 1 + min(length, 9)):
            length += 1
            if length > _LONGEST:
                raise RangeError("a number is too long")
        value = 1
        for place in range(length - 1, -1, -1):
            value += value + self.bit(states, 22 + min(place, 9))
        if signed and self.bit(states, 11 + min(length, 10)):
            return -value
        return value

    def _refill(self) -> None:
        self._range <<= 8
        self._low <<= 8
        if self._place < len(self._data):
            self._low += self._data[self._place]
        elif self._place > len(self._data) + _OVERRUN:
            raise RangeError("the data end too early")
        self._place += 1


def fresh() -> list[int]:
    """Give the 32 states of a context that nothing was read in."""
    return [_HALF] * 32


def _zeros(one: bytes) -> bytes:
    return bytes([0] + [(256 - one[256 - place]) & 0xFF for place in range(1, 256)])


_ONE = bytes(  # RFC 9043, 3.8.1.5: default_state_transition
    bytes(8)
    + bytes.fromhex(
        "1415161718191a1b1c1d1e1f20212223242525262728292a2b2c2d2e2f3031323334353637383839"
    )
    + bytes.fromhex(
        "3a3b3c3d3e3f404142434445464748494a4b4b4c4d4e4f505152535455565758595a5b5c5d5e5e5f"
    )
    + bytes.fromhex(
        "606162636465666768696a6b6c6d6e6f70717272737475767778797a7b7c7d7e7f80818283848585"
    )
    + bytes.fromhex(
        "868788898a8b8c8d8e8f90919293949596979898999a9b9c9d9e9fa0a1a2a3a4a5a6a7a8a9aaabab"
    )
    + bytes.fromhex(
        "acadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebebfc0c2c2c3c4c5c6c7c8c9cacacccdcecfd0d1d1"
    )
    + bytes.fromhex(
        "d2d3d4d5d7d7d8d9dadbdcdcdedfe0e1e2e3e3e5e5e6e7e8eaeaebecedeeeff0f1f2f3f4f5f6f7f8"
    )
    + bytes.fromhex("f8")
    + bytes(7)
)
_ZERO = _zeros(_ONE)
