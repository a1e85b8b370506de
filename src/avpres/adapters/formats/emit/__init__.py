"""Metadata records in the forms that archives exchange, one module per kind.

A record says what the description says: what is absent there is absent here, and a word that a
schema does not have is mapped to one that it has, or left out.
"""

from collections.abc import Callable
from dataclasses import dataclass

from avpres.adapters.formats.emit import (
    aes57,
    audiomd,
    ffprobe_json,
    mediainfo_records,
    mix,
    pbcore,
    textmd,
    videomd,
)
from avpres.domain.description import Description


@dataclass(frozen=True, slots=True)
class Emitter:
    """One kind of record: `suffix` is put behind the name of the file that it describes.

    `reads` says that `write` opens the file again; its errors are those of MediaInfo.
    """

    name: str
    suffix: str
    title: str
    applies_to: Callable[[Description], bool]
    write: Callable[[Description], bytes]
    reads: bool = False


def _by_mediainfo(
    name: str, suffix: str, title: str, write: Callable[[Description], bytes]
) -> Emitter:
    return Emitter(name, suffix, title, mediainfo_records.is_played, write, reads=True)


_ALL = (
    Emitter("mix", ".mix.xml", "MIX 2.0 (images)", mix.applies_to, mix.write),
    Emitter("audiomd", ".audiomd.xml", "audioMD 2.0", audiomd.applies_to, audiomd.write),
    Emitter("aes57", ".aes57.xml", "AES57 audioObject", aes57.applies_to, aes57.write),
    Emitter("textmd", ".textmd.xml", "textMD 3.01a", textmd.applies_to, textmd.write),
    Emitter("videomd", ".videomd.xml", "videoMD 2.0", videomd.applies_to, videomd.write),
    Emitter("pbcore", ".pbcore.xml", "PBCore 2.1", pbcore.applies_to, pbcore.write),
    Emitter(
        "ffprobe", ".ffprobe.json", "JSON as ffprobe", ffprobe_json.applies_to, ffprobe_json.write
    ),
    _by_mediainfo("ebucore", ".ebucore.xml", "EBUCore 1.8", mediainfo_records.ebucore),
    _by_mediainfo("mediainfo", ".mediainfo.xml", "MediaInfo XML", mediainfo_records.xml),
    _by_mediainfo("mediatrace", ".mediatrace.xml", "MediaTrace", mediainfo_records.trace),
)

KINDS: dict[str, Emitter] = {emitter.name: emitter for emitter in _ALL}
"""Every kind by the name that `--emit` takes."""
