"""A class name has one home: whoever searches for it finds one thing."""

import ast
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("config", "dashboard", "demo", "netpol")
FRAMEWORK = {"Command", "Meta", "Migration"}
"""Django finds these by name."""


def test_every_class_name_has_one_home() -> None:
    homes = defaultdict(set)
    for folder in FOLDERS:
        for file in (ROOT / folder).rglob("*.py"):
            for node in ast.parse(file.read_text("utf-8")).body:
                if isinstance(node, ast.ClassDef):
                    homes[node.name].add(f"{file.relative_to(ROOT)}")
    shared = {name: files for name, files in homes.items() if len(files) > 1}
    assert {name: shared[name] for name in shared.keys() - FRAMEWORK} == {}
