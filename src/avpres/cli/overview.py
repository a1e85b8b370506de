"""The page of `avpres --help`: commands under short headings."""

from collections.abc import Sequence

from avpres.cli.command import Command

_HEAD = """\
Usage: avpres COMMAND [OPTIONS] [PATHS]...

Verified copies and proofs of fixity for audiovisual archives.
"""
_TAIL = """\
Options:
  --version             print the version
  --help, -h            show this page
  --install-completion  complete words in the current shell (see also `avpres completion`)
  --show-completion     print what --install-completion would install

Each command's --help lists its options and exit statuses.
0 is said only when everything asked was done and proved.
"""


def overview(groups: Sequence[str], commands: Sequence[Command]) -> str:
    """Write the page; a group without commands has no heading."""
    width = max(len(each.name) for each in commands)
    blocks = [_HEAD]
    for group in groups:
        rows = [
            f"  {each.name:<{width}}  {each.short_help}" for each in commands if each.group == group
        ]
        if rows:
            blocks.append("\n".join([f"{group}:", *rows, ""]))
    return "\n".join([*blocks, _TAIL])
