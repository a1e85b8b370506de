"""Which boxes of ISO/IEC 14496-12 and QuickTime stand where, and how long they are.

One line, or two, a box that holds boxes: its type, then the types of what it may hold.
`!` it must be there, `*` it may be there more than once.
"""

from dataclasses import dataclass, field

_HOLDERS = """
file ftyp moov mdat* moof* mfra styp* sidx* ssix* prft* emsg*
file pdin meta meco udta pnot PICT* imda* idat
moov mvhd! trak* mvex iods udta* meta* clip ctab cmov prfl rmra drm_ ainf
trak tkhd! mdia! edts tref trgr udta* meta tapt txas clip matt load imap kmat meco strk
mdia mdhd! hdlr! minf! elng udta
minf vmhd smhd hmhd sthd nmhd gmhd dinf! stbl! hdlr
gmhd gmin text tmcd wtim wtxt tcmi
dinf dref!
stbl stsd! stts! ctts cslg stsc! stsz stz2 stco co64 stss stsh stps sdtp padb stdp
stbl sbgp* sgpd* subs* saiz* saio*
edts elst
mvex mehd trex* leva trep*
moof mfhd! traf* meta pssh* udta
traf tfhd! tfdt trun* sdtp sbgp* sgpd* subs* saiz* saio* senc meta udta
mfra tfra* mfro!
tapt clef prof enof
"""
_ANYWHERE = "free skip wide uuid junk Void"
_SIZES = """
mvhd 108 120
tkhd 92 104
mdhd 32 44
vmhd 20
smhd 16
mehd 16 20
trex 32
mfhd 16
mfro 16
gmin 24
clef 20
prof 20
enof 20
tfdt 16 20
"""
_TABLES = """
stts 8
ctts 8 8
stsc 12
stco 4
co64 8
stss 4
stps 4
elst 12 20
"""


@dataclass(slots=True)
class Holder:
    """A box that holds boxes."""

    required: list[str] = field(default_factory=list)
    repeats: set[str] = field(default_factory=set)
    children: set[str] = field(default_factory=set)


def _read_holders() -> dict[str, Holder]:
    holders: dict[str, Holder] = {}
    for line in _HOLDERS.strip().split("\n"):
        name, *children = line.split()
        holder = holders.setdefault(name, Holder())
        for child in children:
            type_ = child.rstrip("!*")
            holder.children.add(type_)
            if child.endswith("!"):
                holder.required.append(type_)
            elif child.endswith("*"):
                holder.repeats.add(type_)
    return holders


def _read_sizes(text: str) -> dict[str, tuple[int, ...]]:
    lines = (line.split() for line in text.strip().split("\n"))
    return {name: tuple(int(size) for size in sizes) for name, *sizes in lines}


HOLDERS = _read_holders()
ANYWHERE = frozenset(_ANYWHERE.split())
SIZES = _read_sizes(_SIZES)  # bytes of the whole box, by version
TABLES = _read_sizes(_TABLES)  # bytes of an entry, by version; 16 bytes stand before them
KNOWN = frozenset().union(*(holder.children for holder in HOLDERS.values())) | ANYWHERE
