"""The names of an archive's members, and what their links point at."""

from dataclasses import dataclass, field

from avpres.adapters.validators.examination import Examination
from avpres.adapters.validators.tar_header import Header

_KEPT = 200_000  # names; of larger archives the rest is not compared


@dataclass(slots=True)
class Names:
    """The names met so far."""

    seen: set[bytes] = field(default_factory=set)

    def check(self, name: bytes, header: Header, link: bytes, exam: Examination) -> None:
        """Say what is odd about the name of one member."""
        offset = header.offset
        label = name.decode(errors="replace")[:200]
        if not name:
            exam.invalid("TAR-NAME", "a member has no name", offset)
        elif name[:1] == b"/" or b".." in name.split(b"/"):
            text = f"{label} would be unpacked outside of the chosen folder"
            exam.warn("TAR-UNSAFE-NAME", text, offset)
        key = name.rstrip(b"/")
        if key in self.seen and header.type != b"5":
            exam.warn("TAR-DUPLICATE-NAME", f"{label} is there more than once", offset)
        self._check_link(label, header, link, exam)
        if len(self.seen) < _KEPT:
            self.seen.add(key)

    def _check_link(self, label: str, header: Header, link: bytes, exam: Examination) -> None:
        if header.type not in {b"1", b"2"}:
            return
        if not link:
            exam.invalid("TAR-LINK", f"the link {label} points at nothing", header.offset)
        elif header.type == b"1" and link not in self.seen and len(self.seen) < _KEPT:
            target = link.decode(errors="replace")[:200]
            text = f"{label} is a link to {target}, which is not in the archive before it"
            exam.warn("TAR-LINK-TARGET", text, header.offset)
