"""Each colour stands once, in static/layout/colours.css."""

import re
from pathlib import Path

import pytest

from dashboard.web.layout.palette import COLOURS, FIT_COLOURS, FIT_INK, INKS

ROOT = Path(__file__).parents[4]
HOME = ROOT / "static" / "layout" / "colours.css"
COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b|\brgba?\(")
ICON = ROOT / "static" / "layout" / "icon.svg"
"""A picture of its own: a page's style does not reach into it."""


def list_sources() -> list[Path]:
    files = [
        *(ROOT / "static").rglob("*.*"),
        *(ROOT / "dashboard").rglob("*.py"),
        *(ROOT / "templates").rglob("*.html"),
    ]
    return [file for file in files if file not in (HOME, ICON)]


@pytest.mark.parametrize("file", list_sources(), ids=lambda file: str(file.relative_to(ROOT)))
def test_no_other_file_has_a_colour(file: Path) -> None:
    text = re.sub(r"&#\d+;|href=\"#[\w-]+", "", file.read_text())
    assert COLOUR.findall(text) == []


def test_every_colour_that_is_named_stands_there() -> None:
    known = set(re.findall(r"(--[\w-]+):", HOME.read_text()))
    for file in list_sources():
        for name in re.findall(r"var\((--[\w-]+)\)", file.read_text()):
            assert name in known, file
    for colour in (*COLOURS.values(), *INKS.values(), *FIT_COLOURS.values(), FIT_INK):
        assert colour.removeprefix("var(").removesuffix(")") in known
