"""What lies where in a TIFF: image data over something else, and bytes that nothing points at."""

from avpres.adapters.validators.tiff_reader import Reader


def check_extents(reader: Reader, data: list[tuple[int, int]]) -> None:
    """Say where image data overlap and what stands behind everything that is pointed at."""
    _check_overlap(reader, data)
    last = max((end for _, end in (*reader.extents, *data)), default=0)
    behind = reader.source.size - last - (last & 1)
    if behind > 0:
        reader.exam.note(
            "TIFF-TRAILING", f"nothing in the file points at its last {behind} bytes", last
        )


def _check_overlap(reader: Reader, data: list[tuple[int, int]]) -> None:
    whole = sorted(
        [(start, end, False) for start, end in set(reader.extents)]
        + [(start, end, True) for start, end in set(data)]
        + [(0, 16 if reader.big else 8, False)]
    )
    overlaps, first = 0, 0
    reach, image = 0, False  # how far what came before goes, and whether that is image data
    for start, end, is_image in whole:
        if start < reach and (is_image or image) and start < reader.source.size:
            overlaps += 1
            first = first or start
        if end > reach:
            reach, image = end, is_image
    if overlaps:
        reader.exam.invalid(
            "TIFF-OVERLAP",
            f"{overlaps} strips or tiles lie over other parts of the file, the first one here",
            first,
        )
