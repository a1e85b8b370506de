"""Measure avpres and its peers side by side: `python -m benchmarks --all --images`."""

import argparse
import contextlib
import fcntl
import os
import shutil
import signal
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks import report
from benchmarks.lab import Lab
from benchmarks.results import Cache, Results
from benchmarks.sections import SECTIONS
from benchmarks.volumes import sweep

NAME = "avpres-benchmarks"
FAILED, INTERRUPTED = 2, 130
QUIET = 0.5  # load of the last minute
SAVED = Path(__file__).with_name("results")


def main() -> int:
    """Run the sections asked for; what was measured is reported even if one of them fails.

    The status is 0 if all targets were reached, 1 if not, 2 if a section failed, 130 if stopped.
    """
    asked = _arguments()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # clean up as at a Ctrl-C
    with _own_folder(asked.work) as work:
        lab = Lab(
            work=work,
            images=asked.images,
            rounds=asked.rounds,
            scale=asked.scale,
            caches=tuple(asked.cache),
            program=asked.program,
            results=Results(),
        )
        return _measure(lab, asked.only)


def _measure(lab: Lab, names: Sequence[str]) -> int:
    """Run sections and save after each, so that an hour's figures outlive what comes after."""
    where, worst = report.conditions(lab), 0
    path = report.write(SAVED, where, lab.results)
    if lab.scale < 1:
        lab.results.note("targets hold for the full size; below it starts of programs weigh more")
    if where["load_at_start"][0] > QUIET:
        lab.results.note("the machine was not quiet at the start; measure again when it is")
    for name in names:
        worst = max(worst, _section(lab, name))
        where["load_at_end"] = os.getloadavg()
        path = report.write(SAVED, where, lab.results)
        if worst == INTERRUPTED:
            break
    print(path.read_text("utf-8"))
    print(f"written to {path}", file=sys.stderr)
    return worst or int(not all(one.reached for one in lab.results.verdicts))


def _section(lab: Lab, name: str) -> int:
    """Run one section; another that fails does not stop the rest, a Ctrl-C does."""
    print(f"-- {name}", file=sys.stderr)
    try:
        SECTIONS[name](lab)
    except (RuntimeError, OSError) as error:
        lab.results.note(f"{name}: stopped: {'; '.join(str(error).splitlines())}")
        return FAILED
    except KeyboardInterrupt:
        lab.results.note(f"{name}: interrupted")
        return INTERRUPTED
    return 0


@contextlib.contextmanager
def _own_folder(parent: Path) -> Iterator[Path]:
    """Have a folder for this run alone; what a killed run left in it is cleared first."""
    parent.mkdir(parents=True, exist_ok=True)
    work = parent.resolve() / NAME
    lock = os.open(parent, os.O_RDONLY)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sys.exit(f"{work}: another run is measuring here; choose another --work")
        sweep(work)
        work.mkdir()
        try:
            yield work
        finally:
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # an impatient second Ctrl-C
            sweep(work)
    finally:
        os.close(lock)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument(
        "--all", dest="only", action="store_const", const=list(SECTIONS), help="every section"
    )
    which.add_argument("--only", type=_sections, metavar="NAME,...", help=", ".join(SECTIONS))
    parser.add_argument("--rounds", type=int, default=5, help="runs of each contender (5)")
    parser.add_argument("--scale", type=float, default=1.0, help="part of the full size (1.0)")
    parser.add_argument(
        "--cache", type=_caches, default="cold,warm", metavar="STATE,...", help="cold, warm"
    )
    parser.add_argument("--work", type=Path, default=Path("/var/tmp"), help="folder to measure in")  # noqa: S108
    parser.add_argument(
        "--images", action="store_true", help="fresh ext4 images on loop devices (root)"
    )
    beside = Path(sys.executable).with_name("avpres")
    parser.add_argument("--program", type=_program, default=str(beside), help="avpres to measure")
    asked = parser.parse_args()
    if asked.images and os.geteuid() != 0:
        parser.error("--images needs root; without it plain folders are used")
    return asked


def _sections(words: str) -> list[str]:
    names = words.split(",")
    if unknown := set(names) - set(SECTIONS):
        raise argparse.ArgumentTypeError(f"no section {', '.join(sorted(unknown))}")
    return names


def _caches(words: str) -> list[Cache]:
    try:
        return [Cache(word) for word in words.split(",")]
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _program(word: str) -> Path:
    found = shutil.which(word)
    if not found:
        raise argparse.ArgumentTypeError(f"{word}: no such program")
    return Path(found).resolve()


if __name__ == "__main__":
    sys.exit(main())
