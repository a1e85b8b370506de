"""Run avpres as `python -m avpres`."""

import gc
import os
import sys


def main() -> None:
    """Hand the command line to the cli layer and leave with its exit status.

    Nothing that is imported is garbage; looking for some, at the start and at the end, would take
    a tenth of a second.
    """
    gc.disable()
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # it would look through all wheels
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # numpy's would wait busily; none is used
    from avpres.cli.boundary import run

    status = run(sys.argv[1:])
    gc.freeze()
    sys.exit(status)


if __name__ == "__main__":
    main()
