"""The life of the process that asks Siegfried.

Its signatures take 70 MB; one process with threads of its own serves all workers.
"""

import os

from avpres.adapters.describing.orders import Greeting
from avpres.adapters.processes.channel import Waiting


def serve(parent: Waiting, *, early: bool = False) -> None:
    """Identify lists of files.

    Args:
        parent: gives the signature file and a folder, then lists of paths.
        early: load the signatures that come with pygfried before anybody asks.

    Raises:
        EOFError: there are no more.
    """
    from avpres.adapters.identification.siegfried import Siegfried

    threads = os.cpu_count() or 1
    ready = Siegfried(threads=threads) if early else None
    if ready is not None:
        ready.load()
    greeting: Greeting = parent.receive()
    if ready is None or greeting.signatures is not None:
        ready = Siegfried(greeting.signatures, threads=threads)
    ready.folder = greeting.folder
    while True:
        parent.answers().send(ready.identify(parent.receive()))


def serve_early(parent: Waiting) -> None:
    """Load the signatures that come with pygfried before anybody asks; then as `serve`."""
    serve(parent, early=True)
