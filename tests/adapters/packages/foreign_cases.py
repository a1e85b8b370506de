"""Packages of other archives, made by hand as their makers made them."""

import hashlib
from pathlib import Path

from avpres.adapters.packages.foreign import Foreign
from avpres.domain.listing import Listed
from avpres.domain.report import Finding

METS = '<mets xmlns="http://www.loc.gov/METS/" xmlns:xlink="http://www.w3.org/1999/xlink"'


def put(root: Path, *paths: str, content: bytes = b"content") -> None:
    for path in paths:
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
    return path


def md5(content: bytes = b"content") -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def mets(files: str, *, before: str = "", behind: str = "", attributes: str = "") -> str:
    return f"{METS} {attributes}>{before}<fileSec>{files}</fileSec>{behind}</mets>"


def group(*files: str, use: str = "content") -> str:
    return f'<fileGrp USE="{use}">{"".join(files)}</fileGrp>'


def entry(href: str, attributes: str = "", **more: str) -> str:
    title = f' xlink:title="{more["title"]}"' if "title" in more else ""
    return f'<file {attributes}><FLocat LOCTYPE="URL" xlink:href="{href}"{title}/></file>'


def techmd(name: str, content: str, kind: str = "NISOIMG") -> str:
    return (
        f'<amdSec><techMD ID="{name}"><mdWrap MDTYPE="{kind}"><xmlData>{content}</xmlData>'
        "</mdWrap></techMD></amdSec>"
    )


def read(foreign: Foreign) -> tuple[dict[str, Listed], list[Finding]]:
    notices: list[Finding] = []
    files = {file.path or file.reference: file for file in foreign.listed(notices.append)}
    return files, [*foreign.notices, *notices]


def codes(notices: list[Finding]) -> list[str]:
    return [notice.code for notice in notices]
