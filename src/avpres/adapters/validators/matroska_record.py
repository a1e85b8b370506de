"""The record of a Matroska file, from what was read of it."""

from collections.abc import Mapping

from avpres.adapters.validators.matroska_blocks import Track
from avpres.adapters.validators.matroska_tracks import AUDIO, VIDEO, audio_of, created, video_of
from avpres.adapters.validators.matroska_tree import Node
from avpres.domain.technical import Container, MediaKind, Technical

_TAGS = 100  # tags that are listed; the rest is only counted
_VALUE = 1000  # characters of a tag


def describe(
    technical: Technical, nodes: Mapping[str, list[Node]], tracks: Mapping[int, Track]
) -> None:
    """Fill in a record; also of a file that was cut, as far as it goes."""
    info = next(iter(nodes.get("Info", [])), None)
    scale = info.number("TimestampScale", 1_000_000) if info is not None else 1_000_000
    container = technical.container = Container(members=len(tracks) or None)
    if info is not None:
        _info(container, info, scale)
    for entry in _each(nodes, "Tracks", "TrackEntry"):
        _track(technical, entry, tracks[entry.number("TrackNumber")], scale)
    is_video, is_audio = bool(technical.video), bool(technical.audio)
    technical.kind = MediaKind.AUDIO if is_audio and not is_video else MediaKind.VIDEO
    _properties(technical, nodes, tracks)


def _info(container: Container, info: Node, scale: int) -> None:
    duration, date = info.get("Duration"), info.get("DateUTC")
    if isinstance(duration, float):
        container.duration = round(duration * scale / 1e9, 6)
    container.writing_application = info.text("WritingApp")
    container.writing_library = info.text("MuxingApp")
    container.title = info.text("Title")
    if isinstance(date, int):
        container.created = created(date)


def _track(technical: Technical, entry: Node, track: Track, scale: int) -> None:
    seconds = _seconds(entry, track, scale)
    if track.type == VIDEO:
        technical.video.append(video_of(entry, track, seconds))
    elif track.type == AUDIO:
        technical.audio.append(audio_of(entry, track, seconds))


def _seconds(entry: Node, track: Track, scale: int) -> float | None:
    if track.first is None:
        return None
    last = track.last_duration * scale or entry.number("DefaultDuration")
    return round(((track.last - track.first) * scale + last) / 1e9, 6) or None


def _properties(
    technical: Technical, nodes: Mapping[str, list[Node]], tracks: Mapping[int, Track]
) -> None:
    properties = technical.properties
    properties["tracks"] = len(tracks)
    files = list(_each(nodes, "Attachments", "AttachedFile"))
    if files:
        properties["attachments"] = [_attachment(node) for node in files]
    chapters = sum(
        1
        for edition in _each(nodes, "Chapters", "EditionEntry")
        for _ in edition.all("ChapterAtom")
    )
    if chapters:
        properties["chapters"] = chapters
    tags = _tags(nodes)
    if tags:
        properties["tags"] = tags
    configs = [
        track.config.properties() | {"context": track.context}
        for track in tracks.values()
        if track.config is not None
    ]
    if configs:
        properties["ffv1"] = configs


def _attachment(node: Node) -> dict[str, object]:
    data = node.child("FileData")
    return {
        "name": node.text("FileName"),
        "mime": node.text("FileMediaType"),
        "size": 0 if data is None else data.end - data.start,
    }


def _tags(nodes: Mapping[str, list[Node]]) -> dict[str, str]:
    """Give the tags of the file as a whole: those without a target."""
    found: dict[str, str] = {}
    for tag in _each(nodes, "Tags", "Tag"):
        targets = tag.child("Targets")
        if targets is not None and any("UID" in child.element.name for child in targets.children):
            continue
        for simple in tag.all("SimpleTag"):
            if len(found) < _TAGS:
                found.setdefault(simple.text("TagName"), simple.text("TagString")[:_VALUE])
    return found


def _each(nodes: Mapping[str, list[Node]], parent: str, name: str) -> list[Node]:
    return [child for node in nodes.get(parent, []) for child in node.all(name)]
