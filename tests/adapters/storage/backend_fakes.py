"""Small programs that stand in for those of other systems, and for broken ones."""

import shlex
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from avpres.adapters.storage.backends.contract import Backend
from avpres.adapters.storage.backends.ditto import DittoBackend
from avpres.adapters.storage.backends.gcp import gcp
from avpres.adapters.storage.backends.posix_cp import CpBackend
from avpres.adapters.storage.backends.robocopy import RobocopyBackend
from avpres.adapters.storage.backends.rsync import RsyncBackend

DITTO = """
import os, shutil, sys
flags = {"--noclone", "--nocache", "--norsrc", "--noextattr", "--noacl", "--noqtn",
         "--rsrc", "--extattr", "--acl", "--qtn"}
words = [w for w in sys.argv[1:] if not w.startswith("-")]
unknown = [w for w in sys.argv[1:] if w.startswith("-") and w not in flags]
if unknown or len(words) < 2:
    sys.exit("usage: ditto src ... dst_directory")
*sources, target = words
status = 0
for source in sources:
    place = target if len(sources) == 1 else os.path.join(target, os.path.basename(source))
    try:
        shutil.copy2(source, place)
    except OSError as error:
        line = b"ditto: " + os.fsencode(error.filename or place) + b": "
        os.write(2, line + error.strerror.encode() + b"\\n")
        status = 1
sys.exit(status)
"""

ROBOCOPY = """
import errno, os, shutil, sys
flags = [w for w in sys.argv[3:] if w.startswith("/")]
source, target, *names = [w for w in sys.argv[1:3]] + [w for w in sys.argv[3:] if w not in flags]
known = ("/J /R:2 /W:5 /XC /XN /XO /DCOPY:T /XJ /NP /NJH /NJS /NDL").split()
copied = [f for f in flags if f not in known]
if sorted(flags) != sorted(known + copied) or copied[0][:7] != "/COPY:D" or len(copied) != 1:
    sys.exit(16)
codes = {errno.ENOENT: 2, errno.EACCES: 5, errno.ENOSPC: 112, errno.ENAMETOOLONG: 206}
status = 0
for name in names:
    place = os.path.join(target, name)
    if os.path.lexists(place):
        status |= 2
        continue
    try:
        shutil.copyfile(os.path.join(source, name), place)
        if "T" in copied[0][6:]: shutil.copystat(os.path.join(source, name), place)
        status |= 1
    except OSError as error:
        code = codes[error.errno]
        text = f"2024/05/01 10:00:00 FEHLER {code} (0x{code:08X}) Copying File "
        os.write(1, text.encode() + os.fsencode(os.path.join(source, name)) + b"\\r\\n")
        status |= 8
sys.exit(status)
"""


@dataclass(frozen=True)
class Stand:
    """A backend, and how to put another program in the place of its own."""

    name: str
    make: Callable[[dict[str, Path]], Backend]
    program: Path

    def with_program(self, folder: Path, body: str) -> Backend:
        """Make the backend with a shell script; `$REAL` in it is the program itself."""
        real = shlex.quote(str(self.program))
        text = f'#!/bin/sh\nREAL={real}\nif [ "$1" = --version ]; then exec "$REAL" "$1"; fi\n'
        path = folder / self.name
        path.write_text(f"{text}{body}\n")
        path.chmod(0o755)
        return self.make({self.name: path})

    @property
    def backend(self) -> Backend:
        return self.make({self.name: self.program})


def stand(name: str, folder: Path) -> Stand | None:
    """Set up a backend with its program, or None where there is none to try it with."""
    program = folder / name
    if name in {"ditto", "robocopy"}:
        code = DITTO if name == "ditto" else ROBOCOPY
        program.write_text(f"#!{sys.executable}\n{code}")
        program.chmod(0o755)
        return Stand(name, DittoBackend if name == "ditto" else RobocopyBackend, program)
    real = shutil.which("cp" if name == "gcp" else name)
    if real is None:
        return None
    program.symlink_to(real)
    return Stand(name, {"cp": CpBackend, "gcp": gcp, "rsync": RsyncBackend}[name], program)
