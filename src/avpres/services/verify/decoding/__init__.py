"""`--decode`: films and sounds decoded, and held against the proofs that they carry.

    means = begin(options, context, report)
    with means: means.decode(target, scratch)

Each file is decoded once. What speaks of it are the CRCs of FFV1's slices and FLAC's frames, the
MD5 of FLAC, and lists of digests of frames beside it. A file with none of these is told apart.
"""
