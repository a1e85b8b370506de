"""Say what 1,000 files of unknown origin are, whether they are sound, and how they are made."""

import shutil
import sys
from pathlib import Path

from benchmarks.holdings import make_holding
from benchmarks.lab import Lab
from benchmarks.processes import peak_pss
from benchmarks.results import Cache, Sense, Verdict, ratios
from benchmarks.targets import judge
from benchmarks.timing import Contender, require_success, started

FILES = 1000
THOUSANDS = 57  # AIHT's holding was of 57,450 files
LIMIT_MB = 300.0  # 10**6 bytes
PER_CPU_S = 110.0  # files that JHOVE's audit does in a second of processor time, as measured
DIGESTS = (
    "import hashlib,pathlib,sys\n"
    "for p in pathlib.Path(sys.argv[1]).rglob('*'):\n"
    "    if p.is_file():\n"
    "        b = p.read_bytes(); hashlib.sha256(b).digest(); hashlib.md5(b).digest()\n"
)
IDENTIFY = "import pygfried,sys; pygfried.identify_dir(sys.argv[1], workers=2)"


def characterise(lab: Lab) -> None:
    """Measure avpres, JHOVE's audit if it is here, Siegfried alone, and the digests alone."""
    data = make_holding(lab.work / "holding")
    ours = (lab.program, "characterise", data)
    contenders = [
        Contender("sha256 and md5", ((sys.executable, "-c", DIGESTS, data),)),
        Contender("siegfried", ((sys.executable, "-c", IDENTIFY, data),)),
        Contender("avpres characterise", (ours,), prepare=lab.forget_state, env=lab.env),
    ]
    jhove = shutil.which("jhove")
    if jhove:
        contenders.append(Contender("jhove audit", ((jhove, "-h", "Audit", "-k", data),)))
    else:
        lab.results.note("characterise: no jhove here; its files per CPU-second are the facts'")
    watch = lab.stopwatch()
    watch.measure(contenders[2])
    series = watch.alternate("characterise", Cache.WARM, contenders)
    lab.results.series += series
    if jhove:
        judge(lab.results, "characterise", Cache.WARM)
    per_cpu = tuple(FILES / run.cpu_s for run in series[2].runs)
    per_wall = tuple(FILES / run.seconds for run in series[2].runs)
    for claim, bound, values in (
        ("avpres files per CPU-second", 4 * PER_CPU_S, per_cpu),
        ("avpres files per second", 8 * PER_CPU_S, per_wall),
    ):
        lab.results.verdicts.append(
            Verdict("characterise", Cache.WARM, claim, Sense.AT_LEAST, bound, values, "/s")
        )
    floor = ratios(series[2], series[0])
    lab.results.note(f"characterise: {sorted(floor)[len(floor) // 2]:.1f}x the digests alone")
    _memory(lab, make_holding(lab.work / "large", max(1, round(THOUSANDS * lab.scale))))


def _memory(lab: Lab, data: Path) -> None:
    """Describe as many files as Harvard had, and look into /proc meanwhile."""
    lab.forget_state()
    command = (lab.program, "characterise", data, "--quiet")
    with lab.log.open("ab") as said, started(command, log=said.fileno(), env=lab.env) as child:
        peak = peak_pss(child.pid, lambda: child.poll() is None)
    require_success(child.returncode, command, lab.log)
    lab.results.verdicts.append(
        Verdict("memory", Cache.NONE, "characterise", Sense.AT_MOST, LIMIT_MB, (peak / 1e6,), "MB")
    )
