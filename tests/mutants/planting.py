"""Wrong rules, and how one is planted in a copy of the tree."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
LISTED = Path(__file__).with_name("mutants.yaml")
NEEDED = ("netpol", "tests/netpol", "labs", "docs")


class Outdated(ValueError):  # noqa: N818  a state, as elsewhere
    """A substitution that does not fit the source any more."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """A text of a file of `netpol/` that is replaced, and the rule that is wrong then."""

    rule: str
    wrong: str
    file: str
    before: str
    after: str

    def planted(self, source: str) -> str:
        """Raises `Outdated`."""
        if (times := source.count(self.before)) != 1:
            raise Outdated(f"{self.rule} {self.wrong}: stands {times} times in {self.file}")
        mutated = source.replace(self.before, self.after)
        try:
            compile(mutated, self.file, "exec")
        except SyntaxError as error:
            raise Outdated(f"{self.rule} {self.wrong}: {error}") from error
        return mutated

    def source(self, root: Path) -> Path:
        return root / "netpol" / self.file


def mutants() -> list[Mutant]:
    listed = yaml.safe_load(LISTED.read_text("utf-8"))
    return [Mutant(rule, **each) for rule, those in listed.items() for each in those]


def copied(folder: Path) -> Path:
    """What the tests of `netpol` need, in a folder of its own."""
    for name in NEEDED:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "tests" / "__init__.py").touch()
    return folder
