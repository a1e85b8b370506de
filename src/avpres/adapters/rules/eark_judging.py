"""A METS document of an E-ARK package held against CSIP, element by element as it goes by.

The rules are read as the specification means them: one CREATOR has to be the software, and not
every one; a group's OTHERCONTENTINFORMATIONTYPE is asked for where its type is OTHER.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from avpres.adapters.formats.xml_text import local
from avpres.adapters.rules.eark_rules import EARK_RULES
from avpres.adapters.rules.rule import Level
from avpres.adapters.rules.xml_walk import Visit

_REFERENCES = {"dmdSec": 22, "digiprovMD": 36, "rightsMD": 49}
_SECTIONS = {"dmdSec": (18, 20, 21), "digiprovMD": (33, 34, 35), "rightsMD": (46, 47, 48)}
_KINDS = frozenset({"SIP", "AIP", "DIP", "AIU", "AIC"})
_STATUS = frozenset({"CURRENT", "SUPERSEDED"})
_FILE = ("ID", "MIMETYPE", "SIZE", "CREATED", "CHECKSUM", "CHECKSUMTYPE")
_PROFILES = {
    "SIP2": "https://earksip.dilcis.eu/profile/E-ARK-SIP",
    "DIP2": "https://earkdip.dilcis.eu/profile/E-ARK-DIP",
}

Said = tuple[str, str, Level | None]
"""Rule, message, and a level other than the rule's."""


