"""What points from one place of a Matroska file to another: SeekHead and Cues."""

from collections.abc import Iterator, Mapping

from avpres.adapters.validators.examination import Examination
from avpres.adapters.validators.matroska_blocks import Clusters, Track
from avpres.adapters.validators.matroska_elements import LEVEL_1
from avpres.adapters.validators.matroska_tree import Node
from avpres.adapters.validators.piece import Piece

_BLOCKS = {0xA3: 1, 0xA0: 1, 0xAF: 1}
_PEEKS = 256  # places of a file that is not held that are looked up: each costs a read


def check_seek_head(
    head: Node, base: int, places: Mapping[int, int], clusters: Clusters, exam: Examination
) -> None:
    """Say which entries of a SeekHead do not point to what they say; `base` is their zero."""
    for seek in head.all("Seek"):
        raw = seek.get("SeekID")
        id = int.from_bytes(raw, "big") if isinstance(raw, bytes) else 0
        place = base + seek.number("SeekPosition")
        there = places.get(place)
        if there == id or (place in clusters.times and id == 0x1F43B675):
            continue
        name = LEVEL_1[id].name if id in LEVEL_1 else f"element {id:X}"
        text = f"SeekHead says that {name} stands at byte {place}; it does not"
        exam.invalid("MKV-SEEK", text, seek.offset)


def check_cues(
    cues: Node,
    base: int,
    clusters: Clusters,
    tracks: Mapping[int, Track],
    look: tuple[Piece, Examination],
) -> None:
    """Say which cues do not point to a cluster, to a known track, or to a block."""
    piece, exam = look
    points = [(point, place) for point in cues.all("CuePoint") for place in _places(point)]
    step = 1 if piece.source.data is not None else max(1, len(points) // _PEEKS)
    for count, (point, position) in enumerate(points):
        offset = base + position.number("CueClusterPosition")
        track = position.number("CueTrack")
        if track not in tracks:
            text = f"a cue is for track {track}, which is not described"
            exam.invalid("MKV-CUE-TRACK", text, position.offset)
        if offset not in clusters.times:
            text = f"a cue points to byte {offset}, where no Cluster begins"
            exam.invalid("MKV-CUE", text, position.offset)
        elif count % step == 0:
            _check_block(point, position, clusters.times[offset], look)


def _places(point: Node) -> Iterator[Node]:
    return point.all("CueTrackPositions")


def _check_block(
    point: Node, position: Node, cluster: tuple[int, int], look: tuple[Piece, Examination]
) -> None:
    piece, exam = look
    relative = position.get("CueRelativePosition")
    if not isinstance(relative, int):
        return
    found = piece.peek(cluster[0] + relative, 16)
    if not found or found[0] not in _BLOCKS:
        text = f"a cue points to byte {cluster[0] + relative}, where no block begins"
        exam.invalid("MKV-CUE-BLOCK", text, position.offset)
    elif abs(point.number("CueTime") - cluster[1]) > 1 << 16:
        text = "the time of a cue is not that of the block that it points to"
        exam.invalid("MKV-CUE-TIME", text, point.offset)
