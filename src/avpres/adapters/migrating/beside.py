"""What a target has no place for: comments, unknown tags, times of frames; kept beside it."""

import base64
import json
import os
from collections.abc import Iterator

from avpres.adapters.images.raster import Page
from avpres.adapters.migrating.orders import Part
from avpres.adapters.migrating.staging import Staging


class Beside:
    """Gathers what the pages of one source leave over.

    What a lone picture tells of itself, as its place on a screen, is in the run's record alone.
    """

    def __init__(self, name: bytes, *, is_film: bool) -> None:
        self._name = name
        self._is_film = is_film
        self._pages: list[dict[str, object]] = []

    def tell(self, page: Page, left_over: tuple[tuple[str, bytes], ...]) -> None:
        """Take in what one page tells, and the metadata that did not go into its target."""
        told: dict[str, object] = dict(page.told) if self._is_film else {}
        if left_over:
            told["metadata"] = [
                {"name": name, "base64": base64.b64encode(content).decode()}
                for name, content in left_over
            ]
        if told:
            self._pages.append({"page": page.number, "kind": page.kind, **told})

    def parts(self, staging: Staging) -> Iterator[Part]:
        """Write the record, when there is anything to tell."""
        if self._pages:
            told = {"form": 1, "source": os.fsdecode(self._name), "pages": self._pages}
            text = json.dumps(told, indent=1, default=str)
            yield staging.beside(text.encode() + b"\n")
