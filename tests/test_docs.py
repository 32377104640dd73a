"""Documents send readers to what exists: links, headings, and paths of this repository."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ["bench", "config", "dashboard", "demo", "deploy", "docs", "labs", "netpol", "static"]
FOLDERS += ["templates", "tests"]
DOCUMENTS = sorted(
    path
    for path in (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("tests/**/*.md"))
    if path.is_file()
)
LINK = re.compile(r"\]\((?!\w+:)([^)\s]*)\)")
PATH = re.compile(rf"`((?:{'|'.join(FOLDERS)})/[\w./<>*-]*)`")


def list_headings(document: Path) -> Iterator[str]:
    """The anchors of a document's headings, as GitHub writes them."""
    for heading in re.findall(r"^#+ (.+)$", document.read_text("utf-8"), re.MULTILINE):
        yield re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: f"{path.relative_to(ROOT)}")
def test_every_link_leads_somewhere(document: Path) -> None:
    broken = []
    for link in LINK.findall(document.read_text("utf-8")):
        path, _, anchor = link.partition("#")
        target = document.parent / path if path else document
        if not target.exists() or (anchor and anchor not in list_headings(target)):
            broken.append(link)
    assert broken == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: f"{path.relative_to(ROOT)}")
def test_every_path_exists(document: Path) -> None:
    """`<page>` stands for any name."""
    paths = PATH.findall(document.read_text("utf-8"))
    patterns = {path: re.sub(r"<\w+>", "*", path) for path in paths}
    assert [path for path, pattern in patterns.items() if not any(ROOT.glob(pattern))] == []


def test_the_guide_for_contributors_names_paths() -> None:
    assert len(PATH.findall((ROOT / "CONTRIBUTING.md").read_text("utf-8"))) > 10
