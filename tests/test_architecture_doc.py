"""docs/architecture.md draws the layers that import-linter holds: its tables are the contracts."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
DOCUMENT = (ROOT / "docs" / "architecture.md").read_text("utf-8")
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"][
    "contracts"
]
REPOSITORY = "the repository"


def list_contracts(kind: str) -> Iterator[dict[str, Any]]:
    return (contract for contract in CONTRACTS if contract["type"] == kind)


def find_names(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"`([\w.]+)`", text))


def list_first_cells(section: str) -> list[str]:
    return re.findall(r"^\| (`.+?) \|", section, re.MULTILINE)


def test_the_document_draws_every_layer_of_every_contract() -> None:
    heading = r"^## The layers of `?([\w. ]+?)`?\n((?:(?!## ).*\n)*)"
    sections = dict(re.findall(heading, DOCUMENT, re.MULTILINE))
    small = sections.pop("the smaller packages")
    drawn = {
        package: [find_names(cell) for cell in list_first_cells(section)]
        for package, section in sections.items()
    }
    for package, layers in re.findall(r"^\| `([\w.]+)` \| (.+) \|$", small, re.MULTILINE):
        drawn[package] = [find_names(layer) for layer in layers.split(" > ")]
    assert drawn == {
        contract.get("containers", [REPOSITORY])[0]: [
            frozenset(layer.split(" | ")) for layer in contract["layers"]
        ]
        for contract in list_contracts("layers")
    }


def test_the_document_lists_the_importers_of_every_protected_library() -> None:
    section = DOCUMENT.partition("## Who alone imports what\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (`.+) \| (`.+) \|$", section, re.MULTILINE)
    assert {find_names(libraries): find_names(importers) for libraries, importers in rows} == {
        frozenset(contract["protected_modules"]): frozenset(contract["allowed_importers"])
        for contract in list_contracts("protected")
    }
