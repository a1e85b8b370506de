"""What each file system can hold: names, sizes, times, links. Rules as data.

Evidence: exFAT and NTFS as their drivers were seen to behave, LTFS as its sources check names
(libltfs pathname.c) and IBM documents them, the others from their documentation.
"""

import sys
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Literal

from avpres.adapters.storage import ltfs
from avpres.adapters.storage.volume import MediumKind, Volume

_GIB = 1 << 30
_TIB = 1 << 40
_SECOND = 1_000_000_000  # nanoseconds
_CONTROLS = frozenset(map(chr, range(1, 32)))
_WINDOWS_REFUSES = frozenset('"*:<>?\\|') | _CONTROLS


Form = Literal["NFC", "NFD"]


class NameUnit(StrEnum):
    """In what the length of a name is counted."""

    BYTES = "bytes"
    CHARACTERS = "characters"
    UTF16 = "UTF-16 units"


class Folding(StrEnum):
    """Which letters count as one: none, capitals and small letters, or Unicode's full folding."""

    NONE = "none"
    SIMPLE = "simple"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file system can hold.

    `forbidden` comes besides `/` and NUL; `trailing` is what a name may not end in; `form` is the
    Unicode form in which names are stored or compared. `goes_to_windows`: the medium is made to be
    carried to Windows, where more names are refused than here. `time_unit_ns` is the step of
    modification times; `max_file` is in bytes, None where no film reaches it. `folding_varies`:
    only a look at the folder itself can tell whether it folds letters.
    """

    title: str
    max_name: int = 255
    unit: NameUnit = NameUnit.BYTES
    forbidden: frozenset[str] = frozenset()
    trailing: str = ""
    devices_reserved: bool = False
    utf8_only: bool = False
    folding: Folding = Folding.NONE
    form: Form | None = None
    goes_to_windows: bool = False
    folding_varies: bool = False
    max_file: int | None = None
    time_unit_ns: int = 1
    modes: bool = True
    symlinks: bool = True
    hard_links: bool = True
    sparse: bool = True

    @property
    def is_transparent(self) -> bool:
        """Tell whether any bytes make a name, so that only its length needs a look."""
        strict = self.forbidden or self.trailing or self.devices_reserved or self.utf8_only
        return not (strict or self.goes_to_windows or self.folds) and self.unit is NameUnit.BYTES

    @property
    def folds(self) -> bool:
        """Tell whether different names can mean the same file."""
        return self.folding is not Folding.NONE or self.form is not None


_FAT = Limits(
    "FAT32",
    unit=NameUnit.UTF16,
    forbidden=_WINDOWS_REFUSES,
    trailing=".",
    utf8_only=True,
    folding=Folding.SIMPLE,
    goes_to_windows=True,
    max_file=4 * _GIB - 1,
    time_unit_ns=2 * _SECOND,
    modes=False,
    symlinks=False,
    hard_links=False,
    sparse=False,
)
_EXFAT = replace(_FAT, title="exFAT", max_file=None, time_unit_ns=_SECOND // 100)
_NTFS = Limits(
    "NTFS",
    unit=NameUnit.UTF16,
    utf8_only=True,
    goes_to_windows=True,
    max_file=256 * _TIB,
    time_unit_ns=100,
)
_HFS = Limits(
    "HFS+",
    unit=NameUnit.UTF16,
    utf8_only=True,
    folding=Folding.SIMPLE,
    form="NFD",
    folding_varies=True,
    time_unit_ns=_SECOND,
    sparse=False,
)
_APFS = Limits("APFS", utf8_only=True, folding=Folding.FULL, form="NFD", folding_varies=True)
_LTFS = Limits(
    "LTFS",
    unit=NameUnit.CHARACTERS,
    forbidden=frozenset("\x1f\ufffe\uffff"),
    utf8_only=True,
    form="NFC",
    modes=False,
    hard_links=False,
    sparse=False,
)
_BEFORE_2_4 = _CONTROLS - frozenset("\t\n\r") | {":"}
"""What LTFS refuses besides, where its index has no percent encoding (format before 2.4)."""

_SMB = Limits("SMB", unit=NameUnit.UTF16, utf8_only=True, folding_varies=True, time_unit_ns=100)

LIMITS: dict[str, Limits] = {
    "ext2": Limits("ext2", max_file=2 * _TIB, time_unit_ns=_SECOND),
    "ext3": Limits("ext3", max_file=2 * _TIB, time_unit_ns=_SECOND),
    "ext4": Limits("ext4", max_file=16 * _TIB, folding_varies=True),
    "xfs": Limits("XFS"),
    "btrfs": Limits("Btrfs"),
    "f2fs": Limits("F2FS", folding_varies=True),
    "zfs": Limits("ZFS", folding_varies=True),
    "tmpfs": Limits("tmpfs"),
    "overlay": Limits("overlayfs"),
    "nfs": Limits("NFS", folding_varies=True),
    "nfs4": Limits("NFS", folding_varies=True),
    "vfat": _FAT,
    "msdos": _FAT,
    "fat32": _FAT,
    "exfat": _EXFAT,
    "fuse.exfat": replace(_EXFAT, trailing="", time_unit_ns=_SECOND),
    "ntfs": _NTFS,
    "ntfs3": _NTFS,
    "fuse.ntfs-3g": _NTFS,
    "hfs": _HFS,
    "hfsplus": _HFS,
    "apfs": _APFS,
    "ltfs": _LTFS,
    "cifs": _SMB,
    "smb3": _SMB,
    "smbfs": _SMB,
}
_UNKNOWN = Limits("an unknown file system", folding_varies=True)


def limits_of(volume: Volume) -> Limits:
    """Look up what a volume can hold; names are only known to be bytes where nothing is known."""
    limits = LIMITS.get(volume.filesystem, _UNKNOWN)
    if volume.kind is MediumKind.TAPE:
        limits = _of_tape(volume)
    elif volume.filesystem == "ext4":  # 2**32 blocks, fs/ext4/super.c
        limits = replace(limits, max_file=volume.block_size << 32)
    elif volume.filesystem in {"ext2", "ext3"} and volume.block_size < 4096:  # noqa: PLR2004
        limits = replace(limits, max_file=(256 if volume.block_size > 1024 else 16) * _GIB)  # noqa: PLR2004
    return _on_windows(limits) if sys.platform == "win32" else limits


def _of_tape(volume: Volume) -> Limits:
    """Ask a tape for its format: before 2.4, or where it does not say, fewer names are held."""
    version = ltfs.format_version(volume.tape_root) if volume.tape_root else None
    if version is not None and version >= (2, 4):
        return _LTFS
    return replace(_LTFS, forbidden=_LTFS.forbidden | _BEFORE_2_4)


def _on_windows(limits: Limits) -> Limits:
    """Add what Windows itself refuses, on whatever file system (Naming Files, Win32)."""
    return replace(
        limits,
        forbidden=limits.forbidden | _WINDOWS_REFUSES,
        trailing=". ",
        devices_reserved=True,
        utf8_only=True,
        unit=NameUnit.UTF16 if limits.unit is NameUnit.BYTES else limits.unit,
        folding=Folding.SIMPLE if limits.folding is Folding.NONE else limits.folding,
        modes=False,
    )
