"""What passes between a command and its workers: pickles over a socket, each with its size.

One end waits, the other does not: the parent looks in from time to time and takes what has come.
"""

import pickle
import socket
import struct
from collections.abc import Iterable
from io import BytesIO
from typing import Any

_SIZE = struct.Struct("=I")
_PART = 256 * 1024  # bytes that are taken at a time


class Waiting:
    """The end of a child process, which waits for its parent.

    Args:
        socket: connected to the parent, blocking.
    """

    def __init__(self, socket: socket.socket) -> None:
        self._socket = socket
        self._file = socket.makefile("rb")

    def receive(self) -> Any:
        """Wait for the next message.

        Raises:
            EOFError: there will be none.
        """
        try:
            head = self._file.read(_SIZE.size)
            if len(head) < _SIZE.size:
                raise EOFError
            return pickle.loads(self._file.read(*_SIZE.unpack(head)))  # noqa: S301 - from our parent
        except ConnectionError as error:
            raise EOFError from error

    def answers(self) -> "Answers":
        """Begin a series of answers."""
        return Answers(self._socket)


class Answers:
    """A series of answers: what was said in one is not said again in the next (a text, a name)."""

    def __init__(self, socket: socket.socket) -> None:
        self._socket = socket
        self._buffer = BytesIO()
        self._pickler = pickle.Pickler(self._buffer, pickle.HIGHEST_PROTOCOL)

    def send(self, answer: object) -> None:
        """Send one.

        Raises:
            EOFError: nobody listens any more.
        """
        self._buffer.seek(0)
        self._buffer.truncate()
        self._pickler.dump(answer)
        with self._buffer.getbuffer() as content:
            try:
                self._socket.sendall(_SIZE.pack(len(content)) + content)
            except ConnectionError as error:
                raise EOFError from error


class Glancing:
    """The end of the parent, which never waits."""

    def __init__(self, socket: socket.socket) -> None:
        self._socket = socket
        self._socket.setblocking(False)
        self._coming = bytearray()
        self._going = bytearray()
        self.has_ended = False

    def fileno(self) -> int:
        """Give the descriptor, for selectors."""
        return self._socket.fileno()

    @property
    def is_full(self) -> bool:
        """Say whether something is still to be sent."""
        return bool(self._going)

    def send(self, message: object) -> None:
        """Send a message, as far as it goes now; `flush` sends the rest."""
        content = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
        self._going += _SIZE.pack(len(content)) + content
        self.flush()

    def flush(self) -> None:
        """Send what could not be sent before."""
        try:
            while self._going:
                del self._going[: self._socket.send(self._going)]
        except BlockingIOError:
            pass
        except OSError:  # it has died: whoever reads its answers learns of that
            self._going.clear()

    def take(self) -> list[bytes]:
        """Take the answers that have come, whole ones only, still packed."""
        try:
            while part := self._socket.recv(_PART):
                self._coming += part
            self.has_ended = True
        except BlockingIOError:
            pass
        except OSError:
            self.has_ended = True
        return self._whole()

    def _whole(self) -> list[bytes]:
        found, place, held = [], 0, self._coming
        while len(held) >= place + _SIZE.size:
            (size,) = _SIZE.unpack_from(held, place)
            end = place + _SIZE.size + size
            if len(held) < end:
                break
            found.append(bytes(held[place + _SIZE.size : end]))
            place = end
        del held[:place]
        return found

    def close(self) -> None:
        """Hang up."""
        self._socket.close()


def unpacked(answers: Iterable[bytes]) -> list[Any]:
    """Unpack a series of answers, from its first."""
    parts = list(answers)
    unpickler = pickle.Unpickler(BytesIO(b"".join(parts)))  # noqa: S301 - from our own children
    return [unpickler.load() for _ in parts]
