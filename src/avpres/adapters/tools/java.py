"""Java, and programs that are jar files: where they are, and how they are run.

No program in Java gets at the network from here: all its connections go to a port of this computer
at which nobody listens.
"""

import os
import re
import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from avpres.adapters.tools.process import run
from avpres.adapters.tools.tool import NOTHING_CONFIGURED, Origin, Tool, find
from avpres.domain.errors import ToolFailedError, ToolMissingError

HEAP = 1024  # MiB; the programs here do with a third of it on sound files
PROBE_S = 30.0  # seconds that a Java program may take to tell its version

JAVA = Tool(
    name="java",
    programs=("java",),
    version_args=("-version",),
    version_pattern=r'version "(\d+(?:\.\d+)*)',
    least="11",
    advice={
        "linux": "apt install default-jre-headless, or dnf install java-headless",
        "darwin": "brew install openjdk, and follow what it says on its path",
        "win32": "winget install EclipseAdoptium.Temurin.21.JRE",
    },
)


@dataclass(frozen=True, slots=True)
class JavaProgram:
    """A program in Java that is here: the words that start it, its version, where it is."""

    name: str
    words: tuple[str, ...]
    version: str
    path: Path
    origin: Origin


def environment(heap: int = HEAP, *, options: str = "") -> dict[str, str | None]:
    """Give what every Java program gets: a cap on its memory, no network, texts in UTF-8.

    The variable is read by the Java machine itself, whatever script starts it.
    """
    nowhere = " ".join(
        f"-D{kind}.proxyHost=127.0.0.1 -D{kind}.proxyPort=9" for kind in ("http", "https", "ftp")
    )
    words = (
        f"-Xmx{heap}m -XX:+ExitOnOutOfMemoryError -XX:+UseSerialGC -Djava.awt.headless=true",
        f"-Dfile.encoding=UTF-8 {nowhere} -Dhttp.nonProxyHosts= -Dftp.nonProxyHosts=",
        "-DsocksProxyHost=127.0.0.1 -DsocksProxyPort=9",
        options,
    )
    return {
        "JAVA_TOOL_OPTIONS": " ".join(filter(None, words)),
        "_JAVA_OPTIONS": None,
        "JDK_JAVA_OPTIONS": None,
    }


def locate(
    tool: Tool,
    jars: Callable[[], Iterable[Path]],
    configured: Mapping[str, Path] = NOTHING_CONFIGURED,
) -> Path | None:
    """Give the place where `find_program` will look, without starting anything."""
    if tool.name in configured:
        return configured[tool.name].expanduser()
    found = next(filter(None, map(shutil.which, tool.programs)), None)
    return Path(found) if found else next(iter(jars()), None)


def find_program(
    tool: Tool,
    jars: Callable[[], Iterable[Path]],
    configured: Mapping[str, Path] = NOTHING_CONFIGURED,
) -> JavaProgram:
    """Find a program that may be a jar: where configuration says, on PATH, else in a package.

    Raises:
        ToolMissingError: it is not here, or there is no Java for it.
    """
    named = configured.get(tool.name)
    if named is not None and named.suffix == ".jar":
        return _of_jar(
            tool, Path(os.path.abspath(named.expanduser())), Origin.CONFIGURED, configured
        )
    try:
        found = find(tool, configured)
    except ToolMissingError:
        jar = next(iter(jars()), None)
        if named is not None or jar is None:
            raise
        return _of_jar(tool, jar, Origin.BUNDLED, configured)
    return JavaProgram(tool.name, (str(found.path),), found.version, found.path, found.origin)


def _of_jar(tool: Tool, jar: Path, origin: Origin, configured: Mapping[str, Path]) -> JavaProgram:
    java = find(JAVA, configured)
    try:
        status = jar.stat()
    except OSError as error:
        raise ToolMissingError(f"{jar} is configured as {tool.name} but is not there") from error
    words = (str(java.path), "-jar", str(jar))
    said = _ask(words, tool.version_args, (status.st_mtime_ns, status.st_size))
    match = re.search(tool.version_pattern, said, re.MULTILINE)
    if match is None:
        raise ToolMissingError(f"{jar} is not the {tool.name} needed; {tool.remedy}")
    return JavaProgram(tool.name, words, match[1], jar, origin)


@lru_cache(maxsize=16)
def _ask(words: tuple[str, ...], args: tuple[str, ...], _stamp: tuple[int, int]) -> str:
    try:
        done = run([*words, *args], env=environment(), timeout_s=PROBE_S)
    except ToolFailedError as error:
        raise ToolMissingError(f"{words[-1]} does not run: {error}") from error
    return b"\n".join(done.stdout + done.stderr).decode("utf-8", "replace")
