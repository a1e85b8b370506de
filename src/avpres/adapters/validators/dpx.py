"""DPX: the header's values, and whether the file holds all pixels that it describes.

There is no checksum and no end marker: a file is judged by its geometry. Fewer bytes than the
pixels need make it not well-formed. A file size in the header that is not the real one makes it
not valid, except in files of what is known to write it wrongly (DVS Clipster, DFT Scanity and
Spirit, ImageMagick): there it is a warning, as long as all pixels are there.
"""

import re
import struct

from avpres.adapters.validators import dpx_header as header
from avpres.adapters.validators.dpx_pixels import COMPONENTS, image_size
from avpres.adapters.validators.examination import Examination
from avpres.adapters.validators.source import Source
from avpres.domain.technical import Image, MediaKind

_HEADER = header.GENERIC + header.INDUSTRY
_ORDERS = {b"SDPX": ">", b"XPDS": "<"}
_BAD_SIZES = re.compile(
    r"dvs|clipster|scanity|spirit|bones|dft|imagemagick|graphicsmagick", re.IGNORECASE
)
_COLOURS = {6: "BlackIsZero", 50: "RGB", 51: "RGB", 52: "RGB", 100: "YCbCr", 101: "YCbCr"}
_COLOURS |= {102: "YCbCr", 103: "YCbCr", 7: "YCbCr", 1: "R", 2: "G", 3: "B", 4: "Alpha"}
_ALPHA = {4, 51, 52, 101, 103}
_BITS = {1, 8, 10, 12, 16, 32, 64}
_ORIENTATIONS = {0: 1, 1: 4, 2: 2, 3: 3, 4: 5, 5: 6, 6: 8, 7: 7}  # DPX to TIFF
_DATE = re.compile(r"(\d{4}):(\d\d):(\d\d):(\d\d:\d\d:\d\d)(:?.*)")


def validate(source: Source, exam: Examination) -> None:
    """Judge header and size of a DPX frame and describe it."""
    exam.technical.kind = MediaKind.IMAGE
    exam.mime = "image/x-dpx"
    raw = source.read(0, min(_HEADER, max(source.size, header.GENERIC)))
    order = _ORDERS.get(raw[:4])
    if order is None:
        exam.halt("DPX-MAGIC", "the file does not begin with SDPX or XPDS", 0)
    start = _check_file(raw, order, source, exam)
    orientation, count, width, height = struct.unpack_from(order + "HHII", raw, 768)
    _check_image(exam, orientation, count, width, height)
    elements = [header.element(raw, order, index) for index in range(min(count, 8))]
    for found in elements:
        _check_element(exam, found)
    (said,) = struct.unpack_from(order + "I", raw, 16)
    end = _check_data(source, exam, elements, (width, height, start, said))
    _check_size(raw, order, source, exam, end)
    industry = raw if start >= _HEADER else raw[: header.GENERIC]
    _describe(exam, industry, order, elements, (width, height, orientation))


def _check_file(raw: bytes, order: str, source: Source, exam: Examination) -> int:
    start, version, _, ditto, generic, industry, user = struct.unpack_from(
        order + "I8sIIIII", raw, 4
    )
    exam.version = header.text(version).removeprefix("V")
    if version[:4] not in {b"V1.0", b"V2.0"}:
        exam.invalid("DPX-VERSION", f"the version {header.text(version)!r} does not exist", 8)
    if ditto not in {0, 1, header.UNDEFINED}:
        exam.invalid("DPX-DITTO", f"the ditto key is {ditto}, it must be 0 or 1", 20)
    if generic not in {header.GENERIC, header.UNDEFINED, 0}:
        exam.invalid("DPX-HEADER-SIZE", f"the generic header has {generic} bytes, not 1664", 24)
    if industry not in {header.INDUSTRY, header.UNDEFINED, 0}:
        exam.invalid("DPX-HEADER-SIZE", f"the industry header has {industry} bytes, not 384", 28)
    if not header.GENERIC <= start <= source.size:
        exam.broken(
            "DPX-IMAGE-OFFSET", f"the image should begin at byte {start}, outside of the file", 4
        )
        return _HEADER
    if user not in {0, header.UNDEFINED} and _HEADER + user > start:
        exam.invalid("DPX-USER-DATA", f"{user} bytes of user data reach into the image", 32)
    return int(start)


def _check_image(exam: Examination, turned: int, count: int, width: int, height: int) -> None:
    if turned > 7 and turned != 0xFFFF:
        exam.invalid("DPX-ORIENTATION", f"the orientation {turned} does not exist", 768)
    if not 1 <= count <= 8:
        exam.broken("DPX-ELEMENTS", f"the file says it has {count} image elements, not 1 to 8", 770)
    if not 0 < width < header.UNDEFINED or not 0 < height < header.UNDEFINED:
        exam.broken("DPX-DIMENSIONS", f"the image is {width} by {height} pixels large", 772)


def _check_element(exam: Examination, found: header.Element) -> None:
    at = found.offset
    for value, allowed, place, id, word in (
        (found.sign, {0, 1, header.UNDEFINED}, 0, "DPX-SIGN", "data sign"),
        (found.descriptor, COMPONENTS.keys(), 20, "DPX-DESCRIPTOR", "descriptor"),
        (found.transfer, {*range(20), 255}, 21, "DPX-TRANSFER", "transfer characteristic"),
        (found.colorimetric, {*range(20), 255}, 22, "DPX-COLORIMETRIC", "colorimetric"),
        (found.bits, _BITS, 23, "DPX-BIT-DEPTH", "bit depth"),
        (found.packing, {0, 1, 2, 0xFFFF}, 24, "DPX-PACKING", "packing"),
        (found.encoding, {0, 1, 0xFFFF}, 26, "DPX-ENCODING", "encoding"),
    ):
        if value not in allowed:
            exam.invalid(id, f"the {word} {value} does not exist", at + place)


