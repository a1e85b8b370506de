"""A program that behaves as JHOVE's command line does, as far as its answers go.

Written after openpreserve/jhove: Jhove.main (which words are options), JhoveBase.process (missing
files, exceptions), JsonHandler (the answer, one document at the end). What it says of a file is
what the file's first line asks for.
"""

import sys
from pathlib import Path

MODULES = {
    "BYTESTREAM": "1.4",
    "GIF-hul": "1.4.3",
    "PDF-hul": "1.12.7",
    "PNG-gdm": "1.3",
    "TIFF-hul": "1.9.5",
    "XML-hul": "1.5.5",
}
VERSION = "1.33.0"

_PROGRAM = """\
#!{python}
import json, os, sys, time

MODULES = {modules!r}
VERSION = {version!r}
RUNS = {runs!r}


def module_of(name):
    found = [each for each in MODULES if each.lower() == name.lower()]
    if not found:
        print("SEVERE: Module '" + name + "' not found", file=sys.stderr)
        sys.exit(255)
    return found[0]


def judged(path, module):
    answer = {{"uri": path}}
    if not os.path.isfile(path):
        return answer | {{"status": "Unknown", "messages": [
            {{"message": "File not found", "severity": "error", "id": "JHOVE-CORE-4"}}]}}
    with open(path, "rb") as file:
        order, _, rest = file.readline().decode("latin-1").strip().partition(" ")
    if order == "STACK":
        sys.stderr.write('Exception in thread "main" java.lang.StackOverflowError\\n')
        sys.exit(1)
    if order == "HANG":
        time.sleep(60)
    if order == "SILENT":
        return None
    answer |= {{
        "reportingModule": {{"name": module, "release": MODULES[module], "date": "2024-08-22"}},
        "size": os.path.getsize(path),
        "format": module.partition("-")[0],
        "status": {{"VALID": "Well-Formed and valid", "INVALID": "Well-Formed, but not valid",
                   "BROKEN": "Not well-formed", "WELL": "Well-Formed"}}.get(order, "Unknown"),
    }}
    messages = []
    for word in filter(None, rest.split(";")):
        severity, id, offset = word.split(",")
        message = {{"message": "said of it", "subMessage": "detail"}}
        if offset:
            message["offset"] = int(offset)
        message["severity"] = severity
        if id:
            message["id"] = id
        messages.append(message)
    if messages:
        answer["messages"] = messages
    return answer


def main(words):
    options, files = {{}}, []
    words = iter(words)
    for word in words:
        if word in ("-c", "-m", "-h", "-e", "-H", "-l", "-o", "-x", "-t", "-b"):
            options[word] = next(words)
        elif not word.startswith("-"):
            files.append(word)
    module = module_of(options["-m"]) if "-m" in options else None
    said = {{"name": "Jhove", "release": VERSION, "date": "2024-10-17",
            "executionTime": "2026-01-01T00:00:00Z"}}
    if files:
        with open(RUNS, "a") as runs:
            print(json.dumps([module, len(files), os.environ.get("JAVA_TOOL_OPTIONS")]), file=runs)
        said["repInfo"] = [each for each in (judged(path, module) for path in files) if each]
    else:
        said["app"] = {{"api": {{"version": VERSION}}, "modules": [
            {{"module": name, "release": release}} for name, release in MODULES.items()]}}
    text = json.dumps({{"jhove": said}}, separators=(",", ":"))
    if any(os.path.isfile(path) and open(path, "rb").read(7) == b"GARBAGE" for path in files):
        text = text[: len(text) // 2]
    if "-o" in options:
        with open(options["-o"], "w", encoding="utf-8") as file:
            file.write(text)
    else:
        print("Picked up JAVA_TOOL_OPTIONS: ...", file=sys.stderr)
        print(text)


main(sys.argv[1:])
"""


def install(folder: Path, *, version: str = VERSION, modules: dict[str, str] | None = None) -> Path:
    """Put a `jhove` into a folder; `runs` beside it counts its runs."""
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / "jhove"
    text = _PROGRAM.format(
        python=sys.executable,
        modules=MODULES if modules is None else modules,
        version=version,
        runs=str(folder / "runs"),
    )
    program.write_text(text, "utf-8")
    program.chmod(0o755)
    return program
