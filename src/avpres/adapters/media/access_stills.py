"""A finished still picture held against its plan."""

from pathlib import Path

from PIL import Image, ImageStat, UnidentifiedImageError

from avpres.adapters.media.access_check import Checked, Fault
from avpres.adapters.media.access_command import SHEET, THUMB_LINES, WAVE
from avpres.adapters.media.access_graph import Plan
from avpres.adapters.tools.ffmpeg import Ffmpeg, Watch
from avpres.adapters.tools.ffmpeg_progress import Progress
from avpres.domain.access import Product
from avpres.domain.picture import Size


def check_still(
    _ffmpeg: Ffmpeg, plan: Plan, made: Path, _told: Progress | None, _watch: Watch
) -> Checked:
    """Decode a picture with another program than made it, and look at its size."""
    try:
        with Image.open(made) as image:
            image.load()
            found = Size(*image.size)
            is_empty = not any(ImageStat.Stat(image.convert("RGBA")).sum)
    except (OSError, UnidentifiedImageError, SyntaxError) as error:
        return Checked((Fault("ACC-READBACK", "cannot be read back", "a picture", str(error)),))
    faults = []
    if not _fits(plan, found):
        faults.append(Fault("ACC-SIZE", "has another frame", _wanted(plan), str(found)))
    if is_empty:
        faults.append(Fault("ACC-READBACK", "holds nothing", "a picture", "nothing"))
    return Checked(tuple(faults), frames=1)


def _fits(plan: Plan, found: Size) -> bool:
    product = plan.profile.product
    if product is Product.WAVEFORM:
        return found == Size(WAVE[0], WAVE[1] * len(plan.tracks))
    if product is Product.CONTACT_SHEET:
        return found.height > SHEET[1] * THUMB_LINES and found.width > SHEET[0]
    return plan.picture is not None and found == plan.picture.frame


def _wanted(plan: Plan) -> str:
    return str(plan.picture.frame) if plan.picture else f"{WAVE[0]}x{WAVE[1]} a track"
