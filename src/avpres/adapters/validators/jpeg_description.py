"""What a JPEG shows of its format, its colours and its coding."""

from typing import TYPE_CHECKING

from avpres.adapters.validators.jpeg_frame import Frame

if TYPE_CHECKING:
    from avpres.adapters.validators.jpeg import Walk


def profile(walk: "Walk") -> str:
    """Name the file formats and the kind of coding that the file shows."""
    apps, frame = walk.apps, walk.frame
    told = {
        "JFIF": apps.jfif_first,
        "Exif": apps.exif,
        "SPIFF": apps.spiff,
        "Adobe JPEG": apps.adobe is not None,
        "JPEG-LS": frame is not None and frame.marker == 0xF7,
        "progressive": frame is not None and frame.progressive,
    }
    return ", ".join(name for name, is_so in told.items() if is_so)


def colour_space(walk: "Walk") -> str:
    """Name the colour space as MIX does, from the marks that writers leave."""
    apps, frame = walk.apps, walk.frame
    ids = tuple(frame.components) if frame else ()
    if len(ids) == 1:
        return "BlackIsZero"
    if len(ids) == 4:
        return "YCCK" if apps.adobe else "CMYK"
    if len(ids) != 3:
        return ""
    is_rgb = apps.adobe == 0 or (apps.adobe is None and ids in {tuple(b"RGB"), tuple(b"rgb")})
    return "RGB" if is_rgb and not apps.jfif_first else "YCbCr"


def properties(walk: "Walk", frame: Frame) -> dict[str, object]:
    """Give what belongs to JPEG alone."""
    parts = list(frame.components.values())
    found: dict[str, object] = {
        "encoding": frame.encoding,
        "scans": walk.scans,
        "quantisation_tables": len(walk.tables.quantisation),
        "segments": walk.apps.names,
        "sampling": [f"{part.across}x{part.down}" for part in parts],
    }
    if walk.tables.restart_interval:
        found["restart_interval"] = walk.tables.restart_interval
    if walk.comments:
        found["comments"] = walk.comments
    return found
