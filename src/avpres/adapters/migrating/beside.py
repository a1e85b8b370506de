"""What a target has no place for: comments, unknown tags, times of frames; kept beside it."""

import base64
import json
import os
from collections.abc import Iterator

from avpres.adapters.images.raster import Page
from avpres.adapters.migrating.orders import Part
from avpres.adapters.migrating.staging import Staging

FRAME = "frame"


class Beside:
    """Gathers what the pages of one source leave over.

    What a page tells of itself is in the run's record; but frames cannot be shown without their
    times, which go with them.
    """

    def __init__(self, name: bytes) -> None:
        self._name = name
        self._pages: list[dict[str, object]] = []

    def tell(self, page: Page, left_over: tuple[tuple[str, bytes], ...]) -> None:
        """Take in what one page tells, and the metadata that did not go into its target."""
        told: dict[str, object] = dict(page.told) if page.kind == FRAME else {}
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
