"""Run avpres as `python -m avpres`."""

import sys


def main() -> None:
    """Hand the command line to the cli layer and leave with its exit status."""
    from avpres.cli.boundary import run

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
