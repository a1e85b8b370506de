"""How long a user waits for the first word, and for a TAB."""

import sys

from benchmarks.completion import tabs
from benchmarks.lab import Lab
from benchmarks.results import Cache, Sense, Verdict
from benchmarks.targets import judge
from benchmarks.timing import Contender

ROUNDS = 15  # at least; starts are short
TAB_MS = 20.0


def startup(lab: Lab) -> None:
    """Measure starts of the program, and completions by the static scripts."""
    nothing = (sys.executable, "-c", "pass")
    words = (("--version",), ("--help",), ("copy", "--help"))
    contenders = [Contender("python -c pass", (nothing,))]
    for word in words:
        name = f"avpres {' '.join(word)}"
        contenders.append(Contender(name, ((lab.program, *word),), env=lab.env))
    for one in contenders:
        lab.stopwatch().measure(one)  # compiled and cached, as it is all day
    watch = lab.stopwatch(rounds=max(ROUNDS, lab.rounds))
    lab.results.series += watch.alternate("startup", Cache.NONE, contenders)
    judge(lab.results, "startup", Cache.NONE)
    for shell, times in tabs(lab).items():
        lab.results.verdicts.append(
            Verdict("startup", Cache.NONE, f"TAB in {shell}", Sense.AT_MOST, TAB_MS, times, "ms")
        )
