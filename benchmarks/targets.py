"""What must be reached: ratios of wall times of two contenders measured side by side."""

from typing import NamedTuple

from benchmarks.results import Cache, Results, Sense, Verdict, ratios


class Target(NamedTuple):
    """`above` divided by `below` lies on the right side of `bound`."""

    section: str
    above: str
    below: str
    sense: Sense
    bound: float


MOST, LEAST = Sense.AT_MOST, Sense.AT_LEAST

TARGETS = (
    Target("big", "avpres sha256", "limit", MOST, 1.15),
    Target("big", "avpres sha256", "cp", MOST, 1.10),
    Target("big", "copyit", "avpres sha256", LEAST, 2.4),
    Target("big", "copyit", "avpres md5", LEAST, 2.0),
    Target("mid", "avpres md5", "cp", MOST, 1.1),
    Target("mid", "copyit", "avpres md5", LEAST, 2.0),
    Target("mid", "avpres md5", "rsync", MOST, 1.0),
    Target("tiny", "avpres md5", "cp", MOST, 1.0),
    Target("tiny", "avpres md5", "rsync", MOST, 1.1),
    Target("noop", "avpres no-op", "rsync no-op", MOST, 2.0),
    Target("two", "avpres to two", "slower alone", MOST, 1.3),
    Target("two-slow", "avpres to two", "slower alone", MOST, 1.3),
    Target("verify-many", "md5sum -c", "avpres verify", LEAST, 1.8),
    Target("verify-one", "avpres verify", "disk or digest", MOST, 1.1),
    Target("characterise", "jhove audit", "avpres characterise", LEAST, 8),
    Target("bag-many", "avpres package", "cp, bagit.py", MOST, 1.0),
    Target("bag-many", "avpres package", "bagit.py in place", MOST, 1.0),
    Target("bag-large", "avpres package", "cp, bagit.py", MOST, 0.6),
    Target("bag-large", "avpres package", "bagit.py in place", MOST, 0.6),
    Target("bag-many-validated", "avpres verify", "bagit.py", MOST, 1.0),
    Target("bag-large-validated", "avpres verify", "bagit.py", MOST, 0.6),
    Target("boxes", "tarfile, gzip", "avpres tar.zst", LEAST, 4),
    Target("boxes", "tarfile, gzip", "avpres tar.gz", LEAST, 2),
    Target("box-search", "tarfile", "avpres index", LEAST, 1.5),
    *(
        Target(section, "avpres normalise", below, MOST, bound)
        for section in ("normalise-one", "normalise-hd", "normalise-j2k", "normalise-two")
        for below, bound in (("field sequence", 0.75), ("ffmpeg ffv1", 1.6))
    ),
    *(
        target
        for section in (f"cook-{size}-{bits}" for size in ("2k", "4k") for bits in (10, 12, 16))
        for target in (
            Target(section, "avpres cook", "field sequence", MOST, 0.9),
            Target(section, "ffv1 floor", "avpres cook", LEAST, 0.8),
            Target(section, "ffv1 decode floor", "avpres uncook", LEAST, 0.8),
        )
    ),
    *(
        target
        for section in ("migrate-small", "migrate-large")
        for target in (
            Target(section, "one decoder", "opj_compress", MOST, 1.0),
            Target(section, "two decoders", "opj_compress", MOST, 3.3),
        )
    ),
    Target("access", "avpres access", "ffmpeg by hand", MOST, 1.05),
    Target("startup", "avpres --version", "python -c pass", MOST, 9),
    Target("startup", "avpres --help", "python -c pass", MOST, 20),
    Target("startup", "avpres copy --help", "python -c pass", MOST, 20),
)


def judge(results: Results, section: str, cache: Cache) -> None:
    """Hold what was measured in a section against its targets.

    Raises:
        KeyError: a target names a contender that the section does not have.
    """
    found = {one.name: one for one in results.of(section, cache)}
    for target in TARGETS:
        if target.section == section:
            values = ratios(found[target.above], found[target.below])
            claim = f"{target.above} / {target.below}"
            results.verdicts.append(
                Verdict(section, cache, claim, target.sense, target.bound, values)
            )
