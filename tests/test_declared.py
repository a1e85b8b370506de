"""What the program imports is declared: a plain installation has nothing else."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import avpres
from avpres.adapters.migrating import loading

ROOT = Path(avpres.__file__).parent
PROJECT = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text())["project"]
LESS = frozenset(
    {
        "avpres",
        "_typeshed",  # for type checkers alone
        "compression",  # of Python 3.14's own library
        "pydantic_core",  # pydantic's other half, of the same makers
    }
)


def declared() -> set[str]:
    groups = PROJECT.get("optional-dependencies", {}).values()
    words = [*PROJECT["dependencies"], *(word for group in groups for word in group)]
    return {re.split(r"[^\w.-]", word)[0].lower() for word in words}


def imported(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            names |= {each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names.add(str(node.module))
    return names


def test_every_import_is_of_the_standard_library_or_declared():
    names = set(loading.MODULES).union(*(imported(path) for path in ROOT.rglob("*.py")))
    roots = {name.split(".")[0] for name in names} - sys.stdlib_module_names - LESS
    known = packages_distributions()

    lacking = {
        root
        for root in roots
        if not {each.lower() for each in known.get(root, [root])} & declared()
    }

    assert {"numpy", "lxml", "PIL"} <= roots
    assert lacking == set()
