"""CONTRIBUTING.md sends readers to files that exist."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def test_every_path_of_the_table_exists() -> None:
    rows = re.findall(r"^\| .+", (ROOT / "CONTRIBUTING.md").read_text("utf-8"), re.MULTILINE)
    paths = [path for row in rows for path in re.findall(r"`([\w./-]+/[\w./-]*)`", row)]
    assert paths
    assert [path for path in paths if not (ROOT / path).exists()] == []
