"""The rules of docs/semantics.md and the tests that it names for each."""

import re
from pathlib import Path

TESTS = Path(__file__).parent
TEXT = (TESTS.parents[1] / "docs" / "semantics.md").read_text("utf-8")


def rows() -> dict[str, str]:
    """A rule's number → the last column of its row."""
    return dict(re.findall(r"^\| (\d\.\d+) \|.*\| ([^|]+) \|$", TEXT, re.MULTILINE))


def named_in(text: str) -> list[tuple[str, str]]:
    """The files and functions of the tests that a text names."""
    return re.findall(r"`(test_\w+\.py)::(test_\w+)`", text)
