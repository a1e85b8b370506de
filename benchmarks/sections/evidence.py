"""What the devices themselves say of avpres: the source read once, the copy read back."""

from pathlib import Path

from benchmarks.data import files_of
from benchmarks.results import Cache, Results, Sense, Series, Verdict

READ_ONCE = 1.15  # of the blocks of the files; the rest is inodes, folders and read-ahead
READ_BACK = 1.0  # of the bytes of the files


def judge_devices(results: Results, section: str, cache: Cache, data: Path) -> None:
    """Hold the device counters of avpres's runs against the size of the data.

    Sources in memory may not be read at all, so "once" is judged of cold ones only.
    """
    found = [path.stat() for path in files_of(data)]
    size, blocks = sum(one.st_size for one in found), sum(one.st_blocks * 512 for one in found)
    for series in results.of(section, cache):
        if series.name.startswith("avpres"):
            names = series.runs[0].devices
            for device in names:
                if device != "source":
                    _judge_target(results, series, device, size)
                elif cache is Cache.COLD:
                    _judge_source(results, series, blocks)


def judge_verified(results: Results, section: str, cache: Cache, data: Path) -> None:
    """Verification reads all from the medium, also what memory holds."""
    size = sum(path.stat().st_size for path in files_of(data))
    for series in results.of(section, cache):
        if series.name.startswith("avpres") and "source" in series.runs[0].devices:
            values = tuple(run.devices["source"][0] / size for run in series.runs)
            claim = f"{series.name}: bytes read from medium / size"
            verdict = Verdict(section, cache, claim, Sense.AT_LEAST, READ_BACK, values)
            results.verdicts.append(verdict)


def _judge_source(results: Results, series: Series, blocks: int) -> None:
    values = tuple(run.devices["source"][0] / blocks for run in series.runs)
    claim = f"{series.name}: bytes read from source / size"
    results.verdicts.append(
        Verdict(series.section, series.cache, claim, Sense.AT_MOST, READ_ONCE, values)
    )


def _judge_target(results: Results, series: Series, device: str, size: int) -> None:
    """Judge targets that were written; alone, a copy to one leaves the other untouched."""
    if not all(run.devices[device][1] >= size for run in series.runs):
        return
    values = tuple(run.devices[device][0] / size for run in series.runs)
    claim = f"{series.name}: bytes read back from {device} / size"
    results.verdicts.append(
        Verdict(series.section, series.cache, claim, Sense.AT_LEAST, READ_BACK, values)
    )