@dataclass(slots=True)
class Eark:
    """What was seen of a document of an E-ARK package so far."""

    is_representation: bool = False
    kind: str = ""
    agents: list[tuple[str, str, int, int, bool]] = field(default_factory=list)
    uses: set[str] = field(default_factory=set)
    labels: set[str] = field(default_factory=set)
    maps: Counter[str] = field(default_factory=Counter)
    sections: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(cls, root: Visit) -> "Eark | None":
        """Begin, when the document says that it is of such a package."""
        marks = [str(uri) for uri in root.element.nsmap.values()]
        marks.append(str(root.element.get("PROFILE") or ""))
        return cls() if any("dilcis.eu" in mark.lower() for mark in marks) else None

    def judge(self, visit: Visit) -> Iterator[Said]:
        """Yield what is wrong with an element, at its end."""
        judged = {
            "mdRef": self._reference,
            "FLocat": self._location,
            "file": self._file,
            "fileGrp": self._group,
            "fileSec": self._files,
            "agent": self._agent,
            "metsHdr": self._header,
            "div": self._div,
            "mptr": self._pointer,
            "structMap": self._map,
            "fptr": self._file_pointer,
            "mets": self._root,
        }.get(visit.name)
        if judged is not None:
            yield from judged(visit)
        if visit.name in _SECTIONS:
            yield from self._section(visit)
        elif visit.name == "amdSec" and not visit.children["digiprovMD"]:
            yield _say("CSIP32", visit)
        self.sections[visit.name] += 1

    def _reference(self, visit: Visit) -> Iterator[Said]:
        first = _REFERENCES.get(visit.around[-1].name if visit.around else "")
        if first is None:
            return
        yield from _link(visit, first, first + 1, first + 2)
        names = ("MDTYPE", "MIMETYPE", "SIZE", "CREATED", "CHECKSUM", "CHECKSUMTYPE")
        for number, name in enumerate(names, start=first + 3):
            if not visit.element.get(name):
                yield _say(f"CSIP{number}", visit)

    def _section(self, visit: Visit) -> Iterator[Said]:
        identity, status, reference = _SECTIONS[visit.name]
        if not visit.element.get("ID"):
            yield _say(f"CSIP{identity}", visit)
        if visit.name == "dmdSec" and not visit.element.get("CREATED"):
            yield _say("CSIP19", visit)
        said = str(visit.element.get("STATUS") or "")
        if said not in _STATUS:
            yield _say(f"CSIP{status}", visit, Level.MUST if said else None)
        if not visit.children["mdRef"]:
            yield _say(f"CSIP{reference}", visit)

    def _location(self, visit: Visit) -> Iterator[Said]:
        yield from _link(visit, 77, 78, 79)

    def _file(self, visit: Visit) -> Iterator[Said]:
        for number, name in enumerate(_FILE, start=67):
            if not visit.element.get(name):
                yield _say(f"CSIP{number}", visit)
        if not visit.children["FLocat"]:
            yield _say("CSIP76", visit)

    def _group(self, visit: Visit) -> Iterator[Said]:
        use = str(visit.element.get("USE") or "")
        self.uses.add(use)
        if not use:
            yield _say("CSIP64", visit)
        if not visit.element.get("ID"):
            yield _say("CSIP65", visit)
        if not visit.children["file"] and not visit.children["fileGrp"]:
            yield _say("CSIP66", visit)
        content = visit.get("CONTENTINFORMATIONTYPE")
        if use.startswith("Representations") and not content:
            yield _say("CSIP62", visit)
        if content == "OTHER" and not visit.get("OTHERCONTENTINFORMATIONTYPE"):
            yield _say("CSIP63", visit)

    def _files(self, visit: Visit) -> Iterator[Said]:
        if not visit.element.get("ID"):
            yield _say("CSIP59", visit)
        if self.is_representation:
            return
        for rule, use in (("CSIP60", "Documentation"), ("CSIP113", "Schemas")):
            if use not in self.uses:
                yield _say(rule, visit)
        if not any(use.startswith("Representations") for use in self.uses):
            yield _say("CSIP114", visit)

    def _agent(self, visit: Visit) -> Iterator[Said]:
        if visit.element.get("ROLE") == "CREATOR":
            found = [(local(child), child) for child in visit.element]
            names = sum(1 for name, child in found if name == "name" and (child.text or "").strip())
            notes = [child for name, child in found if name == "note"]
            versions = any("SOFTWARE VERSION" in note.attrib.values() for note in notes)
            kind = str(visit.element.get("TYPE") or "")
            other = str(visit.element.get("OTHERTYPE") or "")
            self.agents.append((kind, other, names, len(notes), versions))
        return iter(())

    def _header(self, visit: Visit) -> Iterator[Said]:
        self.kind = visit.get("OAISPACKAGETYPE")
        for rule, name in (("CSIP7", "CREATEDATE"), ("CSIP8", "LASTMODDATE")):
            if not visit.element.get(name):
                yield _say(rule, visit)
        if self.kind not in _KINDS:
            yield _say("CSIP9", visit)
        if not visit.children["agent"]:
            yield _say("CSIP10", visit)
        elif not self.agents:
            yield _say("CSIP11", visit)
        else:
            yield from self._software(visit)

    def _software(self, visit: Visit) -> Iterator[Said]:
        others = [each for each in self.agents if each[0] == "OTHER"]
        software = [each for each in others if each[1] == "SOFTWARE"]
        if not others:
            yield _say("CSIP12", visit)
        elif not software:
            yield _say("CSIP13", visit)
        elif not any(each[2] == 1 for each in software):
            yield _say("CSIP14", visit)
        elif not any(each[3] == 1 for each in software):
            yield _say("CSIP15", visit)
        elif not any(each[4] for each in software):
            yield _say("CSIP16", visit)

    def _div(self, visit: Visit) -> Iterator[Said]:
        names = [each.name for each in visit.around]
        if "structMap" not in names:
            return
        top = visit.around[names.index("structMap")]
        if top.element.get("LABEL") != "CSIP":
            return
        depth = len(names) - names.index("structMap")
        label = str(visit.element.get("LABEL") or "")
        if depth == 1 and not visit.element.get("ID"):
            yield _say("CSIP85", visit)
        elif depth == 2:  # noqa: PLR2004 - below the only div
            self.labels.add(label)
            yield from _named_div(visit, label, is_representation=self.is_representation)
        elif depth == 3 and not self.is_representation:  # noqa: PLR2004 - a representation
            above = str(visit.around[-1].element.get("LABEL") or "")
            if above == "Representations":
                yield from self._representation(visit)
        if depth == 2 and label.startswith("Representations/"):  # noqa: PLR2004 - as most do
            yield from self._representation(visit)

    def _representation(self, visit: Visit) -> Iterator[Said]:
        if not visit.element.get("ID"):
            yield _say("CSIP106", visit)
        if not visit.element.get("LABEL"):
            yield _say("CSIP107", visit)
        if visit.children["mptr"] != 1:
            yield _say("CSIP109", visit)

    def _pointer(self, visit: Visit) -> Iterator[Said]:
        yield from _link(visit, 112, 111, 110)

    def _file_pointer(self, visit: Visit) -> Iterator[Said]:
        if visit.around and not visit.element.get("FILEID"):
            visit.around[-1].notes["no FILEID"] = True
        return iter(())

    def _map(self, visit: Visit) -> Iterator[Said]:
        if visit.element.get("LABEL") != "CSIP":
            return
        self.maps["CSIP"] += 1
        if visit.element.get("TYPE") != "PHYSICAL":
            yield _say("CSIP81", visit)
        if not visit.element.get("ID"):
            yield _say("CSIP83", visit)
        if visit.children["div"] != 1:
            yield _say("CSIP84", visit)
        if "Metadata" not in self.labels:
            yield _say("CSIP88", visit)
        if self.is_representation:
            return
        for rule, label in (("CSIP93", "Documentation"), ("CSIP97", "Schemas")):
            if label not in self.labels:
                yield _say(rule, visit)
        if not any(label.startswith("Representations") for label in self.labels):
            yield _say("CSIP105", visit)

    def _root(self, visit: Visit) -> Iterator[Said]:
        yield from self._attributes(visit)
        for rule, name in (("CSIP17", "dmdSec"), ("CSIP31", "amdSec"), ("CSIP58", "fileSec")):
            if not visit.children[name] and (name == "fileSec" or not self.is_representation):
                yield _say(rule, visit)
        if not visit.children["structMap"]:
            yield _say("CSIP80", visit)
        elif not self.maps["CSIP"]:
            yield _say("CSIP82", visit)
        if not visit.children["metsHdr"]:
            yield _say("CSIP117", visit)
        yield from self._profile(visit)

    def _attributes(self, visit: Visit) -> Iterator[Said]:
        for rule, name in (("CSIP1", "OBJID"), ("CSIP2", "TYPE"), ("CSIP6", "PROFILE")):
            if not visit.element.get(name):
                yield _say(rule, visit)
        if visit.element.get("TYPE") in {"Other", "OTHER"} and not visit.get("OTHERTYPE"):
            yield _say("CSIP3", visit)
        content = visit.get("CONTENTINFORMATIONTYPE")
        if not content:
            yield _say("CSIP4", visit, Level.MUST if self.is_representation else None)
        elif content == "OTHER" and not visit.get("OTHERCONTENTINFORMATIONTYPE"):
            yield _say("CSIP5", visit)

    def _profile(self, visit: Visit) -> Iterator[Said]:
        profile = str(visit.element.get("PROFILE") or "")
        if self.is_representation or not profile:
            return
        is_sip = profile.startswith(_PROFILES["SIP2"])
        if self.kind == "SIP" and not is_sip:
            yield _say("SIP2", visit)
        if is_sip and self.kind != "SIP":
            yield _say("SIP4", visit)
        if self.kind == "DIP" and not profile.startswith(_PROFILES["DIP2"]):
            yield _say("DIP2", visit)