def _check_data(
    source: Source,
    exam: Examination,
    elements: list[header.Element],
    geometry: tuple[int, int, int, int],
) -> int:
    """Say which elements are not wholly there; give the byte where the last one must end."""
    width, height, start, said = geometry
    last = start
    for index, found in enumerate(elements, 1):
        offset = found.data if found.data not in {0, header.UNDEFINED} else last
        if offset < header.GENERIC or offset > source.size:
            exam.broken(
                "DPX-DATA-OFFSET",
                f"the element {index} should begin at byte {offset}, outside of the file",
                found.offset + 28,
            )
            continue
        least, full = image_size(found, width, height)
        if source.size < offset + full <= said < header.UNDEFINED:
            least = full  # the lines did begin at words: the file was longer
        if found.encoding == 1:
            exam.undetermined(
                "DPX-RUN-LENGTH",
                "the pixels are run-length encoded: their size is not known",
                offset,
            )
        elif offset + least > source.size:
            exam.broken(
                "DPX-DATA-SHORT",
                f"the element {index} needs {least} bytes, {source.size - offset} are there",
                source.size,
            )
        last = max(last, offset + (full if offset + full <= source.size else least))
    return last


def _check_size(raw: bytes, order: str, source: Source, exam: Examination, end: int) -> None:
    (size,) = struct.unpack_from(order + "I", raw, 16)
    said = size not in {0, header.UNDEFINED}
    if not said:
        exam.note("DPX-FILE-SIZE", "the header does not say how large the file is", 16)
    elif size != source.size & 0xFFFFFFFF:
        creator = header.text(raw[160:260])
        known = _BAD_SIZES.search(creator + header.text(raw[1556:1588])) and source.size >= end
        say = exam.warn if known else exam.invalid
        say(
            "DPX-FILE-SIZE",
            f"the header says that the file has {size} bytes, it has {source.size}"
            + (f"; {creator} is known to write it wrongly" if known else ""),
            16,
        )
    if 0 < end < source.size and not (said and size == source.size):
        exam.note("DPX-TRAILING", f"{source.size - end} bytes stand behind the image", end)


def _describe(
    exam: Examination,
    raw: bytes,
    order: str,
    elements: list[header.Element],
    geometry: tuple[int, int, int],
) -> None:
    width, height, turned = geometry
    file = header.group(raw, order, header.FILE)
    origin = header.group(raw, order, header.SOURCE)
    film = header.group(raw, order, header.FILM)
    video = header.group(raw, order, header.TELEVISION)
    created = _iso(str(file.get("created", "")))
    if "created" in file and not created:
        exam.warn("DPX-DATE", f"the date has not its form: {str(file['created'])!r}", 136)
    film["keycode"] = header.keycode(film)
    video["timecode"] = header.timecode(video.get("timecode"))
    image = Image(
        width=width,
        height=height,
        byte_order="big endian" if order == ">" else "little endian",
        orientation=_ORIENTATIONS.get(turned),
        created=created,
        software=str(file.get("creator", "")),
        model=str(origin.get("input_device", "")),
        has_alpha=any(found.descriptor in _ALPHA for found in elements),
    )
    _add_samples(image, elements)
    exam.technical.images.append(image)
    groups = (("film", film), ("television", video))
    exam.technical.properties |= file | origin | _encryption(raw, order)
    exam.technical.properties |= {
        name: {key: value for key, value in found.items() if value != ""} for name, found in groups
    }
    exam.technical.properties["elements"] = [_element(found) for found in elements]


def _add_samples(image: Image, elements: list[header.Element]) -> None:
    if not elements:
        return
    first = elements[0]
    counts = [COMPONENTS.get(found.descriptor, (1, 1))[1] for found in elements]
    pairs = zip(elements, counts, strict=True)
    image.bits_per_sample = tuple(found.bits for found, count in pairs for _ in range(count))
    image.samples_per_pixel = sum(counts)
    planes = {found.descriptor for found in elements}
    image.colour_space = "RGB" if {1, 2, 3} <= planes else _COLOURS.get(first.descriptor, "")
    if {6, 7} <= planes:
        image.colour_space = "YCbCr"
    image.compression = "RLE" if first.encoding == 1 else "Uncompressed"


def _element(found: header.Element) -> dict[str, object]:
    return {
        "descriptor": found.descriptor,
        "bits": found.bits,
        "packing": found.packing,
        "encoding": found.encoding,
        "transfer": found.transfer,
        "colorimetric": found.colorimetric,
        "signed": found.sign == 1,
        "offset": found.data,
        "description": found.description,
    }


def _encryption(raw: bytes, order: str) -> dict[str, object]:
    (key,) = struct.unpack_from(order + "I", raw, 660)
    return {"encrypted": key != header.UNDEFINED}


def _iso(text: str) -> str:
    found = _DATE.fullmatch(text)
    if found is None:
        return ""
    year, month, day, clock, _ = found.groups()
    return f"{year}-{month}-{day}T{clock}"
