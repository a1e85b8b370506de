"""What MediaInfo says of both sides, asked in a thread of its own while ffmpeg is at work."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from avpres.adapters.formats.report_names import visible
from avpres.adapters.media.telling import tell
from avpres.adapters.tools.mediainfo import Output
from avpres.domain.errors import ToolFailedError
from avpres.domain.report import Finding
from avpres.services.normalise.stage import Stage
from avpres.services.normalise.workshop import Made, Workshop

Told = dict[str, object]


class Describing:
    """Asks MediaInfo about the source, later about the output; answers are waited for."""

    def __init__(self, made: Made, stage: Stage, workshop: Workshop) -> None:
        self._made, self._stage, self._workshop = made, stage, workshop
        self._pool = ThreadPoolExecutor(1, "describe")
        self._answers: dict[str, Future[Told]] = {}

    def begin(self, infix: str, path: bytes, name: str) -> None:
        """Begin with one side; `name` stands for its path in what is written."""
        places = {
            Output.XML: self._stage.file(f"{infix}.mediainfo.xml"),
            Output.MEDIA_TRACE: self._stage.file(f"{infix}.mediatrace.xml"),
        }
        self._answers[infix] = self._pool.submit(self._tell, path, places, visible(name))

    def told(self, infix: str) -> Told:
        """Wait for what was said of one side; nothing, and a finding, if that failed.

        Raises:
            ToolStoppedError: the run was stopped.
        """
        try:
            return self._answers[infix].result()
        except ToolFailedError as error:
            text = f"MediaInfo cannot describe it ({error}); its tags are not compared"
            finding = Finding.warning("NRM-UNDESCRIBED", self._made.item.shown, text)
            if finding not in self._made.findings:
                self._made.findings.append(finding)
            return {}

    def close(self) -> None:
        """Wait until nothing is at work any more."""
        self._pool.shutdown(cancel_futures=True)

    def _tell(self, path: bytes, places: dict[Output, Path], name: str) -> Told:
        return tell(path, places, self._workshop.engine, name, stop=self._workshop.stop)


@contextmanager
def describing(made: Made, stage: Stage, workshop: Workshop) -> Iterator[Describing]:
    """Describe the source from now on; at the end of the block nothing is at work any more."""
    work = Describing(made, stage, workshop)
    try:
        work.begin(".source", made.item.path, made.item.shown)
        yield work
    finally:
        work.close()