def _named_div(visit: Visit, label: str, *, is_representation: bool) -> Iterator[Said]:
    rules = {"Metadata": (89, 0, 0), "Documentation": (94, 96, 116), "Schemas": (98, 100, 118)}
    if label not in rules:
        return
    identity, pointer, target = rules[label]
    if not visit.element.get("ID"):
        yield _say(f"CSIP{identity}", visit)
    if label == "Metadata":
        if is_representation:
            return
        for number, name in ((91, "ADMID"), (92, "DMDID")):
            if not visit.element.get(name):
                yield _say(f"CSIP{number}", visit)
    elif not visit.children["fptr"]:
        yield _say(f"CSIP{pointer}", visit)
    elif visit.notes.get("no FILEID"):
        yield _say(f"CSIP{target}", visit)


def _link(visit: Visit, place: int, kind: int, href: int) -> Iterator[Said]:
    if visit.element.get("LOCTYPE") != "URL":
        yield _say(f"CSIP{place}", visit)
    if visit.get("type") != "simple":
        yield _say(f"CSIP{kind}", visit)
    if not visit.get("href"):
        yield _say(f"CSIP{href}", visit)


def _say(rule: str, visit: Visit, level: Level | None = None) -> Said:
    name = str(visit.element.get("ID") or visit.element.get("LABEL") or "")
    which = f" {name[:60]}" if name else ""
    said = f"line {visit.line}, {visit.name}{which}: not so: {EARK_RULES[rule].text}"
    return rule, said, level
