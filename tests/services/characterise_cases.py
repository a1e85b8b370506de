"""Files of known make, and a way to describe them."""

import io
import json
import zipfile
from pathlib import Path

from PIL import Image

from avpres.config.characterise import CharacteriseOptions
from avpres.services.characterise import characterise
from avpres.services.context import Context


class Describer:
    """Runs `characterise` again and again over one state folder."""

    def __init__(self, state: Path) -> None:
        self.state = state

    def __call__(self, *paths, **options):
        chosen = CharacteriseOptions(paths=paths, **options)
        return characterise(chosen, Context(state_dir=self.state))

    def records(self, report) -> dict[str, dict]:
        """Give the records that a run left, by path."""
        folder = next((self.state / "runs").glob(f"*_{report.run_id[:8]}"))
        lines = (folder / "descriptions.jsonl").read_bytes().splitlines()
        return {record["path"]: record for record in map(json.loads, lines)}


def picture(kind: str, **options) -> bytes:
    buffer = io.BytesIO()
    image = Image.effect_noise((96, 64), 80).convert("RGB")
    (image.convert("P") if kind == "GIF" else image).save(buffer, kind, **options)
    return buffer.getvalue()


def zipped() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("notes.txt", "reel one\n" * 50)
    return buffer.getvalue()


def make_holding(folder: Path) -> Path:
    """Some sound files of several kinds, in folders."""
    (folder / "stills").mkdir(parents=True)
    (folder / "stills" / "frame.tif").write_bytes(picture("TIFF"))
    (folder / "stills" / "frame.png").write_bytes(picture("PNG"))
    (folder / "stills" / "frame.jpg").write_bytes(picture("JPEG"))
    (folder / "stills" / "frame.gif").write_bytes(picture("GIF"))
    (folder / "notes.txt").write_text("reel one\nreel two\n", "utf-8")
    (folder / "über.txt").write_text("Überlieferung\n", "utf-8")
    (folder / "box.zip").write_bytes(zipped())
    return folder


def codes(report) -> set[str]:
    return set(report.finding_counts)
