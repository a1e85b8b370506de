"""Programs that stand in for rawcooked: one that does well, and those that do not."""

import sys
from pathlib import Path

SUCCESS = "Info: Reversibility was checked, no issue detected."

_HEAD = """#!{python}
import os, shutil, signal, sys, tempfile, time
from pathlib import Path

words = sys.argv[1:]
if words == ["--version"]:
    print("RAWcooked {version}")
    sys.exit(0)
Path({seen!r}).write_text("\\n".join(words))
film = Path(words[words.index("-o") + 1])
reel = Path(words[words.index("-o") - 1])


def cooked(other=None):
    ready = os.environ.get("RAWCOOKED_FAKE_FILM")
    if ready and other is None:
        return Path(ready).read_bytes()
    return anew(other or reel)


def anew(reel):
    from avpres.config.cook import CookOptions
    from avpres.services.context import Context
    from avpres.services.cook import cook
    top = Path(tempfile.mkdtemp())
    wanted = CookOptions(reels=(reel,), destination=top / "out", context=0, slices=4, workers=1)
    report = cook(wanted, Context(state_dir=top / "state"))
    assert report.exit_code == 0, report.findings
    (made,) = (top / "out").glob("*/*.mkv")
    content = made.read_bytes()
    shutil.rmtree(top)
    return content


def good():
    film.write_bytes(cooked())
    print({success!r}, flush=True)


"""


def install(folder: Path, body: str, version: str = "25.12") -> Path:
    """Put a program named rawcooked into a folder; `body` is what it does."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "rawcooked"
    seen = str(folder / "words.txt")
    head = _HEAD.format(python=sys.executable, version=version, seen=seen, success=SUCCESS)
    path.write_text(head + body + "\n")
    path.chmod(0o755)
    return path


def words(folder: Path) -> list[str]:
    """Give the words that the program was last called with."""
    return (folder / "words.txt").read_text().split("\n")
